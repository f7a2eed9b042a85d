"""What a rule text may refer to: the vocabulary, local names, its own scores, other rules, lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from keqiao.rules.form import Node
from keqiao.rules.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class ListMembers:
    """A dated list as a rule sees it: its members, and whether more may exist (等)."""

    members: tuple[str, ...]
    open: bool


@dataclass(frozen=True, slots=True)
class RuleFace:
    """What other rules may ask of a rule."""

    id: str
    has_outcome: bool
    has_total: bool
    classes: tuple[str, ...] = ()


@dataclass(slots=True)
class Scope:
    """The names that a text is read against.

    ``scores`` are the item and group ids of the same rule (``total`` is added where there are
    items); ``locals`` are the names of ``define:``, already read; ``subject`` is whose facts the
    rule reads.
    """

    vocabulary: Vocabulary
    subject: str = "enterprise"
    locals: Mapping[str, Node] = field(default_factory=dict)
    scores: frozenset[str] = frozenset()
    rules: Mapping[str, RuleFace] = field(default_factory=dict)
    lists: Mapping[str, ListMembers] = field(default_factory=dict)
    peers: bool = False
