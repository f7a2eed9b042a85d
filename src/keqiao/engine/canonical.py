"""Hashes of content: equal where the values are, however a file was written.

The hash of a table is over its columns by name, each with its type and its values in the order of the
rows, which is that of the keys. Row groups, compression, dictionaries and the width of whole numbers
do not count; a value, a NULL, a name or a type does. Tables are read in blocks, never whole.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from keqiao.engine.folders import file_hash
from keqiao.packs.yaml import read_yaml

#: Rows hashed at a time. Part of the definition: the hash depends on it.
BLOCK = 1 << 16
#: A block is read column by column in groups of so many, to bound memory for wide tables.
_WIDE = 32

Update = Callable[[bytes | memoryview], None]


def content_hash(path: Path) -> str:
    """SHA-256 of what a file says: Parquet by values, YAML and JSON by data, others by bytes."""
    if path.suffix == ".parquet":
        return table_hash(path)
    if path.suffix in (".yaml", ".yml"):
        return data_hash(read_yaml(path).data)
    if path.suffix == ".json":
        return data_hash(json.loads(path.read_text("utf-8")))
    return file_hash(path)


def data_hash(data: Any) -> str:
    """SHA-256 of plain data as compact JSON; the order of mappings counts, as it does in packs."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), default=_tagged)
    return hashlib.sha256(text.encode()).hexdigest()


def _tagged(value: object) -> dict[str, str]:
    """Decimals and dates, apart from the texts that look like them."""
    return {f"!{type(value).__name__}": str(value)}


def table_hash(path: Path) -> str:
    """SHA-256 of a Parquet table's values (see the module)."""
    with pq.ParquetFile(path) as file:
        rows, schema = file.metadata.num_rows, file.schema_arrow
        names = sorted(schema.names)
        digests: dict[str, str] = {}
        for start in range(0, len(names), _WIDE):
            digests |= _columns(file, names[start : start + _WIDE])
    head = f"keqiao-table-1\n{rows}\n"
    lines = [f"{json.dumps(name)}\t{kind_of(schema.field(name).type)}\t{digests[name]}\n" for name in names]
    return hashlib.sha256((head + "".join(lines)).encode()).hexdigest()


def _columns(file: pq.ParquetFile, names: list[str]) -> dict[str, str]:
    hashes = {name: hashlib.sha256() for name in names}
    for block in _blocks(file, names):
        for name in names:
            _put(block.column(name), hashes[name].update)
    return {name: digest.hexdigest() for name, digest in hashes.items()}


def _blocks(file: pq.ParquetFile, names: list[str]) -> Iterator[pa.RecordBatch]:
    """Blocks of exactly `BLOCK` rows, but the last."""
    waiting: list[pa.RecordBatch] = []
    count = 0
    for batch in file.iter_batches(batch_size=BLOCK, columns=names):
        while count + batch.num_rows >= BLOCK:
            waiting.append(batch.slice(0, BLOCK - count))
            batch = batch.slice(BLOCK - count)
            yield _joined(waiting)
            waiting, count = [], 0
        if batch.num_rows:
            waiting.append(batch)
            count += batch.num_rows
    if count:
        yield _joined(waiting)


def _joined(batches: list[pa.RecordBatch]) -> pa.RecordBatch:
    if len(batches) == 1:
        return batches[0]
    return pa.Table.from_batches(batches).combine_chunks().to_batches()[0]


def kind_of(kind: pa.DataType) -> str:
    """The type of a column as far as it counts: all whole numbers are one, as are all texts."""
    if pa.types.is_dictionary(kind):
        return kind_of(kind.value_type)
    if pa.types.is_integer(kind):
        return "integer"
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return "text"
    if pa.types.is_struct(kind):
        return "{" + ",".join(f"{json.dumps(field.name)}:{kind_of(field.type)}" for field in kind) + "}"
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return f"[{kind_of(kind.value_type)}]"
    return str(kind)


def _put(column: pa.Array, update: Update) -> None:
    """Feed one block of a column: rows, which are NULL, then the values with NULL as zero."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.dictionary_decode()
        kind = column.type
    update(b"%d,%d;" % (len(column), column.null_count))
    if column.null_count:
        update(np.packbits(column.is_valid().to_numpy(zero_copy_only=False)).tobytes())
    if pa.types.is_struct(kind):
        for child in column.flatten():
            _put(child, update)
    elif pa.types.is_list(kind) or pa.types.is_large_list(kind):
        _whole(_plain(pc.list_value_length(column)), update)
        _put(column.flatten(), update)
    elif pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_binary(kind):
        _text(column, update)
    elif pa.types.is_date32(kind):
        _whole(_plain(column.cast(pa.int32())), update)
    elif pa.types.is_boolean(kind):
        update(np.packbits(pc.fill_null(column, False).to_numpy(zero_copy_only=False)).tobytes())
    elif pa.types.is_integer(kind):
        _whole(_plain(column), update)
    elif pa.types.is_decimal128(kind):
        column = pc.fill_null(column, pa.scalar(0, kind)) if column.null_count else column
        update(memoryview(column.buffers()[1])[16 * column.offset : 16 * (column.offset + len(column))])
    else:  # floats and times: few, and never in the columns of decisions
        update(json.dumps([None if v is None else str(v) for v in column.to_pylist()]).encode())


def _plain(column: pa.Array) -> npt.NDArray[Any]:
    """Whole numbers as numpy, NULL as zero."""
    values: npt.NDArray[Any] = (pc.fill_null(column, 0) if column.null_count else column).to_numpy(zero_copy_only=False)
    return values


def _whole(values: npt.NDArray[Any], update: Update) -> None:
    """Whole numbers in the fewest bytes that hold the block: most codes need one."""
    if not len(values):
        return
    low, high = int(values.min()), int(values.max())
    for width in (1, 2, 4, 8):
        bound = 1 << (8 * width - 1)
        if -bound <= low and high < bound:
            update(b"i%d;" % width)
            update(values.astype(f"<i{width}").tobytes())
            return
    update(b"u8;")
    update(values.astype("<u8").tobytes())


def _text(column: pa.Array, update: Update) -> None:
    """Lengths in bytes, then all texts behind each other."""
    if column.null_count:
        column = pc.fill_null(column, b"" if pa.types.is_binary(column.type) else "")
    _whole(_plain(pc.binary_length(column)), update)
    _, offsets, data = column.buffers()
    if data is None or not len(column):
        return
    wide = pa.types.is_large_string(column.type)
    ends = np.frombuffer(offsets, "<i8" if wide else "<i4")
    update(memoryview(data)[int(ends[column.offset]) : int(ends[column.offset + len(column)])])
