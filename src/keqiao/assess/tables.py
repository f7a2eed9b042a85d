"""Questions about a whole table: rules as SQL over a snapshot in DuckDB, and the results of a run beside it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import duckdb

from keqiao.assess.answers import Moved
from keqiao.engine.run import Run, table_facts
from keqiao.engine.settings import settings_of
from keqiao.errors import KeqiaoError
from keqiao.facts.snapshot import Snapshot
from keqiao.rules.case import CaseReader
from keqiao.rules.closures.rule import compile_rule
from keqiao.rules.model import OUTCOMES, Rule
from keqiao.rules.sql.dialects import DIALECTS
from keqiao.rules.sql.emit import Emitter
from keqiao.rules.sql.ir import Graph, X
from keqiao.rules.sql.lower import Facts
from keqiao.rules.sql.rule import Lowered, lower_rule
from keqiao.rules.trace import Trace

Key = tuple[str, str]
Find = Callable[[str], Rule]

#: Columns that say where an enterprise lies, its industry and its stage.
PLACE, INDUSTRY, STAGE = "region", "size_industry", "stage"


def quoted(text: str) -> str:
    """A text literal of SQL."""
    return "'" + text.replace("'", "''") + "'"


def name_of(column: str) -> str:
    """A column name of SQL."""
    return '"' + column.replace('"', '""') + '"'


def counts_of(codes: Mapping[int, int]) -> dict[str, int]:
    """Enterprises per outcome from counts per code."""
    return {name: int(codes.get(code, 0)) for code, name in enumerate(OUTCOMES)}


@dataclass(slots=True)
class Asking:
    """Rules lowered into one query over a snapshot, on one day; what they share is computed once."""

    snapshot: Snapshot
    as_of: dt.date
    year: int
    facts: Facts
    table: str = "facts"
    graph: Graph = field(default_factory=Graph)

    def lower(self, rule: Rule, find: Find, known: dict[str, Lowered] | None = None) -> Lowered:
        """A rule and what it asks; ``known`` are rules lowered before into this query."""
        return lower_rule(rule, find, self.as_of, self.year, self.facts, self.graph, known)

    def sql(self, outputs: Mapping[str, X]) -> str:
        """One SELECT of ``scheme``, ``id`` and the outputs over the view."""
        return Emitter(DIALECTS["duckdb"], self.table, ("scheme", "id")).query(outputs)


class Tables:
    """A DuckDB connection with the view ``facts`` over a snapshot."""

    def __init__(self, snapshot: Snapshot, connection: duckdb.DuckDBPyConnection) -> None:
        self.snapshot, self.connection = snapshot, connection
        self.columns = frozenset(snapshot.columns)

    def restrict(self, key: Key) -> None:
        """Ask about one enterprise only from now on."""
        self.connection.execute(
            f"CREATE OR REPLACE VIEW facts AS SELECT * FROM {self.source} WHERE scheme = {quoted(key[0])} AND id = {quoted(key[1])}"
        )

    @property
    def source(self) -> str:
        """The facts as a table expression."""
        return f"read_parquet({quoted(str(self.snapshot.facts_path))})"

    def asking(self, table: str = "facts") -> Asking:
        """A new query over the snapshot, or over a view that holds some of its enterprises."""
        return Asking(self.snapshot, self.snapshot.as_of, self.snapshot.year, table_facts(self.snapshot), table)

    def all(self, sql: str) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        return self.connection.execute(sql).fetchall()

    def one(self, sql: str) -> tuple[Any, ...]:
        """The only row of a query."""
        return self.all(sql)[0]

    def keep(self, name: str, sql: str) -> None:
        """Keep the rows of a query as a table of this connection."""
        self.connection.execute(f"CREATE OR REPLACE TEMP TABLE {name_of(name)} AS {sql}")

    def counts(self, table: str, column: str) -> dict[str, int]:
        """Enterprises per outcome in a column of codes."""
        found = self.all(f"SELECT {name_of(column)}, COUNT(*) FROM {name_of(table)} GROUP BY ALL")
        return counts_of({int(code): count for code, count in found if code is not None})

    def column(self, name: str) -> str:
        """A column of the alias ``f``, or NULL where the snapshot does not have it."""
        return f"f.{name_of(name)}" if name in self.columns else "CAST(NULL AS VARCHAR)"

    def rows(self, keys: Sequence[Key], view: str = "facts") -> dict[Key, dict[str, Any]]:
        """Stored facts by key, for a few enterprises."""
        if not keys:
            return {}
        values = ", ".join(f"({quoted(scheme)}, {quoted(id)})" for scheme, id in keys)
        sql = f"SELECT f.* FROM {view} f JOIN (VALUES {values}) k(s, i) ON f.scheme = k.s AND f.id = k.i"
        return {(row["scheme"], row["id"]): row for row in self.stream(sql)}

    def stream(self, sql: str) -> Iterator[dict[str, Any]]:
        """Rows of a query as mappings, a batch in memory at a time."""
        for batch in self.connection.sql(sql).to_arrow_reader(5_000):
            yield from batch.to_pylist()


@contextmanager
def tables_of(snapshot: Snapshot) -> Iterator[Tables]:
    """Open a snapshot for questions, within the memory and threads of `settings_of`."""
    settings = settings_of()
    with duckdb.connect() as connection:
        connection.execute(f"SET memory_limit = '{settings.memory}B'")
        connection.execute(f"SET threads = {settings.threads}")
        connection.execute("SET TimeZone = 'UTC'")
        tables = Tables(snapshot, connection)
        connection.execute(f"CREATE VIEW facts AS SELECT * FROM {tables.source}")
        yield tables


def results_of(run: Run, id: str) -> str:
    """The results of a rule as a table expression of SQL. Raises `KeqiaoError` where the run lacks the rule."""
    return f"read_parquet({quoted(str(run.results_path(id)))})"


def result_columns(run: Run, id: str, tables: Tables) -> frozenset[str]:
    """Names of the columns of a rule's results."""
    return frozenset(row[0] for row in tables.all(f"DESCRIBE SELECT * FROM {results_of(run, id)}"))


