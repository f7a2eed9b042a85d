"""What design §3 says of each construct, one sentence a test."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from rules.small import ask, decide
from rules.traces import checked

UNKNOWN_NOTHING: tuple[str, list[str]] = ("unknown", [])
DECIDED = [
    # text, facts, outcome, missing
    ("营业收入 / 职工人数 >= 1元/人", {"营业收入": "5元", "职工人数": 0}, "unknown", []),
    ("营业收入 / 职工人数 >= 1元/人", {"职工人数": 0}, "unknown", ["revenue"]),
    ("研发费用 / 营业收入 >= 5%", {"研发费用": "-5元", "营业收入": "-100元"}, "yes", []),
    ("研发费用 / 营业收入 >= 5%", {"研发费用": "4999.99元", "营业收入": "10万元"}, "no", []),
    ("growth(营业收入) >= -300%", {"营业收入": {"2025": "5元", "2024": "0元"}}, "unknown", []),
    ("growth(营业收入) >= -300%", {"营业收入": {"2025": "5元", "2024": "-5元"}}, "unknown", []),
    ("growth(营业收入) >= 0%", {"营业收入": {"2024": "0元"}}, "unknown", ["revenue"]),
    ("growth(营业收入) >= 0%", {"营业收入": "5元"}, "unknown", ["revenue"]),
    ("cagr(营业收入, 3) >= 20%", {"营业收入": {"2025": "17280元", "2022": "10000元"}}, "yes", []),
    ("cagr(营业收入, 3) >= 20%", {"营业收入": {"2025": "17279.99元", "2022": "10000元"}}, "no", []),
    ("cagr(营业收入, 3) >= 20%", {"营业收入": {"2025": "1元", "2022": "0元"}}, "unknown", []),
    ("each_of(营业收入 >= 5元, 3)", {"营业收入": {"2023": "4元"}}, "no", []),
    ("each_of(营业收入 >= 5元, 2)", {"营业收入": "6元"}, "unknown", ["revenue"]),
    ("sum_of(营业收入, 2) >= 5元", {"营业收入": "6元"}, "unknown", ["revenue"]),
    ("avg_of(growth(营业收入), 2) = 5%", {"营业收入": {"2025": "110元", "2024": "100元", "2023": "100元"}}, "yes", []),
    ("sum_of(营业收入, LEAST(3年, 细分年限)) >= 5元", {"营业收入": "6元"}, "unknown", ["niche"]),
    ("sum_of(营业收入, LEAST(3年, 细分年限)) >= 5元", {"营业收入": "6元", "细分年限": 1}, "yes", []),
    ("sum_of(营业收入, LEAST(3年, 细分年限)) >= 5元", {"营业收入": "6元", "细分年限": 1.5}, "unknown", []),
    ("sum_of(营业收入, LEAST(3年, 细分年限)) >= 5元", {"营业收入": "6元", "细分年限": 0}, "unknown", []),
    ("LEAST(营业收入, 研发费用) >= 5元", {"营业收入": "1元"}, "unknown", ["rd"]),
    ("COALESCE(研发费用, 营业收入) >= 5元", {"营业收入": "6元"}, "yes", []),
    ("COALESCE(研发费用, 营业收入) >= 5元", {}, "unknown", ["revenue", "rd"]),
    ("CASE WHEN 亏损 THEN 营业收入 > 1元 ELSE 研发费用 > 1元 END", {"营业收入": "6元", "研发费用": "6元"}, "unknown", ["loss"]),
    ("亏损 AND 营业收入 > 1元", {"亏损": False}, "no", []),
    ("亏损 OR 营业收入 > 1元", {"亏损": True}, "yes", []),
    ("NOT 亏损", {}, "unknown", ["loss"]),
    ("known(营业收入 / 职工人数)", {"营业收入": "1元", "职工人数": 0}, "no", []),
    ("重点领域", {}, "refer", []),
    ("NOT 重点领域", {}, "refer", []),
    ("重点领域 AND 亏损", {}, "unknown", ["loss"]),
    ("重点领域 OR 亏损", {}, "unknown", ["loss"]),
    ("重点领域 AND 亏损", {"亏损": True}, "refer", []),
    ("重点领域 OR 亏损", {"亏损": True}, "yes", []),
    ("count_yes(亏损, 自主品牌) >= 1项", {"亏损": True}, "yes", []),
    ("count_yes(亏损, 自主品牌) >= 2项", {"亏损": True}, "unknown", ["brand"]),
    ("count_yes(亏损, 自主品牌) > 2项", {}, "no", []),
    ("count_yes(亏损, 重点领域) >= 2项", {"亏损": True}, "refer", []),
    ("in_list(行业, 'l.open')", {"行业": "其他"}, "unknown", []),
    ("in_list(行业, 'l.open')", {"行业": "工业"}, "yes", []),
    ("in_list(行业, 'l.closed')", {"行业": "其他"}, "no", []),
    ("专利数 >= 1件", {"专利数": {"2024": 5}}, "unknown", ["patents"]),
    ("资产总额 >= 1元", {"资产总额": {"2025": 5}}, "yes", []),
    ("year_of(成立日期) = assessment_year()", {"成立日期": "2025-12-31"}, "yes", []),
    ("assessment_year() - year_of(成立日期) >= 3年", {"成立日期": "2022-12-31"}, "yes", []),
    ("行政区划 LIKE '33%'", {"行政区划": "330102"}, "yes", []),
    ("ROUND(营业收入 / 3, 2) = 1.67元", {"营业收入": "5元"}, "yes", []),
    ("ROUND(-营业收入 / 2) = -3元", {"营业收入": "5元"}, "yes", []),
    ("FLOOR(-营业收入 / 2) = -3元", {"营业收入": "5元"}, "yes", []),
    ("holds('高新技术企业')", {}, "unknown", ["title.hnte"]),
]


@pytest.mark.parametrize(("text", "facts", "outcome", "missing"), DECIDED, ids=[f"{t} {f}"[:60] for t, f, *_ in DECIDED])
def test_condition(text: str, facts: dict[str, Any], outcome: str, missing: list[str]) -> None:
    assert ask(text, facts) == (outcome, missing)


@pytest.mark.parametrize(
    ("founded", "as_of", "text", "outcome"),
    [
        ("2021-11-21", "2026-11-21", "years_since(成立日期) <= 5年", "yes"),
        ("2021-11-20", "2026-11-21", "years_since(成立日期) <= 5年", "no"),
        ("2021-11-21", "2026-11-21", "years_since(成立日期) >= 5年", "yes"),
        ("2020-02-29", "2021-02-28", "years_since(成立日期) >= 1年", "yes"),
        ("2020-02-29", "2021-02-27", "years_since(成立日期) >= 1年", "no"),
        ("2020-02-29", "2024-02-28", "years_since(成立日期) >= 4年", "no"),
        ("2020-02-28", "2024-02-29", "years_since(成立日期) <= 4年", "no"),
        ("2020-08-31", "2021-02-28", "years_since(成立日期) >= 6个月", "yes"),
    ],
)
def test_anniversaries(founded: str, as_of: str, text: str, outcome: str) -> None:
    assert ask(text, {"成立日期": founded}, as_of=dt.date.fromisoformat(as_of))[0] == outcome


@pytest.mark.parametrize(
    ("entry", "now", "within"),
    [
        ("高企", "yes", "yes"),
        ({"title": "title.hnte"}, "yes", "yes"),
        ({"title": "高新技术企业", "from": "2023-11-21"}, "yes", "yes"),
        ({"title": "高新技术企业", "from": "2023-11-20"}, "yes", "no"),
        ({"title": "高新技术企业", "from": "2023-11-21", "to": "2026-11-20"}, "no", "yes"),
        ({"title": "高新技术企业", "to": "2026-11-21"}, "yes", "yes"),
        ({"title": "高新技术企业", "to": "2026-11-20"}, "no", "yes"),
        ({"title": "高新技术企业", "from": "2026-11-22"}, "no", "no"),
        ({"title": "科技奖励"}, "no", "no"),
    ],
)
def test_titles_in_force_and_within_a_window(entry: Any, now: str, within: str) -> None:
    assert ask("holds('高新技术企业')", holds=[entry]) == (now, [])
    assert ask("holds('高新技术企业', within => 3年)", holds=[entry]) == (within, [])


# ---- scores ------------------------------------------------------------------------------------

BANDED = {"id": "i", "title": "i", "cite": "1", "value": "占有率", "bands": {"20%": 10, "10%": 5, "below": 0}}
JUDGED = {"id": "j", "title": "j", "cite": "1", "ladder": [{"when": "重点领域", "points": 8}, {"else": 2}]}


def of_total(text: str, *items: Any, facts: Any = None, **more: Any) -> tuple[str, list[str]]:
    return ask(text, facts, scores=list(items), **more)


def test_low_end_that_passes_is_yes_and_high_end_that_fails_is_no() -> None:
    assert of_total("score('total') >= 0分", BANDED) == ("yes", [])
    assert of_total("score('total') >= 11分", BANDED) == ("no", [])
    assert of_total("score('total') >= 10分", BANDED) == ("unknown", ["share"])


def test_score_open_by_judgement_alone_refers() -> None:
    assert of_total("score('total') >= 10分", JUDGED, BANDED, facts={"占有率": "10%"}) == ("refer", [])
    assert of_total("score('total') >= 15分", JUDGED, BANDED) == ("unknown", ["share"])


def test_group_that_its_cap_closes_keeps_the_total_open_no_more() -> None:
    full = {"id": "f", "title": "f", "cite": "1", "mark": "评审得分", "max": 9}
    grouped = [{**item, "group": "g"} for item in (full, BANDED)]
    more = {"groups": [{"id": "g", "title": "g"}], "caps": {"g": 9}}
    assert of_total("score('total') >= 15分", *grouped, JUDGED, facts={"评审得分": 9}, **more) == ("refer", [])


def test_bands_over_a_count_wait_for_what_the_count_waits_for() -> None:
    counted = {"id": "n", "title": "n", "cite": "1", "value": "count_yes(亏损, 自主品牌)", "bands": {"2项": 5, "1项": 3, "below": 0}}
    assert of_total("score('total') >= 5分", counted, facts={"亏损": True}) == ("unknown", ["brand"])


def test_map_of_a_closed_code_is_open_between_its_own_points() -> None:
    coded = {"id": "m", "title": "m", "cite": "1", "value": "行业", "map": {"工业": 10, "农业": 8, "其他": 6}}
    assert decide({}, scores=[coded]).total == (60000, 100000)


def test_expert_range_refers() -> None:
    expert = {"id": "e", "title": "e", "cite": "1", "value": "占有率", "bands": {"20%": [7, 8], "below": 0}}
    assert of_total("score('total') >= 8分", expert, facts={"占有率": "20%"}) == ("refer", [])


def test_linear_points_are_rounded_half_away_to_four_decimals() -> None:
    linear = {"id": "l", "title": "l", "cite": "1", "value": "研发费用 / 营业收入", "linear": {"full": "30%", "points": 10}}
    assert decide({"研发费用": "1元", "营业收入": "7元"}, scores=[linear]).total == (47619, 47619)
    assert decide({"研发费用": "-1元", "营业收入": "7元"}, scores=[linear]).total == (0, 0)
    assert decide({"研发费用": "7元", "营业收入": "7元"}, scores=[linear]).total == (100000, 100000)


def test_missing_of_best_names_only_alternatives_that_could_be_better() -> None:
    second = {"value": "利率", "bands": {"20BP": 5, "below": 0}}
    best = {"id": "b", "title": "b", "cite": "1", "best": [{k: BANDED[k] for k in ("value", "bands")}, second]}
    assert of_total("score('total') >= 10分", best, facts={"占有率": "10%"}) == ("no", [])
    assert of_total("score('total') >= 10分", best, facts={"利率": "20BP"}) == ("unknown", ["share"])


def test_missing_of_a_ladder_names_the_undecided_steps_above_the_first_that_holds() -> None:
    ladder = [{"when": "亏损", "points": 5}, {"when": "自主品牌", "points": 3}, {"when": "占有率 > 1%", "points": 1}, {"else": 0}]
    item = {"id": "l", "title": "l", "cite": "1", "ladder": ladder}
    assert of_total("score('total') >= 5分", item, facts={"自主品牌": True}) == ("unknown", ["loss"])


def test_stage_that_is_missing_leaves_the_weights_open() -> None:
    weighted = {**BANDED, "weight": {"初创期": "50%", "成长期": "100%", "稳定期": "0%"}}
    more = {"scores": [weighted], "weights": {"by": ["发展阶段"]}, "kind": "scorecard"}
    trace = decide({"占有率": "20%"}, **more)
    assert (trace.total, trace.outcome, trace.missing) == ((0, 100000), "unknown", ["stage"])
    assert decide({"占有率": "20%", "发展阶段": "初创期"}, **more).total == (50000, 50000)


# ---- other rules ---------------------------------------------------------------------------------

CARD = {"kind": "scorecard", "scores": [BANDED]}
LEAF = {"require": {"id": "a", "title": "a", "when": "亏损", "cite": "1"}}
JUDGED_SIZE = {
    "classes": {"by": "行业", "order": ["big", "low"], "table": {t: {"big": "重点领域"} for t in ("工业", "农业", "其他")}},
}


def test_range_and_missing_facts_of_another_rule_carry_through() -> None:
    assert ask("points('t.card') >= 10分", others={"t.card": CARD}) == ("unknown", ["share"])
    assert ask("outcome('t.leaf')", others={"t.leaf": LEAF}) == ("unknown", ["loss"])


def test_judgement_in_another_rule_carries_through() -> None:
    assert ask("class('t.size') = 'big'", {"行业": "工业"}, others={"t.size": JUDGED_SIZE}) == ("refer", [])
    assert ask("outcome('t.size')", {"行业": "工业"}, others={"t.size": JUDGED_SIZE}) == ("refer", [])


def test_rule_that_rests_on_an_illustrative_one_says_so() -> None:
    others = {"t.card": CARD | {"status": "illustrative"}, "t.between": {"require": {"id": "a", "title": "a", "when": "points('t.card') > 1分"}}}
    trace = decide({}, require={"id": "c", "title": "c", "when": "outcome('t.between')"}, others=others)
    assert checked(trace)["status"] == "illustrative"


def test_rule_not_in_force_is_no_without_score_and_reasons() -> None:
    trace = decide({"占有率": "20%"}, effective={"from": "2026-11-22"}, **CARD)
    found = checked(trace)
    assert (found["outcome"], found["reason"], found["missing"], found["because"]) == ("no", "不在有效期", [], [])
    assert "score" not in found
    assert decide({"占有率": "20%"}, effective={"from": "2026-11-21", "to": "2026-11-21"}, **CARD).outcome == "yes"


def test_asked_rule_that_is_not_in_force_is_no_and_has_no_points() -> None:
    others = {"t.card": CARD | {"effective": {"to": "2026-11-20"}}}
    assert ask("outcome('t.card')", {"占有率": "20%"}, others=others) == ("no", [])
    assert ask("points('t.card') >= 1分", {"占有率": "20%"}, others=others) == UNKNOWN_NOTHING


# ---- the trace -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "facts", "sides"),
    [
        ("职工人数 <= 500人", {"职工人数": 180}, ("180人", "500人", "320人")),
        ("营业收入 <= 2亿元", {"营业收入": 620}, ("620万元", "2亿元", "19380万元")),
        ("研发费用 / 营业收入 >= 5%", {"研发费用": "4.999999万元", "营业收入": "100万元"}, ("4.999999%", "5%", "-0.000001%")),
        ("研发费用 / 营业收入 >= 33.33%", {"研发费用": "1元", "营业收入": "3元"}, ("33.333%", "33.33%", "0.003%")),
        ("营业收入 / 职工人数 >= 10万元/人", {"营业收入": 1500, "职工人数": 100}, ("15万元/人", "10万元/人", "5万元/人")),
        ("营业收入 / 职工人数 > prior(营业收入) / 职工人数", {"营业收入": {"2025": 9, "2024": 6}, "职工人数": 3},
         ("3万元/人", "2万元/人", "1万元/人")),
    ],
)  # fmt: skip
def test_sides_and_margin_of_a_comparison(text: str, facts: dict[str, Any], sides: tuple[str, str, str]) -> None:
    found = checked(decide(facts, require={"id": "c", "title": "c", "when": text}))["because"][0]
    assert (found["left"], found["right"], found["margin"]) == sides
