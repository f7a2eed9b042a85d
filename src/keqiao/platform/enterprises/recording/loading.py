"""The temporary table through which many values reach the record: one bulk load, then set-based SQL."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

from django.db import connection

#: A value to load: enterprise, indicator, year, number, text.
Row = tuple[int, int, int, int | None, str | None]

GIVEN = "kq_given"
_PIECE = 20_000


def run(sql: str, values: Iterable[Any] = ()) -> int:
    """Run a statement; returns how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, list(values))
        return int(cursor.rowcount)


def rows(sql: str, values: Iterable[Any] = ()) -> list[tuple[Any, ...]]:
    """All rows of a query."""
    with connection.cursor() as cursor:
        cursor.execute(sql, list(values))
        return cursor.fetchall()


@contextmanager
def given(values: Iterable[Row]) -> Iterator[int]:
    """Load values into the temporary table `GIVEN` for the block; gives how many there are.

    Raises the database's IntegrityError where a value of one enterprise, indicator and year comes twice.
    """
    drop(GIVEN)
    wide = "bigint" if connection.vendor == "postgresql" else "integer"
    run(
        f"CREATE TEMPORARY TABLE {GIVEN} (enterprise_id {wide} NOT NULL, indicator_id integer NOT NULL, year integer NOT NULL,"
        " number bigint, text varchar(400))"
    )
    try:
        _load(values)
        run(f"CREATE UNIQUE INDEX kq_given_place ON {GIVEN} (enterprise_id, indicator_id, year)")
        if connection.vendor == "postgresql":
            run(f"ANALYZE {GIVEN}")
        yield rows(f"SELECT count(*) FROM {GIVEN}")[0][0]
    finally:
        if not connection.needs_rollback and connection.is_usable():
            drop(GIVEN)


def drop(*tables: str) -> None:
    """Drop temporary tables that an earlier use may have left."""
    place = "pg_temp." if connection.vendor == "postgresql" else "temp."
    for table in tables:
        run(f"DROP TABLE IF EXISTS {place}{table}")


def learn(table: str, written: int) -> None:
    """Let PostgreSQL's planner know of many new rows at once: it would else plan as if the table were still small."""
    if connection.vendor == "postgresql" and written >= 1_000:
        run(f"ANALYZE {table}")


def _load(values: Iterable[Row]) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # what makes the values may itself ask the database, which a COPY in progress would block: piece by piece
            rest = iter(values)
            while piece := list(islice(rest, _PIECE)):
                with cursor.cursor.copy(f"COPY {GIVEN} FROM STDIN") as copy:
                    for row in piece:
                        copy.write_row(row)
        else:
            # the driver itself: Django's wrapper keeps every row in memory to look at the first
            cursor.cursor.connection.executemany(f"INSERT INTO {GIVEN} VALUES (?, ?, ?, ?, ?)", values)
