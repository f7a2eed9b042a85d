"""A2 and A9: the enterprises of the office, and who is nearest to a title."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from keqiao.assess import misses as near_misses
from keqiao.assess.answers import Misses
from keqiao.errors import language, say
from keqiao.platform.actor import Actor
from keqiao.platform.assessments import books, queries
from keqiao.platform.assessments.files import marked_name
from keqiao.platform.assessments.listing import Listing, Wanted
from keqiao.platform.assessments.models import Run
from keqiao.platform.assessments.opened import Kept, opened
from keqiao.platform.assessments.parts import actor_of, provenance, stale
from keqiao.platform.audit.services import noted
from keqiao.platform.catalogue.books import attachment, workbook
from keqiao.platform.clock import today
from keqiao.platform.enterprises.queries import visible_to as visible_enterprises
from keqiao.platform.errors import NotVisible
from keqiao.platform.jobs.services import enqueue
from keqiao.platform.permissions import Act, page
from keqiao.platform.web.drawing import bar_chart
from keqiao.platform.web.reading import amount
from keqiao.platform.web.tables import Choice, Column, Empty, Link, Table
from keqiao.reports.svg import Bar

#: Longer lists are written by a job.
AT_ONCE = 2_000
WITHIN = ("5%", "10%", "20%", "30%")
_LISTED = 200
_near = Kept(32)


@page(Act.ENTERPRISES_LIST)
def enterprises(request: HttpRequest) -> HttpResponse:
    """A2: which enterprises are there, and which have changed?"""
    actor = actor_of(request)
    listing = Listing(actor, Wanted.of(request.GET))
    run = listing.run
    return render(request, "assessments/enterprises.html", {
        "table": listing.table(), "run": run, "stale": stale(actor, run), "prov": provenance(run), "waiting": listing.waiting,
        "waiting_url": Wanted(change="new").link(), "fresh": listing.fresh, "short": 0 < len((request.GET.get("q") or "").strip()) < 2,
        "acts": [{"text": say("差一点名单", "Near misses"), "url": reverse("assessments:misses"), "icon": "target"}] if run else [],
    })  # fmt: skip


@page(Act.ENTERPRISES_EXPORT)
def enterprises_book(request: HttpRequest) -> HttpResponse:
    """Exactly the list on screen, all its pages, as a workbook; a long one as a job."""
    actor = actor_of(request)
    listing = Listing(actor, Wanted.of(request.GET))
    if listing.total > AT_ONCE:
        job = enqueue(actor, "assessments:list", {"query": listing.wanted.address, "run": listing.run.pk if listing.run else None, "language": language()})
        return redirect("jobs:job", id=job.pk)
    noted(actor, "assessments:list:export", rows=listing.total, filters=len(listing.wanted.address))
    return attachment(workbook(books.list_paper(listing)), list_name(listing))


def list_name(listing: Listing) -> str:
    """The name of the list's workbook."""
    return marked_name(f"{say('企业列表', 'enterprises')}_{today()}", listing.run, ".xlsx")


# ---- near misses -----------------------------------------------------------------------------------


