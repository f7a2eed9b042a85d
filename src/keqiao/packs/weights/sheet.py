"""Opening a filled-in template: its cells with their places, formats and what is wrong with them."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openpyxl import load_workbook  # type: ignore[import-untyped, unused-ignore]
from openpyxl.utils import get_column_letter  # type: ignore[import-untyped, unused-ignore]

from keqiao.errors import PackError

MAX_BYTES = 20 * 2**20
MAX_UNPACKED = 100 * 2**20
MAX_ROWS, MAX_COLUMNS = 5000, 300

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: its place (``权重!F7``), its value (None is empty) and what its number format says.

    ``percent`` is a percent format, ``trouble`` is ``formula`` (never calculated), ``error`` (an
    Excel error value) or empty.
    """

    place: str
    value: object
    percent: bool = False
    trouble: str = ""

    @property
    def text(self) -> str:
        """The content as text without spaces around it; empty where it is no text."""
        return self.value.strip() if isinstance(self.value, str) else ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is in it."""
        return not self.trouble and (
            self.value is None or (isinstance(self.value, str) and not self.value.strip())
        )

    def error(self, zh: str, en: str) -> PackError:
        """A `PackError` at this cell."""
        return PackError(zh, en, self.place)


class Sheet:
    """One sheet; rows and columns count from 0."""

    def __init__(self, name: str, values: Any, formulas: Any) -> None:
        self.name = name
        self._values, self._formulas = values, formulas
        self.rows, self.columns = int(values.max_row), int(values.max_column)

    def place(self, row: int, column: int) -> str:
        """The cell as a user names it."""
        return f"{self.name}!{get_column_letter(column + 1)}{row + 1}"

    def cell(self, row: int, column: int) -> Cell:
        """A cell; one beyond the sheet is empty."""
        value = self._values.cell(row + 1, column + 1)
        trouble = ""
        if value.data_type == "e":
            trouble = "error"
        elif value.value is None and self._formulas.cell(row + 1, column + 1).data_type == "f":
            trouble = "formula"
        return Cell(self.place(row, column), value.value, is_percent(value.number_format or ""), trouble)


class Book:
    """A workbook of which every sheet is small."""

    def __init__(self, file: Path, raw: bytes) -> None:
        _refuse_other_formats(file, raw)
        self.file = file
        self._values, self._formulas = _load(file, raw, True), _load(file, raw, False)

    def has(self, name: str) -> bool:
        """Whether there is a sheet of that name."""
        return name in self._values.sheetnames

    def sheet(self, name: str) -> Sheet:
        """A sheet by name. Raises `PackError` where it is missing or far larger than a template."""
        if not self.has(name):
            raise PackError(
                f"工作簿里没有“{name}”表，请用本命令生成的模板填写",
                f"the workbook has no sheet {name!r}; fill in the template that this command writes",
                self.file.name,
            )
        sheet = Sheet(name, self._values[name], self._formulas[name])
        if sheet.rows > MAX_ROWS or sheet.columns > MAX_COLUMNS:
            raise PackError(
                f"“{name}”表有 {sheet.rows} 行 {sheet.columns} 列，远大于模板；请删去表外的内容",
                f"sheet {name!r} has {sheet.rows} rows and {sheet.columns} columns, "
                "far more than the template; remove what lies outside",
                self.file.name,
            )
        return sheet


def read_bytes(file: Path) -> bytes:
    """A file's content. Raises `PackError` where it is missing, a folder, empty or too large."""
    try:
        if file.stat().st_size > MAX_BYTES:
            raise PackError(
                "文件太大，不是权重模板", "the file is too large for a template of weights", file.name
            )
        raw = file.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise PackError(f"打不开“{file}”：{reason}", f"cannot open {str(file)!r}: {reason}") from None
    if not raw:
        raise PackError("文件是空的", "the file is empty", file.name)
    return raw


def is_percent(number_format: str) -> bool:
    """Whether a number format multiplies by 100: it has a % that is no mere text."""
    return "%" in re.sub(r'"[^"]*"|[\\_*].', "", number_format)


def _refuse_other_formats(file: Path, raw: bytes) -> None:
    if raw.startswith(_OLE):
        raise PackError(
            "这是旧版 .xls 或设了密码的工作簿，请在 Excel 中取消密码并另存为 .xlsx",
            "this is an old .xls or a workbook with a password; remove it and save as .xlsx",
            file.name,
        )
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            size = sum(part.file_size for part in archive.infolist())
            known = "xl/workbook.xml" in archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        size, known = 0, False
    if not known:
        raise PackError(
            "不是完好的 .xlsx 工作簿，请用本命令生成的模板填写并另存为 .xlsx",
            "this is not a sound .xlsx workbook; fill in the template and save it as .xlsx",
            file.name,
        )
    if size > MAX_UNPACKED:
        raise PackError(
            "工作簿解压后过大，不是权重模板", "the workbook unpacks to far more than a template", file.name
        )


def _load(file: Path, raw: bytes, values: bool) -> Any:
    try:
        with warnings.catch_warnings():
            # openpyxl warns of extensions that it leaves out; none of them holds a figure
            warnings.simplefilter("ignore")
            return load_workbook(io.BytesIO(raw), data_only=values)
    except Exception as error:  # a damaged part fails in as many ways as there are parts
        raise PackError(
            f"工作簿已损坏（{type(error).__name__}），请在 Excel 中修复后另存",
            f"the workbook is damaged ({type(error).__name__}); repair it in Excel and save again",
            file.name,
        ) from None
