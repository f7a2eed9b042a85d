"""The scan of a plain worksheet by patterns, several times faster than element by element.

Most workbooks write their cells in one form: ``<c r="B7" s="3" t="s">``. Where a sheet keeps to it and has
neither formulas nor error values, percent formats and hidden rows are found by patterns over the bytes, and
what stands around the rows by the ordinary scan. Any other sheet is left to `keqiao.facts.scan.scan`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.parsers import expat

from keqiao.facts.container import corrupt, xml_parser
from keqiao.facts.scan import Structure, scan
from keqiao.facts.sheets import LAST_ROW, Limits, column_index

#: Larger sheets are scanned in pieces, for their bytes would have to stand in memory whole.
_LARGEST = 200 * 2**20
_CELL = rb'<c r="[A-Z]{1,3}[1-9][0-9]{0,6}"(?: s="[0-9]+")?(?: t="[a-zA-Z]+")? ?/?>'
_OTHER_CELL = re.compile(rb"<c(?=[\s/>])(?!" + _CELL[2:] + rb")")
_OTHER_ROW = re.compile(rb'<row(?=[\s/>])(?! r="[1-9][0-9]{0,6}"[ />])')
_HIDDEN = re.compile(rb'<row r="([0-9]+)"[^>]*? hidden="(?:1|true)"')
_LAST = re.compile(rb'<row r="([0-9]+)"')
_COLUMN = re.compile(rb'<c r="([A-Z]+)')
_UNUSUAL = (b"<f", b' t="e"', b"<!", b"<?")


def scan_sheet(pieces: Iterable[bytes], percent: frozenset[str], limits: Limits) -> Structure:
    """Read a worksheet part to its end, in the quickest way that fits. Raises `Unreadable`."""
    held: list[bytes] = []
    size = 0
    source = iter(pieces)
    for piece in source:
        held.append(piece)
        size += len(piece)
        if size > _LARGEST:
            return scan(_both(held, source), percent)
    data = b"".join(held)
    return _quick(data, percent, limits) or scan(held, percent)


def _both(first: Iterable[bytes], rest: Iterable[bytes]) -> Iterable[bytes]:
    yield from first
    yield from rest


def _quick(data: bytes, percent: frozenset[str], limits: Limits) -> Structure | None:
    """The structure, or None where the sheet does not keep to the common form."""
    start, end = data.find(b"<sheetData>"), data.rfind(b"</sheetData>")
    if start < 0 or end < 0 or data.find(b"<worksheet", 0, 1000) < 0:
        return None
    body = data[start:end]
    if any(word in body for word in _UNUSUAL) or _OTHER_CELL.search(body) or _OTHER_ROW.search(body):
        return None
    _well_formed(data)
    found = scan([data[:start], b"<sheetData>", data[end:]], percent)
    _rows(body, found)
    if percent:
        _percentages(body, percent, found)
    # Formatted cells without a value are counted here; where that matters the slow scan leaves them out.
    if found.last_row >= LAST_ROW or (found.last_row + 1) * (found.last_column + 1) > limits.cells:
        return None
    return found


def _well_formed(data: bytes) -> None:
    parser = xml_parser()
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise corrupt(str(error)) from None


def _rows(body: bytes, found: Structure) -> None:
    """Hidden rows, and the last row and column that have a cell."""
    found.hidden_rows.extend(int(match[1]) - 1 for match in _HIDDEN.finditer(body))
    found.last_row = max((int(match[1]) - 1 for match in _LAST.finditer(body)), default=-1)
    letters = _last_columns(body)
    found.last_column = max((column_index(word.decode()) for word in letters), default=-1)


def _last_columns(body: bytes) -> set[bytes]:
    """The letters of the last cell of every row."""
    found: set[bytes] = set()
    for row in body.split(b"</row>"):
        match = _COLUMN.match(row, max(row.rfind(b"<c r="), 0))
        if match is not None:
            found.add(match[1])
    return found


def _percentages(body: bytes, percent: frozenset[str], found: Structure) -> None:
    styles = b"|".join(sorted(s.encode() for s in percent))
    for match in re.finditer(rb'<c r="([A-Z]+)([0-9]+)" s="(?:' + styles + rb')"', body):
        found.percent.setdefault(column_index(match[1].decode()), set()).add(int(match[2]) - 1)
