"""Lists: filters, and walking all pages."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from keqiao.platform.assessments.models import Outcome, RuleKey, Run, Standing
from keqiao.platform.clock import now
from keqiao.platform.enterprises.models import Enterprise, Residence


@pytest.fixture
def many(town: Any) -> list[str]:
    """Seven more enterprises in the first zone."""
    for number in range(7):
        made = Enterprise.objects.create(scheme="other", code=f"T-{number}", name=f"测试{number}有限公司")
        Residence.objects.create(enterprise=made, place=town["first"])
    return [town["own"].code, *(f"T-{number}" for number in range(7))]


def _walk(call: Any, path: str, limit: int) -> list[Any]:
    found, cursor = [], ""
    for _ in range(50):
        answer = call("get", path, {"limit": limit, "cursor": cursor})
        assert answer.status_code == 200
        page = answer.json()
        assert len(page["items"]) <= limit
        found += page["items"]
        cursor = page["next"]
        if cursor is None:
            return found
    raise AssertionError("the pages have no end")


@pytest.mark.parametrize("limit", [1, 3, 8, 200])
def test_walking_the_pages_gives_each_once(limit: int, many: list[str], officer: Any, caller: Any) -> None:
    assert [one["code"] for one in _walk(caller(officer), "/enterprises", limit)] == many


def test_a_row_that_comes_in_between_shifts_nothing(many: list[str], officer: Any, caller: Any, town: Any) -> None:
    call = caller(officer)
    first = call("get", "/enterprises", {"limit": 4}).json()
    Enterprise.objects.filter(code=many[0]).delete()
    rest = call("get", "/enterprises", {"limit": 10, "cursor": first["next"]}).json()
    assert [one["code"] for one in first["items"] + rest["items"]] == many


def test_enterprises_are_found_by_name_code_and_place(many: list[str], officer: Any, caller: Any, town: Any) -> None:
    call = caller(officer)

    def codes(**query: str) -> list[str]:
        return [one["code"] for one in call("get", "/enterprises", query).json()["items"]]

    assert codes(q="测试3") == ["T-3"]
    assert codes(q="9199") == [town["own"].code]
    assert len(codes(place=town["city"].code)) == 8
    assert codes(place=town["second"].code) == []
    assert codes(place="nowhere") == []
    assert call("get", "/enterprises", {"q": "T-3"}).json()["items"][0]["places"] == [town["first"].code]


def test_enterprises_whose_facts_changed_are_found(many: list[str], officer: Any, caller: Any) -> None:
    call, before = caller(officer), now()
    body = {"values": [{"indicator": "employees", "year": 2025, "value": "96"}]}
    call("put", "/enterprises/other/T-2/facts", body, Idempotency_Key="1")
    assert [one["code"] for one in call("get", "/enterprises", {"updated": before.isoformat()}).json()["items"]] == ["T-2"]
    later = (now() + dt.timedelta(hours=1)).isoformat()
    assert call("get", "/enterprises", {"updated": later}).json()["items"] == []


@pytest.fixture
def run(town: Any, many: list[str], day: dt.date) -> Run:
    """A run that is done, with standings of all eight and of one that has moved away."""
    made = Run.objects.create(
        number=3, office=town["first_office"], as_of=day, year=day.year - 1, state="done", rows=9, snapshot_hash="a" * 64, content_hash="b" * 64,
        summary={"rules": {"cn.tech_sme": {"title": "科技型中小企业", "version": "2017-05-03", "status": "official", "unconfirmed": 5, "outcomes": {"yes": 9}}}},
    )  # fmt: skip
    rule = RuleKey.objects.create(key="cn.tech_sme")
    for place, one in enumerate([*Enterprise.objects.filter(code__in=many).order_by("pk"), town["other"]]):
        Standing.objects.create(run=made, enterprise=one, low=625_000 + place, high=625_000 + place, rank=place + 1, yes=1, complete=875)
        Outcome.objects.create(run=made, enterprise=one, rule=rule, outcome=3)
    return made


def test_standings_are_those_of_enterprises_that_may_be_read(run: Run, many: list[str], officer: Any, caller: Any) -> None:
    found = _walk(caller(officer), f"/runs/{run.pk}/standings", 3)
    assert [one["code"] for one in found] == many
    assert found[1] == {
        "scheme": "other", "code": "T-0", "name": "测试0有限公司", "low": "62.5001", "high": "62.5001", "rank": 2,
        "outcomes": {"cn.tech_sme": "yes"}, "complete": "87.5%",
    }  # fmt: skip


def test_a_run_tells_how_its_rules_came_out(run: Run, officer: Any, caller: Any) -> None:
    call = caller(officer)
    found = call("get", f"/runs/{run.pk}").json()
    assert (found["state"], found["enterprises"], found["snapshot_sha256"]) == ("done", 9, "a" * 64)
    assert found["rules"] == [
        {"rule": "cn.tech_sme", "title": "科技型中小企业", "version": "2017-05-03", "status": "official", "unconfirmed": 5, "outcomes": {"yes": 9}}
    ]
    assert [one["run"] for one in call("get", "/snapshots").json()["items"]] == [run.pk]
    assert [one["number"] for one in call("get", "/runs").json()["items"]] == [3]


def test_standings_of_a_run_under_way_are_not_there_yet(run: Run, officer: Any, caller: Any) -> None:
    Run.objects.update(state="running")
    assert caller(officer)("get", f"/runs/{run.pk}/standings").status_code == 409


def test_the_vocabulary_is_walked_whole(anonymous: Any, db: None) -> None:
    from keqiao.platform.catalogue.shipped import packs

    assert [one["id"] for one in _walk(anonymous, "/catalogue/vocabulary", 100)] == list(packs().vocabulary.indicators)