def find_in(run: Run) -> Find:
    """The version of a rule that a run decides by."""
    return lambda id: run.packs.version(id, run.as_of)


class Explainer:
    """Traces of one rule for stored rows of a run; ``rule`` may be a changed one, and ``find`` find others."""

    def __init__(self, run: Run, rule: Rule, find: Find | None = None) -> None:
        self.code, env = compile_rule(rule, find or find_in(run))
        columns = {f"{id}__{shift}" if shift else id for id, shift in env.slots}
        self.columns = sorted(columns | {"scheme", "id", "titles"})
        self._vocabulary, self._as_of, self._year = run.packs.vocabulary, run.as_of, run.year
        self._reader = CaseReader(self._vocabulary, env)
        self._peers = run.peers if self.code.peers else None

    def trace(self, row: Mapping[str, Any]) -> Trace:
        """The trace of one row of the snapshot."""
        case = self._reader.read_stored(row, self._as_of, self._year, self._peers)
        trace = self.code.evaluate(case, str(row["id"]))
        trace.vocabulary = self._vocabulary
        return trace


def moved_rows(
    tables: Tables, table: str, before: str, after: str, test: str, limit: int | None, named: Callable[[str | None], str | None]
) -> tuple[Moved, ...]:
    """Enterprises of a kept table that pass a test, by key, with the names of two columns of outcome codes; ``named`` names places."""
    sql = (
        f"SELECT t.scheme, t.id, {tables.column('name')}, {tables.column(PLACE)}, t.{before}, t.{after} "
        f"FROM {name_of(table)} t JOIN facts f USING (scheme, id) WHERE {test} ORDER BY t.scheme, t.id"
    )
    found = tables.all(sql + ("" if limit is None else f" LIMIT {int(limit)}"))
    return tuple(Moved(s, i, name, place, named(place), OUTCOMES[b], OUTCOMES[a]) for s, i, name, place, b, a in found)


def needs_conditions(run: Run) -> None:
    """Raise `KeqiaoError` where a run keeps outcomes alone."""
    if run.receipt.get("keep", "conditions") != "conditions":
        raise KeqiaoError(
            "这次评价只保留了结论，没有逐条的结果；请不带 --keep outcomes 重新评定",
            "this run keeps outcomes alone, no conditions; assess again without --keep outcomes",
        )
