"""Where a rule turns: the pairs of values it compares, the codes, flags and titles it asks for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction

from keqiao.rules import form as f
from keqiao.rules import model as m

FactKey = tuple[str, int]
#: What cannot be turned by one fact: it stands on many.
_INDIRECT = (f.Score, f.Points, f.Outcome, f.ClassAmong, f.CountYes, f.Peer)


@dataclass(frozen=True, slots=True)
class Threshold:
    """A place where ``left`` meets ``right``; ``when`` fixes codes that the place belongs to."""

    left: f.Node
    right: f.Node
    when: tuple[tuple[FactKey, str], ...] = ()

    def facts(self) -> list[f.Fact]:
        """The number and date facts of both sides, each once."""
        found = {node: None for side in (self.left, self.right) for node in f.walk(side) if isinstance(node, f.Fact)}
        return [fact for fact in found if fact.dim.is_number or fact.dim.kind == "date"]


@dataclass(slots=True)
class Turns:
    """Everything at which a rule may turn."""

    thresholds: dict[Threshold, None] = field(default_factory=dict)
    dates: dict[tuple[FactKey, int], None] = field(default_factory=dict)
    codes: dict[FactKey, dict[str, None]] = field(default_factory=dict)
    titles: dict[tuple[str, int | None], None] = field(default_factory=dict)
    facts: dict[f.Fact, None] = field(default_factory=dict)


def turns_of(rules: Iterable[m.Rule]) -> Turns:
    """The turns of a rule and of those it asks."""
    turns = Turns()
    for rule in rules:
        for node in m.rule_nodes(replace(rule, classes=None)):
            _of_node(node, turns, ())
        for item in rule.items:
            for left, right in _of_form(item.form):
                _threshold(left, right, turns, ())
            _codes_of_form(item.form, turns)
        if rule.weighting is not None:
            for row in rule.weighting.rows:
                for by, code in zip(rule.weighting.by, row, strict=True):
                    _code(by, (code,), turns)
        if rule.classes is not None:
            _of_classes(rule.classes, turns)
    return turns


def _of_classes(classes: m.Classes, turns: Turns) -> None:
    """The cells of a row turn only where the code is the row's."""
    _of_node(classes.by, turns, ())
    _code(classes.by, tuple(classes.table), turns)
    for code, row in classes.table.items():
        when = (((classes.by.id, classes.by.shift), code),) if isinstance(classes.by, f.Fact) else ()
        for node in row.values():
            _of_node(node, turns, when)


def _of_node(top: f.Node, turns: Turns, when: tuple[tuple[FactKey, str], ...]) -> None:
    for node in f.walk(top):
        if isinstance(node, f.Fact):
            turns.facts[node] = None
        elif isinstance(node, f.Compare):
            _compare(node, turns, when)
        elif isinstance(node, f.Anniversary) and isinstance(node.date, f.Fact):
            turns.dates[((node.date.id, node.date.shift), node.months)] = None
        elif isinstance(node, f.Arithmetic) and node.op == "/":
            _threshold(node.right, _zero(node.right), turns, when)
        elif isinstance(node, f.Growth | f.Cagr):
            _threshold(node.base, _zero(node.base), turns, when)
        elif isinstance(node, f.Among):
            _code(node.x, node.values, turns)
        elif isinstance(node, f.StartsWith):
            _code(node.x, (node.prefix, f"{node.prefix}0", node.prefix[:-1]), turns)
        elif isinstance(node, f.InList):
            _code(node.x, node.members[:3], turns)
        elif isinstance(node, f.Holds):
            turns.titles[(node.title, node.months)] = None


def _compare(node: f.Compare, turns: Turns, when: tuple[tuple[FactKey, str], ...]) -> None:
    left, right = node.left, node.right
    if isinstance(left, f.Cagr) and isinstance(right, f.Quantity):
        bound = f.Quantity((1 + right.value) ** left.years, right.dimension)
        left, right = f.Arithmetic("/", left.current, left.base, left.dim), bound
    _threshold(left, right, turns, when)


def _threshold(left: f.Node, right: f.Node, turns: Turns, when: tuple[tuple[FactKey, str], ...]) -> None:
    if any(isinstance(node, _INDIRECT) for side in (left, right) for node in f.walk(side)):
        return
    threshold = Threshold(left, right, when)
    if threshold.facts():
        turns.thresholds[threshold] = None


def _zero(node: f.Node) -> f.Quantity:
    return f.Quantity(Fraction(0), node.dim)


def _of_form(form: m.Form) -> Iterator[tuple[f.Node, f.Node]]:
    """The bounds of a score form, and zero and full marks of those in proportion."""
    if isinstance(form, m.Bands):
        for bound in form.bounds:
            yield form.value, f.Quantity(bound, form.value.dim)
    elif isinstance(form, m.Linear):
        yield form.value, form.full
        yield form.value, _zero(form.value)
        yield form.full, _zero(form.full)
    elif isinstance(form, m.Mark):
        yield form.value, f.Quantity(form.most, form.value.dim)
        yield form.value, _zero(form.value)
    elif isinstance(form, m.Best):
        for part in form.forms:
            yield from _of_form(part)


def _codes_of_form(form: m.Form, turns: Turns) -> None:
    if isinstance(form, m.MapPoints):
        _code(form.value, tuple(form.points), turns)
    elif isinstance(form, m.Best):
        for part in form.forms:
            _codes_of_form(part, turns)


def _code(node: f.Node, values: tuple[str, ...], turns: Turns) -> None:
    """The values of every code that an expression reads."""
    for fact in f.walk(node):
        if isinstance(fact, f.Fact) and fact.dim.kind in ("code", "text"):
            known = turns.codes.setdefault((fact.id, fact.shift), {})
            known.update(dict.fromkeys(value for value in values if value))
