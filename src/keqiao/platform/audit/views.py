"""审计：检索 (M5) and 审计：校验 (M6)."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from keqiao.errors import say
from keqiao.platform.audit import exporting, forms, heads, queries, services, words
from keqiao.platform.clock import now
from keqiao.platform.errors import NotVisible, Refused
from keqiao.platform.permissions import Act, page
from keqiao.platform.web.context import role_name
from keqiao.platform.web.tables import Column, Empty, Link, Pages, Table

if TYPE_CHECKING:
    from keqiao.platform.audit.models import Event, Head

PAGE = 50


@page(Act.AUDIT_SEE)
def events(request: HttpRequest) -> HttpResponse:
    """谁在何时做了什么？ Events by time, person, object and act."""
    actor = request.actor  # type: ignore[attr-defined]
    wanted, errors = forms.read(request.GET)
    found = queries.search(actor, wanted)
    total = queries.count(found)
    pages = Pages(total, min(forms.page_of(request.GET), max(-(-total // PAGE), 1)), PAGE)
    start = (pages.number - 1) * PAGE
    kept = {name: value for name, value in request.GET.items() if name in forms.FIELDS and value}
    table = Table(
        "events", say("事件", "Events"), _columns(), [_row(event) for event in found[start : start + PAGE]], tight=True,
        stated=_stated(total), pages=pages, download=f"{reverse('audit:export', args=['xlsx'])}?{urlencode(kept)}",
        empty=Empty(say("没有符合条件的事件。", "No event fits."), Link(say("去掉条件", "Remove the conditions"), reverse("audit:events")) if kept else None),
    )  # fmt: skip
    context = {
        "table": table, "search": wanted, "errors": errors, "fields": request.GET, "csv": f"{reverse('audit:export', args=['csv'])}?{urlencode(kept)}",
        "xlsx": table.download, "head": heads.head_now(), "acts": [(act, words.act(act)) for act in queries.acts(actor)],
    }  # fmt: skip
    return render(request, "audit/events.html", context, status=422 if errors else 200)


def _stated(total: int) -> str:
    if total >= queries.COUNTED:
        return say(f"{total:,} 条以上，按时间从新到旧", f"more than {total:,}, newest first")
    return say(f"{total:,} 条，按时间从新到旧", f"{total:,}, newest first")


def _columns() -> list[Column]:
    return [
        Column("number", say("链号", "Number"), "name"),
        Column("at", say("时间", "Time"), "time"),
        Column("who", say("人", "Who"), "link"),
        Column("act", say("动作", "Act")),
        Column("object", say("对象", "Object"), "dim"),
        Column("done", say("结果", "Result")),
        Column("detail", say("内容（业务值遮蔽）", "Detail (values veiled)"), "dim"),
    ]


def _row(event: Event) -> dict[str, Any]:
    return {
        "number": Link(str(event.number), reverse("audit:event", args=[event.number])),
        "at": event.at,
        "who": Link(event.actor_label.partition("（")[0], note=role_name(event.role) if event.actor_id else ""),
        "act": words.act(event.tag),
        "object": f"{event.object_type}:{event.object_id}" if event.object_type else "—",
        "done": say("成功", "done") if event.success else say("失败", "failed"),
        "detail": words.detail(event.detail) or "—",
    }


@page(Act.AUDIT_SEE)
def event(request: HttpRequest, number: int) -> HttpResponse:
    """One event with all that its hash covers."""
    found = queries.get_event(request.actor, number)  # type: ignore[attr-defined]
    if found is None:
        raise NotVisible
    return render(request, "audit/event.html", {"event": found, "act": words.act(found.tag), "role": role_name(found.role), "detail": words.detail(found.detail)})


@page(Act.AUDIT_EXPORT)
def export(request: HttpRequest, ending: str) -> HttpResponseBase:
    """The events of a search as csv or xlsx, oldest first, with the head of the chain; itself an event."""
    if ending not in ("csv", "xlsx"):
        raise NotVisible
    actor = request.actor  # type: ignore[attr-defined]
    wanted, errors = forms.read(request.GET)
    if errors:
        raise Refused("检索条件有错，没有导出。", "The conditions are wrong; nothing was exported.")
    found = queries.search(actor, wanted)
    total = found.order_by().count() if ending == "xlsx" else 0
    if total > exporting.SHEET_LIMIT:
        raise Refused(
            f"有 {total:,} 条，一个工作簿最多 {exporting.SHEET_LIMIT:,} 条；缩小时间范围或导出 csv。",
            f"There are {total:,}; a workbook holds {exporting.SHEET_LIMIT:,}. Narrow the time or export as csv.",
        )
    services.noted(actor, "audit:events:export", ending=ending, search=services.veiled(forms.told(wanted)))
    head, name = heads.head_now(), f"{say('审计事件', 'audit-events')}-{exporting.day_name(now())}.{ending}"
    if ending == "csv":
        answer: HttpResponseBase = StreamingHttpResponse(exporting.csv_lines(queries.rows(found), head), content_type="text/csv; charset=utf-8")
    else:
        folder = tempfile.TemporaryDirectory(prefix="keqiao-audit-")
        path = Path(folder.name) / "events.xlsx"
        exporting.write_book(path, queries.rows(found), head, forms.told(wanted))
        file = path.open("rb")  # still readable when its name is gone
        folder.cleanup()
        answer = FileResponse(file, content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return answer


@page(Act.AUDIT_SEE, methods=("GET", "POST"))
def verify(request: HttpRequest) -> HttpResponse:
    """记录被动过吗？ The state of the chain, its head, the history of checks; POST checks now."""
    actor = request.actor  # type: ignore[attr-defined]
    if request.method == "POST":
        given = request.FILES.get("head")
        started = services.check_now(actor, given.read(4096).decode("utf-8", "replace") if given is not None else "")
        return redirect(reverse("audit:verify") + ("?waiting=1" if started else ""))
    history = list(queries.checks(actor)[:30])
    checked = next((one for one in history if one.result), None)
    stand = heads.standing()
    context = {
        "stand": stand, "head": heads.head_now(), "checked": checked, "findings": _findings(checked), "waiting": request.GET.get("waiting") == "1",
        "table": Table(
            "checks", say("历次校验与链头", "Checks and heads"), _check_columns(), [_check_row(one) for one in history],
            stated=say("最近 30 次，从新到旧", "the last 30, newest first"), empty=Empty(say("还没有校验过。", "Not checked yet.")),
        ),
    }  # fmt: skip
    return render(request, "audit/verify.html", context)


def _findings(checked: Head | None) -> dict[str, Any] | None:
    """The last check as the page shows it."""
    if checked is None:
        return None
    from keqiao.platform.audit.checking import Problem

    found = json.loads(checked.result)
    return {**found, "listed": [str(Problem(*problem)) for problem in found.get("problems", ())]}


def _check_columns() -> list[Column]:
    return [
        Column("at", say("时间", "Time"), "time"),
        Column("purpose", say("缘由", "Why")),
        Column("result", say("结果", "Result")),
        Column("number", say("链头", "Head"), "whole"),
        Column("hash", say("哈希", "Hash"), "dim"),
    ]


def _check_row(one: Head) -> dict[str, Any]:
    result = "—"
    if one.result:
        found = json.loads(one.result)
        result = say("完整", "whole") if found.get("ok") else say(f"{found.get('count', 0)} 处断点", f"{found.get('count', 0)} breaks")
    return {"at": one.at, "purpose": words.purpose(one.purpose), "result": result, "number": one.number, "hash": one.hash[:16] + "…"}


@page(Act.AUDIT_EXPORT, methods=("POST",))
def head(request: HttpRequest) -> HttpResponse:
    """The head of the chain as a small text file to be kept elsewhere; itself an event."""
    made = heads.record(request.actor, "export")  # type: ignore[attr-defined]
    text = heads.text_of(heads.Known(made.number, made.hash), made.at)
    name = f"{say('审计链头', 'audit-head')}-{exporting.day_name(made.at)}.txt"
    return HttpResponse(text, content_type="text/plain; charset=utf-8", headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"})


