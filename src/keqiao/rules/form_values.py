"""The nodes of the typed form that have a value."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

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
class CountYes(Node):
    """How many of the conditions hold; a range while some are undecided."""

    parts: tuple[Node, ...]

    @property
    def dim(self) -> Dimension:
        return d.ITEMS


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
class Peer(Node):
    """percentile or median of ``x`` among the enterprises that agree in ``over``; among all where it is empty.

    A percentile is (below + ½ equal) / known. A median is over the values rounded half away from zero
    to the scale of their dimension, and the mean of the middle two of an even number.
    """

    kind: str
    x: Node
    over: tuple[Node, ...]

    @property
    def dim(self) -> Dimension:
        return d.RATIO if self.kind == "percentile" else self.x.dim
