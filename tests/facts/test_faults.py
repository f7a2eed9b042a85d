"""Every fault of the cells is told at its place, and nothing is imported."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from facts_sample import CODE, A, B, C, Rows, book, case, codes, facts, load, patch, sheet, the

from keqiao.facts import FactCheck
from keqiao.rules.vocabulary import Indicator, Vocabulary

HOLDS = [CODE, "称号", "起始日", "截止日"]

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
    assert found.zh and found.en and found.zh != found.en
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
    assert "是否为“大型”" in first.zh and "是否" not in second.zh


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
    assert found.place == "企业!B3" and "B3:B4" in found.zh


def test_a_heading_merged_into_the_data(tmp_path: Path) -> None:
    rows = [[CODE, "职工人数"], [None, None], [A, 1]]
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
    assert codes(report, "error") == {"excel-error"} and "#DIV/0!" in report.problems[0].zh


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
    assert report.errors == 250 and len(report.problems) == 201
    assert "50" in report.problems[-1].zh and report.problems[-1].place == "企业!B251"


def test_problems_are_listed_errors_first(tmp_path: Path) -> None:
    rows = [[CODE, "营业收入", "成立日期", "职工人数"], [A, 1, "2020年1月1日", "x"]]
    severities = [p.severity for p in load(book(tmp_path / "a.xlsx", rows)).problems]
    assert severities == ["error", "warning", "note"]


def test_titles(tmp_path: Path) -> None:
    titles = [HOLDS, [A, "高企", "2024-01-01", dt.date(2027, 1, 1)], [A, "专精特新「小巨人」企业", None, "长期"]]
    titles[2][1] = '专精特新"小巨人"企业'
    report = load(book(tmp_path / "a.xlsx", [[CODE, "职工人数"], [A, 1], [B, 1]], titles))
    assert report.titles == 2
    assert case(report)["holds"] == [
        {"title": "title.hnte", "from": "2024-01-01", "to": "2027-01-01"}, {"title": "title.little_giant"}
    ]  # fmt: skip
    assert case(report, B)["holds"] == []


def test_without_a_sheet_of_titles_they_are_unknown(tmp_path: Path) -> None:
    report = load(book(tmp_path / "a.xlsx", [[CODE, "职工人数"], [A, 1]]))
    assert report.titles is None and "holds" not in case(report)


def test_headings_alone_say_that_there_are_no_titles(tmp_path: Path) -> None:
    report = load(book(tmp_path / "a.xlsx", [[CODE, "职工人数"], [A, 1]], [HOLDS]))
    assert report.titles == 0 and case(report)["holds"] == []


def test_a_blank_sheet_of_titles_says_nothing(tmp_path: Path) -> None:
    report = load(book(tmp_path / "a.xlsx", [[CODE, "职工人数"], [A, 1]], []))
    assert report.titles is None and the(report, "titles-blank").severity == "warning"


@pytest.mark.parametrize("name", ["称号.csv", "2025称号名单.csv", "holders.csv", "titles.csv"])
def test_titles_in_a_second_csv(tmp_path: Path, name: str) -> None:
    report = load(
        sheet(tmp_path / "a.csv", [[CODE, "职工人数"], [A, "1"]]),
        sheet(tmp_path / name, [["uscc", "title", "from", "to"], [A, "title.hnte", "2024-01-01", ""]]),
    )
    assert case(report)["holds"] == [{"title": "title.hnte", "from": "2024-01-01"}]


def test_titles_with_the_heading_code(tmp_path: Path) -> None:
    report = load(
        sheet(tmp_path / "a.csv", [[CODE, "职工人数"], [A, "1"]]),
        sheet(tmp_path / "称号.csv", [["名单", ""], ["code", "title"], [A, "hnte"]]),
    )
    assert case(report)["holds"] == [{"title": "title.hnte"}]


#: name, row of the sheet 称号, code, place
TITLES: list[tuple[str, list[Any], str, str]] = [
    ("ends early", [A, "高新技术企业", "2024-01-02", "2024-01-01"], "title-ends-early", "D2"),
    ("stranger", [C, "高新技术企业", None, None], "title-stranger", "A2"),
    ("bad key", ["x", "高新技术企业", None, None], "uscc", "A2"),
    ("unknown", [A, "高新技术单位", None, None], "title-unknown", "B2"),
    ("nameless", [A, None, "2024-01-01", None], "title-unknown", "B2"),
    ("impossible", [A, "高新技术企业", "2024-02-30", None], "date", "C2"),
    ("no date", [A, "高新技术企业", None, "三年"], "date", "D2"),
    ("broken", [A, "高新技术企业", "=1+1", None], "formula-no-value", "C2"),
    ("broken key", ["=1+1", "高新技术企业", None, None], "formula-no-value", "A2"),
]


@pytest.mark.parametrize(("row", "problem", "place"), [t[1:] for t in TITLES], ids=[t[0] for t in TITLES])
def test_a_fault_of_titles_is_told_at_its_cell(tmp_path: Path, row: list[Any], problem: str, place: str) -> None:
    report = load(book(tmp_path / "a.xlsx", [[CODE, "职工人数"], [A, 1]], [HOLDS, row]))
    assert (the(report, problem).severity, the(report, problem).place) == ("error", f"称号!{place}")
    assert codes(report, "error") == {problem}


def test_the_nearest_title_is_suggested(tmp_path: Path) -> None:
    report = load(book(tmp_path / "a.xlsx", [[CODE, "职工人数"], [A, 1]], [HOLDS, [A, "高新技术单位"]]))
    assert "高新技术企业" in the(report, "title-unknown").zh


def test_a_sheet_of_titles_needs_its_headings(tmp_path: Path) -> None:
    for titles in ([["企业", "称号"], [A, "高企"]], [[CODE, "荣誉"], [A, "高企"]]):
        report = load(book(tmp_path / "a.xlsx", [[CODE, "职工人数"], [A, 1]], titles))
        assert the(report, "titles-headings").place == "称号"


def test_a_repeated_title_counts_once(tmp_path: Path) -> None:
    row = [A, "高新技术企业", "2024-01-01", None]
    report = load(book(tmp_path / "a.xlsx", [[CODE, "职工人数"], [A, 1]], [HOLDS, row, row]))
    assert report.titles == 1 and the(report, "title-twice").place == "称号!B3"


def test_a_title_from_the_future_is_warned_of(tmp_path: Path) -> None:
    report = load(
        book(tmp_path / "a.xlsx", [[CODE, "职工人数"], [A, 1]], [HOLDS, [A, "高企", "2026-12-01", "2029-12-01"]])
    )
    assert [p.place for p in report.problems if p.code == "future-date"] == ["称号!C2"]


def test_strangers_are_not_told_where_keys_are_wrong(tmp_path: Path) -> None:
    rows = [[CODE, "职工人数"], [A[:-1], 1]]
    assert codes(load(book(tmp_path / "a.xlsx", rows, [HOLDS, [A, "高企"]])), "error") == {"uscc"}


def test_a_title_column_beside_the_sheet_of_titles_adds_titles(tmp_path: Path) -> None:
    rows = [[CODE, "年度", "高新技术企业"], [A, 2025, "是"], [A, 2024, "否"], [B, 2025, "否"], [C, 2025, None]]
    report = load(book(tmp_path / "a.xlsx", rows, [HOLDS]))
    assert [case(report, k)["holds"] for k in (A, B, C)] == [[{"title": "title.hnte"}], [], []]


def test_a_title_column_must_not_contradict_the_sheet_of_titles(tmp_path: Path) -> None:
    rows = [[CODE, "高新技术企业"], [A, "否"], [B, "是"], [C, "否"]]
    titles = [HOLDS, [A, "高企", "2025-01-01"], [B, "高企", None, "2024-01-01"], [C, "高企", None, "2024-01-01"]]
    report = load(book(tmp_path / "a.xlsx", rows, titles))
    assert [p.place for p in report.problems if p.code == "title-conflict"] == ["企业!B2", "企业!B3"]


def test_a_title_cannot_be_a_column_of_a_year(tmp_path: Path) -> None:
    report = load(book(tmp_path / "a.xlsx", [[CODE, "高新技术企业2024"], [A, "是"]], [HOLDS]))
    assert the(report, "title-column").place == "企业!B1"


def check(severity: Any = "error", reads: tuple[str, ...] = ("tech_staff", "employees")) -> FactCheck:
    def fails(values: Any) -> bool:
        staff, all_staff = values.get("tech_staff"), values.get("employees")
        return staff is not None and all_staff is not None and staff > all_staff

    return FactCheck("staff", "科技人员不多于职工", "科技人员数 <= 职工人数", severity, fails, reads)


STAFF = [[CODE, "年度", "职工人数", "科技人员数"], [A, 2025, 10, 10], [A, 2024, 10, 11], [B, 2025, None, 3]]


def test_a_check_is_told_at_the_first_fact_it_reads(tmp_path: Path) -> None:
    report = load(book(tmp_path / "a.xlsx", STAFF), checks=[check()])
    assert the(report, "check:staff").place == "企业!D3" and "2024" in the(report, "check:staff").zh


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


#: name, what is done to a sound workbook, code
FILES: list[tuple[str, Callable[[Path], object], str]] = [
    ("empty", lambda p: p.write_bytes(b""), "empty"),
    ("blank", lambda p: p.write_bytes(b"\xef\xbb\xbf\r\n"), "empty"),
    ("truncated", lambda p: p.write_bytes(p.read_bytes()[:2000]), "corrupt"),
    ("no zip", lambda p: p.write_bytes(b"hello"), "corrupt"),
    ("missing", lambda p: p.unlink(), "file"),
    ("password", lambda p: p.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le")), "password"),
    ("old xls", lambda p: p.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512), "format"),
    ("doctype", lambda p: patch(p, "xl/worksheets/sheet1.xml", b"<worksheet", b"<!DOCTYPE x [<!ENTITY a 'b'>]><worksheet"), "corrupt"),
    ("bad xml", lambda p: patch(p, "xl/worksheets/sheet1.xml", b"</sheetData>", b""), "corrupt"),
    ("bad book", lambda p: patch(p, "xl/workbook.xml", b"</workbook>", b""), "corrupt"),
    ("bad reference", lambda p: patch(p, "xl/worksheets/sheet1.xml", b'r="A2"', b'r="22"'), "corrupt"),
    ("bad row", lambda p: patch(p, "xl/worksheets/sheet1.xml", b'<row r="2"', b'<row r="9999999"'), "corrupt"),
    ("lost part", lambda p: patch(p, "xl/_rels/workbook.xml.rels", b"sheet1.xml", b"sheet9.xml"), "corrupt"),
]  # fmt: skip


@pytest.mark.parametrize(("spoil", "problem"), [f[1:] for f in FILES], ids=[f[0] for f in FILES])
def test_a_file_that_cannot_be_read(tmp_path: Path, spoil: Callable[[Path], object], problem: str) -> None:
    path = book(tmp_path / "a.xlsx", [[CODE, "职工人数"], [A, 1]])
    spoil(path)
    found = the(load(path), problem)
    assert (found.severity, found.place) == ("error", "a.xlsx")


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"\xff\x00\x81\x30", "encoding"),
        (b"\xef\xbb\xbfabc\xff", "encoding"),
        ("企业\x00".encode(), "encoding"),
        (b'a,"b\r\nc', "csv"),
        (b"a" * 200_000, "csv"),
    ],
)
def test_a_csv_that_cannot_be_read(tmp_path: Path, data: bytes, problem: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(data)
    assert the(load(path), problem).place == "a.csv"


def test_other_files_are_read_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"")
    report = load(tmp_path / "a.csv", sheet(tmp_path / "b.csv", [[CODE, "职工人数"], [A, "x"]]))
    assert codes(report, "error") == {"empty", "not-a-number"}


def test_a_vocabulary_without_the_code_still_knows_its_heading(tmp_path: Path) -> None:
    words = Vocabulary([Indicator("employees", "职工人数", (), "people", "人", "annual")])
    assert load(book(tmp_path / "a.xlsx", [[CODE, "职工人数"], [A, 1]]), vocabulary=words).enterprises == 1
