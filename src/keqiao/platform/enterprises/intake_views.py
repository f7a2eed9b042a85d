"""The import wizard and the batches: each form is one step, and answers with the page of the step that follows."""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from keqiao.errors import say
from keqiao.facts.template import write_template
from keqiao.platform.catalogue.shipped import head_title, packs
from keqiao.platform.clock import today
from keqiao.platform.enterprises import intake_files, intake_pages, intake_queries, intake_services
from keqiao.platform.enterprises.intake_queries import get_intake, stage
from keqiao.platform.enterprises.models import Intake
from keqiao.platform.enterprises.pages import actor_of, shown, then
from keqiao.platform.errors import Invalid, Refused
from keqiao.platform.jobs import views as job_views
from keqiao.platform.permissions import Act, page

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _number(request: HttpRequest, name: str) -> int:
    """A whole number from the address or the form; 0 where there is none."""
    text = request.GET.get(name) or request.POST.get(name) or ""
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _to(intake: Intake, **query: str) -> HttpResponse:
    return redirect(reverse("enterprises:import", args=[intake.pk]) + ("?" + urlencode(query) if query else ""))


@page(Act.IMPORT, methods=("GET", "POST"))
def imports(request: HttpRequest) -> HttpResponse:
    """What is on its way and what was recorded; POST uploads sheets and begins."""
    typed = {"year": str(today().year - 1), "as_of": today().isoformat(), "source": ""}
    fields: dict[str, str] = {}
    if request.method == "POST":
        typed = {name: request.POST.get(name, "").strip() for name in typed}
        try:
            day = _day(typed["as_of"])
            return _to(intake_services.start(actor_of(request), request.FILES.getlist("files"), _number(request, "year"), day, typed["source"][:40]))
        except Invalid as error:
            fields = {**error.fields, next(iter(error.fields), "files"): str(error)}
    actor = actor_of(request)
    going = list(intake_queries.visible_to(actor).exclude(state__in=("committed", "abandoned"))[:20])
    pages = Paginator(intake_queries.visible_batches(actor), intake_pages.SIZE)
    context = {
        "going": intake_pages.intake_rows(going), "batches": intake_pages.batch_rows(pages.get_page(1), pages.count), "typed": typed, "fields": fields,
        "sources": [word.label for word in packs().sources_of_facts], "accept": intake_files.ACCEPT, "limit": intake_files.request_limit() // 2**20,
        "rules": [(id, head_title(packs().sources(id)[-1][0])) for id in packs().faces],
    }  # fmt: skip
    return shown(request, "enterprises/imports.html", context, 422 if fields else 200)


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise Invalid({"as_of": text}, "基准日写作 2026-11-21。", "Write the as-of day as 2026-11-21.") from None


@page(Act.IMPORT)
def import_page(request: HttpRequest, id: int) -> HttpResponse:
    """The step at which the import stands; ``?step=`` goes back to an earlier one."""
    intake = get_intake(actor_of(request), id)
    at = stage(intake)
    if at in ("checking", "committing") and request.htmx:  # type: ignore[attr-defined]
        return job_views.panel(request, _job(intake))
    if request.htmx:  # type: ignore[attr-defined]  # the job has ended between two polls
        answer = HttpResponse()
        answer.headers["HX-Refresh"] = "true"
        return answer
    if at == "committed":
        assert intake.batch_id is not None
        return redirect("enterprises:batch", intake.batch_id)
    step = at
    if request.GET.get("step") == "headings" and at in ("errors", "preview"):
        step = "headings"
    if request.GET.get("step") == "errors" and at == "preview":
        step = "errors"
    context: dict[str, Any] = {
        "intake": intake, "at": at, "step": step, "steps": intake_pages.steps(), "now": intake_pages.STEP.get(step, 1), "report": intake.report,
        "version": intake.version, "size": intake_pages.size(sum(f["size"] for f in intake.files)), "accept": intake_files.ACCEPT,
    }  # fmt: skip
    context |= {"checking": _progress, "committing": _progress, "stopped": _progress, "headings": _headings, "errors": _errors, "preview": _preview}.get(
        step, lambda request, intake: {}
    )(request, intake)
    return shown(request, f"enterprises/import_{'progress' if step in ('checking', 'committing', 'stopped') else step}.html", context)


def _job(intake: Intake) -> Any:
    assert intake.job is not None
    return intake.job


def _progress(request: HttpRequest, intake: Intake) -> dict[str, Any]:
    job = intake.job
    return {"job": None if job is None else job_views.shown(job, poll=request.path) | {"result_url": ""}}


def _headings(request: HttpRequest, intake: Intake) -> dict[str, Any]:
    found = intake_pages.mapping(intake)
    read = sum(1 for m in found if m["to"] not in ("", "-"))
    return {"mapping": found, "read": read, "options": intake_pages.indicators()}


def _errors(request: HttpRequest, intake: Intake) -> dict[str, Any]:
    tab = request.GET.get("tab", "error" if intake.report.get("errors") else "warning")
    tab = tab if tab in ("error", "warning", "note") else "error"
    problems, pages = intake_pages.problems(intake, tab, _number(request, "page") or 1)
    listed = intake.report.get("problems", {})
    done = {e["place"] for e in intake.edits}
    safe = sum(1 for p in listed.get("error", []) if p["place"] not in done and p["advice"] and p["advice"][0]["safe"])
    words = {"error": say("错误", "Errors"), "warning": say("提醒", "Warnings"), "note": say("说明", "Notes")}
    counts = {"error": intake.report.get("errors", 0), "warning": intake.report.get("warnings", 0), "note": intake.report.get("notes", 0)}
    return {
        "tab": tab, "focused": "cell" in request.GET, "problems": problems, "pages": pages, "safe": safe, "sheet": intake_pages.sheet(intake, tab, request.GET.get("cell", "")),
        "tabs": [{"text": f"{words[k]} {counts[k]:,}", "url": f"?step=errors&tab={k}", "now": k == tab} for k in words],
        "mapping": intake_pages.mapping(intake)[:8], "edits": intake.edits, "dirty": intake.report.get("dirty", False),
        "has_marked": bool(intake.report.get("marked")), "kept": len(listed.get("error", [])),
    }  # fmt: skip


