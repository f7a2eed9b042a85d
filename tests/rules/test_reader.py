"""Texts that are no rule: the line, the column, and what would be right."""

from __future__ import annotations

import pytest

from keqiao.errors import RuleError
from keqiao.rules import form as f
from keqiao.rules.reader import read_condition
from keqiao.rules.scope import Scope
from keqiao.rules.source import read_quantity
from properties.words import VOCABULARY
from rules.small import SCOPE, read

REFUSED = [
    # text, line, column, a part of the message
    ("", 1, 1, "规则是空的"),
    ("营业收入 > 5元 AND", 1, 11, "语法不对"),
    ("(营业收入 > 5元", 1, 9, "括号不成对"),
    ("营业收入 > 5元)", 1, 10, "语法不对"),
    ("行业 = '工业", 1, 1, "引号是否成对"),
    ("营业收人 >= 5元", 1, 1, "是不是：营业收入？"),
    ("亏损 AND\n\n  营业收人 > 5元", 3, 3, "是不是：营业收入？"),
    ("职工人数 ≥ 5人 AND 营业收人 ≤ 5元", 1, 15, "营业收入"),
    ("高新技术企业", 1, 1, "holds('高新技术企业')"),
    ("holds('高新')", 1, 1, "是不是：高新技术企业"),
    ("holds('高新技术企业', 5年)", 1, 1, "within => 3年"),
    ("营业收入 >= 2", 1, 9, "2万元"),
    ("growth(营业收入) > 0", 1, 16, "0%"),
    ("count_yes(亏损) >= 1", 1, 18, "1件"),
    ("LEAST(growth(营业收入), 0) > 5%", 1, 21, "“0”没有单位"),
    ("CASE WHEN 亏损 THEN 0 ELSE 占有率 END > 5%", 1, 19, "“0”没有单位"),
    ("营业收入 >= 500人", 1, 1, "不能把金额与人数相比"),
    ("亏损 AND\n营业收入 + 5人 > 5元", 2, 1, "不能把金额与人数相加减"),
    ("days_since(成立日期) >= 1年", 1, 1, "天数与年数"),
    ("营业收入 BETWEEN 5人 AND 6人", 1, 1, "金额与人数"),
    ("CASE WHEN 亏损 THEN 1元 ELSE 1人 END > 1元", 1, 27, "既有金额又有人数"),
    ("CASE WHEN 亏损 THEN 1元 END > 1元", 1, 11, "不能省 ELSE"),
    ("营业收入 > 5元; DROP TABLE x", 1, 10, "不能有分号"),
    ("营业收入 > (SELECT 1元)", 1, 16, "子查询"),
    ("营业收入 IN (SELECT 1)", 1, 1, "子查询"),
    ("营业收入 > 5元 -- 备注", 1, 11, "注释"),
    ("营业收入 > 5元 /* 备注 */ AND 亏损", 1, 11, "注释"),
    ("grwoth(营业收入) > 5%", 1, 1, "是不是 growth？"),
    ("sum(营业收入) > 5元", 1, 1, "sum_of"),
    ("营业收入 IS NULL", 1, 1, "known(x)"),
    ("CAST(营业收入 AS INT) > 5元", 1, 6, "500人"),
    ("营业收入 % 2 > 5元", 1, 1, "百分数写作 5%"),
    ("营业收入 BETWEEN SYMMETRIC 2元 AND 1元", 1, 1, "between"),
    ("ROUND(营业收入, 2, 1) > 5元", 1, 1, "ROUND(x, 2)"),
    ("行业 = '工业务'", 1, 6, "可用：工业、农业、其他"),
    ("行业 > '工业'", 1, 1, "IN、LIKE"),
    ("行业 LIKE '%业'", 1, 1, "前缀"),
    ("行业 IN (行政区划)", 1, 1, "带引号的值"),
    ("亏损 = 自主品牌", 1, 1, "请用 AND、OR、NOT"),
    ("成立日期 > '2025-02-30'", 1, 8, "'2025-03-31'"),
    ("成立日期 - 获批日期 > 5天", 1, 1, "日期不能参加算术"),
    ("years_since(成立日期) + 1年 > 2年", 1, 1, "years_since(成立日期) <= 5年"),
    ("cagr(营业收入, 3)", 1, 1, "cagr(营业收入, 3) >= 20%"),
    ("cagr(营业收入, 3) >= -100%", 1, 1, "-100%"),
    ("prior(营业收入, 11) > 5元", 1, 13, "1 到 10"),
    ("prior(营业收入, 1.5) > 5元", 1, 13, "1 到 10"),
    ("prior(资产总额, 1) > 5元", 1, 1, "没有上年值"),
    ("sum_of(营业收入, 细分年限) > 5元", 1, 14, "LEAST(3年"),
    ("score('x') >= 60分", 1, 1, "可用：staff、total"),
    ("points('t.sized') >= 1分", 1, 1, "没有这一结果"),
    ("outcome('t.cards')", 1, 1, "是不是：t.card"),
    ("class('t.sized') = 'x'", 1, 20, "可用：big、low"),
    ("class('t.sized')", 1, 1, "应与类别比较"),
    ("NOT class('t.sized')", 1, 5, "应与类别比较"),
    ("in_list(行业, 'l.x')", 1, 1, "是不是"),
    ("percentile(营业收入) OVER (PARTITION BY 行业) > 5%", 1, 1, "评分卡"),
    ("year_of(成立日期) >= 2020年", 1, 1, "年份与年数"),
    ("营业收入 > 1e9", 1, 8, "科学记数法"),
    ("营业收入 > " + "1" * 5000 + "元", 1, 8, "太长"),
    ("营业收入 > " + "1" * 5000, 1, 8, "读不懂数字"),
    ("(" * 3000 + "亏损" + ")" * 3000, 1, 1, "嵌套太深"),
    ("营业收入" + " + 营业收入" * 2500 + " > 5元", 1, 1, "嵌套太深"),
    ("x" * 30000, 1, 1, "超过 20000 字"),
]


