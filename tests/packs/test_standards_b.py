"""Listing, STAR, ChiNext and two local standards against the tables typed again as plain arithmetic.

Facts are drawn on, just below and just above each threshold; every outcome must be the oracle's.
Money is in hundredths of 万元, so that 999.99万元 is 99999.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from typing import Any

import pytest

from keqiao.packs.loader import Packs, load_packs

AS_OF, YEAR = "2026-11-21", 2025
SERIES = ("revenue", "rd", "profit", "recurring", "cash", "roe")
Case = dict[str, Any]
CASES = 250


@cache
def packs() -> Packs:
    """The shipped packs."""
    return load_packs()


def wan(amount: float) -> int:
    """万元 as hundredths of 万元."""
    return round(amount * 100)


def near(draw: random.Random, *marks: int) -> int:
    """A value on a mark, one unit below or above it, half or twice it."""
    mark = draw.choice(marks)
    return draw.choice((mark, mark, mark - 1, mark + 1, mark // 2, 2 * mark))


def grown(draw: random.Random, *powers: int) -> list[int]:
    """Four years, newest first, whose growth over the given years stands on or near a mark."""
    base = draw.choice((wan(500), wan(1000), wan(1000) - 1, wan(6000), wan(16000)))
    rate = draw.choice([Fraction(power, 100) for power in powers])
    older = [base]
    for _ in range(3):
        older.append(round(older[-1] * rate))
    older[-1] += draw.choice((0, 0, -1, 1))
    return older[::-1]


def share(part: int, whole: int) -> Fraction:
    """A part of a whole."""
    return Fraction(part, whole)


# ---- the facts of a case, drawn --------------------------------------------------------------------


def drawn(seed: int) -> Case:
    """All facts that the rules of this module read."""
    draw = random.Random(seed)
    revenue = grown(draw, 100, 105, 120, 120, 125, 125, 130, 150)
    if draw.random() < 0.35:
        revenue[0] = near(draw, wan(10000), wan(20000), wan(30000), wan(40000), wan(50000), wan(100000))
    ratio = draw.choice((Fraction(1, 20), Fraction(8, 100), Fraction(1, 10), Fraction(15, 100), Fraction(3, 100)))
    rd = [round(ratio * value) for value in revenue]
    rd[0] += draw.choice((0, 0, -1, 1))
    if draw.random() < 0.4:
        total = near(draw, wan(5000), wan(8000), wan(2000))
        rd[:3] = [total - 2 * (total // 3), total // 3, total // 3]
    if draw.random() < 0.2:
        rd[2] = wan(1000)
        rd[0] = wan(1322.5) + draw.choice((0, -1, 1))
    profit = [near(draw, wan(1500), wan(2500), wan(6000), 1, 0, wan(4000), -wan(100)) for _ in range(2)]
    if draw.random() < 0.3:
        profit[1] = draw.choice((wan(5000), wan(10000))) - profit[0] + draw.choice((0, -1, 1))
    recurring = [value + draw.choice((0, 0, 0, -1, 1, wan(500))) for value in profit]
    return {
        "revenue": revenue, "rd": rd[:3], "profit": profit, "recurring": recurring,
        "cash": [near(draw, wan(3000), 0, 1, wan(4000)) for _ in range(3)],
        "roe": [near(draw, 800, 700, 900) for _ in range(2)],
        "value": near(draw, *(wan(10000 * yi) for yi in (2, 4, 8, 10, 15, 20, 30, 40, 50))),
        "staff": draw.choice((9, 10, 11, 19, 20, 21)), "patents": draw.choice((0, 6, 7, 8, 49, 50, 51)),
        "phase2": draw.choice((0, 1, 2)), "filed": draw.choice((2, 3, 4)), "granted": draw.choice((0, 1, 2)),
        "pct": draw.choice((0, 0, 1)), "talent": draw.choice((0, 0, 1)),
        "raised": near(draw, wan(2000), wan(100)), "early": near(draw, wan(5000), wan(100)),
        "founded": draw.choice(("2021-11-20", "2021-11-21", "2021-11-22", "2016-11-20", "2016-11-21", "2023-01-01")),
        "region": draw.choice(("330108", "330108", "330108", "330206", "440112")),
        "hnte": draw.random() < 0.8, "provincial": draw.random() < 0.85, "award": draw.random() < 0.2,
        "software": draw.random() < 0.3, "fifth": draw.random() < 0.15, "pharma": draw.random() < 0.5,
        "approved": draw.random() < 0.8, "market": draw.random() < 0.8, "results": draw.random() < 0.8,
        "modern": draw.random() < 0.5, "future": draw.random() < 0.9, "dishonest": draw.random() < 0.1,
        "leading": draw.random() < 0.05, "prize": draw.random() < 0.05, "project": draw.random() < 0.05,
        "substitution": draw.random() < 0.05,
    }  # fmt: skip


def money(hundredths: int) -> str:
    """Hundredths of 万元 as a fact."""
    sign, rest = "-" if hundredths < 0 else "", abs(hundredths)
    return f"{sign}{rest // 100}.{rest % 100:02d}万元"


def series(values: list[int], write: Callable[[int], str] = money) -> dict[str, str]:
    """Values, newest first, by year."""
    return {str(YEAR - back): write(value) for back, value in enumerate(values)}


def facts_of(case: Case) -> dict[str, Any]:
    """A case as facts for `explain`."""
    held = [title for key, title in TITLES.items() if case[key]]
    return {
        "营业收入": series(case["revenue"]), "研发费用": series(case["rd"]), "净利润": series(case["profit"]),
        "扣非净利润": series(case["recurring"]), "经营活动现金流量净额": series(case["cash"]),
        "加权平均净资产收益率": series(case["roe"], lambda value: f"{value // 100}.{value % 100:02d}%"),
        "预计市值": money(case["value"]), "研发人员数": f"{case['staff']}人", "职工人数": "100人",
        "主营业务发明专利数": f"{case['patents']}项", "二期临床核心产品数": f"{case['phase2']}项",
        "核心自主知识产权数": f"{case['filed']}件", "已授权核心自主知识产权数": f"{case['granted']}件",
        "PCT专利申请量": f"{case['pct']}件", "D类及以上人才数": f"{case['talent']}人",
        "累计股权融资额": money(case["raised"]), "A轮及以前机构投资额": money(case["early"]),
        "成立日期": case["founded"], "注册地行政区划代码": case["region"], "holds": held,
        "软件行业企业": case["software"], "适用科创板第五套标准": case["fifth"], "医药行业企业": case["pharma"],
        "产品须经国家批准": case["approved"], "市场空间大": case["market"], "已取得阶段性成果": case["results"],
        "属于现代产业体系领域": case["modern"], "属于未来产业领域": case["future"], "列入严重失信名单": case["dishonest"],
        "核心技术国际领先": case["leading"], "国家三大科技奖主要参与": case["prize"],
        "国家重大科技专项牵头": case["project"], "关键产品进口替代": case["substitution"],
    }  # fmt: skip


TITLES = {"hnte": "高新技术企业", "provincial": "省级科技型中小企业", "award": "省科学技术奖二等奖以上"}


# ---- the tables, typed again -----------------------------------------------------------------------


def lower_profit(case: Case) -> list[int]:
    """Net profit before and after one-off items, the lower of each year."""
    return [min(pair) for pair in zip(case["profit"], case["recurring"], strict=True)]


def star_attributes(case: Case) -> bool:
    """科创属性评价指引, 2024-04-30: four regular indicators, or an exception."""
    revenue, rd = case["revenue"], case["rd"]
    ratio = share(sum(rd), sum(revenue[:3]))
    spends = ratio >= Fraction(1, 10) if case["software"] else ratio >= Fraction(1, 20) or sum(rd) >= wan(8000)
    owns = case["software"] or case["patents"] >= 7
    sells = case["fifth"] or revenue[0] >= wan(30000) or share(revenue[0], revenue[2]) >= Fraction(25, 16)
    exception = case["leading"] or case["prize"] or case["project"] or case["substitution"] or case["patents"] >= 50
    return (spends and case["staff"] >= 10 and owns and sells) or exception


def star_listing(case: Case) -> list[bool]:
    """The five sets of the STAR market."""
    value, revenue, rd, profit = case["value"], case["revenue"], case["rd"], lower_profit(case)
    two_years = min(profit) > 0 and sum(profit) >= wan(5000)
    one_year = profit[0] > 0 and revenue[0] >= wan(10000)
    clinical = not case["pharma"] or case["phase2"] >= 1
    return [
        value >= wan(100000) and (two_years or one_year),
        value >= wan(150000) and revenue[0] >= wan(20000) and share(sum(rd), sum(revenue[:3])) >= Fraction(15, 100),
        value >= wan(200000) and revenue[0] >= wan(30000) and sum(case["cash"]) >= wan(10000),
        value >= wan(300000) and revenue[0] >= wan(30000),
        value >= wan(400000) and case["approved"] and case["market"] and case["results"] and clinical,
    ]


def bse_listing(case: Case) -> list[bool]:
    """The four sets of the Beijing exchange."""
    value, revenue, rd, roe, profit = case["value"], case["revenue"], case["rd"], case["roe"], lower_profit(case)
    two_years = min(profit) >= wan(1500) and sum(roe) >= 1600
    one_year = profit[0] >= wan(2500) and roe[0] >= 800
    grows = share(revenue[0] - revenue[1], revenue[1]) >= Fraction(3, 10)
    return [
        value >= wan(20000) and (two_years or one_year),
        value >= wan(40000) and sum(revenue[:2]) >= wan(20000) and grows and case["cash"][0] > 0,
        value >= wan(80000) and revenue[0] >= wan(20000) and share(sum(rd[:2]), sum(revenue[:2])) >= Fraction(8, 100),
        value >= wan(150000) and sum(rd[:2]) >= wan(5000),
    ]


def chinext_listing(case: Case) -> list[bool]:
    """The three sets of ChiNext."""
    value, revenue, profit = case["value"], case["revenue"][0], lower_profit(case)
    return [
        min(profit) > 0 and sum(profit) >= wan(10000) and profit[0] >= wan(6000),
        value >= wan(150000) and profit[0] > 0 and revenue >= wan(40000),
        value >= wan(500000) and revenue >= wan(30000),
    ]


def chinext_position(case: Case) -> list[bool]:
    """The three standards of the ChiNext position test."""
    revenue, rd = case["revenue"], case["rd"]
    large = revenue[0] >= wan(30000)
    growth = share(revenue[0], revenue[2])
    rd_growth = share(rd[0], rd[2]) >= Fraction(115, 100) ** 2
    return [
        rd_growth and rd[0] >= wan(1000) and (large or growth >= Fraction(125, 100) ** 2),
        sum(rd) >= wan(5000) and (large or growth >= Fraction(125, 100) ** 2),
        case["modern"] and (large or growth >= Fraction(130, 100) ** 2),
    ]


def new_eaglet(case: Case) -> bool:
    """杭州新雏鹰."""
    revenue, rd = case["revenue"], case["rd"]
    base = case["region"].startswith("3301") and case["provincial"] and case["founded"] >= "2021-11-21"
    base = base and case["future"] and not case["dishonest"]
    shares = case["staff"] >= 20 and share(rd[0], revenue[0]) >= Fraction(1, 10)
    rights = (case["filed"] >= 3 and case["granted"] >= 1) or case["pct"] >= 1
    strong = case["talent"] >= 1 or case["award"] or case["raised"] >= wan(2000)
    return base and shares and rights and (strong or rd[0] >= wan(1000) or sum(rd) >= wan(2000))


def gazelle(case: Case) -> bool:
    """广州黄埔瞪羚: 基期 is 2022; above 5亿 and 10亿 is strict."""
    revenue, founded = case["revenue"], case["founded"]
    lasting = revenue[3] >= wan(1000) and share(revenue[0], revenue[3]) >= Fraction(12, 10) ** 3
    lasting = lasting and revenue[0] > revenue[1]
    five = founded >= "2021-11-21" and revenue[0] > wan(50000)
    ten = founded >= "2016-11-21" and revenue[0] > wan(100000)
    return case["hnte"] and (lasting or five or ten)


def gazelle_cultivation(case: Case) -> bool:
    """广州黄埔瞪羚培育."""
    revenue = case["revenue"]
    lasting = revenue[3] >= wan(500) and share(revenue[0], revenue[3]) >= Fraction(12, 10) ** 3
    leap = revenue[0] >= wan(500) and share(revenue[0], revenue[1]) >= Fraction(3, 2)
    early = case["founded"] >= "2021-11-21" and case["early"] >= wan(5000)
    return case["hnte"] and (lasting or leap or early)


WHOLE: dict[str, Callable[[Case], bool]] = {
    "cn.star_attributes": star_attributes,
    "hz.new_eaglet": new_eaglet,
    "gz.gazelle": gazelle,
    "gz.gazelle_cultivation": gazelle_cultivation,
}
SETS: dict[str, Callable[[Case], list[bool]]] = {
    "cn.star_listing": star_listing,
    "cn.bse_listing": bse_listing,
    "cn.chinext_listing": chinext_listing,
    "cn.chinext_position": chinext_position,
}


def explained(rule: str, case: Case) -> dict[str, Any]:
    """The trace of a drawn case."""
    return packs()[rule].explain(facts_of(case), as_of=AS_OF, year=YEAR).to_dict()


@pytest.mark.parametrize("rule", WHOLE)
def test_a_rule_decides_as_its_table_does(rule: str) -> None:
    cases = [drawn(seed) for seed in range(CASES)]
    expected = [WHOLE[rule](case) for case in cases]
    found = [explained(rule, case)["outcome"] == "yes" for case in cases]
    assert [i for i in range(CASES) if found[i] != expected[i]] == []
    assert 5 < sum(expected) < CASES - 5


@pytest.mark.parametrize("rule", SETS)
def test_each_set_is_shown_and_decided_as_its_table_does(rule: str) -> None:
    expected_of_all: list[list[bool]] = []
    for seed in range(CASES):
        case = drawn(seed)
        trace, expected = explained(rule, case), SETS[rule](case)
        assert [group["outcome"] == "yes" for group in trace["because"][0]["any"]] == expected, (seed, case)
        assert trace["outcome"] == ("yes" if any(expected) else "no")
        expected_of_all.append(expected)
    # every set holds in some case and fails in another
    assert all(0 < sum(column) < CASES for column in zip(*expected_of_all, strict=True))


# ---- readings ---------------------------------------------------------------------------------------


def outcome(rule: str, facts: dict[str, Any], as_of: str = AS_OF) -> tuple[str, list[str]]:
    """Outcome and missing facts."""
    trace = packs()[rule].explain(facts, as_of=as_of, year=int(as_of[:4]) - 1).to_dict()
    return trace["outcome"], trace["missing"]


@pytest.mark.parametrize("left_out", ["净利润", "扣非净利润"])
@pytest.mark.parametrize("rule", ["cn.star_listing", "cn.bse_listing", "cn.chinext_listing"])
def test_profit_is_unknown_where_one_of_the_two_is(rule: str, left_out: str) -> None:
    facts = {
        "预计市值": "10亿元",
        "净利润": {"2025": "-9000万元", "2024": "-9000万元"},
        "营业收入": {"2025": "1亿元", "2024": "1亿元"},
    }
    facts |= {"扣非净利润": facts["净利润"], "研发费用": {"2025": "0元", "2024": "0元"}}
    assert outcome(rule, facts) == ("no", [])
    del facts[left_out]
    assert outcome(rule, facts)[0] == "unknown"


@pytest.mark.parametrize("rule", ["cn.star_attributes", "cn.chinext_listing", "cn.chinext_position"])
def test_a_rule_of_the_thirtieth_of_april_2024_is_no_before(rule: str) -> None:
    facts = {"营业收入": {"2023": "6亿元"}}
    assert outcome(rule, facts, "2024-04-29") == ("no", [])
    assert outcome(rule, facts, "2024-04-30")[0] == "unknown"


@pytest.mark.parametrize(
    ("day", "in_force"), [("2024-10-10", False), ("2024-10-11", True), ("2027-12-31", True), ("2028-01-01", False)]
)
def test_new_eaglet_holds_from_its_first_to_its_last_day(day: str, in_force: bool) -> None:
    assert outcome("hz.new_eaglet", {}, day)[0] == ("unknown" if in_force else "no")


@pytest.mark.parametrize("rule", ["gz.gazelle", "gz.gazelle_cultivation"])
def test_the_place_of_a_gazelle_is_not_asked(rule: str) -> None:
    facts = {"营业收入": {"2025": "2000万元", "2024": "1500万元", "2023": "1200万元", "2022": "1000万元"}}
    assert outcome(rule, facts | {"holds": ["高新技术企业"]}) == ("yes", [])
    assert outcome(rule, facts) == ("unknown", ["title.hnte"])


@pytest.mark.parametrize(("begin", "expected"), [("2003-01-01", "yes"), (AS_OF, "yes"), ("2026-11-22", "no")])
def test_the_award_of_a_new_eaglet_has_no_look_back(begin: str, expected: str) -> None:
    facts = {"holds": [{"title": "省科学技术奖二等奖以上", "from": begin}]}
    trace = packs()["hz.new_eaglet"].explain(facts, as_of=AS_OF, year=YEAR).to_dict()
    assert _clause(trace["because"], "team_award") == expected


def test_the_growth_of_a_revenue_of_300_million_is_waived_but_nothing_else() -> None:
    facts = {"营业收入": {"2025": "3亿元"}, "研发费用": {"2025": "900万元", "2024": "800万元", "2023": "100万元"}}
    assert outcome("cn.chinext_position", facts | {"属于现代产业体系领域": False}) == ("no", [])
    assert outcome("cn.chinext_position", facts | {"属于现代产业体系领域": True}) == ("yes", [])


@pytest.mark.parametrize("rule", [*WHOLE, *SETS])
def test_no_rule_of_this_module_calls_itself_confirmed(rule: str) -> None:
    trace = packs()[rule].explain({}, as_of=AS_OF, year=YEAR).to_dict()
    assert trace["status"] == ("official" if rule.startswith("cn.") else "local")
    assert "source" in trace["verify"]


def _clause(nodes: list[dict[str, Any]], id: str) -> str | None:
    """The outcome of a clause of a trace."""
    for node in nodes:
        if node["id"] == id:
            return str(node["outcome"])
        found = _clause([*node.get("all", []), *node.get("any", [])], id)
        if found is not None:
            return found
    return None
