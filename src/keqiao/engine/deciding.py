"""Rules over the table of a snapshot in DuckDB, from Parquet to Parquet.

Rows stream from the facts through the query into the file in the snapshot's order; what does not fit
into the memory that the settings allow goes to a scratch folder on disk.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import duckdb
import pyarrow.parquet as pq

from keqiao.engine.settings import Settings
from keqiao.errors import KeqiaoError
from keqiao.facts.snapshot import Snapshot
from keqiao.packs.loader import Packs
from keqiao.rules.model import OUTCOMES, Rule
from keqiao.rules.sql.compile import compile_sql
from keqiao.rules.sql.lower import Facts

#: What results keep: ``conditions`` every condition, margin and item; ``outcomes`` the decision, score and class.
Keep = Literal["conditions", "outcomes"]


class Deciding:
    """Decides rules over one snapshot; made by `deciding`."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, snapshot: Snapshot, packs: Packs, keep: Keep) -> None:
        self.connection, self.snapshot, self.packs, self.keep = connection, snapshot, packs, keep
        self.facts = table_facts(snapshot)

    def query(self, rule: Rule) -> str:
        """The SELECT over the view ``facts`` that decides a rule."""
        return compile_sql(
            rule,
            lambda id: self.packs.version(id, self.snapshot.as_of),
            as_of=self.snapshot.as_of,
            year=self.snapshot.year,
            conditions=self.keep == "conditions",
            facts=self.facts,
        )

    def write(self, rule: Rule, out: Path) -> dict[str, int]:
        """Write a rule's results as Parquet; how many enterprises have which outcome."""
        query = self.query(rule)
        if " OVER (" in query:  # comparisons with peers reorder the rows; all else streams through in order
            query = f"{query}\nORDER BY scheme, id"
        query = storable(self.connection, query)
        self.connection.execute(f"COPY ({query}) TO {quoted(out)} (FORMAT parquet, COMPRESSION zstd)")
        return count_outcomes(self.connection, out)


def storable(connection: duckdb.DuckDBPyConnection, query: str) -> str:
    """The query with the widest whole numbers as decimals: Parquet has no others that wide."""
    columns = connection.execute(f"DESCRIBE {query}").fetchall()
    wide = [f'CAST("{name}" AS DECIMAL(38, 0)) AS "{name}"' for name, kind, *_ in columns if kind == "HUGEINT"]
    return f"SELECT * REPLACE ({', '.join(wide)}) FROM ({query})" if wide else query


@contextmanager
def deciding(
    snapshot: Snapshot, packs: Packs, settings: Settings, keep: Keep, scratch: Path
) -> Iterator[Deciding]:
    """Open the database over a snapshot; ``scratch`` is a folder to make where memory does not suffice.

    Raises `KeqiaoError` where the memory is too small even so or the facts are damaged, `OSError` where the disk fails.
    """
    try:
        with database(settings, scratch) as connection:
            connection.execute(f"CREATE VIEW facts AS SELECT * FROM read_parquet({quoted(snapshot.facts_path)})")
            yield Deciding(connection, snapshot, packs, keep)
    except duckdb.OutOfMemoryException as problem:
        size = settings.memory // 10**6
        raise KeqiaoError(
            f"{size} MB 内存不够；请放宽 --memory 或减少 --threads",
            f"{size} MB of memory are not enough; raise --memory or lower --threads",
        ) from problem
    except duckdb.IOException as problem:
        raise OSError(str(problem)) from problem
    except duckdb.Error as problem:  # values that no import lets in, or pages that cannot be read
        raise KeqiaoError(
            f"“{snapshot.facts_path}”的数据已损坏，请重新导入（{problem}）",
            f"the data of {str(snapshot.facts_path)!r} is damaged; import it again ({problem})",
        ) from problem


@contextmanager
def database(settings: Settings, scratch: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database in memory within the settings; spills into ``scratch``, which it makes when needed."""
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(f"SET memory_limit = '{settings.memory}B'")
        connection.execute(f"SET threads = {settings.threads}")
        connection.execute(f"SET temp_directory = {quoted(scratch)}")
        yield connection


def count_outcomes(connection: duckdb.DuckDBPyConnection, results: Path) -> dict[str, int]:
    """How many enterprises of a results file have which outcome, by its name."""
    found: dict[Any, int] = dict(
        connection.execute(f"SELECT outcome, count(*) FROM read_parquet({quoted(results)}) GROUP BY ALL").fetchall()
    )
    return {name: found.get(i, 0) for i, name in enumerate(OUTCOMES)}


def table_facts(snapshot: Snapshot) -> Facts:
    """Which columns the snapshot's table has, and which have no NULL."""
    metadata = pq.read_metadata(snapshot.facts_path)
    columns = snapshot.columns
    complete = set(columns)
    for group in range(metadata.num_row_groups):
        for i in range(metadata.num_columns):
            column = metadata.row_group(group).column(i)
            statistics = column.statistics
            if statistics is None or not statistics.has_null_count or statistics.null_count:
                complete.discard(column.path_in_schema.split(".")[0])
    return Facts(frozenset(columns), frozenset(complete - {"titles"}))


def quoted(path: Path) -> str:
    """A path as an SQL literal."""
    return "'" + str(path).replace("'", "''") + "'"
