"""Sums, means and conditions over a number of years that is computed, lowered."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from keqiao.errors import RuleError
from keqiao.rules import form as f
from keqiao.rules.sql import values as v
from keqiao.rules.sql.compare import compare
from keqiao.rules.sql.conditions import all_of
from keqiao.rules.sql.expressions import choice
from keqiao.rules.sql.ir import X
from keqiao.rules.sql.lowering import Lowering
from keqiao.rules.sql.values import Cond, Num, Span, Value


def _counts(low: Lowering, node: f.Window) -> tuple[list[Cond], X | None]:
    """For each number of years, whether the count is it; and why the count is undefined."""
    count = low.number(node.count)
    if isinstance(count, Span):
        raise RuleError("年数不能由得分算出", "a number of years cannot come from points")
    g = low.g
    tests = [compare(low.g, "=", count, v.constant(g, Fraction(i + 1))) for i in range(len(node.parts))]
    return tests, count.refer


def _window(low: Lowering, node: f.Window) -> Value:
    g = low.g
    tests, _ = _counts(low, node)
    sums: list[Value] = []
    for part in node.parts:
        lowered = low.number(part)
        sums.append(lowered if not sums else v.add(g, sums[-1], lowered, 1))
    if node.kind == "avg":
        sums = [v.divide(g, s, v.constant(g, Fraction(i + 1))) for i, s in enumerate(sums)]
    nothing = Num(g.null("int"))
    return choice(low, list(zip(tests, sums, strict=True)), nothing)


def _each(low: Lowering, node: f.Window) -> Cond:
    g = low.g
    tests, _ = _counts(low, node)
    parts = [low.condition(p) for p in node.parts]
    rows: list[tuple[Cond, Value]] = [(test, all_of(g, parts[: i + 1])) for i, test in enumerate(tests)]
    found = choice(low, rows, Cond(g.null("bool")))
    assert isinstance(found, Cond)
    return found


VALUES: dict[type[f.Node], Callable[[Lowering, Any], Value]] = {
    f.Window: lambda low, n: _each(low, n) if n.kind == "each" else _window(low, n)
}
CONDITIONS: dict[type[f.Node], Callable[[Lowering, Any], Cond]] = {f.Window: _each}
