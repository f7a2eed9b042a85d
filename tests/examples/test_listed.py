"""The accounts of listed companies: shape, exact relations, published figures, attribution."""

from __future__ import annotations

import csv
import datetime as dt
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from keqiao.examples import LISTED_LABEL, listed_files
from keqiao.facts import import_files
from keqiao.rules.vocabulary import Vocabulary

ROOT = Path(__file__).parents[2]
SOURCE = ROOT.parent / "shared/data/lfh2016"


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    (path,) = listed_files()
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_there_are_three_full_years(rows: list[dict[str, str]]) -> None:
    assert Counter(row["年度"] for row in rows) == {"2012": 1269, "2013": 1269, "2014": 1269}


def test_no_company_has_a_year_twice(rows: list[dict[str, str]]) -> None:
    assert len({(row["证券代码"], row["年度"]) for row in rows}) == len(rows)


def test_codes_have_six_digits_of_two_boards(rows: list[dict[str, str]]) -> None:
    assert {row["证券代码"][:3] for row in rows} == {"002", "300"}
    assert all(len(row["证券代码"]) == 6 and row["证券代码"].isdigit() for row in rows)


def test_names_have_no_blanks_and_do_not_change(rows: list[dict[str, str]]) -> None:
    assert all(row["企业名称"] == "".join(row["企业名称"].split()) != "" for row in rows)
    assert len({(row["证券代码"], row["企业名称"]) for row in rows}) == 1269


def test_net_assets_are_assets_minus_liabilities(rows: list[dict[str, str]]) -> None:
    for row in rows:
        assets, debts, own = (int(row[f"{name}（万元）"]) for name in ("资产总额", "负债总额", "净资产"))
        assert assets == debts + own


@pytest.mark.parametrize(
    ("code", "year", "heading", "value"),
    [
        # Annual reports of BYD, Hikvision and Huayi Brothers, rounded to whole 万元.
        ("002594", "2014", "营业收入（万元）", "5819588"),
        ("002415", "2014", "营业收入（万元）", "1723311"),
        ("002415", "2014", "加权平均净资产收益率（%）", "36.27"),
        ("300027", "2014", "营业收入（万元）", "238902"),
        ("002594", "2014", "经营活动现金流量净额（万元）", "3807"),
    ],
)
def test_figures_are_those_of_the_annual_reports(
    rows: list[dict[str, str]], code: str, year: str, heading: str, value: str
) -> None:
    (row,) = (r for r in rows if (r["证券代码"], r["年度"]) == (code, year))
    assert row[heading] == value


def test_net_profit_is_left_empty_where_the_source_excludes_minorities(rows: list[dict[str, str]]) -> None:
    (row,) = (r for r in rows if (r["证券代码"], r["年度"]) == ("300027", "2014"))
    assert row["净利润（万元）"] == row["扣非净利润（万元）"] == ""
    assert 0.25 < sum(r["净利润（万元）"] != "" for r in rows) / len(rows) < 0.4


def test_the_source_and_its_licence_are_named() -> None:
    (path,) = listed_files()
    notice = path.with_name("NOTICE.md").read_text(encoding="utf-8")
    for words in (notice, LISTED_LABEL):
        assert "lfh2016/chinese-stock-Financial-Index" in words
        assert "Apache" in words


def test_the_data_are_small() -> None:
    assert sum(path.stat().st_size for path in listed_files()) < 1_000_000


def test_the_accounts_are_imported_without_errors(tmp_path: Path, vocabulary: Vocabulary) -> None:
    report = import_files(
        listed_files(),
        vocabulary=vocabulary,
        year=2014,
        as_of=dt.date(2015, 6, 30),
        out=tmp_path / "snapshot",
        label=LISTED_LABEL,
    )
    assert report.enterprises == 1269


@pytest.mark.skipif(not SOURCE.exists(), reason="the source data are not here")
def test_the_script_prepares_the_shipped_bytes(tmp_path: Path) -> None:
    out = tmp_path / "accounts.csv"
    script = ROOT / "tools/prepare_listed.py"
    subprocess.run([sys.executable, str(script), str(SOURCE), "--out", str(out)], check=True)
    assert out.read_bytes() == listed_files()[0].read_bytes()
