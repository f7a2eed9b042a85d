"""Small workbooks, csv files and a small vocabulary for the tests of imports."""

from __future__ import annotations

import csv
import datetime as dt
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from stdnum.cn import uscc

from keqiao.facts import FactCheck, ImportRefused, ImportReport, Limits, Problem, Snapshot, import_files
from keqiao.rules.vocabulary import Indicator, Vocabulary

AS_OF = dt.date(2026, 11, 21)
CODE = "统一社会信用代码"

VOCABULARY = Vocabulary(
    [
        Indicator("uscc", CODE, ("社会信用代码",)),
        Indicator("name", "企业名称", ("单位名称", "company name")),
        Indicator("founded_date", "成立日期", ("注册日期", "founded"), "date"),
        Indicator("industry_code", "国民经济行业代码", (), "code"),
        Indicator("size_class", "企业规模", (), "code", "", "annual", values=("大型", "中型", "小型", "微型")),
        Indicator("resident_enterprise", "居民企业", (), "flag"),
        Indicator("employees", "职工人数", ("从业人员",), "people", "人", "annual"),
        Indicator("tech_staff", "科技人员数", (), "people", "人", "annual"),
        Indicator("revenue", "营业收入", ("营收", "收入"), "money", "万元", "annual", english="operating revenue"),
        Indicator("hightech_revenue", "高新技术产品收入", ("高新技术产品（服务）收入",), "money", "万元", "annual"),
        Indicator("rd_expense", "研发费用", ("R&D expense",), "money", "万元", "annual"),
        Indicator("net_profit", "净利润", (), "money", "万元", "annual"),
        Indicator("total_income", "企业总收入", ("收入",), "money", "万元", "annual"),
        Indicator("niche_market_share", "细分市场占有率", (), "ratio", "%", "annual"),
        Indicator("roe", "加权平均净资产收益率", (), "ratio", "%", "annual"),
        Indicator("ip_class1", "Ⅰ类知识产权数", ("I类知识产权数",), "count", "件", "stock"),
        Indicator("niche_years", "细分市场年限", (), "years", "年", "annual"),
        Indicator("local_score", "特色化指标得分", (), "points", "分", "event"),
        Indicator("title.hnte", "高新技术企业", ("高企",), "flag", "", "event"),
        Indicator("title.little_giant", "专精特新小巨人企业", ("专精特新“小巨人”企业",), "flag", "", "event"),
    ]
)


def code(number: int) -> str:
    """A valid code of the region that does not exist."""
    base = f"91990100MA{number:07d}"
    return base + str(uscc.calc_check_digit(base))


A, B, C = code(1), code(2), code(3)
Rows = Sequence[Sequence[Any]]


def book(path: Path, rows: Rows, titles: Rows | None = None, edit: Callable[[Any, Any], None] | None = None) -> Path:
    """A workbook with a sheet 企业 and, where given, a sheet 称号; ``edit`` gets both objects."""
    workbook = Workbook()
    page = workbook.active
    page.title = "企业"
    for row in rows:
        page.append(list(row))
    if titles is not None:
        other = workbook.create_sheet("称号")
        for row in titles:
            other.append(list(row))
    if edit:
        edit(workbook, page)
    workbook.save(path)
    return path


def sheet(path: Path, rows: Rows, encoding: str = "utf-8") -> Path:
    """A csv file."""
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def patch(path: Path, part: str, old: bytes, new: bytes) -> Path:
    """Replace bytes in a part of a workbook; the archive stays sound."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert old in parts[part]
    parts[part] = parts[part].replace(old, new)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return path


def load(
    *files: Path, out: Path | None = None, year: int = 2025, checks: Sequence[FactCheck] = (),
    limits: Limits | None = None, vocabulary: Vocabulary = VOCABULARY, label: str = "",
) -> ImportReport:  # fmt: skip
    """Import into ``out`` (beside the first file), returning the report of a refusal as well."""
    target = out or files[0].parent / "snapshot"
    try:
        report = import_files(
            files, vocabulary=vocabulary, year=year, as_of=AS_OF, out=target, checks=checks,
            limits=limits, label=label,
        )  # fmt: skip
    except ImportRefused as refused:
        assert not target.exists()
        return refused.report
    assert report.errors == 0
    assert report.snapshot == target
    return report


def case(report: ImportReport, id: str = A) -> dict[str, Any]:
    """The case of an enterprise of a successful import."""
    assert report.snapshot is not None, [str(p) for p in report.problems]
    return Snapshot.open(report.snapshot).case("uscc", id)


def facts(report: ImportReport, id: str = A) -> dict[str, Any]:
    """The facts of `case`."""
    found: dict[str, Any] = case(report, id)["facts"]
    return found


def the(report: ImportReport, problem: str) -> Problem:
    """The only problem of a code."""
    found = [p for p in report.problems if p.code == problem]
    assert len(found) == 1, [(p.code, str(p)) for p in report.problems]
    return found[0]


def codes(report: ImportReport, severity: str) -> set[str]:
    """The codes found of one severity."""
    return {p.code for p in report.problems if p.severity == severity}
