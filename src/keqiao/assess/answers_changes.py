"""The answers about two runs and about two versions of a rule; see `keqiao.assess.answers`."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from keqiao.assess.answers import About, Counts, Moved


@dataclass(frozen=True, slots=True)
class Cause:
    """Why one clause changed.

    ``kind`` is ``fact`` (an indicator from ``old`` to ``new``), ``rule`` (the clause was written anew),
    ``day`` (same facts, same clause, another day), ``points`` (a score item) or ``other`` (a rule that this one asks).
    """

    kind: str
    clause: str
    title: str
    what: str
    old: str
    new: str
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """An enterprise whose outcome or class under a rule differs between two runs, and why."""

    scheme: str
    key: str
    name: str | None
    place: str | None
    place_name: str | None
    before: str
    after: str
    causes: tuple[Cause, ...]


@dataclass(frozen=True, slots=True)
class RuleChange:
    """One rule in two runs, over the enterprises that are in both.

    ``gained`` became ``yes``, ``lost`` were ``yes``, ``changed`` are all others whose outcome or class
    differs; the counts are all there are. ``rose`` and ``fell`` count totals of points (low end).
    """

    about: About
    version_before: str
    before: Counts
    after: Counts
    count_gained: int
    count_lost: int
    count_changed: int
    rose: int
    fell: int
    gained: tuple[Change, ...]
    lost: tuple[Change, ...]
    changed: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs side by side; ``only_before`` and ``only_after`` are rules that one run lacks."""

    as_of: tuple[dt.date, dt.date]
    years: tuple[int, int]
    labels: tuple[str, str]
    enterprises: tuple[int, int]
    rules: tuple[RuleChange, ...]
    only_before: tuple[str, ...]
    only_after: tuple[str, ...]
    count_entered: int
    count_left: int
    entered: tuple[tuple[str, str, str | None], ...]
    left: tuple[tuple[str, str, str | None], ...]


@dataclass(frozen=True, slots=True)
class Edit:
    """One difference between two versions.

    ``kind`` is ``added``, ``removed`` or ``changed``; ``part`` is ``head``, ``clause``, ``group``, ``item``,
    ``band``, ``weight``, ``cap`` or ``class``; ``old`` and ``new`` are texts, empty where there is none.
    """

    kind: str
    part: str
    id: str
    title: str
    old: str
    new: str
    cite: str


@dataclass(frozen=True, slots=True)
class Difference:
    """Two versions of a rule, and with a snapshot the enterprises whose outcome differs.

    Both versions are read on the snapshot's day as if they were in force, so that only the text differs.
    ``before`` and ``after`` are None without a snapshot.
    """

    old: About
    new: About
    edits: tuple[Edit, ...]
    before: Counts | None = None
    after: Counts | None = None
    count_gained: int = 0
    count_lost: int = 0
    count_changed: int = 0
    gained: tuple[Moved, ...] = ()
    lost: tuple[Moved, ...] = ()
    changed: tuple[Moved, ...] = ()


@dataclass(frozen=True, slots=True)
class Mover:
    """An enterprise's points and rank under two versions; ``moved`` is positive where it rises."""

    scheme: str
    key: str
    name: str | None
    place: str | None
    place_name: str | None
    old: str
    new: str
    old_rank: int
    new_rank: int
    moved: int


@dataclass(frozen=True, slots=True)
class Migration:
    """A scorecard under two versions.

    ``both`` enterprises have points under both; ``correlation`` is Spearman's rank correlation of their
    low ends to four decimals (None where one version gives all the same points).
    """

    old: About
    new: About
    both: int
    unchanged: int
    correlation: str | None
    rows: tuple[Mover, ...]
