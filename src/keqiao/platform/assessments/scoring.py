"""The leading scorecard of a run: which it is, its groups, and their full marks."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from keqiao.engine.run import Run
from keqiao.rules import form as f
from keqiao.rules import model as m

#: The group of items that name none.
ALL = ""


def leading(run: Run) -> str | None:
    """The scorecard whose points lists show: a zone's own before the shipped one; None where there is none.

    A scorecard gives points and asks no conditions; standards with a score in them are none.
    """
    cards = [id for id in run.rules if run.rule(id).items and run.rule(id).require is None]
    own = [id for id in cards if not id.startswith("cn.")]
    return next(iter(own or cards), None)


def titles_in(run: Run) -> list[str]:
    """The rules that decide a title: those with conditions."""
    return [id for id in run.rules if run.rule(id).require is not None]


def group_of(item: m.Item) -> str:
    """The id of an item's group."""
    return item.group or ALL


def full_marks(rule: m.Rule, facts: Mapping[str, Any]) -> dict[str, Fraction]:
    """The most that each group can give the enterprise with these stored facts; the best row of weights where unknown."""
    row = tuple(str(facts.get(node.id)) for node in rule.weighting.by if isinstance(node, f.Fact)) if rule.weighting is not None else ()
    found: dict[str, Fraction] = {}
    for item in rule.items:
        most = max(_most(item.form), Fraction(0))
        if item.weights:
            most *= item.weights.get(row, max(item.weights.values()))
        found[group_of(item)] = found.get(group_of(item), Fraction(0)) + most
    return {group: min(most, rule.caps.get(group, most)) for group, most in found.items()}


def _most(form: m.Form) -> Fraction:
    if isinstance(form, m.Bands):
        return max(points[1] for points in form.points)
    if isinstance(form, m.MapPoints):
        return max(points[1] for points in (*form.points.values(), form.otherwise))
    if isinstance(form, m.Linear):
        return form.points
    if isinstance(form, m.Mark):
        return form.most
    if isinstance(form, m.Best):
        return max(_most(part) for part in form.forms)
    if isinstance(form, m.Ladder):
        return max(points[1] for points in (*(step.points for step in form.steps), form.otherwise))
    whole = sum((step.points[1] for step in form.steps), Fraction(0))
    return whole if form.cap is None else min(whole, form.cap)
