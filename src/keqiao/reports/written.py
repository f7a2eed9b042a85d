"""Answers of `keqiao.assess` as files: a workbook, a csv of the main table, or JSON of everything."""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import json
from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from keqiao.engine.folders import new_file
from keqiao.errors import KeqiaoError
from keqiao.reports.book import FORMULA_SIGNS, ROW_LIMIT, Book, Sheet, units
from keqiao.reports.papers import Cell, Paper, Table, paper_of
from keqiao.reports.wording import Words
from keqiao.rules.quantities import plain

_WIDEST, _NARROWEST = 44, 8
_PLACES = 10


def write_answer(answer: Any, out: Path, *, language: str = "zh") -> Path:
    """Write an answer as ``.xlsx`` (all tables and how to read them), ``.csv`` (the main table) or ``.json``.

    The file appears complete or not at all. Raises `KeqiaoError` where ``out`` exists, cannot be written, or
    has another ending.
    """
    ways: dict[str, Callable[[Path, Path], None]] = {
        ".xlsx": lambda path, scratch: _workbook(paper_of(answer, language), path, scratch, Words(language)),
        ".csv": lambda path, scratch: _paper_csv(paper_of(answer, language), path, Words(language)),
        ".json": lambda path, scratch: _json(answer, path),
    }
    way = ways.get(out.suffix.lower())
    if way is None:
        raise KeqiaoError(
            f"“{out.name}”的类型写不了，应是 .xlsx、.csv 或 .json", f"{out.name!r} must end in .xlsx, .csv or .json"
        )
    with new_file(out) as written:
        way(written, written.parent)
    return out


# ---- JSON ------------------------------------------------------------------------------------------


def json_of(answer: Any) -> str:
    """An answer as one line of JSON: exact numbers as text (``0.05``, ``1/3``), never floats."""
    return json.dumps(_plain(answer), ensure_ascii=False)


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Fraction):
        return exact(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value


def exact(value: Fraction) -> str:
    """A number as a finite decimal of up to ten places, else as a quotient."""
    text = plain(value, _PLACES)
    return text if Fraction(text) == value else f"{value.numerator}/{value.denominator}"


def _json(answer: Any, path: Path) -> None:
    path.write_text(json_of(answer) + "\n", "utf-8")


# ---- csv -------------------------------------------------------------------------------------------


def _paper_csv(paper: Paper, path: Path, words: Words) -> None:
    """The main table; a csv has no head to say what it rests on, so its last column says it in every row."""
    table, said = paper.tables[0], _rests_on(paper, words)
    if said:
        table = Table(table.name, [*table.heads, words.say("说明", "Note")], [[*row, said] for row in table.rows])
    _csv(table, path)


def _csv(table: Table, path: Path) -> None:
    """With a mark of UTF-8, so that Excel reads it; a text that looks like a formula gets an apostrophe."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(table.heads)
        for row in table.rows:
            writer.writerow([_safe(cell) for cell in row])


def _rests_on(paper: Paper, words: Words) -> str:
    """The label of the data, illustrative figures, and a status other than official; empty where there is nothing to say."""
    label, official = words.say("状态", "status"), words.say("官方", "official")
    found = [*paper.warnings, *(text for name, text in paper.facts if name == label and text != official)]
    return words.say("；", "; ").join(text.rstrip("。.") for text in found)


def _safe(cell: Cell) -> str:
    text = text_of(cell)
    looks = text[:1] in FORMULA_SIGNS and not text[1:].replace(".", "", 1).isdigit()
    return f"'{text}" if text and looks else text


def text_of(cell: Cell) -> str:
    """A cell as text."""
    if cell is None:
        return ""
    return exact(cell) if isinstance(cell, Fraction) else str(cell)


# ---- workbook --------------------------------------------------------------------------------------


def _workbook(paper: Paper, path: Path, scratch: Path, words: Words) -> None:
    book = Book(path, words, scratch)
    try:
        write_paper(book, paper)
        book.close()
    finally:
        book.discard()


def write_paper(book: Book, paper: Paper) -> None:
    """Write a paper's tables, a sheet each, and the sheet 口径说明 into an open workbook, which the caller closes."""
    book.header = "&L&8" + paper.title.replace("&", "&&")[:100]
    book.footer = "&R&8" + book.words.say("第 &P 页，共 &N 页", "page &P of &N")
    for table in paper.tables:
        _sheet(book, paper, table)
    _definitions(book, paper)


def _sheet(book: Book, paper: Paper, table: Table) -> None:
    widths = [_width(table, i) for i in range(len(table.heads))]
    say, shown = book.words.say, min(len(table.rows), ROW_LIMIT)
    note = table.note
    if shown < len(table.rows):
        note += say(f" 本表只列前{shown:,}行。", f" Only the first {shown:,} rows are listed.")
    title = paper.title if table is paper.tables[0] else table.name
    sheet = book.sheet(table.name, title, widths, strips=paper.warnings, note=note)
    head = sheet.heads(table.heads)
    if not table.rows:
        sheet.text(sheet.row, 0, say("没有", "none"), "none")
        sheet.row += 1
    for row in table.rows[:shown]:
        sheet.fit([(text_of(cell), width) for cell, width in zip(row, widths, strict=True)])
        for col, cell in enumerate(row):
            _cell(sheet, col, cell)
        sheet.row += 1
    sheet.table(head, len(table.heads), frozen=0)


def _width(table: Table, col: int) -> float:
    longest = max((units(text_of(row[col])) for row in table.rows[:500]), default=0)
    return float(min(max(longest + 2, min(units(table.heads[col]), 14) + 2, _NARROWEST), _WIDEST))


def _cell(sheet: Sheet, col: int, cell: Cell) -> None:
    if isinstance(cell, int):
        sheet.number(sheet.row, col, cell, "top_count")
    elif isinstance(cell, Fraction):
        # shown only: a float prints up to 15 digits back exactly, and nothing is decided on it
        sheet.number(sheet.row, col, float(plain(cell, 4)), "value")
    else:
        text = cell or ""
        sheet.text(sheet.row, col, text, "code" if text.isdigit() else "wrap")


def _definitions(book: Book, paper: Paper) -> None:
    say = book.words.say
    name = say("口径说明", "Definitions")
    sheet = book.sheet(name, name, (28.0, 90.0), strips=paper.warnings)
    for label, text in paper.facts:
        sheet.fit([(label, 28.0), (text, 90.0)])
        sheet.text(sheet.row, 0, label, "term")
        sheet.text(sheet.row, 1, text, "wrap")
        sheet.row += 1
    sheet.gap()
    for note in (*paper.notes, *(f"{table.name}：{table.note}" for table in paper.tables if table.note)):
        sheet.paragraph(note)
