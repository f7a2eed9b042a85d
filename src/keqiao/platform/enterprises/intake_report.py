"""What a check found, as an intake keeps it: problems with their cells, headings, counts; and the cells around."""

from __future__ import annotations

import re
from typing import Any

from keqiao.facts.problems import ImportReport, Mapped
from keqiao.facts.sheets import RawSheet
from keqiao.platform.enterprises.intake_advice import advise, offending
from keqiao.platform.enterprises.intake_cells import LEFT_OUT, Cells
from keqiao.rules.vocabulary import Vocabulary

#: Problems kept of one severity; the rest is counted, and stands in the marked copy.
KEPT = 500
_LONGEST = 120


def report_of(report: ImportReport, cells: Cells, vocabulary: Vocabulary) -> tuple[dict[str, Any], dict[str, Any]]:
    """The report as JSON, and by place the part of the sheet around each cell with an error or warning."""
    heads = _Heads(report.mapping, cells)
    problems: dict[str, list[dict[str, Any]]] = {"error": [], "warning": [], "note": []}
    around: dict[str, Any] = {}
    left_out = 0
    for problem in report.problems:
        if problem.code == "heading-unknown" and LEFT_OUT in problem.zh:
            left_out += 1
            continue
        listed = problems[problem.severity]
        if len(listed) >= KEPT:
            continue
        value = cells.text(problem.place)
        head, label, indicator = heads.of(problem.place)
        found = None if indicator is None else vocabulary.indicators.get(indicator)
        shown = None if value is None else [part[:_LONGEST] for part in offending(problem.code, value)]
        listed.append({
            "place": problem.place, "code": problem.code, "zh": problem.zh, "en": problem.en, "column": head, "label": label,
            "value": shown, "advice": [] if value is None or problem.severity == "note" else advise(problem.code, value, found),
        })  # fmt: skip
        if problem.severity != "note" and value is not None and problem.place not in around:
            around[problem.place] = cells.around(problem.place, heads.row(problem.place))
    return {
        "errors": report.errors, "warnings": report.warnings - left_out, "notes": report.notes, "rows": report.rows,
        "enterprises": report.enterprises, "titles": report.titles, "records": report.records, "left_out": left_out,
        "sheets": len(cells.sheets), "cells": sum(len(s.rows) * max(map(len, s.rows), default=0) for s in cells.sheets),
        "problems": problems, "mapping": _mapping(report, cells),
        "marked": report.marked_copy.name if report.marked_copy else "",
    }, around  # fmt: skip


def _mapping(report: ImportReport, cells: Cells) -> list[dict[str, Any]]:
    """Every heading: what it was read as, or that it is not imported, with the nearest indicators."""
    found: list[dict[str, Any]] = [
        {"place": m.place, "heading": m.heading, "indicator": m.indicator, "label": m.label, "unit": m.unit, "year": m.year, "near": []}
        for m in report.mapping
    ]
    for problem in report.problems:
        if problem.code in ("heading-unknown", "heading-twice", "heading-ambiguous", "heading-unit", "static-year"):
            near = re.findall(r"相近的指标：(.*)$", problem.zh)
            heading = cells.text(problem.place) or ""
            found.append({
                "place": problem.place, "heading": heading.removeprefix(LEFT_OUT), "indicator": "", "label": "", "unit": "", "year": None,
                "near": near[0].split("、") if near else [], "code": problem.code,
            })  # fmt: skip
    return found


class _Heads:
    """Headings by column, so that a cell's column has a name."""

    def __init__(self, mapping: list[Mapped], cells: Cells) -> None:
        self._cells = cells
        self._by_column: dict[tuple[int, int], Mapped] = {}
        self._rows: dict[int, int] = {}
        for mapped in mapping:
            found = cells.find(mapped.place)
            if found is not None:
                sheet, row, column = found
                self._by_column[id(sheet), column] = mapped
                self._rows[id(sheet)] = max(row, self._rows.get(id(sheet), 0))

    def row(self, place: str) -> int | None:
        """The row of headings of the sheet of a place."""
        found = self._cells.find(place)
        return None if found is None else self._rows.get(id(found[0]))

    def of(self, place: str) -> tuple[str, str, str | None]:
        """The heading above a cell, the label and the id of its indicator."""
        found = self._cells.find(place)
        if found is None:
            return "", "", None
        sheet, _, column = found
        mapped = self._by_column.get((id(sheet), column))
        if mapped is not None:
            return mapped.heading, mapped.label, mapped.indicator
        return _head_text(sheet, self._rows.get(id(sheet)), column), "", None


def _head_text(sheet: RawSheet, row: int | None, column: int) -> str:
    return "" if row is None or column >= len(sheet.rows[row]) else " ".join(str(sheet.rows[row][column]).split())
