"""The comparisons that a rule requires, each with its threshold, and the rule with one threshold moved.

A comparison counts once however often its text is evaluated: in ``each_of(x >= 20%, 2)`` one threshold
stands for both years. The conditions that choose among the branches of a CASE, and what items of a
score ask, are no requirements; neither are ``=`` and ``<>``, titles, codes and dates, which have no
share to move by.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from fractions import Fraction

from keqiao.rules import form as f
from keqiao.rules.dimensions import RATIO
from keqiao.rules.model import Branch, Clause, Rule, Tree

Comparing = f.Compare | f.Anniversary
#: What makes two comparisons one: place in the text, sign, and both sides as of the case's year.
Mark = tuple[int, str, f.Node, object]

_ORDER = ("<", "<=", ">", ">=")


@dataclasses.dataclass(frozen=True, slots=True)
class Threshold:
    """One threshold of a clause: every comparison it stands in, and which ways turn the rule.

    ``eager`` says whether the clause asks that the comparison holds (True), that it does not (False),
    or may gain from either (None).
    """

    clause: Clause
    mark: Mark
    nodes: tuple[Comparing, ...]
    eager: bool | None


def thresholds(rule: Rule) -> list[Threshold]:
    """All thresholds of the tree, in written order."""
    if rule.require is None:
        return []
    found: list[Threshold] = []
    for clause, eager in _clauses(rule.require, True):
        marks: dict[Mark, tuple[list[Comparing], set[bool | None]]] = {}
        for node, wanted in _comparisons(clause.when, eager):
            nodes, ways = marks.setdefault(mark_of(node), ([], set()))
            if node not in nodes:
                nodes.append(node)
            ways.add(wanted)
        for mark, (nodes, ways) in marks.items():
            found.append(Threshold(clause, mark, tuple(nodes), ways.pop() if len(ways) == 1 else None))
    return found


def _clauses(tree: Tree, eager: bool) -> Iterator[tuple[Clause, bool]]:
    if isinstance(tree, Clause):
        yield tree, eager
        return
    for part in tree.parts:
        yield from _clauses(part, eager != (tree.kind == "not"))


def _comparisons(node: f.Node, eager: bool | None) -> Iterator[tuple[Comparing, bool | None]]:
    """Comparisons that are required, with the outcome that is wanted of them."""
    if _has_threshold(node):
        assert isinstance(node, f.Compare | f.Anniversary)
        yield node, eager
    if isinstance(node, f.Not):
        yield from _comparisons(node.x, None if eager is None else not eager)
    elif isinstance(node, f.CountYes):
        for part in node.parts:  # more or fewer may be wanted: the comparison around it decides
            yield from _comparisons(part, None)
    else:
        for child in _required(node):
            yield from _comparisons(child, eager)


def _required(node: f.Node) -> Iterator[f.Node]:
    """The nodes below whose outcome counts; not the conditions that only choose or ask what is known."""
    if isinstance(node, f.Case):
        yield from (value for _, value in node.branches)
        yield node.default
    elif isinstance(node, f.Window):
        yield from node.parts
    elif not isinstance(node, f.Known):
        yield from f.children(node)


def _has_threshold(node: f.Node) -> bool:
    if isinstance(node, f.Anniversary):
        return node.op in _ORDER
    return isinstance(node, f.Compare) and node.op in _ORDER and node.right.dim.is_number


def mark_of(node: Comparing) -> Mark:
    """What identifies a comparison whatever year it is evaluated for."""
    back = min((part.shift for part in f.walk(node) if isinstance(part, f.Fact) and part.period != "static"), default=0)
    if isinstance(node, f.Anniversary):
        return node.at, node.op, _earlier(node.date, back), node.months
    return node.at, node.op, _earlier(node.left, back), _earlier(node.right, back)


def _earlier(node: f.Node, back: int) -> f.Node:
    if isinstance(node, f.Fact):
        return node if node.period == "static" else dataclasses.replace(node, shift=node.shift - back)
    return f.rebuild(node, lambda child: _earlier(child, back))


# ---- moving ----------------------------------------------------------------------------------------


def moved(rule: Rule, threshold: Threshold, share: Fraction, holds: bool) -> Rule:
    """The rule with one threshold moved by ``share`` of itself so that the comparison holds more often.

    With ``holds`` false it is moved the other way. Years of ``years_since`` move by whole months.
    """
    assert rule.require is not None
    return dataclasses.replace(
        rule, require=change_clause(rule.require, threshold.clause.id, lambda when: _turn(when, threshold.mark, share, holds))
    )


def change_clause(tree: Tree, id: str, change: Callable[[f.Node], f.Node]) -> Tree:
    """The tree with the condition of one clause changed."""
    if isinstance(tree, Clause):
        return dataclasses.replace(tree, when=change(tree.when)) if tree.id == id else tree
    assert isinstance(tree, Branch)
    return dataclasses.replace(tree, parts=tuple(change_clause(part, id, change) for part in tree.parts))


def _turn(node: f.Node, mark: Mark, share: Fraction, holds: bool) -> f.Node:
    if _has_threshold(node):
        assert isinstance(node, f.Compare | f.Anniversary)
        if mark_of(node) == mark:
            return _moved(node, share if (node.op[0] == "<") == holds else -share)
    if isinstance(node, f.Case):
        branches = tuple((when, _turn(value, mark, share, holds)) for when, value in node.branches)
        return dataclasses.replace(node, branches=branches, default=_turn(node.default, mark, share, holds))
    if isinstance(node, f.Known):
        return node
    return f.rebuild(node, lambda child: _turn(child, mark, share, holds))


def _moved(node: Comparing, share: Fraction) -> f.Node:
    if isinstance(node, f.Anniversary):
        months = node.months + (1 if share > 0 else -1) * int(abs(share) * node.months)
        return dataclasses.replace(node, months=months)
    return dataclasses.replace(node, right=_shifted(node.right, share))


def _shifted(bound: f.Node, share: Fraction) -> f.Node:
    """``bound + share × |bound|``."""
    if isinstance(bound, f.Quantity):
        return dataclasses.replace(bound, value=bound.value + share * abs(bound.value))
    if isinstance(bound, f.Case):
        branches = tuple((when, _shifted(value, share)) for when, value in bound.branches)
        return dataclasses.replace(bound, branches=branches, default=_shifted(bound.default, share))
    factor = f.Quantity(share, RATIO)
    if any(isinstance(part, f.Score | f.Points | f.CountYes) for part in f.walk(bound)):
        # points are not negative, and a range has no absolute value
        return f.Arithmetic("*", bound, f.Quantity(1 + share, RATIO), bound.dim)
    size = f.Arithmetic("*", f.Rounding("abs", bound), factor, bound.dim)
    return f.Arithmetic("+", bound, size, bound.dim)
