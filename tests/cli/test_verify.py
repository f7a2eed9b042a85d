"""``keqiao verify`` and the settings of ``keqiao assess``: what is printed, and the exit codes."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cli.conftest import Keqiao
from keqiao.engine import Run
from keqiao.facts.snapshot import write_snapshot


@pytest.fixture
def snapshot(tmp_path: Path) -> Path:
    table = pa.table(
        {"scheme": ["other"] * 3, "id": ["A", "B", "C"], "size_industry": ["工业"] * 3, "employees": [10**7, 10**5, None],
         "revenue": [10**12, 10**8, 10**9]}
    )  # fmt: skip
    write_snapshot(table, {"year": 2025, "as_of": dt.date(2026, 11, 21).isoformat()}, tmp_path / "facts")
    return tmp_path / "facts"


def test_a_run_is_verified_until_it_is_touched(keqiao: Keqiao, snapshot: Path, tmp_path: Path) -> None:
    made = keqiao(
        "assess", snapshot, "--out", "run", "--rules", "cn.size_class", "--keep", "outcomes", "--threads", 1,
        env={"KEQIAO_MEMORY": "200MB"},
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    run = Run.open(tmp_path / "run")
    assert run.receipt["settings"] == {"memory": 200_000_000, "threads": 1}
    assert run.results("cn.size_class").column_names == ["scheme", "id", "outcome", "class"]
    found = keqiao("verify", "run")
    assert found.returncode == 0 and found.stdout.rstrip().endswith("核验通过")
    path = tmp_path / "run" / "results" / "cn.size_class.parquet"
    pq.write_table(pq.read_table(path), path)
    found = keqiao("verify", "run", "--no-replay", "--lang", "en")
    assert found.returncode == 1 and "results/cn.size_class.parquet: the file was changed" in found.stdout


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [(["--keep", "all"], 2, "--keep"), (["--memory", "lots"], 1, "500MB"), (["--threads", "0"], 1, "线程")],
)
def test_wrong_settings_are_told(keqiao: Keqiao, snapshot: Path, options: list[str], code: int, message: str) -> None:
    found = keqiao("assess", snapshot, "--out", "run", "--rules", "cn.size_class", *options)
    assert (found.returncode, message in found.stderr) == (code, True)
