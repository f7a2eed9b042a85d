"""The quick scan of a plain worksheet finds what the ordinary one finds, and leaves the rest to it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from facts_sample import CODE, A, B, book, patch

from keqiao.facts import Limits
from keqiao.facts.container import Container
from keqiao.facts.quickscan import _quick, scan_sheet
from keqiao.facts.scan import Structure, percent_styles, scan, worksheets

ROWS = [[CODE, "职工人数", "占比"], [A, 1, 0.05], [B, None, 0.5], ["<c r=\"Z9\">", "&#60;f", "x"]]


def edit(_: Any, page: Any) -> None:
    page["C2"].number_format = page["C3"].number_format = "0.0%"
    page["F9"].number_format = "0%"
    page.merge_cells("A6:B7")
    page.row_dimensions[3].hidden = True
    page.column_dimensions["B"].hidden = True


def by_xlsxwriter(path: Path) -> Path:
    workbook = xlsxwriter.Workbook(str(path))
    page = workbook.add_worksheet("企业")
    for r, row in enumerate(ROWS):
        page.write_row(r, 0, row)
    percent = workbook.add_format({"num_format": "0%"})
    page.write_number(1, 2, 0.05, percent)
    page.set_row(2, None, None, {"hidden": True})
    page.set_column(1, 1, 8, None, {"hidden": True})
    page.merge_range("A6:B7", "x")
    workbook.close()
    return path


def both(path: Path) -> tuple[Structure | None, Structure]:
    container = Container(path.read_bytes(), Limits())
    percent = percent_styles(container)
    ((_, part, _),) = worksheets(container)[0]
    data = container.read(part)
    return _quick(data, percent, Limits()), scan([data], percent)


@pytest.mark.parametrize("writer", ["openpyxl", "xlsxwriter"])
def test_both_scans_agree(tmp_path: Path, writer: str) -> None:
    path = tmp_path / "a.xlsx"
    quick, slow = both(book(path, ROWS, edit=edit) if writer == "openpyxl" else by_xlsxwriter(path))
    assert quick is not None
    for name in ("merges", "hidden_rows", "hidden_columns", "errors", "no_value", "percent"):
        assert getattr(quick, name) == getattr(slow, name), name
    assert (quick.last_row, quick.last_column) >= (slow.last_row, slow.last_column)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'<c r="B2"', b"<c r='B2'"),
        (b'<c r="B2"', b"<c"),
        (b'<row r="2"', b"<row"),
        (b"<v>1</v>", b"<f>1</f><v>1</v>"),
        (b"<v>1</v>", b"<!-- --><v>1</v>"),
        (b"<sheetData>", b"<sheetData >"),
    ],
)
def test_any_other_form_is_left_to_the_ordinary_scan(tmp_path: Path, old: bytes, new: bytes) -> None:
    quick, slow = both(patch(book(tmp_path / "a.xlsx", ROWS[:2]), "xl/worksheets/sheet1.xml", old, new))
    assert quick is None
    assert slow.last_row == 1


def test_formatted_cells_far_away_do_not_make_a_sheet_large(tmp_path: Path) -> None:
    def far(_: Any, page: Any) -> None:
        page["XFD60000"].number_format = "0%"

    path = book(tmp_path / "a.xlsx", ROWS, edit=far)
    container = Container(path.read_bytes(), Limits())
    ((_, part, _),) = worksheets(container)[0]
    found = scan_sheet(container.pieces(part), percent_styles(container), Limits(cells=1000))
    assert (found.last_row, found.last_column) == (3, 2)


def test_a_large_sheet_is_scanned_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("keqiao.facts.quickscan._LARGEST", 10)
    container = Container(book(tmp_path / "a.xlsx", ROWS).read_bytes(), Limits())
    ((_, part, _),) = worksheets(container)[0]
    assert scan_sheet(container.pieces(part), frozenset(), Limits()).last_row == 3
