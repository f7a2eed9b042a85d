"""Titles and records of a snapshot: those of the same source are replaced where they differ."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from typing import Any, TypeVar

import pyarrow.parquet as pq  # type: ignore[import-untyped, unused-ignore]
from django.db.models import Model

from keqiao.facts.keys import Key
from keqiao.facts.snapshot import Snapshot
from keqiao.platform.enterprises.models import Batch, Enterprise, Record, Title
from keqiao.platform.enterprises.recording.precedence import group

_PIECE = 900
Kept = TypeVar("Kept", bound=Model)


def record_titles(batch: Batch, snapshot: Snapshot, of_keys: list[int]) -> int:
    """Record the titles of all enterprises whose titles the snapshot knows; returns how many were added or ended."""
    column = pq.read_table(snapshot.facts_path, columns=["titles"]).column(0) if "titles" in snapshot.columns else None
    if column is None or column.null_count == len(column):
        return 0
    given: dict[int, list[tuple[str, dt.date | None, dt.date | None]]] = {
        id: [(t["title"].removeprefix("title."), t["from"], t["to"]) for t in titles]
        for id, titles in zip(of_keys, column.to_pylist(), strict=True)
        if titles is not None
    }
    known: dict[int, dict[tuple[str, dt.date | None, dt.date | None], int]] = {}
    for piece in _pieces(given):
        found = Title.objects.filter(enterprise_id__in=piece, ended_by__isnull=True, batch__source=batch.source, batch__kind__in=group(batch.kind))
        for pk, id, title, since, until in found.values_list("pk", "enterprise_id", "title", "since", "until"):
            known.setdefault(id, {})[title, since, until] = pk
    ended = [pk for id, old in known.items() for key, pk in old.items() if key not in set(given[id])]
    added = [
        Title(enterprise_id=id, title=title, since=since, until=until, batch=batch)
        for id, titles in given.items()
        for title, since, until in dict.fromkeys(titles)
        if (title, since, until) not in known.get(id, {})
    ]
    for piece in _pieces(ended):
        Title.objects.filter(pk__in=piece).update(ended_by=batch)
    Title.objects.bulk_create(added, batch_size=100)
    for piece in _pieces(given):
        Enterprise.objects.filter(pk__in=piece, titles_known=False).update(titles_known=True)
    return len(added) + len(ended)


def record_records(batch: Batch, snapshot: Snapshot, ids: dict[Key, int]) -> int:
    """Record the records of every kind that the snapshot has, which are complete for all its enterprises."""
    return sum(_of_kind(batch, snapshot, kind, ids) for kind in snapshot.record_kinds())


def _of_kind(batch: Batch, snapshot: Snapshot, kind: str, ids: dict[Key, int]) -> int:
    table = snapshot.records(kind)
    given: dict[int, dict[str, dict[str, Any]]] = {}
    for row in table.to_pylist() if table is not None else ():
        id = ids[row.pop("scheme"), row.pop("id")]
        data = {name: value.isoformat() if isinstance(value, dt.date) else value for name, value in row.items() if value is not None}
        given.setdefault(id, {})[json.dumps(data, ensure_ascii=False, sort_keys=True)] = data
    known: dict[int, dict[str, int]] = {}
    ended: list[int] = []
    for piece in _pieces(ids.values()):
        found = Record.objects.filter(
            enterprise_id__in=piece, kind=kind, ended_by__isnull=True, batch__source=batch.source, batch__kind__in=group(batch.kind)
        )
        for pk, id, data in found.values_list("pk", "enterprise_id", "data"):
            text = json.dumps(data, ensure_ascii=False, sort_keys=True)
            known.setdefault(id, {})[text] = pk
            if text not in given.get(id, {}):
                ended.append(pk)
    added = [
        Record(enterprise_id=id, kind=kind, data=data, batch=batch)
        for id, records in given.items()
        for text, data in records.items()
        if text not in known.get(id, {})
    ]
    for piece in _pieces(ended):
        Record.objects.filter(pk__in=piece).update(ended_by=batch)
    Record.objects.bulk_create(added, batch_size=100)
    return len(added) + len(ended)


def _pieces(ids: Iterable[int]) -> Iterable[list[int]]:
    listed = list(ids)
    for start in range(0, len(listed), _PIECE):
        yield listed[start : start + _PIECE]
