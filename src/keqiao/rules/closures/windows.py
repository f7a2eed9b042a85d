"""Sums, means and conditions over a number of years that is computed, as closures."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from keqiao.rules import form as f
from keqiao.rules.closures import arithmetic as a
from keqiao.rules.closures import values as v
from keqiao.rules.closures.dispatch import condition, value
from keqiao.rules.closures.values import Case, Condition, Env, Gaps, Value, undecided_parts


def _window(node: f.Window, env: Env) -> Value:
    if node.kind == "each":
        made = _each(node, env)
        return Value("flag", made.test, made.gaps)
    count = value(node.count, env)
    parts = [value(p, env) for p in node.parts]
    sums: list[Value] = []
    for part in parts:
        sums.append(part if not sums else a.add(sums[-1], part, 1))
    if node.kind == "avg":
        sums = [a.divide(s, v.constant(Fraction(i + 1))) for i, s in enumerate(sums)]
    kind, factor, gets, times = a.unify(sums)
    years = years_of(count, len(parts))

    def get(c: Case) -> Any:
        n = years(c)
        if n is None:
            return None
        x = gets[n - 1](c)
        return None if x is None else a.scaled(kind, x, times[n - 1])

    def gaps(c: Case, g: Gaps) -> None:
        n = years(c)
        if n is None:
            _count_gaps(count, c, g)
        else:
            for part in parts[:n]:
                part.gaps(c, g)

    return Value(kind, get, gaps, factor)


def years_of(count: Value, most: int) -> Callable[[Case], int | None]:
    """A whole number of years from 1 to ``most``, else None."""
    pair, top, bottom = v.as_pair(count), count.factor.numerator, count.factor.denominator

    def years(c: Case) -> int | None:
        x = pair(c)
        if x is None:
            return None
        n, rest = divmod(x[0] * top, x[1] * bottom)
        return n if rest == 0 and 1 <= n <= most else None

    return years


def _count_gaps(count: Value, c: Case, g: Gaps) -> None:
    if count.get(c) is None:
        count.gaps(c, g)
    else:  # a number of years outside 1 to the most, or not whole: nothing to wait for
        g.unknown = True


def _each(node: f.Window, env: Env) -> Condition:
    count = value(node.count, env)
    parts = [condition(p, env) for p in node.parts]
    years = years_of(count, len(parts))

    def test(c: Case) -> bool | None:
        n = years(c)
        if n is None:
            return None
        result: bool | None = True
        for part in parts[:n]:
            holds = part.test(c)
            if holds is None:
                result = None
            elif not holds:
                return False
        return result

    def gaps(c: Case, g: Gaps) -> None:
        n = years(c)
        if n is None:
            _count_gaps(count, c, g)
        else:
            undecided_parts(parts[:n])(c, g)

    return Condition(test, gaps)


VALUES: dict[type[f.Node], Callable[[Any, Env], Value]] = {f.Window: _window}
CONDITIONS: dict[type[f.Node], Callable[[Any, Env], Condition]] = {f.Window: _each}
