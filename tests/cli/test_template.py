"""``keqiao facts template`` writes what ``keqiao facts import`` reads."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook

from cli.conftest import Keqiao


def test_a_blank_workbook_for_some_rules(keqiao: Keqiao, tmp_path: Path) -> None:
    done = keqiao("facts", "template", "--rules", "cn.tech_sme", "cn.size_class", "--as-of", "2026-11-21", "--out", "t.xlsx")
    assert done.returncode == 0
    assert "2025" in done.stdout
    assert "企业" in load_workbook(tmp_path / "t.xlsx").sheetnames
    blank = keqiao("facts", "import", "t.xlsx", "--year", 2025, "--out", "snap")
    assert blank.returncode == 1
    assert "没有数据" in blank.stdout


@pytest.mark.parametrize("wrong", [["--out", "t.csv"], ["--out", "t.xlsx", "--layout", "x"], ["--out", "t.xlsx", "--years", "0"]])
def test_wrong_usage(keqiao: Keqiao, wrong: list[str]) -> None:
    assert keqiao("facts", "template", "--rules", "cn.tech_sme", *wrong).returncode == 2
