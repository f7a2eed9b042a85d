"""Cells to exact values: numbers, percentages, dates, flags; and what is remarked on."""

from __future__ import annotations

import datetime as dt
import random
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest
from facts_sample import AS_OF, CODE, VOCABULARY, A, B, C, book, case, codes, facts, load, patch, sheet, the

from keqiao.errors import KeqiaoError
from keqiao.facts import Snapshot, import_files
from keqiao.facts.cells import NumberReader, Tally
from keqiao.rules.dimensions import LIMITS

HEAD = [CODE, "企业名称", "年度", "营业收入（万元）", "职工人数（人）"]


def test_floats_become_the_decimal_that_excel_shows(tmp_path: Path) -> None:
    rows = [[CODE, "营业收入（万元）", "加权平均净资产收益率（%）"], [A, 0.1 + 0.2, 1.1 * 3]]
    report = load(book(tmp_path / "a.xlsx", rows))
    assert facts(report) == {"revenue": {"2025": "0.3万元"}, "roe": {"2025": "3.3%"}}
    assert report.problems == []


def test_every_cent_survives(tmp_path: Path) -> None:
    cents = [1, 7, 99, 123_456_789_01, 29_999_999_99]
    rows = [["企业编号", "营业收入（元）"], *([str(i), c / 100] for i, c in enumerate(cents))]
    report = load(book(tmp_path / "a.xlsx", rows))
    assert report.snapshot
    cases = list(Snapshot.open(report.snapshot).cases())
    found = [Decimal(c["facts"]["revenue"]["2025"].removesuffix("万元")) * 1_000_000 for c in cases]
    assert found == cents


def test_values_finer_than_the_scale_are_rounded_away_from_zero_with_a_warning(tmp_path: Path) -> None:
    rows = [[CODE, "净利润（元）"], [A, 0.125], [B, -0.125], [C, 1]]
    report = load(book(tmp_path / "a.xlsx", rows))
    assert facts(report) == {"net_profit": {"2025": "0.000013万元"}}
    assert facts(report, B) == {"net_profit": {"2025": "-0.000013万元"}}
    assert the(report, "rounded").severity == "warning"
    assert the(report, "rounded").place == "企业!B2"


def test_percent_formats_and_texts(tmp_path: Path) -> None:
    def edit(_: Any, page: Any) -> None:
        page["B2"].number_format = "0.0%"
        page["B3"].number_format = "0%"

    rows = [[CODE, "细分市场占有率"], [A, 0.125], [B, 1], [C, "５％"]]
    report = load(book(tmp_path / "a.xlsx", rows, edit=edit))
    assert [facts(report, k)["niche_market_share"]["2025"] for k in (A, B, C)] == ["12.5%", "100%", "5%"]


def test_a_percent_format_under_a_percent_heading_is_what_is_shown(tmp_path: Path) -> None:
    def edit(_: Any, page: Any) -> None:
        page["B2"].number_format = '0.00"约"%'

    report = load(book(tmp_path / "a.xlsx", [[CODE, "细分市场占有率（%）"], [A, 0.05], [B, 5]], edit=edit))
    assert facts(report) == facts(report, B) == {"niche_market_share": {"2025": "5%"}}


def test_a_quoted_percent_sign_is_no_percent_format(tmp_path: Path) -> None:
    def edit(_: Any, page: Any) -> None:
        page["B2"].number_format = '0.00"%"'

    report = load(book(tmp_path / "a.xlsx", [[CODE, "细分市场占有率（%）"], [A, 5]], edit=edit))
    assert facts(report) == {"niche_market_share": {"2025": "5%"}}


