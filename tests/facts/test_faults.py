"""Every fault of the cells is told at its place, and nothing is imported."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path
from typing import Any

import pytest
from facts_sample import CODE, A, B, Rows, book, code, codes, facts, load, sheet, the
from stdnum.cn import uscc
from stdnum.exceptions import ValidationError

from keqiao.facts.keys import BadKey, read_key

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


@pytest.mark.parametrize(("rows", "problem", "place"), [c[1:] for c in CELLS], ids=[c[0] for c in CELLS])
def test_a_fault_is_told_at_its_cell(tmp_path: Path, rows: Rows, problem: str, place: str) -> None:
    report = load(book(tmp_path / "a.xlsx", rows))
    found = the(report, problem)
    assert (found.severity, found.place) == ("error", f"企业!{place}")
    assert codes(report, "error") == {problem}
    assert found.zh
    assert found.en
    assert found.zh != found.en
    assert str(found) == f"企业!{place}: {found.zh}"


def test_a_csv_place_is_the_cell_alone(tmp_path: Path) -> None:
    assert the(load(sheet(tmp_path / "a.csv", [[CODE, "职工人数"], [A, "x"]])), "not-a-number").place == "B2"


def test_a_code_in_scientific_notation_in_csv(tmp_path: Path) -> None:
    assert the(load(sheet(tmp_path / "a.csv", [[CODE, "职工人数"], ["9.199E+17", "1"]])), "uscc").place == "A2"


@pytest.mark.parametrize("heading", ["净利润（万元）", "加权平均净资产收益率（%）"])
def test_profits_and_returns_may_be_negative(tmp_path: Path, heading: str) -> None:
    assert facts(load(book(tmp_path / "a.xlsx", [[CODE, heading], [A, -2.5]])))


def test_all_faults_are_told_together(tmp_path: Path) -> None:
    rows = [[CODE, "职工人数", "营业收入（万元）"], [A, "x", -1], ["bad", 1, 1]]
    assert codes(load(book(tmp_path / "a.xlsx", rows)), "error") == {"not-a-number", "negative", "uscc"}


def test_a_suggestion_for_a_value_outside_the_list(tmp_path: Path) -> None:
    report = load(book(tmp_path / "a.xlsx", [[CODE, "企业规模"], [A, "大"], [B, "x"]]))
    first, second = (p for p in report.problems if p.code == "value")
    assert "是否为“大型”" in first.zh
    assert "是否" not in second.zh


def test_a_missing_key_column(tmp_path: Path) -> None:
    found = the(load(book(tmp_path / "a.xlsx", [["企业名称", "职工人数"], ["甲", 1]])), "no-key-column")
    assert (found.severity, found.place) == ("error", "企业")


def test_an_empty_workbook(tmp_path: Path) -> None:
    assert codes(load(book(tmp_path / "a.xlsx", [])), "error") == {"empty"}


def test_merged_cells_in_the_data(tmp_path: Path) -> None:
    rows = [["统计表", None, None], [CODE, "企业名称", "职工人数"], [A, "甲", 1], [B, None, 2]]

    def edit(_: Any, page: Any) -> None:
        page.merge_cells("A1:C1")
        page.merge_cells("B3:B4")
        page.merge_cells("E3:F4")

    found = the(load(book(tmp_path / "a.xlsx", rows, edit=edit)), "merged")
    assert found.place == "企业!B3"
    assert "B3:B4" in found.zh


def test_a_heading_merged_into_the_data(tmp_path: Path) -> None:
    rows = [[CODE, "职工人数"], [None, 5], [A, 1]]
    found = the(load(book(tmp_path / "a.xlsx", rows, edit=lambda _, p: p.merge_cells("A1:A2"))), "merged")
    assert found.place == "企业!A2"


def test_a_formula_without_value(tmp_path: Path) -> None:
    rows = [[CODE, "职工人数", "备注"], [A, "=1+2", "=1+2"], ["=A2", 5, None]]
    report = load(book(tmp_path / "a.xlsx", rows))
    assert [p.place for p in report.problems if p.code == "formula-no-value"] == ["企业!B2", "企业!A3"]
    assert codes(report, "error") == {"formula-no-value"}


def test_excel_errors(tmp_path: Path) -> None:
    def edit(_: Any, page: Any) -> None:
        for place, value in (("B2", "#DIV/0!"), ("C2", "#N/A"), ("C3", "#REF!")):
            page[place].value = value
            page[place].data_type = "e"

    rows = [[CODE, "职工人数", "年度"], [A, None, None], [B, 1, None]]
    report = load(book(tmp_path / "a.xlsx", rows, edit=edit))
    assert [p.place for p in report.problems] == ["企业!B2", "企业!C2", "企业!C3"]
    assert codes(report, "error") == {"excel-error"}
    assert "#DIV/0!" in report.problems[0].zh


def test_the_same_indicator_and_year_on_two_sheets(tmp_path: Path) -> None:
    def edit(workbook: Any, _: Any) -> None:
        page = workbook.create_sheet("另一张")
        page.append([CODE, "职工人数"])
        page.append([B, 1])
        page.append([A, 1])

    report = load(book(tmp_path / "a.xlsx", [[CODE, "职工人数"], [A, 1]], edit=edit))
    assert the(report, "duplicate").place == "另一张!A3"


def test_beyond_the_limit_problems_are_counted(tmp_path: Path) -> None:
    rows = [["企业编号", "职工人数"], *([str(i), "x"] for i in range(250))]
    report = load(book(tmp_path / "a.xlsx", rows))
    assert report.errors == 250
    assert len(report.problems) == 201
    assert "50" in report.problems[-1].zh
    assert report.problems[-1].place == "企业!B251"


def test_problems_are_listed_errors_first(tmp_path: Path) -> None:
    rows = [[CODE, "营业收入", "成立日期", "职工人数"], [A, 1, "2020年1月1日", "x"]]
    severities = [p.severity for p in load(book(tmp_path / "a.xlsx", rows)).problems]
    assert severities == ["error", "warning", "note"]


def test_the_check_digit_is_that_of_stdnum() -> None:
    dice, letters = random.Random(3), "0123456789ABCDEFGHJKLMNPQRTUWXYIOSVZ-a "
    for number in range(3000):
        text = list(code(number))
        for _ in range(dice.randint(0, 2)):
            text[dice.randrange(18)] = dice.choice(letters)
        value = "".join(text)
        try:
            wanted: str | None = uscc.validate(value.upper())
        except ValidationError:
            wanted = None
        try:
            found: str | None = read_key("uscc", value)
        except BadKey:
            found = None
        assert found == wanted, value
