"""Values as closures, node by node."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from keqiao.rules import form as f
from keqiao.rules.closures import arithmetic as a
from keqiao.rules.closures import values as v
from keqiao.rules.closures.dispatch import condition, value
from keqiao.rules.closures.peers import peer
from keqiao.rules.closures.values import YEAR, Case, Env, Gaps, Value, undecided_parts
from keqiao.rules.dimensions import SCALES

_POINTS = Fraction(1, SCALES["points"])


def _arithmetic(node: f.Arithmetic, env: Env) -> Value:
    left, right = value(node.left, env), value(node.right, env)
    if node.op == "+":
        return a.add(left, right, 1)
    if node.op == "-":
        return a.add(left, right, -1)
    return a.multiply(left, right) if node.op == "*" else a.divide(left, right)


def _case(node: f.Case, env: Env) -> Value:
    tests = [condition(when, env) for when, _ in node.branches]
    parts = [value(then, env) for _, then in node.branches] + [value(node.default, env)]
    kind, factor, gets, times = a.unify(parts)

    def chosen(c: Case) -> int | None:
        for i, test in enumerate(tests):
            holds = test.test(c)
            if holds:
                return i
            if holds is None:
                return None
        return len(tests)

    def get(c: Case) -> Any:
        i = chosen(c)
        if i is None:
            return None
        x = gets[i](c)
        return None if x is None else a.scaled(kind, x, times[i])

    def gaps(c: Case, g: Gaps) -> None:
        for i, test in enumerate(tests):
            holds = test.test(c)
            if holds is None:
                test.gaps(c, g)
                return
            if holds:
                parts[i].gaps(c, g)
                return
        parts[-1].gaps(c, g)

    return Value(kind, get, gaps, factor)


def _first_known(node: f.FirstKnown, env: Env) -> Value:
    parts = [value(p, env) for p in node.parts]
    kind, factor, gets, times = a.unify(parts)

    def get(c: Case) -> Any:
        for part, by in zip(gets, times, strict=True):
            x = part(c)
            if x is not None:
                return a.scaled(kind, x, by)
        return None

    def gaps(c: Case, g: Gaps) -> None:
        for part in parts:
            if part.get(c) is not None:  # a range that is still open waits for what it waits for
                part.gaps(c, g)
                return
        for part in parts:
            part.gaps(c, g)

    return Value(kind, get, gaps, factor)


def _count_yes(node: f.CountYes, env: Env) -> Value:
    parts = [condition(p, env) for p in node.parts]
    tests = [p.test for p in parts]

    def get(c: Case) -> Any:
        low = high = 0
        for test in tests:
            holds = test(c)
            if holds:
                low += 1
                high += 1
            elif holds is None:
                high += 1
        return low, high

    return Value("range", get, undecided_parts(parts))


def growth_ratio(current: f.Node, base: f.Node, env: Env) -> Value:
    """current / base; a base that is not positive is undefined and waits for nothing."""
    top, bottom = value(current, env), value(base, env)
    ratio = a.divide(top, bottom)
    get, kind, bottom_get = ratio.get, bottom.kind, bottom.get

    def not_positive(c: Case) -> bool:
        y = bottom_get(c)
        return y is not None and (y if kind == "int" else y[0]) <= 0

    def guarded(c: Case) -> Any:
        return None if not_positive(c) else get(c)

    def gaps(c: Case, g: Gaps) -> None:
        top.gaps(c, g)
        bottom.gaps(c, g)
        if not_positive(c):
            g.unknown = True

    return Value(ratio.kind, guarded, gaps, ratio.factor)


def _growth(node: f.Growth, env: Env) -> Value:
    return a.add(growth_ratio(node.current, node.base, env), v.constant(Fraction(1)), -1)


def _score(node: f.Score, env: Env) -> Value:
    low, high = env.score_slots[node.id]
    why = env.score_gaps[node.id]

    def get(c: Case) -> Any:
        return c[low], c[high]

    def gaps(c: Case, g: Gaps) -> None:
        if c[low] != c[high]:
            why(c, g)

    return Value("range", get, gaps, _POINTS)


def _points(node: f.Points, env: Env) -> Value:
    other = env.others[node.rule]

    def get(c: Case) -> Any:
        return other.total(c)

    def gaps(c: Case, g: Gaps) -> None:
        found = other.total(c)
        if found is None:  # not in force on the day: nothing to wait for
            g.unknown = True
        elif found[0] != found[1]:
            other.total_gaps(c, g)

    return Value("range", get, gaps, _POINTS)


def _quantity(node: f.Quantity, env: Env) -> Value:
    return v.constant(node.value)


def _plain(kind: str) -> Callable[[Any, Env], Value]:
    def build(node: Any, env: Env) -> Value:
        x = node.value
        return Value(kind, lambda c: x, v.no_gaps)

    return build


def _peer(node: f.Peer, env: Env) -> Value:
    return peer(node, value(node.x, env), [value(part, env) for part in node.over], env)


VALUES: dict[type[f.Node], Callable[[Any, Env], Value]] = {
    f.Quantity: _quantity,
    f.Text: _plain("text"),
    f.Day: _plain("date"),
    f.Truth: _plain("flag"),
    f.Fact: v.fact,
    f.Arithmetic: _arithmetic,
    f.Negative: lambda n, env: a.negate(value(n.x, env)),
    f.Extreme: lambda n, env: a.extreme([value(p, env) for p in n.parts], n.least),
    f.Rounding: lambda n, env: a.rounding(n, value(n.x, env)),
    f.Case: _case,
    f.FirstKnown: _first_known,
    f.CountYes: _count_yes,
    f.DaysSince: lambda n, env: a.date_parts("days", value(n.date, env)),
    f.YearOf: lambda n, env: a.date_parts("year", value(n.date, env)),
    f.AssessmentYear: lambda n, env: Value("int", lambda c: c[YEAR], v.no_gaps),
    f.YearGap: lambda n, env: a.add(value(n.left, env), value(n.right, env), -1),
    f.Growth: _growth,
    f.Score: _score,
    f.Points: _points,
    f.Peer: _peer,
}
