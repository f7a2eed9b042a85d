"""What differs between two results files of one rule, in rows and columns."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from keqiao.engine.deciding import quoted

#: So many enterprises are named.
_NAMED = 5
#: Marks that a file has a row; no column of results is called so.
_THERE = "there"


@dataclass(frozen=True, slots=True)
class Differing:
    """Columns with the number of rows in which they differ, and the first enterprises concerned.

    ``only_old`` and ``only_new`` count enterprises, or name columns, that one file alone has.
    """

    columns: dict[str, int]
    keys: tuple[str, ...]
    only_old: int
    only_new: int
    columns_gone: tuple[str, ...]
    columns_new: tuple[str, ...]

    @property
    def zh(self) -> str:
        """The difference in a Chinese sentence."""
        parts = [f"{name} 有 {count} 户不同" for name, count in self.columns.items()]
        parts += [f"少了列 {'、'.join(self.columns_gone)}"] * bool(self.columns_gone)
        parts += [f"多了列 {'、'.join(self.columns_new)}"] * bool(self.columns_new)
        parts += [f"重算没有的企业 {self.only_old} 户"] * bool(self.only_old)
        parts += [f"只在重算中的企业 {self.only_new} 户"] * bool(self.only_new)
        named = f"（{'、'.join(self.keys)}{' 等' if len(self.keys) == _NAMED else ''}）" if self.keys else ""
        return "，".join(parts) + named if parts else "数值都相同，文件的写法不同"

    @property
    def en(self) -> str:
        """The difference in an English sentence."""
        parts = [f"{name} differs for {count}" for name, count in self.columns.items()]
        parts += [f"columns gone: {', '.join(self.columns_gone)}"] * bool(self.columns_gone)
        parts += [f"columns new: {', '.join(self.columns_new)}"] * bool(self.columns_new)
        parts += [f"{self.only_old} enterprises not found again"] * bool(self.only_old)
        parts += [f"{self.only_new} enterprises only found again"] * bool(self.only_new)
        named = f" ({', '.join(self.keys)}{' …' if len(self.keys) == _NAMED else ''})" if self.keys else ""
        return ", ".join(parts) + named if parts else "all values are the same, the file is written differently"


def differing(connection: duckdb.DuckDBPyConnection, old: Path, new: Path) -> Differing:
    """Compare two results files by key. Raises `duckdb.Error` where one cannot be read."""
    for name, path in (("o", old), ("n", new)):
        connection.execute(f"CREATE OR REPLACE VIEW {name} AS SELECT *, TRUE AS {_name(_THERE)} FROM read_parquet({quoted(path)})")
    before, after = (
        [row[0] for row in connection.execute(f"DESCRIBE {name}").fetchall() if row[0] != _THERE] for name in ("o", "n")
    )
    shared = [name for name in after if name in before and name not in ("scheme", "id")]
    columns = ["o." + _name(c) + " IS DISTINCT FROM n." + _name(c) for c in shared]
    joined = "FROM o FULL JOIN n USING (scheme, id)"
    in_old, in_new = f"o.{_name(_THERE)}", f"n.{_name(_THERE)}"
    counts = connection.execute(
        f"SELECT count(*) FILTER ({in_new} IS NULL), count(*) FILTER ({in_old} IS NULL), "
        f"{', '.join(f'count(*) FILTER ({in_old} AND {in_new} AND {c})' for c in columns)} {joined}"
    ).fetchone()
    assert counts is not None
    named = connection.execute(f"SELECT id {joined} WHERE {' OR '.join(columns)} ORDER BY scheme, id LIMIT {_NAMED}").fetchall()
    return Differing(
        {name: count for name, count in zip(shared, counts[2:], strict=True) if count},
        tuple(row[0] for row in named),
        counts[0],
        counts[1],
        tuple(name for name in before if name not in after),
        tuple(name for name in after if name not in before),
    )


def _name(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'
