"""Lowering one rule's expressions for one day: the state, and the tables of builders."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from keqiao.rules import form as f
from keqiao.rules.dimensions import LIMITS
from keqiao.rules.sql.ir import Graph, X
from keqiao.rules.sql.values import Cond, Num, Plain, Span, Value

_KINDS = {"flag": "bool", "date": "date"}
_TYPES = {"int": "bigint", "bool": "boolean", "date": "date", "text": "text"}


@dataclass(slots=True)
class Facts:
    """Which columns the table has: ``present`` None means all; ``complete`` have no NULL."""

    present: frozenset[str] | None = None
    complete: frozenset[str] = frozenset()


@dataclass(slots=True)
class Lowering:
    """Lowers expressions of one rule for one day.

    ``scores`` are the rule's own scores as ranges, ``others`` the results of other rules.
    """

    g: Graph
    as_of: int
    year: int
    facts: Facts = field(default_factory=Facts)
    scores: dict[str, Span] = field(default_factory=dict)
    others: Mapping[str, Any] = field(default_factory=dict)

    def value(self, node: f.Node) -> Value:
        """Lower a value; conditions become `Cond`."""
        build = VALUES.get(type(node))
        if build is not None:
            return build(self, node)
        return self.condition(node)

    def number(self, node: f.Node) -> Num | Span:
        """Lower a number."""
        found = self.value(node)
        assert isinstance(found, Num | Span)
        return found

    def condition(self, node: f.Node) -> Cond:
        """Lower a condition."""
        build = CONDITIONS.get(type(node))
        if build is not None:
            return build(self, node)
        found = self.value(node)
        assert isinstance(found, Cond)
        return found

    def plain(self, node: f.Node) -> Plain:
        """Lower a text or a date."""
        found = self.value(node)
        assert isinstance(found, Plain)
        return found

    def column(self, node: f.Fact) -> X:
        """The column of a fact; all NULL where the table does not have it."""
        name = node.id if not node.shift else f"{node.id}__{node.shift}"
        kind = "int" if node.dim.is_number else _KINDS.get(node.dim.kind, "text")
        absent = self.facts.present is not None and name not in self.facts.present
        bound = LIMITS[node.dim.name] if kind == "int" else 0
        return self.g.column(name, kind, name not in self.facts.complete, bound, _TYPES[kind] if absent else "")


#: Builders by kind of node; `keqiao.rules.sql.lower` imports the modules that fill them.
VALUES: dict[type[f.Node], Callable[[Lowering, Any], Value]] = {}
CONDITIONS: dict[type[f.Node], Callable[[Lowering, Any], Cond]] = {}
