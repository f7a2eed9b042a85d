"""Reading evidence files."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from keqiao.platform.actor import Actor, Role
from keqiao.platform.enterprises import queries as enterprises
from keqiao.platform.enterprises.models import Evidence
from keqiao.platform.errors import NotVisible


def visible_to(actor: Actor) -> QuerySet[Evidence]:
    """Files that the actor may open.

    An authority: those of its enterprises that were handed in (a draft's files are the enterprise's own business), and
    those of registrations for its places. An enterprise: its own.
    """
    kept = Evidence.objects.filter(wiped_at__isnull=True)
    own = Q(enterprise__in=enterprises.visible_to(actor).values("pk"))
    if actor.role is Role.AUTHORITY:
        handed_in = Q(declaration__isnull=True) | Q(declaration__state="submitted")
        return kept.filter(Q(registration__place__in=actor.places) | (own & handed_in & Q(registration__isnull=True)))
    if actor.role is Role.ENTERPRISE and actor.enterprise_id is not None:
        return kept.filter(own)
    return Evidence.objects.none()


def get_evidence(actor: Actor, id: int) -> Evidence:
    """One file. Raises `NotVisible`."""
    found = visible_to(actor).select_related("enterprise", "registration").filter(pk=id).first()
    if found is None:
        raise NotVisible
    return found
