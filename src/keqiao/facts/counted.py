"""Indicators counted from records, beside those that the main sheets supply."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from keqiao.facts.exact import text_of_stored
from keqiao.facts.problems import Findings
from keqiao.facts.records import Records, RowTest
from keqiao.facts.sources import Provenance
from keqiao.facts.wide import Wide
from keqiao.packs.records import Counted
from keqiao.rules.dimensions import SCALES
from keqiao.rules.quantities import Stored

#: Annual indicators are counted for at most so many years before the case's year.
YEARS_BACK = 10


@dataclass(slots=True)
class _Tally:
    """Per enterprise what was counted (None: no record yet), and whether it stays open."""

    totals: list[int | None]
    open: list[bool]

    def values(self, nothing: int | None) -> list[int | None]:
        """The counts; open ones are unknown, ``nothing`` stands where there is no record."""
        return [
            None if unsure else (nothing if total is None else total)
            for total, unsure in zip(self.totals, self.open, strict=True)
        ]


def count_records(
    wide: Wide, records: Records, counted: Counted, as_of: dt.date, findings: Findings, provenance: Provenance
) -> None:
    """Count one indicator for all enterprises and years, and lay it beside what is supplied.

    A sheet of records lists everything of the enterprises of the main sheet: none listed is 0. A
    record that may or may not count, for want of one of its fields, leaves the count unknown.
    """
    tallies = _count(wide, records, counted, as_of)
    absent = _absent(records, counted)
    if absent and any(any(tally.open) for tally in tallies.values()):
        findings.add(
            "note", "counted-not", records.sheets[0],
            f"{counted.indicator.label}：没有按{records.kind.title}表计数，表中没有列 {'、'.join(absent)}",
            f"{counted.indicator.id}: not counted, as the sheet has no column {', '.join(absent)}",
        )  # fmt: skip
        return
    unit = SCALES[counted.indicator.dimension.name] if counted.what == "count" else 1
    nothing = 0 if counted.what in ("count", "sum") else None
    title = records.kind.title
    for back, tally in tallies.items():
        values = [None if v is None else v * unit for v in tally.values(nothing)]
        none = sum(1 for v, total in zip(values, tally.totals, strict=True) if v is not None and total is None)
        if back == 0:
            _report(counted, records, wide.year, (sum(v is not None for v in values), none, sum(tally.open)), findings)
        _merge(wide, counted, back, values, title, findings, provenance)


def _absent(records: Records, counted: Counted) -> list[str]:
    """Labels of the fields it takes to count that no sheet has a column for."""
    reads = {counted.by, counted.field, *(RowTest(counted.where).reads if counted.where is not None else ())}
    given = {column.indicator.id for main, _ in records.cells for column in main.columns}
    return [p.indicator.label for p in records.kind.fields if p.indicator.id in reads - given]


def _count(wide: Wide, records: Records, counted: Counted, as_of: dt.date) -> dict[int, _Tally]:
    index = {key: i for i, key in enumerate(wide.keys)}
    size = len(wide.keys)
    rows = len(records.keys)
    holds: Sequence[bool | None] = [True] * rows
    if counted.where is not None:
        holds = RowTest(counted.where).results(records, as_of)
    days = records.values[counted.by] if counted.by is not None else [None] * rows
    amounts: Sequence[Stored | None] = records.values[counted.field] if counted.field is not None else [1] * rows
    backs_of, backs = _years(wide, counted, days)
    tallies = {back: _Tally([None] * size, [False] * size) for back in backs}
    for key, counts, day, amount in zip(records.keys, holds, days, amounts, strict=True):
        i = index.get(key)
        if i is None or counts is False:
            continue
        for back in backs_of(day):
            tally = tallies[back]
            if counts is None or amount is None or (day is None and counted.by is not None):
                tally.open[i] = True
            else:
                tally.totals[i] = _join(counted.what, tally.totals[i], int(amount))
    return tallies


def _join(what: str, total: int | None, amount: int) -> int:
    if total is None:
        return amount
    return max(total, amount) if what == "max" else min(total, amount) if what == "min" else total + amount


def _years(
    wide: Wide, counted: Counted, days: Sequence[Stored | None]
) -> tuple[Callable[[Stored | None], Sequence[int]], range]:
    """Which years back a record of a day belongs to, and all of them."""
    year_of = dt.date.fromordinal
    if counted.by is None:
        return (lambda day: (0,)), range(1)
    if counted.indicator.period == "annual":
        known = [year_of(int(day)).year for day in days if day is not None]
        most = min(YEARS_BACK, max(0, wide.year - min(known, default=wide.year)))
        every = range(most + 1)

        def annual(day: Stored | None) -> Sequence[int]:
            if day is None:
                return every
            back = wide.year - year_of(int(day)).year
            return (back,) if 0 <= back <= most else ()

        return annual, every
    first = wide.year - counted.years if counted.indicator.period == "event" else 0

    def window(day: Stored | None) -> Sequence[int]:
        return (0,) if day is None or first < year_of(int(day)).year <= wide.year else ()

    return window, range(1)


def _report(
    counted: Counted, records: Records, year: int, numbers: tuple[int, int, int], findings: Findings
) -> None:
    """Tell for how many enterprises the case's year was counted, for how many of them as 0, and how many stay open."""
    known, none, unsure = numbers
    when = counted.by is not None and counted.indicator.period != "static"
    label = f"{counted.indicator.label}（{year}年）" if when else counted.indicator.label
    name = f"{counted.indicator.id} ({year})" if when else counted.indicator.id
    title, place = records.kind.title, records.sheets[0]
    findings.add(
        "note", "counted", place,
        f"{label}：按{title}表计数得出 {known} 家，其中 {none} 家表中没有相应记录，计为 0",
        f"{name}: counted from {records.kind.title_en} for {known} enterprise(s), of which {none} "
        "have no such record and count 0",
    )  # fmt: skip
    if unsure:
        findings.add(
            "warning", "counted-open", place,
            f"{label}：有 {unsure} 家的{title}缺少计数所需的字段，不能确定，按未知处理",
            f"{name}: {unsure} enterprise(s) have records without the fields it takes to count; "
            "taken as unknown",
        )  # fmt: skip


