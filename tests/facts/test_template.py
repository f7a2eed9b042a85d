"""Blank workbooks: just what the rules need, imported again without a warning."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from facts_sample import AS_OF, A, B, codes
from openpyxl import load_workbook

import keqiao
from keqiao.errors import PackError
from keqiao.facts import ImportRefused, ImportReport, Snapshot, import_files
from keqiao.facts.declared import declared_of
from keqiao.facts.headings import Headings
from keqiao.facts.needs import needs_of
from keqiao.facts.packchecks import vocabulary_checks
from keqiao.facts.template import heading_of, write_template
from keqiao.packs.loader import Packs

RULES = ["cn.tech_sme", "cn.hnte"]
LOCAL = """
kind: standard
id: local.asking
title: {zh: 本地标准}
source: {document: 本地办法, number: null, issuer: null, date: null}
effective: {from: 2026-01-01}
recorded: 2026-11-21
status: illustrative
require:
  all:
    - {id: sme, title: 科技型中小企业, when: "outcome('cn.tech_sme')", cite: 一}
    - {id: pct, title: 有PCT申请, when: PCT专利申请量 >= 1件, cite: 二}
"""


@pytest.fixture(scope="module")
def packs() -> Packs:
    return keqiao.load_packs()


def written(packs: Packs, path: Path, **options: Any) -> Any:
    write_template(packs, RULES, path, as_of=AS_OF, year=2025, **options)
    return load_workbook(path)


def imported(packs: Packs, path: Path) -> ImportReport:
    try:
        return import_files(
            [path], vocabulary=packs.vocabulary, year=2025, as_of=AS_OF, out=path.with_suffix(""), declared=declared_of(packs),
            checks=vocabulary_checks(packs, AS_OF, 2025),
        )  # fmt: skip
    except ImportRefused as refused:
        return refused.report


def texts(page: Any, row: int = 1) -> list[str]:
    return [str(cell.value).replace("\n", "") for cell in page[row]]


def fill(page: Any, row: int, values: dict[str, Any], head: int = 1) -> None:
    places = {text: c for c, text in enumerate(texts(page, head), 1)}
    for text, value in values.items():
        page.cell(row, places[text], value)


def sample(text: str) -> Any:
    """A value that any column takes, but that parts are below their whole."""
    if "是/否" in text:
        return "否"
    return dt.date(2010, 1, 1) if "年-月-日" in text else 1


def test_just_what_the_rules_need_and_of_how_many_years(packs: Packs) -> None:
    needs = {n.indicator.id: n for n in needs_of(packs, ["cn.hnte"], AS_OF).indicators}
    assert needs["rd_expense"].back == 2  # 近三个会计年度
    assert needs["tech_staff"].back == 0
    assert needs["founded_date"].uses[0].cite == "认定条件第1项"
    assert "audited_tax_collection" not in needs


def test_the_rules_that_a_rule_asks_are_needed_too(tmp_path: Path) -> None:
    (tmp_path / "local.yaml").write_text(LOCAL, "utf-8")
    needs = needs_of(keqiao.load_packs([tmp_path]), ["local.asking"], AS_OF)
    assert [rule.id for rule in needs.rules] == ["cn.tech_sme", "local.asking"]
    assert {"rd_expense", "pct_applications"} <= {n.indicator.id for n in needs.indicators}


def test_every_heading_is_read_as_its_indicator(packs: Packs) -> None:
    headings = Headings(packs.vocabulary)
    for indicator in packs.vocabulary.indicators.values():
        if indicator.is_title or indicator.subject != "enterprise":
            continue
        found = headings.read(heading_of(indicator))
        assert found is not None, indicator.id
        assert (found.indicators, found.wrong_unit) == ((indicator,), None)


def test_the_sheets_of_a_template(packs: Packs, tmp_path: Path) -> None:
    book = written(packs, tmp_path / "t.xlsx")
    assert book.sheetnames[:3] == ["说明", "企业", "称号"]
    page = book["企业"]
    assert texts(page)[:2] == ["统一社会信用代码", "企业名称"]
    assert {"2025年研发费用（万元）", "2024年研发费用（万元）", "2023年研发费用（万元）"} <= set(texts(page))
    assert "2024年科技人员数（人）" not in texts(page)
    assert page.freeze_panes == "C2"
    note = page.cell(1, texts(page).index("2025年研发费用（万元）") + 1).comment.text
    assert "高新技术企业" in note
    assert "认定条件" in note


def test_the_limits_of_the_cells(packs: Packs, tmp_path: Path) -> None:
    page = written(packs, tmp_path / "t.xlsx")["企业"]
    limits = {str(d.sqref).split(":")[0].rstrip("0123456789"): d for d in page.data_validations.dataValidation}
    letter = {text: page.cell(1, c).column_letter for c, text in enumerate(texts(page), 1)}
    flag = limits[letter["居民企业（是/否）"]]
    assert (flag.type, flag.formula1) == ("list", '"是,否"')
    staff = limits[letter["2025年职工人数（人）"]]
    assert (staff.type, staff.operator, staff.formula1) == ("decimal", "greaterThanOrEqual", "0")
    assert limits[letter["统一社会信用代码"]].formula1 == "18"
    assert limits[letter["研发机构级别"]].formula1 == '"国家级,省级,市级,市级以下,无"'


def test_the_list_of_titles(packs: Packs, tmp_path: Path) -> None:
    book = written(packs, tmp_path / "t.xlsx")
    (limit,) = [d for d in book["称号"].data_validations.dataValidation if "选项说明" in str(d.formula1)]
    column = [c.value for c in book["选项说明"]["A"]]
    assert limit.formula1 == f"=选项说明!$A$2:$A${len(column)}".removeprefix("=")
    assert "高新技术企业" in column


def test_a_row_for_each_year(packs: Packs, tmp_path: Path) -> None:
    heads = texts(written(packs, tmp_path / "t.xlsx", layout="rows")["企业"])
    assert heads[2] == "年度"
    assert heads.count("研发费用（万元）") == 1


def test_more_years_than_the_rules_need(packs: Packs, tmp_path: Path) -> None:
    heads = texts(written(packs, tmp_path / "t.xlsx", years=5)["企业"])
    assert {"2021年职工人数（人）", "2021年研发费用（万元）"} <= set(heads)


def test_a_blank_template_has_no_data(packs: Packs, tmp_path: Path) -> None:
    written(packs, tmp_path / "t.xlsx")
    report = imported(packs, tmp_path / "t.xlsx")
    assert codes(report, "error") == {"empty"}
    assert "没有数据" in report.problems[0].zh


def test_rows_under_a_state_of_not_given_are_told_once(packs: Packs, tmp_path: Path) -> None:
    book = written(packs, tmp_path / "t.xlsx")
    book["企业"].append([A])
    book["称号"].append([A, "高新技术企业"])
    book.save(tmp_path / "t.xlsx")
    report = imported(packs, tmp_path / "t.xlsx")
    assert codes(report, "error") == {"not-given"}
    assert "two-heading-rows" not in codes(report, "note")


@pytest.mark.parametrize("layout", ["headings", "rows"])
def test_a_filled_template_is_imported_without_a_warning(packs: Packs, tmp_path: Path, layout: str) -> None:
    path = tmp_path / "t.xlsx"
    book = written(packs, path, layout=layout)
    page = book["企业"]
    choices = {text.split("（")[0]: None for text in texts(page)}
    for indicator in packs.vocabulary.indicators.values():
        if indicator.values:
            choices |= {t: indicator.values[0] for t in texts(page) if t.endswith(indicator.label)}
    values = {t: choices.get(t) or sample(t) for t in texts(page)[2:] if t != "年度"}
    head = {"统一社会信用代码": A, "企业名称": "示例"} | ({"年度": 2025} if layout == "rows" else {})
    fill(page, 2, values | head)
    book["称号"]["B1"] = "已列全"
    fill(book["称号"], 3, {"统一社会信用代码": A, "称号": "高新技术企业", "起始日": dt.date(2024, 1, 1)}, head=2)
    book.save(path)
    report = imported(packs, path)
    assert codes(report, "error") | codes(report, "warning") <= {"check:balance"}  # 1 is not 1 + 1
    assert report.snapshot
    case = Snapshot.open(report.snapshot).case("uscc", A)
    assert case["holds"] == [{"title": "title.hnte", "from": "2024-01-01"}]
    assert case["facts"]["rd_expense"]["2025"] == "1万元"


def test_titles_that_are_not_given_stay_unknown(packs: Packs, tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    book = written(packs, path)
    fill(book["企业"], 2, {"统一社会信用代码": A, "2025年职工人数（人）": 5})
    book.save(path)
    report = imported(packs, path)
    assert report.snapshot
    assert "holds" not in Snapshot.open(report.snapshot).case("uscc", A)


def test_a_sheet_that_is_not_given_and_yet_has_rows(packs: Packs, tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    book = written(packs, path)
    fill(book["企业"], 2, {"统一社会信用代码": B, "2025年职工人数（人）": 5})
    fill(book["称号"], 3, {"统一社会信用代码": B, "称号": "高新技术企业"}, head=2)
    book.save(path)
    assert codes(imported(packs, path), "error") == {"not-given"}


@pytest.mark.parametrize(
    ("rules", "name", "options"),
    [(["no.such"], "t.xlsx", {}), (RULES, "t.csv", {}), (RULES, "t.xlsx", {"layout": "x"}), (RULES, "t.xlsx", {"years": 0})],
)
def test_what_cannot_be_written(packs: Packs, tmp_path: Path, rules: list[str], name: str, options: Any) -> None:
    with pytest.raises(PackError):
        write_template(packs, rules, tmp_path / name, as_of=AS_OF, year=2025, **options)
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_overwritten(packs: Packs, tmp_path: Path) -> None:
    (tmp_path / "t.xlsx").write_text("mine")
    with pytest.raises(PackError):
        written(packs, tmp_path / "t.xlsx")
    assert (tmp_path / "t.xlsx").read_text() == "mine"


def test_a_state_that_is_neither_given_nor_not(packs: Packs, tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    book = written(packs, path)
    fill(book["企业"], 2, {"统一社会信用代码": B, "2025年职工人数（人）": 5})
    book["称号"]["B1"] = "大概"
    book.save(path)
    report = imported(packs, path)
    assert [(p.code, p.place) for p in report.problems if p.severity == "error"] == [("not-given", "称号!B1")]


def test_sheets_of_records_that_indicators_are_counted_from(packs: Packs, tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    needs = write_template(packs, ["cn.srdi_sme", "cn.innovation_points"], path, as_of=AS_OF, year=2025)
    assert "equity_rounds" in [kind.id for kind in needs.records]
    book = load_workbook(path)
    fill(book["企业"], 2, {"统一社会信用代码": A, "2025年职工人数（人）": 5, "2025年企业规模": "小型"})
    page = book["股权融资"]
    page["B1"] = "已列全"
    row = {"统一社会信用代码": A, "轮次": "A轮", "金额（万元）": 500, "到账日（年-月-日）": dt.date(2025, 3, 1), "合格机构投资者（是/否）": "是"}
    fill(page, 3, row, head=2)
    book.save(path)
    report = imported(packs, path)
    assert codes(report, "error") == set()
    assert report.snapshot
    assert Snapshot.open(report.snapshot).case("uscc", A)["facts"]["equity_raised"]["2025"] == "500万元"


def test_every_rule_has_a_template_or_asks_for_nothing(packs: Packs, tmp_path: Path) -> None:
    for number, rule in enumerate(packs):
        if rule == "zgc.pilot_points":  # 参数未公布
            continue
        needs = write_template(packs, [rule], tmp_path / f"{number}.xlsx", as_of=AS_OF, year=2025)
        assert needs.indicators or needs.titles
    with pytest.raises(PackError, match="没有可填的表"):
        write_template(packs, ["zgc.pilot_points"], tmp_path / "open.xlsx", as_of=AS_OF, year=2025)
