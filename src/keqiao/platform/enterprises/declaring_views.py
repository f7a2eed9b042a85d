"""E4 申报数据: the table that saves itself."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from keqiao.errors import say
from keqiao.platform.catalogue.shipped import packs
from keqiao.platform.clock import today
from keqiao.platform.enterprises import declaring, declaring_queries
from keqiao.platform.enterprises.declaring import Stale
from keqiao.platform.enterprises.evidence import services as evidence
from keqiao.platform.enterprises.evidence.kinds import ACCEPT
from keqiao.platform.enterprises.models import Declaration
from keqiao.platform.enterprises.pages import actor_of, shown, then
from keqiao.platform.enterprises.wanted import label_of
from keqiao.platform.errors import Invalid
from keqiao.platform.permissions import Act, page


@page(Act.FACTS_DECLARE, methods=("GET", "POST"))
def declare(request: HttpRequest) -> HttpResponse:
    """The table; POST with ``act`` save, attach, drop:<file> or submit."""
    actor = actor_of(request)
    year = declaring_queries.year_of(actor, request.POST.get("year") or request.GET.get("year", ""))
    if request.method != "POST":
        draft = declaring_queries.get_draft(actor, year)
        return _table(request, year, draft, draft.typed if draft else {}, {})
    try:
        return _acted(request, year)
    except Stale as stale:
        return _conflict(request, year, stale.draft)
    except Invalid as error:
        draft = declaring_queries.get_draft(actor, year)
        return _table(request, year, draft, _over(draft, request), error.fields)


@page(Act.FACTS_DECLARE, methods=("POST",))
def declare_save(request: HttpRequest) -> HttpResponse:
    """The draft saves itself: answers with when, the new version, and what was understood of each value."""
    actor = actor_of(request)
    year = declaring_queries.year_of(actor, request.POST.get("year", ""))
    typed = _typed(request)
    stale = None
    try:
        draft = declaring.save(actor, year, _version(request), typed)
    except Stale as error:
        stale, draft = error, error.draft
    notes = [
        (declaring_queries.name_of(id, int(y)), *declaring_queries.reading(id, text)) for id, years in typed.items() for y, text in years.items()
    ]
    return render(request, "enterprises/declare_saved.html", {"draft": draft, "notes": notes, "stale": stale}, status=409 if stale else 200)


def _acted(request: HttpRequest, year: int) -> HttpResponse:
    """Do what the pressed button says."""
    actor, typed, version = actor_of(request), _typed(request), _version(request)
    act, _, number = request.POST.get("act", "save").partition(":")
    back = say("草稿已保存。", "The draft is saved.")
    if act == "attach":
        file = evidence.checked(actor, request.FILES.get("file"), "file")
        declaring.attach(actor, year, version, typed, file, request.POST.get("indicator", ""))
        back = say(f"已收下“{file.name}”，草稿已保存。", f"{file.name} is accepted and the draft saved.")
    elif act == "drop" and number.isdigit():
        declaring.drop(actor, year, version, typed, int(number))
        back = say("文件已删除，草稿已保存。", "The file is removed and the draft saved.")
    else:
        draft = declaring.save(actor, year, version, typed)
        if act == "submit":
            draft = declaring.submit(actor, year, draft.version)
            count = sum(len(years) for years in draft.typed.values())
            text = say(f"已提交 {count} 项数据，来源记为企业申报。", f"{count} values are submitted as the enterprise's own word.")
            return then(request, text, "enterprises:home")
    response = then(request, back, "enterprises:declare")
    response["Location"] += f"?year={year}"
    return response


def _typed(request: HttpRequest) -> dict[str, dict[str, str]]:
    """The form's values; on the conflict page, without those where the colleague's are kept."""
    form = {name: request.POST.get(name, "") for name in request.POST if request.POST.get(f"keep:{name}") != "theirs"}
    return declaring.typed_of(form)


def _version(request: HttpRequest) -> int:
    text = request.POST.get("version", "0")
    return int(text) if text.isdigit() and len(text) < 9 else 0


def _over(draft: Declaration | None, request: HttpRequest) -> dict[str, dict[str, str]]:
    """What is typed in the form over what the draft holds."""
    found = {id: dict(years) for id, years in (draft.typed if draft else {}).items()}
    for id, years in _typed(request).items():
        found.setdefault(id, {}).update(years)
    return found


def _table(request: HttpRequest, year: int, draft: Declaration | None, typed: Mapping[str, Mapping[str, str]], wrong: Mapping[str, str]) -> HttpResponse:
    actor = actor_of(request)
    everything = request.GET.get("all") == "1"
    sheet = declaring_queries.sheet(actor, year, typed, wrong, everything=everything)
    lines = sheet.lines
    errors = [{"id": f"id_{name}", "text": f"{_title(name)}：{text}" if name.startswith("v:") else text} for name, text in wrong.items()]
    requests = list(declaring_queries.open_requests(actor))
    known, differing = sum(line.known for line in lines), sum(cell.differs for line in lines for cell in line.cells)
    cells = [
        {"label": say("完整度", "Completeness"), "value": f"{known}/{len(lines)}", "note": say(f"{year} 年已有数据的指标", f"indicators known for {year}")},
        {"label": say("来源不一致", "Sources disagree"), "value": str(differing), "unit": say("处", ""), "note": say("下表并列，标明以哪个为准", "side by side below")},
    ]
    if requests:
        cells.append({"label": say("主管部门请补", "Asked for"), "value": str(sum(line.requested and not line.known for line in lines)), "unit": say("项", ""), "note": say("标“请补”的各项", "marked below")})
    context = {
        "sheet": sheet, "year": year, "years": range(today().year, today().year - 4, -1), "draft": draft, "errors": errors, "wrong": wrong,
        "cells": cells, "requests": requests, "everything": everything, "accept": ACCEPT,
        "loose": [file for file in (draft.files.filter(wiped_at=None) if draft else ()) if not file.indicator],
        "file_error": wrong.get("file", ""), "typed_file": request.POST.get("indicator", ""),
    }  # fmt: skip
    return shown(request, "enterprises/declare.html", context, 422 if wrong else 200)


def _title(name: str) -> str:
    """An indicator and year as a sentence about a field begins."""
    id, _, year = name.removeprefix("v:").rpartition(":")
    word = packs().vocabulary.indicators.get(id)
    label = label_of(word) if word is not None else id
    return label if year == "0" else say(f"{label}（{year} 年）", f"{label} ({year})")


def _conflict(request: HttpRequest, year: int, draft: Declaration) -> HttpResponse:
    """Both versions, value by value."""
    fields = []
    for id, years in _typed(request).items():
        for y, mine in years.items():
            theirs = draft.typed.get(id, {}).get(y, "")
            if mine.strip() != theirs.strip():
                name = declaring_queries.name_of(id, int(y))
                fields.append({"label": _title(name), "name": name, "mine": mine, "theirs": theirs})
    context = {"fields": fields, "who": draft.by.name, "when": draft.saved_at, "version": draft.version, "year": year}
    return shown(request, "enterprises/declare_conflict.html", context, 409)
