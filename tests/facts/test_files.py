"""Files that cannot be read are refused with a sentence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from facts_sample import CODE, A, B, Rows, book, codes, load, patch, sheet, the

from keqiao.rules.vocabulary import Indicator, Vocabulary

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
    ("bad number", lambda p: patch(p, "xl/worksheets/sheet1.xml", b"<v>1</v>", b"<v>abc</v>"), "corrupt"),
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
