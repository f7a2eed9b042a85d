"""The answers about one enterprise; see `keqiao.assess.answers`."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction

from keqiao.assess.answers import About, Miss


@dataclass(frozen=True, slots=True)
class Standing:
    """One rule for one enterprise; ``text`` is the class or the points to be read, else empty.

    ``unconfirmed`` counts what is to be verified in the rule and in those it asks.
    """

    rule: str
    title: str
    status: str
    outcome: str
    text: str
    missing: tuple[str, ...]
    unconfirmed: int = 0


@dataclass(frozen=True, slots=True)
class Strength:
    """A score item or a clause in which the enterprise is in the top quarter of its peers.

    ``percentile`` = (below + ½ equal) / known, among ``known`` peers named by ``peers``.
    """

    rule: str
    id: str
    title: str
    value: str
    percentile: Fraction
    known: int
    peers: str


@dataclass(frozen=True, slots=True)
class Peers:
    """Where a total of points stands among those alike in one respect (``by`` and its ``value``)."""

    rule: str
    by: str
    value: str
    rank: int
    known: int
    percentile: Fraction


@dataclass(frozen=True, slots=True)
class Gap:
    """A condition that stands between the enterprise and a title: what fails, is missing or to be judged."""

    clause: str
    title: str
    text: str
    outcome: str
    left: str
    right: str
    gap: str
    cite: str
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of a ladder: whether the title is held, and what the rule says (None: not in the run)."""

    title: str
    rule: str
    held: bool
    outcome: str | None


@dataclass(frozen=True, slots=True)
class Position:
    """An enterprise on a ladder of titles.

    ``at`` is the number of the highest step that it holds or meets (0: none), ``next`` the number of the
    one above (None at the top), and ``gaps`` what stands before it.
    """

    ladder: str
    title: str
    rungs: tuple[Rung, ...]
    at: int
    next: int | None
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True)
class Profile:
    """One enterprise under all rules of a run.

    ``misses`` are the nearest single thresholds of the standards it fails, at most their whole value away.
    """

    scheme: str
    key: str
    name: str | None
    place: str | None
    place_name: str | None
    industry: str | None
    stage: str | None
    as_of: dt.date
    year: int
    label: str
    standings: tuple[Standing, ...]
    strengths: tuple[Strength, ...]
    misses: tuple[Miss, ...]
    missed: tuple[About, ...]
    peers: tuple[Peers, ...]
    ladders: tuple[Position, ...]
