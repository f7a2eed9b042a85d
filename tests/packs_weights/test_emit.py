"""Pack data written as YAML reads back to the same values, in our own block style."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from keqiao.errors import PackError
from keqiao.packs.loader import shipped
from keqiao.packs.weights.emit import emit
from keqiao.packs.weights.files import replace, write_new
from keqiao.packs.yaml import parse_yaml, read_yaml

WORDS = [
    "yes", "no", "on", "Off", "y", "null", "~", "true", "False", "=", "<<", "", " ", " a", "a ", "1", "-1", "1.5", ".5", "1e5",
    "1_000", "2026-11-21", "a: b", "a #b", "a:", "- a", "-a", "? a", "&a", "*a", "!a", "|", ">", "'a'", '"a"', "%a", "@a", "`a",
    "{a}", "[a]", "a, b", "a]", "#a", "...", "---", "a\nb", "a\tb", "a\\b", "a\u2028b", "a\x85b", "a\u3000b", "\ufeffa", "\U0001f600",
    "研发费用 / 营业收入 >= 5%", "holds('高新技术企业')", "12:30", "0x1F", "0o7",
]  # fmt: skip


@pytest.mark.parametrize("word", WORDS)
def test_text_stays_text_wherever_it_stands(word):
    data = {"a": word, "map": {word: word}, "list": [word, {"b": word}], "by": [word]}
    assert parse_yaml(emit(data), Path("x.yaml")).data == data


def test_numbers_and_flags_stay_what_they_are():
    data = {
        "a": 1,
        "b": Decimal("8.50"),
        "c": True,
        "d": False,
        "e": None,
        "f": Decimal("-0.1"),
        "points": [7, Decimal("8.5")],
    }
    assert emit(data) == "a: 1\nb: 8.50\nc: true\nd: false\ne: null\nf: -0.1\npoints: [7, 8.5]\n"
    assert parse_yaml(emit(data), Path("x.yaml")).data == data


@pytest.mark.parametrize("path", sorted(shipped().glob("*.yaml")), ids=lambda p: p.name)
def test_every_shipped_pack_can_be_written(path):
    data = read_yaml(path).data
    assert parse_yaml(emit(data), path).data == data


def test_long_and_empty_values_are_laid_out():
    data = {"map": {f"代码{i}": i for i in range(20)}, "x": {}, "y": [], "z": [[1, 2], [], {}]}
    text = emit(data)
    assert "map:\n  代码0: 0\n" in text
    assert parse_yaml(text, Path("x.yaml")).data == data


def test_a_comment_stays_on_its_line():
    assert emit({"a": 1}, ["甲\n乙", ""]) == "# 甲 乙\n#\na: 1\n"


def test_what_cannot_be_written_is_refused():
    with pytest.raises(PackError, match="原样"):
        emit({"a": 1.5})


def test_a_file_that_came_meanwhile_is_not_replaced(tmp_path):
    out = tmp_path / "a"
    out.write_bytes(b"theirs")
    with pytest.raises(PackError, match="已经存在"):
        write_new(out, b"ours")
    assert out.read_bytes() == b"theirs"


def test_a_file_system_without_links_will_do(tmp_path, monkeypatch):
    def refuse(*_: object) -> None:
        raise OSError("no links here")

    monkeypatch.setattr("os.link", refuse)
    write_new(tmp_path / "a", b"one")
    assert [p.read_bytes() for p in tmp_path.iterdir()] == [b"one"]


def test_a_replacement_keeps_the_mode_and_leaves_nothing_beside(tmp_path):
    out = tmp_path / "a"
    write_new(out, b"one")
    out.chmod(0o640)
    replace(out, b"two")
    assert (out.read_bytes(), out.stat().st_mode & 0o777) == (b"two", 0o640)
    assert list(tmp_path.iterdir()) == [out]


def test_a_replacement_that_fails_leaves_the_old_file(tmp_path):
    out = tmp_path / "folder"
    out.mkdir()
    with pytest.raises(PackError, match="无法写入"):
        replace(out, b"two")
    assert list(tmp_path.iterdir()) == [out]
