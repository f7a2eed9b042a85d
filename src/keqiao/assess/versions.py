"""Two versions of a rule: what changed in the text, and whose outcome changes."""

from __future__ import annotations

import dataclasses
import datetime as dt

from keqiao.assess.answers_changes import Difference
from keqiao.assess.edits import Edits
from keqiao.assess.locating import naming
from keqiao.assess.tables import Find, Tables, moved_rows, tables_of
from keqiao.assess.words import about_rule
from keqiao.facts.snapshot import Snapshot
from keqiao.packs.loader import Packs
from keqiao.rules.model import YES, Rule
from keqiao.rules.text import Writer


def difference(
    packs: Packs, rule: str, day_a: dt.date, day_b: dt.date, snapshot: Snapshot | None = None, *,
    other: str | None = None, limit: int | None = None, language: str = "zh",
) -> Difference:  # fmt: skip
    """What changed in the text from the version of one day to that of another, and whose outcome changes.

    ``other`` is the id of the second rule where it differs. With a snapshot both versions, and the versions of
    what they ask, decide its enterprises on its day as if they were in force, so that only the text differs;
    ``limit`` is for how many are named (None: all). Raises `PackError` where a rule is unknown.
    """
    second = other or rule
    for id in (rule, second):
        packs.find(id)
    old, new = packs.version(rule, day_a), packs.version(second, day_b)
    writer = Writer(packs.vocabulary, language)
    heads = [
        about_rule(one, lambda id, day=day: packs.version(id, day), snapshot, day, language)  # type: ignore[misc]
        for one, day in ((old, day_a), (new, day_b))
    ]
    edits = Edits(old, new, writer, writer, language).all()
    if snapshot is None:
        return Difference(heads[0], heads[1], edits)
    with tables_of(snapshot) as tables:
        keep_versions(tables, packs, (rule, day_a), (second, day_b))
        gained, lost = f"b <> {YES} AND a = {YES}", f"b = {YES} AND a <> {YES}"
        changed = f"b <> a AND NOT {YES} IN (b, a)"
        counts = tables.one(f"SELECT {', '.join(f'COUNT(*) FILTER (WHERE {test})' for test in (gained, lost, changed))} FROM pairs")
        named = naming(packs, snapshot.as_of)
        rows = [moved_rows(tables, "pairs", "b", "a", test, limit, named) for test in (gained, lost, changed)]
        return Difference(
            heads[0], heads[1], edits, tables.counts("pairs", "b"), tables.counts("pairs", "a"), *counts, *rows
        )


def keep_versions(tables: Tables, packs: Packs, first: tuple[str, dt.date], second: tuple[str, dt.date]) -> None:
    """Keep the table ``pairs``: outcome and total under two versions, ``b``, ``bl``, ``bh`` and ``a``, ``al``, ``ah``."""
    asking, outputs = tables.asking(), {}
    for name, (id, day) in (("b", first), ("a", second)):
        find = _always(packs, day)
        lowered = asking.lower(find(id), find)
        outputs[name] = lowered.outcome
        if lowered.total is not None:
            outputs[f"{name}l"], outputs[f"{name}h"] = lowered.total.low, lowered.total.high
    tables.keep("pairs", asking.sql(outputs))


def _always(packs: Packs, day: dt.date) -> Find:
    """Versions of a day, each as if it were in force on every day."""

    def find(id: str) -> Rule:
        return dataclasses.replace(packs.version(id, day), effective_from=None, effective_to=None)

    return find
