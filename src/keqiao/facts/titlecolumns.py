"""Titles given as columns of 是/否 beside a sheet of titles."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from keqiao.facts.mainsheet import Column, MainSheet
from keqiao.facts.problems import Findings, Mark
from keqiao.facts.titles import Title, TitleReader


def merge_title_columns(
    mains: Sequence[MainSheet], held: TitleReader, year: int, as_of: dt.date, findings: Findings
) -> None:
    """Add titles marked 是 in columns; 否 must not contradict the sheet of titles.

    Without such a sheet the columns are refused: the titles that no column names would be
    unknown, and a snapshot holds either all titles of an enterprise or none.
    """
    for main in mains:
        for column in main.columns:
            if not column.indicator.is_title:
                continue
            if held.given:
                _merge(main, column, held, year, as_of, findings)
            else:
                label = column.indicator.label
                findings.cell(
                    "error", "title-column", Mark(main.sheet, main.heading_row, column.column),
                    f"称号“{label}”写成了一列；请改用 称号 表（统一社会信用代码、称号、起始日、截止日），"
                    "列出企业持有的全部称号，否则其他称号无从知道有无",
                    f"the title {column.indicator.id} is given as a column; use a sheet 称号 (code, title, "
                    "from, to) with all titles held, for otherwise the other titles stay unknown",
                )  # fmt: skip


def _merge(main: MainSheet, column: Column, held: TitleReader, year: int, as_of: dt.date, findings: Findings) -> None:
    id, today = column.indicator.id, as_of.toordinal()
    for row, value in enumerate(column.values):
        key = main.keys[row]
        if key is None or value is None or main.years[row] not in (None, year):
            continue
        key = held.renames.get(key, key)
        entries = [t for t in held.titles.of.get(key, []) if t.id == id]
        in_force = [t for t in entries if _in_force(t, today)]
        if value and not entries:
            held.titles.add(key, Title(id, None, None))
        elif bool(value) != bool(in_force):
            findings.cell(
                "error", "title-conflict", Mark(main.sheet, main.rows[row], column.column),
                f"{column.indicator.label}：这一列与 称号 表不一致（基准日 {as_of}）",
                f"{id}: this column contradicts the sheet of titles as of {as_of}",
            )  # fmt: skip


def _in_force(title: Title, today: int) -> bool:
    return (title.first is None or title.first <= today) and (title.last is None or today <= title.last)
