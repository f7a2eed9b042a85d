"""The parts of a rule that facts alone decide: its single conditions, its bands and maps of points, its codes.

What a rule decides for a case is a function of its parts. So two answers to one question that give the same parts lead
to the same outcome, and one of them is enough to find it. Parts are also what makes two enterprises alike.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from keqiao.assess.questions_careful import column_of, facts_in
from keqiao.assess.questions_may import May, may_be
from keqiao.rules import form as f
from keqiao.rules import model as m
from keqiao.rules.closures.compile import condition, value
from keqiao.rules.closures.scores import compile_form
from keqiao.rules.closures.values import Case, Env

_ONE = Fraction(1)
_SCORES = (f.Score, f.Points, f.Outcome, f.ClassAmong)
#: What is taken apart, because it is not decided by facts alone, or bit by bit.
_APART = (*_SCORES, f.CountYes)
_LOGIC = (f.AllOf, f.AnyOf, f.Not)

#: Conditions of the rule by identity, one of which must be decidable for a part below to matter; none: it always does.
Roots = dict[int, May]


@dataclass(frozen=True, slots=True)
class Part:
    """One part, compiled.

    ``get(case)`` is its result, None where undecided; ``needs`` the columns and titles that it reads. ``mays`` must all
    have a value for its result to change, and one of ``roots`` for that to matter. ``signs``: the outcome depends on it;
    ``alike``: enterprises with another result are not alike.
    """

    get: Callable[[Case], Any]
    needs: frozenset[str]
    mays: tuple[May, ...]
    roots: Roots
    signs: bool
    alike: bool

    def idle(self, values: Set[str], asked: Set[str], live: Set[int] | None) -> bool:
        """Whether the part cannot matter while only ``values`` have a value and ``asked`` were asked.

        ``live`` are the conditions (by identity) that still can change the outcome, None where any may.
        """
        roots = [may for id, may in self.roots.items() if live is None or id in live]
        if self.roots and not any(any(may(values, asked)) for may in roots):
            return True
        return not all(any(may(values, asked)) for may in self.mays)


def parts_of(rules: Sequence[m.Rule], env: Env) -> list[Part]:
    """The parts of rules that ask each other, each once, compiled into the case of ``env``."""
    found = _Parts(env)
    scores = {id(node): may_be(node) for rule in rules for node in _conditions(rule) if _has(node, _SCORES)}
    # Where nothing reads a score, it only matters for an item whether its points are certain.
    whole = len(rules) == 1 and not rules[0].caps and not any(_has(node, _SCORES) for node in m.rule_nodes(rules[0]))
    for rule in rules:
        for node in _conditions(rule):
            found.of_node(node, {id(node): may_be(node)}, True)
        roots = scores if rule.require is not None or rule.classes is not None else {}
        for item in rule.items:
            found.of_form(item.form, roots, not whole)
            if whole:
                found.certain(item.form)
        for node in _codes(rule):
            found.raw(node, {})
    return [part for part in found.parts.values() if part.needs]


def needs_of_nodes(nodes: Sequence[f.Node]) -> frozenset[str]:
    """Columns of the facts, and titles, of expressions."""
    facts = {column_of(id, shift) for id, shift in facts_in(nodes)}
    return frozenset(facts | {p.title for node in nodes for p in f.walk(node) if isinstance(p, f.Holds)})


def _has(node: f.Node, kinds: tuple[type[f.Node], ...]) -> bool:
    return any(isinstance(part, kinds) for part in f.walk(node))


def _conditions(rule: m.Rule) -> Iterator[f.Node]:
    yield from (clause.when for clause in rule.clauses())
    if rule.classes is not None:
        yield from (node for row in rule.classes.table.values() for node in row.values())


def _codes(rule: m.Rule) -> Iterator[f.Node]:
    if rule.weighting is not None:
        yield from rule.weighting.by
    if rule.classes is not None:
        yield rule.classes.by


class _Parts:
    """Parts by what they are."""

    def __init__(self, env: Env) -> None:
        self._env = env
        self.parts: dict[Any, Part] = {}

    def of_node(self, node: f.Node, roots: Roots, signs: bool) -> None:
        """Single conditions below and, or and not; beside scores also those inside, and plain facts as they are."""
        if isinstance(node, _LOGIC) or _has(node, _APART):
            for part in f.children(node):
                self.of_node(part, roots, signs)
        elif node.dim.kind != "flag":
            self.raw(node, roots, signs)
        else:
            known = isinstance(node, f.Known)
            mays = (may_be(node.x if isinstance(node, f.Known) else node),)
            made = condition(node, self._env).test
            self._keep(node, Part(made, needs_of_nodes([node]), mays, roots, signs, not known))

    def raw(self, node: f.Node, roots: Roots, signs: bool = True) -> None:
        """The value itself, where it is a code or is compared together with a score."""
        alike = node.dim.kind in ("code", "text")
        made = Part(value(node, self._env).get, needs_of_nodes([node]), (may_be(node),), roots, signs, alike)
        self._keep(("value", node), made)

    def of_form(self, form: m.Form, roots: Roots, signs: bool) -> None:
        """The bands, the map or the conditions of a form."""
        nodes = tuple(m.form_nodes(form))
        if isinstance(form, m.Best):
            for inner in form.forms:
                self.of_form(inner, roots, signs)
        elif isinstance(form, m.Ladder | m.Capped) or any(_has(node, _APART) for node in nodes):
            for node in nodes:
                self.of_node(node, roots, signs)
        else:
            alike = isinstance(form, m.Bands | m.MapPoints)
            self._keep(form, Part(self._points(form), needs_of_nodes(nodes), tuple(map(may_be, nodes)), roots, signs, alike))

    def certain(self, form: m.Form) -> None:
        """Whether an item is certain; if not, between what it lies."""
        points = compile_form(form, _ONE, self._env).get

        def get(c: Case) -> Any:
            low, high = points(c)
            return True if low == high else (low, high)

        nodes = tuple(m.form_nodes(form))
        mays = tuple(map(may_be, nodes)) if isinstance(form, m.Bands | m.MapPoints | m.Linear | m.Mark) else ()
        self._keep(("item", form), Part(get, needs_of_nodes(nodes), mays, {}, True, False))

    def _points(self, form: m.Form) -> Callable[[Case], Any]:
        """The points of one unit of weight, None where the value is undefined."""
        points = compile_form(form, _ONE, self._env).get
        values = [value(node, self._env).get for node in m.form_nodes(form)]

        def get(c: Case) -> Any:
            return None if any(one(c) is None for one in values) else points(c)

        return get

    def _keep(self, key: Any, part: Part) -> None:
        """Once each, with all its roots; a part that the outcome depends on anywhere, signs."""
        known = self.parts.get(key)
        if known is not None:
            roots = known.roots | part.roots if known.roots and part.roots else {}
            part = dataclasses.replace(part, roots=roots, signs=part.signs or known.signs)
        self.parts[key] = part
