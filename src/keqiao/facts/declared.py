"""What packs declare for an import beside the vocabulary: records, counts, sources and places."""

from __future__ import annotations

from dataclasses import dataclass, field

from keqiao.facts.places import Places
from keqiao.packs.loader import Packs
from keqiao.packs.records import Counted, RecordKind, SourceWord


@dataclass(frozen=True, slots=True)
class Declared:
    """Kinds of records, what is counted from them, sources in order of precedence, and places.

    ``places`` None: place codes are not checked.
    """

    records: tuple[RecordKind, ...] = ()
    counted: tuple[Counted, ...] = ()
    sources: tuple[SourceWord, ...] = ()
    places: Places | None = field(default=None)


def declared_of(packs: Packs) -> Declared:
    """Everything that loaded packs declare. Raises `PackError` where a declaration does not fit."""
    return Declared(
        tuple(packs.records.values()), tuple(packs.counted.values()), packs.sources_of_facts, Places(packs.places)
    )
