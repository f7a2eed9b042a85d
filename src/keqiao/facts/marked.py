"""The marked copy after a refusal: every sheet as read, bad cells red and commented.

It holds values only. No formula of the source survives in it and every text is written as text,
so that opening it computes nothing.
"""

from __future__ import annotations

import datetime as dt
import math
import os
import re
import secrets
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter  # type: ignore[import-untyped, unused-ignore]

from keqiao.errors import say
from keqiao.facts.problems import Findings, Problem
from keqiao.facts.sheets import LAST_COLUMN, LAST_ROW, RawSheet

#: The sheet of the copy that lists the problems; an import of the mended copy passes over it.
LIST_SHEET = "导入问题"
_MARK = "keqiao-import-errors"
_LEVELS = {"error": ("错误", "error"), "warning": ("提醒", "warning"), "note": ("说明", "note")}
_RED, _YELLOW = "#FF9999", "#FFF2CC"
_LONGEST = 32_767
_NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
#: Beyond it a number would lose digits in a workbook and is written as text.
_EXACT = 10**15
#: Earlier dates are written as text: those of workbooks begin in 1900 or 1904.
_FIRST_YEAR = 1904

#: Merged areas kept in a copy; a sheet with more is merged all over.
_MERGES = 1000

#: Problems by row and column of one sheet.
_Marks = Mapping[int, Mapping[int, Sequence[Problem]]]


def copy_path(out: Path) -> Path:
    """Where the marked copy of an import to ``out`` stands: ``SNAPSHOT-errors.xlsx`` beside it."""
    return out.parent / f"{out.name}-errors.xlsx"


def is_own(path: Path) -> bool:
    """Whether a file is an earlier marked copy, which may be replaced."""
    try:
        with zipfile.ZipFile(path) as archive:
            return _MARK in archive.read("docProps/core.xml").decode("utf-8", "replace")
    except (OSError, KeyError, zipfile.BadZipFile):
        return False


def fits(sheets: Sequence[RawSheet]) -> bool:
    """Whether every sheet is small enough for a worksheet, which a csv or Parquet file need not be."""
    return all(len(s.rows) <= LAST_ROW and (not s.rows or len(s.rows[0]) <= LAST_COLUMN) for s in sheets)


def write_marked_copy(sheets: Sequence[RawSheet], findings: Findings, path: Path) -> bool:
    """Write the copy at once or not at all; False where a foreign file stands in its place.

    Raises `OSError` where it cannot be written.
    """
    if os.path.lexists(path) and not is_own(path):
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        # Opened first, so that nothing is built where nothing can be written.
        with temporary.open("wb") as file:
            _build(sheets, findings, file)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    return True


def _build(sheets: Sequence[RawSheet], findings: Findings, file: Any) -> None:
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "date_1904": any(s.date1904 for s in sheets)})
    book.set_properties({"keywords": _MARK})
    try:
        names = {LIST_SHEET.casefold()}
        _list_problems(book, findings.problems())
        pages = [_Page(book, _unique(sheet, names)) for sheet in sheets]
        for sheet, page in zip(sheets, pages, strict=True):
            page.copy(sheet, _marks_of(sheet, findings))
    finally:
        try:
            book.close()
        except xlsxwriter.exceptions.FileCreateError as error:
            raise OSError(None, str(error)) from None


def _unique(sheet: RawSheet, taken: set[str]) -> str:
    base = re.sub(r"[\[\]:*?/\\']", "_", sheet.name or sheet.file.stem)[:28] or "sheet"
    name, number = base, 1
    while name.casefold() in taken:
        number += 1
        name = f"{base}~{number}"
    taken.add(name.casefold())
    return name


def _clean(text: str) -> str:
    return _NOT_IN_XML.sub("", text)[:_LONGEST]


def _list_problems(book: Any, problems: Sequence[Problem]) -> None:
    page = book.add_worksheet(LIST_SHEET)
    for column, width in enumerate((8, 24, 100)):
        page.set_column(column, column, width)
    page.freeze_panes(1, 0)
    bold = book.add_format({"bold": True})
    for column, text in enumerate((say("级别", "level"), say("位置", "place"), say("说明", "problem"))):
        page.write_string(0, column, text, bold)
    for row, problem in enumerate(problems, 1):
        for column, text in enumerate((say(*_LEVELS[problem.severity]), problem.place, problem.message)):
            page.write_string(row, column, _clean(text))


