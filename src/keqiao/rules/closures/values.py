"""Values as closures, exact: whole numbers with a constant factor, pairs for quotients, ranges for scores.

A case is a list: the as-of day (ordinal), the year, the titles (a mapping to spans, where None leaves that one
title unknown; or None for all), the peers (a `PeerTable` or None), then one slot per fact that the rule reads. A closure returns None where the value is undefined; what it waits
for is asked separately (``gaps``), because that is needed only where something is undecided.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import gcd
from typing import Any

from keqiao.rules import form as f
from keqiao.rules.dimensions import SCALES

Case = list[Any]
Get = Callable[[Case], Any]
AS_OF, YEAR, TITLES, PEERS, FIRST_SLOT = 0, 1, 2, 3, 4


class Gaps:
    """Why something is undecided: missing facts by id, and whether any or only judgement is wanting."""

    __slots__ = ("missing", "refer", "unknown")

    def __init__(self) -> None:
        self.missing: set[str] = set()
        self.unknown = False
        self.refer = False


Why = Callable[[Case, Gaps], None]


def no_gaps(case: Case, gaps: Gaps) -> None:
    """The reason of what is never undefined."""


@dataclass(slots=True)
class Value:
    """A compiled value: ``get(case) * factor`` in base units.

    ``kind`` is ``int`` (a whole number), ``pair`` (numerator, positive denominator), ``range``
    (low, high), ``text``, ``date`` or ``flag``; the last three have no factor. ``slot`` is the place
    of a fact read as it stands, so that the hottest readers need no call.
    """

    kind: str
    get: Get
    gaps: Why
    factor: Fraction = Fraction(1)
    constant: Fraction | None = None
    slot: int | None = None


@dataclass(slots=True)
class Condition:
    """A compiled condition: ``test(case)`` is True, False or None (undecided)."""

    test: Get
    gaps: Why


@dataclass(slots=True)
class Env:
    """What compiling needs besides the node: slots of facts and scores, and the other rules.

    ``peers`` are the comparisons with peers that were compiled.
    """

    slots: dict[tuple[str, int], int] = field(default_factory=dict)
    score_slots: dict[str, tuple[int, int]] = field(default_factory=dict)
    score_gaps: dict[str, Why] = field(default_factory=dict)
    others: Mapping[str, Any] = field(default_factory=dict)
    size: list[int] = field(default_factory=lambda: [FIRST_SLOT])
    peers: dict[f.Peer, Any] = field(default_factory=dict)

    def new_slot(self) -> int:
        """A fresh place in the case."""
        return self.new_slots(1)

    def new_slots(self, count: int) -> int:
        """The first of ``count`` fresh places side by side."""
        self.size[0] += count
        return self.size[0] - count

    def slot(self, id: str, shift: int) -> int:
        """The place of a fact of the year ``shift`` years back."""
        key = (id, shift)
        if key not in self.slots:
            self.slots[key] = self.new_slot()
        return self.slots[key]

    def inside(self, score_slots: dict[str, tuple[int, int]], score_gaps: dict[str, Why]) -> Env:
        """The same case, another rule's scores."""
        return Env(self.slots, score_slots, score_gaps, self.others, self.size, self.peers)


def common_factor(a: Fraction, b: Fraction) -> Fraction:
    """The largest number that both are whole multiples of."""
    return Fraction(
        gcd(a.numerator * b.denominator, b.numerator * a.denominator), a.denominator * b.denominator
    )


def constant(value: Fraction) -> Value:
    """A constant, as the numerator with the factor 1/denominator."""
    number = value.numerator
    return Value("int", lambda c: number, no_gaps, Fraction(1, value.denominator), value)


def as_pair(v: Value) -> Get:
    """(numerator, positive denominator), or None."""
    if v.kind == "pair":
        return v.get
    get = v.get

    def pair(c: Case) -> tuple[int, int] | None:
        x = get(c)
        return None if x is None else (x, 1)

    return pair


def as_range(v: Value) -> Get:
    """(low, high) times the factor, or None."""
    get = v.get
    if v.kind == "range":
        return get
    if v.kind == "pair":

        def of_pair(c: Case) -> tuple[Fraction, Fraction] | None:
            x = get(c)
            return None if x is None else (Fraction(*x), Fraction(*x))

        return of_pair

    def of_int(c: Case) -> tuple[int, int] | None:
        x = get(c)
        return None if x is None else (x, x)

    return of_int


def both(left: Why, right: Why) -> Why:
    """The gaps of two operands."""

    def gaps(c: Case, g: Gaps) -> None:
        left(c, g)
        right(c, g)

    return gaps


def every(whys: list[Why]) -> Why:
    """The gaps of all operands."""

    def gaps(c: Case, g: Gaps) -> None:
        for why in whys:
            why(c, g)

    return gaps


def fact(node: f.Fact, env: Env) -> Value:
    """A fact of the case."""
    slot = env.slot(node.id, node.shift)
    id, judgement = node.id, node.judgement

    def get(c: Case) -> Any:
        return c[slot]

    def gaps(c: Case, g: Gaps) -> None:
        if c[slot] is None:
            if judgement:
                g.refer = True
            else:
                g.missing.add(id)
                g.unknown = True

    if node.dimension.is_number:
        return Value("int", get, gaps, Fraction(1, SCALES[node.dimension.name]), None, slot)
    kind = {"date": "date", "flag": "flag"}.get(node.dimension.kind, "text")
    return Value(kind, get, gaps)


def undecided_parts(parts: list[Condition]) -> Why:
    """The gaps of the parts that are undecided."""

    def gaps(c: Case, g: Gaps) -> None:
        for part in parts:
            if part.test(c) is None:
                part.gaps(c, g)

    return gaps
