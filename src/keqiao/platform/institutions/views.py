"""M1: offices, institutions and places; the system administrator's pages."""

from __future__ import annotations

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse

from keqiao.errors import say
from keqiao.platform.accounts.access import check_proved
from keqiao.platform.accounts.views.common import actor_of, attempt, done, field, show, to
from keqiao.platform.errors import NotVisible
from keqiao.platform.institutions import queries, services
from keqiao.platform.institutions.models import Institution, Office, Place
from keqiao.platform.institutions.words import KIND_WORDS, LEVEL_WORDS, kind_word, level_word
from keqiao.platform.permissions import Act, page


def _members() -> Count:
    return Count("memberships", filter=Q(memberships__state="active"))


@page(Act.SYSTEM_USERS, methods=("GET", "POST"))
def offices(request: HttpRequest) -> HttpResponse:
    """Who belongs where? Offices with their places; a form for a new one."""
    actor = actor_of(request)

    def shown(status: int = 200, **found: object) -> HttpResponse:
        offices = queries.visible_offices(actor).prefetch_related("places").annotate(n=_members()).order_by("-is_active", "name")
        chosen = {int(one) for one in request.POST.getlist("places") if one.isdecimal()}
        places = [(place, depth, place.pk in chosen) for place, depth in queries.tree(actor) if place.until is None]
        return show(request, "institutions/offices.html", status, offices=offices, places=places, typed=request.POST, **found)

    if request.method == "GET":
        return shown()

    def work() -> HttpResponse:
        services.add_office(actor, field(request, "name"), field(request, "department"), _places(request))
        done(request, say("处室已建。", "The office is added."))
        return to("institutions:offices")

    return attempt(request, work, shown)


@page(Act.SYSTEM_USERS, methods=("GET", "POST"))
def office(request: HttpRequest, id: int) -> HttpResponse:
    """One office: its name and the places that it covers."""
    actor = actor_of(request)
    found = queries.get_office(actor, id)

    def shown(status: int = 200, **wrong: object) -> HttpResponse:
        covered = set(found.places.values_list("pk", flat=True))
        places = [(place, depth, place.pk in covered) for place, depth in queries.tree(actor) if place.until is None or place.pk in covered]
        return show(request, "institutions/office.html", status, office=found, places=places, **wrong)

    if request.method == "GET":
        return shown()

    def work() -> HttpResponse:
        check_proved(actor)
        act = field(request, "act")
        if act == "end":
            services.end_office(actor, found)
        elif act == "restore":
            services.restore_office(actor, found)
        else:
            services.change_office(actor, found, field(request, "name"), field(request, "department"), _places(request))
        done(request, say("处室已更新。", "The office is updated."))
        return to("institutions:offices")

    return attempt(request, work, shown)


@page(Act.SYSTEM_USERS, methods=("GET", "POST"))
def institutions(request: HttpRequest) -> HttpResponse:
    """Institutions with their branches; a form for a new one."""
    actor = actor_of(request)

    def shown(status: int = 200, **found: object) -> HttpResponse:
        all_of_them = queries.visible_institutions(actor).annotate(n=_members()).order_by("path")
        rows = [(one, kind_word(one.kind), one.path.count("/") - 2) for one in all_of_them]
        parents = [(one.pk, one.name) for one in all_of_them if one.is_active]
        kinds = [(key, say(*words)) for key, words in KIND_WORDS.items()]
        return show(request, "institutions/institutions.html", status, rows=rows, parents=parents, kinds=kinds, typed=request.POST, **found)

    if request.method == "GET":
        return shown()

    def work() -> HttpResponse:
        parent: Institution | None = queries.get_institution(actor, field(request, "parent")) if field(request, "parent") else None
        services.add_institution(actor, field(request, "kind"), field(request, "name"), field(request, "code"), parent)
        done(request, say("机构已建。", "The institution is added."))
        return to("institutions:institutions")

    return attempt(request, work, shown)


@page(Act.SYSTEM_USERS, methods=("POST",))
def act_on_institution(request: HttpRequest, id: int, act: str) -> HttpResponse:
    """Stop an institution or let it work again."""
    actor = actor_of(request)
    check_proved(actor)
    work = {"end": services.end_institution, "restore": services.restore_institution}.get(act)
    if work is None:
        raise NotVisible
    work(actor, queries.get_institution(actor, id))
    done(request, say("机构已更新。", "The institution is updated."))
    return to("institutions:institutions")


@page(Act.SYSTEM_PLACES, methods=("GET", "POST"))
def places(request: HttpRequest) -> HttpResponse:
    """The tree of places; a form for a new one."""
    actor = actor_of(request)

    def shown(status: int = 200, **found: object) -> HttpResponse:
        tree = queries.tree(actor)
        rows = [(place, depth, level_word(place.level)) for place, depth in tree]
        parents = [(place.pk, "　" * depth + place.name) for place, depth in tree if place.until is None]
        levels = [(key, say(*words)) for key, words in LEVEL_WORDS.items()]
        return show(request, "institutions/places.html", status, rows=rows, parents=parents, levels=levels, typed=request.POST, **found)

    if request.method == "GET":
        return shown()

    def work() -> HttpResponse:
        parent: Place | None = queries.get_place(actor, field(request, "parent")) if field(request, "parent") else None
        services.add_place(actor, field(request, "code"), field(request, "name"), field(request, "level"), parent)
        done(request, say("区域已建。", "The place is added."))
        return to("institutions:places")

    return attempt(request, work, shown)


@page(Act.SYSTEM_PLACES, methods=("GET", "POST"))
def place(request: HttpRequest, id: int) -> HttpResponse:
    """One place: rename it or end it."""
    actor = actor_of(request)
    found = queries.get_place(actor, id)

    def shown(status: int = 200, **wrong: object) -> HttpResponse:
        offices: list[Office] = list(found.offices.order_by("name"))
        return show(request, "institutions/place.html", status, place=found, level=level_word(found.level), offices=offices, **wrong)

    if request.method == "GET":
        return shown()

    def work() -> HttpResponse:
        if field(request, "act") == "end":
            check_proved(actor)
            services.end_place(actor, found)
            done(request, say(f"“{found.name}”已停用。", f"{found.name} has ended."))
        else:
            services.rename_place(actor, found, field(request, "name"))
            done(request, say("名称已改。", "The name is changed."))
        return to("institutions:places")

    return attempt(request, work, shown)


def _places(request: HttpRequest) -> list[Place]:
    actor = actor_of(request)
    return [queries.get_place(actor, one) for one in request.POST.getlist("places")]
