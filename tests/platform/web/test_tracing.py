"""Traces of real packs as the rows of the tree."""

from __future__ import annotations

from typing import Any

import pytest

from keqiao.errors import use_language
from keqiao.platform.web.reading import amount, ends, margin_words
from keqiao.platform.web.samples import packs
from keqiao.platform.web.tracing import Known, Row, Tree, leaves, tree_of

FACTS: dict[str, Any] = {
    "居民企业": True, "查账征收": True, "职工人数": "180人", "科技人员数": "52人", "营业收入": "18640万元", "研发费用": "1102万元",
    "成本费用总额": "16900万元", "资产总额": "15820万元", "Ⅰ类知识产权数": "0件", "Ⅱ类知识产权数": "2件", "主持制定标准数": "0项", "研发机构级别": "无",
    "属于禁止限制淘汰类": False, "不适用加计扣除行业": False, "重大安全事故": False, "重大质量事故": False, "严重环境违法": False,
    "科研严重失信": False, "列入经营异常名录": False, "列入严重失信名单": False,
}  # fmt: skip
TEXTS = {key: value for key, value in FACTS.items() if isinstance(value, str)}


def tree(known: Known | None = None, rule: str = "cn.tech_sme", language: str = "zh", **changes: Any) -> Tree:
    facts = {key: value for key, value in (FACTS | changes).items() if value is not None}
    trace = packs()[rule].explain(facts, holds=[], as_of="2026-11-21", id="E1")
    return tree_of(trace.to_dict(language), packs(), known)


def row(found: Tree, title: str) -> Row:
    return next(one for one in [*found.rows, *leaves(found.rows), *found.scores] if one.title == title)


def test_a_comparison_shows_value_threshold_and_margin() -> None:
    found = row(tree(), "职工不超过500人")
    assert (found.text, found.value, found.threshold, found.margin, found.cite) == ("职工人数 ≤ 500人", "180人", "500人", "余 320人", "条件二")
    assert "mb-pass" in found.bar


def test_the_source_of_a_fact_stands_beside_it() -> None:
    assert row(tree(Known(sources={"职工人数": "2025年报"})), "职工不超过500人").source == "2025年报"


def test_money_from_a_hundred_million_is_shown_in_its_unit() -> None:
    assert row(tree(), "年销售收入不超过2亿元").value == "1.864亿元"


def test_the_head_names_the_tightest_condition() -> None:
    assert tree().summary == "18 个条件全部可判；最紧的是“年销售收入不超过2亿元”，余 1,360万元"


def test_of_a_no_the_head_counts_what_fails_and_names_the_furthest() -> None:
    found = tree(营业收入="23000万元")
    assert found.outcome == "no" and found.summary.startswith("2 个条件不符合；差得最多的是“年销售收入不超过2亿元”，差 3,000万元")


def test_of_an_unknown_the_head_names_the_facts() -> None:
    assert tree(研发费用=None, 成本费用总额=None).summary == "缺 2 项资料：成本费用总额、研发费用"


def test_many_missing_facts_are_named_in_the_list_and_not_in_the_head() -> None:
    found = tree_of(packs()["cn.tech_sme"].explain({}, holds=[], as_of="2026-11-21").to_dict(), packs())
    assert found.summary.endswith(" 等") and found.missing.count("、") > 10


def test_a_group_says_what_it_asks_and_how_many_hold() -> None:
    group = row(tree(), "评价得分或直接确认")
    assert (group.text, group.value, group.threshold, len(group.parts)) == ("任一", "1 项符合", "1 项", 5)


def test_passed_groups_that_do_not_matter_are_folded() -> None:
    found = tree()
    assert row(found, "评价得分或直接确认").open and not row(found, "无重大事故、违法和失信").open


def test_the_failing_branch_is_open_and_the_others_folded() -> None:
    found = tree(重大安全事故=True)
    assert row(found, "无重大事故、违法和失信").open and not row(found, "评价得分或直接确认").open


