"""Hashes of what a snapshot says, whatever its files look like."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

import pyarrow as pa  # type: ignore[import-untyped, unused-ignore]
import pyarrow.compute as pc  # type: ignore[import-untyped, unused-ignore]

#: The layout of what is hashed; it changes with the format of snapshots.
LAYOUT = 1


def content_hash(table: pa.Table, year: int, as_of: str, tables: Mapping[str, pa.Table] | None = None) -> str:
    """SHA-256 over year, as-of day and every typed value, columns by name, rows as they stand.

    It does not depend on how the Parquet file is written or cut into pieces. Further ``tables`` by
    path are added in order; without them the hash is that of the facts alone.
    """
    digest = hashlib.sha256(f"keqiao-facts-{LAYOUT}\n{year}\n{as_of}\n{table.num_rows}\n".encode())
    _add(digest, table)
    for name in sorted(tables or {}):
        digest.update(f"table\t{name}\t{table_hash((tables or {})[name])}\n".encode())
    return digest.hexdigest()


def table_hash(table: pa.Table) -> str:
    """SHA-256 over every typed value of a table, columns by name, rows as they stand."""
    digest = hashlib.sha256(f"keqiao-table-{LAYOUT}\n{table.num_rows}\n".encode())
    _add(digest, table)
    return digest.hexdigest()


def _add(digest: hashlib._Hash, table: pa.Table) -> None:
    for name in sorted(table.column_names):
        column = table.column(name)
        kind = column.type
        if pa.types.is_date(kind):
            column = column.cast(pa.int32())
        if pa.types.is_integer(column.type):
            digest.update(f"{name}\t{'date' if pa.types.is_date(kind) else 'integer'}\n".encode())
            digest.update(pc.is_valid(column).to_numpy().astype("u1").tobytes())
            digest.update(pc.fill_null(column, 0).to_numpy().astype("<i8").tobytes())
        else:
            digest.update(f"{name}\tvalues\n".encode())
            digest.update(json.dumps(column.to_pylist(), ensure_ascii=False, default=str).encode())
