"""The marked copy after a refusal: every sheet as read, bad cells red and commented.

It holds values only. No formula of the source survives in it and every text is written as text,
so that opening it computes nothing.
"""

from __future__ import annotations

import os
import re
import secrets
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook  # type: ignore[import-untyped, unused-ignore]
from openpyxl.cell import Cell, WriteOnlyCell  # type: ignore[import-untyped, unused-ignore]
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE  # type: ignore[import-untyped, unused-ignore]
from openpyxl.comments import Comment  # type: ignore[import-untyped, unused-ignore]
from openpyxl.styles import Font, PatternFill  # type: ignore[import-untyped, unused-ignore]
from openpyxl.utils.datetime import CALENDAR_MAC_1904  # type: ignore[import-untyped, unused-ignore]

from keqiao.errors import say
from keqiao.facts.problems import Findings, Problem
from keqiao.facts.sheets import RawSheet, column_letters

#: The sheet of the copy that lists the problems; an import of the mended copy passes over it.
LIST_SHEET = "导入问题"
_MARK = "keqiao-import-errors"
_LEVELS = {"error": ("错误", "error"), "warning": ("提醒", "warning"), "note": ("说明", "note")}
_RED, _YELLOW = (PatternFill("solid", fgColor=c) for c in ("FFFF9999", "FFFFF2CC"))
_LONGEST = 32_767


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


def write_marked_copy(sheets: Sequence[RawSheet], findings: Findings, path: Path) -> bool:
    """Write the copy at once or not at all; False where a foreign file stands in its place."""
    if os.path.lexists(path) and not is_own(path):
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        # Opened first, so that nothing is built where nothing can be written.
        with temporary.open("wb") as file:
            _build(sheets, findings).save(file)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    return True


def _build(sheets: Sequence[RawSheet], findings: Findings) -> Any:
    book = Workbook(write_only=True)
    book.properties.keywords = _MARK
    if any(s.date1904 for s in sheets):
        book.epoch = CALENDAR_MAC_1904
    names = {LIST_SHEET.casefold()}
    _list_problems(book, findings.problems())
    for sheet in sheets:
        _copy_sheet(book, sheet, _unique(sheet, names), findings)
    return book


def _unique(sheet: RawSheet, taken: set[str]) -> str:
    base = re.sub(r"[\[\]:*?/\\']", "_", sheet.name or sheet.file.stem)[:28] or "sheet"
    name, number = base, 1
    while name.casefold() in taken:
        number += 1
        name = f"{base}~{number}"
    taken.add(name.casefold())
    return name


def _text(page: Any, text: str) -> Any:
    cell = WriteOnlyCell(page, value=ILLEGAL_CHARACTERS_RE.sub("", text)[:_LONGEST])
    cell.data_type = "s"  # never a formula, an error value or a link
    return cell


def _list_problems(book: Any, problems: Sequence[Problem]) -> None:
    page = book.create_sheet(LIST_SHEET)
    for letter, width in zip("ABC", (8, 24, 100), strict=True):
        page.column_dimensions[letter].width = width
    page.freeze_panes = "A2"
    heads = [_text(page, t) for t in (say("级别", "level"), say("位置", "place"), say("说明", "problem"))]
    for head in heads:
        head.font = Font(bold=True)
    page.append(heads)
    for problem in problems:
        level = say(*_LEVELS[problem.severity])
        page.append([_text(page, t) for t in (level, problem.place, problem.message)])


def _copy_sheet(book: Any, sheet: RawSheet, name: str, findings: Findings) -> None:
    page = book.create_sheet(name)
    for c in range(len(sheet.rows[0]) if sheet.rows else 0):
        page.column_dimensions[column_letters(c)].width = 16
    marks: dict[int, dict[int, list[Problem]]] = {}
    for (owner, row, column), problems in findings.marks.items():
        if owner == id(sheet):
            marks.setdefault(row, {})[column] = problems
    for r, values in enumerate(sheet.rows):
        cells = [_value(page, sheet, r, c, v) for c, v in enumerate(values)]
        for c, problems in marks.get(r, {}).items():
            cells[c] = _marked(page, cells[c], problems)
        page.append(cells)


def _value(page: Any, sheet: RawSheet, r: int, c: int, value: object) -> Any:
    if isinstance(value, float):
        if c in sheet.percent and r in sheet.percent[c]:
            cell = WriteOnlyCell(page, value=value)
            cell.number_format = "0.00%"
            return cell
        return value
    if isinstance(value, str):
        if not value:
            return _text(page, sheet.errors[r, c]) if (r, c) in sheet.errors else None
        return _text(page, value) if value[0] in "=#" or not value.isprintable() else value[:_LONGEST]
    return value


def _marked(page: Any, cell: Any, problems: Sequence[Problem]) -> Any:
    if not isinstance(cell, Cell):
        cell = WriteOnlyCell(page, value=cell)
    only_warned = problems and all(p.severity != "error" for p in problems)
    cell.fill = _YELLOW if only_warned else _RED
    if problems:
        text = "\n".join(p.message for p in problems)
        cell.comment = Comment(ILLEGAL_CHARACTERS_RE.sub("", text), "Keqiao", height=120, width=320)
    return cell
