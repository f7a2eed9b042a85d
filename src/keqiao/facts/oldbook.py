"""Old workbooks (.xls): the OLE container and a look at the BIFF records for what plain values do not tell.

Layouts after Microsoft's open specifications MS-CFB (compound files) and MS-XLS (BIFF8). The values
themselves are read by calamine; this finds merged and hidden cells, error values, percent formats,
the rectangle of values, and whether the workbook is encrypted.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

from keqiao.facts.container import OLE_MAGIC, corrupt
from keqiao.facts.scan import Structure
from keqiao.facts.sheets import Unreadable

_FREE, _HEADER = 0xFFFFFFFA, 512
_QUOTED = re.compile(r'"[^"]*"|\\.|_.')
_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
_EOF, _FORMULA, _DATEMODE, _FILEPASS, _COLUMNS, _SHEET = 0x0A, 0x06, 0x22, 0x2F, 0x7D, 0x85
_MULTIPLE_NUMBERS, _FORMAT_OF_CELLS, _MERGED, _TEXT_SHARED, _NUMBER, _TEXT = 0xBD, 0xE0, 0xE5, 0xFD, 0x203, 0x204
_SHARED, _SIZE = 0xFC, 0x200
#: What a sheet of the format can hold.
_ROWS, _COLUMNS_MOST = 65_536, 256
_FLAG_OR_ERROR, _ROW, _SMALL_NUMBER, _FORMAT, _BEGIN = 0x205, 0x208, 0x27E, 0x41E, 0x809


def password() -> Unreadable:
    """The error for a workbook that is encrypted as a whole."""
    return Unreadable(
        "password",
        "工作簿设有打开密码，请在 Excel 中取消密码后另存",
        "the workbook is protected by a password; remove it in Excel and save again",
    )


class Compound:
    """The streams of an OLE compound file, by name; raises `Unreadable` where it is damaged."""

    def __init__(self, data: bytes) -> None:
        try:
            self._read(data)
        except (struct.error, IndexError, ValueError, UnicodeDecodeError) as error:
            raise corrupt(f"OLE: {error}") from None

    def _read(self, data: bytes) -> None:
        if not data.startswith(OLE_MAGIC):
            raise ValueError("magic")
        shift, mini_shift = struct.unpack_from("<HH", data, 30)
        if shift not in (9, 12) or mini_shift != 6:
            raise ValueError("sectors")
        self._data, self._size, self._mini_size = data, 1 << shift, 1 << mini_shift
        self._most = len(data) // self._size + 1
        first, _, self._cutoff, mini_first, minis, more, further = struct.unpack_from("<7I", data, 48)
        directories, tables = struct.unpack_from("<2I", data, 40)
        if max(minis, further, directories, tables) > self._most:  # what reads these would reserve as much
            raise ValueError("header")
        sectors = [s for s in struct.unpack_from("<109I", data, 76) if s < _FREE]
        for _ in range(self._most):
            if more >= _FREE:
                break
            *listed, more = struct.unpack(f"<{self._size // 4}I", self._sector(more))
            sectors.extend(s for s in listed if s < _FREE)
        self._next = self._numbers(b"".join(self._sector(s) for s in sectors[: self._most]))
        self._mini_next = self._numbers(self._chain(mini_first))
        self._entries = dict(self._directory(self._chain(first), len(data)))
        root = self._entries.get("Root Entry", (0, 0))
        self._mini = self._chain(root[0]) if root[1] else b""

    @staticmethod
    def _numbers(data: bytes) -> tuple[int, ...]:
        return struct.unpack(f"<{len(data) // 4}I", data)

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self._size
        if start >= len(self._data):
            raise ValueError("sector")
        return self._data[start : start + self._size].ljust(self._size, b"\0")

    def _chain(self, number: int) -> bytes:
        pieces = []
        while number < _FREE:
            pieces.append(self._sector(number))
            if len(pieces) > self._most:
                raise ValueError("cycle")
            number = self._next[number]
        return b"".join(pieces)

    def _mini_chain(self, number: int, size: int) -> bytes:
        pieces: list[bytes] = []
        while number < _FREE and len(pieces) * self._mini_size < size:
            start = number * self._mini_size
            pieces.append(self._mini[start : start + self._mini_size])
            number = self._mini_next[number]
        return b"".join(pieces)

    @staticmethod
    def _directory(data: bytes, most: int) -> Iterator[tuple[str, tuple[int, int]]]:
        for at in range(0, len(data) - 127, 128):
            length = struct.unpack_from("<H", data, at + 64)[0]
            if 2 <= length <= 64:
                name = data[at : at + length - 2].decode("utf-16-le")
                start, size = struct.unpack_from("<II", data, at + 116)
                if size > most:
                    raise ValueError("stream size")
                yield name, (start, size)

    def __contains__(self, name: str) -> bool:
        return name in self._entries

    def stream(self, name: str) -> bytes:
        """A whole stream. Raises `Unreadable` where its chain is broken."""
        start, size = self._entries[name]
        try:
            found = self._chain(start) if size >= self._cutoff else self._mini_chain(start, size)
        except (IndexError, ValueError) as error:
            raise corrupt(f"OLE: {error}") from None
        if len(found) < size:
            raise corrupt(f"OLE: {name}")
        return found[:size]


def structures(data: bytes) -> tuple[list[Structure], bool]:
    """What each sheet's records tell, in the workbook's order, and whether dates count from 1904.

    Raises `Unreadable` for an encrypted or damaged workbook, and for an OLE file that is none.
    """
    compound = Compound(data)
    if "EncryptedPackage" in compound:
        raise password()
    name = next((n for n in ("Workbook", "Book") if n in compound), None)
    if name is None:
        raise Unreadable(
            "format",
            "这是 OLE 文件，但不是 Excel 工作簿（可能是 Word、WPS 文档），请另存为 .xlsx 或 .csv",
            "this is an OLE file but no Excel workbook (a Word or WPS document?); save the sheet as .xlsx or .csv",
        )
    stream = compound.stream(name)
    try:
        return _Globals(stream).sheets()
    except (struct.error, IndexError, ValueError) as error:
        raise corrupt(f"BIFF: {error}") from None


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """The records of a substream from its BOF to its EOF."""
    depth = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        body = stream[at + 4 : at + 4 + length]
        if len(body) < length:
            raise ValueError("record")
        if kind == _BEGIN:
            depth += 1
        elif kind == _EOF:
            depth -= 1
            if depth == 0:
                return
        elif depth == 1:  # charts are substreams within a sheet
            yield kind, body
        at += 4 + length
    raise ValueError("truncated")


class _Globals:
    """The workbook's own records: sheets, formats, the epoch."""

    def __init__(self, stream: bytes) -> None:
        self._stream = stream
        self._starts: list[int] = []
        self._date1904 = False
        version = struct.unpack_from("<HHH", stream, 0)
        if version[0] != _BEGIN:
            raise ValueError("BOF")
        self._unicode = version[2] >= 0x0600
        percent = {9, 10}
        styles: list[int] = []
        for kind, body in _records(stream, 0):
            if kind == _FILEPASS:
                raise password()
            if kind == _DATEMODE:
                self._date1904 = body[:1] == b"\1"
            elif kind == _SHEET and body[5] == 0:
                self._starts.append(struct.unpack_from("<I", body)[0])
            elif kind == _FORMAT:
                number = struct.unpack_from("<H", body)[0]
                if "%" in _QUOTED.sub("", self._text(body[2:])):
                    percent.add(number)
                else:
                    percent.discard(number)
            elif kind == _SHARED and struct.unpack_from("<I", body, 4)[0] > len(stream) // 3:
                raise ValueError("texts")  # calamine would reserve room for as many
            elif kind == _FORMAT_OF_CELLS:
                styles.append(struct.unpack_from("<H", body, 2)[0])
        self._percent = frozenset(i for i, number in enumerate(styles) if number in percent)

    def _text(self, body: bytes) -> str:
        if not self._unicode:
            return body[1 : 1 + body[0]].decode("latin-1")
        count, flags = struct.unpack_from("<HB", body)
        return body[3 : 3 + 2 * count].decode("utf-16-le") if flags & 1 else body[3 : 3 + count].decode("latin-1")

    def sheets(self) -> tuple[list[Structure], bool]:
        """The structures of the worksheets, and whether dates count from 1904."""
        return [scan_records(_records(self._stream, at), self._percent) for at in self._starts], self._date1904


