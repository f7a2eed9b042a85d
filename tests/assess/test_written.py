"""Answers as files: every kind as a workbook, csv and JSON that say what they rest on."""

from __future__ import annotations

import csv
import datetime as dt
import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from assess.assess_sample import Run
from keqiao.assess import compare, difference, migrate, misses, profile, rank, whatif
from keqiao.errors import KeqiaoError
from keqiao.reports.papers import Paper, paper_of
from keqiao.reports.ranking import write_ranking
from keqiao.reports.written import exact, json_of, text_of, write_answer

DAY = dt.date(2026, 11, 21)


@pytest.fixture(scope="module")
def answers(run: Run) -> dict[str, Any]:
    return {
        "misses": misses(run, "t.title"),
        "whatif": whatif(run, "t.title", {"staff": "105人"}),
        "rank": rank(run, "t.card", top=3, caps=[("place", 1)], where="职工人数 > 0人", ties=["职工人数"]),
        "compare": compare(run, run),
        "diff": difference(run.packs, "t.title", DAY, DAY, run.snapshot, other="t.rest"),
        "migrate": migrate(run, "t.card", DAY, DAY),
        "profile": profile(run, "A"),
    }


KINDS = ["misses", "whatif", "rank", "compare", "diff", "migrate", "profile"]


def texts(path: Path) -> dict[str, str]:
    book = openpyxl.load_workbook(path)
    return {
        sheet.title: "\n".join(str(value) for row in sheet.iter_rows(values_only=True) for value in row if value is not None) for sheet in book
    }


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_answer_is_a_workbook_with_definitions(answers: dict[str, Any], tmp_path: Path, kind: str, language: str) -> None:
    found = texts(write_answer(answers[kind], tmp_path / "a.xlsx", language=language))
    last = "口径说明" if language == "zh" else "Definitions"
    assert list(found)[-1] == last
    assert "试验数据" in found[last]
    if language == "en":
        assert not {"口径说明", "结论", "名单"} & set(found)


@pytest.mark.parametrize("kind", KINDS)
def test_rows_are_as_wide_as_their_heads(answers: dict[str, Any], kind: str) -> None:
    paper: Paper = paper_of(answers[kind], "zh")
    for table in paper.tables:
        assert {len(row) for row in table.rows} <= {len(table.heads)}
        assert all(col < len(table.heads) for col in table.brief)


@pytest.mark.parametrize("kind", KINDS)
def test_json_has_no_floats_and_reads_back(answers: dict[str, Any], kind: str) -> None:
    def refuse(text: str) -> None:
        raise AssertionError(f"a float: {text}")

    assert json.loads(json_of(answers[kind]), parse_float=refuse)


def test_a_list_has_the_list_the_reasons_and_how_it_was_made(answers: dict[str, Any], tmp_path: Path) -> None:
    found = texts(write_ranking(answers["rank"], tmp_path / "list.xlsx"))
    assert list(found) == ["名单", "未入选及原因", "未入选户数", "口径说明"]
    assert "乙公司" in found["名单"]  # as many points as 甲公司, and more staff
    assert "所在地 东城区 已满 1 家" in found["未入选及原因"]
    for text in ("含示例数字：不得公布", "再按职工人数由高到低", "筛选条件：职工人数 > 0人", "每个所在地至多 1 家", "示例，非官方数字"):
        assert text in found["口径说明"]
    assert all("含示例数字：不得公布" in sheet for sheet in found.values())


def test_csv_is_the_main_table_and_safe(answers: dict[str, Any], tmp_path: Path) -> None:
    path = write_answer(answers["rank"], tmp_path / "list.csv")
    assert path.read_bytes()[:3] == b"\xef\xbb\xbf"
    rows = list(csv.reader(path.read_text("utf-8-sig").splitlines()))
    assert rows[0][:3] == ["名次", "企业代码", "企业名称"]
    assert rows[1][:3] == ["1", "B", "乙公司"]
    assert rows[0][-1] == "说明"
    assert all("试验数据" in row[-1] and "含示例数字：不得公布" in row[-1] for row in rows[1:])


def test_csv_of_a_money_ranking_is_in_the_unit_of_its_heads(run: Run, tmp_path: Path) -> None:
    rows = list(csv.DictReader(write_answer(rank(run, "营业收入", top=1), tmp_path / "list.csv").read_text("utf-8-sig").splitlines()))
    assert (rows[0]["下限（万元）"], rows[0]["营业收入"]) == ("6000", "6000万元")


def test_comparisons_and_profiles_say_each_rule_s_status(answers: dict[str, Any]) -> None:
    for kind in ("compare", "profile"):
        table = paper_of(answers[kind], "zh").tables[0]
        assert "示例，非官方数字" in [row[table.heads.index("状态")] for row in table.rows]


def test_formulas_are_no_formulas(run: Run, tmp_path: Path) -> None:
    from keqiao.reports.papers.base import Table
    from keqiao.reports.written import _csv

    _csv(Table("x", ["a"], [["=1+1"], ["-5"], ["+3.5"], ["@cmd"], [Fraction(-1, 2)], [None]]), tmp_path / "x.csv")
    assert (tmp_path / "x.csv").read_text("utf-8-sig").split("\n")[1:6] == ["'=1+1", "-5", "+3.5", "'@cmd", "-0.5"]


def test_numbers_are_exact() -> None:
    assert [exact(Fraction(1, 20)), exact(Fraction(1, 3)), exact(Fraction(7))] == ["0.05", "1/3", "7"]
    assert [text_of(None), text_of(3), text_of("甲")] == ["", "3", "甲"]


def test_files_are_never_overwritten_and_endings_are_known(answers: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("mine")
    with pytest.raises(KeqiaoError, match="已经存在"):
        write_answer(answers["misses"], tmp_path / "a.json")
    with pytest.raises(KeqiaoError, match=r"\.xlsx、\.csv 或 \.json"):
        write_answer(answers["misses"], tmp_path / "a.pdf")
    assert [p.name for p in tmp_path.iterdir()] == ["a.json"]


def test_what_cannot_be_written_leaves_nothing(answers: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(KeqiaoError, match="没有留下任何文件"):
        write_answer(answers["misses"], tmp_path / "file" / "a.json")


def test_a_comparison_tells_every_cause_in_a_row(run: Run, home: Path) -> None:
    from assess.assess_sample import packs_of, run_of, snapshot_of
    from assess.assess_world import PACKS, SHEET, TITLES

    packs = packs_of(home, PACKS)
    later = run_of(home, snapshot_of(home, SHEET.replace("成长期,105,6000", "成长期,95,6000"), packs, titles=TITLES), packs, ["t.title", "t.asks"])
    paper = paper_of(compare(run, later), "zh")
    rows = [row for row in paper.tables[1].rows if row[0] == "t.title"]
    assert rows == [["t.title", "B", "乙公司", "东城区", "110101", "否→是", "数据", "职工不超过100人", "职工人数", "105人", "95人", "否→是"]]
