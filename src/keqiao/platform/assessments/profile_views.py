"""A3: what is this enterprise, on what grounds, and what is it short of?"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse

from keqiao.errors import say
from keqiao.platform.actor import Actor
from keqiao.platform.assessments import books, facts, queries
from keqiao.platform.assessments import profile as profiles
from keqiao.platform.assessments.files import marked_name
from keqiao.platform.assessments.parts import actor_of, provenance, stale
from keqiao.platform.assessments.profile import View
from keqiao.platform.audit.services import noted
from keqiao.platform.catalogue.books import attachment, workbook
from keqiao.platform.clock import today
from keqiao.platform.enterprises.models import Enterprise
from keqiao.platform.enterprises.queries import get_enterprise
from keqiao.platform.permissions import Act, page
from keqiao.platform.web.formats import points, signed
from keqiao.platform.web.tables import Link


@page(Act.ENTERPRISES_LIST)
def profile(request: HttpRequest, id: int) -> HttpResponse:
    """The page of one enterprise; ``?rule=`` chooses the tree of reasons, for htmx that part alone."""
    actor = actor_of(request)
    enterprise = get_enterprise(actor, id)
    view = profiles.standing_of(actor, enterprise)
    said = profiles.said_of(actor, enterprise)
    context: dict[str, Any] = {
        "enterprise": enterprise, "view": view, "crumbs": [Link(say("企业", "Enterprises"), reverse("assessments:enterprises")), Link(say("画像", "Profile"))],
        "meta": _meta(actor, enterprise, view), "acts": _acts(enterprise, view), "events": facts.events_of(view, said), "objections": said.objections,
    }  # fmt: skip
    if view is not None:
        context |= _told(request, view, said)
        if request.htmx and request.headers.get("HX-Target") == "why":  # type: ignore[attr-defined]
            return render(request, "assessments/why.html", context)
        context["stale"] = stale(actor, view.run)
    return render(request, "assessments/profile.html", context)


def _told(request: HttpRequest, view: View, said: profiles.Said) -> dict[str, Any]:
    actor = actor_of(request)
    lines = profiles.titles_of(view)
    asked = request.GET.get("rule") or (lines[0].rule if lines else "")
    tree = profiles.tree_in(view, asked, profiles.known_of(actor, view, said)) if asked else None
    whole = request.GET.get("facts") == "all"
    score = profiles.score_of(view)
    return {
        "titles": lines, "asked": asked, "tree": tree, "links": _links(asked), "score": score, "steps": profiles.steps_in(view),
        "years": facts.years_of(view), "facts": facts.rows_of(view, said, whole=whole), "whole": whole, "disagreeing": facts.disagreeing(said),
        "ladders": profiles.ladders_in(view), "cells": _cells(view, score), "prov": provenance(view.run),
        "caption": score.peers_words and say(f"与{score.peers_words}比较。", f"Beside {score.peers_words}.") if score else "",
    }  # fmt: skip


def _links(rule: str) -> list[Link]:
    found = [("catalogue:rule", say("以文字查看规则", "The rule in words")), ("catalogue:check_rule", say("换一组数据试算", "Try other figures"))]
    return [Link(text, url) for name, text in found if (url := _url(name, rule))]


def _url(name: str, *args: object) -> str:
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def _meta(actor: Actor, enterprise: Enterprise, view: View | None) -> list[tuple[str, str]]:
    places = queries.places_of(actor, enterprise)
    found = [
        (say("信用代码", "Code"), enterprise.code), (say("片区", "Place"), "、".join(places)), (say("行业", "Industry"), enterprise.industry),
        (say("阶段", "Stage"), enterprise.stage), (say("评价年度", "Year"), str(view.run.year) if view else ""),
    ]  # fmt: skip
    return [(label, value) for label, value in found if value]


def _acts(enterprise: Enterprise, view: View | None) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if view is not None:
        found.append({"text": say("导出工作簿", "Workbook"), "url": reverse("assessments:profile_book", args=[enterprise.pk]), "icon": "download"})
        found.append({"text": say("打印", "Print"), "url": "?print=1", "icon": "print"})
    ask = _url("enterprises:fact_request_new")
    if ask:
        found.append({"text": say("请企业补资料", "Ask for facts"), "url": f"{ask}?enterprise={enterprise.pk}", "primary": True, "icon": "message"})
    return found


def _cells(view: View, score: profiles.Score | None) -> list[dict[str, Any]]:
    cells: list[dict[str, Any]] = []
    if score is not None:
        shown = points(score.low, "bare") + (f"～{points(score.high, 'bare')}" if score.high != score.low else "")
        told = [say(f"{score.count:,} 家中第 {score.rank:,} 位", f"rank {score.rank:,} of {score.count:,}")] if score.rank else []
        if score.before is not None:
            told.append(say("较上次 ", "since last ") + signed(score.low - score.before, "points"))
        cells.append({"label": score.title, "key": "points", "value": shown, "unit": f"/ {points(score.full)}", "note": say("，", ", ").join(told), "illustrative": score.illustrative})
    steps = profiles.steps_in(view, 1)
    cells.append({
        "label": say(f"资格（{len(view.opened.titles)}项）", f"Titles ({len(view.opened.titles)})"), "outcomes": view.counts, "wide": True,
        "note": say(f"离结论最近：{steps[0]['act']}（{steps[0]['effect']}）", f"Nearest: {steps[0]['act']} ({steps[0]['effect']})") if steps else "",
    })  # fmt: skip
    changes = view.standing.gained, view.standing.lost
    cells.append({"label": say("较上次", "Since last"), "value": say(f"得 {changes[0]} 失 {changes[1]}", f"+{changes[0]} −{changes[1]}") if view.run.previous_id else "na",
                  "note": say("称号的得失", "titles gained and lost") if view.run.previous_id else say("这是第一次评价", "this is the first run")})  # fmt: skip
    cells.append({"label": say("完整度", "Completeness"), "key": "completeness", "value": f"{view.standing.complete / 10:.1f}%", "note": say("规则要用的指标里，有值的占比", "of the facts that rules ask for")})
    return cells


@page(Act.ENTERPRISES_EXPORT)
def profile_book(request: HttpRequest, id: int) -> HttpResponse:
    """The page of one enterprise as a workbook."""
    actor = actor_of(request)
    enterprise = get_enterprise(actor, id)
    view = profiles.standing_of(actor, enterprise)
    if view is None:
        return render(request, "assessments/profile.html", {"enterprise": enterprise, "view": None}, status=409)
    said = profiles.said_of(actor, enterprise)
    noted(actor, "assessments:profile:export", enterprise)
    paper = books.profile_paper(view, facts.years_of(view), facts.rows_of(view, said, whole=True))
    return attachment(workbook(paper), marked_name(f"{enterprise.name}_{today()}", view.run, ".xlsx"))
