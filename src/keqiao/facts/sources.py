"""Several sources of the same facts: which prevails, and what each value rests on.

A source is named for a whole file or, row by row, in a column 数据来源. Values of the same
enterprise, indicator and year may then come from several; the order declared in the vocabulary
says which prevails, and every rival is kept beside it. Rows under a key that was later renamed
are a source too, behind all others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyarrow as pa  # type: ignore[import-untyped, unused-ignore]

from keqiao.facts.exact import text_of_stored
from keqiao.facts.keys import Key
from keqiao.facts.links import Links
from keqiao.facts.mainsheet import MainSheet
from keqiao.facts.problems import Findings
from keqiao.facts.sheets import text_of
from keqiao.facts.wide import Feed, Slot, Wide, widen
from keqiao.packs.records import SourceWord
from keqiao.rules.quantities import Stored


@dataclass(slots=True)
class Provenance:
    """Which source each value comes from, kept small: one for a whole slot, and the exceptions.

    Enterprises count by their index in the wide table; ``rivals`` are values that did not prevail.
    """

    whole: dict[Slot, str] = field(default_factory=dict)
    single: dict[Slot, dict[int, str]] = field(default_factory=dict)
    rivals: list[tuple[Slot, int, Stored, str]] = field(default_factory=list)

    def fill(self, slot: Slot, source: str, others: Mapping[int, str] | None) -> None:
        """A whole slot comes from one source, but for ``others``."""
        self.whole[slot] = source
        if others:
            self.single[slot] = dict(others)

    def took(self, slot: Slot, i: int, source: str) -> None:
        """One value comes from another source than the rest of its slot."""
        self.single.setdefault(slot, {})[i] = source

    def both(self, slot: Slot, i: int, first: Stored, second: Stored, source: str, first_prevails: bool) -> None:
        """A value is given twice; ``source`` is that of the second."""
        if first_prevails:
            self.rivals.append((slot, i, second, source))
        else:
            self.rivals.append((slot, i, first, self.of(slot, i)))
            self.took(slot, i, source)

    def of(self, slot: Slot, i: int) -> str:
        """The source of a value; empty where none is named."""
        return self.single.get(slot, {}).get(i, self.whole.get(slot, ""))

    def uniform(self, wide: Wide) -> dict[str, str]:
        """Indicators all of whose values come from one named source."""
        found: dict[str, str] = {}
        for id in wide.indicators:
            slots = [slot for slot in wide.values if slot[0] == id]
            names = {self.whole.get(slot, "") for slot in slots}
            names |= {name for slot in slots for name in self.single.get(slot, {}).values()}
            if len(names) == 1 and names != {""}:
                found[id] = names.pop()
        return found

    def table(self, wide: Wide, words: Sequence[SourceWord]) -> pa.Table | None:
        """The values whose source is their own matter, with their rivals; None where there are none."""
        if not self.rivals and not self.single and not any(self.whole.values()):
            return None  # no source is named at all
        uniform = self.uniform(wide)
        rivalled = {(slot, i) for slot, i, _, _ in self.rivals}
        contested = {slot for slot, _ in rivalled}
        rows: list[tuple[Slot, int, Stored, str, bool]] = [(s, i, v, source, False) for s, i, v, source in self.rivals]
        for slot, values in wide.values.items():
            if slot[0] in uniform and slot not in contested:
                continue
            for i, value in enumerate(values):
                source = self.of(slot, i)
                mixed = slot[0] not in uniform and source
                if value is not None and (mixed or (slot, i) in rivalled):
                    rows.append((slot, i, value, source, True))
        return _table(wide, rows, words) if rows else None


def _table(wide: Wide, rows: list[tuple[Slot, int, Stored, str, bool]], words: Sequence[SourceWord]) -> pa.Table:
    rows.sort(key=lambda row: (wide.keys[row[1]], row[0], not row[4], row[3]))
    static = {id for id, indicator in wide.indicators.items() if indicator.period == "static"}
    confidence = {word.label: word.confidence for word in words}
    return pa.table(
        {
            "scheme": pa.array([wide.keys[i][0] for _, i, _, _, _ in rows], pa.string()),
            "id": pa.array([wide.keys[i][1] for _, i, _, _, _ in rows], pa.string()),
            "indicator": pa.array([slot[0] for slot, _, _, _, _ in rows], pa.string()),
            "year": pa.array([None if s[0] in static else wide.year - s[1] for s, _, _, _, _ in rows], pa.int64()),
            "value": pa.array([text_of_stored(wide.indicators[s[0]], v) for s, _, v, _, _ in rows], pa.string()),
            "source": pa.array([source for _, _, _, source, _ in rows], pa.string()),
            "confidence": pa.array([confidence.get(source) for _, _, _, source, _ in rows], pa.string()),
            "prevails": pa.array([prevails for _, _, _, _, prevails in rows], pa.bool_()),
        }
    )


@dataclass(slots=True)
class _Group:
    """Rows of one source; ``old`` is how often their keys were renamed since."""

    source: str
    old: int
    order: int
    mains: list[MainSheet]
    wide: Wide | None = None

    @property
    def label(self) -> str:
        """What the values' source is called."""
        return f"{self.source}（原代码）" if self.old and self.source else "原代码" if self.old else self.source

    def rank(self, id: str, words: Sequence[SourceWord]) -> tuple[int, int, int]:
        """Where the group stands for an indicator; the least prevails."""
        for position, word in enumerate(words):
            if self.source in word.names and (not word.indicators or id in word.indicators):
                return self.old, (0 if word.indicators else 1), position
        return self.old, 2, self.order


