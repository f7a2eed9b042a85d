"""From the sheets' rows to one row an enterprise: columns by indicator and years back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa  # type: ignore[import-untyped, unused-ignore]

from keqiao.facts.compact import Marks, Rows
from keqiao.facts.keys import Key
from keqiao.facts.mainsheet import BAD_YEAR, MOST_YEARS_BACK, Column, MainSheet
from keqiao.facts.problems import Findings, Mark
from keqiao.facts.sheets import text_of
from keqiao.facts.titles import Title, Titles
from keqiao.rules.dimensions import SCALES
from keqiao.rules.quantities import Stored
from keqiao.rules.vocabulary import Indicator, Vocabulary

_UNIX = dt.date(1970, 1, 1).toordinal()

#: An indicator and how many years before the case's year (0 for static ones).
Slot = tuple[str, int]

TITLES_TYPE = pa.list_(pa.struct([("title", pa.string()), ("from", pa.date32()), ("to", pa.date32())]))


@dataclass(slots=True)
class Feed:
    """A column of a sheet that fills a slot: enterprise index to row index of the sheet."""

    main: MainSheet
    column: Column
    row_of: Mapping[int, int]


@dataclass(slots=True)
class Wide:
    """The enterprises in key order, and their stored values by slot."""

    year: int
    keys: list[Key]
    indicators: dict[str, Indicator] = field(default_factory=dict)
    values: dict[Slot, list[Stored | None]] = field(default_factory=dict)
    feeds: dict[Slot, list[Feed]] = field(default_factory=dict)
    key_mark: MutableMapping[int, Mark] = field(init=False)

    def __post_init__(self) -> None:
        self.key_mark = Marks(len(self.keys))

    def mark(self, slot: Slot, enterprise: int) -> Mark | None:
        """The cell that gave a value."""
        for feed in self.feeds.get(slot, ()):
            row = feed.row_of.get(enterprise)
            if row is not None and feed.column.values[row] is not None:
                return Mark(feed.main.sheet, feed.main.rows[row], feed.column.column)
        return None

    def years_back(self) -> list[int]:
        """The years that any indicator has values for, as years back, newest first."""
        return sorted({back for id, back in self.values if self.indicators[id].period != "static"})


def widen(mains: Sequence[MainSheet], year: int, findings: Findings) -> Wide:
    """Bring all main sheets together; reports duplicates and static values that differ."""
    keys = sorted({k for main in mains for k in main.keys if k is not None})
    wide = Wide(year, keys)
    index = {key: i for i, key in enumerate(keys)}
    for main in mains:
        _add_sheet(wide, main, index, findings)
    return wide


def _add_sheet(wide: Wide, main: MainSheet, index: dict[Key, int], findings: Findings) -> None:
    by_year = _rows_by_year(wide, main, index, findings)
    clashes: set[int] = set()
    for column in main.columns:
        if column.indicator.is_title or (column.year is not None and main.year_column is not None):
            continue  # two kinds of years are told at the heading
        wide.indicators[column.indicator.id] = column.indicator
        if column.indicator.period == "static":
            _fill_static(wide, main, column, index, findings)
            continue
        for back, row_of in by_year.items():
            real = back if column.year is None else wide.year - column.year
            if 0 <= real <= MOST_YEARS_BACK:
                clashes |= _fill(wide, (column.indicator.id, real), Feed(main, column, row_of))
    for row in sorted(clashes):
        key = main.keys[row]
        findings.cell(
            "error", "duplicate", Mark(main.sheet, main.rows[row], main.key_column),
            f"“{key[1] if key else ''}”同一年的同一指标已在另一张表给出，请只留一处",
            f"{key[1] if key else ''!r} has the same indicator and year on another sheet; keep one",
        )  # fmt: skip


def _rows_by_year(wide: Wide, main: MainSheet, index: dict[Key, int], findings: Findings) -> dict[int, Rows]:
    """Years back to enterprise to row; without a year column all rows are at 0."""
    size, marks = len(wide.keys), wide.key_mark
    table: dict[int, Rows] = {} if main.year_column is not None else {0: Rows(size)}
    later: list[int] = []
    for row, (key, year) in enumerate(zip(main.keys, main.years, strict=True)):
        if key is None or year == BAD_YEAR:
            continue
        i = index[key]
        if i not in marks:
            marks[i] = Mark(main.sheet, main.rows[row], main.key_column)
        back = 0 if year is None else wide.year - year
        if back > MOST_YEARS_BACK:
            _too_old(main, row, findings)
            continue
        if back < 0:
            later.append(row)
        known = table.get(back)
        if known is None:
            known = table[back] = Rows(size)
        if i in known:
            _duplicate(main, row, known[i], year, key, findings)
        else:
            known[i] = row
    if later:
        _later(wide, main, later, findings)
    return table


def _duplicate(main: MainSheet, row: int, first: int, year: int | None, key: Key, findings: Findings) -> None:
    zh = f"{year}年" if year is not None else ""
    en = f" in {year}" if year is not None else ""
    place = main.sheet.place(main.rows[first], main.key_column)
    findings.cell(
        "error", "duplicate", Mark(main.sheet, main.rows[row], main.key_column),
        f"“{key[1]}”{zh}重复，第一次在 {place}"
        + ("；若各行是不同年份，请加“年度”列" if year is None else ""),
        f"{key[1]!r}{en} is repeated, first at {place}"
        + ("; where the rows are years, add a column 年度" if year is None else ""),
    )  # fmt: skip


def _too_old(main: MainSheet, row: int, findings: Findings) -> None:
    year = main.years[row]
    findings.cell(
        "error", "year", Mark(main.sheet, main.rows[row], main.year_column or 0),
        f"年度 {year} 比评价年度早 {MOST_YEARS_BACK} 年以上，请核对",
        f"the year {year} lies more than {MOST_YEARS_BACK} years back; check it",
    )  # fmt: skip


def _later(wide: Wide, main: MainSheet, rows: list[int], findings: Findings) -> None:
    findings.cell(
        "warning", "later-year", Mark(main.sheet, main.rows[rows[0]], main.year_column or 0),
        f"有 {len(rows)} 行的年度晚于评价年度 {wide.year}，其逐年数据没有导入",
        f"{len(rows)} row(s) are of years after {wide.year}; their yearly values are not imported",
    )  # fmt: skip


def _fill(wide: Wide, slot: Slot, feed: Feed) -> set[int]:
    out = wide.values.get(slot)
    if out is None:
        out = wide.values[slot] = [None] * len(wide.keys)
    wide.feeds.setdefault(slot, []).append(feed)
    values = feed.column.values
    clashes: set[int] = set()
    for i, row in feed.row_of.items():
        value = values[row]
        if value is None:
            continue
        if out[i] is not None:
            clashes.add(row)
        else:
            out[i] = value
    return clashes


def _fill_static(wide: Wide, main: MainSheet, column: Column, index: dict[Key, int], findings: Findings) -> None:
    slot = (column.indicator.id, 0)
    out = wide.values.setdefault(slot, [None] * len(wide.keys))
    row_of = Rows(len(wide.keys))
    feed = Feed(main, column, row_of)
    wide.feeds.setdefault(slot, []).append(feed)
    for row, (key, value) in enumerate(zip(main.keys, column.values, strict=True)):
        if key is None or value is None:
            continue
        i = index[key]
        if out[i] is None:
            out[i] = value
            row_of[i] = row
        elif out[i] != value:
            first = wide.mark(slot, i)
            place = first.sheet.place(first.row, first.column) if first else ""
            shown = text_of(main.sheet.rows[main.rows[row]][column.column])
            findings.cell(
                "error", "static-differs", Mark(main.sheet, main.rows[row], column.column),
                f"{column.indicator.label}：“{shown}”与 {place} 不同；这一项不随年份变化，各行应一致",
                f"{column.indicator.id}: {shown!r} differs from {place}; it does not change by year",
            )  # fmt: skip


def to_table(wide: Wide, vocabulary: Vocabulary, titles: Titles | None) -> pa.Table:
    """The snapshot's table, rows by scheme and id, columns in the vocabulary's order."""
    columns: dict[str, pa.Array] = {
        "scheme": pa.array([k[0] for k in wide.keys], pa.string()),
        "id": pa.array([k[1] for k in wide.keys], pa.string()),
    }
    for id in vocabulary.sort(wide.indicators):
        for back in sorted({0, *(b for i, b in wide.values if i == id)}):
            values = wide.values.get((id, back), [None] * len(wide.keys))
            if back == 0 or any(v is not None for v in values):
                name = id if back == 0 else f"{id}__{back}"
                columns[name] = to_array(wide.indicators[id], values)
    held = None if titles is None else [titles.of.get(k, []) for k in wide.keys]
    columns["titles"] = (
        pa.nulls(len(wide.keys), TITLES_TYPE)
        if held is None
        else pa.array([[_title(t) for t in row] for row in held], TITLES_TYPE)
    )
    return pa.table(columns)


def to_array(indicator: Indicator, values: Sequence[Stored | None]) -> pa.Array:
    """Stored values as an Arrow array of the snapshot's type (dates from ordinals)."""
    name = indicator.dimension.name
    if name in SCALES:
        return pa.array(values, pa.int64())
    if name == "date":
        days = [None if v is None else int(v) - _UNIX for v in values]
        return pa.array(days, pa.int32()).cast(pa.date32())
    return pa.array(values, pa.bool_() if name == "flag" else pa.string())


def _title(title: Title) -> dict[str, object]:
    day = dt.date.fromordinal
    return {
        "title": title.id,
        "from": None if title.first is None else day(title.first),
        "to": None if title.last is None else day(title.last),
    }


def columns_of_year(wide: Wide, back: int, ids: Sequence[str]) -> list[list[Stored | None]]:
    """The values of ``ids`` in the year ``back``, alongside the keys; static ones are the same in every year."""
    nothing: list[Stored | None] = [None] * len(wide.keys)
    return [
        wide.values.get((id, 0 if id in wide.indicators and wide.indicators[id].period == "static" else back), nothing)
        for id in ids
    ]
