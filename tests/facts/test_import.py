"""Importing sound sheets: headings, units, years, encodings and values."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import duckdb
import pytest
from facts_sample import CODE, A, B, book, codes, facts, load, sheet, the

from keqiao.facts import Snapshot

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
    assert first[1] == A
    assert first[-1] == []
    assert first[6] is None
    assert second[:5] == ("uscc", B, dt.date(2009, 11, 21), "小型", "微型")
    assert second[5:14] == (True, 1_500_000, 0, 12_500_000, 1_000_000, 30_000, 20_000, 20_000, 10_000)
    assert second[-1] == [{"title": "title.hnte", "from": dt.date(2024, 1, 1), "to": None}]


def test_the_manifest_tells_sources_columns_and_hash(tmp_path: Path) -> None:
    report = load(book(tmp_path / "a.xlsx", [HEAD, [A, "甲", 2025, 620, None]]), label="synthetic")
    assert report.snapshot
    manifest = json.loads((report.snapshot / "manifest.json").read_text("utf-8"))
    assert manifest["format"] == 1
    assert manifest["year"] == 2025
    assert manifest["as_of"] == "2026-11-21"
    assert manifest["rows"] == 1
    assert manifest["label"] == "synthetic"
    assert manifest["warnings"] == 0
    assert manifest["sources"][0]["file"] == "a.xlsx"
    assert manifest["sources"][0]["rows"] == 1
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
    assert codes(report, "warning") == set()
    assert the(report, "money-unit-above").severity == "note"


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
    assert other.snapshot
    assert Snapshot.open(other.snapshot).keys() == [("other", "17")]


def test_the_unified_code_goes_before_other_keys(tmp_path: Path) -> None:
    report = load(book(tmp_path / "a.xlsx", [["证券代码", CODE, "职工人数"], ["000001", A, 5]]))
    assert report.snapshot
    assert Snapshot.open(report.snapshot).keys() == [("uscc", A)]
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