def test_numbers_that_are_no_numbers(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", [[CODE, "营业收入（万元）"], [A, 77]])
    patch(path, "xl/worksheets/sheet1.xml", b"<v>77</v>", b"<v>inf</v>")
    assert codes(load(path), "error") <= {"not-a-number", "corrupt"}


def test_a_line_of_totals_is_told_to_be_deleted(tmp_path: Path) -> None:
    report = load(book(tmp_path / "a.xlsx", [[CODE, "营业收入（万元）"], [A, 77], ["合 计", 77]]))
    assert "合计、说明等行请删去" in the(report, "uscc").zh


def test_zero_needs_no_unit(tmp_path: Path) -> None:
    report = load(book(tmp_path / "a.xlsx", [[CODE, "细分市场占有率"], [A, 0]]))
    assert facts(report) == {"niche_market_share": {"2025": "0%"}}


@pytest.mark.parametrize(
    ("text", "heading", "expected", "note"),
    [
        ("620万元", "营业收入（元）", "620万元", "unit-in-cell"),
        ("1.2亿", "营业收入（万元）", "12000万元", "unit-in-cell"),
        ("1,500", "营业收入（万元）", "1500万元", "thousands"),
        ("１２３．５", "营业收入（万元）", "123.5万元", "full-width"),
        (" 12 ", "营业收入（万元）", "12万元", None),
        ("+3", "营业收入（万元）", "3万元", None),
    ],
)
def test_numbers_as_text(tmp_path: Path, text: str, heading: str, expected: str, note: str | None) -> None:
    report = load(book(tmp_path / "a.xlsx", [[CODE, heading], [A, text]]))
    assert facts(report)["revenue"] == {"2025": expected}
    assert codes(report, "note") == ({note} if note else set())


def test_months_become_years(tmp_path: Path) -> None:
    report = load(book(tmp_path / "a.xlsx", [[CODE, "细分市场年限（个月）"], [A, 30], [B, 1]]))
    assert facts(report)["niche_years"] == {"2025": "2.5年"}
    assert facts(report, B)["niche_years"] == {"2025": "0.0833年"}
    assert the(report, "rounded").place == "企业!B3"


@pytest.mark.parametrize(
    ("value", "note"),
    [
        (dt.date(2009, 11, 21), None),
        (dt.datetime(2009, 11, 21, 8, 30), None),
        ("2009年11月21日", "date-text"),
        ("2009 年 11 月 21 日", "date-text"),
        ("2009/11/21", "date-text"),
        ("2009.11.21", "date-text"),
        ("2009-11-21 00:00:00", "date-text"),
        (20091121, "date-text"),
        (40138, "date-serial"),
        ("40138", "date-serial"),
    ],
)
def test_dates(tmp_path: Path, value: Any, note: str | None) -> None:
    report = load(book(tmp_path / "a.xlsx", [[CODE, "成立日期"], [A, value]]))
    assert facts(report) == {"founded_date": "2009-11-21"}
    assert codes(report, "note") == ({note} if note else set())


def test_serials_of_a_workbook_that_counts_from_1904(tmp_path: Path) -> None:
    def edit(workbook: Any, _: Any) -> None:
        from openpyxl.utils.datetime import CALENDAR_MAC_1904

        workbook.epoch = CALENDAR_MAC_1904

    rows = [[CODE, "成立日期"], [A, 38676], [B, dt.date(2009, 11, 21)]]
    report = load(book(tmp_path / "a.xlsx", rows, edit=edit))
    assert facts(report) == facts(report, B) == {"founded_date": "2009-11-21"}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("是", True),
        ("否", False),
        (True, True),
        (False, False),
        (1, True),
        (0, False),
        ("有", True),
        ("√", True),
        ("×", False),
    ],
)
def test_flags(tmp_path: Path, value: Any, expected: bool) -> None:
    report = load(book(tmp_path / "a.xlsx", [[CODE, "居民企业"], [A, value]]))
    assert facts(report) == {"resident_enterprise": expected}


def test_codes_written_as_numbers_lose_their_point(tmp_path: Path) -> None:
    report = load(book(tmp_path / "a.xlsx", [[CODE, "国民经济行业代码"], [A, 3990]]))
    assert facts(report) == {"industry_code": "3990"}


