"""Cells of the sheets of an intake: found by their place, changed as officers asked, and shown with what is around."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from keqiao.facts.sheets import RawSheet, column_index, column_letters, text_of

_CELL = re.compile(r"([A-Z]{1,3})([1-9]\d*)")
#: What stands before a heading that the officer chose not to import.
LEFT_OUT = "不导入："


@dataclass
class Cells:
    """The sheets as read; places are those of the report (``表名!D7``)."""

    sheets: list[RawSheet] = field(default_factory=list)
    _by_prefix: dict[str, RawSheet] = field(default_factory=dict)

    def take(self, sheets: Sequence[RawSheet]) -> None:
        """Keep the sheets of an import."""
        self.sheets = list(sheets)
        self._by_prefix = {sheet.prefix: sheet for sheet in sheets if sheet.row_name is None}

    def find(self, place: str) -> tuple[RawSheet, int, int] | None:
        """Sheet, row and column of a place; None where it is no cell of a worksheet or csv file."""
        match = _CELL.search(place)
        while match is not None and match.end() != len(place):
            match = _CELL.search(place, match.start() + 1)
        if match is None:
            return None
        sheet = self._by_prefix.get(place[: match.start()])
        row, column = int(match[2]) - 1, column_index(match[1])
        if sheet is None or row >= len(sheet.rows) or column >= len(sheet.rows[row]):
            return None
        return sheet, row, column

    def text(self, place: str) -> str | None:
        """What stands in a cell; None where there is no such cell."""
        found = self.find(place)
        if found is None:
            return None
        sheet, row, column = found
        return sheet.errors.get((row, column)) or text_of(sheet.rows[row][column])

    def change(self, place: str, text: str) -> bool:
        """Put a text into a cell, as if it had been typed there; False where there is no such cell."""
        found = self.find(place)
        if found is None:
            return False
        sheet, row, column = found
        sheet.rows[row][column] = text
        sheet.errors.pop((row, column), None)
        sheet.no_value.discard((row, column))
        sheet.percent.get(column, set()).discard(row)
        return True

    def apply(self, edits: Iterable[Mapping[str, Any]], choices: Mapping[str, Mapping[str, str]], labels: Mapping[str, str]) -> None:
        """Make the officer's changes: headings first, then cells. ``labels`` names indicators by id."""
        for place, choice in choices.items():
            heading = self.text(place)
            if heading is None:
                continue
            to = choice["to"]
            if to == "-":
                self.change(place, LEFT_OUT + heading)
            elif to in labels:
                self.change(place, _renamed(heading, labels[to]))
        for edit in edits:
            self.change(edit["place"], edit["new"])

    def around(self, place: str, head_row: int | None) -> dict[str, Any] | None:
        """The part of a sheet around a cell: letters, the row of headings, and rows of cells."""
        found = self.find(place)
        if found is None:
            return None
        sheet, row, column = found
        width = max(len(r) for r in sheet.rows)
        columns = sorted({0, *range(max(column - 3, 0), min(column + 4, width))})
        rows = [r for r in range(max(row - 2, 0), min(row + 3, len(sheet.rows))) if r != head_row]

        def texts(r: int) -> list[str]:
            cells = sheet.rows[r]
            return [(sheet.errors.get((r, c)) or text_of(cells[c]))[:60] if c < len(cells) else "" for c in columns]

        return {
            "sheet": sheet.title, "cell": f"{column_letters(column)}{row + 1}", "letters": [column_letters(c) for c in columns],
            "heads": None if head_row is None or head_row >= len(sheet.rows) else [head_row + 1, texts(head_row)],
            "rows": [{"number": r + 1, "cells": texts(r)} for r in rows], "at": [row + 1, columns.index(column)],
        }  # fmt: skip


def _renamed(heading: str, label: str) -> str:
    """A heading with another indicator's label, keeping its year and what stands in brackets (the unit)."""
    brackets = "".join(re.findall(r"[（(\[【][^（()）\]】]*[)）\]】]", heading))
    year = re.search(r"(?:19|20)\d\d", re.sub(r"[（(].*?[)）]", "", heading))
    return f"{year[0] + '年' if year else ''}{label}{brackets}"
