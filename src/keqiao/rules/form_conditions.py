"""The nodes of the typed form that are conditions: yes, no, or undecided."""

from __future__ import annotations

from dataclasses import dataclass

from keqiao.rules.form_values import Node


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
class Known(Node):
    """Whether ``x`` has a value; never undecided."""

    x: Node


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
class Outcome(Node):
    """The outcome of another rule."""

    rule: str


@dataclass(frozen=True, slots=True)
class ClassAmong(Node):
    """The class that another rule gives is one of ``classes``."""

    rule: str
    classes: tuple[str, ...]
