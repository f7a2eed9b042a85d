"""The sheets of gaps, near misses, lists and changes."""

from __future__ import annotations

from pathlib import Path

import pytest
from report_sample import Book, assessed, head, packs_of

from keqiao.assess import misses
from keqiao.engine import Run, assess
from keqiao.reports import write_workbook
from keqiao.reports.lists import WITHIN

LEAST = head("x.least", "收入够", "Enough") + """\
require:
  all:
    - {id: revenue, title: 收入够大, title_en: Revenue, when: 营业收入 >= %s, cite: 第一条}
    - {id: share, title: 研发占比, title_en: Share, when: 研发费用 / 营业收入 >= 5%%, cite: 第二条}
    - {id: field, title: 领域, title_en: Field, when: 属于高新技术领域, cite: 第三条}
"""
MADE_UP = head("x.made", "自拟", "Made up", status="illustrative") + """\
require: {all: [{id: one, title: 一, when: 营业收入 >= 1亿元, cite: 甲}]}
scores: [{id: p, title: 收入, cite: 表, value: 营业收入, bands: {2亿元: 2, 1亿元: 1, below: 0}}]
"""
SHEET = (
    "\ufeff企业编号,企业名称,年度,营业收入（万元）,研发费用（万元）,属于高新技术领域,行政区划\n"
    "A1,甲,2025,20000,2000,是,919901\nB2,乙,2025,4800,480,是,919901\nC3,丙,2025,20000,990,是,\nD4,丁,2025,,,是,919902\n"
    "E5,=戊,2025,11000,1000,,919902\nF6,己,2025,1000,10,是,919902\nG7,庚,2025,4900,490,,919902\n"
)


def _run(folder: Path, least: str = "5000万元") -> Run:
    folder.mkdir(exist_ok=True)
    (folder / "main.csv").write_text(SHEET, "utf-8")
    packs = packs_of(folder / "packs", {"least": LEAST % least, "made": MADE_UP})
    return assessed(folder, [folder / "main.csv"], packs, rules=["x.least", "x.made"])


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return _run(tmp_path_factory.mktemp("lists"))


@pytest.fixture(scope="module")
def lists(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Book:
    return Book(write_workbook(run, tmp_path_factory.mktemp("book") / "a.xlsx"))


def test_a_list_holds_who_is_yes_those_with_most_points_first(lists: Book) -> None:
    rows = lists.table("名单", "规则")
    assert [(row["规则"], row["序号"], row["企业编号"], row["积分下限"]) for row in rows] == [
        ("收入够", 1, "A1", "—"),
        ("自拟（含示例数字）", 1, "A1", 2),
        ("自拟（含示例数字）", 2, "C3", 2),
        ("自拟（含示例数字）", 3, "E5", 1),
    ]
    assert "不得公布或推荐" in lists.texts("名单")
    told = [(row["所在地"], row["区划代码"]) for row in rows[1:]]
    assert told == [("示例市甲山区", "919901"), ("缺", "缺"), ("示例市乙河区", "919902")]


def test_near_misses_are_those_that_assess_tells_with_what_would_come_of_them(lists: Book, run: Run) -> None:
    rows = [row for row in lists.table("临界企业", "规则") if row["规则"] == "收入够"]
    found = misses(run, "x.least", WITHIN)
    assert [row["企业编号"] for row in rows] == [one.key for one in (*found.rows, *found.apart)]
    told = {row["企业编号"]: row for row in rows}
    assert (told["B2"]["实际值"], told["B2"]["门槛"], told["B2"]["放宽后"]) == ("4,800万元", "5,000万元", "是")
    assert (told["C3"]["实际值"], told["C3"]["差距"]) == ("4.95%", "0.05个百分点")
    assert told["G7"]["放宽后"] == "转人工"
    assert told["B2"]["差距占门槛"] == pytest.approx(0.04)
    assert "F6" not in told


def test_a_gap_is_one_row_with_what_fails_what_is_missing_and_what_is_judged(lists: Book) -> None:
    rows = {row["企业编号"]: row for row in lists.table("差距", "企业编号") if row["规则"] == "收入够"}
    assert set(rows) == {"B2", "C3", "D4", "E5", "F6", "G7"}
    assert (rows["F6"]["不满足几条"], rows["F6"]["差在哪里"]) == (2, "收入够大：差4,000万元；研发占比：差4个百分点")
    assert (rows["D4"]["结论"], rows["D4"]["缺哪些数据"]) == ("未知", "缺：营业收入、研发费用")
    assert (rows["E5"]["结论"], rows["E5"]["待人工判断"], rows["E5"]["差在哪里"]) == ("转人工", "领域", None)


def test_names_that_look_like_formulas_stay_texts(lists: Book) -> None:
    for name, first in (("名单", "规则"), ("差距", "企业编号")):
        sheet, at = lists.sheet(name), lists.head(name, first)
        cells = [cell for row in sheet.iter_rows(min_row=at + 1) for cell in row if cell.value == "=戊"]
        assert cells
        assert all(cell.data_type != "f" and cell.quotePrefix for cell in cells)


def test_changes_since_an_earlier_run_say_who_and_why(run: Run, tmp_path: Path) -> None:
    later = _run(tmp_path / "later", "4500万元")
    book = Book(write_workbook(later, tmp_path / "a.xlsx", since=run))
    rows = book.table("变化", "规则")
    assert [(row["企业编号"], row["变化"], row["上次"], row["这次"]) for row in rows] == [("B2", "得到", "否", "是"), ("G7", "其他变化", "否", "转人工")]
    assert {row["为什么"] for row in rows} == {"收入够大（否→是）：条款改了，营业收入 >= 5000万元 → 营业收入 >= 4500万元"}
    assert "收入够：得到 1，失去 0，其他变化 1" in book.texts("变化")
    assert book.names[-2:] == ["变化", "口径说明"]


def test_nothing_changed_is_said(run: Run, tmp_path: Path) -> None:
    book = Book(write_workbook(run, tmp_path / "a.xlsx", since=run, rules=["x.least"]))
    assert "没有变化。" in book.texts("变化")
    assert "自拟" not in book.texts("总览")


def test_empty_lists_are_said(run: Run, tmp_path: Path) -> None:
    none = assess(run.snapshot, packs_of(tmp_path / "packs", {"least": LEAST % "90亿元"}), tmp_path / "run", rules=["x.least"])
    book = Book(write_workbook(none, tmp_path / "a.xlsx"))
    assert "没有结论为“是”的企业。" in book.texts("名单")
    assert "没有临界企业。" in book.texts("临界企业")
