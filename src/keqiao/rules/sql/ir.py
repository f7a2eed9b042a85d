"""The lowered form: whole numbers, texts, dates and three-valued conditions, each built once.

Nodes are shared: building the same expression twice gives the same object, so an expression that
is used in several places becomes one column. Every whole number knows a bound of its absolute
value; an expression that could pass 38 digits is refused.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from keqiao.errors import RuleError

#: The widest whole number that all dialects share: DECIMAL(38, 0).
WIDEST = 10**38 - 1
INT32 = 2**31 - 1
INT64 = 2**63 - 1
#: No table has more rows.
MOST_ROWS = 10**10


class X:
    """One lowered expression.

    ``kind`` is ``int``, ``bool``, ``text`` or ``date``; ``null`` says whether it can be NULL;
    ``bound`` is the largest absolute value of an int. ``extra`` holds names and constants.
    """

    __slots__ = ("args", "bound", "extra", "kind", "null", "op")

    def __init__(self, op: str, args: tuple[X, ...], extra: Any, kind: str, null: bool, bound: int) -> None:
        self.op, self.args, self.extra = op, args, extra
        self.kind, self.null, self.bound = kind, null, bound


class Graph:
    """Builds and shares lowered expressions."""

    def __init__(self) -> None:
        self._known: dict[tuple[Any, ...], X] = {}
        self.true = self._make("lit", (), True, "bool", False)
        self.false = self._make("lit", (), False, "bool", False)

    def _make(
        self, op: str, args: tuple[X, ...], extra: Any, kind: str, null: bool, bound: int = 0
    ) -> X:
        key = (op, tuple(map(id, args)), extra, kind)
        found = self._known.get(key)
        if found is None:
            if bound > WIDEST:
                raise RuleError(
                    "算式的数可能超过38位，不能精确计算；请减少连乘或除法",
                    "the numbers of this formula could pass 38 digits; use fewer products or quotients",
                )
            found = self._known[key] = X(op, args, extra, kind, null, bound)
        return found

    # ---- leaves ------------------------------------------------------------------------------

    def column(self, name: str, kind: str, null: bool, bound: int = 0, cast: str = "") -> X:
        """A column of the facts; ``cast`` names the type of a column that is not there (all NULL)."""
        return self._make("col", (), (name, cast), kind, null or bool(cast), bound)

    def number(self, value: int) -> X:
        """A whole number."""
        return self._make("lit", (), value, "int", False, abs(value))

    def text(self, value: str) -> X:
        """A text."""
        return self._make("text", (), value, "text", False)

    def date(self, day: int) -> X:
        """A date, from an ordinal day."""
        return self._make("date", (), day, "date", False)

    def null(self, kind: str) -> X:
        """NULL of a kind."""
        return self._make("null", (), kind, kind, True)

    # ---- whole numbers -------------------------------------------------------------------------

    def add(self, a: X, b: X) -> X:
        """``a + b``."""
        if a.op == "lit" and b.op == "lit":
            return self.number(a.extra + b.extra)
        if _is(a, 0):
            return b
        if _is(b, 0):
            return a
        return self._make("+", (a, b), None, "int", a.null or b.null, a.bound + b.bound)

    def sum(self, parts: Iterable[X]) -> X:
        """The sum of all parts, flat."""
        total = self.number(0)
        for part in parts:
            total = self.add(total, part)
        return total

    def subtract(self, a: X, b: X) -> X:
        """``a - b``."""
        if a.op == "lit" and b.op == "lit":
            return self.number(a.extra - b.extra)
        if _is(b, 0):
            return a
        return self._make("-", (a, b), None, "int", a.null or b.null, a.bound + b.bound)

    def times(self, a: X, b: X) -> X:
        """``a * b``."""
        if a.op == "lit" and b.op == "lit":
            return self.number(a.extra * b.extra)
        if _is(a, 1):
            return b
        if _is(b, 1):
            return a
        return self._make("*", (a, b), None, "int", a.null or b.null, a.bound * b.bound)

    def scaled(self, a: X, factor: int) -> X:
        """``a`` times a whole constant."""
        return self.times(a, self.number(factor))

    def quotient(self, a: X, b: X) -> X:
        """``a / b`` cut towards zero; ``b`` is positive where it is not NULL."""
        return self._make("//", (a, b), None, "int", a.null or b.null, a.bound)

    def remainder(self, a: X, b: X) -> X:
        """What `quotient` leaves of ``a``, with its sign; ``b`` is positive where it is not NULL."""
        return self._make("mod", (a, b), None, "int", a.null or b.null, min(a.bound, b.bound))

    def window(self, function: str, value: X | None, over: tuple[X, ...], order: tuple[X, ...]) -> X:
        """``rank``, ``count`` or ``min`` over the rows of the whole table that agree in ``over``.

        With ``order`` the rows up to and including the equal ones, NULL last; else all of them.
        """
        args = (*((value,) if value is not None else ()), *over, *order)
        extra = (function, value is not None, len(over))
        if function == "min" and value is not None:
            return self._make("window", args, extra, "int", True, value.bound)
        return self._make("window", args, extra, "int", False, MOST_ROWS)

    def days_until(self, day: int, date: X) -> X:
        """Days from a date to an ordinal day."""
        return self._make("days", (date,), day, "int", date.null, 4_000_000)

    def year(self, date: X) -> X:
        """The calendar year of a date."""
        return self._make("year", (date,), None, "int", date.null, 10_000)

    # ---- choices -------------------------------------------------------------------------------

    def case(self, branches: Iterable[tuple[X, X]], default: X) -> X:
        """The value of the first condition that is true, else the default; NULL conditions are not true."""
        kept: list[tuple[X, X]] = []
        for when, then in branches:
            if when is self.false:
                continue
            if when is self.true:
                default = then
                break
            kept.append((when, then))
        while kept and kept[-1][1] is default:
            kept.pop()
        if not kept:
            return default
        values = [then for _, then in kept] + [default]
        args = (*(part for pair in kept for part in pair), default)
        typed = next((v for v in values if v.op != "null"), default)
        return self._make(
            "case", args, None, typed.kind, any(v.null for v in values), max(v.bound for v in values)
        )

    # ---- conditions ------------------------------------------------------------------------------

    def compare(self, op: str, a: X, b: X) -> X:
        """``a op b``; NULL where a side is."""
        if a.op == "lit" and b.op == "lit":
            same = {"=": a.extra == b.extra, "<>": a.extra != b.extra, "<": a.extra < b.extra}
            same |= {"<=": a.extra <= b.extra, ">": a.extra > b.extra, ">=": a.extra >= b.extra}
            return self.true if same[op] else self.false
        return self._make("cmp", (a, b), op, "bool", a.null or b.null)

    def among(self, a: X, values: tuple[str, ...]) -> X:
        """``a IN (values)``."""
        if not values:
            return self.false if not a.null else self.case([(self.is_null(a), self.null("bool"))], self.false)
        return self._make("in", (a,), values, "bool", a.null)

    def starts_with(self, a: X, prefix: str) -> X:
        """Whether a text begins with ``prefix``."""
        return self._make("prefix", (a,), prefix, "bool", a.null)

    def holds(self, titles: X, title: str, first: int | None, last: int) -> X:
        """A title in force on day ``last``, or awarded from day ``first`` to ``last``; NULL where unknown."""
        return self._make("holds", (titles,), (title, first, last), "bool", titles.null)

    def both(self, parts: Iterable[X]) -> X:
        """AND, three-valued, flat."""
        return self._logic("and", parts, self.true, self.false)

    def either(self, parts: Iterable[X]) -> X:
        """OR, three-valued, flat."""
        return self._logic("or", parts, self.false, self.true)

    def _logic(self, op: str, parts: Iterable[X], neutral: X, deciding: X) -> X:
        flat: list[X] = []
        for part in parts:
            for one in part.args if part.op == op else (part,):
                if one is deciding:
                    return deciding
                if one is not neutral and one not in flat:
                    flat.append(one)
        if len(flat) < 2:
            return flat[0] if flat else neutral
        return self._make(op, tuple(flat), None, "bool", any(p.null for p in flat))

    def negate(self, a: X) -> X:
        """NOT."""
        if a is self.true or a is self.false:
            return self.false if a is self.true else self.true
        if a.op == "not":
            return a.args[0]
        if a.op == "isnull":
            return self._make("notnull", a.args, None, "bool", False)
        if a.op == "notnull":
            return self._make("isnull", a.args, None, "bool", False)
        return self._make("not", (a,), None, "bool", a.null)

    def is_null(self, a: X) -> X:
        """IS NULL; false at once where it cannot be."""
        if not a.null:
            return self.false
        if a.op == "null":
            return self.true
        return self._make("isnull", (a,), None, "bool", False)

    def sure(self, a: X) -> X:
        """``a`` IS TRUE: never NULL."""
        return self.case([(a, self.true)], self.false) if a.null else a


def _is(a: X, value: int) -> bool:
    return a.op == "lit" and a.kind == "int" and a.extra == value