@pytest.mark.parametrize(("text", "line", "column", "part"), REFUSED, ids=[t[:30] for t, *_ in REFUSED])
def test_refused_with_place_and_remedy(text: str, line: int, column: int, part: str) -> None:
    with pytest.raises(RuleError) as caught:
        read(text)
    assert (caught.value.line, caught.value.column) == (line, column)
    assert part in caught.value.zh
    assert caught.value.en


USAGES = [
    ("prior()", "prior(x, 1)"),
    ("prior(营业收入, LEAST(3年, 细分年限)) > 1元", "prior(x, 1)"),
    ("growth() > 5%", "growth(x)"),
    ("growth(行业) > 5%", "应是数，得到的是代码"),
    ("cagr(营业收入) > 5%", "cagr(x, 3)"),
    ("sum_of(营业收入) > 5元", "sum_of(x, 3)"),
    ("avg_of(营业收入) > 5元", "avg_of(x, 3)"),
    ("each_of(亏损)", "each_of(cond, 2)"),
    ("each_of(营业收入, 2)", "应是条件"),
    ("days_since(营业收入) > 5天", "days_since(成立日期)"),
    ("year_of() = assessment_year()", "year_of(成立日期)"),
    ("year_of(成立日期) = assessment_year(1)", "assessment_year()"),
    ("LEAST(营业收入) > 5元", "LEAST(a, b)"),
    ("GREATEST(营业收入) > 5元", "GREATEST(a, b)"),
    ("ROUND(营业收入, 9) > 5元", "ROUND(x, 2)"),
    ("ROUND(营业收入, 亏损) > 5元", "ROUND(x, 2)"),
    ("COALESCE(营业收入) > 5元", "first_known(a, b)"),
    ("known(营业收入, 研发费用)", "known(x)"),
    ("count_yes() > 5项", "count_yes(a, b)"),
    ("count_yes(营业收入) > 5项", "应是条件"),
    ("score() > 5分", "score('total')"),
    ("score(营业收入) > 5分", "score('total')"),
    ("outcome()", "outcome('id')"),
    ("holds('高新技术企业', within => 0年)", "within => 3年"),
    ("in_list(行业)", "in_list(x, 'list.id')"),
    ("in_list(营业收入, 'l.open')", "in_list(x, 'list.id')"),
    ("prior(holds('高新技术企业'), 1)", "没有上年值"),
    ("prior(score('total'), 1) > 5分", "没有上年值"),
    ("prior(outcome('t.card'), 1)", "没有上年值"),
    ("years_since(成立日期) > years_since(获批日期)", "years_since 只能直接与一个数比较"),
    ("years_since(成立日期) > 0.3年", "整年或整月"),
    ("years_since(成立日期) > 5天", "年数与天数"),
    ("营业收入 = '5'", "金额不能与文字比较"),
    ("成立日期 > '工业'", "不是日期"),
    ("-成立日期 > '2025-01-01'", "日期不能参加算术"),
    ("亏损 + 5元 > 5元", "不能参加算术"),
    ("NOT 营业收入", "是否漏了比较"),
    ("行业 IN ()", "不能用"),
]


