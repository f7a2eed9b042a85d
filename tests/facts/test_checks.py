"""Cross-field checks on import."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from facts_sample import CODE, A, B, Rows, book, load, the

from keqiao.facts import FactCheck

#: name, rows, code, place
CELLS: list[tuple[str, Rows, str, str]] = [
    ("check digit", [[CODE, "职工人数"], [A[:-1] + ("0" if A[-1] != "0" else "1"), 1]], "uscc", "A2"),
    ("short code", [[CODE, "职工人数"], [A[:-1], 1]], "uscc", "A2"),
    ("code as number", [[CODE, "职工人数"], [919901001000000000, 1]], "key-as-number", "A2"),
    ("stock code as number", [["证券代码", "职工人数"], [1, 1]], "key-as-number", "A2"),
    ("row without code", [[CODE, "职工人数"], [A, 1], ["", 1]], "no-key", "A3"),
    ("total line", [["企业名称", CODE, "职工人数"], ["甲", A, 1], ["合计", None, 1]], "no-key", "B3"),
    ("duplicate", [[CODE, "职工人数"], [A, 1], [B, 1], [A, 2]], "duplicate", "A4"),
    ("duplicate year", [[CODE, "年度", "职工人数"], [A, 2025, 1], [A, 2025, 2]], "duplicate", "A3"),
    ("text", [[CODE, "职工人数"], [A, "待定"]], "not-a-number", "B2"),
    ("dash", [[CODE, "营业收入（万元）"], [A, "-"]], "not-a-number", "B2"),
    ("scientific", [[CODE, "营业收入（万元）"], [A, "1.2E+08"]], "not-a-number", "B2"),
    ("date in number", [[CODE, "职工人数"], [A, dt.date(2020, 1, 1)]], "not-a-number", "B2"),
    ("flag in number", [[CODE, "职工人数"], [A, True]], "not-a-number", "B2"),
    ("bad grouping", [[CODE, "营业收入（万元）"], [A, "1,23"]], "not-a-number", "B2"),
    ("unit of a cell", [[CODE, "营业收入（万元）"], [A, "5人"]], "cell-unit", "B2"),
    ("negative money", [[CODE, "营业收入（万元）"], [A, -1]], "negative", "B2"),
    ("negative people", [[CODE, "职工人数"], [A, "-1"]], "negative", "B2"),
    ("negative count", [[CODE, "Ⅰ类知识产权数"], [A, -1]], "negative", "B2"),
    ("negative share", [[CODE, "细分市场占有率（%）"], [A, -1]], "negative", "B2"),
    ("too large", [[CODE, "营业收入（万元）"], [A, 1e12]], "out-of-range", "B2"),
    ("far too large", [[CODE, "净利润（万元）"], [A, -1e300]], "out-of-range", "B2"),
    ("silent percent", [[CODE, "细分市场占有率"], [A, 5]], "silent-percent", "B2"),
    ("silent fraction", [[CODE, "加权平均净资产收益率"], [A, 0.05]], "silent-percent", "B2"),
    ("silent text", [[CODE, "细分市场占有率"], [A, "5"]], "silent-percent", "B2"),
    ("impossible day", [[CODE, "成立日期"], [A, "2025-02-30"]], "date", "B2"),
    ("impossible month", [[CODE, "成立日期"], [A, "2025年13月1日"]], "date", "B2"),
    ("only a year", [[CODE, "成立日期"], [A, 2009]], "date", "B2"),
    ("before 1900", [[CODE, "成立日期"], [A, "0205-01-01"]], "date", "B2"),
    ("no date", [[CODE, "成立日期"], [A, "去年"]], "date", "B2"),
    ("flag as date", [[CODE, "成立日期"], [A, True]], "date", "B2"),
    ("fraction as date", [[CODE, "成立日期"], [A, 40138.25]], "date", "B2"),
    ("flag", [[CODE, "居民企业"], [A, "不详"]], "flag", "B2"),
    ("code", [[CODE, "企业规模"], [A, "特大型"]], "value", "B2"),
    ("date in text", [[CODE, "企业名称"], [A, dt.date(2020, 1, 1)]], "value", "B2"),
    ("year", [[CODE, "年度", "职工人数"], [A, "去年", 1]], "year", "B2"),
    ("year far back", [[CODE, "年度", "职工人数"], [A, 1990, 1]], "year", "B2"),
    ("two years", [[CODE, "年度", "年份", "职工人数"], [A, 2025, 2025, 1]], "heading-twice", "C1"),
    ("heading twice", [[CODE, "营业收入（万元）", "营收（元）"], [A, 1, 1]], "heading-twice", "C1"),
    ("heading and year twice", [[CODE, "职工人数2024", "从业人员2024"], [A, 1, 1]], "heading-twice", "C1"),
    ("wrong unit", [[CODE, "营业收入（人）"], [A, 1]], "heading-unit", "B1"),
    ("foreign money", [[CODE, "营业收入（美元）"], [A, 1]], "heading-unit", "B1"),
    ("two units", [[CODE, "营业收入（万元、元）"], [A, 1]], "heading-unit", "B1"),
    ("ambiguous", [[CODE, "收入（万元）"], [A, 1]], "heading-ambiguous", "B1"),
    ("static by year", [[CODE, "成立日期2024"], [A, None]], "static-year", "B1"),
    ("year twice", [[CODE, "年度", "职工人数2024"], [A, 2025, 1]], "year-twice", "C1"),
    ("static differs", [[CODE, "年度", "企业名称"], [A, 2025, "甲"], [A, 2024, "乙"]], "static-differs", "C3"),
    ("title column", [[CODE, "高新技术企业"], [A, "是"]], "title-column", "B1"),
    ("no rows", [[CODE, "职工人数"]], "empty", "A1"),
]  # fmt: skip


def check(severity: Any = "error", reads: tuple[str, ...] = ("tech_staff", "employees")) -> FactCheck:
    def fails(values: Any) -> bool:
        staff, all_staff = values.get("tech_staff"), values.get("employees")
        return staff is not None and all_staff is not None and staff > all_staff

    return FactCheck("staff", "科技人员不多于职工", "科技人员数 <= 职工人数", severity, fails, reads)


STAFF = [[CODE, "年度", "职工人数", "科技人员数"], [A, 2025, 10, 10], [A, 2024, 10, 11], [B, 2025, None, 3]]


def test_a_check_is_told_at_the_first_fact_it_reads(tmp_path: Path) -> None:
    report = load(book(tmp_path / "a.xlsx", STAFF), checks=[check()])
    assert the(report, "check:staff").place == "企业!D3"
    assert "2024" in the(report, "check:staff").zh


def test_a_check_that_reads_everything_is_told_at_the_key(tmp_path: Path) -> None:
    report = load(book(tmp_path / "a.xlsx", STAFF), checks=[check("warning", ())])
    assert (the(report, "check:staff").place, report.warnings) == ("企业!A2", 1)


def test_a_check_of_static_facts_runs_once(tmp_path: Path) -> None:
    old = FactCheck("old", "成立日期", "x", "warning", lambda v: v["founded_date"] is not None, ("founded_date",))
    rows = [[CODE, "年度", "成立日期", "职工人数"], [A, 2025, "2020-01-01", 1], [A, 2024, "2020-01-01", 1]]
    assert load(book(tmp_path / "a.xlsx", rows), checks=[old]).warnings == 1


def test_a_check_of_facts_that_were_not_supplied_finds_nothing(tmp_path: Path) -> None:
    report = load(book(tmp_path / "a.xlsx", [[CODE, "企业名称"], [A, "甲"]]), checks=[check(), check("error", ())])
    assert report.problems == []
