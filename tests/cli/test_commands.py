"""The other commands, from a sheet to SQL, and what they say when something is wrong."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from cli.conftest import Keqiao

SHEET = """年度,统一社会信用代码,企业名称,职工人数,科技人员数,营业收入（万元）,研发费用（万元）,资产总额（万元）
2025,91990000MA0000001C,示例一,120,30,3000,200,4000
"""

LOCAL = """kind: standard
id: local.small
title: {zh: 本地小企业, en: Local small firm}
source: {document: 某区办法, number: 某发〔2026〕1号, issuer: 某区, date: 2026-01-05}
effective: {from: 2026-01-05}
recorded: 2026-11-21
status: local
require:
  all:
    - id: few
      title: 职工不超过200人
      when: 职工人数 <= 200人
      cite: 第三条
examples:
  - {title: 在内, facts: {职工人数: 200人}, expect: {outcome: "yes"}}
  - {title: 在外, facts: {职工人数: 201人}, expect: {outcome: "no"}}
"""


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    from keqiao.examples import city_enterprises

    code = next(iter(city_enterprises(1))).uscc
    path = tmp_path / "sheet.csv"
    path.write_text(SHEET.replace("91990000MA0000001C", code), encoding="utf-8")
    return path


def test_from_a_sheet_to_an_explanation(keqiao: Keqiao, sheet: Path, tmp_path: Path) -> None:
    imported = keqiao("facts", "import", sheet, "--year", 2025, "--as-of", "2026-11-21", "--out", "snap")
    assert imported.returncode == 0, imported.stdout + imported.stderr
    assessed = keqiao("assess", "snap", "--rules", "cn.tech_sme", "cn.size_class", "--out", "run")
    assert assessed.returncode == 0, assessed.stdout + assessed.stderr
    assert (tmp_path / "run" / "评价结果.xlsx").exists()
    code = duckdb.sql(f"SELECT id FROM '{tmp_path}/run/results/cn.tech_sme.parquet'").fetchall()[0][0]
    told = keqiao("explain", "cn.tech_sme", "--run", "run", "--enterprise", code)
    assert "结论：未知" in told.stdout
    again = keqiao("assess", "snap", "--out", "run")
    assert again.returncode == 1
    assert "已经存在" in again.stderr


def test_mapping_shows_what_each_heading_was_read_as(keqiao: Keqiao, sheet: Path) -> None:
    done = keqiao("facts", "import", sheet, "--year", 2025, "--as-of", "2026-11-21", "--out", "snap", "--mapping")
    assert "营业收入（万元）" in done.stdout
    assert "万元" in done.stdout


def test_bad_cell_is_told_with_its_place_and_nothing_is_left(keqiao: Keqiao, sheet: Path, tmp_path: Path) -> None:
    sheet.write_text(sheet.read_text("utf-8").replace(",120,", ",一百二,"), encoding="utf-8")
    done = keqiao("facts", "import", sheet, "--year", 2025, "--as-of", "2026-11-21", "--out", "snap")
    assert done.returncode == 1
    assert "D2" in done.stdout
    assert not (tmp_path / "snap").exists()
    assert (tmp_path / "snap-errors.xlsx").exists()


def test_parts_above_their_whole_are_refused_by_the_vocabulary(keqiao: Keqiao, sheet: Path) -> None:
    sheet.write_text(sheet.read_text("utf-8").replace(",120,30,", ",120,130,"), encoding="utf-8")
    done = keqiao("facts", "import", sheet, "--year", 2025, "--as-of", "2026-11-21", "--out", "snap")
    assert done.returncode == 1
    assert "科技人员" in done.stdout


@pytest.mark.parametrize("dialect", ["duckdb", "postgres", "spark"])
def test_compile_gives_one_statement(keqiao: Keqiao, dialect: str) -> None:
    done = keqiao("compile", "cn.tech_sme", "--dialect", dialect, "--conditions", "--as-of", "2026-11-21")
    assert done.returncode == 0
    assert done.stdout.rstrip().endswith(";")
    assert done.stdout.count(";\n") == 1
    assert "国科发政〔2017〕115号" in done.stdout


def test_compiled_sql_runs_on_a_run_s_facts(keqiao: Keqiao, sheet: Path, tmp_path: Path) -> None:
    keqiao("facts", "import", sheet, "--year", 2025, "--as-of", "2026-11-21", "--out", "snap")
    (tmp_path / "local").mkdir()
    (tmp_path / "local" / "small.yaml").write_text(LOCAL, encoding="utf-8")
    sql = keqiao("compile", "local.small", "--packs", "local", "--as-of", "2026-11-21").stdout
    connection = duckdb.connect()
    connection.execute(f"CREATE VIEW facts AS SELECT * FROM '{tmp_path}/snap/facts.parquet'")
    assert [row[2] for row in connection.execute(sql).fetchall()] == [3]


def test_unknown_dialect_is_wrong_usage(keqiao: Keqiao) -> None:
    assert keqiao("compile", "cn.tech_sme", "--dialect", "oracle").returncode == 2


def test_check_of_a_good_local_pack_is_0(keqiao: Keqiao, tmp_path: Path) -> None:
    (tmp_path / "local").mkdir()
    (tmp_path / "local" / "small.yaml").write_text(LOCAL, encoding="utf-8")
    done = keqiao("check", "local")
    assert done.returncode == 0, done.stdout


def test_check_of_a_bad_local_pack_is_1_with_its_place(keqiao: Keqiao, tmp_path: Path) -> None:
    (tmp_path / "local").mkdir()
    (tmp_path / "local" / "small.yaml").write_text(LOCAL.replace("<= 200人", "<= 200万元"), encoding="utf-8")
    done = keqiao("check", "local")
    assert done.returncode == 1
    assert "small.yaml:12:13" in done.stdout


def test_packs_list_and_show(keqiao: Keqiao) -> None:
    assert "cn.tech_sme" in keqiao("packs", "list").stdout
    shown = keqiao("packs", "show", "cn.tech_sme").stdout
    assert "职工人数不超过500人" in shown
    assert "研发费用" in keqiao("packs", "show", "vocabulary").stdout


def test_a_ladder_is_shown_from_low_to_high_with_its_rules(keqiao: Keqiao) -> None:
    shown = keqiao("packs", "show", "cn.ladder_srdi", "--as-of", "2026-03-31").stdout.splitlines()
    assert shown[0] == "优质中小企业梯度  cn.ladder_srdi"
    assert shown[4:6] == ["  1. 创新型中小企业  cn.innovative_sme", "  2. 专精特新中小企业  cn.srdi_sme"]
    assert shown[-1] == "  5. 制造业单项冠军企业  没有认定规则"


def test_a_list_is_shown_with_its_article_and_that_it_is_open(keqiao: Keqiao) -> None:
    shown = keqiao("packs", "show", "cn.list.reform_zones", "--lang", "en").stdout.splitlines()
    assert shown[0] == "Reform zones of science and technology finance  cn.list.reform_zones"
    assert shown[-4:] == ["（十三）", "  北京市中关村", "  济南市", "  the list is open: what is not on it is unknown"]


def test_help_is_chinese_or_english(keqiao: Keqiao) -> None:
    assert "导入" in keqiao("facts", "--help").stdout
    assert "folder of a run" in keqiao("explain", "--help", "--lang", "en").stdout


def test_unknown_option_is_wrong_usage(keqiao: Keqiao) -> None:
    assert keqiao("explain", "--nothing").returncode == 2


def test_demo_refuses_a_folder_that_is_not_its_own(keqiao: Keqiao, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "file").write_text("mine")
    done = keqiao("demo", "--out", "mine")
    assert done.returncode == 1
    assert (tmp_path / "mine" / "file").read_text() == "mine"
