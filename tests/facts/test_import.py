"""Importing sound sheets: headings, units, years, encodings and values."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from facts_sample import AS_OF, CODE, VOCABULARY, A, B, C, book, case, codes, facts, load, patch, sheet, the

from keqiao.errors import KeqiaoError
from keqiao.facts import Snapshot, import_files

HEAD = [CODE, "企业名称", "年度", "营业收入（万元）", "职工人数（人）"]


def test_a_row_per_enterprise_and_year(tmp_path: Path) -> None:
    report = load(
        book(tmp_path / "a.xlsx", [HEAD, [A, "甲", 2025, 620, 180], [A, "甲", 2024, 500.5, 170], [B, "乙", 2025, 1, 2]])
    )
    assert (report.enterprises, report.rows, report.titles) == (2, 3, None)
    assert facts(report) == {
        "name": "甲",
        "revenue": {"2025": "620万元", "2024": "500.5万元"},
        "employees": {"2025": "180人", "2024": "170人"},
    }


def test_the_snapshot_is_the_contract_of_the_engine(tmp_path: Path) -> None:
    rows = [
        [
            CODE,
            "成立日期",
            "居民企业",
            "企业规模",
            "年度",
            "营业收入（万元）",
            "细分市场占有率（%）",
            "Ⅰ类知识产权数",
            "细分市场年限",
        ],
        [B, dt.date(2009, 11, 21), "是", "小型", 2025, 1.5, 12.5, 3, 2],
        [A, dt.date(2010, 1, 1), "否", "大型", 2025, None, None, None, None],
        [B, dt.date(2009, 11, 21), "是", "微型", 2024, -0, 1, 2, 1],
    ]
    report = load(
        book(tmp_path / "a.xlsx", rows, [[CODE, "称号", "起始日", "截止日"], [B, "高企", dt.date(2024, 1, 1), None]])
    )
    assert report.snapshot
    table = duckdb.sql(f"from '{report.snapshot / 'facts.parquet'}'")
    assert dict(zip(table.columns, map(str, table.types), strict=True)) == {
        "scheme": "VARCHAR", "id": "VARCHAR", "founded_date": "DATE", "size_class": "VARCHAR",
        "size_class__1": "VARCHAR", "resident_enterprise": "BOOLEAN", "revenue": "BIGINT", "revenue__1": "BIGINT",
        "niche_market_share": "BIGINT", "niche_market_share__1": "BIGINT", "ip_class1": "BIGINT",
        "ip_class1__1": "BIGINT", "niche_years": "BIGINT", "niche_years__1": "BIGINT",
        "titles": 'STRUCT(title VARCHAR, "from" DATE, "to" DATE)[]',
    }  # fmt: skip
    first, second = table.fetchall()
    assert first[1] == A and first[-1] == [] and first[6] is None
    assert second[:5] == ("uscc", B, dt.date(2009, 11, 21), "小型", "微型")
    assert second[5:14] == (True, 1_500_000, 0, 12_500_000, 1_000_000, 30_000, 20_000, 20_000, 10_000)
    assert second[-1] == [{"title": "title.hnte", "from": dt.date(2024, 1, 1), "to": None}]


def test_the_manifest_tells_sources_columns_and_hash(tmp_path: Path) -> None:
    report = load(book(tmp_path / "a.xlsx", [HEAD, [A, "甲", 2025, 620, None]]), label="synthetic")
    assert report.snapshot
    manifest = json.loads((report.snapshot / "manifest.json").read_text("utf-8"))
    assert manifest["format"] == 1 and manifest["year"] == 2025 and manifest["as_of"] == "2026-11-21"
    assert manifest["rows"] == 1 and manifest["label"] == "synthetic" and manifest["warnings"] == 0
    assert manifest["sources"][0]["file"] == "a.xlsx" and manifest["sources"][0]["rows"] == 1
    assert len(manifest["sources"][0]["sha256"]) == len(manifest["content_hash"]) == 64
    assert manifest["columns"]["revenue"] == {
        "known": 1, "type": "money", "unit": "万元", "period": "annual", "label": "营业收入"
    }  # fmt: skip
    assert manifest["columns"]["employees"]["known"] == 0


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        ("revenue（万元）", "620万元"),
        ("营业收入(万元)", "620万元"),
        ("营业收入 （ 万元 ）", "620万元"),
        ("营业\n收入【万元】", "620万元"),
        ("*营业收入（单位：万元）", "620万元"),
        ("营收（人民币万元）", "620万元"),
        ("Operating Revenue (10k yuan)", "620万元"),
        ("营业收入（元）", "0.062万元"),
        ("营业收入（亿元）", "6200000万元"),
        ("营业收入_千元", "62万元"),
        ("ｒｅｖｅｎｕｅ（万元）", "620万元"),
        ("营业收入2025（万元）", "620万元"),
        ("2025年营业收入（万元）", "620万元"),
        ("2025年度营业收入(万元)", "620万元"),
        ("营业收入（2025年，万元）", "620万元"),
        ("营业收入（万元）2025", "620万元"),
    ],
)
def test_headings_with_units(tmp_path: Path, heading: str, expected: str) -> None:
    report = load(book(tmp_path / "a.xlsx", [[CODE, heading], [A, 620]]))
    assert facts(report)["revenue"] == {"2025": expected}
    assert report.problems == []


def test_labels_with_brackets_of_their_own(tmp_path: Path) -> None:
    report = load(
        book(tmp_path / "a.xlsx", [[CODE, "高新技术产品（服务）收入（万元）", "I类知识产权数(件)"], [A, 7, 2]])
    )
    assert facts(report) == {"hightech_revenue": {"2025": "7万元"}, "ip_class1": {"2025": "2件"}}


def test_remarks_in_brackets_of_a_word_heading_are_left_aside(tmp_path: Path) -> None:
    report = load(book(tmp_path / "a.xlsx", [[CODE + "（18位）", "居民企业（是/否）"], [A, "是"]]))
    assert facts(report) == {"resident_enterprise": True}


def test_headings_that_carry_the_year(tmp_path: Path) -> None:
    rows = [[CODE, "研发费用2023（万元）", "2024年研发费用（万元）", "研发费用（万元）"], [A, 1, 2, 3]]
    assert facts(load(book(tmp_path / "a.xlsx", rows))) == {
        "rd_expense": {"2025": "3万元", "2024": "2万元", "2023": "1万元"}
    }


def test_the_mapping_is_shown(tmp_path: Path) -> None:
    report = load(book(tmp_path / "a.xlsx", [[CODE, "营收2024（元）"], [A, 1]]))
    (mapped,) = report.mapping
    assert (mapped.sheet, mapped.place, mapped.indicator, mapped.unit, mapped.year) == (
        "企业", "企业!B1", "revenue", "元", 2024,
    )  # fmt: skip


def test_a_money_heading_without_unit_is_read_in_wan_with_a_warning(tmp_path: Path) -> None:
    report = load(book(tmp_path / "a.xlsx", [[CODE, "营业收入"], [A, 620]]))
    assert facts(report)["revenue"] == {"2025": "620万元"}
    assert (the(report, "money-no-unit").severity, the(report, "money-no-unit").place) == ("warning", "企业!B1")


def test_a_unit_declared_above_the_headings_counts(tmp_path: Path) -> None:
    rows = [["企业情况表"], ["", "单位：元"], [CODE, "营业收入"], [A, 620]]
    report = load(book(tmp_path / "a.xlsx", rows))
    assert facts(report)["revenue"] == {"2025": "0.062万元"}
    assert codes(report, "warning") == set() and the(report, "money-unit-above").severity == "note"


def test_title_rows_and_blank_rows_keep_places_right(tmp_path: Path) -> None:
    rows = [[], ["某区企业统计表", "2025"], [], [None, CODE, "职工人数"], [], [None, A, 5], [], [None, B, "待定"]]
    assert the(load(book(tmp_path / "a.xlsx", rows)), "not-a-number").place == "企业!C8"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_csv_encodings(tmp_path: Path, encoding: str) -> None:
    report = load(sheet(tmp_path / "a.csv", [[CODE, "企业名称"], [A, "镕创科技"]], encoding))
    assert facts(report) == {"name": "镕创科技"}


def test_csv_values_are_read_from_text(tmp_path: Path) -> None:
    rows = [
        [CODE, "营业收入（万元）", "职工人数", "成立日期", "加权平均净资产收益率"],
        [A, "1234.5", "7", "2009-11-21", "-5.25%"],
    ]
    report = load(sheet(tmp_path / "a.csv", rows))
    assert facts(report) == {
        "revenue": {"2025": "1234.5万元"}, "employees": {"2025": "7人"},
        "founded_date": "2009-11-21", "roe": {"2025": "-5.25%"},
    }  # fmt: skip
    assert report.problems == []


def test_csv_with_tabs(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"{CODE}\t职工人数\n{A}\t5\n", "utf-8")
    assert facts(load(path)) == {"employees": {"2025": "5人"}}


def test_short_csv_rows_are_padded(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"{CODE},企业名称,职工人数\n{A},甲\n{B}\n", "utf-8")
    assert facts(load(path)) == {"name": "甲"}


def test_keys_of_other_schemes(tmp_path: Path) -> None:
    report = load(book(tmp_path / "a.xlsx", [["证券代码", "职工人数"], ["000001", 5], [600519, 6]]))
    assert report.snapshot
    assert Snapshot.open(report.snapshot).keys() == [("stock", "000001"), ("stock", "600519")]
    other = load(book(tmp_path / "b.xlsx", [["企业编号", "职工人数"], [17, 5]]), out=tmp_path / "other")
    assert other.snapshot and Snapshot.open(other.snapshot).keys() == [("other", "17")]


def test_the_unified_code_goes_before_other_keys(tmp_path: Path) -> None:
    report = load(book(tmp_path / "a.xlsx", [["证券代码", CODE, "职工人数"], ["000001", A, 5]]))
    assert report.snapshot and Snapshot.open(report.snapshot).keys() == [("uscc", A)]
    assert the(report, "heading-unknown").place == "企业!A1"


def test_a_code_in_lower_case_is_read(tmp_path: Path) -> None:
    assert facts(load(book(tmp_path / "a.xlsx", [[CODE, "职工人数"], [f" {A.lower()} ", 5]])))


@pytest.mark.parametrize("year", [2025, "2025", "2025年", "２０２５年度"])
def test_year_cells(tmp_path: Path, year: Any) -> None:
    report = load(book(tmp_path / "a.xlsx", [[CODE, "年份", "职工人数"], [A, year, 5]]))
    assert facts(report)["employees"] == {"2025": "5人"}


def test_rows_of_later_years_are_left_out_with_a_warning(tmp_path: Path) -> None:
    report = load(book(tmp_path / "a.xlsx", [HEAD, [A, "甲", 2025, 1, 1], [A, "甲", 2024, 2, 2]]), year=2024)
    assert facts(report)["revenue"] == {"2024": "2万元"}
    assert the(report, "later-year").place == "企业!C2"


def test_enterprises_without_the_current_year_are_told(tmp_path: Path) -> None:
    report = load(book(tmp_path / "a.xlsx", [HEAD, [A, "甲", 2025, 1, 1], [B, "乙", 2024, 2, 2]]))
    assert the(report, "no-current-year").place == "企业!A3"


def test_two_sheets_with_different_indicators_are_joined(tmp_path: Path) -> None:
    def edit(workbook: Any, page: Any) -> None:
        page = workbook.create_sheet("财务")
        page.append([CODE, "年度", "营业收入（万元）"])
        page.append([A, 2025, 9])

    report = load(book(tmp_path / "a.xlsx", [HEAD[:3], [A, "甲", 2025]], edit=edit))
    assert facts(report)["revenue"] == {"2025": "9万元"}


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
    assert the(report, "rounded").severity == "warning" and the(report, "rounded").place == "企业!B2"


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


def test_zero_needs_no_unit(tmp_path: Path) -> None:
    report = load(book(tmp_path / "a.xlsx", [[CODE, "细分市场占有率"], [A, 0]]))
    assert facts(report) == {"niche_market_share": {"2025": "0%"}}


@pytest.mark.parametrize(
    ("text", "heading", "expected", "note"),
    [
        ("620万元", "营业收入（元）", "620万元", "unit-in-cell"),
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
    assert [p.place for p in report.problems if p.code == "sheet-skipped"] == ["说明", "专利"]


def test_a_sheet_of_names_alone_is_imported(tmp_path: Path) -> None:
    assert facts(load(book(tmp_path / "a.xlsx", [[CODE, "企业名称"], [A, "甲"]]))) == {"name": "甲"}


def test_an_unknown_heading_is_warned_of_with_the_nearest(tmp_path: Path) -> None:
    report = load(book(tmp_path / "a.xlsx", [[CODE, "研发费用额（万元）", "邮箱地址x", "职工人数"], [A, 1, 2, 3]]))
    first, second = (p for p in report.problems if p.code == "heading-unknown")
    assert (first.place, first.severity) == ("企业!B1", "warning") and "研发费用" in first.zh
    assert second.place == "企业!C1" and "相近" not in second.zh


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
