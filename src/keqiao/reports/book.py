"""The look of a workbook: one font, calm colours that also work in grey print, safe cells, print settings.

Every text is written as a string, never as a formula or a link, and a text that a spreadsheet could
take for a formula when edited is marked as quoted.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from keqiao.reports.wording import Words
from keqiao.rules.model import OUTCOMES

#: Rows of one sheet that may be filled; Excel ends at 1,048,576.
ROW_LIMIT = 1_000_000
#: Characters that make spreadsheets read a formula.
FORMULA_SIGNS = frozenset("=+-@\t\r\n＝＋－＠")
_LONGEST = 32_000
_LINE = 14.5
#: Columns wider than this together are printed on two pages side by side; one page would be unreadable.
PAGE_WIDTH = 240
#: Characters of a sheet's name that Excel allows.
SHEET_NAME = 31

INK, SOFT, LINE, BRAND, BRAND_TINT = "#17212E", "#5D6B7E", "#DDE3EA", "#1C5293", "#E7EFF9"
#: Colour and tint per outcome, and the sign before the word, which alone tells them apart in grey print.
OUTCOME_LOOKS: Mapping[str, tuple[str, str, str]] = {
    "yes": ("#0D6A45", "#E3F3EA", "√"),
    "no": ("#AB2430", "#FCEAEB", "×"),
    "unknown": ("#7D5300", "#FCF1D9", "?"),
    "refer": ("#5B3D9E", "#EFE9F9", "◆"),
}

_CELL: dict[str, Any] = {"valign": "vcenter", "bottom": 1, "bottom_color": LINE}
_RIGHT: dict[str, Any] = {**_CELL, "align": "right", "indent": 1}
STYLES: dict[str, dict[str, Any]] = {
    "title": {"font_size": 16, "bold": True, "valign": "vcenter"},
    "section": {"font_size": 12, "bold": True, "font_color": BRAND, "valign": "vcenter"},
    "note": {"font_size": 9, "font_color": SOFT, "valign": "vcenter", "text_wrap": True},
    "para": {"text_wrap": True, "valign": "top"},
    "strip": {"bold": True, "text_wrap": True, "valign": "vcenter", "pattern": 15, "bg_color": "#FFFFFF", "fg_color": "#F3E3BC",
              "font_color": "#5A3C00", "border": 1, "border_color": "#B98A2B", "indent": 1},
    "head": {"bold": True, "text_wrap": True, "align": "center", "valign": "vcenter", "bg_color": BRAND_TINT,
             "bottom": 2, "bottom_color": BRAND, "left": 1, "left_color": LINE, "right": 1, "right_color": LINE},
    "group": {"bold": True, "text_wrap": True, "align": "center", "valign": "vcenter", "bg_color": BRAND_TINT,
              "border": 1, "border_color": "#B9CBE0"},
    "cell": {**_CELL},
    "wrap": {**_CELL, "text_wrap": True, "valign": "top"},
    "label": {**_CELL, "bold": True},
    "term": {**_CELL, "bold": True, "text_wrap": True, "valign": "top"},
    "rule": {"bold": True, "valign": "vcenter", "bg_color": BRAND_TINT, "bottom": 1, "bottom_color": BRAND},
    "code": {**_CELL, "num_format": "@"},
    "center": {**_CELL, "align": "center"},
    "none": {**_CELL, "align": "center", "font_color": SOFT},
    "count": {**_RIGHT, "num_format": "#,##0"},
    "share": {**_RIGHT, "num_format": "0.0%"},
    "points0": {**_RIGHT, "num_format": "#,##0"},
    "points2": {**_RIGHT, "num_format": "#,##0.00"},
    "points4": {**_RIGHT, "num_format": "#,##0.0000"},
    "range": {**_RIGHT, "italic": True, "font_color": SOFT},
    "dash": {**_RIGHT, "font_color": SOFT},
    "value": {**_RIGHT, "text_wrap": True, "valign": "top"},
    "gap": {**_RIGHT, "text_wrap": True, "valign": "top", "bold": True},
    "link": {"font_color": BRAND, "underline": 1},
}  # fmt: skip
for _name, (_ink, _tint, _sign) in OUTCOME_LOOKS.items():
    STYLES[_name] = {**_CELL, "align": "center", "font_color": _ink, "bg_color": _tint, "num_format": f'"{_sign} "@'}
    if _name == "no":
        STYLES[_name]["bold"] = True
# tables of one line a row are centred; where texts wrap, all cells of a row begin at its top
for _name in [*OUTCOME_LOOKS, "none", "center", "count", "share", "dash"]:
    STYLES[f"top_{_name}"] = {**STYLES[_name], "valign": "top"}


@dataclass(frozen=True, slots=True)
class Style:
    """A format, and the same for texts that look like formulas."""

    plain: Format
    quoted: Format


class Book:
    """A workbook being written."""

    def __init__(self, path: Path, words: Words, scratch: Path) -> None:
        self.words = words
        self.font = words.say("等线", "DengXian")
        options = {
            # one row in memory at a time: a workbook of a million rows fits a small machine
            "constant_memory": True,
            "tmpdir": str(scratch),
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            # column widths count digits of this size; cells are a size smaller, so that estimates are safe
            "default_format_properties": {"font_name": self.font, "font_size": 11},
        }
        self.book = xlsxwriter.Workbook(str(path), options)
        self._styles: dict[str, Style] = {}
        self._names: set[str] = set()
        self.header = ""
        self.footer = ""

    def style(self, name: str) -> Style:
        """One of `STYLES`."""
        found = self._styles.get(name)
        if found is None:
            base = {"font_name": self.font, "font_size": 10, "font_color": INK, **STYLES[name]}
            found = Style(self.book.add_format(base), self.book.add_format({**base, "quote_prefix": True}))
            self._styles[name] = found
        return found

    def outcome_style(self, code: int, place: str = "") -> Style:
        """The style of an outcome by its code; ``place`` is ``top_`` in tables whose texts wrap."""
        return self.style(place + OUTCOMES[code])

    def describe(self, title: str, comments: str, made: dt.date) -> None:
        """The document's properties; the date is the run's day, so that equal runs give equal files."""
        day = dt.datetime(made.year, made.month, made.day)
        self.book.set_properties({"title": title, "author": "Keqiao 科桥", "comments": comments, "created": day})

    def sheet(self, name: str, title: str, widths: Sequence[float], *, strips: Sequence[str] = (), note: str = "") -> Sheet:
        """A new sheet with title, warning strips and a note, ready to print on A4 landscape."""
        return Sheet(self, self.book.add_worksheet(sheet_name(name, self._names)), title, widths, strips, note)

    def close(self) -> None:
        """Write the file."""
        self.book.close()

    def discard(self) -> None:
        """Close what a broken-off writing left open."""
        for sheet in self.book.worksheets():
            if sheet.row_data_fh is not None:
                sheet.row_data_fh.close()


def sheet_name(wanted: str, taken: set[str]) -> str:
    """A valid sheet name as near to ``wanted`` as Excel allows, not among ``taken``; it is added there."""
    clean = wanted.translate({ord(ch): "-" for ch in "[]:*?/\\"}).strip("' ") or "Sheet"
    name, again = clean[:SHEET_NAME], 2
    while name.lower() in taken:
        tail = f" {again}"
        name, again = clean[: SHEET_NAME - len(tail)] + tail, again + 1
    taken.add(name.lower())
    return name


class Sheet:
    """A sheet that is written from top to bottom; `row` is the next free row."""

    def __init__(
        self, book: Book, sheet: Worksheet, title: str, widths: Sequence[float], strips: Sequence[str], note: str
    ) -> None:
        self.book, self.sheet, self.widths = book, sheet, list(widths)
        self.row = 0
        for i, width in enumerate(self.widths):
            sheet.set_column(i, i, width)
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.6)
        self.wide = sum(self.widths) > PAGE_WIDTH
        sheet.fit_to_pages(2 if self.wide else 1, 0)
        sheet.set_header(book.header, {"margin": 0.3})
        sheet.set_footer(book.footer, {"margin": 0.3})
        self.line(title, "title", 26)
        for strip in strips:
            self.paragraph(strip, "strip", top=6)
        if note:
            self.paragraph(note, "note", top=4)

    @property
    def name(self) -> str:
        """The sheet's name."""
        return str(self.sheet.get_name())

    # ---- cells -------------------------------------------------------------------------------

    def text(self, row: int, col: int, value: str, style: str = "cell") -> None:
        """A text, never read as a formula or a link."""
        self.string(row, col, value, self.book.style(style))

    def string(self, row: int, col: int, value: str, style: Style) -> None:
        """The same with a style at hand, for large tables."""
        if not value:
            self.sheet.write_blank(row, col, None, style.plain)
            return
        if len(value) > _LONGEST:
            value = value[:_LONGEST] + "…"
        self.sheet.write_string(row, col, value, style.quoted if value[0] in FORMULA_SIGNS else style.plain)

    def number(self, row: int, col: int, value: float, style: str = "count") -> None:
        """A number."""
        self.sheet.write_number(row, col, value, self.book.style(style).plain)

    def points(self, row: int, col: int, stored: int, style: Style) -> None:
        """Points kept in 1/10000; a float prints up to 15 digits back exactly, and nothing is decided on it."""
        self.sheet.write_number(row, col, stored / 10_000, style.plain)

    # ---- lines -------------------------------------------------------------------------------

    def line(self, text: str, style: str, height: float = 18) -> None:
        """A line across the sheet."""
        self.sheet.set_row(self.row, height)
        self.text(self.row, 0, text, style)
        self.row += 1

    def gap(self) -> None:
        """A free line."""
        self.row += 1

    def paragraph(self, text: str, style: str = "para", *, top: float = 2) -> None:
        """A text over all columns, as high as it needs.

        In a sheet of two pages side by side it keeps to the first page, and off the columns that the
        second repeats, where it would be cut off.
        """
        first, end = 0, len(self.widths) - 1
        if self.wide:
            first = 2
            while end > first + 1 and sum(self.widths[: end + 1]) > PAGE_WIDTH / 2:
                end -= 1
        self.sheet.set_row(self.row, self.height([(text, sum(self.widths[first : end + 1]))]) + top)
        found = self.book.style(style)
        self.sheet.merge_range(self.row, first, self.row, end, "", found.plain)
        self.string(self.row, first, text, found)
        self.row += 1

    def heads(self, titles: Sequence[str], style: str = "head") -> int:
        """A row of column heads; returns its row."""
        self.sheet.set_row(self.row, self.height(list(zip(titles, self.widths, strict=False))) + 6)
        for col, title in enumerate(titles):
            self.text(self.row, col, title, style)
        self.row += 1
        return self.row - 1

    def table(self, head: int, columns: int, *, frozen: int = 0, first: int | None = None) -> None:
        """Freeze, filter and repeat the heads of the table that ends above the next free row."""
        self.sheet.freeze_panes(head + 1, frozen)
        self.sheet.repeat_rows(head if first is None else first, head)
        if frozen and self.wide:
            # a very wide table goes over two pages side by side, each with the columns that name the row
            self.sheet.repeat_columns(0, frozen - 1)
            self.sheet.print_across()
        self.sheet.autofilter(head, 0, max(self.row - 1, head), columns - 1)

    def fit(self, cells: Sequence[tuple[str, float]]) -> None:
        """Make the next row as high as its wrapped texts need."""
        self.sheet.set_row(self.row, self.height(cells) + 3)

    @staticmethod
    def height(cells: Sequence[tuple[str, float]]) -> float:
        """The height in points of texts in columns of given widths."""
        return _LINE * max((_lines(text, width) for text, width in cells), default=1)


def _lines(text: str, width: float) -> int:
    """How many lines a text takes; a line that is broken loses up to a character at its end.

    The factor is the width of a character of 10 points in columns counted in digits of 11 points.
    """
    count = 0
    for part in text.split("\n"):
        needed = units(part) * (0.85 if part.isascii() else 0.92)
        count += 1 if needed <= width - 0.5 else math.ceil(needed / max(width - 1.2, 2))
    return count


def units(text: str) -> int:
    """The width of a text in digits; a Chinese character counts two, as its UTF-8 length tells fast."""
    return (len(text) + len(text.encode("utf-8", "replace"))) // 2
