"""Folders laid over folders, and the two clocks."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from packs_sample import CLAUSE, clause, item, load, rule, write

from keqiao.errors import PackError
from keqiao.packs.loader import load_packs, pack_paths, read_pack, shipped, today

DAY = dt.timedelta(days=1)


def passing(folders: list[Path], day: str, staff: str = "10人") -> str:
    return load_packs(folders)["test.rule"].explain({"职工人数": staff}, as_of=day).outcome


# ---- folders -------------------------------------------------------------------------------------


def test_the_shipped_packs_are_there() -> None:
    packs = load_packs()
    assert {"cn.tech_sme", "cn.hnte", "cn.innovative_sme", "cn.size_class", "cn.innovation_points"} <= set(packs)
    assert len(packs) == len(list(packs))


def test_packs_may_be_loaded_without_ours(tmp_path: Path) -> None:
    write(tmp_path, "rule", rule(CLAUSE))
    assert list(load_packs([tmp_path], ours=False)) == ["test.rule"]


def test_a_later_folder_replaces_the_version_of_the_same_id_and_first_day(tmp_path: Path) -> None:
    write(tmp_path / "a", "rule", clause("职工人数 >= 10人"))
    write(tmp_path / "b", "rule", clause("职工人数 >= 50人"))
    assert passing([tmp_path / "a", tmp_path / "b"], "2026-01-01") == "no"
    assert passing([tmp_path / "b", tmp_path / "a"], "2026-01-01") == "yes"


def test_another_first_day_adds_a_version(tmp_path: Path) -> None:
    write(tmp_path / "a", "rule", clause("职工人数 >= 10人"))
    write(tmp_path / "b", "rule", clause("职工人数 >= 50人", effective="{from: 2025-01-01}"))
    folders = [tmp_path / "a", tmp_path / "b"]
    assert [passing(folders, day) for day in ("2024-12-31", "2025-01-01")] == ["yes", "no"]


def test_a_folder_may_replace_a_shipped_rule(tmp_path: Path) -> None:
    text = clause("职工人数 <= 3人", id="cn.tech_sme", effective="{from: 2017-05-03}", source="{date: 2017-05-03}")
    packs = load(tmp_path, text)
    assert packs["cn.tech_sme"].explain({"职工人数": "3人"}, as_of="2026-01-01").outcome == "yes"
    assert len(packs.sources("cn.tech_sme")) == 1


def test_a_later_vocabulary_replaces_an_indicator(tmp_path: Path) -> None:
    words = """\
        kind: vocabulary
        id: test.words
        title: 词
        recorded: 2026-01-01
        indicators:
          - {id: revenue, label: 营业收入, type: money, unit: 亿元, period: annual}
        """
    packs = load(tmp_path, words, "words")
    assert packs.vocabulary.indicators["revenue"].unit == "亿元"
    assert packs.vocabulary.indicators["employees"].unit == "人"


def test_lists_are_asked_by_their_members(tmp_path: Path) -> None:
    text = "kind: list\nid: test.list\ntitle: 名单\nrecorded: 2026-01-01\nmembers: [C39, 40]\nopen: %s\n"
    write(tmp_path, "list", text % "false")
    packs = load(tmp_path, clause("in_list(国民经济行业代码, 'test.list')"))
    handle = packs["test.rule"]
    assert [handle.explain({"国民经济行业代码": code}).outcome for code in ("C39", "40", "C41")] == ["yes", "yes", "no"]


def test_files_of_sub_folders_are_read_in_order_and_others_left(tmp_path: Path) -> None:
    for name in ("b", "a/c"):
        write((tmp_path / name).parent, Path(name).name, rule(CLAUSE))
    (tmp_path / "notes.txt").write_text("not a pack")
    (tmp_path / "more.yml").write_text(rule(CLAUSE))
    assert [path.name for path in pack_paths(tmp_path)] == ["c.yaml", "b.yaml", "more.yml"]


def test_a_file_stands_for_a_folder(tmp_path: Path) -> None:
    path = write(tmp_path, "rule", rule(CLAUSE))
    assert "test.rule" in load_packs([str(path)])


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(PackError, match="nowhere"):
        load_packs([tmp_path / "nowhere"])


def test_a_layer_is_remembered(tmp_path: Path) -> None:
    packs = load(tmp_path, rule(CLAUSE))
    layers = {pack.id: document.layer for pack, document in packs.files}
    assert (layers["test.rule"], layers["cn.tech_sme"]) == (1, 0)


def test_shipped_files_are_the_folder_cn() -> None:
    assert read_pack(shipped() / "tech_sme.yaml")[0].id == "cn.tech_sme"


def test_an_unknown_rule_is_named_with_the_known_ones() -> None:
    packs = load_packs()
    assert packs.find("cn.hnte").id == "cn.hnte"
    with pytest.raises(PackError, match=r"cn\.tech_sme"):
        packs.find("cn.htne")
    with pytest.raises(KeyError):
        packs["cn.htne"]


# ---- clocks --------------------------------------------------------------------------------------

SPAN = "{from: 2021-03-01, to: 2023-05-31}"


@pytest.mark.parametrize(
    ("day", "expected"),
    [("2021-02-28", "no"), ("2021-03-01", "yes"), ("2023-05-31", "yes"), ("2023-06-01", "no")],
)
def test_both_ends_of_the_period_are_included(tmp_path: Path, day: str, expected: str) -> None:
    write(tmp_path, "rule", clause("职工人数 >= 10人", effective=SPAN))
    assert passing([tmp_path], day) == expected


def test_a_rule_that_is_not_in_force_says_so_and_nothing_else(tmp_path: Path) -> None:
    text = item("value: 职工人数\nbands: {10人: 5, below: 0}", effective=SPAN)
    trace = load(tmp_path, text)["test.rule"].explain({"职工人数": "10人"}, as_of="2023-06-01").to_dict()
    assert (trace["outcome"], trace["reason"]) == ("no", "不在有效期")
    assert trace["because"] == []
    assert trace["missing"] == []
    assert not {"score", "items", "class"} & set(trace)


def test_a_rule_without_first_day_is_always_in_force_and_shows_when_it_was_recorded(tmp_path: Path) -> None:
    packs = load(tmp_path, clause("职工人数 >= 10人", effective=""))
    for day in ("1999-01-01", "2099-01-01"):
        trace = packs["test.rule"].explain({"职工人数": "10人"}, as_of=day).to_dict()
        assert (trace["outcome"], trace["version"]) == ("yes", "2026-01-01")


def test_as_of_chooses_the_version_and_the_trace_names_it(tmp_path: Path) -> None:
    write(tmp_path, "one", clause("职工人数 >= 10人", effective="{from: 2020-01-01, to: 2022-12-31}"))
    write(tmp_path, "two", clause("职工人数 >= 50人", effective="{from: 2024-01-01}"))
    handle = load_packs([tmp_path])["test.rule"]
    told = {day: handle.explain({"职工人数": "10人"}, as_of=day) for day in ("2019-12-31", "2022-12-31", "2023-06-01", "2024-01-01")}
    assert [(t.to_dict()["version"], t.outcome, t.in_force) for t in told.values()] == [
        ("2020-01-01", "no", False),
        ("2020-01-01", "yes", True),
        ("2020-01-01", "no", False),
        ("2024-01-01", "no", True),
    ]


def test_a_rule_asks_the_version_of_the_same_day(tmp_path: Path) -> None:
    write(tmp_path, "one", clause("职工人数 >= 10人", id="test.asked", effective="{from: 2020-01-01, to: 2022-12-31}"))
    write(tmp_path, "two", clause("职工人数 >= 50人", id="test.asked", effective="{from: 2023-01-01}"))
    write(tmp_path, "ask", clause("outcome('test.asked')"))
    assert [passing([tmp_path], day) for day in ("2022-12-31", "2023-01-01")] == ["yes", "no"]


def test_versions_are_listed_oldest_first(tmp_path: Path) -> None:
    write(tmp_path, "b", clause("职工人数 >= 50人", effective="{from: 2024-01-01}"))
    write(tmp_path, "a", clause("职工人数 >= 10人", effective=""))
    write(tmp_path, "c", clause("职工人数 >= 20人", effective="{from: 2022-01-01}"))
    sources = load_packs([tmp_path]).sources("test.rule")
    assert [document.path.stem for _, document in sources] == ["a", "c", "b"]


def test_shipped_files_are_read_once_and_shared() -> None:
    first, second = load_packs(), load_packs()
    assert all(a is b for (a, _), (b, _) in zip(first.files, second.files, strict=True))


def test_a_changed_file_of_ones_own_is_read_again(tmp_path: Path) -> None:
    before = load(tmp_path, clause("职工人数 >= 10人"))
    after = load(tmp_path, clause("职工人数 >= 11人"))
    facts = {"职工人数": "10人"}
    assert [packs["test.rule"].explain(facts).outcome for packs in (before, after)] == ["yes", "no"]


# ---- explain -------------------------------------------------------------------------------------


def test_the_day_defaults_to_today_in_china_and_the_year_to_the_year_before(tmp_path: Path) -> None:
    before = today()
    trace = load(tmp_path, rule(CLAUSE))["test.rule"].explain({})
    assert before <= dt.date.fromordinal(trace.as_of) <= today()
    assert trace.year == dt.date.fromordinal(trace.as_of).year - 1


def test_titles_may_stand_among_the_facts(tmp_path: Path) -> None:
    handle = load(tmp_path, clause("holds('高新技术企业')"))["test.rule"]
    assert handle.explain({"holds": ["高新技术企业"]}, as_of=dt.date(2026, 1, 1)).outcome == "yes"
    assert handle.explain({}, holds=[], as_of=dt.date(2026, 1, 1)).outcome == "no"
    assert handle.explain({}).missing == ["title.hnte"]


def test_a_version_is_compiled_once_for_its_period(tmp_path: Path) -> None:
    handle = load(tmp_path, rule(CLAUSE))["test.rule"]
    first = handle.compiled(dt.date(2026, 1, 1))
    assert handle.compiled(dt.date(2026, 1, 1) + DAY) is first
