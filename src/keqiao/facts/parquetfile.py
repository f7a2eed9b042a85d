"""Reading Parquet: a table of typed columns as a sheet, numbers exact."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa  # type: ignore[import-untyped, unused-ignore]
import pyarrow.parquet as pq  # type: ignore[import-untyped, unused-ignore]

from keqiao.errors import say
from keqiao.facts.container import corrupt
from keqiao.facts.sheets import Limits, RawSheet, Unreadable, too_many_cells

MAGIC = b"PAR1"
_CHINA = ZoneInfo("Asia/Shanghai")


def read_parquet(path: Path, data: bytes, limits: Limits) -> RawSheet:
    """A Parquet file as one sheet: its columns' names are the headings. Raises `Unreadable`."""
    try:
        with pq.ParquetFile(pa.BufferReader(data)) as file:
            _refuse_large(path, file.metadata, limits)
            table = file.read()
    except (pa.ArrowException, OSError) as error:
        raise corrupt(str(error).splitlines()[0]) from None
    columns = [_values(name, table.column(i)) for i, name in enumerate(table.column_names)]
    del table
    rows: list[list[object]] = [list(_names(columns))]
    rows.extend(map(list, zip(*(values for _, values in columns), strict=True)))
    return RawSheet(path, "", rows, is_csv=True, row_name=lambda r: say(f"第{r}行", f"row {r}") if r else "")


def _refuse_large(path: Path, metadata: Any, limits: Limits) -> None:
    cells = metadata.num_rows * metadata.num_columns
    if cells > limits.cells:
        raise too_many_cells(path.name, cells, limits)
    unpacked = sum(metadata.row_group(i).total_byte_size for i in range(metadata.num_row_groups))
    if unpacked > limits.unpacked_bytes:
        raise Unreadable(
            "too-large",
            f"文件解压后有 {unpacked:,} 字节，超过上限 {limits.unpacked_bytes:,}；请拆分后再导入",
            f"the file unpacks to {unpacked:,} bytes, more than {limits.unpacked_bytes:,}; split it first",
        )


def _names(columns: list[tuple[str, list[object]]]) -> list[str]:
    return [name for name, _ in columns]


def _values(name: str, column: Any) -> tuple[str, list[object]]:
    """A column's values, ``""`` for null, as the cells of a sheet would hold them."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        column, kind = column.cast(kind.value_type), kind.value_type
    convert = _converter(kind)
    if convert is None:
        raise Unreadable(
            "format",
            f"列“{name}”的类型 {kind} 不能导入，应为文字、数字、是否或日期；请转换或去掉这一列",
            f"the column {name!r} is of type {kind}, which is not imported; make it text, number, boolean or date",
        )
    return name, ["" if v is None else convert(v) for v in column.to_pylist()]


def _converter(kind: Any) -> Callable[[Any], object] | None:
    types = pa.types
    if types.is_float32(kind) or types.is_float16(kind):
        return _short
    if types.is_timestamp(kind):
        return _local
    plain = (
        types.is_string, types.is_large_string, types.is_string_view, types.is_integer, types.is_float64, types.is_decimal,
        types.is_boolean, types.is_date, types.is_null,
    )  # fmt: skip
    return _same if any(test(kind) for test in plain) else None


def _same(value: object) -> object:
    return value


def _short(value: float) -> object:
    """A single-precision number as the shortest decimal that stands for it."""
    import numpy as np

    return Decimal(str(np.float32(value)))


def _local(value: dt.datetime) -> dt.datetime:
    """A point of time as the clock in China shows it."""
    return value.astimezone(_CHINA).replace(tzinfo=None) if value.tzinfo else value
