"""Whether an expression may have a value while some facts are not answered: a bound that needs no evaluation.

``False`` is certain, ``True`` is not. It keeps the choice of a question from computing, for every enterprise of the
sample, what cannot be decided yet anyway.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set

from keqiao.assess.questions_careful import ASKED, column_of
from keqiao.rules import form as f

#: Whether a condition may be true, and may be false, both for any other value that may be defined; of the columns that
#: have a value and those that were asked.
May = Callable[[Set[str], Set[str]], tuple[bool, bool]]

_NEVER, _ALWAYS = (False, False), (True, True)
_EVERY = (
    f.Arithmetic, f.Negative, f.Extreme, f.Rounding, f.DaysSince, f.YearsSince, f.YearOf, f.YearGap, f.Growth, f.Cagr,
    f.Compare, f.Among, f.StartsWith, f.Anniversary, f.InList,
)  # fmt: skip


def may_be(node: f.Node) -> May:
    """The bound of one expression."""
    if isinstance(node, f.Fact):
        return _of_fact(node)
    if isinstance(node, f.Holds):
        return _of_column(node.title)
    if isinstance(node, f.Not):
        inner = may_be(node.x)
        return lambda values, asked: inner(values, asked)[::-1]
    if isinstance(node, f.AllOf | f.AnyOf):
        return _of_logic([may_be(part) for part in node.parts], isinstance(node, f.AllOf))
    if isinstance(node, f.Known):
        return _of_known(may_be(node.x), isinstance(node.x, f.Fact))
    if isinstance(node, f.Case):
        return _of_case([(may_be(when), may_be(then)) for when, then in node.branches], may_be(node.default))
    if isinstance(node, f.Window):
        count, parts = may_be(node.count), [may_be(part) for part in (node.parts if node.kind == "each" else node.parts[:1])]
        return lambda values, asked: _both(any(count(values, asked)) and any(any(part(values, asked)) for part in parts))
    if isinstance(node, _EVERY):
        every = [may_be(part) for part in f.children(node)]
        return lambda values, asked: _both(all(any(part(values, asked)) for part in every))
    return lambda values, asked: _ALWAYS


def _of_fact(fact: f.Fact) -> May:
    if not fact.id.endswith(ASKED):
        return _of_column(column_of(fact.id, fact.shift))
    column = column_of(fact.id.removesuffix(ASKED), fact.shift)
    return lambda values, asked: (column in asked, False)


def _of_column(column: str) -> May:
    return lambda values, asked: _ALWAYS if column in values else _NEVER


def _of_logic(parts: Sequence[May], every: bool) -> May:
    def bound(values: Set[str], asked: Set[str]) -> tuple[bool, bool]:
        found = [part(values, asked) for part in parts]
        if every:
            return all(true for true, _ in found), any(false for _, false in found)
        return any(true for true, _ in found), all(false for _, false in found)

    return bound


def _of_known(x: May, plain: bool) -> May:
    """A fact with a value is known; anything else may turn out to have none."""

    def bound(values: Set[str], asked: Set[str]) -> tuple[bool, bool]:
        defined = any(x(values, asked))
        return defined, not (plain and defined)

    return bound


def _of_case(branches: Sequence[tuple[May, May]], default: May) -> May:
    def bound(values: Set[str], asked: Set[str]) -> tuple[bool, bool]:
        found = _NEVER
        for when, then in branches:
            true, false = when(values, asked)
            if true:
                found = _either(found, then(values, asked))
            if not false:
                return found
        return _either(found, default(values, asked))

    return bound


def _either(one: tuple[bool, bool], other: tuple[bool, bool]) -> tuple[bool, bool]:
    return one[0] or other[0], one[1] or other[1]


def _both(defined: bool) -> tuple[bool, bool]:
    return _ALWAYS if defined else _NEVER