def test_blank_text_is_missing(tmp_path: Path) -> None:
    rows = [[CODE, "职工人数", "企业名称", "成立日期", "居民企业"], [A, "  ", " ", " ", " "]]
    assert facts(load(book(tmp_path / "a.xlsx", rows))) == {}


def test_a_formula_with_its_value_is_read(tmp_path: Path) -> None:
    import xlsxwriter

    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        page = workbook.add_worksheet("企业")
        page.write_row(0, 0, [CODE, "职工人数", "企业名称"])
        page.write_row(1, 0, [A])
        page.write_formula(1, 1, "=2+3", None, 5)
        page.write_formula(1, 2, '=""', None, "")
    patch(path, "xl/worksheets/sheet1.xml", b'r="C2">', b'r="C2" t="str">')
    assert facts(load(path)) == {"employees": {"2025": "5人"}}


def test_sheets_that_are_something_else_are_passed_over(tmp_path: Path) -> None:
    def edit(workbook: Any, _: Any) -> None:
        workbook.create_sheet("说明").append(["本表由各区填报", "x"])
        patents = workbook.create_sheet("专利")
        patents.append([CODE, "专利号"])
        patents.append([A, "ZL1"])
        workbook.create_sheet("空")

    report = load(book(tmp_path / "a.xlsx", [[CODE, "职工人数"], [A, 5]], edit=edit))
    skipped = {p.place: p.severity for p in report.problems if p.code == "sheet-skipped"}
    assert skipped == {"说明": "note", "专利": "warning"}


def test_a_sheet_of_names_alone_is_imported(tmp_path: Path) -> None:
    assert facts(load(book(tmp_path / "a.xlsx", [[CODE, "企业名称"], [A, "甲"]]))) == {"name": "甲"}


def test_an_unknown_heading_is_warned_of_with_the_nearest(tmp_path: Path) -> None:
    report = load(book(tmp_path / "a.xlsx", [[CODE, "研发费用额（万元）", "邮箱地址x", "职工人数"], [A, 1, 2, 3]]))
    first, second = (p for p in report.problems if p.code == "heading-unknown")
    assert (first.place, first.severity) == ("企业!B1", "warning")
    assert "研发费用" in first.zh
    assert second.place == "企业!C1"
    assert "相近" not in second.zh


def test_hidden_parts_are_read_and_warned_of(tmp_path: Path) -> None:
    def edit(workbook: Any, page: Any) -> None:
        page.row_dimensions[3].hidden = True
        page.column_dimensions["C"].hidden = True
        page.column_dimensions["Z"].hidden = True
        page.sheet_state = "hidden"
        workbook.create_sheet("看得见")

    rows = [[CODE, "职工人数", "企业名称"], [A, 5, "甲"], [B, 6, "乙"]]
    report = load(book(tmp_path / "a.xlsx", rows, edit=edit))
    assert {p.code: p.place for p in report.problems} == {
        "hidden-sheet": "企业", "hidden-rows": "企业!A3", "hidden-column": "企业!C1",
    }  # fmt: skip
    assert facts(report, B) == {"employees": {"2025": "6人"}, "name": "乙"}


def test_places_name_the_file_where_there_are_several(tmp_path: Path) -> None:
    report = load(
        sheet(tmp_path / "a.csv", [[CODE, "职工人数"], [A, "x"]]),
        book(tmp_path / "b.xlsx", [[CODE, "营业收入（万元）"], [B, "x"]]),
    )
    assert [p.place for p in report.problems] == ["a.csv!B2", "企业!B2"]


def test_places_name_the_workbook_where_there_are_two(tmp_path: Path) -> None:
    report = load(
        book(tmp_path / "a.xlsx", [[CODE, "职工人数"], [A, "x"]]),
        book(tmp_path / "b.xlsx", [[CODE, "职工人数"], [B, "x"]]),
    )
    assert [p.place for p in report.problems] == ["[a.xlsx]企业!B2", "[b.xlsx]企业!B2"]


