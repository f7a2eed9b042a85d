"""What the tree 为什么 is made of: rows and groups of rows, and what a page knows of the facts."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.safestring import SafeString


@dataclass(frozen=True)
class Known:
    """What a page knows of the enterprise's facts, by label in the language of the page.

    ``values`` are texts with units (``52人``), ``sources`` who said it, ``disputed`` the labels under objection,
    ``masked`` the labels that this reader may not see.
    """

    values: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    disputed: Collection[str] = ()
    masked: Collection[str] = ()

    def labels_in(self, text: str, among: Collection[str]) -> list[str]:
        """The labels that stand in a rule's text; a label inside a longer one that also stands there does not count."""
        inside = [label for label in among if label and label in text]
        return [label for label in inside if not any(label != other and label in other for other in inside)]


@dataclass(frozen=True)
class Row:
    """One row. ``parts`` are the rows of a group; ``open`` whether they show at first; ``plain`` rows have no shape."""

    outcome: str
    title: str
    text: str = ""
    value: str = ""
    source: str = ""
    threshold: str = ""
    margin: str = ""
    bar: SafeString | str = ""
    cite: str = ""
    verify: bool = False
    notes: Sequence[str] = ()
    parts: Sequence[Row] = ()
    open: bool = False
    plain: bool = False
    depth: int = 0
    kind: str = ""
    tight: float | None = None


@dataclass(frozen=True)
class Tree:
    """All of the part ``trace.html``: the head with its summary, the rows, the scores, the version."""

    rule: str
    title: str
    outcome: str
    word: str
    summary: str
    rows: Sequence[Row]
    scores: Sequence[Row]
    scores_title: str
    scores_open: bool
    version_words: str
    illustrative: bool
    disputed: str = ""
    missing: str = ""
    key: str = ""


def leaves(rows: Sequence[Row]) -> Iterator[Row]:
    """All conditions, without the groups."""
    for row in rows:
        if row.parts:
            yield from leaves(row.parts)
        else:
            yield row


def deciding_of(rows: Sequence[Row], outcome: str) -> Iterator[Row]:
    """The conditions that share the outcome, down through groups that share it; a choice that fails counts as one."""
    for row in rows:
        if row.outcome == outcome:
            if row.parts and not (row.kind == "any" and outcome == "no") and any(part.outcome == outcome for part in row.parts):
                yield from deciding_of(row.parts, outcome)
            else:
                yield row
