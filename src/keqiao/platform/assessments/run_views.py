"""A5: the runs of the office; what one of them found, and how it differs from the one before."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from keqiao.errors import language, say
from keqiao.platform.assessments import queries, services
from keqiao.platform.assessments.files import illustrative
from keqiao.platform.assessments.listing import Wanted
from keqiao.platform.assessments.models import Run
from keqiao.platform.assessments.parts import actor_of, provenance, stale
from keqiao.platform.audit.services import noted
from keqiao.platform.clock import today
from keqiao.platform.enterprises.queries import visible_to as visible_enterprises
from keqiao.platform.errors import Invalid, NotVisible
from keqiao.platform.jobs.queries import get_job
from keqiao.platform.jobs.views import shown
from keqiao.platform.permissions import Act, page
from keqiao.platform.web.drawing import Chart, bar_chart
from keqiao.platform.web.formats import points, whole
from keqiao.platform.web.reading import readable
from keqiao.platform.web.tables import Column, Empty, Link, Pages, Table
from keqiao.reports.svg import Bar

STATES = {
    "waiting": ("排队", "waiting"), "running": ("进行中", "running"), "done": ("已完成", "done"), "failed": ("没有完成", "failed"),
    "cancelled": ("已取消", "cancelled"),
}  # fmt: skip
_SPREADS = (("stage", "按阶段", "By stage"), ("industry", "按行业", "By industry"), ("place", "按片区", "By place"))


@page(Act.RUN_SEE)
def runs(request: HttpRequest) -> HttpResponse:
    """The runs of the office, the latest first, and the form that starts one."""
    actor = actor_of(request)
    pages = Paginator(queries.visible_to(actor), 50)
    chosen = pages.get_page(request.GET.get("page"))
    columns = [
        Column("run", say("评价", "Run"), "name"), Column("as_of", say("口径日", "As of"), "day"), Column("year", say("年度", "Year"), "number"),
        Column("state", say("状态", "State"), "tag"), Column("rows", say("企业（家）", "Enterprises"), "whole"), Column("changes", say("得失", "Changes")),
        Column("published", say("发布", "Published"), "day"), Column("who", say("谁", "Who"), "dim"),
    ]  # fmt: skip
    empty = Empty(say("还没有评价。定一个口径日和年度，全部企业按全部规则评一遍。", "No runs yet. Choose day and year, and all enterprises are assessed under all rules."))
    table = Table("runs", say("评价", "Runs"), columns, [_row(run) for run in chosen], say("最近的在前", "the latest first"), Pages(pages.count, chosen.number, 50), empty=empty)
    return render(request, "assessments/runs.html", {
        "table": table, "day": today(), "year": today().year - 1, "enterprises": visible_enterprises(actor).exists(), "prov": provenance(queries.latest_done(actor)),
    })  # fmt: skip


def _row(run: Run) -> dict[str, Any]:
    changes = run.summary.get("changes") or {}
    return {
        "run": Link(say(f"第 {run.number} 次", f"Run {run.number}"), reverse("assessments:run", args=[run.pk])), "as_of": run.as_of, "year": str(run.year),
        "state": say(*STATES[queries.state_of(run)]), "rows": run.rows if run.state == "done" else "na",
        "changes": say(f"得 {changes['gained']:,} 失 {changes['lost']:,}", f"+{changes['gained']:,} −{changes['lost']:,}") if "gained" in changes else "na",
        "published": run.published_at or "na", "who": run.by.name if run.by else say("系统", "the site"),
    }  # fmt: skip


@page(Act.RUN, methods=("POST",))
def start(request: HttpRequest) -> HttpResponse:
    """Put a run into the queue and show its progress."""
    run = services.start_run(actor_of(request), as_of=_day(request.POST.get("as_of", "")), year=_year(request.POST.get("year", "")))
    return redirect("assessments:run", id=run.pk)


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        raise Invalid({"as_of": say("日期应写作 2026-11-21。", "Write the day as 2026-11-21.")}) from None


def _year(text: str) -> int | None:
    if text and not (text.isdecimal() and len(text) == 4):
        raise Invalid({"year": say("年度应是四位数字，如 2025。", "The year has four digits, such as 2025.")})
    return int(text) if text else None


@page(Act.RUN_SEE)
def run(request: HttpRequest, id: int) -> HttpResponse:
    """One run: its progress, or what it found."""
    actor = actor_of(request)
    found = queries.get_run(actor, id)
    state = queries.state_of(found)
    title = say(f"第 {found.number} 次评价", f"Run {found.number}")
    context: dict[str, Any] = {
        "run": found, "state": state, "title": title, "crumbs": [Link(say("评价", "Runs"), reverse("assessments:runs")), Link(title)],
        "meta": [(say("口径日", "As of"), str(found.as_of)), (say("年度", "Year"), str(found.year)), (say("状态", "State"), say(*STATES[state]))],
    }  # fmt: skip
    if state != "done":
        context["job"] = shown(found.job) if found.job is not None else None
        return render(request, "assessments/run_progress.html", context)
    context |= _told(found)
    context |= {"stale": stale(actor, found) if queries.latest_done(actor) == found else None, "prov": provenance(found)}
    return render(request, "assessments/run.html", context)


def _told(found: Run) -> dict[str, Any]:
    told, rules = found.summary, found.summary["rules"]
    asked = [rules[id] | {"id": id, "name": say(rules[id]["zh"], rules[id]["en"])} for id in told["titles"]]
    changes = told.get("changes") or {}
    changed = [
        {"name": say(rules[id]["zh"], rules[id]["en"]), "lists": [
            (say("得到", "Gained"), "gain", lists["gained"], rules[id]["gained"], Wanted(title=id, change="gained").link()),
            (say("失去", "Lost"), "loss", lists["lost"], rules[id]["lost"], Wanted(title=id, change="lost").link()),
        ]} for id, lists in (changes.get("titles") or {}).items()
    ]  # fmt: skip
    return {
        "cells": _cells(found), "table": _titles(found, asked), "changes": changes, "changed": changed, "charts": _charts(found), "verified": told.get("verified"),
        "excluding": [(one["name"], one["id"], [row | {"name": say(row["zh"], row["en"]), "text": readable(row["text"])} for row in one["excluding"]]) for one in asked if one.get("excluding")],
        "illustrative": illustrative(found), "language": language(),
        "acts": [] if found.published_at else [
            {"text": say("发布本次结果", "Publish this run"), "url": reverse("assessments:publish", args=[found.pk]), "method": "post", "primary": True}
        ],
    }  # fmt: skip


def _cells(found: Run) -> list[dict[str, Any]]:
    told = found.summary
    every = sum(told["conclusions"].values())
    decided = told["conclusions"]["yes"] + told["conclusions"]["no"]
    share = f"{decided * 1000 // every / 10:.1f}%" if every else "na"
    changes = told.get("changes")
    moved = say(f"得 {changes['gained']:,} 失 {changes['lost']:,}", f"+{changes['gained']:,} −{changes['lost']:,}") if changes and "gained" in changes else "na"
    note = say(f"新进 {changes['entered']:,} 家，离开 {changes['left']:,} 家", f"{changes['entered']:,} came, {changes['left']:,} left") if changes else say("第一次评价，没有可比的", "the first run: nothing to compare with")
    return [
        {"label": say("企业", "Enterprises"), "value": whole(found.rows), "unit": say("家", ""), "note": say(f"{len(told['titles'])} 个资格", f"{len(told['titles'])} titles")},
        {"label": say("可判", "Decided"), "key": "outcome", "value": share, "note": say(f"{decided:,} / {every:,} 条结论", f"{decided:,} / {every:,} outcomes")},
        {"label": say("缺资料", "Data missing"), "key": "completeness", "value": whole(told["conclusions"]["unknown"]), "unit": say("条", ""),
         "note": say(f"涉及 {told['open']:,} 家；平均完整度 {told['complete'] / 10:.1f}%", f"{told['open']:,} enterprises; {told['complete'] / 10:.1f}% complete on average")},
        {"label": say("变化", "Changes"), "value": moved, "note": note},
    ]  # fmt: skip


def _titles(found: Run, asked: list[dict[str, Any]]) -> Table:
    columns = [
        Column("name", say("资格", "Title"), "name"), *(Column(code, zh, "figure") for code, zh in (
            ("yes", say("符合", "Met")), ("refer", say("需人工", "For review")), ("unknown", say("缺资料", "Missing")), ("no", say("不符合", "Not met")))),
        Column("gained", say("得到", "Gained"), "figure"), Column("lost", say("失去", "Lost"), "figure"), Column("status", say("依据", "Standing"), "dim", wide_only=True),
    ]  # fmt: skip
    words = {"official": ("官方", "official"), "stated": ("参数待填", "figures open"), "local": ("地方", "local"), "illustrative": ("示例", "illustrative")}
    rows = []
    for one in asked:
        row: dict[str, Any] = {"name": Link(one["name"], reverse("catalogue:rule", args=[one["id"]]), "" if one["in_force"] else say("不在有效期", "not in force"))}
        for code in ("yes", "refer", "unknown", "no"):
            row[code] = Link(f"{one['outcomes'][code]:,}", Wanted(title=one["id"], outcome=code).link())
        for way in ("gained", "lost"):
            row[way] = Link(f"{one[way]:,}", Wanted(title=one["id"], change=way).link()) if one[way] else Link("0")
        open_ = one["unconfirmed"]
        row["status"] = say(*words[one["status"]]) if not open_ or one["status"] != "official" else say(f"依文件整理，{open_} 处待核", f"from the document, {open_} to verify")
        rows.append(row)
    return Table("titles", say("各资格得失", "Titles"), columns, rows, stated=say("家数；点数字看名单", "enterprises; follow a number to its list"))


def _charts(found: Run) -> list[Chart]:
    """Medians of points by stage, industry and place, with how many hold a title."""
    made, score = [], found.summary["score"]
    for key, zh, en in _SPREADS:
        rows = [row for row in found.summary["spread"].get(key, ()) if row["value"] and row["median"] is not None][:12]
        if len(rows) < 2 or not score:
            continue
        best = max(rows, key=lambda row: row["median"])
        title = say(f"积分中位数，{zh}", f"Median points, {en.lower()}")
        caption = say(f"最高的是{best['value']}：{points(best['median'])}（{best['count']:,} 家）。", f"Highest: {best['value']}, {points(best['median'])} ({best['count']:,}).")
        bars = [Bar(row["value"], row["median"] / 10_000, f"{points(row['median'], 'bare')}（{row['count']:,}）") for row in rows]
        made.append(bar_chart(bars, title, caption, illustrative=score["illustrative"]))
    return made


# ---- acts ------------------------------------------------------------------------------------------


@page(Act.RUN, methods=("POST",))
def publish(request: HttpRequest, id: int) -> HttpResponse:
    """Make a run what enterprises see."""
    actor = actor_of(request)
    services.publish(actor, queries.get_run(actor, id))
    return redirect("assessments:run", id=id)


@page(Act.RUN, methods=("POST",))
def verify(request: HttpRequest, id: int) -> HttpResponse:
    """Decide everything again and compare."""
    actor = actor_of(request)
    return redirect("jobs:job", id=services.ask_verify(actor, queries.get_run(actor, id)).pk)


@page(Act.ENTERPRISES_EXPORT, methods=("POST",))
def export(request: HttpRequest, id: int) -> HttpResponse:
    """Make a file of the run."""
    actor = actor_of(request)
    return redirect("jobs:job", id=services.ask_export(actor, queries.get_run(actor, id), request.POST.get("what", ""), language()).pk)


@page(Act.ENTERPRISES_EXPORT)
def file(request: HttpRequest, job: int) -> HttpResponseBase:
    """The file that a job of one's office made."""
    actor = actor_of(request)
    found = get_job(actor, job)
    name = found.result.get("file", "")
    path = Path(settings.HOME.exports) / name
    if not found.kind.startswith("assessments:") or found.state != "done" or not name or not path.is_file():
        raise NotVisible
    noted(actor, "assessments:file:download", found, kind=found.kind)
    return FileResponse(path.open("rb"), as_attachment=True, filename=found.result["name"])
