"""Conditions lowered, node by node."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from keqiao.rules import form as f
from keqiao.rules.calendar import months_before
from keqiao.rules.model import NO, REFER, YES
from keqiao.rules.sql import values as v
from keqiao.rules.sql.compare import compare
from keqiao.rules.sql.expressions import ratio
from keqiao.rules.sql.ir import Graph
from keqiao.rules.sql.lowering import Lowering
from keqiao.rules.sql.values import Cond


def _comparison(low: Lowering, node: f.Compare) -> Cond:
    if isinstance(node.left, f.Cagr) and isinstance(node.right, f.Quantity):
        bound = (1 + node.right.value) ** node.left.years
        return compare(low.g, node.op, ratio(low, node.left.current, node.left.base), v.constant(low.g, bound))
    return compare(low.g, node.op, low.value(node.left), low.value(node.right))


def all_of(g: Graph, parts: list[Cond]) -> Cond:
    """AND of lowered conditions."""
    refer = v.only_judgement(g, [(g.is_null(p.b), p.refer) for p in parts])
    return Cond(g.both(p.b for p in parts), refer)


def _any_of(g: Graph, parts: list[Cond]) -> Cond:
    refer = v.only_judgement(g, [(g.is_null(p.b), p.refer) for p in parts])
    return Cond(g.either(p.b for p in parts), refer)


def _not(low: Lowering, node: f.Not) -> Cond:
    inner = low.condition(node.x)
    return Cond(low.g.negate(inner.b), inner.refer)


def _among(low: Lowering, node: f.Among) -> Cond:
    x = low.plain(node.x)
    return Cond(low.g.among(x.x, node.values), x.refer)


def _starts_with(low: Lowering, node: f.StartsWith) -> Cond:
    x = low.plain(node.x)
    return Cond(low.g.starts_with(x.x, node.prefix), x.refer)


def _in_list(low: Lowering, node: f.InList) -> Cond:
    x = low.plain(node.x)
    inside = low.g.among(x.x, node.members)
    return Cond(low.g.case([(inside, low.g.true)], low.g.null("bool")) if node.open else inside)


def _known(low: Lowering, node: f.Known) -> Cond:
    return Cond(low.g.negate(v.undefined(low.g, low.value(node.x))))


def _holds(low: Lowering, node: f.Holds) -> Cond:
    absent = low.facts.present is not None and "titles" not in low.facts.present
    titles = low.g.column("titles", "titles", "titles" not in low.facts.complete, 0, "titles" if absent else "")
    if absent:
        return Cond(low.g.null("bool"))
    first = None if node.months is None else months_before(low.as_of, node.months)
    return Cond(low.g.holds(titles, node.title, first, low.as_of))


def _anniversary(low: Lowering, node: f.Anniversary) -> Cond:
    date, g = low.plain(node.date), low.g
    # as_of <= d + n  is  d >= first day whose anniversary is not before as_of
    at_most = g.compare(">=", date.x, g.date(months_before(low.as_of, node.months)))
    below = g.compare(">=", date.x, g.date(months_before(low.as_of + 1, node.months)))
    made = {
        "<=": lambda: at_most,
        "<": lambda: below,
        ">=": lambda: g.negate(below),
        ">": lambda: g.negate(at_most),
        "=": lambda: g.both([at_most, g.negate(below)]),
        "<>": lambda: g.negate(g.both([at_most, g.negate(below)])),
    }[node.op]()
    return Cond(made, date.refer)


def _outcome(low: Lowering, node: f.Outcome) -> Cond:
    g, code = low.g, low.others[node.rule].outcome
    decided = g.case([(g.compare("=", code, g.number(YES)), g.true), (g.compare("=", code, g.number(NO)), g.false)], g.null("bool"))
    return Cond(decided, g.compare("=", code, g.number(REFER)))


def _class_among(low: Lowering, node: f.ClassAmong) -> Cond:
    g, possible = low.g, low.others[node.rule].possible
    if possible is None:  # not in force: undefined
        return Cond(g.null("bool"))
    inside = g.either(x for name, x in possible.items() if name in node.classes)
    outside = g.either(x for name, x in possible.items() if name not in node.classes)
    decided = g.case([(g.negate(outside), g.true), (g.negate(inside), g.false)], g.null("bool"))
    return Cond(decided, g.compare("=", low.others[node.rule].outcome, g.number(REFER)))


CONDITIONS: dict[type[f.Node], Callable[[Lowering, Any], Cond]] = {
    f.AllOf: lambda low, n: all_of(low.g, [low.condition(p) for p in n.parts]),
    f.AnyOf: lambda low, n: _any_of(low.g, [low.condition(p) for p in n.parts]),
    f.Not: _not,
    f.Compare: _comparison,
    f.Among: _among,
    f.StartsWith: _starts_with,
    f.InList: _in_list,
    f.Known: _known,
    f.Holds: _holds,
    f.Anniversary: _anniversary,
    f.Outcome: _outcome,
    f.ClassAmong: _class_among,
}
