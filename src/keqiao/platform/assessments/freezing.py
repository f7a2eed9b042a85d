"""The record of one moment as a snapshot, with exactly the layout that an import writes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from keqiao.facts.mainsheet import MOST_YEARS_BACK
from keqiao.facts.snapshot import Snapshot, describe_columns, write_snapshot
from keqiao.facts.wide import TITLES_TYPE
from keqiao.packs.loader import Packs
from keqiao.platform.actor import Actor
from keqiao.platform.assessments.extras import batches_of, further_tables, record_fields, titles_of
from keqiao.platform.assessments.rivals import Rival, said_by
from keqiao.platform.assessments.streaming import aside, current_facts, one_moment
from keqiao.platform.enterprises.models import Batch, Enterprise, Indicator
from keqiao.platform.enterprises.queries import visible_to
from keqiao.rules.dimensions import SCALES
from keqiao.rules.vocabulary import Vocabulary

#: Told how many of how many pieces of the facts are read; may raise to stop.
Progress = Callable[[int, int], None]
#: Fewer than one in so many of all enterprises: their facts are looked up instead of all being read.
_ONE_IN = 10


@dataclass(frozen=True, slots=True)
class Frozen:
    """What was frozen: the snapshot, the database's ids by row of the table, and ids by key."""

    snapshot: Snapshot
    ids: dict[tuple[str, str], int]


@dataclass(slots=True)
class _Column:
    """One column of the table: values and where they are known; texts as Python objects."""

    kind: str
    values: np.ndarray[Any, Any]
    known: np.ndarray[Any, Any] | None

    @classmethod
    def of(cls, kind: str, rows: int) -> _Column:
        if kind == "text":
            return cls(kind, np.full(rows, None, object), None)
        return cls(kind, np.zeros(rows, np.int64), np.zeros(rows, np.bool_))

    def array(self) -> pa.Array:
        """The column in the type that a snapshot has."""
        if self.known is None:
            return pa.array(self.values, pa.string(), from_pandas=True)
        made = pa.array(self.values, pa.int64(), mask=~self.known)
        if self.kind == "date":
            return made.cast(pa.int32()).cast(pa.date32())
        return made.cast(pa.bool_()) if self.kind == "flag" else made


@dataclass(slots=True)
class _Wide:
    """Collects facts into columns: by (indicator id of the vocabulary, years back)."""

    vocabulary: Vocabulary
    year: int
    place: np.ndarray[Any, Any]
    rows: int
    keys: dict[int, str]
    columns: dict[tuple[str, int], _Column] = field(default_factory=dict)
    rivals: list[Rival] = field(default_factory=list)
    #: the batches that an indicator's values come from
    batches: dict[str, set[int]] = field(default_factory=dict)

    def add(self, piece: pa.Table) -> None:
        """Take one piece of the table of facts."""
        enterprise = piece["enterprise"].to_numpy()
        row = self.place[np.minimum(enterprise, len(self.place) - 1)]
        indicator, year = piece["indicator"].to_numpy(), piece["year"].to_numpy()
        number, text = piece["number"].combine_chunks(), piece["text"].combine_chunks()
        batch, prevails = piece["batch"].to_numpy(), piece["prevails"].to_numpy() != 0
        self._keep_rivals(piece, np.flatnonzero((row >= 0) & ~prevails))
        slot = indicator.astype(np.int64) * 65_536 + year
        mine = np.flatnonzero((row >= 0) & prevails)
        if not len(mine):
            return
        order = mine[np.argsort(slot[mine], kind="stable")]
        starts = np.flatnonzero(np.r_[True, np.diff(slot[order]) != 0])
        numbers = pc.fill_null(number, 0).to_numpy(zero_copy_only=False)
        counted = np.asarray(pc.is_valid(number))
        for start, end in zip(starts, [*starts[1:], len(order)], strict=True):
            some = order[start:end]
            found = self._column(self.keys.get(int(indicator[some[0]]), ""), int(year[some[0]]))
            if found is None:
                continue
            id, column = found
            self.batches.setdefault(id, set()).update(np.unique(batch[some]).tolist())
            if column.known is None:
                column.values[row[some]] = text.take(pa.array(some)).to_numpy(zero_copy_only=False)
            else:
                column.values[row[some]] = numbers[some]
                column.known[row[some]] = counted[some]

    def _column(self, id: str, year: int) -> tuple[str, _Column] | None:
        """The column of a fact; None for what the vocabulary does not know or the year cannot see."""
        indicator = self.vocabulary.indicators.get(id)
        if indicator is None or indicator.is_title:
            return None
        back = 0 if indicator.period == "static" else self.year - year
        if not 0 <= back <= MOST_YEARS_BACK:
            return None
        column = self.columns.get((id, back))
        if column is None:
            name = indicator.dimension.name
            kind = name if name in ("date", "flag") else "number" if name in SCALES else "text"
            column = self.columns[id, back] = _Column.of(kind, self.rows)
        return id, column

    def _keep_rivals(self, piece: pa.Table, rows: np.ndarray[Any, Any]) -> None:
        for one in piece.take(pa.array(rows)).to_pylist() if len(rows) else ():
            id = self.keys.get(one["indicator"], "")
            if self._column(id, one["year"]) is not None:
                self.rivals.append(Rival(one["enterprise"], one["indicator"], id, one["year"], one["number"], one["text"], one["batch"], False))


