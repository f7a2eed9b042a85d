"""What an enterprise's own pages read beside its standing: itself, and what changed lately."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from keqiao.errors import say
from keqiao.platform.actor import Actor, Role
from keqiao.platform.enterprises import objecting_queries, queries
from keqiao.platform.enterprises.models import Batch, Enterprise
from keqiao.platform.enterprises.recording.precedence import source_name
from keqiao.platform.errors import NotVisible


@dataclass(frozen=True)
class Change:
    """One thing that happened: when, and what in words; ``objection`` is its id where it is one."""

    at: dt.datetime
    text: str
    objection: int | None = None


def own_enterprise(actor: Actor) -> Enterprise:
    """The actor's enterprise. Raises `NotVisible` for everyone else."""
    if actor.role is not Role.ENTERPRISE or actor.enterprise_id is None:
        raise NotVisible
    return queries.get_enterprise(actor, actor.enterprise_id)


def changes(actor: Actor, limit: int = 6) -> list[Change]:
    """The latest declarations, decided objections, and batches that only this enterprise is in; the latest first."""
    enterprise = own_enterprise(actor)
    found = [
        Change(one.recorded_at, _batch_words(one)) for one in Batch.objects.filter(enterprise=enterprise, withdrawn_at=None).order_by("-recorded_at")[:limit]
    ]
    for one in objecting_queries.visible_to(actor).exclude(state="open").select_related("indicator", "enterprise", "fact").order_by("-decided_at")[:limit]:
        told = objecting_queries.told([one])[0]
        if one.decided_at is not None:
            found.append(Change(one.decided_at, say(f"异议{told.state}：{told.label}", f"objection {told.state}: {told.label}"), one.pk))
    return sorted(found, key=lambda change: change.at, reverse=True)[:limit]


def _batch_words(one: Batch) -> str:
    number = sum(one.counts.get(name, 0) for name in ("new", "changed"))
    source = source_name(one.kind, one.source)
    return say(f"{source}记入 {number} 项（{one.year} 年）", f"{number} facts of {one.year} recorded from {source}")