def widen_sources(
    mains: Sequence[MainSheet],
    year: int,
    files: Mapping[Path, str],
    words: Sequence[SourceWord],
    links: Links,
    findings: Findings,
) -> tuple[Wide, Provenance]:
    """Bring all main sheets together, source by source; reports what differs and what prevails."""
    names = {name: word.label for word in words for name in word.names}
    groups = _groups(mains, files, names, links)
    provenance = Provenance()
    if len(groups) <= 1:
        wide = widen([main for group in groups for main in group.mains], year, findings)
        if groups and groups[0].source:
            for slot in wide.values:
                provenance.fill(slot, groups[0].source, None)
        return wide, provenance
    for group in groups:
        group.wide = widen(group.mains, year, findings)
    return _merge(groups, year, words, findings, provenance), provenance


def _groups(
    mains: Sequence[MainSheet], files: Mapping[Path, str], names: Mapping[str, str], links: Links
) -> list[_Group]:
    found: dict[tuple[str, int], _Group] = {}
    for main in mains:
        whole = files.get(main.sheet.file, "")
        if main.source_column is None and not links.renames:
            parts = {(names.get(whole, whole), 0): main}
        else:
            parts = _split(main, whole, names, links)
        for key, part in parts.items():
            found.setdefault(key, _Group(*key, len(found), [])).mains.append(part)
    return list(found.values())


def _split(
    main: MainSheet, whole: str, names: Mapping[str, str], links: Links
) -> dict[tuple[str, int], MainSheet]:
    """The rows of a sheet by source and by how often their key was renamed."""
    rows: dict[tuple[str, int], list[int]] = {}
    for i, key in enumerate(main.keys):
        source = whole
        if main.source_column is not None:
            source = text_of(main.sheet.rows[main.rows[i]][main.source_column]) or whole
        steps = links.steps.get(key, 0) if key is not None else 0
        rows.setdefault((names.get(source, source), steps), []).append(i)
    return {part: _rows_of(main, chosen, links.renames) for part, chosen in rows.items()}


def _rows_of(main: MainSheet, rows: Sequence[int], renames: Mapping[Key, Key]) -> MainSheet:
    keys = [main.keys[i] for i in rows]
    return replace(
        main,
        columns=[replace(column, values=[column.values[i] for i in rows]) for column in main.columns],
        rows=[main.rows[i] for i in rows],
        keys=[None if key is None else renames.get(key, key) for key in keys],
        years=[main.years[i] for i in rows],
    )


