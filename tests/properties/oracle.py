"""A naive interpreter of the typed form over exact fractions, written from design §3.

Nothing is compiled, shared or optimised here, so that agreement with the compilers means
something. A value is a `Fraction`, a pair of them (a range), a text, a day or a truth; ``None`` is
undefined. Beside every value stands a `Why`: what an undefined or open value waits for.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from keqiao.rules import form as f
from keqiao.rules.model import Rule

#: Decimals to which the values of a median are rounded.
DIGITS = {"money": 2, "people": 4, "items": 4, "points": 4, "years": 4, "days": 0}

Number = Fraction
Pair = tuple[Fraction, Fraction]


@dataclass(frozen=True)
class Why:
    """Missing facts, and whether facts or computation (``unknown``) or judgement (``refer``) is wanting."""

    missing: frozenset[str] = frozenset()
    unknown: bool = False
    refer: bool = False

    def __or__(self, other: Why) -> Why:
        return Why(self.missing | other.missing, self.unknown or other.unknown, self.refer or other.refer)

    @property
    def outcome(self) -> str:
        return "refer" if self.refer and not self.unknown else "unknown"


NOTHING = Why()
UNDEFINED = Why(unknown=True)
JUDGEMENT = Why(refer=True)


def missing(id: str) -> Why:
    return Why(frozenset([id]), unknown=True)


@dataclass
class Case:
    """One subject: ``facts[(id, years back)]`` in base units; ``titles`` None is unknown."""

    as_of: dt.date
    year: int
    facts: Mapping[tuple[str, int], Any]
    titles: list[tuple[str, dt.date | None, dt.date | None]] | None


@dataclass
class Oracle:
    """Interprets the expressions of one rule; ``scores`` and ``others`` are filled by `oracle_rule`."""

    case: Case
    rule: Rule
    scores: dict[str, tuple[Pair, Why]] = field(default_factory=dict)
    others: Mapping[str, Any] = field(default_factory=dict)
    peers: Sequence[Case] = ()

    # ---- conditions --------------------------------------------------------------------------

    def test(self, node: f.Node) -> tuple[bool | None, Why]:
        """True, False or None with what it waits for."""
        holds, why = self.value(node)
        assert holds is None or isinstance(holds, bool), node
        return holds, (why if holds is None else NOTHING)

    def value(self, node: f.Node) -> tuple[Any, Why]:
        """The value of any node."""
        return getattr(self, f"_{type(node).__name__.lower()}")(node)  # type: ignore[no-any-return]

    def _allof(self, n: f.AllOf) -> tuple[bool | None, Why]:
        return self._joined([self.test(p) for p in n.parts], False)

    def _anyof(self, n: f.AnyOf) -> tuple[bool | None, Why]:
        return self._joined([self.test(p) for p in n.parts], True)

    def _joined(self, parts: list[tuple[bool | None, Why]], decisive: bool) -> tuple[bool | None, Why]:
        if any(holds is decisive for holds, _ in parts):
            return decisive, NOTHING
        why = union(why for holds, why in parts if holds is None)
        return (None, why) if any(holds is None for holds, _ in parts) else (not decisive, NOTHING)

    def _not(self, n: f.Not) -> tuple[bool | None, Why]:
        holds, why = self.test(n.x)
        return (None if holds is None else not holds), why

    def _compare(self, n: f.Compare) -> tuple[bool | None, Why]:
        if isinstance(n.left, f.Cagr):
            assert isinstance(n.right, f.Quantity)
            ratio, why = self._ratio(n.left.current, n.left.base)
            # (1 + g)^n grows with g above -100%, so the powers are compared instead of the roots
            return (None, why) if ratio is None else (relation(n.op, ratio, (1 + n.right.value) ** n.left.years), NOTHING)
        (x, a), (y, b) = self.value(n.left), self.value(n.right)
        if x is None or y is None:
            return None, a | b
        if isinstance(x, tuple) or isinstance(y, tuple):
            found = {relation(n.op, p, q) for p in samples(x) for q in samples(y)} | crossing(n.op, x, y)
            return (found.pop(), NOTHING) if len(found) == 1 else (None, a | b)
        return relation(n.op, x, y), NOTHING

    def _anniversary(self, n: f.Anniversary) -> tuple[bool | None, Why]:
        day, why = self.value(n.date)
        return (None, why) if day is None else (relation(n.op, self.case.as_of, later(day, n.months)), NOTHING)

    def _among(self, n: f.Among) -> tuple[bool | None, Why]:
        x, why = self.value(n.x)
        return (None, why) if x is None else (x in n.values, NOTHING)

    def _startswith(self, n: f.StartsWith) -> tuple[bool | None, Why]:
        x, why = self.value(n.x)
        return (None, why) if x is None else (x.startswith(n.prefix), NOTHING)

    def _inlist(self, n: f.InList) -> tuple[bool | None, Why]:
        x, why = self.value(n.x)
        if x is None:
            return None, why
        if x in n.members:
            return True, NOTHING
        return (None, UNDEFINED) if n.open else (False, NOTHING)

    def _known(self, n: f.Known) -> tuple[bool, Why]:
        return self.value(n.x)[0] is not None, NOTHING

    def _truth(self, n: f.Truth) -> tuple[bool, Why]:
        return n.value, NOTHING

    def _holds(self, n: f.Holds) -> tuple[bool | None, Why]:
        if self.case.titles is None:
            return None, missing(n.title)
        day = self.case.as_of
        for title, start, end in self.case.titles:
            if title != n.title:
                continue
            if n.months is None:
                if (start is None or start <= day) and (end is None or day <= end):
                    return True, NOTHING
            elif start is None or start <= day <= later(start, n.months):
                return True, NOTHING
        return False, NOTHING

    def _outcome(self, n: f.Outcome) -> tuple[bool | None, Why]:
        other = self.others[n.rule]
        if other.outcome in ("yes", "no"):
            return other.outcome == "yes", NOTHING
        return None, (JUDGEMENT if other.outcome == "refer" else Why(frozenset(other.missing), unknown=True))

    def _classamong(self, n: f.ClassAmong) -> tuple[bool | None, Why]:
        other = self.others[n.rule]
        if not other.in_force:
            return None, UNDEFINED
        inside = {name in n.classes for name in other.classes}
        if len(inside) == 1:
            return inside.pop(), NOTHING
        return None, (JUDGEMENT if other.outcome == "refer" else Why(frozenset(other.missing), unknown=True))

    # ---- values --------------------------------------------------------------------------------

    def _quantity(self, n: f.Quantity) -> tuple[Any, Why]:
        return n.value, NOTHING

    def _text(self, n: f.Text) -> tuple[Any, Why]:
        return n.value, NOTHING

    def _day(self, n: f.Day) -> tuple[Any, Why]:
        return dt.date.fromordinal(n.value), NOTHING

    def _fact(self, n: f.Fact) -> tuple[Any, Why]:
        back = 0 if n.period == "static" else n.shift
        x = self.case.facts.get((n.id, back))
        if x is not None:
            return x, NOTHING
        return None, (JUDGEMENT if n.judgement else missing(n.id))

    def _arithmetic(self, n: f.Arithmetic) -> tuple[Any, Why]:
        (x, a), (y, b) = self.value(n.left), self.value(n.right)
        why = a | b
        if n.op == "/" and y is not None:
            low, high = ends(y)
            if low <= 0 <= high:
                return None, why | UNDEFINED
        if x is None or y is None:
            return None, why
        if not isinstance(x, tuple) and not isinstance(y, tuple):
            return operation(n.op, x, y), why
        every = [operation(n.op, p, q) for p in ends(x) for q in ends(y)]
        return (min(every), max(every)), why

    def _negative(self, n: f.Negative) -> tuple[Any, Why]:
        x, why = self.value(n.x)
        if x is None:
            return None, why
        return (-x[1], -x[0]) if isinstance(x, tuple) else -x, why

    def _extreme(self, n: f.Extreme) -> tuple[Any, Why]:
        found = [self.value(p) for p in n.parts]
        why = union(w for _, w in found)
        if any(x is None for x, _ in found):
            return None, why
        pick = min if n.least else max
        if any(isinstance(x, tuple) for x, _ in found):
            return (pick(ends(x)[0] for x, _ in found), pick(ends(x)[1] for x, _ in found)), why
        return pick(x for x, _ in found), why

    def _rounding(self, n: f.Rounding) -> tuple[Any, Why]:
        x, why = self.value(n.x)
        if x is None:
            return None, why
        if not isinstance(x, tuple):
            return rounded(n, x), why
        if n.kind == "abs":
            low, high = sorted((abs(x[0]), abs(x[1])))
            return (Fraction(0) if x[0] < 0 < x[1] else low, high), why
        return (rounded(n, x[0]), rounded(n, x[1])), why

    def _case(self, n: f.Case) -> tuple[Any, Why]:
        for when, then in n.branches:
            holds, why = self.test(when)
            if holds is None:
                return None, why
            if holds:
                return self.value(then)
        return self.value(n.default)

    def _firstknown(self, n: f.FirstKnown) -> tuple[Any, Why]:
        found = [self.value(p) for p in n.parts]
        for x, why in found:
            if x is not None:
                return x, why
        return None, union(why for _, why in found)

    def _countyes(self, n: f.CountYes) -> tuple[Any, Why]:
        found = [self.test(p) for p in n.parts]
        sure = Fraction(sum(holds is True for holds, _ in found))
        open_ = [why for holds, why in found if holds is None]
        return (sure, sure + len(open_)), union(open_)

    def _dayssince(self, n: f.DaysSince) -> tuple[Any, Why]:
        day, why = self.value(n.date)
        return (None if day is None else Fraction((self.case.as_of - day).days)), why

    def _yearof(self, n: f.YearOf) -> tuple[Any, Why]:
        day, why = self.value(n.date)
        return (None if day is None else Fraction(day.year)), why

    def _assessmentyear(self, n: f.AssessmentYear) -> tuple[Any, Why]:
        return Fraction(self.case.year), NOTHING

    def _yeargap(self, n: f.YearGap) -> tuple[Any, Why]:
        (x, a), (y, b) = self.value(n.left), self.value(n.right)
        return (None if x is None or y is None else x - y), a | b

    def _window(self, n: f.Window) -> tuple[Any, Why]:
        count, why = self.value(n.count)
        if count is None:
            return None, why
        if count.denominator != 1 or not 1 <= count <= len(n.parts):
            return None, UNDEFINED
        parts = n.parts[: int(count)]
        if n.kind == "each":
            return self._joined([self.test(p) for p in parts], False)
        found = [self.value(p) for p in parts]
        why = union(w for _, w in found)
        if any(x is None for x, _ in found):
            return None, why
        total = sum((x for x, _ in found), Fraction(0))
        return (total / count if n.kind == "avg" else total), why

    def _ratio(self, current: f.Node, base: f.Node) -> tuple[Fraction | None, Why]:
        (x, a), (y, b) = self.value(current), self.value(base)
        why = a | b
        if y is not None and y <= 0:
            return None, why | UNDEFINED
        return (None, why) if x is None or y is None else (x / y, NOTHING)

    def _growth(self, n: f.Growth) -> tuple[Any, Why]:
        ratio, why = self._ratio(n.current, n.base)
        return (None if ratio is None else ratio - 1), why

    def _score(self, n: f.Score) -> tuple[Any, Why]:
        (low, high), why = self.scores[n.id]
        return (low, high), (why if low != high else NOTHING)

    def _points(self, n: f.Points) -> tuple[Any, Why]:
        other = self.others[n.rule]
        if not other.in_force:
            return None, UNDEFINED
        (low, high), why = other.total
        return (low, high), (why if low != high else NOTHING)


    def _peer(self, n: f.Peer) -> tuple[Any, Why]:
        codes = [self.value(part) for part in n.over]
        own, why = self.value(n.x)
        needed = codes if n.kind == "median" else [*codes, (own, why)]
        if any(x is None for x, _ in needed):
            return None, union(w for x, w in needed if x is None)
        found = []
        for case in self.peers:
            other = Oracle(case, self.rule)
            x = other.value(n.x)[0]
            if x is not None and [other.value(part)[0] for part in n.over] == [code for code, _ in codes]:
                found.append(x)
        if not found:
            return None, UNDEFINED
        if n.kind == "percentile":
            return (sum(x < own for x in found) + Fraction(sum(x == own for x in found), 2)) / len(found), NOTHING
        found = sorted(half_away(x, DIGITS.get(n.dim.name, 8)) for x in found)
        return (found[(len(found) - 1) // 2] + found[len(found) // 2]) / 2, NOTHING


def union(whys: Any) -> Why:
    found = NOTHING
    for why in whys:
        found = found | why
    return found


def ends(x: Any) -> Pair:
    return x if isinstance(x, tuple) else (x, x)


def samples(x: Any) -> tuple[Any, ...]:
    return (*x, (x[0] + x[1]) / 2) if isinstance(x, tuple) else (x,)


def crossing(op: str, x: Any, y: Any) -> set[bool]:
    """Two ranges that overlap can be equal, also where no sampled point is."""
    (a, b), (c, d) = ends(x), ends(y)
    if op in ("=", "<>") and a <= d and c <= b and (a != b or c != d):
        return {True, False}
    return set()


def relation(op: str, x: Any, y: Any) -> bool:
    return {"=": x == y, "<>": x != y}[op] if op in ("=", "<>") else {"<": x < y, "<=": x <= y, ">": x > y, ">=": x >= y}[op]


def operation(op: str, x: Fraction, y: Fraction) -> Fraction:
    if op == "/":
        return x / y
    return {"+": x + y, "-": x - y, "*": x * y}[op]


def half_away(x: Fraction, digits: int) -> Fraction:
    """Rounded half away from zero."""
    scaled = abs(x) * 10**digits
    whole = int(scaled + Fraction(1, 2))
    return Fraction(whole if x >= 0 else -whole, 10**digits)


def rounded(n: f.Rounding, x: Fraction) -> Fraction:
    if n.kind == "abs":
        return abs(x)
    if n.kind == "round":
        return half_away(x, n.digits)
    return Fraction((x * 10**n.digits).__floor__(), 10**n.digits)


def later(day: dt.date, months: int) -> dt.date:
    """The same day of a later month; the month's last day where it has no such day."""
    total = day.year * 12 + day.month - 1 + months
    for date in range(day.day, 27, -1):
        try:
            return dt.date(total // 12, total % 12 + 1, date)
        except ValueError:
            continue
    return dt.date(total // 12, total % 12 + 1, min(day.day, 28))