def freeze(
    actor: Actor, out: Path, *, year: int, as_of: dt.date, packs: Packs, label: str = "", progress: Progress | None = None
) -> Frozen:
    """Write what the actor may read now as a snapshot folder at ``out``, complete or not at all.

    ``year`` is the case's year; facts of later years stay out. Raises `KeqiaoError` where ``out`` exists or the disk
    fails, and whatever ``progress`` raises.
    """
    with aside(progress) as tell, one_moment():
        seen = list(visible_to(actor).order_by("scheme", "code").values_list("pk", "scheme", "code", "name", "titles_known"))
        ids = [row[0] for row in seen]
        place = np.full(max(ids, default=0) + 2, -1, np.int64)
        place[ids] = np.arange(len(ids))
        wide = _Wide(packs.vocabulary, year, place, len(ids), dict(Indicator.objects.values_list("pk", "key")))
        few = ids if len(ids) * _ONE_IN < Enterprise.objects.count() else None
        for piece, done, total in current_facts(few):
            wide.add(piece)
            tell(done, total)
        _fill_names(wide, [row[3] for row in seen])
        table = _table(wide, seen, titles_of(actor, ids))
        batches = batches_of({batch for used in wide.batches.values() for batch in used} | {rival.batch for rival in wide.rivals})
        tables = further_tables(actor, ids, [(row[1], row[2]) for row in seen], wide.rivals, packs, batches, year)
    manifest = {
        "year": year, "as_of": as_of.isoformat(), "label": label, "sources": _sources(batches.values()),
        "columns": _described(wide, table.column_names, batches), "warnings": 0,
    }  # fmt: skip
    fields = record_fields(packs, tables)
    write_snapshot(table, manifest | ({"records": fields} if fields else {}), out, tables)
    return Frozen(Snapshot.open(out, packs.vocabulary), {(row[1], row[2]): row[0] for row in seen})


def _fill_names(wide: _Wide, names: Sequence[str]) -> None:
    """The register's name where no fact tells one."""
    if "name" in wide.vocabulary.indicators and names:
        column = wide.columns.setdefault(("name", 0), _Column.of("text", wide.rows))
        column.values = np.array([told or name for told, name in zip(column.values, names, strict=True)], object)


def _table(wide: _Wide, seen: Sequence[tuple[Any, ...]], titles: dict[int, list[dict[str, Any]]]) -> pa.Table:
    columns: dict[str, pa.Array] = {
        "scheme": pa.array([row[1] for row in seen], pa.string()), "id": pa.array([row[2] for row in seen], pa.string())
    }  # fmt: skip
    for id in wide.vocabulary.sort({id for id, _ in wide.columns}):
        for back in sorted({0, *(back for other, back in wide.columns if other == id)}):
            first = next(column for (other, _), column in wide.columns.items() if other == id)
            column = wide.columns.get((id, back)) or _Column.of(first.kind, wide.rows)
            columns[id if back == 0 else f"{id}__{back}"] = column.array()
    held = [titles.get(row[0], []) if row[4] else None for row in seen]
    columns["titles"] = pa.array(held, TITLES_TYPE)
    return pa.table(columns)


def _described(wide: _Wide, names: Sequence[str], batches: dict[int, Batch]) -> dict[str, dict[str, object]]:
    """Columns for the manifest, with the source of those whose values all come from one."""
    columns = describe_columns(wide.vocabulary, names)
    for id, used in wide.batches.items():
        sources = {said_by(batches[batch]) for batch in used}
        if len(sources) == 1 and "" not in sources and not any(rival.id == id for rival in wide.rivals):
            columns[id]["source"] = sources.pop()
    return columns


def _sources(batches: Iterator[Batch] | Any) -> list[dict[str, object]]:
    """The files that the facts come from, as a manifest lists them."""
    found: list[dict[str, object]] = []
    for batch in sorted(batches, key=lambda one: one.pk):
        for file in batch.files:
            entry = {"file": str(file.get("name", "")), "sha256": str(file.get("sha256", "")), "rows": int(file.get("rows") or 0)}
            found.append(entry | ({"source": batch.source} if batch.source else {}))
    return found