def _preview(request: HttpRequest, intake: Intake) -> dict[str, Any]:
    return {"preview": intake.preview, "changes": intake_pages.changes(intake), "table": intake_pages.by_indicator(intake)}


@page(Act.IMPORT, methods=("POST",))
def headings(request: HttpRequest, id: int) -> HttpResponse:
    """What headings mean."""
    choices = {name.removeprefix("to:"): str(value) for name, value in request.POST.items() if name.startswith("to:")}
    return _to(intake_services.choose_headings(actor_of(request), id, _number(request, "version"), choices))


@page(Act.IMPORT, methods=("POST",))
def edit(request: HttpRequest, id: int) -> HttpResponse:
    """Change one cell, and go on to the next."""
    place = request.GET.get("place") or request.POST.get("place", "")
    intake = intake_services.edit(actor_of(request), id, _number(request, "version"), {place: request.POST.get("value", "")})
    return _to(intake, step="errors", cell=request.GET.get("next") or place)


@page(Act.IMPORT, methods=("POST",))
def undo(request: HttpRequest, id: int) -> HttpResponse:
    """Undo the change of one cell, or of all."""
    return _to(intake_services.undo(actor_of(request), id, _number(request, "version"), request.GET.get("place", "")), step="errors")


@page(Act.IMPORT, methods=("POST",))
def advice(request: HttpRequest, id: int) -> HttpResponse:
    """Take all safe suggestions."""
    return _to(intake_services.take_advice(actor_of(request), id, _number(request, "version")), step="errors")


@page(Act.IMPORT, methods=("POST",))
def replace(request: HttpRequest, id: int) -> HttpResponse:
    """Take mended files."""
    return _to(intake_services.replace(actor_of(request), id, _number(request, "version"), request.FILES.getlist("files")))


@page(Act.IMPORT, methods=("POST",))
def check(request: HttpRequest, id: int) -> HttpResponse:
    """Check again."""
    return _to(intake_services.check(actor_of(request), id, _number(request, "version")))


@page(Act.IMPORT, methods=("POST",))
def commit(request: HttpRequest, id: int) -> HttpResponse:
    """Record it."""
    return _to(intake_services.commit(actor_of(request), id, _number(request, "version")))


@page(Act.IMPORT, methods=("POST",))
def abandon(request: HttpRequest, id: int) -> HttpResponse:
    """Give it up."""
    intake_services.abandon(actor_of(request), id, _number(request, "version"))
    return then(request, say("已放弃这次导入，文件已删除；记录没有变。", "The import was abandoned and its files wiped; the record is unchanged."), "enterprises:imports")


@page(Act.IMPORT)
def marked(request: HttpRequest, id: int) -> HttpResponseBase:
    """The workbook with the bad cells marked."""
    intake = get_intake(actor_of(request), id)
    name = intake.report.get("marked", "")
    path = intake_files.staging(intake.pk) / Path(name).name
    if not name or not path.is_file():
        raise Refused("没有标红的副本；请在原文件中按位置改。", "There is no marked copy; mend the file itself by the places.")
    stem = Path(intake.files[0]["name"]).stem
    return FileResponse(path.open("rb"), as_attachment=True, filename=f"{stem}-{say('标红', 'marked')}.xlsx", content_type=_XLSX)


@page(Act.IMPORT)
def template(request: HttpRequest) -> HttpResponseBase:
    """A blank workbook with just the facts that the chosen rules need."""
    rules = [id for id in request.GET.getlist("rules") if id in packs().faces]
    if not rules:
        raise Invalid({"rules": ""}, "先选至少一条规则，模板只列它们要用的数据。", "Choose at least one rule; the workbook has just what they need.")
    year = _number(request, "year") or today().year - 1
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "template.xlsx"
        write_template(packs(), rules, path, as_of=today(), year=year)
        content = path.read_bytes()
    answer = HttpResponse(content, content_type=_XLSX)
    answer.headers["Content-Disposition"] = f"attachment; filename=keqiao-{year}.xlsx"
    return answer


@page(Act.IMPORT)
def batches(request: HttpRequest) -> HttpResponse:
    """The batches of the office."""
    pages = Paginator(intake_queries.visible_batches(actor_of(request)), intake_pages.SIZE)
    return shown(request, "enterprises/batches.html", {"table": intake_pages.batch_rows(pages.get_page(request.GET.get("page")), pages.count)})


@page(Act.IMPORT)
def batch(request: HttpRequest, id: int) -> HttpResponse:
    """One batch, with its counts and the way back."""
    return shown(request, "enterprises/batch.html", intake_pages.batch_facts(intake_queries.get_batch(actor_of(request), id)))


@page(Act.IMPORT, methods=("POST",))
def withdraw(request: HttpRequest, id: int) -> HttpResponse:
    """Withdraw a batch."""
    found = intake_services.withdraw_batch(actor_of(request), id)
    return then(request, say(f"第 {found.pk} 批已撤回，原来的值已恢复。", f"Batch {found.pk} was withdrawn; the values before stand again."), "enterprises:batch", found.pk)
