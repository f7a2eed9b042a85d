"""Points over groups of enterprises, counted by DuckDB: whole tables never come into Python."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from keqiao.assess.tables import Tables, name_of

#: Groups with fewer enterprises than this are only counted: quartiles of a handful tell single ones.
FEWEST = 5
#: Groups that are drawn; the smaller ones stand in the table alone.
MOST_GROUPS = 12


@dataclass(frozen=True, slots=True)
class Group:
    """Points of a group of enterprises, in points.

    While data is missing an enterprise's points are a range, so the quartiles of the group are ranges
    too: the true lower quartile is at least that of the low ends, the true median lies between the
    medians of the low and of the high ends, the true upper quartile is at most that of the high ends.
    ``ends`` are these four; None where fewer than `FEWEST` enterprises have points.
    """

    name: str | None
    count: int
    certain: int
    ends: tuple[Fraction, Fraction, Fraction, Fraction] | None


@dataclass(frozen=True, slots=True)
class Reach:
    """How many enterprises reach a number of points for certain, and how many at most."""

    points: Fraction
    surely: int
    at_most: int


_ENDS = (
    "count(*), count(*) FILTER (WHERE score_low = score_high), count(score_low), "
    "quantile_disc(score_low, 0.25)::BIGINT, quantile_disc(score_low, 0.5)::BIGINT, "
    "quantile_disc(score_high, 0.5)::BIGINT, quantile_disc(score_high, 0.75)::BIGINT"
)


def whole(tables: Tables, results: str) -> Group:
    """The points of all enterprises; ``results`` is a rule's results as a table expression."""
    return _group(None, tables.all(f"SELECT {_ENDS} FROM {results}")[0])


def groups(tables: Tables, results: str, column: str) -> list[Group]:
    """The points by the values of a code column, the largest groups first; those without a value last."""
    query = f"""
        SELECT f.{name_of(column)}, {_ENDS} FROM {results} r JOIN facts f USING (scheme, id)
        GROUP BY 1 ORDER BY f.{name_of(column)} IS NULL, count(*) DESC, 1"""
    return [_group(row[0], row[1:]) for row in tables.all(query)]


def _group(name: str | None, row: Sequence[Any]) -> Group:
    count, certain, scored, *ends = row
    if scored < FEWEST:
        return Group(name, count, certain, None)
    first, low, high, last = (Fraction(int(end), 10_000) for end in ends)
    return Group(name, count, certain, (first, low, high, last))


def reach(tables: Tables, results: str, marks: Sequence[Fraction]) -> list[Reach]:
    """For each number of points how many reach it."""
    parts = []
    for mark in marks:
        stored = int(mark * 10_000)
        parts += [f"count(*) FILTER (WHERE score_low >= {stored})", f"count(*) FILTER (WHERE score_high >= {stored})"]
    row = tables.all(f"SELECT {', '.join(parts)} FROM {results}")[0]
    return [Reach(mark, row[2 * i], row[2 * i + 1]) for i, mark in enumerate(marks)]


def span(tables: Tables, results: str) -> tuple[Fraction, Fraction] | None:
    """The lowest low end and the highest high end; None where no enterprise has points."""
    low, high = tables.all(f"SELECT min(score_low)::BIGINT, max(score_high)::BIGINT FROM {results}")[0]
    return None if low is None else (Fraction(low, 10_000), Fraction(high, 10_000))
