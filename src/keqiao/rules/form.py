"""The typed form of a rule: what the text means, independent of how it will be run.

Every node has a dimension and the position in the text where it begins. Positions do not take
part in equality, so equal expressions are found by comparing nodes. ``prior`` and the windows
have no node of their own where the number of years is written as a number: their facts carry
the shift in years instead.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

from keqiao.rules import dimensions as d
from keqiao.rules.form_conditions import AllOf as AllOf
from keqiao.rules.form_conditions import Among as Among
from keqiao.rules.form_conditions import Anniversary as Anniversary
from keqiao.rules.form_conditions import AnyOf as AnyOf
from keqiao.rules.form_conditions import ClassAmong as ClassAmong
from keqiao.rules.form_conditions import Compare as Compare
from keqiao.rules.form_conditions import Holds as Holds
from keqiao.rules.form_conditions import InList as InList
from keqiao.rules.form_conditions import Known as Known
from keqiao.rules.form_conditions import Not as Not
from keqiao.rules.form_conditions import Outcome as Outcome
from keqiao.rules.form_conditions import StartsWith as StartsWith
from keqiao.rules.form_values import Arithmetic as Arithmetic
from keqiao.rules.form_values import AssessmentYear as AssessmentYear
from keqiao.rules.form_values import Cagr as Cagr
from keqiao.rules.form_values import Case as Case
from keqiao.rules.form_values import CountYes as CountYes
from keqiao.rules.form_values import Day as Day
from keqiao.rules.form_values import DaysSince as DaysSince
from keqiao.rules.form_values import Extreme as Extreme
from keqiao.rules.form_values import Fact as Fact
from keqiao.rules.form_values import FirstKnown as FirstKnown
from keqiao.rules.form_values import Growth as Growth
from keqiao.rules.form_values import Negative as Negative
from keqiao.rules.form_values import Node as Node
from keqiao.rules.form_values import Peer as Peer
from keqiao.rules.form_values import Points as Points
from keqiao.rules.form_values import Quantity as Quantity
from keqiao.rules.form_values import Rounding as Rounding
from keqiao.rules.form_values import Score as Score
from keqiao.rules.form_values import Text as Text
from keqiao.rules.form_values import Truth as Truth
from keqiao.rules.form_values import Window as Window
from keqiao.rules.form_values import YearGap as YearGap
from keqiao.rules.form_values import YearOf as YearOf
from keqiao.rules.form_values import YearsSince as YearsSince


def children(node: Node) -> Iterator[Node]:
    """The nodes directly below."""
    for f in dataclasses.fields(node):
        value = getattr(node, f.name)
        if isinstance(value, Node):
            yield value
        elif isinstance(value, tuple):
            for part in value:
                if isinstance(part, Node):
                    yield part
                elif isinstance(part, tuple):
                    yield from (p for p in part if isinstance(p, Node))


def walk(node: Node) -> Iterator[Node]:
    """The node and all nodes below it, parents first."""
    yield node
    for child in children(node):
        yield from walk(child)


def has_peers(node: Node) -> bool:
    """Whether a value or condition depends on other enterprises."""
    return any(isinstance(part, Peer) for part in walk(node))


def may_be_range(node: Node) -> bool:
    """Whether a value can be a range: it is, or is computed from, points or a count; conditions inside do not matter."""
    if isinstance(node, Score | Points | CountYes):
        return True
    return any(may_be_range(child) for child in children(node) if child.dim != d.FLAG)


def rebuild(node: Node, change: Callable[[Node], Node]) -> Node:
    """A copy of ``node`` with ``change`` applied to each direct child."""

    def of(value: object) -> object:
        if isinstance(value, Node):
            return change(value)
        if isinstance(value, tuple):
            return tuple(of(part) for part in value)
        return value

    changed: dict[str, Any] = {
        f.name: of(getattr(node, f.name))
        for f in dataclasses.fields(node)
        if isinstance(getattr(node, f.name), Node | tuple)
    }
    return dataclasses.replace(node, **changed) if changed else node
