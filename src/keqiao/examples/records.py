"""The records of a synthetic enterprise: its invention patents and equity rounds, from which indicators are counted.

They follow from the facts, so that what is counted from them equals what the enterprise reports.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from keqiao.examples.draws import Draw
from keqiao.examples.profile import Facts, Profile

#: Indicators that the workbook leaves to be counted from the records; the others that can be counted are given as well.
COUNTED = frozenset({"equity_raised", "invention_applications", "pct_applications"})

_EARLY = ("种子轮", "天使轮", "Pre-A轮", "A轮")
_LATER = ("B轮", "B+轮", "C轮", "D轮及以后", "战略投资")


@dataclass(frozen=True, slots=True)
class Patent:
    """An invention with a number that no office gives: ``state`` is 有效 (in force, with ``granted``), 审中 (pending) or 失效 (lapsed)."""

    number: str
    route: str
    applied: dt.date
    granted: dt.date | None
    state: str


@dataclass(frozen=True, slots=True)
class Round:
    """Equity paid in by one investor: ``amount`` in 万元."""

    name: str
    amount: Decimal
    paid: dt.date
    investor: str


def draw_patents(profile: Profile, rows: Sequence[Facts]) -> list[Patent]:
    """The inventions behind the stock in force at the end of each year and the applications of each year.

    Those granted in a year were applied for in the two years before where those have enough applications, else
    earlier; what is not granted is pending or has lapsed. ``rows`` are without gaps, oldest first.
    """
    draw = profile.draw("patents")
    open_ = {_whole(row, "year"): [_whole(row, "invention_applications"), _whole(row, "pct_applications")] for row in rows}
    first, stock = min(open_), 0
    found: list[tuple[dt.date, dt.date | None, str, str]] = []
    for row in rows:
        year, more = _whole(row, "year"), _whole(row, "invention_patents") - stock
        stock += more
        for _ in range(more):
            granted = draw.day(dt.date(year - 4 if year == first else year, 1, 1), dt.date(year, 12, 31))
            found.append(_granted(draw, granted, first, open_))
    for year, (left, pct) in open_.items():
        for i in range(left):
            lapsed = draw.chance(0.2 if year < max(open_) else 0.03)
            applied = draw.day(dt.date(year, 1, 1), dt.date(year, 12, 31))
            found.append((applied, None, "失效" if lapsed else "审中", "PCT" if i < pct else "国内"))
    found.sort(key=lambda one: (one[0], one[1] or dt.date.max, one[2:]))
    return [
        Patent(f"SYN{applied.year}-{profile.number:06d}-{i:03d}", route, applied, granted, state)
        for i, (applied, granted, state, route) in enumerate(found, 1)
    ]


def _granted(
    draw: Draw, granted: dt.date, first: int, open_: dict[int, list[int]]
) -> tuple[dt.date, dt.date, str, str]:
    """An invention in force; it uses up an application of its year, or is older than the years of the sheet."""
    back = draw.whole(1, 4)
    for year in (granted.year - 2, granted.year - 1):
        if open_.get(year, [0, 0])[0] > open_.get(year, [0, 0])[1]:
            open_[year][0] -= 1
            return draw.day(dt.date(year, 1, 1), dt.date(year, 12, 31)), granted, "有效", "国内"
    year = min(granted.year - back, first - 1)
    return draw.day(dt.date(year, 1, 1), dt.date(year, 12, 31)), granted, "有效", "国内"


def draw_rounds(profile: Profile, rows: Sequence[Facts]) -> list[Round]:
    """The rounds behind what was raised in each year, in all, and up to round A. ``rows`` are without gaps, oldest first."""
    draw = profile.draw("rounds")
    start = _money(rows[0], "equity_raised_total") - _money(rows[0], "equity_raised")
    early = _money(rows[0], "early_round_raised")
    found: list[tuple[dt.date, Decimal, bool]] = []
    year, raised = _whole(rows[0], "year"), _money(rows[0], "equity_raised")
    opening_early = early - raised if _counts_early(profile, rows[0]) else early
    for amount, is_early in ((opening_early, True), (start - opening_early, False)):
        if amount:
            back = draw.whole(2, 4) if is_early else 1
            found.append((draw.day(dt.date(year - back, 1, 1), dt.date(year - back, 12, 31)), amount, is_early))
    before = opening_early
    for row in rows:
        year, raised, early = _whole(row, "year"), _money(row, "equity_raised"), _money(row, "early_round_raised")
        if raised:
            found.append((draw.day(dt.date(year, 1, 1), dt.date(year, 12, 31)), raised, early > before))
        before = early
    kinds = {True: iter(_names(_EARLY, draw)), False: iter(_names(_LATER, draw))}
    return [Round(next(kinds[is_early]), amount, paid, f"合成创投{draw.whole(1, 60):02d}号基金") for paid, amount, is_early in found]


def _counts_early(profile: Profile, row: Facts) -> bool:
    """Whether what was raised in the first year is part of the early rounds."""
    raised, early = _money(row, "equity_raised"), _money(row, "early_round_raised")
    return bool(raised) and early >= raised and (early == raised or profile.age(_whole(row, "year")) <= 5)


def _names(names: Sequence[str], draw: Draw) -> list[str]:
    """Rounds in their order from a drawn first one; the last repeats."""
    first = draw.whole(0, len(names) - 2)
    return [*names[first:], *[names[-1]] * 8]


def _whole(row: Facts, name: str) -> int:
    return int(str(row[name]))


def _money(row: Facts, name: str) -> Decimal:
    return Decimal(str(row[name]))
