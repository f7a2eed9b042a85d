"""Content hashes: equal where values are, different where anything that counts is."""

from __future__ import annotations

import datetime as dt
import hashlib
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from keqiao.engine.canonical import BLOCK, content_hash, data_hash, table_hash


def sample(rows: int = 3 * BLOCK + 17) -> pa.Table:
    dice = np.random.default_rng(7)
    numbers = dice.integers(-(2**40), 2**40, rows)
    words = dice.choice(np.array(["甲", "", "乙丙", "长一些的文字"]), rows)
    mask = dice.random(rows) < 0.1
    titles = [None if m else [{"title": w, "from": dt.date(2020, 1, 1), "to": None}] * (i % 3) for i, (m, w) in enumerate(zip(mask, words, strict=True))]
    return pa.table(
        {
            "id": pa.array([f"E{i:07d}" for i in range(rows)]),
            "n": pa.array(numbers, mask=mask),
            "code": pa.array(dice.integers(0, 4, rows).astype("int32")),
            "word": pa.array(words, mask=~mask),
            "amount": pa.array(numbers, mask=mask).cast(pa.decimal128(38, 0)),
            "flag": pa.array(dice.random(rows) < 0.5, mask=mask),
            "titles": titles,
        }
    )


@pytest.fixture(scope="module")
def table() -> pa.Table:
    return sample()


def write(folder: Path, table: pa.Table, **options: Any) -> Path:
    path = folder / "t.parquet"
    pq.write_table(table, path, **options)
    return path


@pytest.mark.parametrize(
    "options",
    [{"row_group_size": 1000}, {"row_group_size": BLOCK - 1}, {"compression": "none"}, {"use_dictionary": False}, {"version": "1.0"}],
)
def test_how_a_file_is_written_does_not_count(table: pa.Table, tmp_path: Path, options: dict[str, Any]) -> None:
    assert table_hash(write(tmp_path, table, **options)) == table_hash(write(tmp_path, table))


def test_order_of_columns_and_width_of_numbers_do_not_count(table: pa.Table, tmp_path: Path) -> None:
    wider = table.set_column(2, "code", table["code"].cast(pa.int64())).select(list(reversed(table.column_names)))
    assert table_hash(write(tmp_path, wider)) == table_hash(write(tmp_path, table))


def test_dictionary_columns_are_their_values(table: pa.Table, tmp_path: Path) -> None:
    coded = table.set_column(3, "word", table["word"].dictionary_encode())
    assert table_hash(write(tmp_path, coded)) == table_hash(write(tmp_path, table))


PAIRS = {
    "value": (pa.array([1, 2]), pa.array([1, 3])),
    "order": (pa.array([1, 2]), pa.array([2, 1])),
    "null and zero": (pa.array([1, None]), pa.array([1, 0])),
    "which is null": (pa.array([None, 0]), pa.array([0, None])),
    "null and empty": (pa.array(["a", None]), pa.array(["a", ""])),
    "where a text ends": (pa.array(["ab", "c"]), pa.array(["a", "bc"])),
    "number and text": (pa.array([1]), pa.array(["1"])),
    "number and flag": (pa.array([1]), pa.array([True])),
    "date and number": (pa.array([dt.date(1970, 1, 2)]), pa.array([1])),
    "no list and an empty one": (pa.array([[1], None]), pa.array([[1], []])),
    "where a list ends": (pa.array([[1, 2], [3]]), pa.array([[1], [2, 3]])),
    "no struct and an empty one": (pa.array([{"a": None}]), pa.array([None], pa.struct([("a", pa.null())]))),
    "decimals": (pa.array([Decimal("1.5"), None]), pa.array([Decimal("2.5"), None])),
    "null and zero of decimals": (pa.array([Decimal(1), None]), pa.array([Decimal(1), Decimal(0)])),
    "scale of decimals": (pa.array([Decimal("1.5")]), pa.array([Decimal("1.50")])),
    "times": (pa.array([dt.datetime(2026, 1, 1)]), pa.array([dt.datetime(2026, 1, 2)])),
    "unsigned": (pa.array([2**64 - 1], pa.uint64()), pa.array([2**64 - 2], pa.uint64())),
    "bytes": (pa.array([b"a", None]), pa.array([b"b", None])),
    "rows": (pa.array([1]), pa.array([1, 1])),
}


@pytest.mark.parametrize("kind", PAIRS)
def test_what_counts(tmp_path: Path, kind: str) -> None:
    first, second = (table_hash(write(tmp_path, pa.table({"x": column}))) for column in PAIRS[kind])
    assert first != second


def test_names_count(tmp_path: Path) -> None:
    assert table_hash(write(tmp_path, pa.table({"x": [1]}))) != table_hash(write(tmp_path, pa.table({"y": [1]})))


def test_the_hash_is_what_the_reference_says(tmp_path: Path) -> None:
    """Written out from docs/reference/snapshot-and-run.md."""
    column = hashlib.sha256(b"3,1;" + bytes([0b10100000]) + b"i2;" + np.array([1, 0, 300], "<i2").tobytes()).hexdigest()
    text = f'keqiao-table-1\n3\n"x"\tinteger\t{column}\n'
    assert table_hash(write(tmp_path, pa.table({"x": [1, None, 300]}))) == hashlib.sha256(text.encode()).hexdigest()


def test_comments_and_blanks_of_a_pack_do_not_count(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    found = []
    for text in ("kind: list\nmembers: [1.50]\n", "# note\nkind:  list\nmembers:\n  - 1.50\n", "kind: list\nmembers: ['1.50']\n"):
        path.write_text(text, encoding="utf-8")
        found.append(content_hash(path))
    assert found[0] == found[1] != found[2]


def test_json_is_its_data_and_other_files_their_bytes(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"a": 1}', encoding="utf-8")
    (tmp_path / "a.txt").write_text("a", encoding="utf-8")
    assert content_hash(tmp_path / "a.json") == data_hash({"a": 1})
    assert content_hash(tmp_path / "a.txt") == hashlib.sha256(b"a").hexdigest()


def test_an_empty_table_has_a_hash(tmp_path: Path) -> None:
    path = write(tmp_path, pa.table({"x": pa.array([], pa.string())}))
    assert len(table_hash(path)) == 64