def test_future_dates_are_warned_of(tmp_path: Path) -> None:
    report = load(
        book(tmp_path / "a.xlsx", [[CODE, "成立日期"], [A, dt.date(2026, 11, 22)], [B, dt.date(2026, 11, 21)]])
    )
    assert (the(report, "future-date").place, the(report, "future-date").severity) == ("企业!B2", "warning")


@pytest.mark.parametrize(
    ("amounts", "cells"),
    [
        ([620, 600_000, 580], ["企业!C3"]),
        ([6_200_000, 600, 580], ["企业!C2"]),
        ([0.6, 580], ["企业!C2"]),
        ([1, 300, None], []),
        ([0, 620, 600], []),
    ],
)
def test_amounts_far_off_their_history_are_flagged(tmp_path: Path, amounts: list[Any], cells: list[str]) -> None:
    rows = [[CODE, "年度", "营业收入（万元）"], *([A, 2025 - i, v] for i, v in enumerate(amounts))]
    report = load(book(tmp_path / "a.xlsx", rows))
    assert [p.place for p in report.problems if p.code == "scale"] == cells


def test_progress_is_told(tmp_path: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    import_files(
        [book(tmp_path / "a.xlsx", [[CODE, "职工人数"], [A, 5]])], vocabulary=VOCABULARY, year=2025, as_of=AS_OF,
        out=tmp_path / "s", progress=lambda *step: seen.append(step),
    )  # fmt: skip
    assert seen == [("read", 0, 1), ("read", 1, 1), ("check", 0, 1), ("check", 1, 1), ("write", 0, 1), ("write", 1, 1)]


def test_an_output_that_exists_is_refused_before_any_work(tmp_path: Path) -> None:
    (tmp_path / "s").mkdir()
    with pytest.raises(KeqiaoError, match="已经存在"):
        import_files([tmp_path / "none.xlsx"], vocabulary=VOCABULARY, year=2025, as_of=AS_OF, out=tmp_path / "s")
    assert list(tmp_path.iterdir()) == [tmp_path / "s"]


def test_no_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(KeqiaoError, match="没有给出"):
        import_files([], vocabulary=VOCABULARY, year=2025, as_of=AS_OF, out=tmp_path / "s")


def test_the_same_sheet_gives_the_same_files(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", [HEAD, [A, "甲", 2025, 620, 180]])
    for name in ("one", "two"):
        load(path, out=tmp_path / name)
    for name in ("facts.parquet", "manifest.json"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_the_reference_vocabulary_case_reads_back(tmp_path: Path) -> None:
    report = load(book(tmp_path / "a.xlsx", [[CODE, "特色化指标得分", "净利润（万元）"], [A, 12.5, -3.25]]))
    assert case(report) == {
        "id": A, "as_of": "2026-11-21", "year": 2025,
        "facts": {"local_score": {"2025": "12.5分"}, "net_profit": {"2025": "-3.25万元"}},
    }  # fmt: skip


def test_the_quick_way_to_a_stored_number_is_the_decimal_that_excel_shows() -> None:
    dice = random.Random(5)
    cells: list[Any] = [dice.randrange(-(10**15), 10**15) / 10 ** dice.randint(0, 12) for _ in range(4000)]
    cells += [dice.uniform(-1, 1) * 10.0 ** dice.randint(-9, 8) for _ in range(4000)]
    cells += [f"{c:.{dice.randint(0, 6)}f}" for c in cells[:2000]]
    for unit, whole in (("万元", 10**6), ("元", 10**2)):
        reader = NumberReader("money", unit, True, set(), lambda *_: None, Tally())
        shown = [Decimal(c if isinstance(c, str) else f"{c:.15g}") * whole for c in cells]
        wanted = [int(d.to_integral_value(ROUND_HALF_UP)) for d in shown]
        read = reader.read(cells)
        assert all(r == w for r, w in zip(read, wanted, strict=True) if abs(w) <= LIMITS["money"])