def _merge(
    wide: Wide,
    counted: Counted,
    back: int,
    values: Sequence[int | None],
    title: str,
    findings: Findings,
    provenance: Provenance,
) -> None:
    slot = (counted.indicator.id, back)
    supplied = wide.values.get(slot)
    wide.indicators[counted.indicator.id] = counted.indicator
    source = f"{title}表计数"
    if supplied is None:
        if back == 0 or any(v is not None for v in values):
            wide.values[slot] = [*values]
            provenance.fill(slot, source, None)
        return
    out: list[Stored | None] = []
    for i, (given, found) in enumerate(zip(supplied, values, strict=True)):
        if given is None or found is None or given == found:
            out.append(found if given is None else given)
            if given is None and found is not None:
                provenance.took(slot, i, source)
            continue
        keep = given if counted.supplied_prevails else found
        out.append(keep)
        _differs(wide, counted, slot, i, (given, found), title, findings)
        provenance.both(slot, i, given, found, source, counted.supplied_prevails)
    wide.values[slot] = out


def _differs(
    wide: Wide,
    counted: Counted,
    slot: tuple[str, int],
    i: int,
    pair: tuple[Stored, Stored],
    title: str,
    findings: Findings,
) -> None:
    mark = wide.mark(slot, i) or wide.key_mark[i]
    given, found = (text_of_stored(counted.indicator, value) for value in pair)
    year = wide.year - slot[1]
    zh = "以填报数为准" if counted.supplied_prevails else "以计数为准"
    en = "the supplied value prevails" if counted.supplied_prevails else "the count prevails"
    findings.cell(
        "warning", "counted-differs", mark,
        f"{counted.indicator.label}：{year}年填报 {given}，按{title}表计数为 {found}，{zh}，请核对",
        f"{counted.indicator.id}: {given} is supplied for {year}, {found} counted from the records; {en}; check both",
    )  # fmt: skip
