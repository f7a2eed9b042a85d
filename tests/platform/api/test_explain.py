"""Reasons: the same object as the command line's, for a case of one's own and for an enterprise of a run."""

from __future__ import annotations

import json
from typing import Any

import pytest

from keqiao.packs.loader import load_packs
from keqiao.platform.audit.models import Event

CASE = {"职工人数": "96人", "营业收入": "8000.50万元", "资产总额": "8000万元", "研发费用": {"2025": "460万元"}}


def test_a_case_gets_the_trace_of_the_command_line(officer: Any, caller: Any) -> None:
    body = {"rule": "cn.tech_sme", "id": "E1", "as_of": "2026-11-21", "year": 2025, "facts": CASE, "holds": []}
    answer = caller(officer)("post", "/explain", body)
    wanted = load_packs()["cn.tech_sme"].explain(CASE, as_of="2026-11-21", year=2025, holds=[], id="E1").to_json()
    assert answer.content.decode() == wanted


def test_the_words_are_in_the_callers_language(officer: Any, caller: Any) -> None:
    body = {"rule": "cn.tech_sme", "as_of": "2026-11-21", "facts": CASE}
    assert caller(officer)("post", "/explain", body, Accept_Language="en").json()["title"] == "Technology SME"


def test_decimals_are_read_exactly(officer: Any, caller: Any) -> None:
    text = '{"rule": "cn.tech_sme", "as_of": "2026-11-21", "year": 2025, "facts": {"营业收入": 20000.0000000000001}}'
    found = caller(officer)("post", "/explain", text).json()
    revenue = next(one for one in found["because"] if one["id"] == "revenue")
    assert revenue["outcome"] == "yes"
    text = text.replace("20000.0000000000001", "20000.0001")
    found = caller(officer)("post", "/explain", text).json()
    assert next(one for one in found["because"] if one["id"] == "revenue")["outcome"] == "no"


def test_a_case_leaves_no_trace_on_the_site(officer: Any, caller: Any) -> None:
    call, before = caller(officer), Event.objects.count()
    call("post", "/explain", {"rule": "cn.tech_sme", "facts": CASE})
    assert Event.objects.count() == before


@pytest.mark.parametrize("facts", [{"没有": 1}, {"职工人数": "96万元"}, {"职工人数": {"25": 1}}])
def test_facts_that_cannot_be_read_are_refused(facts: Any, officer: Any, caller: Any) -> None:
    assert caller(officer)("post", "/explain", {"rule": "cn.tech_sme", "facts": facts}).status_code == 422


def test_an_unknown_rule_is_told_with_the_known_ones(officer: Any, caller: Any) -> None:
    answer = caller(officer)("post", "/explain", {"rule": "cn.none", "facts": {}})
    assert answer.status_code == 422
    assert "cn.tech_sme" in answer.json()["detail"]


def test_before_the_first_run_there_is_nothing_to_explain(town: Any, officer: Any, caller: Any) -> None:
    answer = caller(officer)("get", f"/enterprises/uscc/{town['own'].code}/explain/cn.tech_sme")
    assert answer.status_code == 409


def test_the_schema_of_traces_holds(officer: Any, caller: Any) -> None:
    from keqiao.platform.api.schemas.common import Trace

    found = caller(officer)("post", "/explain", {"rule": "cn.tech_sme", "facts": CASE})
    Trace.model_validate(json.loads(found.content))
