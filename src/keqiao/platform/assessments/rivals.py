"""Facts that several sources give: the table ``sources.parquet`` of a snapshot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
from django.db.models import Q

from keqiao.facts.exact import text_of_stored
from keqiao.packs.loader import Packs
from keqiao.platform.enterprises.models import Batch, Fact
from keqiao.platform.enterprises.recording.precedence import source_name
from keqiao.rules.vocabulary import Indicator

_UNIX = 719_163  # the ordinal of 1970-01-01
_PIECE = 300


@dataclass(frozen=True, slots=True)
class Rival:
    """One of several current values: ``indicator`` is the database's id, ``id`` the vocabulary's."""

    enterprise: int
    indicator: int
    id: str
    year: int
    number: int | None
    text: str | None
    batch: int
    prevails: bool


def said_by(batch: Batch) -> str:
    """The source of a batch as the vocabulary names it."""
    return source_name(batch.kind, batch.source)


def with_prevailing(rivals: Sequence[Rival]) -> list[Rival]:
    """The rivals with the values that prevail over them."""
    found = list(rivals)
    names = {rival.indicator: rival.id for rival in rivals}
    wanted = {(rival.enterprise, rival.indicator, rival.year) for rival in rivals}
    ids = sorted({place[0] for place in wanted})
    for start in range(0, len(ids), _PIECE):
        rows = Fact.objects.filter(
            Q(enterprise__in=ids[start : start + _PIECE]), indicator__in=list(names), ended_by__isnull=True, prevails=True
        ).values_list("enterprise_id", "indicator_id", "year", "number", "text", "batch_id")
        found += [Rival(e, i, names[i], y, n, t, b, True) for e, i, y, n, t, b in rows.iterator() if (e, i, y) in wanted]
    return found


def sources_table(rivals: Sequence[Rival], keys: Mapping[int, tuple[str, str]], packs: Packs, batches: Mapping[int, Batch]) -> pa.Table | None:
    """The values with their sources as an import writes them; None where no fact has several.

    ``keys`` are (scheme, code) by the database's id; rows in the order of keys, indicator, newest year first.
    """
    if not rivals:
        return None
    indicators = packs.vocabulary.indicators
    confidence = {word.label: word.confidence for word in packs.sources_of_facts}
    rows = sorted(
        ((keys[one.enterprise], one, said_by(batches[one.batch])) for one in rivals),
        key=lambda row: (row[0], row[1].id, -row[1].year, not row[1].prevails, row[2]),
    )
    static = {one.id for _, one, _ in rows if indicators[one.id].period == "static"}
    return pa.table({
        "scheme": pa.array([key[0] for key, _, _ in rows], pa.string()),
        "id": pa.array([key[1] for key, _, _ in rows], pa.string()),
        "indicator": pa.array([one.id for _, one, _ in rows], pa.string()),
        "year": pa.array([None if one.id in static else one.year for _, one, _ in rows], pa.int64()),
        "value": pa.array([_text(indicators[one.id], one) for _, one, _ in rows], pa.string()),
        "source": pa.array([source for _, _, source in rows], pa.string()),
        "confidence": pa.array([confidence.get(source) for _, _, source in rows], pa.string()),
        "prevails": pa.array([one.prevails for _, one, _ in rows], pa.bool_()),
    })  # fmt: skip


def _text(indicator: Indicator, one: Rival) -> str:
    if one.number is None:
        return one.text or ""
    return text_of_stored(indicator, one.number + _UNIX if indicator.dimension.name == "date" else one.number)
