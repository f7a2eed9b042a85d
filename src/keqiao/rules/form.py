"""The typed form of a rule: what the text means, independent of how it will be run.

Every node has a dimension and the position in the text where it begins. Positions do not take
part in equality, so equal expressions are found by comparing nodes. ``prior`` and the windows
have no node of their own where the number of years is written as a number: their facts carry
the shift in years instead.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from keqiao.rules import dimensions as d
from keqiao.rules.dimensions import Dimension


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """The base of all nodes; ``at`` is the offset in the rule text."""

    at: int = field(default=0, compare=False)

    @property
    def dim(self) -> Dimension:
        """The dimension of the value; conditions are flags."""
        return d.FLAG


@dataclass(frozen=True, slots=True)
class Quantity(Node):
    """A number with its dimension, in base units; ``text`` is how it was written."""

    value: Fraction
    dimension: Dimension
    text: str = field(default="", compare=False)

    @property
    def dim(self) -> Dimension:
        return self.dimension


@dataclass(frozen=True, slots=True)
class Text(Node):
    """A text or the value of a code."""

    value: str

    @property
    def dim(self) -> Dimension:
        return d.TEXT


@dataclass(frozen=True, slots=True)
class Day(Node):
    """A date written in a rule, as an ordinal day."""

    value: int

    @property
    def dim(self) -> Dimension:
        return d.DATE


@dataclass(frozen=True, slots=True)
class Truth(Node):
    """TRUE or FALSE."""

    value: bool


@dataclass(frozen=True, slots=True)
class Fact(Node):
    """An indicator of the subject, ``shift`` years before the case's year."""

    id: str
    dimension: Dimension
    period: str
    judgement: bool = False
    shift: int = 0

    @property
    def dim(self) -> Dimension:
        return self.dimension


@dataclass(frozen=True, slots=True)
class Arithmetic(Node):
    """``left op right`` with op one of ``+ - * /``."""

    op: str
    left: Node
    right: Node
    dimension: Dimension

    @property
    def dim(self) -> Dimension:
        return self.dimension


@dataclass(frozen=True, slots=True)
class Negative(Node):
    """``-x``."""

    x: Node

    @property
    def dim(self) -> Dimension:
        return self.x.dim


@dataclass(frozen=True, slots=True)
class Extreme(Node):
    """LEAST or GREATEST of the parts; undefined where any part is."""

    least: bool
    parts: tuple[Node, ...]

    @property
    def dim(self) -> Dimension:
        return self.parts[0].dim


@dataclass(frozen=True, slots=True)
class Rounding(Node):
    """ROUND (half away from zero), FLOOR or ABS, in base units to ``digits`` decimals."""

    kind: str
    x: Node
    digits: int = 0

    @property
    def dim(self) -> Dimension:
        return self.x.dim


@dataclass(frozen=True, slots=True)
class Compare(Node):
    """``left op right`` with op one of ``= <> < <= > >=``; both sides have one dimension."""

    op: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Anniversary(Node):
    """``years_since(date) op N``: the as-of day against the date plus ``months`` months."""

    op: str
    date: Node
    months: int


@dataclass(frozen=True, slots=True)
class Among(Node):
    """``x IN (values)`` of a code, text, or class."""

    x: Node
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StartsWith(Node):
    """``x LIKE 'prefix%'``."""

    x: Node
    prefix: str


@dataclass(frozen=True, slots=True)
class AllOf(Node):
    """AND: no > undecided > yes."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class AnyOf(Node):
    """OR: yes > undecided > no."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not(Node):
    """NOT keeps the undecided undecided."""

    x: Node


@dataclass(frozen=True, slots=True)
class Case(Node):
    """CASE: the first branch whose condition holds; an undecided condition before it decides nothing."""

    branches: tuple[tuple[Node, Node], ...]
    default: Node

    @property
    def dim(self) -> Dimension:
        return self.default.dim


