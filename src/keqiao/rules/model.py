"""A rule as compiled: its tree of clauses, its scores, its classes, and where they come from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from keqiao.rules.form import Node

#: Outcomes in the order of their codes in SQL and Parquet.
OUTCOMES = ("no", "unknown", "refer", "yes")
NO, UNKNOWN, REFER, YES = range(4)


@dataclass(frozen=True, slots=True)
class Title:
    """A title in Chinese and, where written, in English."""

    zh: str
    en: str | None = None

    def get(self, language: str) -> str:
        """The title in a language; Chinese where no English is written."""
        return self.en if language == "en" and self.en else self.zh


@dataclass(frozen=True, slots=True)
class Clause:
    """A condition with its id, title, typed form, text and citation."""

    id: str
    title: Title
    when: Node
    text: str
    cite: str | None = None
    verify: bool = False
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Branch:
    """A group of clauses: ``all``, ``any`` or ``not`` (of one part)."""

    id: str
    title: Title
    kind: str
    parts: tuple[Tree, ...]
    cite: str | None = None
    verify: bool = False


Tree = Clause | Branch

#: Points of one band or step: low and high; they differ for an expert's range.
Range = tuple[Fraction, Fraction]


@dataclass(frozen=True, slots=True)
class Bands:
    """Points by where a value lies.

    With ``upper`` false the bounds fall and are lower bounds; otherwise they rise and are upper
    bounds. The bound belongs to its band; ``points`` has one entry more, for the rest.
    """

    value: Node
    bounds: tuple[Fraction, ...]
    points: tuple[Range, ...]
    upper: bool = False


@dataclass(frozen=True, slots=True)
class MapPoints:
    """Points by code; ``otherwise`` for a code that is not listed."""

    value: Node
    points: Mapping[str, Range]
    otherwise: Range

    def __hash__(self) -> int:
        return hash((self.value, tuple(self.points.items()), self.otherwise))


@dataclass(frozen=True, slots=True)
class Linear:
    """``points × value / full`` between 0 and ``points``; undefined where ``full`` is not positive."""

    value: Node
    full: Node
    points: Fraction


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a ladder or a sum."""

    when: Node
    points: Range
    title: str = ""


@dataclass(frozen=True, slots=True)
class Ladder:
    """The points of the first step that holds."""

    steps: tuple[Step, ...]
    otherwise: Range


@dataclass(frozen=True, slots=True)
class Best:
    """The best of alternatives."""

    forms: tuple[Form, ...]


@dataclass(frozen=True, slots=True)
class Capped:
    """The sum of the steps that hold, at most ``cap``."""

    steps: tuple[Step, ...]
    cap: Fraction | None


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark supplied as a fact, between 0 and ``most``."""

    value: Node
    most: Fraction


Form = Bands | MapPoints | Linear | Ladder | Best | Capped | Mark


@dataclass(frozen=True, slots=True)
class Item:
    """A score item: its form, its group and its weight per row of the weight table."""

    id: str
    title: Title
    form: Form
    cite: str | None = None
    group: str | None = None
    verify: bool = False
    weights: Mapping[tuple[str, ...], Fraction] | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Weighting:
    """Which facts choose the row of weights, and the rows.

    ``total`` is what each row must sum to; ``closed`` says that the rows cover every value that the
    codes can have.
    """

    by: tuple[Node, ...]
    rows: tuple[tuple[str, ...], ...]
    total: Fraction | None = None
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Classes:
    """A classification: by a code, the first class whose conditions hold; the last class is the rest."""

    by: Node
    order: tuple[str, ...]
    labels: Mapping[str, Title]
    table: Mapping[str, Mapping[str, Node]]
    texts: Mapping[str, Mapping[str, str]]
    verify: frozenset[tuple[str, str]] = frozenset()
    cite: str | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """The document a rule is written from; unknown fields are None."""

    document: str | None = None
    number: str | None = None
    issuer: str | None = None
    date: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One version of one rule."""

    id: str
    kind: str
    title: Title
    origin: Origin
    recorded: dt.date
    status: str
    effective_from: dt.date | None = None
    effective_to: dt.date | None = None
    subject: str = "enterprise"
    verify: bool = False
    require: Tree | None = None
    items: tuple[Item, ...] = ()
    groups: Mapping[str, Title] = field(default_factory=dict)
    caps: Mapping[str, Fraction] = field(default_factory=dict)
    weighting: Weighting | None = None
    classes: Classes | None = None

    @property
    def version(self) -> str:
        """``effective.from``, or ``recorded`` where there is none."""
        return (self.effective_from or self.recorded).isoformat()

    def in_force(self, day: dt.date) -> bool:
        """Whether the rule holds on a day; both ends are included."""
        return (self.effective_from is None or self.effective_from <= day) and (
            self.effective_to is None or day <= self.effective_to
        )

    def clauses(self) -> Iterator[Clause]:
        """All clauses of the tree, in order."""
        if self.require is not None:
            yield from leaves(self.require)

    def unconfirmed(self) -> list[str]:
        """Ids of what is marked ``verify``, in written order; ``source`` stands for the head."""
        found = ["source"] if self.verify else []
        if self.require is not None:
            found += [node.id for node in nodes(self.require) if node.verify]
        found += [item.id for item in self.items if item.verify]
        if self.classes is not None:
            found += [f"{code}.{name}" for code, name in sorted(self.classes.verify)]
        return found


def nodes(tree: Tree) -> Iterator[Tree]:
    """All clauses and groups, parents first."""
    yield tree
    if isinstance(tree, Branch):
        for part in tree.parts:
            yield from nodes(part)


def leaves(tree: Tree) -> Iterator[Clause]:
    """All clauses below, in order."""
    for node in nodes(tree):
        if isinstance(node, Clause):
            yield node


def form_nodes(form: Form) -> Iterator[Node]:
    """The expressions that a score form reads."""
    if isinstance(form, Bands | MapPoints | Mark):
        yield form.value
    elif isinstance(form, Linear):
        yield form.value
        yield form.full
    elif isinstance(form, Best):
        for part in form.forms:
            yield from form_nodes(part)
    else:
        for step in form.steps:
            yield step.when


def rule_nodes(rule: Rule) -> Iterator[Node]:
    """Every expression of a rule."""
    for clause in rule.clauses():
        yield clause.when
    for item in rule.items:
        yield from form_nodes(item.form)
    if rule.weighting is not None:
        yield from rule.weighting.by
    if rule.classes is not None:
        yield rule.classes.by
        for row in rule.classes.table.values():
            yield from row.values()
