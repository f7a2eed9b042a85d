"""How far one enterprise is from a threshold: both sides, the gap, and the gap as a share of the threshold."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from keqiao.assess.comparisons import Comparing, Threshold
from keqiao.assess.tables import Explainer
from keqiao.engine.run import Run
from keqiao.rules import form as f
from keqiao.rules.calendar import add_months
from keqiao.rules.closures.tree import Told
from keqiao.rules.model import UNKNOWN, YES, Branch, Clause, Rule, Title
from keqiao.rules.spans import span
from keqiao.rules.text import Writer
from keqiao.rules.trace import TraceWriter, measured


@dataclass(frozen=True, slots=True)
class Distance:
    """How far one comparison is from turning.

    ``share`` is None where the threshold is zero, a side is unknown, or nothing has to turn.
    """

    node: Comparing
    told: Told
    share: Fraction | None


class Measures:
    """Measures the thresholds of one rule for stored rows."""

    def __init__(self, run: Run, rule: Rule, every: Sequence[Threshold], language: str) -> None:
        self.every = every
        self._day = run.as_of.toordinal()
        self._places: list[list[int]] = []
        probes: list[Clause] = []
        for one in every:
            self._places.append([len(probes) + i for i in range(len(one.nodes))])
            probes += [_probe(one.clause, node, self._day) for node in one.nodes]
        asked = dataclasses.replace(rule, require=Branch("probe", Title(""), "any", tuple(probes)))
        self._explainer = Explainer(run, asked)
        self._writer = TraceWriter(run.packs.vocabulary, language)
        assert self._writer.writer is not None
        self._texts = self._writer.writer

    @property
    def columns(self) -> list[str]:
        """The columns that a row must have."""
        return self._explainer.columns

    def told(self, row: Mapping[str, Any]) -> list[Told]:
        """Every comparison of every threshold, decided."""
        tree = self._explainer.trace(row).told
        assert tree is not None and tree.parts is not None
        return tree.parts

    def nearest(self, told: Sequence[Told], index: int, certain: bool) -> Distance:
        """The comparison of a threshold that decides how far it must move.

        Where the clause asks them to hold, all that do not must turn; where it asks them not to, one is
        enough. ``certain`` asks for a turn that no open range leaves open.
        """
        one = self.every[index]
        every = [
            self._distance(node, told[place], one.eager, certain)
            for node, place in zip(one.nodes, self._places[index], strict=True)
        ]
        failing = [found for found in every if found.share is not None]
        if not failing:
            return every[0]
        return (min if one.eager is False else max)(failing, key=lambda found: found.share or 0)

    def _distance(self, node: Comparing, told: Told, eager: bool | None, certain: bool) -> Distance:
        """One comparison; no share where it is as it should be already."""
        share = None
        if isinstance(node, f.Anniversary):
            if told.left is not None:
                holds = _holds(node.op, told.left, node.months, self._day)
                if eager is None or eager != holds:
                    share = Fraction(abs(_needed_months(node, told.left, self._day) - node.months), node.months or 1)
        elif told.outcome == UNKNOWN or eager is None or eager != (told.outcome == YES):
            share = self._share(node, told, certain, (told.outcome != YES) if eager is None else eager)
        return Distance(node, told, share)

    def _share(self, node: f.Compare, told: Told, certain: bool, wanted: bool) -> Fraction | None:
        sides = measured(told)
        if sides is None or told.left is None or told.right is None:
            return None
        left = Fraction(-1) if sides[0] is None else sides[0]  # no compound rate: a fall by more than all
        return _part(*_ends((node.op[0] == ">") == wanted, left, sides[1], certain))

    # ---- texts -------------------------------------------------------------------------------

    def texts(self, one: Distance) -> tuple[str, str, str]:
        """Left, right and gap to be read."""
        node = one.node
        if isinstance(node, f.Anniversary):
            left = self._writer.node(one.told).get("left", "")
            needed = _needed_months(node, one.told.left, self._day) if one.told.left is not None else node.months
            english = self._texts.english
            return left, span(node.months, english), span(abs(needed - node.months), english)
        shown = self._writer.node(one.told)
        gap = shown.get("margin", "").removeprefix("-")
        if one.share == 0 and node.op in ("<", ">"):
            gap = "on the limit" if self._texts.english else "恰在界限上"
        return shown.get("left", ""), shown.get("right", ""), gap

    def text(self, one: Distance) -> str:
        """The comparison as rule text."""
        return self._texts.write(one.node)


def bound_of(node: Comparing, writer: Writer) -> str:
    """The threshold of a comparison as text."""
    return span(node.months, writer.english) if isinstance(node, f.Anniversary) else writer.write(node.right)


def _probe(clause: Clause, node: Comparing, day: int) -> Clause:
    """A clause that tells both sides of a comparison; of the time since a date it tells the date."""
    when = f.Compare("<=", node.date, f.Day(day)) if isinstance(node, f.Anniversary) else node
    return Clause(clause.id, clause.title, when, clause.text, clause.cite, clause.verify)


def _ends(up: bool, left: Any, right: Any, certain: bool) -> tuple[Fraction, Fraction]:
    """The gap and the threshold; of ranges the ends that make the turn certain, or only possible.

    ``up``: the left side is to lie above the threshold.
    """
    x = left if isinstance(left, tuple) else (left, left)
    y = right if isinstance(right, tuple) else (right, right)
    near, far = (0, 1) if certain else (1, 0)
    if up:
        return max(Fraction(0), Fraction(y[far] - x[near])), Fraction(y[far])
    return max(Fraction(0), Fraction(x[far] - y[near])), Fraction(y[near])


def _part(gap: Fraction, bound: Fraction) -> Fraction | None:
    return None if bound == 0 else gap / abs(bound)


def _needed_months(node: f.Anniversary, date: int, day: int) -> int:
    """The number of months nearest to the written one with which the comparison turns."""
    step = 1 if node.op[0] == "<" else -1
    now = _holds(node.op, date, node.months, day)
    if now:
        step = -step
    months = node.months
    while months > 0 and _holds(node.op, date, months, day) == now and abs(months - node.months) <= 10 * node.months:
        months += step
    return months


def _holds(op: str, date: int, months: int, day: int) -> bool:
    """``years since date  op  months``: the as-of day against the date plus the months."""
    end = add_months(date, months)
    return {"<=": day <= end, "<": day < end, ">=": day >= end, ">": day > end}[op]
