"""Shifting an expression by years: its annual facts move, its static facts stay."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from keqiao.rules import form as f


class NoPrior(Exception):
    """The expression reads something that has no earlier years; ``id`` names it."""

    def __init__(self, id: str) -> None:
        super().__init__(id)
        self.id = id


def shift(node: f.Node, years: int) -> f.Node:
    """The expression as it stood ``years`` years earlier.

    Raises `NoPrior` where it reads stock or event facts, titles, scores or other rules.
    """
    if years == 0:
        return node
    if isinstance(node, f.Fact):
        if node.period == "annual":
            return dataclasses.replace(node, shift=node.shift + years)
        if node.period == "static":
            return node
        raise NoPrior(node.id)
    if isinstance(node, f.Holds):
        raise NoPrior(node.title)
    if isinstance(node, f.Score):
        raise NoPrior(f"score('{node.id}')")
    if isinstance(node, f.Points | f.Outcome | f.ClassAmong):
        raise NoPrior(node.rule)
    return f.rebuild(node, lambda child: shift(child, years))


def yearly(parts: Sequence[f.Node]) -> bool:
    """Whether the parts are one expression in one year after another, backwards."""
    try:
        return len(parts) > 1 and all(
            part == shift(parts[0], i) and (i == 0 or part != parts[0]) for i, part in enumerate(parts)
        )
    except NoPrior:
        return False