def test_the_total_stands_where_its_condition_has_no_sides() -> None:
    found = row(tree(), "评价不低于60分且科技人员得分不为零")
    assert (found.text, found.value, found.threshold, found.margin) == ("总分 ≥ 60分 AND 科技人员指标 > 0分", "68分", "60分", "余 8分")


def test_a_range_across_the_threshold_is_said() -> None:
    found = row(tree(研发费用=None, 成本费用总额=None), "评价不低于60分且科技人员得分不为零")
    assert (found.value, found.margin) == ("28～78分", "区间跨线") and found.notes == ["补：成本费用总额、研发费用"]


def test_a_score_row_shows_fraction_band_and_next_band() -> None:
    found = row(tree(Known(values=TEXTS)), "科技人员指标")
    assert (found.text, found.value, found.threshold, found.margin) == ("52人 / 180人 = 28.89%，落在 25%～30% 档", "16分", "下一档 30%", "到 20分")


def test_full_marks_have_no_next_band() -> None:
    found = row(tree(科技人员数="90人"), "科技人员指标")
    assert (found.value, found.threshold, found.margin) == ("20分", "满分", "")


def test_what_is_unconfirmed_is_marked() -> None:
    assert row(tree(), "近五年主持制定标准").verify and not row(tree(), "职工不超过500人").verify


def test_a_disputed_fact_is_said_at_its_row_and_above() -> None:
    found = tree(Known(disputed=("职工人数",)))
    assert "异议中：职工人数" in row(found, "职工不超过500人").notes and found.disputed == "异议中：职工人数"


def test_what_may_not_be_seen_shows_neither_value_nor_threshold_nor_margin() -> None:
    found = row(tree(Known(values=TEXTS, masked=("职工人数",))), "职工不超过500人")
    assert (found.text, found.value, found.threshold, found.margin, found.bar) == ("", "****", "", "", "")


def test_a_rule_not_in_force_says_so() -> None:
    trace = packs()["cn.tech_sme"].explain(FACTS, holds=[], as_of="2010-01-01")
    assert tree_of(trace.to_dict(), packs()).summary == "不在有效期，没有判断"


def test_english_traces_are_read_too() -> None:
    use_language("en")
    try:
        found = row(tree(language="en"), "Revenue of at most 200 million")
    finally:
        use_language("zh")
    assert (found.value, found.margin) == ("186.4 million CNY", "inside by 13.6 million CNY") and "mb-pass" in found.bar


@pytest.mark.parametrize("rule", list(packs()))
def test_every_rule_makes_a_tree_from_nothing(rule: str, tongue: str) -> None:
    trace = packs()[rule].explain({}, holds=[], as_of="2026-11-21")
    found = tree_of(trace.to_dict(tongue), packs())
    assert found.summary and (found.rows or found.scores or found.outcome in ("no", "unknown"))


@pytest.mark.parametrize(
    ("text", "words"),
    [("320人", "余 320人"), ("-3.8%", "差 3.8个百分点"), ("0人", "恰在门槛"), ("-10~20分", "区间跨线"), ("14000万元", "余 1.4亿元"), ("-12天", "差 12天"), ("-20~-10分", "差 20～10分")],
)
def test_margins_in_words(text: str, words: str) -> None:
    assert margin_words(text) == words


@pytest.mark.parametrize(("text", "found"), [("40~70分", (40, 70)), ("18640万元", (186_400_000, 186_400_000)), ("5年1天", None), ("是", None), (None, None), ("5%", (0.05, 0.05))])
def test_texts_as_numbers(text: str | None, found: tuple[float, float] | None) -> None:
    assert ends(text) == (pytest.approx(found) if found else None)


@pytest.mark.parametrize(("text", "shown"), [("18640万元", "1.864亿元"), ("10000万元", "1亿元"), ("9999万元", "9,999万元"), ("12345.5万元", "1.23455亿元"), ("18640万元/人", "1.864亿元/人")])
def test_money_is_rewritten_exactly(text: str, shown: str) -> None:
    assert amount(text) == shown
