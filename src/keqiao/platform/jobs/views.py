"""The page of a job, the list of one's own, and the button that cancels."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from keqiao.errors import say
from keqiao.platform.clock import now
from keqiao.platform.jobs import queries, registry, services
from keqiao.platform.jobs.models import Job
from keqiao.platform.permissions import Act, page
from keqiao.platform.web.formats import whole
from keqiao.platform.web.tables import Column, Empty, Link, Pages, Table

STATES = {
    "waiting": ("排队", "waiting"), "running": ("进行中", "running"), "done": ("已完成", "done"), "failed": ("没有完成", "failed"),
    "cancelled": ("已取消", "cancelled"),
}  # fmt: skip
LIVE = ("waiting", "running")


@page(Act.JOBS)
def job(request: HttpRequest, id: int) -> HttpResponse:
    """The progress of a job; for htmx the panel alone, and at the end word that the page is to be drawn anew."""
    found = queries.get_job(request.actor, id)  # type: ignore[attr-defined]
    if request.htmx:  # type: ignore[attr-defined]
        return panel(request, found)
    context = {"job": shown(found, open=queries.open_to(request.actor)), "row": found, "title": title_of(found)}  # type: ignore[attr-defined]
    return render(request, "jobs/job.html", context)


def panel(request: HttpRequest, found: Job) -> HttpResponse:
    """The panel that a page polls; when the job has ended the whole page is asked for, with what comes next."""
    answer = render(request, "web/parts/job.html", {"job": shown(found, open=queries.open_to(request.actor))})  # type: ignore[attr-defined]
    if found.state not in LIVE:
        answer.headers["HX-Refresh"] = "true"
    return answer


@page(Act.JOBS)
def jobs(request: HttpRequest) -> HttpResponse:
    """The jobs of one's office, enterprise or institution, the latest first."""
    pages = Paginator(queries.visible_to(request.actor), 50)  # type: ignore[attr-defined]
    chosen = pages.get_page(request.GET.get("page"))
    columns = [
        Column("title", say("任务", "Job"), "name"), Column("state", say("状态", "State"), "tag"), Column("who", say("谁", "Who"), "dim"),
        Column("created", say("提交", "Enqueued"), "time"), Column("seconds", say("用时", "Took"), "number"),
    ]  # fmt: skip
    table = Table(
        "jobs", say("任务", "Jobs"), columns, [_row(one) for one in chosen], say("最近的在前", "the latest first"),
        Pages(pages.count, chosen.number, 50), empty=Empty(say("还没有任务。导入、评价、导出会在这里显示进度。", "No jobs yet. Imports, assessments and exports show here.")),
    )  # fmt: skip
    return render(request, "jobs/list.html", {"table": table})


@page(Act.JOBS, methods=("POST",))
def cancel(request: HttpRequest, id: int) -> HttpResponse:
    """Ask a job to end."""
    services.ask_to_cancel(request.actor, queries.get_job(request.actor, id))  # type: ignore[attr-defined]
    back = request.POST.get("back", "")
    return redirect(back if back.startswith("/") and not back.startswith("//") else reverse("jobs:job", args=[id]))


def _row(found: Job) -> dict[str, Any]:
    who = found.membership.user.name if found.membership is not None else say("系统", "the site")
    return {
        "title": Link(title_of(found), reverse("jobs:job", args=[found.pk])), "state": say(*STATES[found.state]), "who": who,
        "created": found.created_at, "seconds": _seconds(_took(found)),
    }  # fmt: skip


def title_of(found: Job) -> str:
    """What kind of job it is, in words."""
    kind = registry.find(found.kind)
    return say(kind.zh, kind.en) if kind is not None else found.kind


def shown(found: Job, *, open: bool = True, poll: str = "") -> dict[str, Any]:
    """A job as ``web/parts/job.html`` shows it; ``poll`` is the address polled where it is not the job's own page."""
    kind, live = registry.find(found.kind), found.state in LIVE
    own = reverse("jobs:job", args=[found.pk])
    leads = kind.leads(found) if kind is not None and open and found.state == "done" else ""
    return {
        "id": found.pk, "title": title_of(found), "state": found.state, "state_words": say(*STATES[found.state]),
        "now": _words(found.step) or say(*STATES[found.state]), "done": found.done if live else int(found.state == "done"),
        "total": found.total if live else 1, "counts": _counts(found) if open else "", "left": _left(found),
        "steps": [
            *({"text": _words(s["name"]), "time": _seconds(s["seconds"]), "state": "done"} for s in found.steps),
            *([{"text": _words(found.step), "time": "", "state": "now"}] if found.step else []),
        ],
        "problem": say(found.problem["zh"], found.problem["en"]) if found.problem and open else "",
        "poll_url": (poll or own) if live else "", "cancel_url": reverse("jobs:cancel", args=[found.pk]) if live and not found.cancel_asked else "",
        "result_url": leads, "result_text": say("看结果", "See the result"),
    }  # fmt: skip


def _words(text: str) -> str:
    """A step is written ``中文|English``."""
    zh, _, en = text.partition("|")
    return say(zh, en or zh)


def _counts(found: Job) -> str:
    if not found.total or found.state not in LIVE:
        return ""
    return f"{whole(found.done)} / {whole(found.total)}（{min(found.done * 100 // found.total, 100)}%）"


def _left(found: Job) -> str:
    """An estimate from the present step's own speed, once a twentieth is done."""
    if found.state != "running" or found.started_at is None or found.total <= 0 or found.done * 20 < found.total:
        return ""
    spent = (now() - found.started_at).total_seconds() - sum(s["seconds"] for s in found.steps)
    left = spent * (found.total - found.done) / max(found.done, 1)
    return say(f"这一步约剩 {max(round(left), 1)} 秒。", f"About {max(round(left), 1)} s left of this step.")


def _took(found: Job) -> dt.timedelta | None:
    return (found.ended_at or now()) - found.started_at if found.started_at is not None else None


def _seconds(value: dt.timedelta | float | None) -> str:
    if value is None:
        return "—"
    seconds = value.total_seconds() if isinstance(value, dt.timedelta) else value
    return say(f"{seconds:,.1f} 秒", f"{seconds:,.1f} s")
