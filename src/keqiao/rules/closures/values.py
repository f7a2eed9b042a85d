"""Values as closures, exact: whole numbers with a constant factor, pairs for quotients, ranges for scores.

A case is a list: the as-of day (ordinal), the year, the titles (a mapping or None), then one slot
per fact that the rule reads. A closure returns None where the value is undefined; what it waits
for is asked separately (``gaps``), because that is needed only where something is undecided.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import gcd
from typing import Any

from keqiao.rules import form as f
from keqiao.rules.dimensions import SCALES

Case = list[Any]
Get = Callable[[Case], Any]
AS_OF, YEAR, TITLES, FIRST_SLOT = 0, 1, 2, 3


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
    """What compiling needs besides the node: slots of facts and scores, and the other rules."""

    slots: dict[tuple[str, int], int] = field(default_factory=dict)
    score_slots: dict[str, tuple[int, int]] = field(default_factory=dict)
    score_gaps: dict[str, Why] = field(default_factory=dict)
    others: Mapping[str, Any] = field(default_factory=dict)
    size: list[int] = field(default_factory=lambda: [FIRST_SLOT])

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
        return Env(self.slots, score_slots, score_gaps, self.others, self.size)


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


# ---- arithmetic ------------------------------------------------------------------------------


def add(left: Value, right: Value, sign: int) -> Value:
    """``left + sign * right``."""
    factor = common_factor(left.factor, right.factor)
    a, b = int(left.factor / factor), int(right.factor / factor) * sign
    gaps = both(left.gaps, right.gaps)
    kinds = {left.kind, right.kind}
    if "range" in kinds:
        lr, rr = as_range(left), as_range(right)

        def ranged(c: Case) -> Any:
            x, y = lr(c), rr(c)
            if x is None or y is None:
                return None
            ends = (y[0] * b, y[1] * b)
            return x[0] * a + min(ends), x[1] * a + max(ends)

        return Value("range", ranged, gaps, factor)
    if kinds == {"int"}:
        lg, rg = left.get, right.get

        def whole(c: Case) -> Any:
            x, y = lg(c), rg(c)
            return None if x is None or y is None else x * a + y * b

        value = None
        if left.constant is not None and right.constant is not None:
            value = left.constant + sign * right.constant
        return Value("int", whole, gaps, factor, value)
    lp, rp = as_pair(left), as_pair(right)

    def paired(c: Case) -> Any:
        x, y = lp(c), rp(c)
        if x is None or y is None:
            return None
        return x[0] * a * y[1] + y[0] * b * x[1], x[1] * y[1]

    return Value("pair", paired, gaps, factor)


def multiply(left: Value, right: Value) -> Value:
    """``left * right``."""
    factor, gaps = left.factor * right.factor, both(left.gaps, right.gaps)
    kinds = {left.kind, right.kind}
    if "range" in kinds:
        lr, rr = as_range(left), as_range(right)

        def ranged(c: Case) -> Any:
            x, y = lr(c), rr(c)
            if x is None or y is None:
                return None
            corners = [p * q for p in x for q in y]
            return min(corners), max(corners)

        return Value("range", ranged, gaps, factor)
    if kinds == {"int"}:
        lg, rg = left.get, right.get

        def whole(c: Case) -> Any:
            x, y = lg(c), rg(c)
            return None if x is None or y is None else x * y

        value = None
        if left.constant is not None and right.constant is not None:
            value = left.constant * right.constant
        return Value("int", whole, gaps, factor, value)
    lp, rp = as_pair(left), as_pair(right)

    def paired(c: Case) -> Any:
        x, y = lp(c), rp(c)
        return None if x is None or y is None else (x[0] * y[0], x[1] * y[1])

    return Value("pair", paired, gaps, factor)


def divide(left: Value, right: Value) -> Value:
    """``left / right``; division by zero is undefined and waits for nothing."""
    if right.constant:
        return multiply(left, constant(1 / right.constant))
    rget, rkind = right.get, right.kind

    def by_zero(c: Case, g: Gaps) -> None:
        y = rget(c)
        if y is not None and (y[0] <= 0 <= y[1] if rkind == "range" else (y[0] if rkind == "pair" else y) == 0):
            g.unknown = True

    gaps = every([left.gaps, right.gaps, by_zero])
    factor = left.factor / right.factor
    if "range" in (left.kind, right.kind):
        lr, rr = as_range(left), as_range(right)

        def ranged(c: Case) -> Any:
            x, y = lr(c), rr(c)
            if x is None or y is None or y[0] <= 0 <= y[1]:
                return None
            corners = [Fraction(p) / q for p in x for q in y]
            return min(corners), max(corners)

        return Value("range", ranged, gaps, factor)
    if left.kind == right.kind == "int":
        lg, rg = left.get, right.get

        def plain(c: Case) -> Any:
            x, y = lg(c), rg(c)
            if x is None or not y:
                return None
            return (x, y) if y > 0 else (-x, -y)

        return Value("pair", plain, gaps, factor)
    lp, rp = as_pair(left), as_pair(right)

    def paired(c: Case) -> Any:
        x, y = lp(c), rp(c)
        if x is None or y is None or not y[0]:
            return None
        n, m = x[0] * y[1], x[1] * y[0]
        return (n, m) if m > 0 else (-n, -m)

    return Value("pair", paired, gaps, factor)


def negate(v: Value) -> Value:
    """``-v``."""
    return multiply(v, constant(Fraction(-1)))


def unify(parts: list[Value]) -> tuple[str, Fraction, list[Get], list[int]]:
    """One kind and one factor for all parts: the kind, the factor, getters, whole multipliers."""
    kinds = {p.kind for p in parts}
    if kinds <= {"int", "pair", "range"}:
        factor = parts[0].factor
        for part in parts[1:]:
            factor = common_factor(factor, part.factor)
        times = [int(p.factor / factor) for p in parts]
        if "range" in kinds:
            return "range", factor, [as_range(p) for p in parts], times
        if "pair" in kinds:
            return "pair", factor, [as_pair(p) for p in parts], times
        return "int", factor, [p.get for p in parts], times
    return parts[0].kind, Fraction(1), [p.get for p in parts], [1] * len(parts)


def scaled(kind: str, x: Any, times: int) -> Any:
    """A raw value of a kind multiplied by a positive whole number."""
    if times == 1 or kind not in ("int", "pair", "range"):
        return x
    if kind == "int":
        return x * times
    return (x[0] * times, x[1]) if kind == "pair" else (x[0] * times, x[1] * times)


def extreme(parts: list[Value], least: bool) -> Value:
    """LEAST or GREATEST; undefined where any part is."""
    kind, factor, gets, times = unify(parts)
    pick = min if least else max
    gaps = every([p.gaps for p in parts])

    def get(c: Case) -> Any:
        best: Any = None
        for part, by in zip(gets, times, strict=True):
            x = part(c)
            if x is None:
                return None
            x = scaled(kind, x, by)
            if best is None:
                best = x
            elif kind == "int":
                best = pick(best, x)
            elif kind == "range":
                best = (pick(best[0], x[0]), pick(best[1], x[1]))
            elif (x[0] * best[1] < best[0] * x[1]) == least:
                best = x
        return best

    return Value(kind, get, gaps, factor)


def rounding(node: f.Rounding, v: Value) -> Value:
    """ROUND half away from zero, FLOOR, ABS."""
    kind, get, gaps = v.kind, v.get, v.gaps
    if node.kind == "abs":

        def absolute(c: Case) -> Any:
            x = get(c)
            if x is None:
                return None
            if kind == "int":
                return abs(x)
            if kind == "pair":
                return abs(x[0]), x[1]
            ends = (abs(x[0]), abs(x[1]))
            return (0 if x[0] < 0 < x[1] else min(ends)), max(ends)

        return Value(kind, absolute, gaps, v.factor)
    unit = v.factor * 10**node.digits
    half = node.kind == "round"

    def one(numerator: int, denominator: int) -> int:
        if not half:
            return numerator // denominator
        q = (2 * abs(numerator) + denominator) // (2 * denominator)
        return q if numerator >= 0 else -q

    def get_rounded(c: Case) -> Any:
        x = get(c)
        if x is None:
            return None
        if kind == "int":
            return one(x * unit.numerator, unit.denominator)
        if kind == "pair":
            return one(x[0] * unit.numerator, x[1] * unit.denominator)
        low, high = Fraction(x[0]) * unit, Fraction(x[1]) * unit
        return one(low.numerator, low.denominator), one(high.numerator, high.denominator)

    shape = "range" if kind == "range" else "int"
    return Value(shape, get_rounded, gaps, Fraction(1, 10**node.digits))


def date_parts(kind: str, date: Value) -> Value:
    """``days_since`` (days, with ``kind`` "days") or ``year_of`` (a calendar year)."""
    get = date.get
    if kind == "days":

        def days(c: Case) -> Any:
            x = get(c)
            return None if x is None else c[AS_OF] - x

        return Value("int", days, date.gaps)

    def year(c: Case) -> Any:
        x = get(c)
        return None if x is None else dt.date.fromordinal(x).year

    return Value("int", year, date.gaps)
