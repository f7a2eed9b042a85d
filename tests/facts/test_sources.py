"""Several sources of the same facts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from facts_sample import CODE, A, B, codes, sheet, the
from records_sample import fact, opened, packs, places, take, took

from keqiao.facts.links import Links
from keqiao.facts.problems import Findings
from keqiao.facts.sources import Provenance, widen_sources
from keqiao.packs.records import source_word
from keqiao.packs.schema_words import SourceNode

HEAD = [CODE, "年度", "数据来源", "职工人数", "营业收入（万元）"]


def sources(report: Any) -> list[tuple[Any, ...]]:
    """The table of sources without the scheme, in its order."""
    table = opened(report).table("sources.parquet")
    return [] if table is None else [tuple(r.values())[1:] for r in table.to_pylist()]


def test_the_declared_order_says_which_source_prevails(tmp_path: Path) -> None:
    rows = [HEAD, [A, 2025, "统计", 10, 510], [A, 2025, "税务", None, 500]]
    report = took(tmp_path, {"企业": rows})
    assert fact(report, "revenue") == {"2025": "500万元"}
    assert fact(report, "employees") == {"2025": "10人"}
    problem = the(report, "source-differs")
    assert (problem.severity, problem.place) == ("warning", "企业!E3")
    assert all(word in problem.zh for word in ("500万元", "510万元", "取税务"))


def test_a_source_that_names_the_indicator_goes_first(tmp_path: Path) -> None:
    rows = [HEAD, [A, 2025, "税务", 12, 500], [A, 2025, "社保", 10, 490], [A, 2025, "审计", 11, 505]]
    report = took(tmp_path, {"企业": rows})
    assert fact(report, "employees") == {"2025": "10人"}, "social security tells of people"
    assert fact(report, "revenue") == {"2025": "505万元"}, "the audit tells of accounts"


def test_other_names_of_a_source_are_the_same_source(tmp_path: Path) -> None:
    report = took(tmp_path, {"企业": [HEAD, [A, 2025, "税务局", 1, 1], [A, 2024, "tax", 1, 1]]})
    assert opened(report).manifest["columns"]["revenue"]["source"] == "税务"
    assert sources(report) == []


def test_undeclared_sources_prevail_in_the_order_given_and_it_is_said(tmp_path: Path) -> None:
    rows = [HEAD, [A, 2025, "甲局", 10, None], [A, 2025, "乙局", 11, None]]
    report = took(tmp_path, {"企业": rows})
    assert fact(report, "employees") == {"2025": "10人"}
    assert "词表没有写明先后" in the(report, "source-differs").zh


def test_the_same_value_from_two_sources_needs_no_warning(tmp_path: Path) -> None:
    report = took(tmp_path, {"企业": [HEAD, [A, 2025, "税务", 10, 5], [A, 2025, "统计", 10, 5]]})
    assert codes(report, "warning") == set()
    assert [(s[1], s[3], s[4], s[5], s[6]) for s in sources(report)] == [
        ("employees", "10人", "税务", "high", True), ("employees", "10人", "统计", "medium", False),
        ("revenue", "5万元", "税务", "high", True), ("revenue", "5万元", "统计", "medium", False),
    ]  # fmt: skip


def test_a_whole_file_has_a_source(tmp_path: Path) -> None:
    tax = sheet(tmp_path / "tax.csv", [[CODE, "营业收入（万元）"], [A, "500"], [B, "7"]])
    own = sheet(tmp_path / "own.csv", [[CODE, "营业收入（万元）", "职工人数"], [A, "480", "9"]])
    report = take(own, tax, sources={tax: "税务", own: "企业自报"})
    assert fact(report, "revenue") == {"2025": "500万元"}
    manifest = opened(report).manifest
    assert [s["source"] for s in manifest["sources"]] == ["企业自报", "税务"]
    assert manifest["columns"]["employees"]["source"] == "企业自报"
    assert the(report, "source-differs").place == "tax.csv!B2"


def test_a_column_of_mixed_sources_keeps_that_of_each_value(tmp_path: Path) -> None:
    report = took(tmp_path, {"企业": [HEAD, [A, 2025, "税务", None, 500], [B, 2025, "统计", None, 7]]})
    assert [(s[0], s[2], s[4]) for s in sources(report)] == [(A, 2025, "税务"), (B, 2025, "统计")]


def test_a_named_source_goes_before_one_without_a_name(tmp_path: Path) -> None:
    main = [[CODE, "营业收入（万元）"], [A, 480]]
    more = [[CODE, "营业收入（万元）", "数据来源"], [A, 500, "税务"]]
    report = took(tmp_path, {"企业": main, "税务": more})
    assert fact(report, "revenue") == {"2025": "500万元"}
    assert places(report, "source-differs") == ["税务!B2"]


def test_static_values_of_two_sources_are_compared_too(tmp_path: Path) -> None:
    rows = [[CODE, "数据来源", "成立日期"], [A, "企业自报", "2020-01-02"], [A, "市场监管", "2020-01-01"]]
    report = took(tmp_path, {"企业": rows})
    assert fact(report, "founded_date") == "2020-01-01"
    assert "2020-01-02" in the(report, "source-differs").zh


def test_without_sources_two_values_are_an_error(tmp_path: Path) -> None:
    rows = [[CODE, "职工人数"], [A, 1]]
    report = took(tmp_path, {"甲": rows, "乙": rows})
    assert codes(report, "error") == {"duplicate"}


def test_one_source_twice_is_an_error(tmp_path: Path) -> None:
    rows = [HEAD, [A, 2025, "税务", 1, 1], [A, 2025, "税务", 2, 2]]
    assert places(took(tmp_path, {"企业": rows}), "duplicate") == ["企业!A3"]


def test_years_and_enterprises_of_different_sources_come_together(tmp_path: Path) -> None:
    rows = [HEAD, [A, 2025, "税务", 1, 10], [A, 2024, "统计", 2, 20], [B, 2025, "统计", 3, 30]]
    report = took(tmp_path, {"企业": rows})
    assert fact(report, "revenue") == {"2025": "10万元", "2024": "20万元"}
    assert fact(report, "revenue", B) == {"2025": "30万元"}


def test_an_empty_import_has_no_sources() -> None:
    wide, provenance = widen_sources([], 2025, {}, (), Links(), Findings())
    assert wide.keys == []
    assert provenance.table(wide, ()) is None
    assert Provenance().of(("x", 0), 0) == ""


def test_a_source_may_name_indicators_by_label() -> None:
    node = SourceNode.model_validate({"id": "x", "label": "甲局", "indicators": ["营业收入"], "en": "X office"})
    word = source_word(node, packs().vocabulary)
    assert word.indicators == {"revenue"}
    assert word.names == {"x", "甲局", "X office"}
