"""Running compiled SQL over the rows of random cases, on DuckDB and on PostgreSQL."""

from __future__ import annotations

import datetime as dt
import json
from functools import cache
from typing import Any, Protocol

import duckdb
import pyarrow as pa

from keqiao.rules.vocabulary import Indicator
from properties.words import DEPTH, VOCABULARY

Row = dict[str, Any]
TITLES = pa.list_(pa.struct([("title", pa.string()), ("from", pa.date32()), ("to", pa.date32())]))
ARROW = {"flag": pa.bool_(), "date": pa.date32(), "code": pa.string()}
POSTGRES = {"flag": "boolean", "date": "date", "code": "text"}


@cache
def columns() -> dict[str, Indicator]:
    """Every column of the table but ``n`` and ``titles``."""
    found = {}
    for indicator in VOCABULARY.indicators.values():
        if not indicator.is_title:
            for back in range(DEPTH + 1 if indicator.period == "annual" else 1):
                found[f"{indicator.id}__{back}" if back else indicator.id] = indicator
    return found


class Engine(Protocol):
    """Runs queries over a table ``facts`` with the key ``n``."""

    dialect: str

    def load(self, rows: list[Row], needed: set[str]) -> None:
        """Fill the needed columns of the table; rows are numbered from 0."""

    def run(self, sql: str) -> list[Row]:
        """The result in the order of the rows."""


class Duck:
    """DuckDB in memory."""

    dialect = "duckdb"

    def __init__(self) -> None:
        self.connection = duckdb.connect(config={"threads": 1})

    def load(self, rows: list[Row], needed: set[str]) -> None:
        data: dict[str, Any] = {"n": pa.array(range(len(rows)), pa.int64())}
        for name in sorted(needed):
            indicator = columns()[name]
            data[name] = pa.array([r.get(name) for r in rows], ARROW.get(indicator.type, pa.int64()))
        data["titles"] = pa.array([_titles(r) for r in rows], TITLES)
        self.connection.register("arrived", pa.table(data))
        self.connection.execute("CREATE OR REPLACE TABLE facts AS SELECT * FROM arrived")

    def run(self, sql: str) -> list[Row]:
        found = self.connection.execute(f"{sql}\nORDER BY n")
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


class Postgres:
    """PostgreSQL, in a temporary table of its own session."""

    dialect = "postgres"

    def __init__(self, url: str) -> None:
        import psycopg

        self.connection = psycopg.connect(url, autocommit=True, connect_timeout=3)
        made = ", ".join(f'"{n}" {POSTGRES.get(i.type, "bigint")}' for n, i in columns().items())
        self.connection.execute(f"CREATE TEMP TABLE facts (n bigint, {made}, titles jsonb)")  # type: ignore[arg-type]

    def load(self, rows: list[Row], needed: set[str]) -> None:
        listed = []
        for n, row in enumerate(rows):
            entry = {k: v for k, v in row.items() if v is not None and k in needed} | {"n": n}
            if row["titles"] is not None:
                entry["titles"] = _titles(row)
            listed.append(entry)
        text = json.dumps(listed, default=lambda x: x.isoformat() if isinstance(x, dt.date) else str(x))
        self.connection.execute("TRUNCATE facts")
        self.connection.execute("INSERT INTO facts SELECT * FROM jsonb_populate_recordset(null::facts, %s::jsonb)", [text])

    def run(self, sql: str) -> list[Row]:
        found = self.connection.execute(f"{sql}\nORDER BY n")  # type: ignore[arg-type]
        names = [column.name for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _titles(row: Row) -> list[Row] | None:
    titles = row["titles"]
    return None if titles is None else [{"title": t, "from": a, "to": b} for t, a, b in titles]


@cache
def duck() -> Duck:
    """One DuckDB for all tests."""
    return Duck()
