"""Cases that pass every condition of the shipped standards, and how to change one fact of them."""

from __future__ import annotations

from functools import cache
from typing import Any

import keqiao
from keqiao import Packs

AS_OF, YEAR = "2026-11-21", 2025
Facts = dict[str, Any]

TECH_SME: Facts = {
    "居民企业": True, "查账征收": True, "职工人数": "100人", "科技人员数": "30人", "营业收入": "1000万元", "研发费用": "60万元",
    "成本费用总额": "1000万元", "资产总额": "5000万元", "Ⅰ类知识产权数": "0件", "Ⅱ类知识产权数": "0件", "研发机构级别": "无",
    "主持制定标准数": "0项", "属于禁止限制淘汰类": False, "不适用加计扣除行业": False, "重大安全事故": False, "重大质量事故": False,
    "严重环境违法": False, "科研严重失信": False, "列入经营异常名录": False, "列入严重失信名单": False, "holds": [],
}  # fmt: skip
HNTE: Facts = {
    "居民企业": True, "成立日期": "2010-01-01", "拥有核心知识产权": True, "属于高新技术领域": True, "职工人数": "100人",
    "科技人员数": "10人", "营业收入": {"2025": "5000万元", "2024": "4000万元", "2023": "3000万元"},
    "研发费用": {"2025": "250万元", "2024": "200万元", "2023": "150万元"},
    "境内研发费用": {"2025": "250万元", "2024": "200万元", "2023": "150万元"}, "企业总收入": "1000万元", "高新技术产品收入": "600万元",
    "企业创新能力评价得分": "71分", "重大安全事故": False, "重大质量事故": False, "严重环境违法": False,
}  # fmt: skip
INNOVATIVE: Facts = {
    "Ⅰ类高价值知识产权数": "1件", "自主研发Ⅰ类知识产权数": "0件", "Ⅰ类知识产权数": "0件", "Ⅱ类知识产权数": "0件", "营业收入": "1000万元",
    "研发费用": "50万元", "主营业务收入": {"2025": "700万元", "2024": "500万元"}, "资产总额": "1000万元", "负债总额": "550万元",
    "属于战略性新兴产业": True, "研发机构级别": "无", "新增股权融资额": {"2025": "0元", "2024": "0元", "2023": "0元"}, "holds": [],
    "重大安全事故": False, "重大质量事故": False, "严重环境违法": False, "列入经营异常名录": False, "列入严重失信名单": False,
    "偷漏税行为": False, "属于禁止限制淘汰类": False,
}  # fmt: skip


@cache
def packs() -> Packs:
    """The shipped packs."""
    return keqiao.load_packs()


def explain(rule: str, facts: Facts, **changes: Any) -> dict[str, Any]:
    """The trace of a case with some facts changed; None takes a fact away."""
    every = {name: value for name, value in (facts | changes).items() if value is not None}
    return packs()[rule].explain(every, as_of=AS_OF, year=YEAR).to_dict()


def clause(trace: dict[str, Any], id: str) -> dict[str, Any]:
    """A clause or group of a trace by its id."""
    pending = list(trace["because"])
    while pending:
        one = pending.pop()
        if one["id"] == id:
            return one  # type: ignore[no-any-return]
        for kind in ("all", "any", "not"):
            pending += one.get(kind, [])
    raise KeyError(id)


def item(trace: dict[str, Any], id: str) -> tuple[Any, Any]:
    """Low and high of an item."""
    found = next(i for i in trace["items"] if i["id"] == id)
    return found["low"], found["high"]
