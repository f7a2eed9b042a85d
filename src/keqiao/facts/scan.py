"""A streaming look at a worksheet's XML for what plain values do not tell.

The values themselves are read by calamine. This pass finds merged and hidden cells, Excel
error values, formulas without a calculated value, percent number formats, and how large the
rectangle of values is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from keqiao.facts.container import Container, corrupt, elements, xml_parser
from keqiao.facts.sheets import LAST_COLUMN, LAST_ROW, column_index

_QUOTED = re.compile(r'"[^"]*"|\\.|_.')
_PERCENT_BUILT_IN = {"9", "10"}


@dataclass(slots=True)
class Structure:
    """What the scan of one sheet found; rows and columns count from 0, merges are inclusive."""

    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    no_value: set[tuple[int, int]] = field(default_factory=set)
    percent: dict[int, set[int]] = field(default_factory=dict)
    last_row: int = -1
    last_column: int = -1


def percent_styles(container: Container) -> frozenset[str]:
    """Indexes of cell styles (as the attribute ``s`` writes them) whose format is a percentage."""
    if "xl/styles.xml" not in container.parts:
        return frozenset()
    formats = set(_PERCENT_BUILT_IN)
    styles: list[str] = []
    inside = False
    for name, attributes in elements(container.read("xl/styles.xml")):
        if name == "numFmt" and "%" in _QUOTED.sub("", attributes.get("formatCode", "")):
            formats.add(attributes.get("numFmtId", ""))
        elif name in ("cellXfs", "cellStyles", "dxfs"):
            inside = name == "cellXfs"
        elif name == "xf" and inside:
            styles.append(attributes.get("numFmtId", "0"))
    return frozenset(str(i) for i, number in enumerate(styles) if number in formats)


def scan(pieces: Iterable[bytes], percent: frozenset[str]) -> Structure:
    """Read a worksheet part to its end. Raises `Unreadable` where it is not well-formed."""
    scanner = _Scanner(percent)
    parser = scanner.parser
    try:
        for piece in pieces:
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    except (expat.ExpatError, ValueError) as error:
        raise corrupt(str(error)) from None
    return scanner.found


class _Scanner:
    """Handlers for one worksheet; text is only listened to in formula and error cells."""

    def __init__(self, percent: frozenset[str]) -> None:
        self.found = Structure()
        self.parser = xml_parser()
        self.parser.StartElementHandler = self._first
        self._percent = percent
        self._row = self._column = -1
        self._kind = ""
        self._formula = False
        self._text: list[str] | None = None
        self._columns: dict[str, int] = {}
        self._cell_tag = self._value_tag = self._formula_tag = ""
        self._actions: dict[str, Callable[[dict[str, str]], None]] = {}

    def _first(self, name: str, attributes: dict[str, str]) -> None:
        prefix = name[: -len(name.rpartition(":")[2])]
        self._cell_tag, self._value_tag, self._formula_tag = prefix + "c", prefix + "v", prefix + "f"
        self._actions = {
            prefix + "is": self._value,
            prefix + "f": self._on_formula,
            prefix + "row": self._on_row,
            prefix + "col": self._on_column,
            prefix + "mergeCell": self._on_merge,
        }
        self.parser.StartElementHandler = self._start

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name == self._value_tag:  # this and the next run for every cell: kept short
            if self._column > self.found.last_column or self._row > self.found.last_row:
                self._value(attributes)
        elif name == self._cell_tag:
            reference = attributes.get("r")
            if reference is None:
                self._column += 1
            else:
                letters = reference.rstrip("0123456789")
                column = self._columns.get(letters)
                if column is None:
                    column = self._columns[letters] = _column(letters)
                self._column = column
            self._kind = attributes.get("t", "")
            if attributes.get("s") in self._percent:
                self.found.percent.setdefault(self._column, set()).add(self._row)
            if self._kind == "e":
                self._listen()
        elif name in self._actions:
            self._actions[name](attributes)

    def _value(self, attributes: dict[str, str]) -> None:
        found = self.found
        found.last_row = max(found.last_row, self._row)
        found.last_column = max(found.last_column, self._column)

    def _on_row(self, attributes: dict[str, str]) -> None:
        self._row = int(attributes["r"]) - 1 if "r" in attributes else self._row + 1
        if not 0 <= self._row < LAST_ROW:
            raise ValueError("row number")
        self._column = -1
        if attributes.get("hidden") in ("1", "true"):
            self.found.hidden_rows.append(self._row)

    def _on_column(self, attributes: dict[str, str]) -> None:
        if attributes.get("hidden") in ("1", "true"):
            first, last = int(attributes["min"]) - 1, int(attributes["max"])
            self.found.hidden_columns.extend(range(first, min(last, LAST_COLUMN)))

    def _on_merge(self, attributes: dict[str, str]) -> None:
        first, _, last = attributes.get("ref", "").partition(":")
        self.found.merges.append((*_cell(first), *_cell(last or first)))

    def _on_formula(self, attributes: dict[str, str]) -> None:
        self._formula = True
        self._listen()

    def _listen(self) -> None:
        if self._text is None:
            self._text = []
            self.parser.EndElementHandler = self._end
            self.parser.CharacterDataHandler = self._on_text

    def _end(self, name: str) -> None:
        if name == self._formula_tag:
            self._text = []
        elif name == self._cell_tag:
            self._close()

    def _on_text(self, text: str) -> None:
        if self._text is not None:
            self._text.append(text)

    def _close(self) -> None:
        text = "".join(self._text or []).strip()
        if self._kind == "e" and text:
            self.found.errors[self._row, self._column] = text
        elif self._formula and not text and self._kind != "str":
            # A text formula may rightly give the empty text; a number may not.
            self.found.no_value.add((self._row, self._column))
        self._formula = False
        self._text = None
        self.parser.EndElementHandler = None
        self.parser.CharacterDataHandler = None


def _column(letters: str) -> int:
    if not letters.isalpha() or len(letters) > 3:
        raise ValueError("cell reference")
    return column_index(letters.upper())


def _cell(reference: str) -> tuple[int, int]:
    letters = reference.replace("$", "").rstrip("0123456789")
    digits = reference.replace("$", "")[len(letters) :]
    return int(digits) - 1, _column(letters)


def worksheets(container: Container) -> tuple[list[tuple[str, str, bool]], bool]:
    """The workbook's worksheets as (name, part, hidden), and whether its dates count from 1904."""
    if "xl/workbook.bin" in container.parts:
        raise corrupt(".xlsb, save as .xlsx")
    if "xl/workbook.xml" not in container.parts:
        raise corrupt("xl/workbook.xml")
    targets = dict(_relations(container))
    sheets: list[tuple[str, str, bool]] = []
    date1904 = False
    for name, attributes in elements(container.read("xl/workbook.xml")):
        if name == "workbookPr":
            date1904 = attributes.get("date1904") in ("1", "true")
        elif name == "sheet":
            link = next((v for k, v in attributes.items() if k.endswith(":id")), "")
            part = targets.get(link, "")
            if part:
                hidden = attributes.get("state", "visible") != "visible"
                sheets.append((attributes.get("name", ""), part, hidden))
    return sheets, date1904


def _relations(container: Container) -> Iterator[tuple[str, str]]:
    part = "xl/_rels/workbook.xml.rels"
    if part not in container.parts:
        raise corrupt(part)
    for name, attributes in elements(container.read(part)):
        if name == "Relationship" and attributes.get("Type", "").endswith("/worksheet"):
            target = attributes.get("Target", "")
            path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            if path not in container.parts:
                raise corrupt(path)
            yield attributes.get("Id", ""), path
