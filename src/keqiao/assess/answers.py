"""The answers of `keqiao.assess`: frozen dataclasses of plain values, in the language that was asked for.

Counts are enterprises. Shares are exact `Fraction`. An enterprise is named by ``scheme`` and ``key``
(its id within the scheme); ``name`` and ``place`` are None where the snapshot does not hold them;
``place_name`` is the short name of ``place``, or its code where the name is not known.
Points and other measures come as `Fraction` in base units (元, 1, 人, 分, …) beside their text; those of a ranked
list in the list's ``unit``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

#: Enterprises per outcome: ``yes``, ``no``, ``unknown``, ``refer``.
Counts = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class About:
    """What an answer is about: rule, version, status, day, year, and the label of the data.

    ``title`` says so where the result rests on illustrative figures; ``unconfirmed`` counts what is to
    be verified; ``in_force`` says whether the rule holds on the day.
    """

    rule: str
    title: str
    version: str
    status: str
    unconfirmed: int
    as_of: dt.date
    year: int
    label: str
    in_force: bool
    enterprises: int

    @property
    def illustrative(self) -> bool:
        """Whether the result rests on illustrative figures: then nothing of it may be published."""
        return self.status == "illustrative"


@dataclass(frozen=True, slots=True)
class Step:
    """One top-level condition of a rule, for the enterprises that no earlier condition excluded.

    ``entering`` = ``yes`` + ``no`` + ``unknown`` + ``refer``; ``remaining`` = ``entering`` − ``no``.
    """

    id: str
    title: str
    text: str
    cite: str
    entering: int
    yes: int
    no: int
    unknown: int
    refer: int
    remaining: int


@dataclass(frozen=True, slots=True)
class Funnel:
    """How many enterprises each condition leaves; no steps where the rule has none or is not in force."""

    about: About
    total: int
    steps: tuple[Step, ...]
    outcomes: Counts


@dataclass(frozen=True, slots=True)
class Excluding:
    """How many enterprises fail one top-level condition.

    ``alone``: of those whose outcome is ``no``, for how many no other top-level condition fails.
    """

    id: str
    title: str
    text: str
    cite: str
    failed: int
    alone: int
    unknown: int
    refer: int


@dataclass(frozen=True, slots=True)
class Miss:
    """An enterprise that is ``no`` and turns when one threshold moves.

    ``then`` is the outcome when the threshold moves by the whole allowed share: ``yes``, or
    ``unknown``/``refer`` for those listed apart. ``share`` is how far the threshold must move, as a part
    of itself; ``ways`` counts the thresholds of which any one suffices, this being the nearest.
    """

    scheme: str
    key: str
    name: str | None
    place: str | None
    place_name: str | None
    clause: str
    title: str
    text: str
    cite: str
    left: str
    right: str
    gap: str
    share: Fraction
    then: str
    ways: int


@dataclass(frozen=True, slots=True)
class MissesOf:
    """How many enterprises are near under one threshold alone (an enterprise may count under several)."""

    clause: str
    title: str
    text: str
    threshold: str
    near: int
    apart: int


@dataclass(frozen=True, slots=True)
class Misses:
    """Near misses of a rule, nearest first.

    ``count`` and ``count_apart`` are all there are; ``rows`` and ``apart`` hold at most as many as asked.
    ``skipped`` are ids of clauses whose numbers are too wide to be decided with a moved threshold.
    """

    about: About
    within: Fraction
    count: int
    count_apart: int
    by_clause: tuple[MissesOf, ...]
    rows: tuple[Miss, ...]
    apart: tuple[Miss, ...]
    skipped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Moved:
    """An enterprise whose outcome changes."""

    scheme: str
    key: str
    name: str | None
    place: str | None
    place_name: str | None
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Setting:
    """One moved threshold: the clause's text before and after."""

    clause: str
    title: str
    old: str
    new: str
    old_text: str
    new_text: str
    cite: str


@dataclass(frozen=True, slots=True)
class KnockOn:
    """A rule that asks the moved rule: its counts before and after."""

    rule: str
    title: str
    before: Counts
    after: Counts


@dataclass(frozen=True, slots=True)
class WhatIf:
    """A rule with moved thresholds.

    ``gained`` become ``yes``, ``lost`` were ``yes``; ``count_gained`` and ``count_lost`` are all there
    are. ``knock_on`` are the rules of the run that ask this one.
    """

    about: About
    settings: tuple[Setting, ...]
    before: Counts
    after: Counts
    count_gained: int
    count_lost: int
    gained: tuple[Moved, ...]
    lost: tuple[Moved, ...]
    knock_on: tuple[KnockOn, ...]


@dataclass(frozen=True, slots=True)
class Ranked:
    """One row of a list.

    ``rank`` is None where the measure is unknown; equal ranks are equal in all but the key. ``low`` and
    ``high`` are the measure in the list's unit (equal where it is certain), ``text`` the same to be read.
    ``ties`` are the values of the tie-breaks; ``reason`` why the row is not on the list, else empty.
    """

    rank: int | None
    scheme: str
    key: str
    name: str | None
    place: str | None
    place_name: str | None
    stage: str | None
    industry: str | None
    low: Fraction | None
    high: Fraction | None
    text: str
    outcome: str
    ties: tuple[str, ...]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Ranking:
    """A ranked list: ``rows`` are on it, ``dropped`` are not although their rank would do.

    ``measure`` names what is ranked, ``unit`` its unit, such as 万元 or 分, in which ``low`` and ``high`` are. ``left_out`` counts
    by reason everyone who is not on the list. ``order`` says in words how the list is ordered, ``notes``
    everything else a reader must know. ``inside`` is the place that the list was confined to.
    """

    about: About
    by: str
    measure: str
    unit: str
    top: int | None
    where: str | None
    caps: tuple[tuple[str, str, int], ...]
    tie_heads: tuple[str, ...]
    order: str
    notes: tuple[str, ...]
    rows: tuple[Ranked, ...]
    dropped: tuple[Ranked, ...]
    left_out: Mapping[str, int]
    inside: str | None = None
