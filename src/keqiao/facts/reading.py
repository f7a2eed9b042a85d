"""From a file's bytes to its sheets: workbooks through calamine, csv through the csv module."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

from keqiao.facts.container import Container, corrupt, refuse_ole
from keqiao.facts.scan import percent_styles, scan, worksheets
from keqiao.facts.sheets import Limits, RawSheet, Unreadable

_DELIMITERS = ",\t;"


def read_bytes(path: Path, limits: Limits) -> bytes:
    """A file's content; `Unreadable` where it is missing, empty or beyond the limit."""
    try:
        size = path.stat().st_size
        if size > limits.file_bytes:
            raise Unreadable(
                "too-large",
                f"文件有 {size:,} 字节，超过上限 {limits.file_bytes:,}；请拆分后再导入",
                f"the file has {size:,} bytes, more than {limits.file_bytes:,}; split it first",
            )
        data = path.read_bytes()
    except OSError as error:
        raise Unreadable(
            "file",
            f"无法读取文件（{error.strerror}），请检查路径和权限",
            f"the file cannot be read ({error.strerror}); check its path and permissions",
        ) from None
    if not data.strip(b"\xef\xbb\xbf \r\n\t"):
        raise Unreadable("empty", "文件是空的", "the file is empty")
    return data


def read_sheets(path: Path, data: bytes, limits: Limits) -> list[RawSheet]:
    """The sheets of a file, told by its content and not by its name."""
    refuse_ole(data)
    if data.startswith(b"PK"):
        return _read_workbook(path, data, limits)
    if path.suffix.lower() in (".xlsx", ".xlsm"):
        raise corrupt("zip")
    return [_read_csv(path, data, limits)]


def _read_workbook(path: Path, data: bytes, limits: Limits) -> list[RawSheet]:
    container = Container(data, limits)
    sheets, date1904 = worksheets(container)
    percent = percent_styles(container)
    structures = {part: scan(container.pieces(part), percent) for _, part, _ in sheets}
    for part in container.parts:
        if part not in structures:
            container.drain(part)
    for name, part, _ in sheets:
        area = (structures[part].last_row + 1) * (structures[part].last_column + 1)
        if area > limits.cells:
            raise _too_many_cells(name, area, limits)
    found: list[RawSheet] = []
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        for name, part, hidden in sheets:
            rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            seen = structures[part]
            sheet = RawSheet(path, name, rows, hidden=hidden, date1904=date1904)  # type: ignore[arg-type]
            sheet.merges, sheet.percent = seen.merges, seen.percent
            sheet.errors, sheet.no_value = seen.errors, seen.no_value
            sheet.hidden_rows, sheet.hidden_columns = seen.hidden_rows, seen.hidden_columns
            found.append(sheet)
    except (CalamineError, OSError, ValueError) as error:
        raise corrupt(str(error)) from None
    return found


def _too_many_cells(name: str, area: int, limits: Limits) -> Unreadable:
    return Unreadable(
        "too-large",
        f"工作表“{name}”的数据区有 {area:,} 个单元格，超过上限 {limits.cells:,}；请删去远处的零散单元格或拆分工作表",
        f"sheet {name!r} spans {area:,} cells, more than {limits.cells:,}; "
        "delete stray cells far away or split the sheet",
    )


def _read_csv(path: Path, data: bytes, limits: Limits) -> RawSheet:
    text = _decode(data)
    delimiter = max(_DELIMITERS, key=text[:20_000].count)
    rows: list[list[object]] = []
    cells = 0
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for row in reader:
            rows.append(list(row))
            cells += len(row)
            if cells > limits.cells:
                raise _too_many_cells(path.name, cells, limits)
    except csv.Error as error:
        raise Unreadable(
            "csv",
            f"第 {reader.line_num} 行不是合法的 CSV（{error}），请检查引号是否成对",
            f"line {reader.line_num} is not valid csv ({error}); check that quotes are paired",
        ) from None
    width = max(map(len, rows), default=0)
    for cells_of_row in rows:
        cells_of_row.extend([""] * (width - len(cells_of_row)))
    return RawSheet(path, "", rows, is_csv=True)


def _decode(data: bytes) -> str:
    if data.startswith(b"\xef\xbb\xbf"):
        encodings = ["utf-8-sig"]
    elif data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8", "gb18030"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text and "\ufffd" not in text:
            return text
    raise Unreadable(
        "encoding",
        "无法识别文件的文字编码，请在 Excel 中另存为“CSV UTF-8”",
        "the file's text encoding is not recognised; save it as CSV UTF-8",
    )
