"""What enterprises carry of their facts for lists and filters: name, industry, stage, size."""

from __future__ import annotations

from django.db import connection

from keqiao.platform.enterprises.models import Enterprise
from keqiao.platform.enterprises.recording.loading import rows

#: Indicator to the field of the enterprise that repeats it.
COPIED = {"name": "name", "size_industry": "industry", "stage": "stage", "size_class": "size"}
_PIECE = 900


def copy_to_enterprises(enterprises: str) -> int:
    """Copy the prevailing values of the latest year; ``enterprises`` is a query of ids. Returns how many changed."""
    latest: dict[int, dict[str, tuple[int, str]]] = {}
    marks = ", ".join(["%s"] * len(COPIED))
    for id, key, year, text in rows(
        "SELECT f.enterprise_id, i.key, f.year, f.text FROM enterprises_fact f JOIN enterprises_indicator i ON i.id = f.indicator_id"
        f" WHERE i.key IN ({marks}) AND f.ended_by_id IS NULL AND f.prevails AND f.text IS NOT NULL AND f.enterprise_id IN ({enterprises})",
        COPIED,
    ):
        known = latest.setdefault(id, {})
        if key not in known or year > known[key][0]:
            known[key] = (year, text)
    limits = [int(getattr(Enterprise._meta.get_field(name), "max_length", 0)) for name in COPIED.values()]
    changed: list[list[str | int]] = []
    carried: dict[int, tuple[str, ...]] = {}
    ids = sorted(latest)
    for start in range(0, len(ids), _PIECE):
        found = Enterprise.objects.filter(pk__in=ids[start : start + _PIECE])
        carried |= {pk: tuple(now) for pk, *now in found.values_list("pk", "name", "industry", "stage", "size")}
    for id, before in carried.items():
        facts = zip(COPIED, before, limits, strict=True)
        after = [latest[id][key][1][:limit] if key in latest[id] else old for key, old, limit in facts]
        if after != [*before]:
            changed.append([*after, id])
    sets = ", ".join(f"{name} = %s" for name in COPIED.values())
    with connection.cursor() as cursor:
        cursor.executemany(f"UPDATE enterprises_enterprise SET {sets} WHERE id = %s", changed)
    return len(changed)
