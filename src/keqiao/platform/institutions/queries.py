"""Reading places, offices and institutions."""

from __future__ import annotations

from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet

from keqiao.platform.actor import Actor, Role
from keqiao.platform.errors import NotVisible
from keqiao.platform.institutions.models import Institution, Office, Place


def places_of_office(office: int) -> frozenset[int]:
    """Ids of the places that an office covers, with all below them."""
    paths = list(Place.objects.filter(offices=office).values_list("path", flat=True))
    if not paths:
        return frozenset()
    below = reduce(or_, (Q(path__startswith=path) for path in paths))
    return frozenset(Place.objects.filter(below).values_list("pk", flat=True))


def visible_offices(actor: Actor) -> QuerySet[Office]:
    """Offices whose page the actor may open: one's own; all for the system and security administrators."""
    if actor.role in (Role.SYSTEM, Role.SECURITY):
        return Office.objects.all()
    return Office.objects.filter(pk=actor.office_id) if actor.office_id else Office.objects.none()


def visible_institutions(actor: Actor) -> QuerySet[Institution]:
    """Institutions whose page the actor may open: one's own with its branches; all for system and security."""
    if actor.role in (Role.SYSTEM, Role.SECURITY):
        return Institution.objects.all()
    own = Institution.objects.filter(pk=actor.institution_id).first() if actor.institution_id else None
    return Institution.objects.filter(path__startswith=own.path) if own else Institution.objects.none()


def get_office(actor: Actor, id: object) -> Office:
    """One of the offices that the actor may open. Raises `NotVisible`."""
    found = visible_offices(actor).filter(pk=_number(id)).first()
    if found is None:
        raise NotVisible
    return found


def get_institution(actor: Actor, id: object) -> Institution:
    """One of the institutions that the actor may open. Raises `NotVisible`."""
    found = visible_institutions(actor).filter(pk=_number(id)).first()
    if found is None:
        raise NotVisible
    return found


def places(actor: Actor) -> QuerySet[Place]:
    """The tree of places from the top; places are public knowledge, so every user sees all."""
    return Place.objects.order_by("path") if actor.user is not None else Place.objects.none()


def get_place(actor: Actor, id: object) -> Place:
    """One place. Raises `NotVisible`."""
    found = places(actor).filter(pk=_number(id)).first()
    if found is None:
        raise NotVisible
    return found


def tree(actor: Actor) -> list[tuple[Place, int]]:
    """Places with their depth from 0, each below its parent and by code within it."""
    below: dict[int | None, list[Place]] = {}
    for place in places(actor).order_by("code"):
        below.setdefault(place.parent_id, []).append(place)
    found: list[tuple[Place, int]] = []

    def add(parent: int | None, depth: int) -> None:
        for place in below.get(parent, ()):
            found.append((place, depth))
            add(place.pk, depth + 1)

    add(None, 0)
    return found


def _number(id: object) -> int:
    text = str(id)
    return int(text) if text.isdecimal() and len(text) < 18 else 0
