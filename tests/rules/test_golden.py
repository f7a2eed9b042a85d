"""One golden trace per shipped rule; ``KEQIAO_GOLDEN=write`` writes them anew after a wanted change."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from keqiao.packs.lint.examples import AS_OF as EXAMPLES_AS_OF
from keqiao.packs.lint.examples import run_examples
from keqiao.rules.trace import Trace
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


def traced(rule: str) -> Trace:
    """The trace of the rule's case: the one above, or the first of its own examples that is left open."""
    if rule in CASES:
        facts = {name: value for name, value in CASES[rule].items() if value is not None}
        return packs()[rule].explain(facts, as_of=AS_OF, year=YEAR, id=rule)
    every = [e.trace for e in run_examples(packs(), rule) if e.as_of == EXAMPLES_AS_OF and e.trace is not None]
    return next((t for t in every if t.outcome in ("unknown", "refer")), every[0])


def test_every_golden_trace_belongs_to_a_rule() -> None:
    assert {path.name.rsplit(".", 2)[0] for path in FOLDER.iterdir()} == set(packs())


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("rule", list(packs()))
def test_trace_is_the_golden_one(rule: str, language: str) -> None:
    trace = checked(traced(rule), language)
    path = FOLDER / f"{rule}.{language}.json"
    if os.environ.get("KEQIAO_GOLDEN") == "write":
        path.write_text(json.dumps(trace, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    assert trace == json.loads(path.read_text(encoding="utf-8"))