def _marks_of(sheet: RawSheet, findings: Findings) -> _Marks:
    marks: dict[int, dict[int, list[Problem]]] = {}
    for (owner, row, column), problems in findings.marks.items():
        if owner == id(sheet):
            marks.setdefault(row, {})[column] = problems
    return marks


def _apart(sheet: RawSheet, marks: _Marks) -> list[tuple[int, int, int, int]]:
    """Merged areas of at least two cells that do not overlap, with nothing marked in their covered cells."""
    found: list[tuple[int, int, int, int]] = []
    for top, left, bottom, right in sheet.merges[:_MERGES]:
        clear = all(bottom < t or b < top or right < le or r < left for t, le, b, r in found)
        inside = clear and (top, left) != (bottom, right) and bottom < LAST_ROW and right < LAST_COLUMN
        covered = ((r, c) for r, row in marks.items() if top <= r <= bottom for c in row if left <= c <= right)
        if inside and all(cell == (top, left) for cell in covered):
            found.append((top, left, bottom, right))
    return found


class _Page:
    """One sheet of the copy; formats are kept by colour and number format."""

    def __init__(self, book: Any, name: str) -> None:
        self._book, self._page = book, book.add_worksheet(name)
        self._formats: dict[tuple[str, str], Any] = {}

    def copy(self, sheet: RawSheet, marks: _Marks) -> None:
        """Write every value as it was read, row by row, as constant memory asks for."""
        page, percent = self._page, sheet.percent
        page.set_column(0, max(len(sheet.rows[0]) - 1, 0) if sheet.rows else 0, 16)
        # As they were, for they tell what a heading covers; `merge_range` would write cells out of order.
        page.merge.extend([list(area) for area in _apart(sheet, marks)])
        number, text = page.write_number, page.write_string
        for r, values in enumerate(sheet.rows):
            marked = marks.get(r, {})
            for c, value in enumerate(values):
                kind = value.__class__
                if c in marked:
                    self._write(sheet, r, c, value, marked[c])
                elif kind is str:
                    if value != "":
                        text(r, c, _clean(value))  # type: ignore[arg-type]
                    elif (r, c) in sheet.errors:
                        text(r, c, sheet.errors[r, c])
                elif kind is float and -_EXACT < value < _EXACT and not (c in percent and r in percent[c]):  # type: ignore[operator]
                    number(r, c, value)
                else:
                    self._write(sheet, r, c, value, None)

    def _write(self, sheet: RawSheet, r: int, c: int, value: object, problems: Sequence[Problem] | None) -> None:
        colour = ""
        if problems is not None:
            colour = _YELLOW if problems and all(p.severity != "error" for p in problems) else _RED
        write, shown, pattern = self._how(sheet, r, c, value)
        write(r, c, shown, self._format(colour, pattern))
        if problems:
            note = _clean("\n".join(p.message for p in problems))
            self._page.write_comment(r, c, note, {"author": "Keqiao", "y_scale": 1.6, "x_scale": 2.5})

    def _how(self, sheet: RawSheet, r: int, c: int, value: object) -> tuple[Callable[..., Any], object, str]:
        page = self._page
        if isinstance(value, bool):
            return page.write_boolean, value, ""
        if (isinstance(value, float) and math.isfinite(value)) or (isinstance(value, int) and abs(value) < _EXACT):
            return page.write_number, value, "0.00%" if r in sheet.percent.get(c, ()) else ""
        if isinstance(value, dt.date) and value.year > _FIRST_YEAR:
            day = isinstance(value, dt.datetime) and value.time() != dt.time()
            return page.write_datetime, value, "yyyy-mm-dd hh:mm:ss" if day else "yyyy-mm-dd"
        if isinstance(value, (dt.time, dt.timedelta)):
            return page.write_datetime, value, "hh:mm:ss"
        text = _clean("" if value is None else str(value)) or sheet.errors.get((r, c), "")
        return (page.write_string, text, "") if text else (page.write_blank, None, "")

    def _format(self, colour: str, pattern: str) -> Any:
        key = (colour, pattern)
        if key == ("", ""):
            return None
        if key not in self._formats:
            look = ({"bg_color": colour} if colour else {}) | ({"num_format": pattern} if pattern else {})
            self._formats[key] = self._book.add_format(look)
        return self._formats[key]
