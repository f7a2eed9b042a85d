"""Pages of requests for facts: the office asks and follows up, the enterprise reads."""

from __future__ import annotations

import datetime as dt

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from keqiao.errors import say
from keqiao.platform.catalogue.shipped import packs
from keqiao.platform.clock import today
from keqiao.platform.enterprises import requesting, requesting_queries, wanted
from keqiao.platform.enterprises.pages import Field, actor_of, shown, then
from keqiao.platform.errors import Invalid
from keqiao.platform.permissions import Act, page
from keqiao.platform.web.tables import Column, Empty, Link, Table

_PARTS = {"all": ("全部", "all"), "open": ("未答", "open"), "seen": ("已看未答", "seen"), "answered": ("已答", "answered")}


@page(Act.FACTS_REQUEST)
def asking(request: HttpRequest) -> HttpResponse:
    """The office's requests with their progress."""
    found = requesting_queries.progress(requesting_queries.visible_to(actor_of(request)))
    rows = [
        {
            "name": Link(_title(one.request), reverse("enterprises:fact_request", args=[one.request.pk]), _state(one.request.withdrawn_at)),
            "asked": one.asked, "seen": one.seen, "answered": one.answered, "late": one.late, "due": one.request.due if one.answered < one.asked else None,
        }
        for one in found
    ]  # fmt: skip
    columns = (
        Column("name", say("通知", "Request"), "name"), Column("asked", say("发给", "Asked"), "whole"), Column("seen", say("已看", "Seen"), "whole"),
        Column("answered", say("已答", "Answered"), "whole"), Column("late", say("逾期", "Late"), "whole"), Column("due", say("期限", "Due"), "due"),
    )  # fmt: skip
    act = Link(say("请企业补资料", "Ask for facts"), reverse("enterprises:fact_request_new"))
    empty = Empty(say("还没有发过补资料的通知。", "No request was made yet."), act)
    table = Table("t", say("补资料通知", "Requests"), columns, rows, say(f"{len(rows)} 份，新的在前", f"{len(rows)}, the latest first"), empty=empty)
    return shown(request, "enterprises/asking.html", {"table": table})


@page(Act.FACTS_REQUEST, methods=("GET", "POST"))
def fact_request_new(request: HttpRequest) -> HttpResponse:
    """Choose enterprises (by ``ids``, or by a rule's unknown outcomes), facts, words and day."""
    actor, given, wrong = actor_of(request), request.POST if request.method == "POST" else request.GET, Invalid({})
    rule = given.get("rule", "") if given.get("rule", "") in packs() else ""
    ids = [part for text in given.getlist("ids") for part in text.split(",")]
    found = requesting_queries.chosen(actor, ids) if any(ids) else (requesting_queries.undecided(actor, rule) if rule else [])
    year = int(given["year"]) if given.get("year", "").isdigit() else wanted.default_year()
    if request.method == "POST":
        try:
            made = requesting.create(
                actor, [one.pk for one in found], given.getlist("indicators"), due=_day(given.get("due", "")), year=year,
                words=given.get("words", ""), rule=rule,
            )  # fmt: skip
        except Invalid as error:
            wrong = error
        else:
            number = made.asked.count()
            left = say(f"另有 {len(found) - number} 家已有这些资料。", f"{len(found) - number} have these facts already.") if number < len(found) else ""
            text = say(f"已向 {number:,} 家企业发出通知。", f"{number:,} enterprises are asked. ") + left
            return then(request, text, "enterprises:fact_request", made.pk)
    needed = wanted.needs_of_rule(rule) if rule else [one.indicator.id for one in wanted.wanted()]
    lacking = requesting_queries.lacking([one.pk for one in found], needed, year)
    ticked = given.getlist("indicators") if request.method == "POST" else [id for id, number in lacking.items() if rule and number]
    choices = [(id, wanted.label_of(packs().vocabulary.indicators[id]), lacking[id], id in ticked) for id in needed]
    choices.sort(key=lambda one: -one[2])
    fields = [
        Field("due", say("期限", "Due"), "date", "", given.get("due", "") or f"{today() + dt.timedelta(days=14):%Y-%m-%d}", wrong.fields.get("due", "")),
        Field("words", say("给企业的话", "Words to the enterprises"), "textarea", "", given.get("words", ""), wrong.fields.get("words", ""), required=False, maxlength=400, rows=3),
    ]  # fmt: skip
    context = {
        "rules": wanted.rules(), "rule": rule, "found": found, "ids": ",".join(str(one.pk) for one in found) if any(ids) else "", "year": year,
        "choices": choices, "form": fields, "fields": wrong.fields, "crumbs": [Link(say("补充资料", "Requests"), reverse("enterprises:asking")), Link(say("新通知", "New"))],
    }  # fmt: skip
    return shown(request, "enterprises/fact_request_new.html", context, 422 if wrong.fields else 200)


