"""Score items lowered: low and high in 1/10000 points, under each row of weights."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

from keqiao.errors import RuleError
from keqiao.rules import model as m
from keqiao.rules.closures.scores import SCALE, Points, stored, weighted
from keqiao.rules.closures.scores import span as around
from keqiao.rules.sql import values as v
from keqiao.rules.sql.ir import Graph, X
from keqiao.rules.sql.lower import Lowering
from keqiao.rules.sql.values import Span


@dataclass(frozen=True, slots=True)
class Pts:
    """Points of an item: ``low`` and ``low + width`` in 1/10000, never NULL.

    ``refer`` says, where the width is not zero, that only judgement keeps it open.
    """

    low: X
    width: X
    refer: X | None = None


def lower_item(low: Lowering, form: m.Form, weights: list[Fraction]) -> list[Pts]:
    """The item under each weight, sharing what can be shared."""
    shared = _shared(low, form, weights) if len(weights) > 1 else None
    if shared is not None:
        return shared
    return [_FORMS[type(form)](low, form, weight) for weight in weights]


def _shared(low: Lowering, form: m.Form, weights: list[Fraction]) -> list[Pts] | None:
    """Whole points times weights that stay exact: the points are computed once."""
    points = _table(form)
    if points is None or any(p.denominator != 1 for p in points) or any(w < 0 for w in weights):
        return None
    factors = [w * SCALE for w in weights]
    if any(factor.denominator != 1 for factor in factors):
        return None
    g = low.g
    base = _FORMS[type(form)](low, form, Fraction(1, SCALE))
    return [
        Pts(g.scaled(base.low, int(k)), g.scaled(base.width, int(k)), base.refer if k else None) for k in factors
    ]


def _table(form: m.Form) -> list[Fraction] | None:
    """All points a tabular form can give, or None."""
    if isinstance(form, m.Bands):
        return [end for p in form.points for end in p]
    if isinstance(form, m.MapPoints):
        return [end for p in [*form.points.values(), form.otherwise] for end in p]
    if isinstance(form, m.Ladder):
        return [end for p in [*(s.points for s in form.steps), form.otherwise] for end in p]
    return None


def _made(g: Graph, rows: list[tuple[X, Points]], rest: Points, undefined: X, refer: X | None) -> Pts:
    """Points by the first row that holds; the range around all where the value is undefined."""
    every = [points for _, points in rows] + [rest]
    least, most = around(every)
    ordered = [(undefined, (least, most)), *rows] if undefined is not g.false else rows
    low = _case(g, ordered, rest, 0, undefined, least)
    exact = all(a == b for a, b in every)
    if exact:
        width = g.case([(undefined, g.number(most - least))], g.number(0))
        return Pts(low, width, refer)
    width = g.case([(when, g.number(b - a)) for when, (a, b) in ordered], g.number(rest[1] - rest[0]))
    # an expert's range is judgement, also where the value itself is known
    whose = g.case([(undefined, refer or g.false)], g.true)
    return Pts(low, width, whose)


def _case(g: Graph, rows: list[tuple[X, Points]], rest: Points, end: int, undefined: X, least: int) -> X:
    if rest[end] == least and rows and rows[0][0] is undefined:
        rows = rows[1:]  # comparisons with NULL are not true, so the rest is taken anyway
    return g.case([(when, g.number(points[end])) for when, points in rows], g.number(rest[end]))


def _bands(low: Lowering, form: m.Bands, weight: Fraction) -> Pts:
    g = low.g
    value = low.number(form.value)
    points = [weighted(p, weight) for p in form.points]
    if isinstance(value, Span):
        return _bands_of_span(low, form, value, points)
    made = v.tidied(g, value)
    op = "<=" if form.upper else ">="
    one = g.number(1)
    rows: list[tuple[X, Points]] = []
    for bound, given in zip(form.bounds, points, strict=False):
        limit = bound / made.factor
        left = g.scaled(made.num, limit.denominator)
        right = g.scaled(made.den or one, limit.numerator)
        rows.append((g.compare(op, left, right), given))
    return _made(g, rows, points[-1], v.undefined(g, made), made.refer)


def _bands_of_span(low: Lowering, form: m.Bands, value: Span, points: list[Points]) -> Pts:
    """Bands over a range: monotone, so the ends give the ends when the points fall or rise."""
    g = low.g
    ends: list[X] = []
    falling = all(a[0] >= b[1] for a, b in pairwise(points))
    if not falling or any(a != b for a, b in points):
        raise RuleError(
            "对得分区间分档时，分值要由高到低且不能是专家区间", "bands over points need falling points without ranges"
        )
    op = "<=" if form.upper else ">="
    for x in (value.low, value.high):
        rows = []
        for bound, given in zip(form.bounds, points, strict=False):
            limit = bound / value.factor
            rows.append((g.compare(op, g.scaled(x, limit.denominator), g.number(limit.numerator)), g.number(given[0])))
        ends.append(g.case(rows, g.number(points[-1][0])))
    first, last = (ends[1], ends[0]) if form.upper else (ends[0], ends[1])
    nothing = g.is_null(value.low)
    least = points[-1][0]
    low_x = g.case([(nothing, g.number(least))], first)
    width = g.case([(nothing, g.number(points[0][0] - least))], g.subtract(last, first))
    return Pts(low_x, width, value.refer)


def _map(low: Lowering, form: m.MapPoints, weight: Fraction) -> Pts:
    g, x = low.g, low.plain(form.value)
    rows = [(g.among(x.x, (code,)), weighted(p, weight)) for code, p in form.points.items()]
    return _made(g, rows, weighted(form.otherwise, weight), g.is_null(x.x), x.refer)


def _linear(low: Lowering, form: m.Linear, weight: Fraction) -> Pts:
    g = low.g
    value, full = low.number(form.value), low.number(form.full)
    if isinstance(value, Span) or isinstance(full, Span):
        raise RuleError("线性赋分不能用于得分区间", "linear points cannot be given for a range of points")
    top, bottom = v.tidied(g, value), v.tidied(g, full)
    zero = g.number(0)
    n = top.num if bottom.den is None else g.times(top.num, bottom.den)
    d = bottom.num if top.den is None else g.times(bottom.num, top.den)
    ratio = top.factor / bottom.factor
    most = form.points * weight * SCALE * ratio
    end = g.number(stored(form.points * weight))
    bad = g.either([v.undefined(g, top), v.undefined(g, bottom), g.sure(g.compare("<=", bottom.num, zero))])
    share = v.round_half_away(g, g.scaled(n, most.numerator), g.scaled(d, most.denominator))
    full_mark = g.compare(">=", g.scaled(n, ratio.numerator), g.scaled(d, ratio.denominator))
    points = g.case([(bad, zero), (g.compare("<=", n, zero), zero), (full_mark, end)], share)
    refer = v.merged(g, (top, bottom))
    if refer is not None:
        refer = g.both([refer, g.negate(g.sure(g.compare("<=", bottom.num, zero)))])
    return _between(g, points, end, bad, refer)


def _between(g: Graph, points: X, end: X, bad: X, refer: X | None) -> Pts:
    """Points where known, else the range from 0 to ``end``."""
    least, most = min(0, end.extra), max(0, end.extra)
    low = g.case([(bad, g.number(least))], points)
    return Pts(low, g.case([(bad, g.number(most - least))], g.number(0)), refer)


def _mark(low: Lowering, form: m.Mark, weight: Fraction) -> Pts:
    g = low.g
    value = low.number(form.value)
    if isinstance(value, Span):
        raise RuleError("mark 应是一个分数指标", "mark must be an indicator in points")
    made = v.tidied(g, value)
    nothing = v.undefined(g, made)
    most = form.most / made.factor
    zero, end = g.number(0), g.number(stored(form.most * weight))
    times = made.factor * weight * SCALE
    one = made.den or g.number(1)
    share = v.round_half_away(g, g.scaled(made.num, times.numerator), g.scaled(one, times.denominator))
    over = g.compare(">=", g.scaled(made.num, most.denominator), g.scaled(one, most.numerator))
    points = g.case([(nothing, zero), (g.compare("<=", made.num, zero), zero), (over, end)], share)
    return _between(g, points, end, nothing, made.refer)


def _ladder(low: Lowering, form: m.Ladder, weight: Fraction) -> Pts:
    g = low.g
    steps = [(low.condition(s.when), weighted(s.points, weight)) for s in form.steps]
    rest = weighted(form.otherwise, weight)
    if not any(c.b.null for c, _ in steps):
        return _made(g, [(c.b, p) for c, p in steps], rest, g.false, None)
    # undecided steps above the first that holds widen the range, from the last step upwards
    low_x, high_x = g.number(rest[0]), g.number(rest[1])
    refer: X = g.true if rest[0] != rest[1] else g.false
    waits: X = g.false
    for cond, (a, b) in reversed(steps):
        nothing = g.is_null(cond.b)
        wider_low = g.case([(g.compare("<", g.number(a), low_x), g.number(a))], low_x)
        wider_high = g.case([(g.compare(">", g.number(b), high_x), g.number(b))], high_x)
        low_x = g.case([(cond.b, g.number(a)), (nothing, wider_low)], low_x)
        high_x = g.case([(cond.b, g.number(b)), (nothing, wider_high)], high_x)
        refer = g.case([(cond.b, g.true if a != b else g.false), (nothing, g.both([cond.refer or g.false, g.either([refer, g.negate(waits)])]))], refer)
        waits = g.case([(cond.b, g.false), (nothing, g.true)], waits)
    refers = any(c.refer is not None for c, _ in steps) or any(p[0] != p[1] for _, p in steps) or rest[0] != rest[1]
    return Pts(low_x, g.subtract(high_x, low_x), refer if refers else None)


def _best(low: Lowering, form: m.Best, weight: Fraction) -> Pts:
    g = low.g
    parts = [_FORMS[type(part)](low, part, weight) for part in form.forms]
    highs = [g.add(p.low, p.width) for p in parts]
    best_low = v.pick(g, [p.low for p in parts], False)
    best_high = v.pick(g, highs, False)
    refer = v.only_judgement(g, [(g.compare(">", h, best_low), p.refer) for p, h in zip(parts, highs, strict=True)])
    return Pts(best_low, g.subtract(best_high, best_low), refer)


def _capped(low: Lowering, form: m.Capped, weight: Fraction) -> Pts:
    g = low.g
    steps = [(low.condition(s.when), s.points) for s in form.steps]
    ends = [p for _, pair in steps for p in pair] + ([form.cap] if form.cap is not None else [])
    if any((end * weight * SCALE).denominator != 1 for end in ends):
        raise RuleError("sum 的分值乘以权重后超过4位小数", "points of a sum times the weight have more than 4 decimals")
    zero = g.number(0)
    lows, highs = [], []
    for cond, (a, b) in steps:
        x, y = stored(a * weight), stored(b * weight)
        lows.append(g.case([(cond.b, g.number(x)), (g.is_null(cond.b), g.number(min(0, x)))], zero))
        highs.append(g.case([(cond.b, g.number(y)), (g.is_null(cond.b), g.number(max(0, y)))], zero))
    low_x, high_x = g.sum(lows), g.sum(highs)
    if form.cap is not None:
        cap = g.number(stored(form.cap * weight))
        low_x, high_x = v.pick(g, [low_x, cap], True), v.pick(g, [high_x, cap], True)
    waits = g.either(g.is_null(c.b) for c, _ in steps)
    judged = v.only_judgement(g, [(g.is_null(c.b), c.refer) for c, _ in steps])
    expert = any(p[0] != p[1] for _, p in steps)
    refer = judged
    if expert:  # with nothing waiting, only an expert's range can keep it open
        refer = g.case([(waits, judged or g.false)], g.true)
    return Pts(low_x, g.subtract(high_x, low_x), refer)


_FORMS: dict[type, Callable[[Lowering, Any, Fraction], Pts]] = {
    m.Bands: _bands,
    m.MapPoints: _map,
    m.Linear: _linear,
    m.Mark: _mark,
    m.Ladder: _ladder,
    m.Best: _best,
    m.Capped: _capped,
}

