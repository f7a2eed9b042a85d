"""Files that cannot be read are refused with a sentence."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from facts_sample import CODE, A, book, codes, load, patch, sheet, the

from keqiao.rules.vocabulary import Indicator, Vocabulary

#: name, what is done to a sound workbook, code
FILES: list[tuple[str, Callable[[Path], object], str]] = [
    ("empty", lambda p: p.write_bytes(b""), "empty"),
    ("blank", lambda p: p.write_bytes(b"\xef\xbb\xbf\r\n"), "empty"),
    ("truncated", lambda p: p.write_bytes(p.read_bytes()[:2000]), "corrupt"),
    ("no zip", lambda p: p.write_bytes(b"hello"), "corrupt"),
    ("missing", lambda p: p.unlink(), "file"),
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
