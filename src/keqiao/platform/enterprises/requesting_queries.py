"""Reading requests for facts: whom an office asked, who has seen and answered, who is late."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from keqiao.platform.actor import Actor, Role
from keqiao.platform.assessments.models import Outcome
from keqiao.platform.assessments.queries import latest_done
from keqiao.platform.clock import today
from keqiao.platform.enterprises import queries
from keqiao.platform.enterprises.models import Asked, Enterprise, Fact, FactRequest
from keqiao.platform.errors import NotVisible

#: `Outcome.outcome` of an enterprise of which facts are missing.
_UNKNOWN = 1
_PIECE = 900


@dataclass(frozen=True)
class Progress:
    """A request with how many enterprises were asked, have seen it, have answered, and are late."""

    request: FactRequest
    asked: int
    seen: int
    answered: int

    @property
    def late(self) -> int:
        """How many have not answered though the day is past."""
        over = self.request.due < today() and self.request.withdrawn_at is None
        return self.asked - self.answered if over else 0


@dataclass(frozen=True)
class Answer:
    """One enterprise that was asked: how many of the facts are known now."""

    asked: Asked
    known: int
    total: int
    late: bool


def visible_to(actor: Actor) -> QuerySet[FactRequest]:
    """The requests of the actor's office."""
    if actor.role is Role.AUTHORITY and actor.office_id is not None:
        return FactRequest.objects.filter(office=actor.office_id)
    return FactRequest.objects.none()


def get_request(actor: Actor, id: int) -> FactRequest:
    """One request of the own office. Raises `NotVisible`."""
    found = visible_to(actor).select_related("by", "office").filter(pk=id).first()
    if found is None:
        raise NotVisible
    return found


def visible_asked(actor: Actor) -> QuerySet[Asked]:
    """What the actor's enterprise was asked, withdrawn requests left out."""
    if actor.role is Role.ENTERPRISE and actor.enterprise_id is not None:
        return Asked.objects.filter(enterprise=actor.enterprise_id, request__withdrawn_at__isnull=True).select_related("request", "request__office")
    return Asked.objects.none()


def get_asked(actor: Actor, id: int) -> Asked:
    """One request to the own enterprise. Raises `NotVisible`."""
    found = visible_asked(actor).filter(pk=id).first()
    if found is None:
        raise NotVisible
    return found


def progress(requests: QuerySet[FactRequest]) -> list[Progress]:
    """Requests with their counts, the latest first."""
    counted = requests.annotate(
        n=Count("asked"), s=Count("asked", filter=Q(asked__seen_at__isnull=False)), a=Count("asked", filter=Q(asked__answered_at__isnull=False))
    )
    return [Progress(one, one.n, one.s, one.a) for one in counted.select_related("office", "by").order_by("-pk")]


def answers(actor: Actor, request: FactRequest, part: str, limit: int = 500) -> tuple[int, list[Answer]]:
    """The number and the first of the enterprises asked; ``part`` is late, open, seen, answered or all.

    An enterprise that has left the office's places since is counted and no longer named.
    """
    late = request.due < today() and request.withdrawn_at is None
    found = Asked.objects.filter(request=request, enterprise__in=queries.visible_to(actor).values("pk")).select_related("enterprise")
    if part in ("open", "late"):
        found = found.filter(answered_at__isnull=True)
    elif part == "answered":
        found = found.filter(answered_at__isnull=False)
    elif part == "seen":
        found = found.filter(answered_at__isnull=True, seen_at__isnull=False)
    many = list(found.order_by("answered_at", "enterprise__code")[:limit])
    known = known_of([one.enterprise_id for one in many], request.indicators, request.year)
    return found.count(), [
        Answer(one, len(known.get(one.enterprise_id, ())), len(request.indicators), late and one.answered_at is None) for one in many
    ]


def known_of(enterprises: Collection[int], indicators: Sequence[str], year: int) -> dict[int, set[str]]:
    """Which of the indicators have a current value for the year (or a static one), by enterprise."""
    found: dict[int, set[str]] = {}
    ids = sorted(enterprises)
    for start in range(0, len(ids), _PIECE):
        rows = Fact.objects.filter(
            enterprise_id__in=ids[start : start + _PIECE], indicator__key__in=list(indicators), year__in=(0, year), ended_by__isnull=True
        ).values_list("enterprise_id", "indicator__key")
        for id, key in rows:
            found.setdefault(id, set()).add(key)
    return found


def lacking(enterprises: Collection[int], indicators: Sequence[str], year: int) -> dict[str, int]:
    """Of how many enterprises each indicator is unknown."""
    known = known_of(enterprises, indicators, year)
    return {key: sum(key not in known.get(id, ()) for id in enterprises) for key in indicators}


def chosen(actor: Actor, ids: Iterable[str]) -> list[Enterprise]:
    """The enterprises of these ids that the actor may read, by code."""
    wanted = sorted({int(id) for id in ids if id.isdigit() and len(id) < 12})
    found: list[Enterprise] = []
    for start in range(0, len(wanted), _PIECE):
        found += queries.visible_to(actor).filter(pk__in=wanted[start : start + _PIECE])
    return sorted(found, key=lambda one: one.code)


def undecided(actor: Actor, rule: str) -> list[Enterprise]:
    """The enterprises whose outcome of a rule is unknown in the office's latest run, by code; none without a run."""
    run = latest_done(actor)
    if run is None:
        return []
    ids = Outcome.objects.filter(run=run, rule__key=rule, outcome=_UNKNOWN).values("enterprise_id")
    return list(queries.visible_to(actor).filter(pk__in=ids).order_by("code"))
