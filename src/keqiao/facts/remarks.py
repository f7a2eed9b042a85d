"""Problems of whole columns and of a sheet's structure, put into sentences."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

from keqiao.facts.cells import Tally
from keqiao.facts.problems import Findings, Mark, Severity
from keqiao.facts.sheets import RawSheet, column_letters
from keqiao.rules.quantities import Stored

_REMARKS: dict[str, tuple[Severity, str, str]] = {
    "full-width": ("note", "全角数字已按半角读取", "full-width digits were read"),
    "thousands": ("note", "千位分隔符已略去", "thousands separators were read"),
    "unit-in-cell": ("note", "单元格自带单位，已换算", "cells with their own unit were converted"),
    "date-text": ("note", "文字写成的日期已读取", "dates written as text were read"),
    "date-serial": ("note", "日期序列号已换算", "date serial numbers were converted"),
    "rounded": (
        "warning",
        "数值比可保存的精度更细，已四舍五入",
        "values finer than the stored scale were rounded half away from zero",
    ),
}


def report_tally(
    tally: Tally, label: str, rows: Sequence[int], sheet: RawSheet, column: int, findings: Findings
) -> None:
    """One line per remark on a column, at its first cell, with the number of cells."""
    for code, (first, count) in tally.seen.items():
        severity, zh, en = _REMARKS[code]
        findings.cell(
            severity, code, Mark(sheet, rows[first], column),
            f"{label}：{zh}（本列 {count} 格，此处为第一格）",
            f"{label}: {en} ({count} cell(s) in this column, this is the first)",
        )  # fmt: skip


def report_dates(
    ordinals: Sequence[Stored | None],
    as_of: dt.date,
    rows: Sequence[int],
    sheet: RawSheet,
    column: int,
    label: str,
    findings: Findings,
) -> None:
    """Warn of dates after the as-of day."""
    limit = as_of.toordinal()
    for i, ordinal in enumerate(ordinals):
        if ordinal is not None and not isinstance(ordinal, str) and ordinal > limit:
            day = dt.date.fromordinal(ordinal)
            findings.cell(
                "warning", "future-date", Mark(sheet, rows[i], column),
                f"{label}：{day} 晚于基准日 {as_of}",
                f"{label}: {day} is after the as-of day {as_of}",
            )  # fmt: skip


def report_cells(sheet: RawSheet, heading_row: int, used: Collection[int], findings: Findings) -> None:
    """Report broken cells and merges below the headings, and warn of what is hidden.

    ``used`` are the columns that are imported; error values elsewhere do no harm.
    """
    for (r, c), text in sorted(sheet.errors.items()):
        if r > heading_row and c in used:
            findings.cell(
                "error", "excel-error", Mark(sheet, r, c),
                f"单元格是 Excel 错误值 {text}，请改正公式或留空",
                f"the cell holds the Excel error {text}; mend the formula or leave it empty",
            )  # fmt: skip
    for r, c in sorted(sheet.no_value):
        if r > heading_row and c in used:
            findings.cell(
                "error", "formula-no-value", Mark(sheet, r, c),
                "公式没有计算结果，请在 Excel 中打开并保存一次，或粘贴为数值",
                "the formula was never calculated; open and save it in Excel, or paste values",
            )  # fmt: skip
    for top, left, bottom, right in sheet.merges:
        if bottom > heading_row and any(left <= c <= right for c in used):
            area = f"{column_letters(left)}{top + 1}:{column_letters(right)}{bottom + 1}"
            findings.cell(
                "error", "merged", Mark(sheet, max(top, heading_row + 1), left),
                f"数据区有合并单元格 {area}，请取消合并并在每格填值",
                f"merged cells {area} in the data; unmerge them and fill every cell",
            )  # fmt: skip
    _report_hidden(sheet, heading_row, used, findings)


def _report_hidden(sheet: RawSheet, heading_row: int, used: Collection[int], findings: Findings) -> None:
    if sheet.hidden:
        findings.add(
            "warning", "hidden-sheet", sheet.title, "工作表是隐藏的，其内容仍已读入",
            "the sheet is hidden; its content is read all the same",
        )  # fmt: skip
    rows = [r for r in sheet.hidden_rows if heading_row < r < len(sheet.rows)]
    if rows:
        findings.cell(
            "warning", "hidden-rows", Mark(sheet, rows[0], min(used)),
            f"有 {len(rows)} 行被隐藏或筛掉（从第 {rows[0] + 1} 行起），其内容仍已读入",
            f"{len(rows)} hidden row(s) from row {rows[0] + 1} are read all the same",
        )  # fmt: skip
    for c in sheet.hidden_columns:
        if c in used:
            findings.cell(
                "warning", "hidden-column", Mark(sheet, heading_row, c),
                f"{column_letters(c)} 列是隐藏的，其内容仍已读入",
                f"column {column_letters(c)} is hidden; its content is read all the same",
            )  # fmt: skip
