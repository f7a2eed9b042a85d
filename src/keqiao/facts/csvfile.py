"""Reading csv: encodings, separators, and rows whose repeated texts share memory."""

from __future__ import annotations

import codecs
import csv
import io
from pathlib import Path

from keqiao.facts.sheets import Limits, RawSheet, Unreadable, too_many_cells

_DELIMITERS = ",\t;"
_PIECE = 1 << 20
#: Distinct texts remembered; most columns repeat few, and codes would only fill memory.
_REMEMBERED = 200_000


def read_csv(path: Path, data: bytes, limits: Limits) -> RawSheet:
    """A csv file as one sheet of texts. Raises `Unreadable`."""
    encoding = encoding_of(data)
    head = data[:20_000].decode(encoding, "ignore")
    delimiter = max(_DELIMITERS, key=head.count)
    reader = csv.reader(io.TextIOWrapper(io.BytesIO(data), encoding, newline=""), delimiter=delimiter, strict=True)
    rows: list[list[object]] = []
    seen: dict[str, str] = {}
    share = seen.setdefault
    cells = width = 0
    try:
        for row in reader:
            rows.append([share(v, v) for v in row])
            if len(seen) > _REMEMBERED:
                seen.clear()
            cells += len(row)
            if len(row) > width:
                width = len(row)
            if cells > limits.cells:
                raise too_many_cells(path.name, cells, limits)
    except csv.Error as error:
        raise Unreadable(
            "csv",
            f"第 {reader.line_num} 行不是合法的 CSV（{error}），请检查引号是否成对",
            f"line {reader.line_num} is not valid csv ({error}); check that quotes are paired",
        ) from None
    if len(rows) * width > limits.cells:  # one long row would widen all others
        raise too_many_cells(path.name, len(rows) * width, limits)
    for cells_of_row in rows:
        if len(cells_of_row) < width:
            cells_of_row.extend([""] * (width - len(cells_of_row)))
    return RawSheet(path, "", rows, is_csv=True)


def encoding_of(data: bytes) -> str:
    """The encoding of a text file, by its mark or by what decodes; raises `Unreadable`."""
    if data.startswith(codecs.BOM_UTF8):
        encodings = ["utf-8-sig"]
    elif data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8", "gb18030"]
    for encoding in encodings:
        if _decodes(data, encoding):
            return encoding
    raise Unreadable(
        "encoding",
        "无法识别文件的文字编码，请在 Excel 中另存为“CSV UTF-8”",
        "the file's text encoding is not recognised; save it as CSV UTF-8",
    )


def _decodes(data: bytes, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for start in range(0, len(data) or 1, _PIECE):
            text = decoder.decode(data[start : start + _PIECE], start + _PIECE >= len(data))
            if "\x00" in text or "\ufffd" in text:
                return False
    except UnicodeDecodeError:
        return False
    return True
