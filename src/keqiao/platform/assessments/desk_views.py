"""A1: what is to be dealt with today."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse

from keqiao.errors import say
from keqiao.platform.assessments import queries
from keqiao.platform.assessments.listing import Listing, Wanted
from keqiao.platform.assessments.parts import actor_of, provenance, stale
from keqiao.platform.clock import today
from keqiao.platform.permissions import Act, page
from keqiao.platform.web.formats import day, whole
from keqiao.platform.web.tables import Link
from keqiao.platform.web.todo import todos


@page(Act.ENTERPRISES_LIST)
def desk(request: HttpRequest) -> HttpResponse:
    """To-dos by deadline, the latest run, how old the data is."""
    actor = actor_of(request)
    waiting, run = todos(actor), queries.latest_done(actor)
    late = sum(todo.number for todo in waiting if todo.due is not None and todo.due <= today())
    listing = Listing(actor, Wanted(), run)
    total = listing.total + listing.waiting
    batch = queries.latest_import(actor)
    cells: list[dict[str, Any]] = [
        {"label": say("待办", "To do"), "value": whole(sum(todo.number for todo in waiting)), "unit": say("件", ""),
         "note": say(f"今天到期或逾期 {late} 件", f"{late} due today or late")},
        {"label": say("企业", "Enterprises"), "value": whole(total), "unit": say("家", ""),
         "note": say(f"{listing.waiting:,} 家尚未评价", f"{listing.waiting:,} not assessed yet") if run else say("还没有评价", "not assessed yet"),
         "url": listing.wanted.link()},
        {"label": say("最近导入", "Last import"), "value": day(batch.recorded_at) if batch else "na",
         "note": batch.source if batch else say("本单位还没有导入", "this office has imported nothing yet")},
    ]  # fmt: skip
    if run is not None:
        changes = run.summary.get("changes")
        cells.insert(2, {
            "label": say("最近评价", "Last run"), "key": "run", "value": say(f"第 {run.number} 次", str(run.number)), "unit": day(run.ended_at),
            "note": say(f"得 {changes['gained']}，失 {changes['lost']}", f"{changes['gained']} gained, {changes['lost']} lost") if changes and "gained" in changes else say("第一次评价", "the first run"),
            "url": reverse("assessments:run", args=[run.pk]),
        })  # fmt: skip
    return render(request, "assessments/desk.html", {
        "cells": cells, "todos": waiting, "run": run, "stale": stale(actor, run), "prov": provenance(run), "rules": _rules(run),
        "acts": [act for act in (_act("enterprises:imports", say("导入数据", "Import data"), "upload"), _act("assessments:runs", say("评价", "Assess"), "gauge")) if act],
        "first": Link(say("第一件", "The first"), waiting[0].url) if waiting else None,
    })  # fmt: skip


def _act(name: str, text: str, icon: str) -> dict[str, Any] | None:
    try:
        return {"text": text, "url": reverse(name), "icon": icon}
    except NoReverseMatch:
        return None


def _rules(run: Any) -> list[dict[str, Any]]:
    """Titles of the latest run by how much they changed."""
    if run is None:
        return []
    rules = run.summary["rules"]
    found = [
        {"title": say(rules[id]["zh"], rules[id]["en"]), "outcomes": rules[id]["outcomes"], "gained": rules[id]["gained"], "lost": rules[id]["lost"],
         "url": Wanted(title=id, outcome="yes").link()} for id in run.summary["titles"] if rules[id]["in_force"]
    ]  # fmt: skip
    return sorted(found, key=lambda row: -(row["gained"] + row["lost"]))[:6]
