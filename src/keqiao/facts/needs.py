"""Which facts some rules need, how many years of each, and which clause asks for them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from keqiao.packs.loader import Packs
from keqiao.packs.records import Counted, RecordKind
from keqiao.rules import form as f
from keqiao.rules.model import Rule, form_nodes
from keqiao.rules.references import in_order
from keqiao.rules.vocabulary import Indicator


@dataclass(frozen=True, slots=True)
class Use:
    """One place that asks for a fact: a rule with its title, and a clause or score item with its citation."""

    rule: str
    rule_title: str
    title: str
    cite: str | None

    def __str__(self) -> str:
        cite = f"（{self.cite}）" if self.cite else ""
        return f"{self.rule_title} · {self.title}{cite}"


@dataclass(slots=True)
class Need:
    """An indicator, how many years before the case's year are asked for, and by whom."""

    indicator: Indicator
    back: int = 0
    uses: list[Use] = field(default_factory=list)
    counted: Counted | None = None


@dataclass(frozen=True, slots=True)
class Needs:
    """What rules need: the rules themselves, indicators in the vocabulary's order, titles and kinds of records."""

    rules: tuple[Rule, ...]
    indicators: tuple[Need, ...]
    titles: tuple[Need, ...]
    records: tuple[RecordKind, ...]


def needs_of(packs: Packs, rules: Sequence[str], day: dt.date) -> Needs:
    """What the versions in force on ``day`` need, with the rules that they ask.

    Raises `PackError` for an unknown rule and where rules ask each other in a circle.
    """
    asked: dict[str, Rule] = {}
    for id in rules:
        packs.find(id)
        for rule in in_order(packs.version(id, day), lambda other: packs.version(other, day)):
            asked.setdefault(rule.id, rule)
    found: dict[str, Need] = {}
    for rule in asked.values():
        for use, node in _expressions(rule):
            for part in f.walk(node):
                if isinstance(part, f.Fact):
                    _add(found, packs, part.id, part.shift, use)
                elif isinstance(part, f.Holds):
                    _add(found, packs, part.title, 0, use)
    for id, need in found.items():
        need.counted = packs.counted.get(id)
    ordered = [found[id] for id in packs.vocabulary.sort(found) if found[id].indicator.subject == "enterprise"]
    kinds = {need.counted.kind for need in ordered if need.counted is not None}
    return Needs(
        tuple(asked.values()),
        tuple(n for n in ordered if not n.indicator.is_title),
        tuple(n for n in ordered if n.indicator.is_title),
        tuple(kind for id, kind in packs.records.items() if id in kinds),
    )


def _add(found: dict[str, Need], packs: Packs, id: str, back: int, use: Use) -> None:
    need = found.setdefault(id, Need(packs.vocabulary.indicators[id]))
    need.back = max(need.back, back)
    if use not in need.uses:
        need.uses.append(use)


def _expressions(rule: Rule) -> Iterator[tuple[Use, f.Node]]:
    """Every expression of a rule, with the place it stands in."""

    def use(title: str, cite: str | None) -> Use:
        return Use(rule.id, rule.title.zh, title, cite)

    for clause in rule.clauses():
        yield use(clause.title.zh, clause.cite), clause.when
    for item in rule.items:
        for node in form_nodes(item.form):
            yield use(item.title.zh, item.cite), node
    if rule.weighting is not None:
        for node in rule.weighting.by:
            yield use("选用权重", None), node
    if rule.classes is not None:
        for node in (rule.classes.by, *(n for row in rule.classes.table.values() for n in row.values())):
            yield use("分类", rule.classes.cite), node
