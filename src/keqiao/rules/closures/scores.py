"""Score items as closures: each gives ``(low, high)`` in 1/10000 points, weight included."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Any

from keqiao.rules import model as m
from keqiao.rules.closures.compile import condition, value
from keqiao.rules.closures.values import Case, Env, Gaps, Value, Why, as_pair
from keqiao.rules.dimensions import SCALES
from keqiao.rules.form import Node
from keqiao.rules.quantities import divide_half_away

Points = tuple[int, int]
SCALE = SCALES["points"]


@dataclass(slots=True)
class Measured:
    """What a form reads: the expression, its compiled value, and the bounds it is held against."""

    node: Node
    value: Value
    bounds: tuple[Fraction, ...] = ()


@dataclass(slots=True)
class Scored:
    """A compiled form: its points, why they are a range, and what it measures (None where it only asks conditions).

    ``parts`` are the alternatives of a ``best``.
    """

    get: Callable[[Case], Points]
    gaps: Why
    measured: Measured | None = None
    parts: list[Scored] | None = None

    def measure(self, c: Case) -> Measured | None:
        """What decides the points: of alternatives, the first that gives the most for sure."""
        if not self.parts:
            return self.measured
        lows = [part.get(c)[0] for part in self.parts]
        return self.parts[lows.index(max(lows))].measure(c)


def stored(points: Fraction) -> int:
    """Points as 1/10000, rounded half away from zero."""
    return divide_half_away(points.numerator * SCALE, points.denominator)


def weighted(points: m.Range, weight: Fraction) -> Points:
    """A range of points times a weight, stored."""
    ends = stored(points[0] * weight), stored(points[1] * weight)
    return min(ends), max(ends)


def span(ranges: list[Points]) -> Points:
    """The smallest range around all."""
    return min(r[0] for r in ranges), max(r[1] for r in ranges)


def compile_form(form: m.Form, weight: Fraction, env: Env) -> Scored:
    """Compile a score form under one weight."""
    made = _FORMS[type(form)](form, weight, env)
    if isinstance(form, m.Bands | m.MapPoints | m.Linear | m.Mark):
        bounds = form.bounds if isinstance(form, m.Bands) else ()
        made.measured = Measured(form.value, value(form.value, env), bounds)
    return made


def _undefined(value_gaps: Why, get: Callable[[Case], Points | None]) -> Why:
    """The gaps of a form over one value: the value's own, or an expert's range."""

    def gaps(c: Case, g: Gaps) -> None:
        if get(c) is None:
            value_gaps(c, g)
        else:
            g.refer = True

    return gaps


def _open(get: Callable[[Case], Points | None], whole: Points, why: Why) -> Scored:
    def ranged(c: Case) -> Points:
        found = get(c)
        return whole if found is None else found

    return Scored(ranged, _undefined(why, get))


def _bands(form: m.Bands, weight: Fraction, env: Env) -> Scored:
    made = value(form.value, env)
    points = [weighted(p, weight) for p in form.points]
    bounds = list(form.bounds)
    if not form.upper:  # ascending, so that one bisection serves both
        points.reverse()
        bounds.reverse()
    locate = _locate(made, bounds, form.upper)
    if made.slot is not None:
        return _bands_of_fact(made, bounds, points, form.upper)

    def get(c: Case) -> Points | None:
        at = locate(c)
        if at is None:
            return None
        if type(at) is tuple:
            return span(points[at[0] : at[1] + 1])
        return points[at]  # type: ignore[no-any-return]

    def of_range(c: Case, g: Gaps) -> None:
        at = locate(c)
        if at is None or at[0] != at[1]:  # the range of the value itself reaches several bands
            made.gaps(c, g)
        else:
            g.refer = True

    scored = _open(get, span(points), made.gaps)
    return Scored(scored.get, of_range) if made.kind == "range" else scored


def _bands_of_fact(made: Value, bounds: list[Fraction], points: list[Points], upper: bool) -> Scored:
    """Bands of a fact as it stands: the bounds become stored whole numbers, so one bisection decides."""
    assert made.slot is not None
    slot, whole = made.slot, span(points)
    # a stored value is whole: x >= 2.5 is x >= 3, x <= 2.5 is x <= 2
    limits = [(b / made.factor).__floor__() if upper else (b / made.factor).__ceil__() for b in bounds]
    bisect = bisect_left if upper else bisect_right

    def ranged(c: Case) -> Points:
        x = c[slot]
        return whole if x is None else points[bisect(limits, x)]

    def known(c: Case) -> Points | None:
        return None if c[slot] is None else ranged(c)

    return Scored(ranged, _undefined(made.gaps, known))


def _locate(made: Value, bounds: list[Fraction], upper: bool) -> Callable[[Case], Any]:
    """The index of the band: an int, a pair of ints for a range, or None."""
    raw = [b / made.factor for b in bounds]
    scale = lcm(*(b.denominator for b in raw)) if raw else 1
    whole = [int(b * scale) for b in raw]
    bisect = bisect_left if upper else bisect_right
    get = made.get
    if made.kind == "int":

        def of_int(c: Case) -> Any:
            x = get(c)
            return None if x is None else bisect(whole, x * scale)

        return of_int
    if made.kind == "range":

        def of_range(c: Case) -> Any:
            x = get(c)
            return None if x is None else (bisect(whole, x[0] * scale), bisect(whole, x[1] * scale))

        return of_range

    def of_pair(c: Case) -> Any:
        x = get(c)
        if x is None:
            return None
        n, d = x[0] * scale, x[1]
        # n / d against whole bounds: the floor decides lower bounds, the ceiling upper ones
        return bisect(whole, -(-n // d) if upper else n // d)

    return of_pair


def _map(form: m.MapPoints, weight: Fraction, env: Env) -> Scored:
    made = value(form.value, env)
    table = {code: weighted(p, weight) for code, p in form.points.items()}
    otherwise = weighted(form.otherwise, weight)
    read = made.get

    def get(c: Case) -> Points | None:
        x = read(c)
        return None if x is None else table.get(x, otherwise)

    return _open(get, span([*table.values(), otherwise]), made.gaps)


def _linear(form: m.Linear, weight: Fraction, env: Env) -> Scored:
    made, full = value(form.value, env), value(form.full, env)
    top, bottom = as_pair(made), as_pair(full)
    ratio = made.factor / full.factor
    most = form.points * weight * SCALE
    times, over = (most * ratio).numerator, (most * ratio).denominator
    end = stored(form.points * weight)

    def get(c: Case) -> Points | None:
        x, y = top(c), bottom(c)
        if x is None or y is None or y[0] <= 0:
            return None
        n, d = x[0] * y[1], x[1] * y[0]
        if n <= 0:
            return (0, 0)
        if n * ratio.numerator >= d * ratio.denominator:
            return (end, end)
        points = divide_half_away(n * times, d * over)
        return (points, points)

    def gaps(c: Case, g: Gaps) -> None:
        made.gaps(c, g)
        full.gaps(c, g)
        y = bottom(c)
        if y is not None and y[0] <= 0:
            g.unknown = True

    return _open(get, (min(0, end), max(0, end)), gaps)


def _mark(form: m.Mark, weight: Fraction, env: Env) -> Scored:
    made = value(form.value, env)
    pair, factor = as_pair(made), made.factor
    end = stored(form.most * weight)

    def get(c: Case) -> Points | None:
        x = pair(c)
        if x is None:
            return None
        mark = min(max(Fraction(x[0], x[1]) * factor, Fraction(0)), form.most)
        points = stored(mark * weight)
        return (points, points)

    return _open(get, (min(0, end), max(0, end)), made.gaps)


def _ladder(form: m.Ladder, weight: Fraction, env: Env) -> Scored:
    steps = [(condition(s.when, env), weighted(s.points, weight)) for s in form.steps]
    otherwise = weighted(form.otherwise, weight)

    def get(c: Case) -> Points:
        possible: list[Points] = []
        for when, points in steps:
            holds = when.test(c)
            if holds is None:
                possible.append(points)
            elif holds:
                return span([*possible, points]) if possible else points
        return span([*possible, otherwise]) if possible else otherwise

    def gaps(c: Case, g: Gaps) -> None:
        waiting = False
        for when, _ in steps:
            holds = when.test(c)
            if holds is None:
                when.gaps(c, g)
                waiting = True
            elif holds:
                break
        if not waiting:
            g.refer = True

    return Scored(get, gaps)


def _best(form: m.Best, weight: Fraction, env: Env) -> Scored:
    forms = [compile_form(part, weight, env) for part in form.forms]
    gets = [part.get for part in forms]

    def get(c: Case) -> Points:
        low, high = gets[0](c)
        for part in gets[1:]:
            a, b = part(c)
            if a > low:
                low = a
            if b > high:
                high = b
        return low, high

    def gaps(c: Case, g: Gaps) -> None:
        low = get(c)[0]
        for part in forms:
            if part.get(c)[1] > low:
                part.gaps(c, g)

    return Scored(get, gaps, parts=forms)


def _capped(form: m.Capped, weight: Fraction, env: Env) -> Scored:
    steps = [(condition(s.when, env), s.points) for s in form.steps]

    def get(c: Case) -> Points:
        low = high = Fraction(0)
        for when, points in steps:
            holds = when.test(c)
            if holds or holds is None:
                low += points[0] if holds else min(Fraction(0), points[0])
                high += points[1] if holds else max(Fraction(0), points[1])
        if form.cap is not None:
            low, high = min(low, form.cap), min(high, form.cap)
        return weighted((low, high), weight)

    def gaps(c: Case, g: Gaps) -> None:
        waiting = False
        for when, _ in steps:
            if when.test(c) is None:
                when.gaps(c, g)
                waiting = True
        if not waiting:
            g.refer = True

    return Scored(get, gaps)


_FORMS: dict[type, Callable[[Any, Fraction, Env], Scored]] = {
    m.Bands: _bands,
    m.MapPoints: _map,
    m.Linear: _linear,
    m.Mark: _mark,
    m.Ladder: _ladder,
    m.Best: _best,
    m.Capped: _capped,
}
