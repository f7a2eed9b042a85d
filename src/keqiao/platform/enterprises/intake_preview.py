"""What an import would change in the record: counts by indicator, the largest changes, who is new and who is not given."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from keqiao.facts.snapshot import Snapshot
from keqiao.platform.actor import Actor
from keqiao.platform.enterprises.models import Batch
from keqiao.platform.enterprises.queries import visible_to
from keqiao.platform.enterprises.recording import loading
from keqiao.platform.enterprises.recording.belonging import Reach
from keqiao.platform.enterprises.recording.facts import Counts, compare
from keqiao.platform.enterprises.recording.loading import GIVEN, rows
from keqiao.platform.enterprises.recording.snapshot import enterprise_ids, sources_of, values_of

LARGEST = 50


class _Undo(Exception):
    """Rolls the temporary tables back."""


def preview(actor: Actor, snapshot: Snapshot, source: str) -> dict[str, Any]:
    """Compare a staged snapshot with the record; nothing is written."""
    keys = snapshot.keys()
    ids = enterprise_ids(keys)
    reach = Reach(None, actor.places)
    strangers = len(reach.strangers(ids.values()))
    new = [key for key in keys if key not in ids]
    for number, key in enumerate(new, 1):
        ids[key] = -number  # not in the record yet: all its values are new
    of_keys = [ids[key] for key in keys]
    counts = Counts()
    by_indicator: dict[str, dict[str, int]] = {}
    largest: list[dict[str, Any]] = []
    for name in sources_of(snapshot, source):
        try:
            with transaction.atomic(), loading.given(values_of(snapshot, of_keys, ids, name, source)):
                counts.add(compare(Batch(kind="import", source=name)))
                _by_indicator(by_indicator)
                largest += _largest(name)
                raise _Undo
        except _Undo:
            pass
    known = {id for id in ids.values() if id > 0}
    seen = set(visible_to(actor).values_list("pk", flat=True))
    largest.sort(key=lambda row: -row["weight"])
    return {
        "new": counts.new, "changed": counts.changed, "same": counts.same, "enterprises": len(keys), "created": len(new),
        "not_given": len(seen - known), "strangers": strangers,
        "indicators": sorted(({"indicator": key, **found} for key, found in by_indicator.items()), key=lambda row: (-row["changed"], -row["new"], row["indicator"])),
        "largest": largest[:LARGEST],
    }  # fmt: skip


def _by_indicator(found: dict[str, dict[str, int]]) -> None:
    """New, changed and same values of every indicator."""
    for key, given, same, changed in rows(
        "SELECT i.key, count(*), sum(CASE WHEN o.same THEN 1 ELSE 0 END), sum(CASE WHEN NOT o.same THEN 1 ELSE 0 END)"
        f" FROM {GIVEN} g JOIN enterprises_indicator i ON i.id = g.indicator_id LEFT JOIN kq_old o ON o.enterprise_id = g.enterprise_id"
        " AND o.indicator_id = g.indicator_id AND o.year = g.year GROUP BY i.key"
    ):
        one = found.setdefault(key, {"new": 0, "changed": 0, "same": 0})
        one["same"] += same or 0
        one["changed"] += changed or 0
        one["new"] += given - (same or 0) - (changed or 0)


def _largest(source: str) -> list[dict[str, Any]]:
    """The changed values, by how much they changed against what was there; changed texts come after figures."""
    found = rows(
        "SELECT e.id, e.name, i.key, o.year, f.number, f.text, g.number, g.text,"
        " CASE WHEN g.number IS NULL THEN 0 WHEN f.number = 0 THEN 1000000000.0 ELSE abs(1.0 * g.number - f.number) / abs(1.0 * f.number) END AS w"
        f" FROM kq_old o JOIN enterprises_fact f ON f.id = o.fact_id JOIN {GIVEN} g ON g.enterprise_id = o.enterprise_id"
        " AND g.indicator_id = o.indicator_id AND g.year = o.year JOIN enterprises_indicator i ON i.id = o.indicator_id"
        " JOIN enterprises_enterprise e ON e.id = o.enterprise_id WHERE NOT o.same ORDER BY w DESC, e.id, i.key, o.year LIMIT %s",
        [LARGEST],
    )
    return [
        {"enterprise": id, "name": name, "indicator": key, "year": year, "before": [n0, t0], "after": [n1, t1], "weight": float(w), "source": source}
        for id, name, key, year, n0, t0, n1, t1, w in found
    ]
