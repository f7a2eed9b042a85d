"""Requests for facts: sent once, seen, answered, late, withdrawn."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from keqiao.platform.actor import Actor
from keqiao.platform.assessments.models import Outcome, RuleKey, Run
from keqiao.platform.audit.models import Event
from keqiao.platform.clock import today
from keqiao.platform.enterprises import declaring, requesting, requesting_queries
from keqiao.platform.enterprises.models import Asked, FactRequest
from keqiao.platform.enterprises.wanted import default_year
from keqiao.platform.errors import Invalid, NotVisible, Refused
from keqiao.platform.web.todo import todos

YEAR = default_year()
DUE = dt.timedelta(days=14)


def _ask(actor: Actor, *ids: int, facts: tuple[str, ...] = ("revenue", "employees")) -> FactRequest:
    return requesting.create(actor, ids, facts, due=today() + DUE, year=YEAR, words="年报数据")


@pytest.fixture
def asked(actors: dict[str, Actor], town: dict[str, Any]) -> Asked:
    return _ask(actors["officer"], town["own"].pk).asked.get()


def _progress(actor: Actor) -> tuple[int, int, int, int]:
    found = requesting_queries.progress(requesting_queries.visible_to(actor))[0]
    return found.asked, found.seen, found.answered, found.late


def _tags() -> list[str]:
    return list(Event.objects.order_by("number").values_list("tag", flat=True))


def test_a_request_is_a_todo_of_the_enterprise(asked: Asked, actors: dict[str, Actor]) -> None:
    assert [one.due for one in todos(actors["own"])] == [today() + DUE]
    assert todos(actors["foreign"]) == []
    assert _tags() == ["enterprises:request:create"]


def test_opening_is_written_down_once(asked: Asked, people: dict[str, Any], logged_in: Callable[..., Client], actors: dict[str, Actor]) -> None:
    url = reverse("enterprises:own_request", args=[asked.pk])
    assert [logged_in(people["own"]).get(url).status_code for _ in range(2)] == [200, 200]
    assert _progress(actors["officer"]) == (1, 1, 0, 0)
    assert _tags() == ["enterprises:request:create", "enterprises:request:see"]


def test_it_is_answered_when_all_facts_are_known(asked: Asked, actors: dict[str, Actor]) -> None:
    for values, answered in (({"revenue": {str(YEAR): "5000"}}, 0), ({"employees": {str(YEAR): "100"}}, 1)):
        draft = declaring.save(actors["own"], YEAR, 0, values)
        declaring.submit(actors["own"], YEAR, draft.version)
        assert _progress(actors["officer"])[2] == answered
    assert todos(actors["own"]) == []


def test_after_the_day_it_is_late(asked: Asked, actors: dict[str, Actor]) -> None:
    FactRequest.objects.update(due=today())
    assert _progress(actors["officer"]) == (1, 0, 0, 0)
    FactRequest.objects.update(due=today() - dt.timedelta(days=1))
    assert _progress(actors["officer"]) == (1, 0, 0, 1)


def test_a_withdrawn_request_is_gone_for_the_enterprise(asked: Asked, actors: dict[str, Actor], people: dict[str, Any], logged_in: Callable[..., Client]) -> None:
    requesting.withdraw(actors["officer"], asked.request_id)
    assert todos(actors["own"]) == []
    assert logged_in(people["own"]).get(reverse("enterprises:own_request", args=[asked.pk])).status_code == 404
    with pytest.raises(Refused):
        requesting.withdraw(actors["second"], asked.request_id)
    assert _tags() == ["enterprises:request:create", "enterprises:request:withdraw"]


def test_sent_twice_it_is_made_once(actors: dict[str, Actor], town: dict[str, Any]) -> None:
    _ask(actors["officer"], town["own"].pk)
    with pytest.raises(Refused, match="没有重复"):
        _ask(actors["officer"], town["own"].pk)
    assert FactRequest.objects.count() == 1


def test_an_enterprise_out_of_sight_is_not_asked(actors: dict[str, Actor], town: dict[str, Any]) -> None:
    with pytest.raises(NotVisible):
        _ask(actors["officer"], town["own"].pk, town["other"].pk)
    assert _ask(actors["city"], town["own"].pk, town["other"].pk).asked.count() == 2


@pytest.mark.parametrize(
    ("change", "field"),
    [({"indicators": []}, "indicators"), ({"indicators": ["title.hnte"]}, "indicators"), ({"due": None}, "due"), ({"due": today()}, "due"),
     ({"enterprises": []}, "who"), ({"words": "长" * 401}, "words"), ({"year": 1999}, "year")],
)  # fmt: skip
def test_a_request_says_what_until_when(actors: dict[str, Actor], town: dict[str, Any], change: dict[str, Any], field: str) -> None:
    values: dict[str, Any] = {"enterprises": [town["own"].pk], "indicators": ["revenue"], "due": today() + DUE, "year": YEAR, "words": ""}
    with pytest.raises(Invalid) as error:
        requesting.create(actors["officer"], **(values | change))
    assert set(error.value.fields) == {field}


def test_a_rule_finds_whom_it_lacks_facts_of(actors: dict[str, Actor], town: dict[str, Any], people: dict[str, Any], logged_in: Callable[..., Client]) -> None:
    run = Run.objects.create(number=1, office=town["first_office"], as_of=today(), year=YEAR, state="done")
    rule = RuleKey.objects.create(key="cn.tech_sme")
    for one in (town["own"], town["other"]):
        Outcome.objects.create(run=run, enterprise=one, rule=rule, outcome=1)
    assert requesting_queries.undecided(actors["officer"], "cn.tech_sme") == [town["own"]]
    client = logged_in(people["officer"])
    page = client.get(reverse("enterprises:fact_request_new"), {"rule": "cn.tech_sme"}).content.decode()
    assert "发给 1 家企业" in page and town["other"].name not in page
    response = client.post(
        reverse("enterprises:fact_request_new"), {"rule": "cn.tech_sme", "year": YEAR, "indicators": ["employees", "revenue"], "due": f"{today() + DUE}"}
    )
    assert response.status_code == 302
    assert (FactRequest.objects.get().rule, Asked.objects.get().enterprise) == ("cn.tech_sme", town["own"])


@pytest.mark.parametrize(("who", "status"), [("officer", 200), ("second", 200), ("city", 404), ("sibling", 404), ("own", 403)])
def test_who_follows_a_request_up(asked: Asked, people: dict[str, Any], logged_in: Callable[..., Client], who: str, status: int) -> None:
    assert logged_in(people[who]).get(reverse("enterprises:fact_request", args=[asked.request_id])).status_code == status


@pytest.mark.parametrize(("who", "status"), [("colleague", 200), ("foreign", 404), ("officer", 403)])
def test_who_reads_a_request(asked: Asked, people: dict[str, Any], logged_in: Callable[..., Client], who: str, status: int) -> None:
    assert logged_in(people[who]).get(reverse("enterprises:own_request", args=[asked.pk])).status_code == status


def test_who_has_the_facts_is_not_asked(actors: dict[str, Actor], town: dict[str, Any], imported: object) -> None:
    assert [one.enterprise for one in _ask(actors["city"], town["own"].pk, town["other"].pk).asked.all()] == [town["other"]]
    with pytest.raises(Invalid) as error:
        _ask(actors["officer"], town["own"].pk)
    assert set(error.value.fields) == {"who"}


def test_facts_that_came_by_other_ways_answer_it(asked: Asked, imported: object, actors: dict[str, Actor]) -> None:
    requesting.see(actors["own"], asked.pk)
    assert _progress(actors["officer"]) == (1, 1, 1, 0)
