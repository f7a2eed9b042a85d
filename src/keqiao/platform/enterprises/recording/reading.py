"""Reading the record back: the prevailing values of enterprises."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

from keqiao.platform.enterprises.models import Fact


class Held(NamedTuple):
    """A current fact: its value, whose it is, since when, and whether rules read it."""

    fact_id: int
    year: int
    number: int | None
    text: str | None
    kind: str
    source: str
    batch_id: int
    recorded_at: dt.datetime
    prevails: bool


def facts_of(
    enterprise_ids: Iterable[int], *, indicators: Iterable[str] | None = None, rivals: bool = False
) -> dict[int, dict[str, list[Held]]]:
    """Current facts by enterprise and indicator, the latest year first; with ``rivals`` also those that do not prevail.

    The caller has made sure that the actor may read these enterprises.
    """
    found = Fact.objects.filter(enterprise_id__in=list(enterprise_ids), ended_by__isnull=True)
    if not rivals:
        found = found.filter(prevails=True)
    if indicators is not None:
        found = found.filter(indicator__key__in=list(indicators))
    out: dict[int, dict[str, list[Held]]] = {}
    for id, key, *rest in found.order_by("enterprise_id", "indicator_id", "-year", "-prevails", "-id").values_list(
        "enterprise_id", "indicator__key", "id", "year", "number", "text", "batch__kind", "batch__source", "batch_id",
        "batch__recorded_at", "prevails",
    ):  # fmt: skip
        out.setdefault(id, {}).setdefault(key, []).append(Held._make(rest))
    return out
