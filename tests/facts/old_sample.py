"""Old workbooks by hand: an OLE file with one stream, and BIFF8 records (after MS-CFB and MS-XLS)."""

from __future__ import annotations

import struct

_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def ole(name: str, stream: bytes) -> bytes:
    """An OLE file with one stream, padded so that it lies in ordinary sectors."""
    stream = stream.ljust(4096, b"\0")
    count = -(-len(stream) // 512)
    chain = [*range(3, 2 + count), _END]  # FAT, directory, then the stream
    fat = struct.pack("<128I", *([_FAT, _END, *chain] + [_FREE] * (126 - count)))
    directory = _entry("Root Entry", 5, _END, 0, child=1) + _entry(name, 2, 2, len(stream))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
    head += bytes(10) + struct.pack("<9I", 1, 1, 0, 4096, _END, 0, _END, 0, 0) + struct.pack("<108I", *[_FREE] * 108)
    return head + fat + directory.ljust(512, b"\0") + stream.ljust(512 * count, b"\0")


def _entry(name: str, kind: int, start: int, size: int, child: int = _FREE) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0"
    return (
        text.ljust(64, b"\0") + struct.pack("<HBB3I", len(text), kind, 1, _FREE, _FREE, child)
        + bytes(36) + struct.pack("<IQ", start, size)
    )  # fmt: skip


def record(kind: int, body: bytes = b"") -> bytes:
    """One BIFF record."""
    return struct.pack("<HH", kind, len(body)) + body


def text(row: int, column: int, value: str, style: int = 0) -> bytes:
    """A cell with its text in place."""
    body = struct.pack("<HHHHB", row, column, style, len(value), 1) + value.encode("utf-16-le")
    return record(0x204, body)


def number(row: int, column: int, value: float, style: int = 0) -> bytes:
    """A cell with a number."""
    return record(0x203, struct.pack("<HHHd", row, column, style, value))


def error(row: int, column: int, code: int) -> bytes:
    """A cell with an error value."""
    return record(0x205, struct.pack("<HHHBB", row, column, 0, code, 1))


def workbook(cells: bytes, globals_: bytes = b"", name: str = "企业", hidden: bool = False) -> bytes:
    """A workbook stream with one sheet; two cell formats: general and percent (style 1)."""
    begin = lambda kind: record(0x809, struct.pack("<HHHHII", 0x600, kind, 0, 0, 0, 0))  # noqa: E731
    styles = b"".join(record(0xE0, struct.pack("<HHH", 0, format_, 0) + bytes(14)) for format_ in (0, 9))
    label = struct.pack("<BB", len(name), 1) + name.encode("utf-16-le")
    length = len(begin(5)) + len(globals_) + len(styles) + 4 + 6 + len(label) + 4
    head = begin(5) + globals_ + styles + record(0x85, struct.pack("<IBB", length, hidden, 0) + label) + record(0x0A)
    return head + begin(16) + cells + record(0x0A)
