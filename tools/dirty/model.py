"""A workbook that can be spoilt in one place: its cells, and what a file says about them."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

import xlsxwriter

from keqiao.examples.codes import PLACES, uscc

#: Codes, headings and years that the faults refer to.
HEADINGS = (
    "统一社会信用代码", "企业名称", "年度", "成立日期", "注册地行政区划代码", "划型行业", "企业规模", "居民企业",
    "职工人数", "科技人员数", "营业收入（万元）", "研发费用（万元）", "资产总额（万元）", "负债总额（万元）",
    "净资产（万元）", "Ⅰ类知识产权数", "细分市场占有率（%）",
)  # fmt: skip
TITLES = ("统一社会信用代码", "称号", "起始日", "截止日")
PATENTS = ("统一社会信用代码", "专利号", "专利类型", "申请日", "授权日", "法律状态")
ENTERPRISES = 24

_CREATED = dt.datetime(2026, 11, 21)
_DISTRICTS = [place for place in PLACES if place.kind == "区县"]


def code(number: int) -> str:
    """The code of enterprise ``number`` (from 1)."""
    return uscc(90_000 + number, _DISTRICTS[number % len(_DISTRICTS)])


@dataclass
class Book:
    """Sheets as rows of cells, and the marks a workbook can carry."""

    sheets: dict[str, list[list[object]]] = field(default_factory=dict)
    merges: list[tuple[str, str, object]] = field(default_factory=list)
    formulas: dict[tuple[str, int, int], tuple[str, object]] = field(default_factory=dict)
    hidden_rows: list[tuple[str, int]] = field(default_factory=list)
    hidden_columns: list[tuple[str, int]] = field(default_factory=list)
    hidden_sheets: list[str] = field(default_factory=list)
    bare_formulas: bool = False

    def rows(self, sheet: str = "企业") -> list[list[object]]:
        """The rows of a sheet, the heading first."""
        return self.sheets[sheet]

    def column(self, heading: str, sheet: str = "企业") -> int:
        """Where a heading stands, from 0."""
        return self.rows(sheet)[0].index(heading)

    def set(self, heading: str, row: int, value: object, sheet: str = "企业") -> None:
        """Put a value into the sheet's row as Excel numbers it (the heading is row 1)."""
        self.rows(sheet)[row - 1][self.column(heading, sheet)] = value

    def get(self, heading: str, row: int, sheet: str = "企业") -> object:
        """The value of a cell, the row as Excel numbers it."""
        return self.rows(sheet)[row - 1][self.column(heading, sheet)]

    def rename(self, heading: str, text: str, sheet: str = "企业") -> None:
        """Write another heading."""
        self.rows(sheet)[0][self.column(heading, sheet)] = text

    def insert(self, after: str, heading: str, values: list[object], sheet: str = "企业") -> None:
        """A further column, one value per row below the heading."""
        at = self.column(after, sheet) + 1
        for row, value in zip(self.rows(sheet), [heading, *values], strict=True):
            row.insert(at, value)

    def write(self, path: Path) -> None:
        """As a workbook whose bytes depend on the content alone."""
        with xlsxwriter.Workbook(str(path), {"in_memory": True}) as book:
            book.set_properties({"comments": "合成数据，非真实企业 synthetic data", "created": _CREATED})
            day = book.add_format({"num_format": "yyyy-mm-dd"})
            for name, rows in self.sheets.items():
                page = book.add_worksheet(name)
                page.set_column(0, 1, 22)
                for r, row in enumerate(rows):
                    for c, value in enumerate(row):
                        self._cell(page, name, r, c, value, day)
                for sheet, area, value in self.merges:
                    if sheet == name:
                        page.merge_range(area, value)
                for sheet, row in self.hidden_rows:
                    if sheet == name:
                        page.set_row(row - 1, None, None, {"hidden": True})
                for sheet, column in self.hidden_columns:
                    if sheet == name:
                        page.set_column(column, column, None, None, {"hidden": True})
                if name in self.hidden_sheets:
                    page.hide()
        if self.bare_formulas:
            strip_values(path)

    def _cell(self, page: object, name: str, r: int, c: int, value: object, day: object) -> None:
        found = self.formulas.get((name, r + 1, c))
        if found is not None:
            page.write_formula(r, c, found[0], None, found[1])
        elif isinstance(value, dt.date):
            page.write_datetime(r, c, dt.datetime(value.year, value.month, value.day), day)
        elif isinstance(value, str):
            page.write_string(r, c, value)
        elif value is not None:
            page.write_number(r, c, value)

    def csv(self, encoding: str, sheet: str = "企业") -> bytes:
        """One sheet as csv bytes."""
        text = io.StringIO()
        csv.writer(text).writerows([["" if v is None else str(v) for v in row] for row in self.rows(sheet)])
        return text.getvalue().encode(encoding)


def strip_values(path: Path) -> None:
    """Take the stored results of all formulas away, as programs that never calculate leave them."""
    with zipfile.ZipFile(path) as archive:
        parts = [(info, archive.read(info.filename)) for info in archive.infolist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for info, content in parts:
            if info.filename.startswith("xl/worksheets/sheet"):
                content = re.sub(rb"(</f>)<v>[^<]*</v>", rb"\1", content)
            archive.writestr(info, content)


def clean() -> Book:
    """The twin without a fault: 24 enterprises, two years each, some titles and patents."""
    main: list[list[object]] = [list(HEADINGS)]
    titles: list[list[object]] = [list(TITLES)]
    patents: list[list[object]] = [list(PATENTS)]
    for n in range(1, ENTERPRISES + 1):
        for year in (2024, 2025):
            main.append(_row(n, year))
        if n % 3 == 0:
            titles.append([code(n), "高新技术企业", dt.date(2024, 11, 1), dt.date(2027, 10, 31)])
        if n % 4 == 0:
            patents.append(
                [code(n), f"ZL2023{n:08d}.{n % 10}", "发明", dt.date(2023, 3, n), dt.date(2025, 6, n), "有效"]
            )
    return Book({"企业": main, "称号": titles, "专利": patents})


def _row(n: int, year: int) -> list[object]:
    growth = 115 if year == 2025 else 100
    staff = (60 + 7 * n) * growth // 100
    revenue = (3_000 + 410 * n) * growth / 100
    assets = (3_400 + 350 * n) * growth / 100
    debts = (1_400 + 130 * n) * growth / 100
    return [
        code(n), f"合成样本{n:02d}号企业", year, dt.date(2010 + n % 8, 1 + n % 12, 1 + n), _DISTRICTS[n % len(_DISTRICTS)].code,
        "工业", "小型", "是", staff, staff // 4, round(revenue, 2), round(revenue * 0.06, 2), round(assets, 2), round(debts, 2),
        round(round(assets, 2) - round(debts, 2), 2), n % 5, 2 + n / 8,
    ]  # fmt: skip
