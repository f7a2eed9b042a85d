"""The catalogue: which rules there are, what one says, ladders and lists; all for anyone."""

from __future__ import annotations

import datetime as dt

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from keqiao.errors import say
from keqiao.platform.catalogue import books, queries, reading
from keqiao.platform.catalogue.listing import table_of
from keqiao.platform.catalogue.shipped import head_title, packs, period, yaml_of
from keqiao.platform.clock import today
from keqiao.platform.permissions import Act, page
from keqiao.platform.web.tables import Link
from keqiao.rules.sql.dialects import DIALECTS


@page(Act.PUBLIC)
def rules(request: HttpRequest) -> HttpResponse:
    """V6: which rules are there, and which one governs me?"""
    day = queries.read_day(request.GET.get("as_of"))
    keep = {key: value for key, value in request.GET.items() if key not in ("as_of", "page")}
    return render(request, "catalogue/rules.html", {
        "table": table_of(request.GET), "day": day or today(), "chosen": day, "keep": keep,
        "counts": (len(packs()), len(queries.ladders_on(day or today())), len(queries.lists())),
    })  # fmt: skip


@page(Act.PUBLIC)
def rules_book(request: HttpRequest) -> HttpResponse:
    """The table of rules as a workbook: the same rows, columns and order."""
    return books.attachment(books.workbook(books.rules_paper(request.GET)), say("规则库.xlsx", "rules.xlsx"))


@page(Act.PUBLIC)
def rule(request: HttpRequest, id: str) -> HttpResponse:
    """V7: what does this rule say, and how is it decided?"""
    day = queries.read_day(request.GET.get("as_of")) or today()
    found = queries.get_rule(id, day)
    heads, rows = reading.classes_of(found.rule, day)
    cases = reading.examples_of(found.rule)
    return render(request, "catalogue/rule.html", {
        "found": found, "rule": found.rule, "day": day, "facts": books.facts_of(found), "tree": reading.tree_of(found.rule, day),
        "items": reading.items_of(found.rule, day), "caps": reading.caps_of(found.rule), "class_heads": heads, "class_rows": rows,
        "cases": cases[: reading.EXAMPLES], "case_count": len(cases), "versions": queries.versions_of(id), "ladders": _ladders(id, day),
        "doubts": _doubts(found), "dialects": list(DIALECTS), "asked": request.GET.get("as_of", ""),
        "crumbs": [Link(say("规则库", "Rules"), reverse("catalogue:rules")), Link(found.title)],
        "acts": [
            {"text": say("用我的数据试算", "Try it with my figures"), "url": reverse("catalogue:check_rule", args=[id]), "primary": True, "icon": "calculator"},
            {"text": say("下载工作簿", "Download workbook"), "url": reverse("catalogue:rule_book", args=[id]) + _as_of(request), "icon": "download"},
        ],
    })  # fmt: skip


def _as_of(request: HttpRequest) -> str:
    """The day of the address, to be carried to a download."""
    asked = request.GET.get("as_of", "")
    return f"?as_of={asked}" if asked else ""


def _doubts(found: queries.Found) -> list[str]:
    """Titles of what is to be verified."""
    from keqiao.rules.model import nodes

    spoken = say("zh", "en")
    named = {"source": say("文件信息（出处、日期、施行）", "the document's particulars")}
    if found.rule.require is not None:
        named |= {node.id: node.title.get(spoken) for node in nodes(found.rule.require)}
    named |= {item.id: item.title.get(spoken) for item in found.rule.items}
    return [named.get(id) or id for id in found.stands.open]


def _ladders(id: str, day: dt.date) -> list[dict[str, object]]:
    """The ladders that the rule decides a step of, with the names of their steps."""
    words = packs().vocabulary.indicators
    return [
        {
            "ladder": ladder, "title": ladder.title.get(say("zh", "en")),
            "steps": [(say(words[step.title].label, words[step.title].english or step.title), step.rule, i == place) for i, step in enumerate(ladder.steps)],
        }
        for ladder, place in queries.ladders_with(id, day)
    ]  # fmt: skip


@page(Act.PUBLIC)
def rule_book(request: HttpRequest, id: str) -> HttpResponse:
    """One rule as a workbook."""
    found = queries.get_rule(id, queries.read_day(request.GET.get("as_of")))
    mark = say("（示例）", " (illustrative)") if found.stands.illustrative and "示例" not in found.title else ""
    return books.attachment(books.workbook(books.rule_paper(found)), f"{found.title}{mark} {found.rule.version}.xlsx")


@page(Act.PUBLIC)
def rule_yaml(request: HttpRequest, id: str) -> HttpResponse:
    """One version of a rule as it is written."""
    found = queries.get_rule(id, queries.read_day(request.GET.get("as_of")))
    return books.attachment(yaml_of(found.rule), f"{id}.{found.rule.version}.yaml", "application/yaml; charset=utf-8")


@page(Act.PUBLIC)
def rule_sql(request: HttpRequest, id: str, dialect: str) -> HttpResponse:
    """A rule as one SQL query for somebody's own warehouse."""
    day = queries.read_day(request.GET.get("as_of")) or today()
    text = queries.sql_of(id, day, dialect)
    return books.attachment(text, f"{id}.{day}.{dialect}.sql", "application/sql; charset=utf-8")


@page(Act.PUBLIC)
def ladders(request: HttpRequest) -> HttpResponse:
    """Ladders of titles, lowest first."""
    day = queries.read_day(request.GET.get("as_of")) or today()
    words = packs().vocabulary.indicators
    shown = [
        {
            "title": head_title(pack), "pack": pack, "period": period(ladder.effective_from, ladder.effective_to),
            "steps": [(say(words[step.title].label, words[step.title].english or step.title), step.rule) for step in ladder.steps],
        }
        for ladder, pack in queries.ladders_on(day)
    ]  # fmt: skip
    return render(request, "catalogue/ladders.html", {"ladders": shown, "day": day})


@page(Act.PUBLIC)
def lists(request: HttpRequest) -> HttpResponse:
    """Lists that rules refer to: who is on them, and whether they are complete."""
    shown = [{"title": head_title(pack), "pack": pack, "period": period(pack.effective.from_, pack.effective.to)} for pack in queries.lists()]
    return render(request, "catalogue/lists.html", {"lists": shown})
