"""Facts of a case as people write them: what is read, and what is refused."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from keqiao.errors import FactError
from keqiao.rules.case import CaseReader
from keqiao.rules.closures.rule import compile_rule
from properties.packs import build, head
from properties.words import VOCABULARY
from rules.small import AS_OF, ask

READ = [
    # name, value, the same as this text
    ("revenue", 2500, "2500万元"),
    ("营业收入", "2500千元", "250万元"),
    ("营业收入", "1,500万元", "1500万元"),
    ("营业收入", "１，５００万元", "1500万元"),
    ("营业收入", " 1500 万元 ", "1500万元"),
    ("营业收入", "-3.5万元", "-35000元"),
    ("营业收入", "－3.5万元", "-35000元"),
    ("营业收入", Decimal("0.1"), "1000元"),
    ("营业收入", 0.1, "1000元"),
    ("营业收入", {"2025": 5, "2024": 7}, "5万元"),
    ("营业收入", {2025: 5}, "5万元"),
    ("assets", 5, "5元"),
    ("share", "5.0%", "5%"),
    ("占有率", 5, "5%"),
    ("占有率", "50‰", "5%"),
    ("占有率", "0.05倍", "5%"),
    ("利率", "20bp", "0.2%"),
    ("employees", "180人", "180人"),
    ("专利数", "3项", "3件"),
    ("账期", "30日", "30天"),
    ("细分年限", "18个月", "1.5年"),
]


@pytest.mark.parametrize(("name", "value", "same"), READ, ids=[f"{n}={v!r}" for n, v, _ in READ])
def test_value_is_read_exactly(name: str, value: Any, same: str) -> None:
    assert ask(f"{name} = {same}", {name: value})[0] == "yes"


@pytest.mark.parametrize("value", [True, "是", "true", "有"])
def test_flag_that_is_true(value: Any) -> None:
    assert ask("自主品牌", {"brand": value})[0] == "yes"


@pytest.mark.parametrize("value", ["2025-03-31", "2025年3月31日", "2025/3/31", dt.date(2025, 3, 31)])
def test_date_is_read(value: Any) -> None:
    assert ask("成立日期 = '2025-03-31'", {"founded": value})[0] == "yes"


@pytest.mark.parametrize("facts", [{}, {"revenue": None}, {"营业收入": {}}, {"营业收入": {"2025": None}}, {"营业收入": {"2024": 5}}])
def test_null_and_absent_are_missing(facts: Any) -> None:
    assert ask("营业收入 > 5元", facts) == ("unknown", ["revenue"])


REFUSED = [
    ({"营业收人": 5}, "营业收入"),
    ({"revenue": 5, "营业收入": 5}, "给了两次"),
    ({"营业收入": "5人"}, "单位“人”不对"),
    ({"营业收入": "五万元"}, "读不懂"),
    ({"营业收入": ""}, "读不懂"),
    ({"营业收入": True}, "读不懂"),
    ({"营业收入": [5]}, "读不懂"),
    ({"营业收入": float("nan")}, "营业收入"),
    ({"营业收入": Decimal("Infinity")}, "营业收入"),
    ({"营业收入": Decimal("1E+999999999")}, "营业收入"),
    ({"营业收入": "9" * 5000 + "万元"}, "营业收入"),
    ({"营业收入": "100000亿亿元"}, "单位"),
    ({"营业收入": "9999999999亿元"}, "范围"),
    ({"营业收入": {"今年": 5}}, "不是年度"),
    ({"营业收入": {"²⁰²⁵": 5}}, "不是年度"),
    ({"营业收入": {"25": 5}}, "不是年度"),
    ({"注册资本": {"2025": 5}}, "不分年度"),
    ({"成立日期": "2025-02-30"}, "不是日期"),
    ({"成立日期": 45000}, "不是日期"),
    ({"行业": "工业务"}, "工业、农业、其他"),
    ({"自主品牌": "也许"}, "是/否"),
    ({"自主品牌": 1}, "是/否"),
    ({"高新技术企业": True}, "holds"),
    ({"行政区划": ""}, "不在可用的值"),
]


@pytest.mark.parametrize(("facts", "part"), REFUSED, ids=[str(f)[:40] for f, _ in REFUSED])
def test_fact_is_refused(facts: Any, part: str) -> None:
    with pytest.raises(FactError) as caught:
        ask("营业收入 > 5元", facts)
    assert part in caught.value.zh
    assert caught.value.en


@pytest.mark.parametrize(
    ("holds", "part"),
    [
        ("高企", "应是列表"),
        ({"title": "高企"}, "应是列表"),
        (5, "应是列表"),
        (["高新"], "是不是：高新技术企业"),
        (["营业收入"], "没有“营业收入”这个称号"),
        ([5], "没有“5”这个称号"),
        ([None], "称号"),
        ([{"title": ["高企"]}], "称号"),
        ([{"title": "高企", "until": "2025-01-01"}], "until"),
        ([{"title": "高企", "from": "2025-02-30"}], "2025-03-31"),
        ([{"title": "高企", "from": "2025-02-03", "to": "2025-02-02"}], "早于起始日"),
    ],
)
def test_titles_are_refused(holds: Any, part: str) -> None:
    with pytest.raises(FactError) as caught:
        ask("holds('高新技术企业')", holds=holds)
    assert part in caught.value.zh


def test_no_title_at_all_is_known() -> None:
    assert ask("holds('高新技术企业')", holds=[]) == ("no", [])


def test_window_counts_back_from_the_year_of_the_case() -> None:
    facts = {"营业收入": {"2026": 100, "2024": 3, "2023": 2}}
    assert ask("sum_of(营业收入, 2) = 5万元", facts, year=2024)[0] == "yes"


def test_row_of_a_snapshot_is_the_same_case() -> None:
    text = "sum_of(营业收入, 2) = 5万元 AND holds('高新技术企业') AND 成立日期 = '2025-03-31'"
    rules = build({"t.main": {**head("t.main"), "require": {"id": "c", "title": "c", "when": text}}})
    code, env = compile_rule(rules["t.main"], rules.__getitem__)
    reader = CaseReader(VOCABULARY, env)
    held = [{"title": "title.hnte", "from": dt.date(2025, 1, 1), "to": None}]
    row = {"revenue": 3_000_000, "revenue__1": 2_000_000, "founded": dt.date(2025, 3, 31), "titles": held}
    facts = {"营业收入": {"2025": 3, "2024": 2}, "成立日期": "2025-03-31"}
    stored = reader.read_stored(row, AS_OF, 2025)
    assert stored == reader.read(facts, [{"title": "高企", "from": "2025-01-01"}], AS_OF, 2025)
    assert code.evaluate(stored).outcome == "yes"
    assert code.evaluate(reader.read_stored({**row, "titles": None}, AS_OF, 2025)).outcome == "unknown"
