"""Comparisons, decided on whole numbers by cross-multiplication; and their margins."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from keqiao.rules.calendar import add_months
from keqiao.rules.closures.values import (
    AS_OF,
    Case,
    Condition,
    Get,
    Value,
    as_pair,
    as_range,
    both,
    common_factor,
    constant,
)

OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(slots=True)
class Comparison:
    """A comparison whose sides are read once and then decided and measured.

    ``left`` and ``right`` are in one kind; ``a`` and ``b`` are the whole numbers that bring both to
    the factor ``factor``. For pairs a value is ``(numerator, denominator)``. Of kind ``since`` the left is a
    date with the as-of day and the right a number of months. Of a compound rate the sides are powers, and
    ``compound`` keeps its years and the threshold that was written.
    """

    op: str
    left: Get
    right: Get
    decide: Callable[[Any, Any], bool | None]
    kind: str
    factor: Fraction
    a: int
    b: int
    sides: tuple[Value, Value]
    compound: tuple[int, Fraction] | None = None

    @property
    def measurable(self) -> bool:
        """Whether there is a margin to be taken from the raw sides."""
        return self.op not in ("=", "<>") and self.kind in ("int", "pair", "range") and self.compound is None

    def condition(self) -> Condition:
        """The comparison as a condition."""
        left, right, decide = self.left, self.right, self.decide

        def test(c: Case) -> bool | None:
            x = left(c)
            if x is None:
                return None
            y = right(c)
            return None if y is None else decide(x, y)

        return Condition(test, both(self.sides[0].gaps, self.sides[1].gaps))

    def margin(self, x: Any, y: Any) -> Any:
        """How far inside (positive) or outside (negative) the threshold, in the kind of the sides.

        Multiply by ``factor`` for base units. Not defined for equality and for texts and dates.
        """
        a, b = self.a, self.b
        if self.op[0] == "<":
            x, y, a, b = y, x, b, a
        if self.kind == "int":
            return x * a - y * b
        if self.kind == "pair":
            return x[0] * a * y[1] - y[0] * b * x[1], x[1] * y[1]
        return x[0] * a - y[1] * b, x[1] * a - y[0] * b


def comparison(op: str, left: Value, right: Value) -> Comparison:
    """Compile ``left op right`` for values of one dimension."""
    sides = (left, right)
    kinds = {left.kind, right.kind}
    holds = OPERATORS[op]
    if not kinds <= {"int", "pair", "range"}:
        return Comparison(op, left.get, right.get, holds, "plain", Fraction(1), 1, 1, sides)
    factor = common_factor(left.factor, right.factor)
    a, b = int(left.factor / factor), int(right.factor / factor)
    if "range" in kinds:
        decide = _range_decision(op, a, b)
        return Comparison(op, as_range(left), as_range(right), decide, "range", factor, a, b, sides)
    if "pair" in kinds:

        def of_pairs(x: Any, y: Any) -> bool:
            return holds(x[0] * a * y[1], y[0] * b * x[1])

        return Comparison(op, as_pair(left), as_pair(right), of_pairs, "pair", factor, a, b, sides)
    if a == b == 1:
        return Comparison(op, left.get, right.get, holds, "int", factor, 1, 1, sides)

    def of_wholes(x: Any, y: Any) -> bool:
        return holds(x * a, y * b)

    return Comparison(op, left.get, right.get, of_wholes, "int", factor, a, b, sides)


def since(op: str, date: Value, months: int) -> Comparison:
    """Compile ``years_since(date) op months``: the as-of day against the date plus the months."""
    get, holds = date.get, OPERATORS[op]

    def dated(c: Case) -> tuple[int, int] | None:
        x = get(c)
        return None if x is None else (x, c[AS_OF])

    def decide(x: tuple[int, int], y: int) -> bool:
        return holds(x[1], add_months(x[0], y))

    limit = constant(Fraction(months))
    return Comparison(op, dated, limit.get, decide, "since", Fraction(1), 1, 1, (date, limit))


def _range_decision(op: str, a: int, b: int) -> Callable[[Any, Any], bool | None]:
    """Yes where every pair of values satisfies, no where none does."""
    holds = OPERATORS[op]

    def ordered(x: Any, y: Any) -> bool | None:
        worst, best = (x[0] * a, y[1] * b), (x[1] * a, y[0] * b)
        if op in ("<", "<="):
            worst, best = best, worst
        if holds(*worst):
            return True
        return None if holds(*best) else False

    def equal(x: Any, y: Any) -> bool | None:
        if x[0] == x[1] and y[0] == y[1]:
            return holds(x[0] * a, y[0] * b)
        apart = x[1] * a < y[0] * b or y[1] * b < x[0] * a
        return (op == "<>") if apart else None

    return equal if op in ("=", "<>") else ordered
