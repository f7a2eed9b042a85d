"""Many rows into the database at once, inside the transaction that is open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from django.db import connection

_PIECE = 20_000


def insert(table: str, columns: Sequence[str], rows: Iterator[Sequence[Any]]) -> int:
    """Insert rows: COPY on PostgreSQL, executemany on SQLite; how many there were.

    Values are what the driver takes; names of tables and columns are ours.
    """
    listed, count = ", ".join(f'"{column}"' for column in columns), 0
    connection.ensure_connection()
    with connection.cursor() as wrapped:
        cursor: Any = wrapped.cursor
        if connection.vendor == "postgresql":
            with cursor.copy(f'COPY "{table}" ({listed}) FROM STDIN') as copy:
                for row in rows:
                    copy.write_row(row)
                    count += 1
            return count
        sql = f'INSERT INTO "{table}" ({listed}) VALUES ({", ".join("?" * len(columns))})'
        raw: Any = connection.connection
        while piece := list(islice(rows, _PIECE)):
            raw.executemany(sql, piece)
            count += len(piece)
    return count