@page(Act.ENTERPRISES_LIST)
def misses(request: HttpRequest) -> HttpResponse:
    """A9: who is nearest to a threshold, and what is short?"""
    actor, run = actor_of(request), queries.latest_done(actor_of(request))
    if run is None:
        return render(request, "assessments/misses.html", {"empty": _none()})
    rule, within = _asked(request, run)
    found, rows = _found(actor, run, rule, within)
    rules = run.summary["rules"]
    columns = [
        Column("who", say("企业", "Enterprise"), "name"), Column("clause", say("差哪一项", "Condition")), Column("left", say("现在", "Now"), "number"),
        Column("right", say("门槛", "Threshold"), "number"), Column("gap", say("差多少", "Short by"), "number"), Column("cite", say("依据", "Source"), "dim", wide_only=True),
    ]  # fmt: skip
    choices = [
        Choice("rule", say("资格", "Title"), [(id, say(rules[id]["zh"], rules[id]["en"])) for id in run.summary["titles"]], rule),
        Choice("within", say("幅度", "Within"), [(text, text) for text in WITHIN], within),
    ]  # fmt: skip
    shown = say(f"，列最近的 {len(rows)} 家", f", the nearest {len(rows)} listed") if found.count > len(rows) else ""
    table = Table(
        "near", found.about.title, columns, rows, stated=say(f"{found.count:,} 家只差一项，最近的在前{shown}", f"{found.count:,} short by one threshold, the nearest first{shown}"),
        choices=choices, download=f"{reverse('assessments:misses_book')}?rule={rule}&within={within.replace('%', '%25')}", illustrative=found.about.illustrative,
        empty=Empty(say(f"没有只差一项、且在门槛 {within} 以内的企业。", f"No enterprise is short by one threshold within {within}."),
                    Link(say("放宽到 30%", "Widen to 30%"), f"{reverse('assessments:misses')}?rule={rule}&within=30%25")),
    )  # fmt: skip
    return render(request, "assessments/misses.html", {"table": table, "run": run, "found": found, "prov": provenance(run), "chart": _chart(found), "within": within})


@page(Act.ENTERPRISES_EXPORT)
def misses_book(request: HttpRequest) -> HttpResponse:
    """The near misses on screen as a workbook."""
    actor, run = actor_of(request), queries.latest_done(actor_of(request))
    if run is None:
        raise NotVisible
    rule, within = _asked(request, run)
    found, rows = _found(actor, run, rule, within)
    noted(actor, "assessments:misses:export", run, rows=len(rows), rule=rule)
    paper = books.misses_paper(run, found.about.title, within, rows, found)
    return attachment(workbook(paper), marked_name(f"{say('差一点名单', 'near-misses')}_{today()}", run, ".xlsx"))


def _asked(request: HttpRequest, run: Run) -> tuple[str, str]:
    """The rule and the share that are asked for; the first title and 10 % where none is."""
    titles = [id for id in run.summary["titles"] if run.summary["rules"][id]["in_force"]]
    rule, within = request.GET.get("rule", ""), request.GET.get("within", "")
    return rule if rule in run.summary["titles"] else titles[0], within if within in WITHIN else "10%"


def _found(actor: Actor, run: Run, rule: str, within: str) -> tuple[Misses, list[dict[str, Any]]]:
    spoken, share = language(), Fraction(int(within[:-1]), 100)
    found = _near.get(
        (run.pk, run.content_hash, rule, within, spoken), lambda: near_misses(opened(run).files, rule, share, limit=_LISTED, language=spoken)
    )
    codes = [row.key for row in found.rows]
    ids = dict(visible_enterprises(actor).filter(code__in=codes).values_list("code", "pk"))
    rows = [
        {"who": Link(row.name or row.key, reverse("assessments:profile", args=[ids[row.key]]) + f"?rule={rule}", row.key), "clause": row.title,
         "left": amount(row.left), "right": amount(row.right), "gap": amount(row.gap), "cite": row.cite} for row in found.rows if row.key in ids
    ]  # fmt: skip
    return found, rows


def _chart(found: Misses) -> Any:
    """By which condition they are short."""
    parts = sorted((one for one in found.by_clause if one.near), key=lambda one: -one.near)
    if not parts:
        return None
    title = say("按差项", "By condition")
    caption = say(f"最多的是“{parts[0].title}”：{parts[0].near:,} 家只差这一项。", f"Most often {parts[0].title}: {parts[0].near:,} are short by it alone.")
    return bar_chart([Bar(one.title, float(one.near), f"{one.near:,}") for one in parts[:10]], title, caption, illustrative=found.about.illustrative)


def _none() -> Empty:
    return Empty(
        say("还没有评价。评价以后，这里列出离门槛最近的企业。", "No run yet. After the first, the enterprises nearest to a threshold stand here."),
        Link(say("去评价", "Assess"), reverse("assessments:runs")),
    )
