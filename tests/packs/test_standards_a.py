"""专精特新, 小巨人, 科技型企业: the tables typed again, and every reading that the tables leave open."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from keqiao.packs.loader import Packs, load_packs

Facts = dict[str, Any]
OLD, NEW = "2026-03-31", "2026-04-01"
SRDI, GIANT = "cn.srdi_sme", "cn.little_giant"

CONDUCT: Facts = dict.fromkeys(
    ["重大安全事故", "重大质量事故", "严重环境违法", "列入经营异常名录", "列入严重失信名单", "偷漏税行为", "提供虚假材料", "属于禁止限制淘汰类"], False
)  # fmt: skip
#: Passes both versions of both standards; its marks in the old table: see MARKS.
FIRM: Facts = {
    "企业规模": "小型", "细分市场年限": "4年", "营业收入": {"2025": "10000万元", "2024": "9500万元", "2023": "9000万元"},
    "主营业务收入": {"2025": "9000万元", "2024": "9000万元", "2023": "8000万元"}, "净利润": "400万元", "资产总额": "10000万元",
    "负债总额": "6000万元", "研发费用": {"2025": "650万元", "2024": "600万元"}, "研发人员数": "10人", "职工人数": "100人",
    "研发机构级别": "市级", "新增股权融资额": {"2025": "0元", "2024": "0元"}, "产业链关键环节": True, "六基或老字号或链主配套": False,
    "属于重点产业领域": True, "数字化水平等级": "3级", "质量管理体系认证": True, "发达国家产品认证": False, "自主品牌": True,
    "参与制定标准数": "0项", "特色化指标得分": "5分", "Ⅰ类高价值知识产权数": "0件", "自主研发Ⅰ类知识产权数": "0件", "Ⅰ类知识产权数": "4件",
    "Ⅱ类知识产权数": "0件", "已应用Ⅰ类知识产权数": "4件", "自主申请且已应用Ⅰ类知识产权数": "4件", "信息系统支撑的核心业务数": "1项",
    "细分市场占有率": "10%", "细分市场全国排名": "9位", "细分市场占有率较为靠前": True, "专精特新发展评价得分": {"2025": "60分", "2024": "0分"},
    "复核申请": False, "holds": ["科技和创新型中小企业", "专精特新中小企业"], **CONDUCT,
}  # fmt: skip
MARKS = {
    "main_share": 5, "main_growth": 6, "niche": 2, "field": 5, "digital": 5, "quality": 5, "margin": 4, "debt": 3,
    "local": 5, "ip": 6, "rd_input": 10, "rd_people": 3, "institution": 4,
}  # fmt: skip


@cache
def packs() -> Packs:
    """The shipped packs."""
    return load_packs()


def tell(rule: str, day: str, **changes: Any) -> dict[str, Any]:
    """The trace of FIRM with some facts changed; None takes a fact away."""
    facts = {name: value for name, value in (FIRM | changes).items() if value is not None}
    return packs()[rule].explain(facts, as_of=day, year=2025).to_dict()


def mark(id: str, **changes: Any) -> tuple[Any, Any]:
    found = next(i for i in tell(SRDI, OLD, **changes)["items"] if i["id"] == id)
    return found["low"], found["high"]


@pytest.mark.parametrize("rule", [SRDI, GIANT])
@pytest.mark.parametrize("day", [OLD, NEW])
def test_the_firm_passes_everywhere(rule: str, day: str) -> None:
    assert tell(rule, day)["outcome"] == "yes"


def test_the_marks_of_the_old_table_are_those_added_by_hand() -> None:
    told = tell(SRDI, OLD)
    assert {i["id"]: i["low"] for i in told["items"]} == MARKS
    assert (told["score"]["low"], told["score"]["high"]) == (63, 63)
    assert "score" not in tell(SRDI, NEW)


def test_the_versions_follow_each_other_without_a_gap() -> None:
    for rule in (SRDI, GIANT):
        old, new = (pack.effective for pack, _ in packs().sources(rule))
        assert (str(old.from_), str(old.to), str(new.from_), str(new.to)) == ("None", OLD, NEW, "None")


# ---- the table of 63号 annex 2: just below, on, just above; shares of 10000 -------------------------

SHARES: dict[str, tuple[str, str, str, list[tuple[int, int]]]] = {
    "margin": ("净利润", "营业收入", "万元", [(1000, 10), (800, 8), (600, 6), (400, 4), (200, 2)]),
    "rd_people": ("研发人员数", "职工人数", "人", [(2000, 5), (1000, 3), (500, 1)]),
}


def edges(bands: list[tuple[int, int]]) -> list[tuple[str, int]]:
    lower = [points for _, points in bands[1:]] + [0]
    return [
        case
        for (edge, points), less in zip(bands, lower, strict=True)
        for case in ((f"{edge - 1}.9999", less), (f"{edge}", points), (f"{edge}.0001", points))
    ]


@pytest.mark.parametrize(
    ("id", "value", "points"), [(id, value, points) for id, (*_, bands) in SHARES.items() for value, points in edges(bands)]
)
def test_shares_fall_into_their_bands(id: str, value: str, points: int) -> None:
    above, under, unit, _ = SHARES[id]
    assert mark(id, **{above: f"{value}{unit}", under: f"10000{unit}"}) == (points, points)


@pytest.mark.parametrize(("value", "points"), edges([(8000, 5), (7000, 3), (6000, 1)]))
def test_main_business_share(value: str, points: int) -> None:
    main = {"2025": f"{value}万元", "2024": "9000万元", "2023": "8000万元"}
    assert mark("main_share", 主营业务收入=main) == (points, points)


@pytest.mark.parametrize(("liabilities", "points"), [("5000", 5), ("5000.01", 3), ("6000", 3), ("6000.01", 1), ("7000", 1), ("7000.01", 0)])
def test_debt_ratio_takes_the_higher_mark_on_the_edge(liabilities: str, points: int) -> None:
    assert mark("debt", 负债总额=f"{liabilities}万元") == (points, points)


@pytest.mark.parametrize(("first", "last", "points"), [
    ("10000", "12000", 10), ("10000", "11999.99", 8), ("10000", "11600", 8), ("10000", "11599.99", 6), ("10000", "11200", 6),
    ("10000", "11199.99", 4), ("10000", "10800", 4), ("10000", "10799.99", 2), ("10000", "10000", 2), ("10000", "9999.99", 0),
])  # fmt: skip
def test_growth_is_the_mean_of_two_years(first: str, last: str, points: int) -> None:
    main = {"2023": f"{first}万元", "2024": f"{first}万元", "2025": f"{last}万元"}
    assert mark("main_growth", 主营业务收入=main) == (points, points)


def test_the_mean_of_growths_is_not_the_growth_over_two_years() -> None:
    halved = {"2023": "10000万元", "2024": "5000万元", "2025": "9000万元"}  # -50 % and +80 %: 15 %
    assert mark("main_growth", 主营业务收入=halved) == (10, 10)
    assert tell(GIANT, OLD, 主营业务收入=halved)["outcome"] == "yes"


@pytest.mark.parametrize(("years", "points"), [("2", 1), ("3.99", 1), ("4", 2), ("5.99", 2), ("6", 3), ("8", 4), ("9.99", 4), ("10", 5), ("30", 5)])
def test_a_mark_for_every_two_full_years_up_to_five(years: str, points: int) -> None:
    assert mark("niche", 细分市场年限=f"{years}年") == (points, points)


@pytest.mark.parametrize(("amount", "revenue", "points"), [
    ("500", "100000", 10), ("499.99", "100000", 8), ("400", "100000", 8), ("300", "100000", 6), ("200", "100000", 4), ("100", "100000", 2),
    ("99.99", "100000", 0), ("90", "900", 10), ("90", "901", 8), ("90", "1125", 8), ("90", "1126", 6), ("90", "1500", 6), ("90", "1501", 4),
    ("90", "2250", 4), ("90", "2251", 2), ("90", "3000", 2), ("90", "3001", 0), ("400", "4000", 10), ("100", "1667", 4),
])  # fmt: skip
def test_rd_input_is_the_better_of_amount_and_share(amount: str, revenue: str, points: int) -> None:
    money = {"2025": f"{amount}万元", "2024": "100万元"}
    assert mark("rd_input", 研发费用=money, 营业收入=f"{revenue}万元") == (points, points)


@pytest.mark.parametrize(("level", "points"), [("国家级", 10), ("省级", 8), ("市级", 4), ("市级以下", 2), ("无", 0)])
def test_level_of_the_institution(level: str, points: int) -> None:
    assert mark("institution", 研发机构级别=level) == (points, points)


@pytest.mark.parametrize("since", ["1999-01-01", "2026-03-31"])
def test_the_quality_award_has_no_look_back(since: str) -> None:
    bare = {"质量管理体系认证": False, "自主品牌": False, "holds": [{"title": "省级以上质量奖", "from": since}]}
    assert mark("quality", **bare) == (3, 3)


def test_the_old_standard_asks_for_no_title() -> None:
    assert tell(SRDI, OLD, holds=[])["outcome"] == "yes"
    assert tell(SRDI, NEW, holds=["创新型中小企业"])["outcome"] == "no"


# ---- conditions: rule, day, facts, outcome ---------------------------------------------------------

NO_IP = {"自主申请且已应用Ⅰ类知识产权数": "0件"}
POOR = {"营业收入": {"2025": "1000万元", "2024": "1000万元", "2023": "900万元"}, "主营业务收入": "1000万元", "研发费用": {"2025": "100万元", "2024": "100万元"}}
BOTH = ["科技和创新型中小企业", "专精特新中小企业"]


@pytest.mark.parametrize(("rule", "day", "changes", "outcome"), [
    (SRDI, NEW, {"细分市场年限": "2.99年"}, "no"),
    (SRDI, OLD, {"细分市场年限": "1.99年"}, "no"),
    (SRDI, NEW, POOR, "no"),  # under 1500 万元 and no equity
    (SRDI, NEW, POOR | {"新增股权融资额": {"2025": "500万元", "2024": "1500万元"}}, "yes"),  # both years are summed
    (SRDI, NEW, POOR | {"新增股权融资额": {"2025": "500万元", "2024": "1499.99万元"}}, "no"),
    (SRDI, NEW, {"研发费用": {"2025": "650万元", "2024": "99.99万元"}}, "no"),  # each year
    (SRDI, NEW, NO_IP, "no"),
    (SRDI, NEW, NO_IP | {"研发机构级别": "省级"}, "yes"),
    (SRDI, NEW, NO_IP | {"holds": [*BOTH, "国家级科技奖励前三"]}, "yes"),
    (SRDI, NEW, NO_IP | {"holds": [*BOTH, {"title": "省级科技奖励前三", "from": "2023-04-01"}]}, "yes"),
    (SRDI, NEW, NO_IP | {"holds": [*BOTH, {"title": "省级科技奖励前三", "from": "2023-03-31"}]}, "no"),
    (SRDI, NEW, {"专精特新发展评价得分": {"2025": "49分", "2024": "50分"}}, "no"),
    (SRDI, NEW, {"专精特新发展评价得分": {"2025": "49分", "2024": "50分"}, "复核申请": True}, "yes"),
    (SRDI, NEW, {"专精特新发展评价得分": {"2025": "50分"}, "复核申请": None}, "yes"),
    (SRDI, NEW, {"细分市场占有率较为靠前": None}, "refer"),
    (GIANT, NEW, {"营业收入": {"2025": "10000万元", "2023": "9071万元", "2024": "9500万元"}}, "no"),  # 1.05² is 1.1025
    (GIANT, NEW, {"营业收入": {"2025": "10000万元", "2023": "9070.29万元", "2024": "9500万元"}}, "yes"),
    (GIANT, NEW, {"营业收入": {"2025": "10000万元", "2023": "9071万元", "2024": "9500万元"}, "复核申请": True}, "yes"),
    (GIANT, NEW, {"营业收入": {"2025": "10000万元", "2023": "0元", "2024": "9500万元"}}, "unknown"),
    (GIANT, NEW, {"细分市场占有率": "9.99%"}, "no"),
    (GIANT, NEW, {"细分市场占有率": "9.99%", "细分市场全国排名": "3位"}, "yes"),
    (GIANT, NEW, {"产业链关键环节": None}, "refer"),
    (GIANT, NEW, {"属于重点产业领域": False}, "no"),
    (GIANT, NEW, {"holds": ["科技和创新型中小企业"]}, "no"),
    (GIANT, OLD, {"holds": []}, "no"),
    (GIANT, OLD, {"研发机构级别": "市级以下"}, "yes"),  # any level
    (GIANT, OLD, {"研发机构级别": "无"}, "no"),
    (GIANT, OLD, {"研发费用": {"2025": "300万元", "2024": "285万元"}}, "yes"),  # 3 % in both years at 1亿元
    (GIANT, OLD, {"研发费用": {"2025": "300万元", "2024": "284.99万元"}}, "no"),
    (GIANT, OLD, {"营业收入": {"2025": "9999.99万元", "2024": "9500万元"}}, "yes"),  # 6 % of the tier below
    (GIANT, OLD, {"营业收入": {"2025": "9999.99万元", "2024": "10000.01万元"}}, "no"),  # 600 万元 is below 6 % of the year before
])  # fmt: skip
def test_conditions(rule: str, day: str, changes: Facts, outcome: str) -> None:
    assert tell(rule, day, **changes)["outcome"] == outcome


@pytest.mark.parametrize("rule", [SRDI, GIANT])
@pytest.mark.parametrize("day", [OLD, NEW])
@pytest.mark.parametrize("flag", [*CONDUCT, "企业规模"])
def test_conduct_and_size_are_vetoes_and_missing_is_unknown(rule: str, day: str, flag: str) -> None:
    bad = "大型" if flag == "企业规模" else True
    assert tell(rule, day, **{flag: bad})["outcome"] == "no"
    assert tell(rule, day, **{flag: None})["outcome"] == "unknown"


def test_awards_of_three_years_replace_the_score() -> None:
    weak = {"特色化指标得分": "0分"}
    assert tell(SRDI, OLD, **weak)["outcome"] == "no"
    for title in ("省级科技奖励前三", "国家级科技奖励前五", "创客中国全国500强"):
        assert tell(SRDI, OLD, **weak, holds=[{"title": title, "from": "2023-03-31"}])["outcome"] == "yes"
        assert tell(SRDI, OLD, **weak, holds=[{"title": title, "from": "2023-03-30"}])["outcome"] == "no"


@pytest.mark.parametrize("title", ["高新技术企业", "科技型中小企业", "专精特新中小企业", "专精特新小巨人企业", "国家技术创新示范企业", "制造业单项冠军企业"])
def test_a_title_is_the_evidence_of_a_technology_enterprise(title: str) -> None:
    told = packs()["cn.tech_enterprise"].explain({}, holds=[title], as_of=NEW).to_dict()
    assert (told["outcome"], told["status"]) == ("yes", "stated")


def test_without_a_title_somebody_has_to_judge() -> None:
    assert packs()["cn.tech_enterprise"].explain({}, holds=[], as_of=NEW).outcome == "refer"


@pytest.mark.parametrize("id", [SRDI, GIANT, "cn.tech_enterprise", "zgc.pilot_points"])
def test_nothing_of_these_is_called_official(id: str) -> None:
    for pack, _ in packs().sources(id):
        rule = packs().built(id, pack.effective.from_)
        assert rule.status == "stated" or rule.unconfirmed()


def test_lists_name_only_what_their_sources_name() -> None:
    lists = packs().lists
    assert lists["cn.list.ip_finance_pilot"].members == ("北京", "上海", "广东")
    assert lists["cn.list.ip_finance_pilot"].open
    assert not lists["cn.list.innovation_centres"].open
    assert all(lists[id].members == () and lists[id].open for id in ("cn.list.aic_pilot_cities", "cn.list.points_banks"))
