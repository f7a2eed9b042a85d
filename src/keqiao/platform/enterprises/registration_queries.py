"""Reading registrations."""

from __future__ import annotations

from django.db.models import QuerySet

from keqiao.platform.actor import Actor, Role
from keqiao.platform.enterprises.models import Registration
from keqiao.platform.errors import NotVisible
from keqiao.platform.institutions.models import Place


def zones() -> QuerySet[Place]:
    """The places that have an office of their own which verifies enterprises, by code."""
    return Place.objects.filter(offices__is_active=True).distinct().order_by("code")


def visible_to(actor: Actor) -> QuerySet[Registration]:
    """An authority: the registrations for places of its office. Anyone else who is logged in: the own ones."""
    if actor.role is Role.AUTHORITY:
        return Registration.objects.filter(place__in=actor.places)
    if actor.user is not None and actor.role in (Role.VISITOR, Role.ENTERPRISE):
        return Registration.objects.filter(user=actor.user)
    return Registration.objects.none()


def get_registration(actor: Actor, id: int) -> Registration:
    """One registration. Raises `NotVisible`."""
    found = visible_to(actor).select_related("user", "place", "enterprise", "decided_by").filter(pk=id).first()
    if found is None:
        raise NotVisible
    return found
