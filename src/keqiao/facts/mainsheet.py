"""A sheet of enterprises: its rows with keys and years, and its cells as stored values."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from operator import itemgetter

from keqiao.facts.cells import NumberReader, Tally
from keqiao.facts.headings import Headings, fold
from keqiao.facts.headrows import HeadingRows, read_heading_rows
from keqiao.facts.keys import BadKey, Key, read_key
from keqiao.facts.problems import Findings, Mark
from keqiao.facts.remarks import report_cells, report_dates, report_tally
from keqiao.facts.sheets import RawSheet, is_blank, text_of
from keqiao.facts.values import read_dates, read_words
from keqiao.rules.dimensions import SCALES
from keqiao.rules.quantities import Stored
from keqiao.rules.vocabulary import Indicator

#: Indicators that may be below zero; a name with one of the words may be as well.
MAY_BE_NEGATIVE = frozenset({"net_profit", "net_profit_recurring", "operating_cash_flow", "net_assets", "roe"})
_NEGATIVE_WORDS = ("利润", "现金流", "净资产", "所有者权益", "收益率", "增长", "增速", "盈亏", "损益")

#: The furthest year back that is kept, counted from the case's year.
MOST_YEARS_BACK = 30

#: The year of a row whose year cell is wrong.
BAD_YEAR = -1


@dataclass(slots=True)
class Column:
    """One imported column; ``year`` is that of its heading, None where the row tells it."""

    indicator: Indicator
    column: int
    unit: str | None
    year: int | None
    values: list[Stored | None] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class MainSheet:
    """The rows of enterprises of one sheet.

    ``heading_row`` is the last row of headings and ``heads`` their texts. ``rows`` are indexes into
    the sheet; ``keys`` and ``years`` run alongside (None: wrong or, for a year, not given by the row).
    """

    sheet: RawSheet
    heading_row: int
    key_column: int
    scheme: str
    year_column: int | None = None
    source_column: int | None = None
    heads: HeadingRows = field(default_factory=lambda: HeadingRows(0, 0, [], []))
    columns: list[Column] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    keys: list[Key | None] = field(default_factory=list)
    years: list[int | None] = field(default_factory=list)

    def mark(self, index: int, column: int) -> Mark:
        """The cell of a data row (by its index) for a problem."""
        return Mark(self.sheet, self.rows[index], column)


def open_main(sheet: RawSheet, row: int, key_column: int, scheme: str, headings: Headings) -> MainSheet:
    """A sheet of enterprises whose key's heading was found; its headings may stand in two rows."""
    heads = read_heading_rows(sheet, row, key_column, headings)
    return MainSheet(sheet, heads.bottom, key_column, scheme, heads=heads)


def read_rows(main: MainSheet, findings: Findings) -> None:
    """Fill rows, keys and years, reporting wrong ones."""
    sheet = main.sheet
    good: dict[tuple[type, object], str] = {}
    for r in range(main.heading_row + 1, len(sheet.rows)):
        row = sheet.rows[r]
        if row[main.key_column] == "" and is_blank(row):
            continue
        main.rows.append(r)
        value = row[main.key_column]
        known = good.get((value.__class__, value))
        try:
            if known is None:
                known = good[value.__class__, value] = read_key(main.scheme, value)
            main.keys.append((main.scheme, known))
        except BadKey as error:
            if not sheet.is_broken(r, main.key_column):
                findings.cell("error", error.code, Mark(sheet, r, main.key_column), error.zh, error.en)
            main.keys.append(None)
            if error.code == "no-key":  # a total or a remark has no year either
                main.years.append(BAD_YEAR)
                continue
        main.years.append(_row_year(main, r, findings))


def _row_year(main: MainSheet, r: int, findings: Findings) -> int | None:
    if main.year_column is None:
        return None
    value = main.sheet.rows[r][main.year_column]
    text = _bare_year(text_of(value))
    if text.isdigit() and 1949 <= int(text) <= 2200:
        return int(text)
    if main.sheet.is_broken(r, main.year_column):
        return BAD_YEAR
    findings.cell(
        "error", "year", Mark(main.sheet, r, main.year_column),
        f"年度“{text_of(value)}”读不懂，应为四位年份，如 2025",
        f"the year {text_of(value)!r} cannot be read; write four digits such as 2025",
    )  # fmt: skip
    return BAD_YEAR


def _bare_year(text: str) -> str:
    folded = fold(text)
    for ending in ("年度", "年"):
        folded = folded.removesuffix(ending)
    return folded


def may_be_negative(indicator: Indicator) -> bool:
    """Whether values below zero make sense: profits, cash flows, net assets, returns, growth."""
    return indicator.id in MAY_BE_NEGATIVE or any(w in indicator.label for w in _NEGATIVE_WORDS)


def read_column(main: MainSheet, column: Column, as_of: dt.date, findings: Findings) -> None:
    """Read the cells of one column into ``column.values``, alongside ``main.rows``."""
    sheet, c, indicator = main.sheet, column.column, column.indicator
    cells: list[object] = list(map(itemgetter(c), map(sheet.rows.__getitem__, main.rows)))
    tally = Tally()

    def fail(i: int, code: str, zh: str, en: str) -> None:
        mark = Mark(sheet, main.rows[i], c)
        findings.cell("error", code, mark, f"{indicator.label}：{zh}", f"{indicator.id}: {en}")

    name = indicator.dimension.name
    if name in SCALES:
        styled = sheet.percent.get(c, set())
        percent = {i for i, r in enumerate(main.rows) if r in styled} if styled else set()
        reader = NumberReader(name, column.unit, may_be_negative(indicator), percent, fail, tally)
        column.values = [*reader.read(cells)]
    elif name == "date":
        column.values = [*read_dates(cells, sheet.date1904, sheet.is_csv, fail, tally)]
        report_dates(column.values, as_of, main.rows, sheet, c, indicator.label, findings)
    else:
        column.values = [*read_words(indicator, cells, fail)]
    report_tally(tally, indicator.label, main.rows, sheet, c, findings)


def report_structure(main: MainSheet, findings: Findings) -> None:
    """Report error values, formulas without value, merged cells and hidden parts of the data."""
    sheet = main.sheet
    used = {main.key_column, *(c.column for c in main.columns)}
    if main.year_column is not None:
        used.add(main.year_column)
    report_cells(sheet, main.heading_row, used, findings)