@page(Act.FACTS_REQUEST)
def fact_request(request: HttpRequest, id: int) -> HttpResponse:
    """One request: who has seen and answered it, who is late."""
    actor = actor_of(request)
    found = requesting_queries.get_request(actor, id)
    counts = requesting_queries.progress(requesting_queries.visible_to(actor).filter(pk=found.pk))[0]
    part = request.GET.get("part", "all")
    part = part if part in _PARTS else "all"
    total, many = requesting_queries.answers(actor, found, part)
    rows = [
        {
            "name": Link(one.asked.enterprise.name, reverse("assessments:profile", args=[one.asked.enterprise_id])), "code": one.asked.enterprise.code, "known": f"{one.known}/{one.total}",
            "seen": one.asked.seen_at or "na", "answered": one.asked.answered_at or "na",
            "state": say("逾期", "late") if one.late else say("已答", "answered") if one.asked.answered_at else say("待答", "open"),
        }
        for one in many
    ]  # fmt: skip
    columns = (
        Column("name", say("企业", "Enterprise"), "name"), Column("code", say("代码", "Code"), "code"), Column("known", say("已有资料", "Known"), "number"),
        Column("seen", say("看过", "Seen"), "time"), Column("answered", say("答完", "Answered"), "time"), Column("state", say("状态", "State"), "tag"),
    )  # fmt: skip
    stated = say(f"{total:,} 家" + (f"，列出前 {len(many)} 家" if total > len(many) else "，未答的在前，按代码"), f"{total:,}, open ones first, by code")
    table = Table("t", say("答复情况", "Answers"), columns, rows, stated, empty=Empty(say("没有这样的企业。", "None.")))
    cells = [
        {"label": say("已答", "Answered"), "value": f"{counts.answered:,}/{counts.asked:,}", "unit": say("家", "")},
        {"label": say("看过", "Seen"), "value": f"{counts.seen:,}", "unit": say("家", "")},
        {"label": say("逾期", "Late"), "value": f"{counts.late:,}", "unit": say("家", "")},
    ]
    context = {
        "one": found, "title": _title(found), "cells": cells, "table": table, "tabs": [(key, say(*words), key == part) for key, words in _PARTS.items()],
        "labels": [wanted.label_of(packs().vocabulary.indicators[id]) for id in found.indicators if id in packs().vocabulary.indicators],
        "crumbs": [Link(say("补充资料", "Requests"), reverse("enterprises:asking")), Link(_title(found))],
    }  # fmt: skip
    return shown(request, "enterprises/fact_request.html", context)


@page(Act.FACTS_REQUEST, methods=("POST",))
def fact_request_withdraw(request: HttpRequest, id: int) -> HttpResponse:
    """Take a request back."""
    requesting.withdraw(actor_of(request), id)
    return then(request, say("通知已撤回，企业的待办里不再有它。", "The request is withdrawn and gone from the enterprises' to-dos."), "enterprises:fact_request", id)


@page(Act.FACTS_DECLARE)
def requests(request: HttpRequest) -> HttpResponse:
    """What the own enterprise was asked."""
    found = list(requesting_queries.visible_asked(actor_of(request)).order_by("answered_at", "request__due"))
    return shown(request, "enterprises/requests.html", {"asked": found, "today": today()})


@page(Act.FACTS_DECLARE)
def own_request(request: HttpRequest, id: int) -> HttpResponse:
    """One request to the own enterprise: which facts, until when, which are known already."""
    found = requesting.see(actor_of(request), id)
    wanted_ids = [id for id in found.request.indicators if id in packs().vocabulary.indicators]
    known = requesting_queries.known_of([found.enterprise_id], wanted_ids, found.request.year).get(found.enterprise_id, set())
    facts = [(wanted.label_of(packs().vocabulary.indicators[id]), id in known) for id in wanted_ids]
    rule = wanted.title_of_rule(found.request.rule) if found.request.rule in packs() else ""
    context = {"one": found, "facts": facts, "rule": rule, "missing": sum(not known for _, known in facts)}
    return shown(request, "enterprises/own_request.html", context)


def _title(one: object) -> str:
    rule, facts, year = one.rule, one.indicators, one.year  # type: ignore[attr-defined]
    about = wanted.title_of_rule(rule) if rule in packs() else say("企业数据", "facts")
    return say(f"{about}：{year} 年 {len(facts)} 项", f"{about}: {len(facts)} facts of {year}")


def _state(withdrawn: object) -> str:
    return say("已撤回", "withdrawn") if withdrawn else ""


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None
