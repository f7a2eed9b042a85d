"""Objections: filed against a fact, decided once with a reason, within natural days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from keqiao.platform.actor import Actor
from keqiao.platform.audit.models import Event
from keqiao.platform.clock import today
from keqiao.platform.enterprises import objecting, objecting_queries
from keqiao.platform.enterprises.models import Batch, Fact, Objection
from keqiao.platform.enterprises.recording import facts_of
from keqiao.platform.errors import Invalid, NotVisible, Refused
from keqiao.platform.web.todo import todos

WHY = "审计报告第 12 页为 5,200 万元"


@pytest.fixture
def fact(imported: Batch) -> Fact:
    return Fact.objects.get(indicator__key="revenue")


@pytest.fixture
def filed(fact: Fact, actors: dict[str, Actor]) -> Objection:
    return objecting.file(actors["own"], fact.pk, "5,200万元", WHY, [])


def _tags() -> list[str]:
    return list(Event.objects.order_by("number").values_list("tag", flat=True))[1:]


def test_both_values_show_until_the_decision(filed: Objection, town: dict[str, Any], actors: dict[str, Actor]) -> None:
    told = objecting_queries.told([objecting_queries.get_objection(actors["officer"], filed.pk)])[0]
    assert ([voice.shown for voice in told.theirs], told.mine, told.state) == (["5,000万元"], "5,200万元", "待裁定")
    assert objecting_queries.disputed([town["own"].pk]) == {town["own"].pk: {("revenue", filed.year)}}
    assert _tags() == ["enterprises:objection:file"]


@pytest.mark.parametrize(
    ("day", "due"),
    [("2026-11-22", "2026-12-12"), ("2026-12-25", "2027-01-14"), ("2028-02-10", "2028-03-01"), ("2027-02-10", "2027-03-02"), ("2026-09-25", "2026-10-15")],
)
def test_due_is_twenty_natural_days_later(fact: Fact, actors: dict[str, Actor], monkeypatch: pytest.MonkeyPatch, day: str, due: str) -> None:
    monkeypatch.setattr(objecting, "today", lambda: dt.date.fromisoformat(day))
    assert objecting.file(actors["own"], fact.pk, "5,200", WHY, []).due == dt.date.fromisoformat(due)


def test_the_site_may_set_other_days(settings: Any) -> None:
    home = settings.HOME
    settings.HOME = home.__class__(home.path, home.mode, settings={"objection_days": 15})
    assert objecting_queries.days() == 15


def test_upheld_the_new_value_prevails_over_all(filed: Objection, actors: dict[str, Actor], town: dict[str, Any]) -> None:
    objecting.decide(actors["officer"], filed.pk, True, "审计报告属实")
    found = facts_of([town["own"].pk], indicators=["revenue"])[town["own"].pk]["revenue"]
    assert [(one.number, one.kind) for one in found] == [(5_200 * 10**6, "objection")]
    assert Objection.objects.get().batch is not None
    assert _tags() == ["enterprises:objection:file", "enterprises:objection:decide"]


def test_rejected_nothing_is_recorded(filed: Objection, actors: dict[str, Actor]) -> None:
    objecting.decide(actors["officer"], filed.pk, False, "与纳税申报不符")
    assert Batch.objects.filter(kind="objection").count() == 0
    assert Objection.objects.get().state == "rejected"


@pytest.mark.parametrize("first", ["upheld", "rejected", "withdrawn"])
def test_what_is_closed_stays_closed(filed: Objection, actors: dict[str, Actor], first: str) -> None:
    if first == "withdrawn":
        objecting.withdraw(actors["own"], filed.pk)
    else:
        objecting.decide(actors["officer"], filed.pk, first == "upheld", "审计报告属实")
    before = _tags()
    with pytest.raises(Refused, match="没有保存"):
        objecting.decide(actors["second"], filed.pk, True, "再裁定一次")
    with pytest.raises(Refused):
        objecting.withdraw(actors["own"], filed.pk)
    assert (Objection.objects.get().state, _tags()) == (first, before)


def test_the_second_officer_gets_the_conflict_page(filed: Objection, people: dict[str, Any], logged_in: Callable[..., Client]) -> None:
    url = reverse("enterprises:objection_decide", args=[filed.pk])
    form = {"decision": "upheld", "reason": "审计报告属实"}
    assert logged_in(people["officer"]).post(url, form).status_code == 302
    response = logged_in(people["second"]).post(url, form)
    assert response.status_code == 409 and "已采纳" in response.content.decode()


def test_a_fact_has_one_open_objection(filed: Objection, fact: Fact, actors: dict[str, Actor]) -> None:
    with pytest.raises(Refused, match="在办"):
        objecting.file(actors["colleague"], fact.pk, "5,300万元", WHY, [])
    assert Objection.objects.count() == 1


@pytest.mark.parametrize(("value", "why", "field"), [("5,000万元", WHY, "value"), ("很多", WHY, "value"), ("", WHY, "value"), ("5,200", "错", "why")])
def test_an_objection_gives_another_value_and_says_why(fact: Fact, actors: dict[str, Actor], value: str, why: str, field: str) -> None:
    with pytest.raises(Invalid) as error:
        objecting.file(actors["own"], fact.pk, value, why, [])
    assert set(error.value.fields) == {field}


@pytest.mark.parametrize("who", ["foreign", "officer", "sibling"])
def test_nobody_else_objects(fact: Fact, actors: dict[str, Actor], who: str) -> None:
    with pytest.raises(NotVisible):
        objecting.file(actors[who], fact.pk, "5,200", WHY, [])


@pytest.mark.parametrize("who", ["own", "foreign", "sibling"])
def test_nobody_else_decides(filed: Objection, actors: dict[str, Actor], who: str) -> None:
    with pytest.raises(NotVisible):
        objecting.decide(actors[who], filed.pk, True, "审计报告属实")


@pytest.mark.parametrize(
    ("who", "name", "status"),
    [("own", "own_objection", 200), ("colleague", "own_objection", 200), ("foreign", "own_objection", 404), ("officer", "own_objection", 403),
     ("officer", "objection", 200), ("city", "objection", 200), ("sibling", "objection", 404), ("own", "objection", 403)],
)  # fmt: skip
def test_who_sees_an_objection(filed: Objection, people: dict[str, Any], logged_in: Callable[..., Client], who: str, name: str, status: int) -> None:
    assert logged_in(people[who]).get(reverse(f"enterprises:{name}", args=[filed.pk])).status_code == status


def test_anonymous_visitors_are_asked_to_log_in(filed: Objection) -> None:
    assert Client().get(reverse("enterprises:objection", args=[filed.pk])).status_code == 401


def test_it_waits_for_the_zones_officers(filed: Objection, actors: dict[str, Actor]) -> None:
    assert [one.due for one in todos(actors["officer"])] == [today() + dt.timedelta(days=20)]
    assert todos(actors["sibling"]) == []
    objecting.withdraw(actors["own"], filed.pk)
    assert todos(actors["officer"]) == []


def test_evidence_of_an_objection_is_open_to_the_zone(fact: Fact, people: dict[str, Any], logged_in: Callable[..., Client], upload: Callable[..., Any]) -> None:
    url = reverse("enterprises:object_new", args=[fact.pk])
    response = logged_in(people["own"]).post(url, {"value": "5,200万元", "why": WHY, "file": upload("审计报告.pdf")})
    assert response.status_code == 302
    file = Objection.objects.get().files.get()
    codes = {who: logged_in(people[who]).get(reverse("enterprises:evidence", args=[file.pk])).status_code for who in ("own", "officer", "sibling", "foreign")}
    assert codes == {"own": 200, "officer": 200, "sibling": 404, "foreign": 404}
