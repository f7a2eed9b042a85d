"""`record_snapshot`: a staged snapshot into the record, with all its years, sources, titles, records and places."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped, unused-ignore]
import pyarrow.compute as pc  # type: ignore[import-untyped, unused-ignore]
import pyarrow.parquet as pq  # type: ignore[import-untyped, unused-ignore]

from keqiao.facts.keys import Key
from keqiao.facts.snapshot import Snapshot
from keqiao.platform.audit.services import writing
from keqiao.platform.enterprises.models import Batch, Enterprise
from keqiao.platform.enterprises.recording.belonging import Reach, record_links, record_places, settle_homes
from keqiao.platform.enterprises.recording.facts import Counts, record_rows
from keqiao.platform.enterprises.recording.held import record_records, record_titles
from keqiao.platform.enterprises.recording.loading import Row
from keqiao.platform.enterprises.recording.precedence import source_name
from keqiao.platform.enterprises.recording.values import indicator_ids, stored_of, word_of
from keqiao.rules.quantities import read_fact

_NOT_FACTS = ("scheme", "id", "titles", "uscc")
_PIECE = 900


def record_snapshot(batch: Batch, snapshot: Snapshot, reach: Reach, *, synthetic: bool = False) -> Counts:
    """Record all that a snapshot says, inside an open write; sets and saves ``batch.counts``.

    ``batch.source`` is the source of every value whose own is not named; values of other sources make batches that
    are ``part_of`` it. ``reach`` says where new enterprises lie and which places may be written. Raises `Refused`
    where an enterprise lies outside of them.
    """
    if not writing():
        raise RuntimeError("facts are recorded inside `written`")
    keys = snapshot.keys()
    ids = enterprise_ids(keys)
    reach.refuse_strangers(ids.values())
    made = _make(keys, ids, synthetic)
    counts = Counts(created=len(made))
    of_keys = [ids[key] for key in keys]
    settle_homes(made, reach, snapshot, of_keys)
    for source in sources_of(snapshot, batch.source):
        part = batch if source == batch.source else _part(batch, source)
        found = record_rows(part, values_of(snapshot, of_keys, ids, source, batch.source))
        if part is not batch:
            part.counts = found.as_json()
            part.save(update_fields=["counts"])
        counts.add(found)
    counts.titles = record_titles(batch, snapshot, of_keys)
    counts.records = record_records(batch, snapshot, ids)
    record_links(batch, snapshot, ids)
    record_places(snapshot, ids, reach)
    counts.enterprises = len(keys)
    batch.counts = counts.as_json()
    batch.save(update_fields=["counts"])
    return counts


def enterprise_ids(keys: Iterable[Key]) -> dict[Key, int]:
    """The ids of those enterprises that the record has already, by key."""
    found: dict[Key, int] = {}
    by_scheme: dict[str, list[str]] = {}
    for scheme, code in keys:
        by_scheme.setdefault(scheme, []).append(code)
    for scheme, codes in by_scheme.items():
        for start in range(0, len(codes), _PIECE):
            rows = Enterprise.objects.filter(scheme=scheme, code__in=codes[start : start + _PIECE]).values_list("code", "pk")
            found |= {(scheme, code): pk for code, pk in rows}
    return found


def _make(keys: Iterable[Key], ids: dict[Key, int], synthetic: bool) -> list[int]:
    """Create the enterprises that are new, named by their code until their name is recorded; adds them to ``ids``."""
    missing = [key for key in keys if key not in ids]
    Enterprise.objects.bulk_create(
        [Enterprise(scheme=scheme, code=code, name=code, is_synthetic=synthetic) for scheme, code in missing], batch_size=100
    )
    made = enterprise_ids(missing)
    ids |= made
    return sorted(made.values())


def _part(batch: Batch, source: str) -> Batch:
    return Batch.objects.create(
        kind=batch.kind, source=source, office=batch.office, by=batch.by, year=batch.year, recorded_at=batch.recorded_at,
        files=batch.files, part_of=batch,
    )  # fmt: skip


def named(source: str | None, default: str) -> str:
    """A value's source as the record writes it; ``default`` where none is named."""
    return source_name("import", source)[:40] if source else default


def sources_of(snapshot: Snapshot, default: str) -> list[str]:
    """All sources that speak in a snapshot, the default first."""
    found = {named(info.get("source"), default) for info in snapshot.manifest["columns"].values()}
    table = snapshot.table("sources.parquet")
    if table is not None:
        found |= {named(source, default) for source in pc.unique(table["source"]).to_pylist()}
    return [default, *sorted(found - {default})]


def values_of(snapshot: Snapshot, of_keys: list[int], ids: dict[Key, int], source: str, default: str) -> Iterator[Row]:
    """The values of one source, ordered by indicator; ``of_keys`` are enterprises in the order of the table."""
    others, spoken = _spoken(snapshot, ids, default)
    columns = [name for name in snapshot.columns if name not in _NOT_FACTS]
    numbers = indicator_ids({name.partition("__")[0] for name in columns})
    info: dict[str, Any] = snapshot.manifest["columns"]
    for name in columns:
        id, _, back = name.partition("__")
        own = named(info.get(id, {}).get("source"), default)
        special = others.get((id, int(back or 0)), {})
        if own != source and not special:
            continue
        year = 0 if info[id]["period"] == "static" else snapshot.year - int(back or 0)
        number = numbers[id]
        column = pq.read_table(snapshot.facts_path, columns=[name]).column(0)
        is_text, values = _stored(column)
        for enterprise, value in zip(of_keys, values, strict=True):
            if value is None or (special.get(enterprise, own) if special else own) != source:
                continue
            yield (enterprise, number, year, None, value) if is_text else (enterprise, number, year, value, None)
    for id, year, enterprise, value in spoken.get(source, ()):
        word = word_of(id)
        read = read_fact(word, value)
        if read is not None:
            stored = stored_of(word, read)
            yield enterprise, numbers[id], year, stored.number, stored.text


def _spoken(
    snapshot: Snapshot, ids: dict[Key, int], default: str
) -> tuple[dict[tuple[str, int], dict[int, str]], dict[str, list[tuple[str, int, int, str]]]]:
    """From ``sources.parquet``: whose each value of the wide table is, and the rivals by source."""
    others: dict[tuple[str, int], dict[int, str]] = {}
    rivals: dict[str, list[tuple[str, int, int, str]]] = {}
    table = snapshot.table("sources.parquet")
    seen: set[tuple[str, str, int, int]] = set()
    for row in table.to_pylist() if table is not None else ():
        enterprise, source = ids[row["scheme"], row["id"]], named(row["source"], default)
        place = (source, row["indicator"], row["year"] or 0, enterprise)
        if row["prevails"]:
            back = 0 if row["year"] is None else snapshot.year - row["year"]
            others.setdefault((row["indicator"], back), {})[enterprise] = source
            seen.add(place)
        elif place not in seen:  # of two values of one source the one that prevails is its word
            seen.add(place)
            rivals.setdefault(source, []).append((row["indicator"], row["year"] or 0, enterprise, row["value"]))
    return others, rivals


def _stored(column: pa.ChunkedArray) -> tuple[bool, list[Any]]:
    """A column of the snapshot as facts hold it: whether it is text, and its values."""
    kind = column.type
    if pa.types.is_date32(kind):
        return False, column.cast(pa.int32()).to_pylist()
    if pa.types.is_boolean(kind):
        return False, column.cast(pa.int8()).to_pylist()
    if pa.types.is_integer(kind):
        return False, column.to_pylist()
    return True, [None if text is None else text[:400] for text in column.to_pylist()]


