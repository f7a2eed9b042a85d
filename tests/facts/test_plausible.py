"""Amounts against history and against the industry, and the checks of the shipped vocabulary."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from facts_sample import CODE, A, code, codes, the
from records_sample import places, took

HEAD = [CODE, "划型行业", "职工人数", "营业收入（万元）", "资产总额（万元）", "研发费用（万元）"]


def firms(count: int, industry: str = "工业", seed: int = 1) -> list[list[Any]]:
    """Ordinary firms: about 100万元 of revenue and 120万元 of assets a head, widely spread."""
    draw = random.Random(seed)
    rows = []
    for number in range(count):
        staff = draw.randint(5, 500)
        revenue = staff * 100 * draw.lognormvariate(0, 0.8)
        rows.append([
            code(1000 * seed + number), industry, staff, round(revenue, 2),
            round(staff * 120 * draw.lognormvariate(0, 0.8), 2), round(revenue * draw.uniform(0.02, 0.1), 2),
        ])  # fmt: skip
    return rows


def test_ordinary_firms_are_left_alone(tmp_path: Path) -> None:
    rows = [*firms(60), *firms(60, "建筑业", 2)]
    assert codes(took(tmp_path, {"企业": [HEAD, *rows]}), "warning") == set()


@pytest.mark.parametrize(("factor", "word"), [(10_000, "一万"), (1_000, "一千"), (1 / 10_000, "一万"), (1 / 1_000, "一千")])
def test_one_amount_in_another_unit_is_told(tmp_path: Path, factor: float, word: str) -> None:
    rows = firms(60)
    rows[9][3:] = [9_000 * factor, 10_000, 400]
    rows[9][2] = 90
    report = took(tmp_path, {"企业": [HEAD, *rows]})
    problem = the(report, "scale-industry")
    assert (problem.severity, problem.place) == ("warning", "企业!D11")
    assert word in problem.zh
    assert "工业" in problem.zh


def test_a_whole_row_in_another_unit_is_told(tmp_path: Path) -> None:
    rows = firms(60)
    rows[4][2:] = [50, 5_000 * 10_000, 6_000 * 10_000, 300 * 10_000]
    assert places(took(tmp_path, {"企业": [HEAD, *rows]}), "scale-industry") == ["企业!D6", "企业!E6", "企业!F6"]


def test_few_peers_are_no_measure(tmp_path: Path) -> None:
    rows = firms(19)
    rows[3][3] = rows[3][3] * 10_000
    assert codes(took(tmp_path, {"企业": [HEAD, *rows]}), "warning") == set()


def test_without_an_industry_nothing_is_measured(tmp_path: Path) -> None:
    rows = [[*row[:1], *row[2:]] for row in firms(40)]
    rows[3][2] = rows[3][2] * 10_000
    assert codes(took(tmp_path, {"企业": [[*HEAD[:1], *HEAD[2:]], *rows]}), "warning") == set()


def test_a_shell_with_little_of_everything_is_left_alone(tmp_path: Path) -> None:
    rows = firms(60)
    rows[5][2:] = [400, 1, 800, 0]  # hardly any revenue and few assets: neither ordinary nor of one unit
    assert places(took(tmp_path, {"企业": [HEAD, *rows]}), "scale-industry") == []


def test_what_history_tells_is_not_told_twice(tmp_path: Path) -> None:
    head = [HEAD[0], "年度", *HEAD[1:]]
    rows = [[row[0], year, *row[1:]] for row in firms(40) for year in (2025, 2024)]
    rows[6][4] = rows[7][4] * 10_000
    report = took(tmp_path, {"企业": [head, *rows]})
    assert places(report, "scale") == ["企业!E8"]
    assert places(report, "scale-industry") == []


#: heading and value pairs, the check that must speak (None: none may), its severity
CHECKS: list[tuple[dict[str, Any], str | None, str]] = [
    ({"科技人员数": 11, "职工人数": 10}, "tech_staff_of_employees", "error"),
    ({"科技人员数": 10, "职工人数": 10}, None, ""),
    ({"研发人员数": 11, "职工人数": 10}, "rd_staff_of_employees", "error"),
    ({"研究生以上人员数": 11, "职工人数": 10}, "postgrad_staff_of_employees", "error"),
    ({"主营业务收入（万元）": 11, "营业收入（万元）": 10}, "main_of_revenue", "error"),
    ({"境内研发费用（万元）": 11, "研发费用（万元）": 10}, "domestic_of_rd_expense", "error"),
    ({"高新技术产品收入（万元）": 11, "企业总收入（万元）": 10}, "hightech_of_total_income", "error"),
    ({"研发费用加计扣除所得税减免额（万元）": 11, "研发费用（万元）": 10}, "tax_relief_of_rd", "error"),
    ({"细分市场占有率（%）": 100.01}, "niche_market_share_in_range", "error"),
    ({"细分市场占有率（%）": 100}, None, ""),
    ({"营业收入（万元）": 11, "企业总收入（万元）": 10}, "revenue_of_total_income", "warning"),
    ({"研发费用（万元）": 11, "成本费用总额（万元）": 10}, "rd_of_total_costs", "warning"),
    ({"新增股权融资额（万元）": 11, "累计股权融资额（万元）": 10}, "equity_of_total", "warning"),
    ({"A轮及以前机构投资额（万元）": 11, "累计股权融资额（万元）": 10}, "early_of_total", "warning"),
    ({"主持制定标准数": 2, "参与制定标准数": 1}, "led_of_participated_standards", "warning"),
    # 0.1 % of 100,000万元 is 100万元
    ({"资产总额（万元）": 100_000, "负债总额（万元）": 60_000, "净资产（万元）": 39_900}, None, ""),
    ({"资产总额（万元）": 100_000, "负债总额（万元）": 60_000, "净资产（万元）": 39_899}, "balance", "warning"),
    # below ten million the tolerance is 1万元
    ({"资产总额（万元）": 100, "负债总额（万元）": 60, "净资产（万元）": 41}, None, ""),
    ({"资产总额（万元）": 100, "负债总额（万元）": 60, "净资产（万元）": 41.01}, "balance", "warning"),
    ({"资产总额（万元）": 100, "负债总额（万元）": 160, "净资产（万元）": -60}, None, ""),
]


@pytest.mark.parametrize(("values", "check", "severity"), CHECKS)
def test_the_checks_of_the_vocabulary(tmp_path: Path, values: dict[str, Any], check: str | None, severity: str) -> None:
    report = took(tmp_path, {"企业": [[CODE, *values], [A, *values.values()]]}, checks=True)
    told = [(p.severity, p.code) for p in report.problems if p.severity != "note"]
    assert told == ([(severity, f"check:{check}")] if check else [])


def test_a_violated_check_shows_the_figures(tmp_path: Path) -> None:
    report = took(tmp_path, {"企业": [[CODE, "科技人员数", "职工人数"], [A, 11, 10]]}, checks=True)
    problem = the(report, "check:tech_staff_of_employees")
    assert problem.zh.endswith("；现为 科技人员数 11人、职工人数 10人")
    assert problem.en.endswith("; now tech_staff 11 people, employees 10 people")
