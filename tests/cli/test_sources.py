"""``keqiao facts import --source``: whose data a whole file is."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

CODE = "91990100MA0000001G"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two files that give the same revenue differently."""
    for name, revenue in (("own.csv", "480"), ("tax.csv", "500")):
        with (tmp_path / name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([["统一社会信用代码", "营业收入（万元）"], [CODE, revenue]])
    return tmp_path


def test_the_source_of_a_file(keqiao: Callable[..., Any], folder: Path) -> None:
    done = keqiao("facts", "import", "own.csv", "--source", "税务=tax.csv", "--year", 2025, "--out", "s")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "取税务" in done.stdout
    manifest = json.loads((folder / "s" / "manifest.json").read_text("utf-8"))
    assert [s.get("source") for s in manifest["sources"]] == [None, "税务"]


def test_a_source_without_a_file_is_wrong_usage(keqiao: Callable[..., Any], folder: Path) -> None:
    done = keqiao("facts", "import", "own.csv", "--source", "税务", "--year", 2025, "--out", "s")
    assert done.returncode == 2
    assert "税务=a.xlsx" in done.stdout + done.stderr
    assert not (folder / "s").exists()
