"""What a snapshot holds beside the facts: titles, records, parks, renames, and values of several sources."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa
from django.db.models import QuerySet

from keqiao.facts.exact import column_info
from keqiao.packs.loader import Packs
from keqiao.packs.records import RecordKind
from keqiao.platform.actor import Actor
from keqiao.platform.assessments.rivals import Rival, sources_table, with_prevailing
from keqiao.platform.enterprises.models import Batch, Link, Record, Residence, Title
from keqiao.platform.enterprises.queries import visible_to
from keqiao.rules.dimensions import SCALES

#: What a title's id begins with in the vocabulary; the record leaves it out.
_TITLE = "title."
_EPOCH = dt.date(1970, 1, 1)
Key = tuple[str, str]


def titles_of(actor: Actor, ids: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    """Titles that nothing has ended, by the enterprise's id, in the order of their entry."""
    wanted, found = set(ids), dict[int, list[dict[str, Any]]]()
    rows = _of(Title.objects.filter(ended_by__isnull=True), actor).order_by("pk")
    for enterprise, title, since, until in rows.values_list("enterprise_id", "title", "since", "until").iterator(20_000):
        if enterprise in wanted:
            found.setdefault(enterprise, []).append({"title": _TITLE + title.removeprefix(_TITLE), "from": since, "to": until})
    return found


def batches_of(ids: Iterable[int]) -> dict[int, Batch]:
    """Batches by id."""
    return Batch.objects.in_bulk(list(ids))


def further_tables(
    actor: Actor, ids: Sequence[int], keys: Sequence[Key], rivals: Sequence[Rival], packs: Packs, batches: Mapping[int, Batch], year: int
) -> dict[str, pa.Table]:
    """The further tables of a snapshot by their path in it; those without rows are left out.

    ``keys`` run alongside ``ids``.
    """
    by_id = dict(zip(ids, keys, strict=True))
    found: dict[str, pa.Table | None] = {
        f"records/{kind.id}.parquet": _records(kind, actor, by_id) for kind in packs.records.values()
    }
    found["places.parquet"] = _places(actor, by_id)
    found["links.parquet"] = _links(actor, by_id)
    every = with_prevailing(rivals)
    lacking = {one.batch for one in every} - batches.keys()
    found["sources.parquet"] = sources_table(every, by_id, packs, {**batches, **batches_of(lacking)})
    return {name: table for name, table in found.items() if table is not None}


def record_fields(packs: Packs, tables: Mapping[str, pa.Table]) -> dict[str, dict[str, object]]:
    """For the manifest: the fields of each kind of record that the snapshot has."""
    return {
        id: {part.indicator.id: column_info(part.indicator) for part in kind.fields}
        for id, kind in packs.records.items() if f"records/{id}.parquet" in tables
    }  # fmt: skip


def _of(rows: QuerySet[Any], actor: Actor) -> QuerySet[Any]:
    return rows.filter(enterprise__in=visible_to(actor))


def _records(kind: RecordKind, actor: Actor, keys: Mapping[int, Key]) -> pa.Table | None:
    rows = _of(Record.objects.filter(kind=kind.id, ended_by__isnull=True), actor)
    found = [(keys[e], data) for e, data in rows.values_list("enterprise_id", "data").iterator(20_000) if e in keys]
    if not found:
        return None
    columns = {"scheme": pa.array([k[0] for k, _ in found], pa.string()), "id": pa.array([k[1] for k, _ in found], pa.string())}
    for part in kind.fields:
        id, name = part.indicator.id, part.indicator.dimension.name
        values = [data.get(id) for _, data in found]
        if name == "date":
            columns[id] = pa.array([_day(value) for value in values], pa.date32())
        elif name in SCALES:
            columns[id] = pa.array(values, pa.int64())
        else:
            columns[id] = pa.array(values, pa.bool_() if name == "flag" else pa.string())
    return pa.table(columns).sort_by([(name, "ascending") for name in ("scheme", "id", *kind.key)])


def _day(value: Any) -> dt.date | None:
    """A stored day: days since 1970-01-01, or as ISO text."""
    if value is None:
        return None
    return _EPOCH + dt.timedelta(days=value) if isinstance(value, int) else dt.date.fromisoformat(value)


def _places(actor: Actor, keys: Mapping[int, Key]) -> pa.Table | None:
    rows = _of(Residence.objects.all(), actor).values_list("enterprise_id", "place__code", "place__name", "since", "until")
    found = sorted(
        ((*keys[e], code, name, since, until) for e, code, name, since, until in rows.iterator(20_000) if e in keys),
        key=lambda row: (*row[:3], row[4] or dt.date.max),
    )
    kinds = (pa.string(), pa.string(), pa.string(), pa.string(), pa.date32(), pa.date32())
    return _columns(("scheme", "id", "place", "name", "from", "to"), kinds, found)


def _links(actor: Actor, keys: Mapping[int, Key]) -> pa.Table | None:
    rows = _of(Link.objects.all(), actor).select_related("enterprise").order_by("enterprise__scheme", "enterprise__code", "on", "old_code")
    found = [
        (*keys[link.enterprise_id], link.old_scheme or None, link.old_code or None, link.old_name or None, link.enterprise.name, link.on, link.kind)
        for link in rows if link.enterprise_id in keys
    ]  # fmt: skip
    names = ("scheme", "id", "old_scheme", "old_id", "old_name", "new_name", "on", "kind")
    return _columns(names, (*[pa.string()] * 6, pa.date32(), pa.string()), found)


def _columns(names: Sequence[str], kinds: Sequence[pa.DataType], rows: Sequence[Sequence[Any]]) -> pa.Table | None:
    if not rows:
        return None
    return pa.table({name: pa.array([row[i] for row in rows], kinds[i]) for i, name in enumerate(names)})
