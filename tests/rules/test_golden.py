"""One golden trace per shipped rule; ``KEQIAO_GOLDEN=write`` writes them anew after a wanted change."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from rules.official import AS_OF, HNTE, INNOVATIVE, TECH_SME, YEAR, packs
from rules.traces import checked

FOLDER = Path(__file__).parent / "golden"
POINTS: dict[str, Any] = {"发展阶段": "成长期", "研发费用": {"2025": "700万元", "2024": "650万元"}, "营业收入": {"2025": "9000万元"},
                          "职工人数": "90人", "科技人员数": "31人", "PCT专利申请量": "1件"}  # fmt: skip
CASES: dict[str, dict[str, Any]] = {
    "cn.tech_sme": TECH_SME | {"研发费用": "39.99万元", "成本费用总额": None, "Ⅱ类知识产权数": "2件"},
    "cn.hnte": HNTE | {"成立日期": "2024-05-06", "属于高新技术领域": None},
    "cn.innovative_sme": INNOVATIVE | {"主营业务收入": {"2025": "700万元"}, "holds": None},
    "cn.size_class": {"划型行业": "工业", "职工人数": "300人"},
    "cn.innovation_points": POINTS,
}


def test_every_shipped_rule_has_a_golden_trace() -> None:
    assert set(CASES) == set(packs())


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("rule", CASES)
def test_trace_is_the_golden_one(rule: str, language: str) -> None:
    facts = {name: value for name, value in CASES[rule].items() if value is not None}
    trace = checked(packs()[rule].explain(facts, as_of=AS_OF, year=YEAR, id=rule), language)
    path = FOLDER / f"{rule}.{language}.json"
    if os.environ.get("KEQIAO_GOLDEN") == "write":
        path.write_text(json.dumps(trace, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    assert trace == json.loads(path.read_text(encoding="utf-8"))