@dataclass(frozen=True, slots=True)
class FirstKnown(Node):
    """COALESCE: the first part that has a value."""

    parts: tuple[Node, ...]

    @property
    def dim(self) -> Dimension:
        return self.parts[0].dim


@dataclass(frozen=True, slots=True)
class Known(Node):
    """Whether ``x`` has a value; never undecided."""

    x: Node


@dataclass(frozen=True, slots=True)
class CountYes(Node):
    """How many of the conditions hold; a range while some are undecided."""

    parts: tuple[Node, ...]

    @property
    def dim(self) -> Dimension:
        return d.ITEMS


@dataclass(frozen=True, slots=True)
class Holds(Node):
    """A title in force on the day, or awarded within ``months`` before it."""

    title: str
    months: int | None = None


@dataclass(frozen=True, slots=True)
class InList(Node):
    """``x`` is a member of a dated list; an open list never says no."""

    x: Node
    list: str
    members: tuple[str, ...]
    open: bool


@dataclass(frozen=True, slots=True)
class DaysSince(Node):
    """Days from the date to the as-of day."""

    date: Node

    @property
    def dim(self) -> Dimension:
        return d.DAYS


@dataclass(frozen=True, slots=True)
class YearsSince(Node):
    """Years since the date; only inside a comparison, which turns it into an `Anniversary`."""

    date: Node

    @property
    def dim(self) -> Dimension:
        return d.YEARS


@dataclass(frozen=True, slots=True)
class YearOf(Node):
    """The calendar year of a date."""

    date: Node

    @property
    def dim(self) -> Dimension:
        return d.CALENDAR


@dataclass(frozen=True, slots=True)
class AssessmentYear(Node):
    """The case's year."""

    @property
    def dim(self) -> Dimension:
        return d.CALENDAR


@dataclass(frozen=True, slots=True)
class YearGap(Node):
    """The difference of two calendar years, in years."""

    left: Node
    right: Node

    @property
    def dim(self) -> Dimension:
        return d.YEARS


@dataclass(frozen=True, slots=True)
class Window(Node):
    """sum, avg or each over the last ``count`` years, where ``count`` is computed.

    ``parts[i]`` is the expression shifted ``i`` years; ``count`` is a whole number of years from 1
    to ``len(parts)``, otherwise the window is undefined.
    """

    kind: str
    parts: tuple[Node, ...]
    count: Node

    @property
    def dim(self) -> Dimension:
        return self.parts[0].dim


@dataclass(frozen=True, slots=True)
class Growth(Node):
    """``current / base - 1``; undefined where the base is not positive."""

    current: Node
    base: Node

    @property
    def dim(self) -> Dimension:
        return d.RATIO


@dataclass(frozen=True, slots=True)
class Cagr(Node):
    """``(current / base) ^ (1 / years) - 1``, decided by powers; only inside comparisons."""

    current: Node
    base: Node
    years: int

    @property
    def dim(self) -> Dimension:
        return d.RATIO


@dataclass(frozen=True, slots=True)
class Score(Node):
    """An item, a group or the total of this rule: a range while facts are missing."""

    id: str

    @property
    def dim(self) -> Dimension:
        return d.POINTS


@dataclass(frozen=True, slots=True)
class Points(Node):
    """The total of another rule."""

    rule: str

    @property
    def dim(self) -> Dimension:
        return d.POINTS


@dataclass(frozen=True, slots=True)
class Outcome(Node):
    """The outcome of another rule."""

    rule: str


@dataclass(frozen=True, slots=True)
class ClassAmong(Node):
    """The class that another rule gives is one of ``classes``."""

    rule: str
    classes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Peer(Node):
    """percentile or median of ``x`` among the enterprises that agree in ``over``."""

    kind: str
    x: Node
    over: tuple[Node, ...]

    @property
    def dim(self) -> Dimension:
        return d.RATIO if self.kind == "percentile" else self.x.dim


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
