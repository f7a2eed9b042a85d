"""What an import finds: problems at their cells, counted, listed up to a limit, and the report."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from keqiao.errors import KeqiaoError, say
from keqiao.facts.sheets import RawSheet

Severity = Literal["error", "warning", "note"]

#: Problems listed per code; the rest is counted in one line.
LISTED = 200
#: Cells marked in the copy per code; beyond it a sheet is wrong as a whole.
MARKED = 20_000

_ORDER: dict[Severity, int] = {"error": 0, "warning": 1, "note": 2}


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding: an ``error`` refuses the import, a ``warning`` and a ``note`` do not.

    ``place`` is ``表名!D7`` (csv: ``D7``, after the file's name where there are several files),
    a sheet's or a file's name; ``code`` is stable, ``zh`` and ``en`` are whole sentences.
    """

    severity: Severity
    place: str
    code: str
    zh: str
    en: str

    @property
    def message(self) -> str:
        """The sentence in the current language, without the place."""
        return say(self.zh, self.en)

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.place else self.message


@dataclass(frozen=True, slots=True)
class Mark:
    """A cell of a sheet to be marked in the copy; row and column count from 0."""

    sheet: RawSheet
    row: int
    column: int


@dataclass(slots=True)
class Findings:
    """Collects problems; every one is counted, the first `LISTED` of a code are listed."""

    listed: list[Problem] = field(default_factory=list)
    marks: dict[tuple[int, int, int], list[Problem]] = field(default_factory=dict)
    marked_sheets: dict[int, RawSheet] = field(default_factory=dict)
    counts: Counter[tuple[Severity, str]] = field(default_factory=Counter)
    _last: dict[tuple[Severity, str], str] = field(default_factory=dict)

    def add(self, severity: Severity, code: str, place: str, zh: str, en: str) -> None:
        """Record a problem of a file, a sheet or the whole import."""
        self._count(Problem(severity, place, code, zh, en))

    def cell(self, severity: Severity, code: str, mark: Mark, zh: str, en: str) -> None:
        """Record a problem of one cell; errors and warnings mark it in the copy."""
        problem = Problem(severity, mark.sheet.place(mark.row, mark.column), code, zh, en)
        shown = self._count(problem)
        if severity != "note" and self.counts[severity, code] <= MARKED:
            key = (id(mark.sheet), mark.row, mark.column)
            self.marked_sheets[key[0]] = mark.sheet
            comments = self.marks.setdefault(key, [])
            if shown:
                comments.append(problem)

    def _count(self, problem: Problem) -> bool:
        key = (problem.severity, problem.code)
        self.counts[key] += 1
        if self.counts[key] <= LISTED:
            self.listed.append(problem)
            return True
        self._last[key] = problem.place
        return False

    def total(self, severity: Severity) -> int:
        """How many problems of a severity were found, listed or not."""
        return sum(n for (s, _), n in self.counts.items() if s == severity)

    def problems(self) -> list[Problem]:
        """The list for the reader: errors first, by sheet, row and column; what is not listed is counted."""
        lines = list(self.listed)
        for (severity, code), last in self._last.items():
            more = self.counts[severity, code] - LISTED
            lines.append(
                Problem(
                    severity, last, code,
                    f"同类问题（{code}）还有 {more} 处未逐一列出，最后一处在此",
                    f"{more} more of the kind {code} are not listed; the last one is here",
                )
            )  # fmt: skip
        return sorted(lines, key=lambda p: (_ORDER[p.severity], *_reading_order(p.place)))


@dataclass(frozen=True, slots=True)
class Mapped:
    """How one heading was read: ``unit`` is the unit its plain numbers are taken in."""

    sheet: str
    place: str
    heading: str
    indicator: str
    label: str
    unit: str
    year: int | None


@dataclass(slots=True)
class ImportReport:
    """What an import read and found.

    ``enterprises`` counts distinct keys, ``rows`` data rows of the main sheets, ``titles`` title
    entries (None where no 称号 sheet was given), ``records`` records by the title of their kind. ``snapshot`` is set on success, ``marked_copy``
    after a refusal. ``errors``, ``warnings`` and ``notes`` count what was found, listed or not.
    """

    problems: list[Problem] = field(default_factory=list)
    mapping: list[Mapped] = field(default_factory=list)
    enterprises: int = 0
    rows: int = 0
    titles: int | None = None
    records: dict[str, int] = field(default_factory=dict)
    errors: int = 0
    warnings: int = 0
    notes: int = 0
    snapshot: Path | None = None
    marked_copy: Path | None = None

    def take(self, findings: Findings) -> None:
        """Fill the problems and their counts."""
        self.problems = findings.problems()
        self.errors = findings.total("error")
        self.warnings = findings.total("warning")
        self.notes = findings.total("note")


class ImportRefused(KeqiaoError):
    """The sheets hold errors; nothing was imported. ``report`` says where and what."""

    def __init__(self, report: ImportReport) -> None:
        copy = report.marked_copy
        where_zh = f"，标注副本：{copy.name}" if copy else ""
        where_en = f"; marked copy: {copy.name}" if copy else ""
        super().__init__(
            f"发现 {report.errors} 处错误，未导入任何数据{where_zh}",
            f"{report.errors} error(s) found; nothing was imported{where_en}",
        )
        self.report = report


def _reading_order(place: str) -> tuple[str, int, int, str]:
    """Sheet, row, column of a place, so that problems are read as the sheet is; places without a cell first."""
    cell = re.search(r"([A-Z]{1,3})(\d+)$", place)
    if cell is None:
        record = re.search(r"(?: 第| record | row )(\d+)", place)  # of a json or Parquet file
        return (place, 0, 0, "") if record is None else (place[: record.start()], int(record[1]), 0, place)
    return place[: cell.start()], int(cell[2]), len(cell[1]), cell[1]
