"""The packaged sample: synthetic, small, and what the tool makes."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pyarrow.parquet as pq
import pytest

from keqiao.assess.questions_sample import SAMPLE_HASH, read_sample, sample_path
from keqiao.engine.canonical import table_hash
from keqiao.packs.loader import load_packs

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("questions_sample_tool", ROOT / "tools" / "questions_sample.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_it_has_2000_enterprises_of_the_region_that_does_not_exist() -> None:
    codes = pq.read_table(sample_path(), columns=["uscc"])["uscc"].to_pylist()
    assert len(set(codes)) == 2000
    assert all(code.startswith("9199") for code in codes)


def test_it_says_what_its_hash_says() -> None:
    assert table_hash(sample_path()) == SAMPLE_HASH


def test_it_is_small_and_says_that_it_is_synthetic() -> None:
    assert sample_path().stat().st_size < 300_000
    assert "synthetic data" in pq.read_metadata(sample_path()).metadata[b"label"].decode()


def test_the_tool_makes_it_again(tool: ModuleType, tmp_path: Path) -> None:
    tool.write(load_packs(), tmp_path / "again.parquet")
    assert table_hash(tmp_path / "again.parquet") == SAMPLE_HASH


def test_it_holds_what_the_shipped_rules_read_and_no_name(tool: ModuleType) -> None:
    columns, titles = tool.read_by_rules(load_packs())
    sample = read_sample()
    assert set(sample.columns) == {f"{id}__{shift}" if shift else id for id, shift in columns} | {"uscc"}
    assert {title for held in sample.titles for title in held} <= titles
