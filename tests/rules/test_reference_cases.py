"""The reference cases of `explain`, where they lie beside the repository."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from rules.official import packs
from rules.traces import checked

FILE = Path(__file__).parents[3] / "shared" / "reference" / "explain-cases.jsonl"
LINES = FILE.read_text(encoding="utf-8").splitlines() if FILE.exists() else []
CASES = [json.loads(line) for line in LINES]
pytestmark = pytest.mark.skipif(not CASES, reason="the reference cases are not beside the repository")


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_reference_case(case: dict[str, Any]) -> None:
    if case["rule"] not in packs():
        pytest.skip(f"{case['rule']} is not shipped yet")
    trace = packs()[case["rule"]].explain(case["facts"], as_of=case["as_of"], year=case["year"], id=case["id"])
    found = checked(trace)
    expect = case["expect"]
    score = found.get("score", {})
    saw: dict[str, Any] = {"score": score.get("low"), "score_low": score.get("low"), "score_high": score.get("high")}
    saw |= {"class": found.get("class"), "classes": found.get("classes"), "outcome": found["outcome"], "missing": found["missing"]}
    if "score" in expect:
        assert score["low"] == score["high"]
    for key in {"missing", "classes"} & set(expect):
        saw[key], expect[key] = sorted(saw[key]), sorted(expect[key])
    assert {key: saw[key] for key in expect} == expect
