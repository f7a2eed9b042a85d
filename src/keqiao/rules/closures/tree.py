"""The tree of clauses as closures: each gives its outcome with left, right and margin."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from keqiao.rules import form as f
from keqiao.rules.closures.compile import compared, condition, value
from keqiao.rules.closures.values import YEAR, Case, Env, Gaps, Get, Why
from keqiao.rules.closures.windows import years_of
from keqiao.rules.model import NO, REFER, UNKNOWN, YES, Branch, Clause, Tree
from keqiao.rules.shifting import yearly


class Told:
    """A clause or group of one case: outcome, and for a comparison its two sides and margin.

    Sides and margin are raw (see `Comparison`); ``gaps`` stands only where a clause is undecided.
    """

    __slots__ = ("gaps", "left", "margin", "outcome", "parts", "right", "tree")

    def __init__(
        self,
        tree: TreeCode,
        outcome: int,
        left: Any = None,
        right: Any = None,
        margin: Any = None,
        gaps: Gaps | None = None,
        parts: list[Told] | None = None,
    ) -> None:
        self.tree = tree
        self.outcome = outcome
        self.left = left
        self.right = right
        self.margin = margin
        self.gaps = gaps
        self.parts = parts


def undecided(gaps: Gaps) -> int:
    """UNKNOWN where anything is unknown, REFER where only judgement is wanting."""
    return REFER if gaps.refer and not gaps.unknown else UNKNOWN


class Yearly:
    """A comparison that is asked of each of the last years; its years are told when they are read.

    ``parts`` go backwards, the first reads the year ``back`` years before the case's; ``count`` is how many
    of them are asked, where that depends on the case.
    """

    __slots__ = ("back", "count", "parts")

    def __init__(self, parts: list[ClauseCode], back: int, count: Callable[[Case], int | None] | None) -> None:
        self.parts = parts
        self.back = back
        self.count = count

    def tell(self, c: Case) -> list[tuple[int, Told]]:
        """Every year that is asked, the latest first; none where their number is not known."""
        count = len(self.parts) if self.count is None else self.count(c) or 0
        return [(c[YEAR] - self.back - i, part.tell(c)) for i, part in enumerate(self.parts[:count])]


class ClauseCode:
    """A compiled clause."""

    __slots__ = ("compared", "decide", "gaps", "left", "measure", "node", "right", "test", "yearly")

    def __init__(self, clause: Clause, env: Env) -> None:
        self.node = clause
        self.compared = compared(clause.when, env)
        self.yearly = _yearly(clause.when, clause, env)
        if self.compared is not None:
            made = self.compared.condition()
            self.left, self.right = self.compared.left, self.compared.right
            self.decide = self.compared.decide
            self.measure = self.compared.measurable
        else:
            made = condition(clause.when, env)
        self.test: Get = made.test
        self.gaps: Why = made.gaps

    def tell(self, c: Case) -> Told:
        """Decide the clause for one case."""
        x = y = margin = None
        if self.compared is None:
            holds = self.test(c)
        else:
            x, y = self.left(c), self.right(c)
            holds = None
            if x is not None and y is not None:
                holds = self.decide(x, y)
                if self.measure:
                    margin = self.compared.margin(x, y)
        if holds is not None:
            return Told(self, YES if holds else NO, x, y, margin)
        gaps = Gaps()
        self.gaps(c, gaps)
        return Told(self, undecided(gaps), x, y, margin, gaps)

    def outcome(self, c: Case) -> int:
        """The outcome alone."""
        holds = self.test(c)
        if holds is None:
            gaps = Gaps()
            self.gaps(c, gaps)
            return undecided(gaps)
        return YES if holds else NO


class BranchCode:
    """A compiled group."""

    __slots__ = ("kind", "node", "parts")

    def __init__(self, branch: Branch, env: Env) -> None:
        self.node = branch
        self.kind = branch.kind
        self.parts = [compile_tree(part, env) for part in branch.parts]

    def tell(self, c: Case) -> Told:
        """Decide the group and everything in it for one case."""
        parts = [part.tell(c) for part in self.parts]
        outcome = combine(self.kind, [part.outcome for part in parts])
        return Told(self, outcome, parts=parts)

    def outcome(self, c: Case) -> int:
        """The outcome alone."""
        return combine(self.kind, [part.outcome(c) for part in self.parts])


TreeCode = ClauseCode | BranchCode


def combine(kind: str, outcomes: list[int]) -> int:
    """all: no > unknown > refer > yes; any: yes > unknown > refer > no; not keeps the undecided."""
    if kind == "all":
        return min(outcomes)
    if kind == "any":
        if YES in outcomes:
            return YES
        if UNKNOWN in outcomes:
            return UNKNOWN
        return REFER if REFER in outcomes else NO
    return {YES: NO, NO: YES}.get(outcomes[0], outcomes[0])


def compile_tree(tree: Tree, env: Env) -> TreeCode:
    """Compile a tree of clauses."""
    return ClauseCode(tree, env) if isinstance(tree, Clause) else BranchCode(tree, env)


def _yearly(node: f.Node, clause: Clause, env: Env) -> Yearly | None:
    """The clause as one comparison in each of the last years, where it is that."""
    if isinstance(node, f.Window) and node.kind == "each":
        parts, count = node.parts, years_of(value(node.count, env), len(node.parts))
    elif isinstance(node, f.AllOf) and yearly(node.parts):
        parts, count = node.parts, None
    else:
        return None
    if not isinstance(parts[0], f.Compare):
        return None
    shifts = [part.shift for part in f.walk(parts[0]) if isinstance(part, f.Fact) and part.period == "annual"]
    if not shifts:
        return None
    made = [ClauseCode(dataclasses.replace(clause, when=part), env) for part in parts]
    return Yearly(made, min(shifts), count)


def waiting(told: Told, missing: set[str]) -> None:
    """Collect what undecided clauses under undecided groups wait for."""
    if told.outcome not in (UNKNOWN, REFER):
        return
    if told.parts is None:
        if told.gaps is not None:
            missing.update(told.gaps.missing)
    else:
        for part in told.parts:
            waiting(part, missing)


