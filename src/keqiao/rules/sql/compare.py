"""Comparisons lowered, decided by cross-multiplication."""

from __future__ import annotations

from keqiao.rules.closures.values import common_factor
from keqiao.rules.sql import values as v
from keqiao.rules.sql.ir import Graph, X
from keqiao.rules.sql.values import Cond, Num, Plain, Span, Value


def compare(g: Graph, op: str, a: Value, b: Value) -> Cond:
    """A comparison decided by cross-multiplication."""
    refer = v.merged(g, (a, b))
    if isinstance(a, Plain) and isinstance(b, Plain):
        return Cond(g.compare(op, a.x, b.x), refer)
    assert isinstance(a, Num | Span) and isinstance(b, Num | Span)
    factor = common_factor(a.factor, b.factor)
    m, n = int(a.factor / factor), int(b.factor / factor)
    if isinstance(a, Span) or isinstance(b, Span):
        return _compare_spans(g, op, v.as_span(g, a), v.as_span(g, b), m, n, refer)
    one = g.number(1)
    left, right = g.scaled(g.times(a.num, b.den or one), m), g.scaled(g.times(b.num, a.den or one), n)
    dens = [(x.den, x.tidy) for x in (a, b) if x.den is not None]
    if all(tidy for _, tidy in dens):
        if not dens:
            return Cond(g.compare(op, left, right), refer)
        return Cond(g.compare(op, left, right), refer)
    product = one
    for den, _ in dens:
        product = g.times(product, den)
    zero, flipped = g.number(0), {"<": ">", "<=": ">=", ">": "<", ">=": "<="}.get(op, op)
    return Cond(
        g.case(
            [(g.compare(">", product, zero), g.compare(op, left, right)), (g.compare("<", product, zero), g.compare(flipped, left, right))],
            g.null("bool"),
        ),
        refer,
    )


def _compare_spans(g: Graph, op: str, a: Span, b: Span, m: int, n: int, refer: X | None) -> Cond:
    a_low, a_high, b_low, b_high = g.scaled(a.low, m), g.scaled(a.high, m), g.scaled(b.low, n), g.scaled(b.high, n)
    if a.low is a.high and b.low is b.high:
        return Cond(g.compare(op, a_low, b_low), refer)
    if op in ("=", "<>"):
        same = g.both([g.compare("=", a_low, a_high), g.compare("=", b_low, b_high), g.compare("=", a_low, b_low)])
        apart = g.either([g.compare("<", a_high, b_low), g.compare("<", b_high, a_low)])
        yes, no = (same, apart) if op == "=" else (apart, same)
        both_sure = g.both([g.compare("=", a_low, a_high), g.compare("=", b_low, b_high)])
        rest = g.case([(both_sure, g.false)], g.null("bool")) if op == "=" else g.null("bool")
        return Cond(g.case([(yes, g.true), (no, g.false)], rest), refer)
    worst, best = ((a_low, b_high), (a_high, b_low)) if op in (">", ">=") else ((a_high, b_low), (a_low, b_high))
    sure = g.compare(op, *worst)
    never = g.negate(g.compare(op, *best))
    return Cond(g.case([(sure, g.true), (never, g.false)], g.null("bool")), refer)
