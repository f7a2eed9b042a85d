"""What the interface reads for a token's actor; everything starts from `visible_to` of the domain."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet

from keqiao.platform.actor import Actor
from keqiao.platform.assessments.models import Outcome, Run
from keqiao.platform.clock import today
from keqiao.platform.enterprises import queries as enterprises
from keqiao.platform.enterprises.models import Enterprise, Fact, Residence, Title
from keqiao.platform.errors import NotVisible
from keqiao.rules.model import OUTCOMES


def visible_to(actor: Actor) -> QuerySet[Enterprise]:
    """The enterprises that the actor may read."""
    return enterprises.visible_to(actor)


def find(actor: Actor, query: str = "", place: str = "", updated: dt.datetime | None = None) -> QuerySet[Enterprise]:
    """Those whose name or code has the text, that lie in the place (by code) or below, with facts changed since."""
    found = visible_to(actor)
    if query:
        found = found.filter(Q(name__icontains=query) | Q(code__istartswith=query))
    if place:
        day = today()
        here = Residence.objects.filter(
            Q(since__isnull=True) | Q(since__lte=day), Q(until__isnull=True) | Q(until__gte=day),
            enterprise=OuterRef("pk"), place__in=_below(place),
        )  # fmt: skip
        found = found.filter(Exists(here))
    if updated is not None:
        facts = Fact.objects.filter(enterprise=OuterRef("pk"))
        changed = facts.filter(Q(batch__recorded_at__gte=updated) | Q(ended_by__recorded_at__gte=updated))
        found = found.filter(Exists(changed))
    return found


def _below(code: str) -> list[int]:
    """Ids of a place and of all below it; none for an unknown code."""
    from keqiao.platform.institutions.models import Place

    path = Place.objects.filter(code=code).values_list("path", flat=True).first()
    return list(Place.objects.filter(path__startswith=path).values_list("pk", flat=True)) if path else []


def by_key(actor: Actor, scheme: str, code: str) -> Enterprise:
    """One enterprise by its key. Raises `NotVisible`."""
    found = visible_to(actor).filter(scheme=scheme, code=code).first()
    if found is None:
        raise NotVisible
    return found


def places_of(ids: Iterable[int]) -> dict[int, list[str]]:
    """Codes of the places where enterprises lie today, by id."""
    day, found = today(), dict[int, list[str]]()
    rows = Residence.objects.filter(
        Q(since__isnull=True) | Q(since__lte=day), Q(until__isnull=True) | Q(until__gte=day), enterprise__in=list(ids)
    )
    for id, code in rows.order_by("enterprise_id", "place__code").values_list("enterprise_id", "place__code"):
        found.setdefault(id, []).append(code)
    return found


def titles_of(enterprise: Enterprise) -> QuerySet[Title]:
    """The current titles of an enterprise that the actor was found to see."""
    return Title.objects.filter(enterprise=enterprise, ended_by__isnull=True).select_related("batch").order_by("title", "since", "pk")


def state_tag(enterprise: Enterprise) -> str:
    """The ETag of an enterprise's facts: it changes with every value that is recorded, ended or given back."""
    digest = hashlib.sha256()
    facts = Fact.objects.filter(enterprise=enterprise, ended_by__isnull=True).order_by("pk").values_list("pk", "prevails")
    for row in facts:
        digest.update(b"%d:%d;" % row)
    for pk in Title.objects.filter(enterprise=enterprise, ended_by__isnull=True).order_by("pk").values_list("pk", flat=True):
        digest.update(b"t%d;" % pk)
    return f'"{digest.hexdigest()[:32]}"'


def outcomes_of(run: Run, ids: Iterable[int]) -> dict[int, dict[str, str]]:
    """The outcome of every rule of a run for enterprises that the actor was found to see."""
    found: dict[int, dict[str, str]] = {}
    rows = Outcome.objects.filter(run=run, enterprise__in=list(ids)).order_by("enterprise_id", "rule_id")
    for id, rule, outcome in rows.values_list("enterprise_id", "rule__key", "outcome"):
        found.setdefault(id, {})[rule] = OUTCOMES[outcome]
    return found