@pytest.mark.parametrize(("text", "part"), USAGES, ids=[t for t, _ in USAGES])
def test_wrong_use_is_told_the_right_one(text: str, part: str) -> None:
    with pytest.raises(RuleError) as caught:
        read(text)
    assert part in caught.value.zh


def test_condition_is_expected_of_a_clause() -> None:
    with pytest.raises(RuleError, match="这里应是条件（如 营业收入 >= …），得到的是金额"):
        read_condition("营业收入", SCOPE)


def test_fact_of_another_subject_is_refused() -> None:
    with pytest.raises(RuleError, match="本规则的对象是project"):
        read_condition("亏损", Scope(VOCABULARY, "project"))


SAME = [
    ("营业收入　＞＝　５０００万元", "revenue >= 5000万元"),
    ("研发费用 ÷ 营业收入 ≥ 5%", "rd / revenue >= 5%"),
    ("职工人数 × 2 ≠ 5人", "employees * 2 <> 5人"),
    ("营业收入 >= 1,500万元", "营业收入 >= 1500万元"),
    ("营业收入 >= 1500 万元", "营业收入 >= 1500万元"),
    ("500人 >= 职工人数", "职工人数 <= 500人"),
    ("自主品牌 = TRUE", "自主品牌"),
    ("自主品牌 <> TRUE", "NOT 自主品牌"),
    ("prior(营业收入) > 5元", "prior(营业收入, 1) > 5元"),
    ("COALESCE(研发费用, 5元) > 5元", "first_known(研发费用, 5元) > 5元"),
    ("sum_of(营业收入, 2) > 5元", "营业收入 + prior(营业收入, 1) > 5元"),
    ("each_of(亏损, 1)", "亏损"),
    ("利率 >= 20bp", "利率 >= 20BP"),
]


@pytest.mark.parametrize(("text", "other"), SAME)
def test_two_ways_of_writing_are_one_form(text: str, other: str) -> None:
    assert read(text) == read(other)


def test_quoted_text_is_not_read_as_a_quantity() -> None:
    assert read("行政区划 = '5万元'") == f.Among(read("行政区划"), ("5万元",))


def test_long_chain_of_conditions_is_flat() -> None:
    node = read(" AND ".join(["亏损"] * 2000))
    assert isinstance(node, f.AllOf)
    assert len(node.parts) == 2000


def test_place_counts_the_characters_that_the_user_wrote() -> None:
    with pytest.raises(RuleError) as caught:
        read("职工人数≥５人 AND 职工人数≤６人 AND 不存在")
    assert caught.value.column == 25


@pytest.mark.parametrize("text", ["5", "五%", "5 % 6", "", "5万元/件数", "--5%"])
def test_bound_that_is_no_quantity(text: str) -> None:
    with pytest.raises(RuleError, match="带单位的数量"):
        read_quantity(text)


def test_negative_bound() -> None:
    assert read_quantity("-5%").value == -read_quantity("5%").value
