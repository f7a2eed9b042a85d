"""Near misses: a ``no`` that turns when exactly one threshold moves by at most a share of itself.

What turns is decided exactly, by deciding the rule again with the threshold moved by the whole share, for
all thresholds in one query. How far it must move is then measured for those that turn.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from keqiao.assess.answers import Miss, Misses, MissesOf
from keqiao.assess.comparisons import thresholds
from keqiao.assess.locating import Naming, naming_of
from keqiao.assess.measure import Distance, Measures, bound_of
from keqiao.assess.tables import PLACE, Key, Tables, name_of, tables_of
from keqiao.assess.turning import Turning
from keqiao.assess.words import about, cite_of, title_of
from keqiao.engine.run import Run
from keqiao.errors import KeqiaoError
from keqiao.rules.model import NO, OUTCOMES, YES
from keqiao.rules.text import Writer


def misses(
    run: Run,
    rule: str,
    within: Fraction = Fraction(1, 10),
    *,
    limit: int | None = None,
    only: Key | None = None,
    language: str = "zh",
) -> Misses:
    """Enterprises that are ``no`` and become ``yes`` when one threshold moves by at most ``within`` of itself.

    Those that would become ``unknown`` or ``refer``, because something else is open, are listed apart. A
    threshold of zero has no share and never counts; ``years_since`` moves by whole months. ``limit`` is for
    how many rows of each kind are given (None: all), ``only`` asks for one enterprise. Raises `KeqiaoError`
    where ``within`` is not between 0 and 1.
    """
    if not 0 <= within <= 1:
        raise KeqiaoError("within 应在 0 与 100% 之间，如 10%", "within is between 0 and 100%, such as 10%")
    head, found = about(run, rule, language), run.rule(rule)
    every = thresholds(found) if head.in_force else []
    if not every:
        return Misses(head, within, 0, 0, (), (), (), ())
    with tables_of(run.snapshot) as tables:
        turning = Turning(tables, run, found, every, within, only)
        sizes = turning.sizes()
        measures = Measures(run, found, turning.usable, language)
        named = naming_of(run)
        rows = _rows(turning, measures, sizes.near, YES, limit, language, named)
        apart = _rows(turning, measures, sizes.apart, NO, limit, language, named)
    writer = Writer(run.packs.vocabulary, language)
    by_clause = tuple(
        MissesOf(
            one.clause.id, title_of(one.clause, language), writer.write(one.nodes[0]), bound_of(one.nodes[0], writer), near, away
        )
        for one, near, away in zip(turning.usable, sizes.each_near, sizes.each_apart, strict=True)
    )
    return Misses(head, within, sizes.near, sizes.apart, by_clause, rows, apart, tuple(turning.skipped))


# ---- how far ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Near:
    """One enterprise with its nearest threshold."""

    row: tuple[str, str, str | None, str | None]
    share: Fraction
    index: int
    distance: Distance
    then: int
    ways: int


def _rows(
    turning: Turning, measures: Measures, count: int, code: int, limit: int | None, language: str, named: Naming
) -> tuple[Miss, ...]:
    """Those who turn ``yes`` (``code`` YES), or else those who become undecided, nearest first."""
    if not count:
        return ()
    among = turning.nearest(code, count, limit)
    every = _measured(turning.tables, measures, among, code)
    chosen = sorted(every, key=_order) if limit is None else heapq.nsmallest(limit, every, key=_order)
    return tuple(_miss(one, measures, language, named) for one in chosen)


def _order(one: _Near) -> tuple[Fraction, str, str]:
    """Nearest first, then by key."""
    return one.share, one.row[0], one.row[1]


def _measured(tables: Tables, measures: Measures, among: str, code: int) -> Iterator[_Near]:
    """The rows of a kept table of keys with their nearest thresholds."""
    columns = [f"f.{name_of(name)}" for name in measures.columns if name in tables.columns]
    listed = ", ".join(columns)
    who = f"{tables.column('name')} AS \"?name\", {tables.column(PLACE)} AS \"?place\""
    turned = ", ".join(f"n.t{i} AS \"?{i}\"" for i in range(len(measures.every)))
    test = f"= {YES}" if code == YES else f"<> {YES}"
    sql = f"SELECT {listed}, {who}, {turned} FROM near n SEMI JOIN {among} k USING (scheme, id) JOIN facts f USING (scheme, id) WHERE n.best {test}"
    for row in tables.stream(sql):
        told = measures.told(row)
        ways = [i for i in range(len(measures.every)) if (row[f"?{i}"] == YES if code == YES else row[f"?{i}"] != NO)]
        found = [(i, measures.nearest(told, i, code == YES)) for i in ways]
        index, distance = min(found, key=lambda one: (one[1].share is None, one[1].share or 0))
        who_is = (row["scheme"], row["id"], row["?name"], row["?place"])
        yield _Near(who_is, distance.share or Fraction(0), index, distance, row[f"?{index}"], len(ways))


def _miss(one: _Near, measures: Measures, language: str, named: Naming) -> Miss:
    clause = measures.every[one.index].clause
    left, right, gap = measures.texts(one.distance)
    return Miss(
        *one.row, named(one.row[3]), clause.id, title_of(clause, language), measures.text(one.distance), cite_of(clause), left, right, gap,
        one.share, OUTCOMES[one.then], one.ways,
    )  # fmt: skip
