"""Reading the chain; only an audit administrator does."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from keqiao.platform.actor import Actor, Role
from keqiao.platform.audit.models import Event, Head
from keqiao.platform.clock import ZONE

#: More hits than this are not counted, so that a search over a million events stays quick.
COUNTED = 100_000


@dataclass(frozen=True)
class Search:
    """What to look for; empty fields do not narrow. Days are of Asia/Shanghai, both included.

    ``person`` is part of the actor's label or a user's number; ``object`` is ``type``, ``type:id`` or an id;
    ``act`` the beginning of a tag; ``success`` ``yes``, ``no`` or empty.
    """

    first: dt.date | None = None
    last: dt.date | None = None
    person: str = ""
    object: str = ""
    act: str = ""
    success: str = ""
    number: int | None = None


def visible_to(actor: Actor) -> QuerySet[Event]:
    """All events for an audit administrator, none for anyone else."""
    return Event.objects.all() if actor.role is Role.AUDITOR else Event.objects.none()


def search(actor: Actor, wanted: Search) -> QuerySet[Event]:
    """The events that fit, newest first."""
    found = visible_to(actor).order_by("-number")
    if wanted.number is not None:
        found = found.filter(number=wanted.number)
    if wanted.first is not None:
        found = found.filter(at__gte=dt.datetime.combine(wanted.first, dt.time(), ZONE))
    if wanted.last is not None:
        found = found.filter(at__lt=dt.datetime.combine(wanted.last + dt.timedelta(days=1), dt.time(), ZONE))
    if wanted.person:
        by_number = Q(actor_id=int(wanted.person)) if _is_id(wanted.person) else Q()
        found = found.filter(Q(actor_label__icontains=wanted.person) | by_number)
    if wanted.object:
        kind, _, id = wanted.object.rpartition(":")
        if kind:
            found = found.filter(object_type__icontains=kind, object_id=id)
        else:
            found = found.filter(Q(object_id=wanted.object) | Q(object_type__icontains=wanted.object))
    if wanted.act:
        found = found.filter(tag__startswith=wanted.act)
    if wanted.success:
        found = found.filter(success=wanted.success == "yes")
    return found


def count(found: QuerySet[Event]) -> int:
    """How many fit, at most `COUNTED`."""
    return found.order_by()[:COUNTED].count()


def rows(found: QuerySet[Event], batch: int = 2000) -> Iterator[Event]:
    """All events of a search, oldest first, a batch in memory."""
    after = 0
    ordered = found.order_by("number")
    while batch_rows := list(ordered.filter(number__gt=after)[:batch]):
        yield from batch_rows
        after = batch_rows[-1].number


def acts(actor: Actor) -> list[str]:
    """The first words of all tags in the chain, for the filter; one look into the index for each."""
    found: list[str] = []
    events, after = visible_to(actor), ""
    while tag := events.filter(tag__gt=after).order_by("tag").values_list("tag", flat=True).first():
        first = tag.split(":")[0]
        found.append(first)
        after = f"{first}:\U0010ffff"
    return found


def get_event(actor: Actor, number: int) -> Event | None:
    """One event, None where there is none for the actor."""
    return visible_to(actor).filter(number=number).first()


def checks(actor: Actor) -> QuerySet[Head]:
    """The history of heads and checks, newest first."""
    found = Head.objects.order_by("-pk")
    return found if actor.role is Role.AUDITOR else found.none()


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19
