"""Reading enterprises and their facts; everything starts from `visible_to`."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from keqiao.platform.actor import Actor, Role
from keqiao.platform.clock import today
from keqiao.platform.enterprises.models import Enterprise, Residence
from keqiao.platform.errors import NotVisible


def visible_to(actor: Actor) -> QuerySet[Enterprise]:
    """The enterprises whose data the actor may read.

    An authority: those that lie today in a place of its office. An enterprise: itself. Nobody else; what an
    institution may read comes with consent.
    """
    if actor.role is Role.AUTHORITY and actor.places:
        day = today()
        here = Residence.objects.filter(
            Q(since__isnull=True) | Q(since__lte=day),
            Q(until__isnull=True) | Q(until__gte=day),
            enterprise=OuterRef("pk"),
            place__in=actor.places,
        )
        return Enterprise.objects.filter(Exists(here))
    if actor.role is Role.ENTERPRISE and actor.enterprise_id is not None:
        return Enterprise.objects.filter(pk=actor.enterprise_id)
    return Enterprise.objects.none()


def get_enterprise(actor: Actor, id: int) -> Enterprise:
    """One enterprise. Raises `NotVisible`."""
    found = visible_to(actor).filter(pk=id).first()
    if found is None:
        raise NotVisible
    return found
