"""``keqiao report``: three kinds of file, and what is refused."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cli.conftest import Keqiao
from keqiao import load_packs
from keqiao.engine import assess
from keqiao.facts import Snapshot
from keqiao.facts.snapshot import write_snapshot


@pytest.fixture
def run(tmp_path: Path) -> Path:
    table = pa.table({"scheme": ["other"] * 2, "id": ["A", "B"], "name": ["甲公司", "乙公司"], "employees": [10**7, 510 * 10**4]})
    write_snapshot(table, {"year": 2025, "as_of": dt.date(2026, 11, 21).isoformat()}, tmp_path / "facts")
    assess(Snapshot.open(tmp_path / "facts"), load_packs(), tmp_path / "run", rules=["cn.tech_sme", "cn.size_class"])
    return tmp_path / "run"


def test_a_page_a_workbook_and_all_reasons(keqiao: Keqiao, run: Path, tmp_path: Path) -> None:
    done = keqiao("report", run, "--out", "a.html", "--rules", "cn.tech_sme")
    assert (done.returncode, done.stdout) == (0, "报告：a.html\n")
    assert "科技型中小企业" in (tmp_path / "a.html").read_text("utf-8")
    assert keqiao("report", run, "--out", "a.xlsx", "--since", run, "--reasons", 1, "--lang", "en").stdout == "report: a.xlsx\n"
    assert "Changes" in openpyxl.load_workbook(tmp_path / "a.xlsx", read_only=True).sheetnames
    assert keqiao("report", run, "--out", "a.parquet").returncode == 0
    assert pq.read_table(tmp_path / "a.parquet").num_rows > 0
    again = keqiao("report", run, "--out", "a.html")
    assert again.returncode == 1
    assert "已经存在" in again.stderr


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ((), "要写 --out"),
        (("--out", "a.pdf"), "要以 .html、.xlsx 或 .parquet 结尾"),
        (("--out", "a.html", "--reasons", 5), "只用于 .xlsx"),
        (("--out", "a.xlsx", "--no-names"), "只用于 .html"),
    ],
)
def test_wrong_usage(keqiao: Keqiao, tmp_path: Path, options: tuple[object, ...], message: str) -> None:
    done = keqiao("report", tmp_path, *options)
    assert done.returncode == 2
    assert message in done.stderr


def test_an_unknown_rule_or_run(keqiao: Keqiao, run: Path, tmp_path: Path) -> None:
    assert keqiao("report", run, "--out", "a.html", "--rules", "cn.nothing").returncode == 1
    assert keqiao("report", tmp_path / "facts", "--out", "a.html").returncode == 1
    assert not (tmp_path / "a.html").exists()
