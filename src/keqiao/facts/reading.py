"""From a file's bytes to its sheets: workbooks through calamine, csv, json and Parquet."""

from __future__ import annotations

import io
import re
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from keqiao.facts.container import OLE_MAGIC, Container, corrupt
from keqiao.facts.csvfile import read_csv
from keqiao.facts.jsonfile import looks_like_json, read_json
from keqiao.facts.oldbook import structures
from keqiao.facts.parquetfile import MAGIC, read_parquet
from keqiao.facts.quickscan import scan_sheet
from keqiao.facts.scan import Structure, percent_styles, worksheets
from keqiao.facts.sheets import Limits, RawSheet, Unreadable, too_many_cells


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
    if not data[:1024].strip(b"\xef\xbb\xbf \r\n\t") and not data.strip(b"\xef\xbb\xbf \r\n\t"):
        raise Unreadable("empty", "文件是空的", "the file is empty")
    return data


def read_sheets(path: Path, data: bytes, limits: Limits) -> list[RawSheet]:
    """The sheets of a file, told by its content and not by its name."""
    if data.startswith(OLE_MAGIC):
        return _read_old_workbook(path, data, limits)
    if data.startswith(b"PK"):
        return _read_workbook(path, data, limits)
    if data.startswith(MAGIC):
        return [read_parquet(path, data, limits)]
    if path.suffix.lower() in (".xlsx", ".xlsm", ".parquet"):
        raise corrupt("zip" if path.suffix.lower() != ".parquet" else "PAR1")
    if re.match(rb"(?:\xef\xbb\xbf)?\s*<(?:\?xml|!|html|table|meta|head)", data[:4096], re.IGNORECASE):
        raise Unreadable(
            "format",
            "这是网页（HTML）或 XML 表格，不是 Excel 文件；请在 Excel 中打开后另存为 .xlsx",
            "this is an HTML or XML table and no Excel file; open it in Excel and save it as .xlsx",
        )
    if path.suffix.lower() == ".json" or looks_like_json(data):
        return read_json(path, data, limits)
    return [read_csv(path, data, limits)]


def _read_workbook(path: Path, data: bytes, limits: Limits) -> list[RawSheet]:
    container = Container(data, limits)
    sheets, date1904 = worksheets(container)
    percent = percent_styles(container)
    found = {part: scan_sheet(container.pieces(part), percent, limits) for _, part, _ in sheets}
    for part in container.parts:
        if part not in found:
            container.drain(part)
    return _through_calamine(path, data, [(n, h, found[part]) for n, part, h in sheets], date1904, limits)


def _read_old_workbook(path: Path, data: bytes, limits: Limits) -> list[RawSheet]:
    found, date1904 = structures(data)
    book = _open(data)
    listed = [m for m in book.sheets_metadata if m.typ == SheetTypeEnum.WorkSheet]
    if len(listed) != len(found):
        raise corrupt("BIFF: sheets")
    seen = [(m.name, m.visible != SheetVisibleEnum.Visible, s) for m, s in zip(listed, found, strict=True)]
    return _through_calamine(path, data, seen, date1904, limits)


def _open(data: bytes) -> CalamineWorkbook:
    try:
        return CalamineWorkbook.from_filelike(io.BytesIO(data))
    except (CalamineError, OSError, ValueError) as error:
        raise corrupt(str(error)) from None
    except BaseException as error:
        raise _panic(error) from None


def _panic(error: BaseException) -> BaseException:
    """calamine's panics are no ordinary exceptions; a damaged old workbook can cause one."""
    return corrupt("calamine") if type(error).__name__ == "PanicException" else error


def _through_calamine(
    path: Path, data: bytes, sheets: list[tuple[str, bool, Structure]], date1904: bool, limits: Limits
) -> list[RawSheet]:
    """The values of each sheet (name, hidden, structure), with what its structure says."""
    for name, _, seen in sheets:
        area = (seen.last_row + 1) * (seen.last_column + 1)
        if area > limits.cells:
            raise too_many_cells(name, area, limits)
    book = _open(data)
    found: list[RawSheet] = []
    try:
        for name, hidden, seen in sheets:
            rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            sheet = RawSheet(path, name, rows, hidden=hidden, date1904=date1904)  # type: ignore[arg-type]
            sheet.merges, sheet.percent = seen.merges, seen.percent
            sheet.errors, sheet.no_value = seen.errors, seen.no_value
            sheet.hidden_rows, sheet.hidden_columns = seen.hidden_rows, seen.hidden_columns
            found.append(sheet)
    except (CalamineError, OSError, ValueError) as error:
        raise corrupt(str(error)) from None
    except BaseException as error:
        raise _panic(error) from None
    return found