def scan_records(records: Iterator[tuple[int, bytes]], percent: frozenset[int]) -> Structure:
    """The structure of one worksheet; ``percent`` are the cell formats that are percentages."""
    found = Structure()
    for kind, body in records:
        if kind in (_NUMBER, _SMALL_NUMBER, _TEXT_SHARED, _TEXT, _FLAG_OR_ERROR, _FORMULA):
            row, column, style = struct.unpack_from("<HHH", body)
            _cell(found, row, column, column)
            if style in percent:
                found.percent.setdefault(column, set()).add(row)
            error = _error_of(kind, body)
            if error is not None:
                found.errors[row, column] = error
        elif kind == _SIZE:
            _refuse_size(body)
        elif kind == _MULTIPLE_NUMBERS:
            row, column = struct.unpack_from("<HH", body)
            _cell(found, row, column, column + (len(body) - 6) // 6 - 1)
            for i in range((len(body) - 6) // 6):
                if struct.unpack_from("<H", body, 4 + 6 * i)[0] in percent:
                    found.percent.setdefault(column + i, set()).add(row)
        elif kind == _ROW and body[12] & 0x20:
            found.hidden_rows.append(struct.unpack_from("<H", body)[0])
        elif kind == _COLUMNS and body[8] & 1:
            first, last = struct.unpack_from("<HH", body)
            found.hidden_columns.extend(range(first, min(last, 255) + 1))
        elif kind == _MERGED:
            for i in range(struct.unpack_from("<H", body)[0]):
                top, bottom, left, right = struct.unpack_from("<4H", body, 2 + 8 * i)
                found.merges.append((top, left, bottom, right))
    return found


def _refuse_size(body: bytes) -> None:
    """Refuse a sheet that claims to be larger than the format allows; calamine would reserve the room."""
    top, bottom, left, right = struct.unpack_from("<IIHH" if len(body) >= 14 else "<HHHH", body)
    if not (top <= bottom <= _ROWS and left <= right <= _COLUMNS_MOST):
        raise ValueError("dimensions")


def _cell(found: Structure, row: int, first: int, last: int) -> None:
    if last >= _COLUMNS_MOST:
        raise ValueError("column")
    found.last_row, found.last_column = max(found.last_row, row), max(found.last_column, last)


def _error_of(kind: int, body: bytes) -> str | None:
    """The Excel error that a cell shows, or None."""
    if kind == _FLAG_OR_ERROR and body[7]:
        return _ERRORS.get(body[6], "#ERROR!")
    if kind == _FORMULA and body[12:14] == b"\xff\xff" and body[6] == 2:
        return _ERRORS.get(body[8], "#ERROR!")
    return None