def _merge(
    groups: Sequence[_Group], year: int, words: Sequence[SourceWord], findings: Findings, provenance: Provenance
) -> Wide:
    wides = [(group, group.wide) for group in groups if group.wide is not None]
    merged = Wide(year, sorted({key for _, wide in wides for key in wide.keys}))
    index = {key: i for i, key in enumerate(merged.keys)}
    places = {id(wide): [index[key] for key in wide.keys] for _, wide in wides}
    for _, wide in sorted(wides, key=lambda pair: pair[0].old):
        merged.indicators |= wide.indicators
        for i, mark in wide.key_mark.items():
            if places[id(wide)][i] not in merged.key_mark:
                merged.key_mark[places[id(wide)][i]] = mark
    for slot in dict.fromkeys(slot for _, wide in wides for slot in wide.values):
        holding = [(group, wide) for group, wide in wides if slot in wide.values]
        holding.sort(key=lambda pair: pair[0].rank(slot[0], words))
        _merge_slot(merged, slot, holding, places, words, findings, provenance)
    return merged


def _merge_slot(
    merged: Wide,
    slot: Slot,
    holding: Sequence[tuple[_Group, Wide]],
    places: Mapping[int, Sequence[int]],
    words: Sequence[SourceWord],
    findings: Findings,
    provenance: Provenance,
) -> None:
    out: list[Stored | None] = [None] * len(merged.keys)
    from_group: dict[int, tuple[_Group, Wide, int]] = {}
    feeds = merged.feeds.setdefault(slot, [])
    for group, wide in holding:
        place = places[id(wide)]
        won: set[int] = set()
        for j, value in enumerate(wide.values[slot]):
            if value is None:
                continue
            i = place[j]
            if out[i] is None:
                out[i] = value
                from_group[i] = (group, wide, j)
                won.add(i)
                continue
            if value != out[i] or not group.old:
                provenance.rivals.append((slot, i, value, group.label))
            # a rename changes the name, which is no contradiction
            if value != out[i] and not (group.old and slot[0] == "name"):
                _differs(merged, slot, i, (out[i], value), (from_group[i], (group, wide, j)), words, findings)
        for feed in wide.feeds.get(slot, ()):
            rows = {place[j]: row for j, row in feed.row_of.items() if place[j] in won}
            feeds.append(Feed(feed.main, feed.column, rows))
    merged.values[slot] = out
    first = holding[0][0].label
    provenance.fill(slot, first, {i: g.label for i, (g, _, _) in from_group.items() if g.label != first})


def _differs(
    merged: Wide,
    slot: Slot,
    i: int,
    values: tuple[Stored | None, Stored],
    given: tuple[tuple[_Group, Wide, int], tuple[_Group, Wide, int]],
    words: Sequence[SourceWord],
    findings: Findings,
) -> None:
    """Report two values of one fact, at the one that was given later."""
    indicator = merged.indicators[slot[0]]
    groups = (given[0][0], given[1][0])
    _, wide, j = max(given, key=lambda one: (one[0].old, one[0].order))
    mark = wide.mark(slot, j) or merged.key_mark[i]
    kept, other = ("" if v is None else text_of_stored(indicator, v) for v in values)
    static = indicator.period == "static"
    zh = indicator.label if static else f"{indicator.label}（{merged.year - slot[1]}年）"
    en = indicator.id if static else f"{indicator.id} ({merged.year - slot[1]})"
    if groups[1].old > groups[0].old:
        findings.cell(
            "warning", "link-differs", mark,
            f"{zh}：原代码下为 {other}，新代码下为 {kept}，以新代码为准",
            f"{en}: {other} under the old code, {kept} under the new; the new prevails",
        )  # fmt: skip
        return
    declared = groups[0].rank(slot[0], words)[1] < 2
    names = [group.source or "未写来源" for group in groups]
    why_zh = "词表写明以它为先" if declared else "词表没有写明先后，取先给出的"
    why_en = "the vocabulary puts it first" if declared else "no precedence is declared, so the first given prevails"
    findings.cell(
        "warning", "source-differs", mark,
        f"{zh}：{names[1]}为 {other}，{names[0]}为 {kept}，取{names[0]}（{why_zh}）",
        f"{en}: {other} by {names[1]}, {kept} by {names[0]}; {names[0]} prevails ({why_en})",
    )  # fmt: skip
