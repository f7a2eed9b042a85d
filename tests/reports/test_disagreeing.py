"""How many values have sources that disagree, against a sheet whose rivals are counted by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
from html_page import Page
from report_sample import AS_OF, Book

from keqiao.engine import Run, assess
from keqiao.facts import Snapshot, import_files
from keqiao.facts.declared import declared_of
from keqiao.packs.loader import load_packs
from keqiao.reports import write_html, write_workbook
from keqiao.reports.disagreeing import disagreeing, told
from keqiao.reports.wording import Words

#: A differs in both figures, B in none, C in one; the tax authority goes before statistics, and 某局 is declared nowhere.
SHEET = """\
企业编号,企业名称,年度,数据来源,职工人数,营业收入（万元）
A,甲,2025,统计,10,510
A,甲,2025,税务,12,500
B,乙,2025,统计,20,600
B,乙,2025,税务,20,600
C,丙,2025,某局,31,700
C,丙,2025,统计,30,700
"""
SAID = "3 个值（2 家企业）各来源不一致：取税务、不取统计 2 个；取统计、不取某局 1 个"


def run_of(folder: Path, sheet: str) -> Run:
    packs = load_packs()
    (folder / "main.csv").write_text("\ufeff" + sheet, "utf-8")
    import_files(
        [folder / "main.csv"], vocabulary=packs.vocabulary, year=2025, as_of=AS_OF, out=folder / "snapshot", declared=declared_of(packs)
    )
    return assess(Snapshot.open(folder / "snapshot"), packs, folder / "run", rules=["cn.size_class"])


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run_of(tmp_path_factory.mktemp("sources"), SHEET)


def test_values_are_counted_once_and_by_what_prevailed(run: Run) -> None:
    found = disagreeing(run)
    assert found is not None
    assert (found.values, found.enterprises) == (3, 2)
    assert found.pairs == (("税务", "统计", 2), ("统计", "某局", 1))
    assert told(run, Words("zh")) == SAID
    assert told(run, Words("en")).startswith("3 values of 2 enterprises differ")


def test_the_report_and_the_workbook_tell_it(run: Run, tmp_path: Path) -> None:
    page = Page(write_html(run, tmp_path / "a.html").read_text("utf-8"))
    assert SAID in page.by_id("import").text
    assert "导入时的提醒3 处" in page.by_id("import").text.replace("\n", "")
    book = Book(write_workbook(run, tmp_path / "a.xlsx"))
    assert SAID in book.texts("口径说明")
    assert "导入时提醒3处" in book.texts("口径说明")


def test_sources_that_agree_are_said_to(tmp_path: Path) -> None:
    agreeing = "\n".join(SHEET.splitlines()[:1] + SHEET.splitlines()[3:5]) + "\n"
    assert told(run_of(tmp_path, agreeing), Words("zh")) == "各来源没有不一致的值"


def test_without_sources_nothing_is_said(tmp_path: Path) -> None:
    plain = run_of(tmp_path, "企业编号,企业名称,年度,职工人数\nA,甲,2025,10\n")
    assert disagreeing(plain) is None
    assert told(plain, Words("zh")) == ""


def test_the_name_under_an_earlier_code_is_no_contradiction(tmp_path: Path) -> None:
    packs = load_packs()
    (tmp_path / "main.csv").write_text("\ufeff企业编号,企业名称,年度,职工人数\nA,新名,2025,10\nO,旧名,2024,9\n", "utf-8")
    (tmp_path / "更名与合并.csv").write_text("\ufeff新代码,原代码,原名称,日期,类型\nA,O,旧名,2025-01-01,更名\n", "utf-8")
    import_files(
        sorted(tmp_path.glob("*.csv")), vocabulary=packs.vocabulary, year=2025, as_of=AS_OF, out=tmp_path / "snapshot",
        declared=declared_of(packs),
    )  # fmt: skip
    run = assess(Snapshot.open(tmp_path / "snapshot"), packs, tmp_path / "run", rules=["cn.size_class"])
    assert told(run, Words("zh")) == "各来源没有不一致的值"
