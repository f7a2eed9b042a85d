"""The enterprise's own pages: E1 首页, E2 积分与资格, E3 为什么."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from keqiao.errors import say
from keqiao.platform.assessments import profile
from keqiao.platform.assessments.profile import View
from keqiao.platform.clock import today
from keqiao.platform.enterprises import objecting_queries, own_queries
from keqiao.platform.enterprises.pages import actor_of, shown
from keqiao.platform.enterprises.requesting_queries import visible_asked
from keqiao.platform.errors import NotVisible
from keqiao.platform.permissions import Act, page
from keqiao.platform.web import formats, todo
from keqiao.platform.web.tables import Link

#: To-dos on the first page.
_FIRST = 3


@page(Act.FACTS_DECLARE)
def home(request: HttpRequest) -> HttpResponse:
    """E1: what is to be done now, where the enterprise stands, what changed."""
    actor = actor_of(request)
    enterprise = own_queries.own_enterprise(actor)
    view = profile.standing_of(actor, enterprise)
    waiting = todo.todos(actor)
    context = {
        "enterprise": enterprise, "view": view, "cells": _cells(view), "todos": waiting[:_FIRST], "more": len(waiting) - _FIRST,
        "steps": _steps(view)[:_FIRST], "changes": own_queries.changes(actor), "moved": _moved(view),
        "objections": objecting_queries.visible_to(actor).filter(state="open").count(),
        "asked": visible_asked(actor).filter(answered_at=None).count(), "prov": _prov(view),
    }  # fmt: skip
    return shown(request, "enterprises/home.html", context)


@page(Act.FACTS_DECLARE)
def points(request: HttpRequest) -> HttpResponse:
    """E2: points with their groups, and every title with its deciding reason."""
    actor = actor_of(request)
    enterprise = own_queries.own_enterprise(actor)
    view = profile.standing_of(actor, enterprise)
    context: dict[str, Any] = {"enterprise": enterprise, "view": view, "cells": _cells(view), "prov": _prov(view)}
    if view is not None:
        score = profile.score_of(view)
        context |= {
            "titles": profile.titles_of(view), "score": score, "steps": _steps(view), "ladders": profile.ladders_in(view),
            "caption": say(f"与{score.peers_words}比，色带是中间一半。", f"Compared with {score.peers_words}; the band is their middle half.") if score and score.peers_words else "",
            "score_title": say("积分构成", "Points by group"), "steps_title": say("下一步", "Next steps"),
        }  # fmt: skip
    return shown(request, "enterprises/points.html", context)


@page(Act.FACTS_DECLARE)
def why(request: HttpRequest, rule: str) -> HttpResponse:
    """E3: the tree of reasons of one rule, and the next step of its ladder. Raises `NotVisible` for an unknown rule."""
    actor = actor_of(request)
    enterprise = own_queries.own_enterprise(actor)
    view = profile.standing_of(actor, enterprise)
    if view is None:
        raise NotVisible
    tree = profile.tree_in(view, rule, profile.known_of(actor, view))
    ladders = [one for one in profile.ladders_in(view) if any(rung.rule == rule for rung in one.rungs)]
    others = [(one.rule, one.title, one.outcome) for one in profile.titles_of(view) if one.rule != rule]
    missing = next((one.missing for one in profile.titles_of(view) if one.rule == rule), ())
    links = [Link(say("数不对，提出异议", "A value is wrong: object"), reverse("enterprises:object"))]
    context = {
        "enterprise": enterprise, "tree": tree, "ladders": ladders, "others": others, "missing": missing, "links": links, "prov": _prov(view),
        "crumbs": [Link(say("积分与资格", "Points and titles"), reverse("enterprises:points")), Link(tree.title)],
    }  # fmt: skip
    return shown(request, "enterprises/why.html", context)


def _cells(view: View | None) -> list[dict[str, Any]]:
    """The answer strip: points, titles by outcome, share of facts known."""
    if view is None:
        return []
    found: list[dict[str, Any]] = []
    score = profile.score_of(view)
    if score is not None:
        value = formats.points(score.low, "bare") + (f"～{formats.points(score.high, 'bare')}" if score.high != score.low else "")
        rank = say(f"第 {score.rank:,} 位，共 {score.count:,} 家", f"rank {score.rank:,} of {score.count:,}") if score.rank else say("资料不全，未排名", "not ranked: facts missing")
        full = formats.points(score.full, "bare")
        found.append({"label": score.title, "value": value, "unit": say(f"/ {full} 分", f"/ {full}"), "note": rank, "illustrative": score.illustrative})
    found.append({"label": say("资格", "Titles"), "outcomes": view.counts, "note": say("凭什么、差什么", "why, and what is missing"), "url": reverse("enterprises:points")})
    share = view.standing.complete
    found.append({"label": say("资料完整度", "Facts known"), "value": f"{share // 10}%", "note": say("去补资料", "supply facts"), "url": reverse("enterprises:declare")})
    return found


def _steps(view: View | None) -> list[dict[str, Any]]:
    """What is least to be done, each leading to where it is done."""
    if view is None:
        return []
    found = profile.steps_in(view)
    for step in found:
        if step["code"] == "unknown":
            step |= {"url": reverse("enterprises:declare"), "url_text": say("去补", "supply"), "why": f"{step['effect']}：{step['why']}"}
    return found


def _moved(view: View | None) -> str:
    """How many titles changed since the run before, in words."""
    if view is None or not (view.standing.gained or view.standing.lost):
        return ""
    gained, lost = view.standing.gained, view.standing.lost
    return say(f"与上次评价比，新符合 {gained} 项，不再符合 {lost} 项。", f"Since the run before: {gained} gained, {lost} lost.")


def _prov(view: View | None) -> list[tuple[str, str]]:
    if view is None:
        return [(say("日期", "Day"), today().isoformat())]
    run = view.run
    return [
        (say("口径日", "As of"), run.as_of.isoformat()), (say("快照", "Snapshot"), run.snapshot_hash[:8]), (say("运行", "Run"), say(f"第 {run.number} 次 {run.content_hash[:8]}", f"{run.number} {run.content_hash[:8]}")),
        (say("用途", "Use"), say("政策参考，不是信用评分", "a reference to policy, not a credit score")),
    ]  # fmt: skip
