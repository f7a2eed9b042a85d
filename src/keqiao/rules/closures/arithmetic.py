"""Arithmetic of closures: whole numbers stay whole, quotients become pairs, scores keep their range."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Any

from keqiao.rules import form as f
from keqiao.rules.closures.values import (
    AS_OF,
    Case,
    Gaps,
    Get,
    Value,
    as_pair,
    as_range,
    both,
    common_factor,
    constant,
    every,
)


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
