"""What an import reads beside the main sheets and titles: records, links between keys, membership of places."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa  # type: ignore[import-untyped, unused-ignore]

from keqiao.facts.counted import count_records
from keqiao.facts.declared import Declared
from keqiao.facts.exact import column_info
from keqiao.facts.keys import Key
from keqiao.facts.links import LINKS, Links, drop_old_names, read_links, report_links
from keqiao.facts.mainsheet import MainSheet
from keqiao.facts.membership import MEMBERSHIP, check_region, membership_table
from keqiao.facts.problems import Findings, Mapped
from keqiao.facts.records import RecordReader
from keqiao.facts.sheets import RawSheet
from keqiao.facts.sources import Provenance
from keqiao.facts.wide import Wide
from keqiao.packs.records import RecordKind


@dataclass(slots=True)
class Extras:
    """Collects the further sheets of an import, reads them, and makes their tables."""

    declared: Declared
    as_of: dt.date
    findings: Findings
    sheets: list[tuple[RecordKind, RawSheet]] = field(default_factory=list)
    links: Links = field(default_factory=Links)
    _reader: RecordReader = field(init=False)

    def __post_init__(self) -> None:
        kinds = (*self.declared.records, LINKS, MEMBERSHIP)
        self._reader = RecordReader(kinds, self.as_of, self.findings)

    def take(self, sheet: RawSheet) -> bool:
        """Keep a sheet of records for reading; False where it is none."""
        kind = self._reader.kind_of(sheet)
        if kind is not None:
            self.sheets.append((kind, sheet))
        return kind is not None

    def read_links(self, mains: Sequence[MainSheet]) -> list[Mapped]:
        """Read the links, which tell under which key everything else is taken, and drop old names."""
        schemes = {main.scheme for main in mains}
        if len(schemes) == 1:
            self._reader.scheme = schemes.pop()
        mapping: list[Mapped] = []
        for kind, sheet in self.sheets:
            if kind is LINKS:
                mapping += self._reader.read(sheet, kind, {})
        self.links = read_links(self._reader.found.pop(LINKS.id, None), self.as_of, self.findings)
        drop_old_names(mains, self.links)
        return mapping

    def read_records(self, known: Collection[Key] | None, mains: Sequence[MainSheet]) -> list[Mapped]:
        """Read all other sheets. ``known`` are the enterprises (None: not to be checked)."""
        mapping: list[Mapped] = []
        for kind, sheet in self.sheets:
            if kind is not LINKS:
                mapping += self._reader.read(sheet, kind, self.links.renames)
        self._reader.check(known)
        if self.links.records is not None:
            main_keys = {key for main in mains for key in main.keys if key is not None}
            report_links(self.links, None if known is None else set(known), main_keys, self.findings)
        return mapping

    def count(self, wide: Wide, provenance: Provenance) -> None:
        """Count indicators from the records that were given, and check the places."""
        for counted in self.declared.counted:
            records = self._reader.found.get(counted.kind)
            if records is not None:
                count_records(wide, records, counted, self.as_of, self.findings, provenance)
        if self.declared.places is not None:
            check_region(wide, self.declared.places, self.findings)

    def rows(self) -> dict[str, int]:
        """How many records of each kind were read, by the kind's title."""
        found = {records.kind.title: len(records.keys) for records in self._reader.found.values()}
        if self.links.records is not None:
            found[LINKS.title] = len(self.links.records.keys)
        return found

    def tables(self, wide: Wide, provenance: Provenance) -> dict[str, pa.Table]:
        """The further tables of the snapshot, by their path in it."""
        found: dict[str, pa.Table] = {}
        for id, records in self._reader.found.items():
            if id == MEMBERSHIP.id:
                found["places.parquet"] = membership_table(records, self.declared.places, self.findings)
            else:
                found[f"records/{id}.parquet"] = records.table()
        links = self.links.table()
        if links is not None:
            found["links.parquet"] = links
        sources = provenance.table(wide, self.declared.sources)
        if sources is not None:
            found["sources.parquet"] = sources
        return found

    def describe(self) -> Mapping[str, Mapping[str, object]]:
        """For the manifest: the fields of each kind of record read, with type, unit and label."""
        return {
            id: {part.indicator.id: column_info(part.indicator) for part in records.kind.fields}
            for id, records in self._reader.found.items() if id != MEMBERSHIP.id
        }  # fmt: skip
