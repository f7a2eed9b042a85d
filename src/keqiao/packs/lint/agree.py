"""Closures and DuckDB SQL over the same cases: every outcome, score and class must be the same."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import duckdb

from keqiao.packs.lint.edges import Base, Edge, Edges
from keqiao.packs.lint.examples import AS_OF, ExampleResult, outcomes
from keqiao.packs.lint.table import ROW, facts_table
from keqiao.packs.lint.version import Compiled, Version
from keqiao.rules.closures.values import AS_OF as AS_OF_SLOT
from keqiao.rules.closures.values import PEERS, TITLES, Case
from keqiao.rules.closures.values import YEAR as YEAR_SLOT
from keqiao.rules.model import NO, OUTCOMES
from keqiao.rules.peers import peers_of
from keqiao.rules.sql.compile import compile_sql
from keqiao.rules.sql.ir import Graph
from keqiao.rules.sql.lower import Lowering
from keqiao.rules.sql.peers import fetch_peers
from keqiao.rules.trace import Trace
from keqiao.rules.vocabulary import Vocabulary

Clock = tuple[dt.date, int]
_CODED = ("outcome", "c:")


@dataclass(frozen=True, slots=True)
class Difference:
    """One column of one case that differs."""

    edge: Edge
    column: str
    closures: object
    sql: object

    def __str__(self) -> str:
        first, second = (_shown(self.column, value) for value in (self.closures, self.sql))
        return f"{self.edge.base}, {self.edge.change}: {self.column} {first} / {second}"


def compare(version: Version, results: Sequence[ExampleResult]) -> tuple[int, list[Difference]]:
    """Decide the examples and the edge cases of a version both ways.

    Returns how many edge cases were generated, and the differences. Edge cases start from the
    examples of the most frequent day that the version is in force; a version without examples
    starts from invented facts. Raises `RuleError` where the numbers could pass 38 digits.
    """
    by_clock: dict[Clock, list[ExampleResult]] = {}
    for result in results:
        if result.trace is not None:
            by_clock.setdefault((result.as_of, result.year), []).append(result)
    main = _main_clock(version, by_clock)
    differences: list[Difference] = []
    count = 0
    with duckdb.connect(config={"threads": 1}) as connection:
        for clock in dict.fromkeys([main, *by_clock]):
            compiled = version.compiled(clock[0])
            given = by_clock.get(clock, [])
            cases = [Edge(r.title, "as given", r.case) for r in given if r.case is not None]
            if clock == main:
                passed = [r for r in given if r.ok]
                bases = [
                    Base(r.title, r.case, r.trace.outcome_code)
                    for r in passed
                    if r.case is not None and r.trace is not None
                ]
                bases = bases or [_invented(compiled, version.packs.vocabulary, clock)]
                edges = list(Edges(compiled, version.packs.vocabulary, bases))
                count = len(edges)
                cases += edges
            differences += _differences(version, compiled, clock, cases, connection)
    return count, differences


def _main_clock(version: Version, by_clock: dict[Clock, list[ExampleResult]]) -> Clock:
    """The clock of most examples in force; without examples the default day, or else the first day."""
    live = {clock: sum(r.ok for r in found) for clock, found in by_clock.items() if version.rule.in_force(clock[0])}
    if live:
        return max(live, key=lambda clock: live[clock])
    day = AS_OF if version.rule.in_force(AS_OF) else version.first_day
    return day, day.year - 1


def _differences(
    version: Version, compiled: Compiled, clock: Clock, cases: Sequence[Edge], connection: duckdb.DuckDBPyConnection
) -> Iterator[Difference]:
    as_of, year = clock
    sql = compile_sql(version.rule, version.find(as_of), as_of=as_of, year=year, keys=(ROW,), conditions=True)
    connection.register("facts", facts_table([edge.case for edge in cases], compiled.env, version.packs.vocabulary))
    # margins are not compared here, and leaving them out halves the work
    cursor = connection.execute(f"SELECT COLUMNS(lambda c: NOT starts_with(c, 'm:')) FROM ({sql}) ORDER BY {ROW}")
    names = [column[0] for column in cursor.description or []]
    rows = cursor.fetchall()
    low = Lowering(Graph(), as_of.toordinal(), year)
    peers = fetch_peers(low, peers_of(compiled.order, version.find(as_of)), lambda sql: connection.execute(sql).fetchall())
    for edge, row in zip(cases, rows, strict=True):
        case = edge.case.copy()
        case[PEERS] = peers  # the cases are each other's peers, as the rows of the table are
        expected = told(compiled.code.evaluate(case))
        found = dict(zip(names, row, strict=True))
        for item in version.rule.items:  # SQL leaves out the high end that is always the low one
            found.setdefault(f"high:{item.id}", found[f"low:{item.id}"])
        for name in sorted((expected.keys() | found.keys()) - {ROW}):
            if expected.get(name) != found.get(name):
                yield Difference(edge, name, expected.get(name), found.get(name))


def told(trace: Trace) -> dict[str, object]:
    """A trace in the columns of `keqiao.rules.sql.compile.outputs_of`, without margins."""
    found: dict[str, object] = {"outcome": trace.outcome_code}
    if trace.total is not None:
        found["score_low"], found["score_high"] = trace.total
    if trace.classes is not None and len(trace.classes) == 1:
        found["class"] = trace.classes[0]
    found |= {f"c:{id}": outcome for id, outcome in outcomes(trace).items()}
    for item, (low, high) in zip(trace.code.rule.items, trace.points, strict=bool(trace.points)):
        found[f"low:{item.id}"], found[f"high:{item.id}"] = low, high
    return found


def _shown(column: str, value: object) -> object:
    return OUTCOMES[value] if isinstance(value, int) and column.startswith(_CODED) else value


def _invented(compiled: Compiled, vocabulary: Vocabulary, clock: Clock) -> Base:
    """Facts to start from where there is no example: ones, true, the first code, three years ago."""
    case: Case = [None] * compiled.env.size[0]
    case[AS_OF_SLOT], case[YEAR_SLOT], case[TITLES] = clock[0].toordinal(), clock[1], {}
    for (id, _), slot in compiled.env.slots.items():
        indicator = vocabulary.indicators[id]
        kind = indicator.dimension.kind
        if kind == "date":
            case[slot] = clock[0].toordinal() - 1000
        elif kind in ("code", "text"):
            case[slot] = (indicator.values or ("0",))[0]
        else:
            case[slot] = True if kind == "flag" else 10**8
    return Base("invented", case, NO)
