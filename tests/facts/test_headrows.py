"""Two rows of headings: read where they mean one thing, told where they may mean two."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from facts_sample import CODE, A, Rows, book, codes, facts, load, sheet, the

PARTS: Rows = [
    [CODE, "企业名称", "研发费用（万元）", None, None, "职工人数"],
    [None, None, 2023, "2024年", "2025年度", None],
    [A, "甲", 1, 2, 3, 9],
]
GROUPS: Rows = [
    ["基本情况", None, "2024年", None, "2025年", None],
    [CODE, "企业名称", "营业收入（万元）", "研发费用（万元）", "营业收入（万元）", "研发费用（万元）"],
    [A, "甲", 1, 2, 3, 4],
]
READ = {"name": "甲", "employees": {"2025": "9人"}, "rd_expense": {"2025": "3万元", "2024": "2万元", "2023": "1万元"}}


def merge(*areas: str) -> Any:
    def edit(_: Any, page: Any) -> None:
        for area in areas:
            page.merge_cells(area)

    return edit


@pytest.mark.parametrize("areas", [("A1:A2", "B1:B2", "C1:E1", "F1:F2"), ("C1:E1",), ()])
def test_years_below_an_indicator(tmp_path: Path, areas: tuple[str, ...]) -> None:
    report = load(book(tmp_path / "a.xlsx", PARTS, edit=merge(*areas)))
    assert facts(report) == READ
    assert {p.code for p in report.problems} == {"two-heading-rows"}
    assert "2023年研发费用" in the(report, "two-heading-rows").zh


def test_years_below_an_indicator_in_csv(tmp_path: Path) -> None:
    assert facts(load(sheet(tmp_path / "a.csv", [["" if v is None else v for v in row] for row in PARTS]))) == READ


@pytest.mark.parametrize("areas", [("A1:B1", "C1:D1", "E1:F1"), ()])
def test_years_above_indicators(tmp_path: Path, areas: tuple[str, ...]) -> None:
    report = load(book(tmp_path / "a.xlsx", GROUPS, edit=merge(*areas)))
    assert facts(report) == {
        "name": "甲", "revenue": {"2025": "3万元", "2024": "1万元"}, "rd_expense": {"2025": "4万元", "2024": "2万元"},
    }  # fmt: skip
    assert [(m.place, m.year) for m in report.mapping][1:] == [
        ("企业!C2", 2024), ("企业!D2", 2024), ("企业!E2", 2025), ("企业!F2", 2025)
    ]  # fmt: skip


def test_plain_groups_mean_nothing(tmp_path: Path) -> None:
    rows = [["基本情况", None, "财务情况"], [CODE, "企业名称", "营业收入（万元）"], [A, "甲", 1]]
    report = load(book(tmp_path / "a.xlsx", rows, edit=merge("A1:B1")))
    assert facts(report) == {"name": "甲", "revenue": {"2025": "1万元"}}
    assert codes(report, "note") == {p.code for p in report.problems} == {"two-heading-rows"}
    assert the(report, "two-heading-rows").place == "企业!A2"


def test_the_unit_of_a_group(tmp_path: Path) -> None:
    rows = [["基本情况", None, "财务情况（元）", None], [CODE, "职工人数", "营业收入", "净利润（万元）"], [A, 5, 10_000, 1]]
    report = load(book(tmp_path / "a.xlsx", rows, edit=merge("A1:B1", "C1:D1")))
    assert facts(report) == {
        "employees": {"2025": "5人"}, "revenue": {"2025": "1万元"}, "net_profit": {"2025": "1万元"}
    }  # fmt: skip
    assert codes(report, "warning") == set()


def test_units_below_headings(tmp_path: Path) -> None:
    rows = [[CODE, "企业名称", "营业收入", "职工人数"], [None, None, "（元）", "人"], [A, "甲", 10_000, 2]]
    report = load(book(tmp_path / "a.xlsx", rows))
    assert facts(report) == {"name": "甲", "revenue": {"2025": "1万元"}, "employees": {"2025": "2人"}}
    assert codes(report, "warning") == set()


@pytest.mark.parametrize("merged", [("A1:D1",), ()])
@pytest.mark.parametrize("line", [["2024年度企业情况表"], [None, None, "填报日期：2024年3月"], ["2024年", "企业情况表"]])
def test_a_title_line_is_no_group(tmp_path: Path, line: list[Any], merged: tuple[str, ...]) -> None:
    rows = [line, [CODE, "企业名称", "营业收入（万元）", "职工人数"], [A, "甲", 1, 2]]
    report = load(book(tmp_path / "a.xlsx", rows, edit=merge(*merged)))
    assert facts(report)["revenue"] == {"2025": "1万元"}


def test_parts_of_an_indicator(tmp_path: Path) -> None:
    rows = [[CODE, "高新技术产品收入（万元）", None], [None, "合计", "其中：出口"], [A, 5, 1]]
    report = load(book(tmp_path / "a.xlsx", rows, edit=merge("B1:C1")))
    assert facts(report) == {"hightech_revenue": {"2025": "5万元"}}
    assert the(report, "heading-unknown").place == "企业!C2"


@pytest.mark.parametrize(
    ("rows", "place", "word"),
    [
        ([["基本情况", None, "2023-2024年", None], [CODE, "居民企业", "营业收入（万元）", "企业名称"], [A, "是", 1, "甲"]], "C2", "年份"),
        ([["基本情况", None, "2023年", None], [CODE, "居民企业", "营业收入2024（万元）", "企业名称"], [A, "是", 1, "甲"]], "C2", "年份"),
        ([["基本情况", None, "企业规模", None], [CODE, "居民企业", "营业收入（万元）", "企业名称"], [A, "是", 1, "甲"]], "C2", "企业规模"),
    ],
)
def test_what_may_mean_two_things_is_told(tmp_path: Path, rows: Rows, place: str, word: str) -> None:
    report = load(book(tmp_path / "a.xlsx", rows, edit=merge("A1:B1", "C1:D1")))
    problems = [p for p in report.problems if p.code == "heading-rows"]
    assert problems[0].place == f"企业!{place}"
    assert word in problems[0].zh


def test_a_row_of_figures_is_no_heading(tmp_path: Path) -> None:
    report = load(book(tmp_path / "a.xlsx", [[CODE, "职工人数"], [None, 5], [A, 1]]))
    assert the(report, "no-key").place == "企业!A2"


@pytest.mark.parametrize("second", [[None, 2024, None], [None, None, "人"], [None, 2024, "合计"]])
def test_a_row_without_a_key_is_no_heading_unless_it_can_be(tmp_path: Path, second: list[Any]) -> None:
    rows = [[CODE, "年度", "企业名称"], second, [A, 2025, "甲"]]
    assert the(load(book(tmp_path / "a.xlsx", rows)), "no-key").place == "企业!A2"


def test_a_heading_of_the_case_s_year_and_one_without(tmp_path: Path) -> None:
    report = load(book(tmp_path / "a.xlsx", [[CODE, "职工人数2025", "职工人数"], [A, 1, 2]]))
    assert the(report, "heading-twice").place == "企业!C1"


def test_years_of_headings_that_are_not_kept(tmp_path: Path) -> None:
    report = load(book(tmp_path / "a.xlsx", [[CODE, "职工人数", "职工人数2026", "职工人数1990"], [A, 1, 2, 3]]))
    assert the(report, "later-year").place == "企业!C1"
    assert (the(report, "year").severity, the(report, "year").place) == ("error", "企业!D1")
