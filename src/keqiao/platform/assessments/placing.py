"""Where every enterprise stands in a run, and what changed since the one before: from the run's files, in DuckDB."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from keqiao.assess.facts_read import reads
from keqiao.assess.tables import Tables, name_of, results_of, tables_of
from keqiao.engine.run import Run
from keqiao.platform.assessments.scoring import leading, titles_in
from keqiao.rules.model import NO, OUTCOMES, REFER, UNKNOWN, YES, Rule, form_nodes

_PIECE = 20_000
#: The columns of a standing after run and enterprise.
STANDING = ("low", "high", "rank", "yes", "no", "unknown", "refer", "complete", "gained", "lost", "low_before")


@dataclass(frozen=True, slots=True)
class Placed:
    """An open run with the tables ``ids`` (scheme, id, enterprise) and, per title, outcomes now and before."""

    run: Run
    previous: Run | None
    tables: Tables
    titles: list[str]
    score: str | None

    def standings(self) -> Iterator[tuple[Any, ...]]:
        """Enterprise and the columns `STANDING`, in the order of the enterprises' ids."""
        return _rows(self.tables, f"SELECT enterprise, {', '.join(STANDING)} FROM standing ORDER BY enterprise")

    def outcomes(self, title: str) -> Iterator[tuple[int, int, int | None]]:
        """Enterprise, outcome, outcome before (None: new), in the order in which the database's index keeps them."""
        return _rows(self.tables, f"SELECT enterprise, a, b FROM {_table(self.titles, title)} ORDER BY a, enterprise")

    def moves(self, title: str) -> tuple[int, int, int]:
        """How many gained and lost the title, and how many changed otherwise."""
        tests = (f"b <> {YES} AND a = {YES}", f"b = {YES} AND a <> {YES}", f"b <> a AND b <> {YES} AND a <> {YES}")
        counts = ", ".join(f"COUNT(*) FILTER (WHERE {test})" for test in tests)
        return self.tables.one(f"SELECT {counts} FROM {_table(self.titles, title)}")


@contextmanager
def placed(run: Run, previous: Run | None, ids: Mapping[tuple[str, str], int]) -> Iterator[Placed]:
    """Open a run for `Placed`; ``ids`` are the database's ids by key."""
    titles, score = titles_in(run), leading(run)
    with tables_of(run.snapshot) as tables:
        keys = pa.table({
            "scheme": pa.array([key[0] for key in ids], pa.string()), "id": pa.array([key[1] for key in ids], pa.string()),
            "enterprise": pa.array(list(ids.values()), pa.int64()),
        })  # fmt: skip
        tables.connection.register("given_ids", keys)
        tables.keep("ids", "SELECT * FROM given_ids")
        for i, title in enumerate(titles):
            before = "NULL"
            join = ""
            if previous is not None and title in previous.rules:
                before, join = "o.outcome", f" LEFT JOIN {results_of(previous, title)} o ON o.scheme = n.scheme AND o.id = n.id"
            tables.keep(
                f"title{i}",
                f"SELECT k.enterprise, n.outcome::TINYINT AS a, {before}::TINYINT AS b FROM {results_of(run, title)} n "
                f"JOIN ids k ON k.scheme = n.scheme AND k.id = n.id{join}",
            )
        _standings(tables, run, previous, titles, score)
        yield Placed(run, previous, tables, titles, score)


def _table(titles: list[str], title: str) -> str:
    return f"title{titles.index(title)}"


def _standings(tables: Tables, run: Run, previous: Run | None, titles: list[str], score: str | None) -> None:
    every = [f"title{i}" for i in range(len(titles))]

    def count(test: str) -> str:
        return " + ".join(f"COALESCE(({test.format(t=table)})::INTEGER, 0)" for table in every) or "0"

    joins = "".join(f" JOIN {table} ON {table}.enterprise = k.enterprise" for table in every)
    columns = {OUTCOMES[code]: count(f"{{t}}.a = {code}") for code in (YES, NO, UNKNOWN, REFER)}
    low = high = before = "NULL::BIGINT"
    if score is not None:
        low, high = "s.score_low::BIGINT", "s.score_high::BIGINT"
        joins += f" JOIN {results_of(run, score)} s ON s.scheme = f.scheme AND s.id = f.id"
        if previous is not None and score in previous.rules:
            before = "p.score_low::BIGINT"
            joins += f" LEFT JOIN {results_of(previous, score)} p ON p.scheme = f.scheme AND p.id = f.id"
    tables.keep(
        "standing",
        f"SELECT k.enterprise, {low} AS low, {high} AS high, CASE WHEN {low} IS NULL THEN NULL ELSE RANK() OVER (ORDER BY {low} DESC NULLS LAST) END AS rank, "
        f"{', '.join(f'{sql} AS {name_of(name)}' for name, sql in columns.items())}, {_complete(tables, run)} AS complete, "
        f"{count(f'{{t}}.b <> {YES} AND {{t}}.a = {YES}')} AS gained, {count(f'{{t}}.b = {YES} AND {{t}}.a <> {YES}')} AS lost, {before} AS low_before "
        f"FROM facts f JOIN ids k ON k.scheme = f.scheme AND k.id = f.id{joins}",
    )


def _complete(tables: Tables, run: Run) -> str:
    """SQL of how many in a thousand of the facts that the rules ask for are known."""
    asked = asked_of(run)
    if not asked:
        return "1000"
    known = " + ".join(f"(f.{name_of(column)} IS NOT NULL)::INTEGER" for column in asked if column in tables.columns) or "0"
    return f"(({known}) * 1000) // {len(asked)}"


def asked_of(run: Run) -> list[str]:
    """The columns of facts that the rules of a run ask for, titles apart, each once."""
    found: dict[str, None] = {}
    for id in run.rules:
        found |= dict.fromkeys(_asked(run.rule(id)))
    return [column for column in found if not column.startswith("title.")]


def _asked(rule: Rule) -> list[str]:
    nodes = [clause.when for clause in rule.clauses()]
    nodes += [node for item in rule.items for node in form_nodes(item.form)]
    if rule.classes is not None:
        nodes += [rule.classes.by, *(when for row in rule.classes.table.values() for when in row.values())]
    return reads(nodes, rule)


def _rows(tables: Tables, sql: str) -> Iterator[tuple[Any, ...]]:
    """Rows of a query as tuples, a piece in memory at a time."""
    for batch in tables.connection.sql(sql).to_arrow_reader(_PIECE):
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


