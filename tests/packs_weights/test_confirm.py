"""The second person's confirmation."""

from __future__ import annotations

import datetime as dt

import pytest
from weights_sample import CARD, read, template

import keqiao
from keqiao.errors import PackError
from keqiao.packs.loader import read_pack
from keqiao.packs.weights import confirm

DAY = dt.date(2026, 11, 22)


@pytest.fixture
def pack_file(tmp_path):
    return read(template(tmp_path), tmp_path / "o", recorded=dt.date(2026, 11, 21), recorded_by="张三")


def test_it_takes_verify_away_and_says_who(pack_file):
    before = pack_file.read_text(encoding="utf-8")
    confirm(pack_file, " 李四 ", DAY)
    pack, _ = read_pack(pack_file)
    assert (pack.verify, pack.confirmed) == (False, [{"by": "李四", "on": "2026-11-22"}])
    text = pack_file.read_text(encoding="utf-8")
    assert text == before.replace("verify: true\n", "confirmed:\n  - by: 李四\n    on: 2026-11-22\n", 1)
    assert text != before


def test_results_are_then_no_longer_unconfirmed(pack_file):
    confirm(pack_file, "李四", DAY)
    trace = keqiao.load_packs([pack_file])[CARD].explain({}, as_of="2026-11-22").to_dict()
    assert trace["status"] == "official"
    assert not trace.get("verify")


@pytest.mark.parametrize("name", ["张三", " 张 三", "张三　"])
def test_the_same_person_cannot_confirm(pack_file, name):
    before = pack_file.read_bytes()
    with pytest.raises(PackError, match="须由另一人确认"):
        confirm(pack_file, name, DAY)
    assert pack_file.read_bytes() == before


def test_latin_names_are_compared_without_case_and_width():
    from keqiao.packs.weights.confirm import _person

    assert _person("Zhang San") == _person("ＺＨＡＮＧ san")


def test_it_must_be_known_who_recorded(tmp_path):
    out = read(template(tmp_path), tmp_path / "o", recorded=DAY)
    with pytest.raises(PackError, match="recorded_by"):
        confirm(out, "李四", DAY)


def test_there_must_be_something_to_confirm(pack_file):
    confirm(pack_file, "李四", DAY)
    with pytest.raises(PackError, match="已由 李四 2026-11-22 确认"):
        confirm(pack_file, "王五", DAY)


def test_it_cannot_be_confirmed_before_it_was_recorded(pack_file):
    with pytest.raises(PackError, match="早于录入日"):
        confirm(pack_file, "李四", dt.date(2026, 11, 20))


def test_a_name_is_needed(pack_file):
    with pytest.raises(PackError, match="确认人"):
        confirm(pack_file, " ", DAY)


def test_a_file_is_needed(tmp_path):
    with pytest.raises(PackError, match="没有文件"):
        confirm(tmp_path / "none.yaml", "李四", DAY)


def test_examples_are_not_confirmed(tmp_path):
    file = tmp_path / "e.yaml"
    file.write_text("kind: examples\nid: a\nexamples: []\n")
    with pytest.raises(PackError, match="算例"):
        confirm(file, "李四", DAY)


@pytest.mark.parametrize("verify_last", [True, False])
def test_earlier_confirmations_stay(pack_file, verify_last):
    earlier = "confirmed:\n  - {by: 赵六, on: 2026-11-01}\n  - by: 钱七\n    on: 2026-11-02 # 补\n"
    text = pack_file.read_text(encoding="utf-8").replace("verify: true\n", "")
    head = earlier + "verify: true  # 待核\n" if verify_last else "verify: true\n" + earlier
    pack_file.write_text(text.replace("status: official\n", f"status: official\n{head}"), encoding="utf-8")
    confirm(pack_file, "李四", DAY)
    pack, _ = read_pack(pack_file)
    assert [c["by"] for c in pack.confirmed] == ["赵六", "钱七", "李四"]
    assert "on: 2026-11-02 # 补" in pack_file.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "head",
    [
        '"verify": true',
        "confirmed: []\nverify: true",
        "confirmed: [{by: 赵六, on: 2026-11-01},\n ]\nverify: true",
    ],
)
def test_a_head_that_cannot_be_edited_is_left_alone(pack_file, head):
    text = pack_file.read_text(encoding="utf-8").replace("verify: true\n", head + "\n")
    pack_file.write_text(text, encoding="utf-8")
    with pytest.raises(PackError, match=r"块式|YAML"):
        confirm(pack_file, "李四", DAY)
    assert pack_file.read_text(encoding="utf-8") == text


def test_windows_line_ends_stay(pack_file):
    pack_file.write_bytes(pack_file.read_bytes().replace(b"\n", b"\r\n"))
    confirm(pack_file, "李四", DAY)
    assert pack_file.read_bytes().count(b"\n") == pack_file.read_bytes().count(b"\r\n")
    assert read_pack(pack_file)[0].verify is False
