"""Facts of the record as Arrow tables, a piece at a time, at one moment.

Twelve million rows are not made one by one in Python: the database itself writes each piece as CSV text, which Arrow
reads. Memory is bounded by the size of a piece.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pyarrow as pa
import pyarrow.csv as csv
from django.db import connection, transaction

#: Rows of the table of facts that one piece spans.
PIECE = 200_000
#: Enterprises whose facts are read by the index in one piece, where they are few among all.
FEW = 400

SCHEMA = pa.schema([
    ("enterprise", pa.int64()), ("indicator", pa.int16()), ("year", pa.int16()), ("number", pa.int64()),
    ("text", pa.string()), ("prevails", pa.int8()), ("batch", pa.int64()),
])  # fmt: skip
_ROW = {
    "sqlite": """group_concat(enterprise_id||','||indicator_id||','||year||','||ifnull(number,'')||','
        ||ifnull('"'||replace(text,'"','""')||'"','')||','||prevails||','||batch_id, char(10))""",
    "postgresql": """string_agg(enterprise_id||','||indicator_id||','||year||','||coalesce(number::text,'')||','
        ||coalesce('"'||replace(text,'"','""')||'"','')||','||prevails::int||','||batch_id, chr(10))""",
}


@contextmanager
def aside(call: Callable[[int, int], None] | None) -> Iterator[Callable[[int, int], None]]:
    """The function on a connection of its own, for what must be written while a read transaction is open here.

    What it raises is raised here. Inside another transaction it is called directly.
    """
    if call is None or connection.in_atomic_block:
        yield call or (lambda done, total: None)
        return
    with ThreadPoolExecutor(1, "aside") as pool:
        try:
            yield lambda done, total: pool.submit(call, done, total).result()
        finally:
            pool.submit(lambda: connection.close()).result()  # of the thread that runs it


@contextmanager
def one_moment() -> Iterator[None]:
    """A read transaction: everything read inside is as it was at the start, and no writer waits for it.

    Inside another transaction (as in tests) that one holds.
    """
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield
    else:
        # `atomic` would take SQLite's lock for writing
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("ROLLBACK")


def current_facts(enterprises: Sequence[int] | None) -> Iterator[tuple[pa.Table, int, int]]:
    """Facts that nothing has ended, with how many of how many pieces are read.

    ``enterprises`` are ids, where few are wanted among all; None reads the whole table in its own order.
    Columns as `SCHEMA`.
    """
    select = f"SELECT {_ROW[connection.vendor]} FROM enterprises_fact WHERE ended_by_id IS NULL AND "
    with connection.cursor() as cursor:
        if enterprises is not None:
            count = -(-len(enterprises) // FEW)
            for i in range(count):
                ids = ",".join(str(int(id)) for id in enterprises[i * FEW : (i + 1) * FEW])
                cursor.execute(f"{select} enterprise_id IN ({ids})")
                yield _table(cursor.fetchone()[0]), i + 1, count
            return
        cursor.execute("SELECT MIN(id), MAX(id) FROM enterprises_fact")
        first, last = cursor.fetchone()
        if first is None:
            return
        count = -(-(last - first + 1) // PIECE)
        for i in range(count):
            low = first + i * PIECE
            cursor.execute(f"{select} id BETWEEN {low} AND {low + PIECE - 1}")
            yield _table(cursor.fetchone()[0]), i + 1, count


def _table(text: str | None) -> pa.Table:
    if not text:
        return SCHEMA.empty_table()
    return csv.read_csv(
        io.BytesIO(text.encode()),
        read_options=csv.ReadOptions(column_names=SCHEMA.names, block_size=1 << 24),
        parse_options=csv.ParseOptions(newlines_in_values=True),
        convert_options=csv.ConvertOptions(
            column_types=SCHEMA, null_values=[""], strings_can_be_null=True, quoted_strings_can_be_null=False
        ),
    )
