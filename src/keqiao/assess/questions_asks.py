"""Which questions a rule has: its facts by year, its titles, and its groups of conduct flags."""

from __future__ import annotations

from dataclasses import dataclass, field

from keqiao.assess.questions_careful import column_of, facts_in
from keqiao.rules import form as f
from keqiao.rules import model as m
from keqiao.rules.vocabulary import Indicator, Vocabulary

#: Any one: what every member of a group of conduct flags is asked by together.
ANY_OF = "any:"

#: What a code that chooses weights is read for.
_WEIGHTS = m.Title("选用哪一组权重", "Which weights apply")


@dataclass(frozen=True, slots=True)
class Ask:
    """One question as the rule needs it: a fact of a year, a title, or a group of flags that none may have.

    ``columns`` are what the answer gives: facts as ``x`` or ``x__1``, or the title. ``months`` are set where rules look
    for a title within a time. ``uses`` are the clauses and items that read it, with their citations.
    """

    key: str
    indicators: tuple[Indicator, ...]
    columns: tuple[str, ...]
    shift: int = 0
    months: int | None = None
    uses: tuple[tuple[m.Title, str | None], ...] = ()

    @property
    def is_group(self) -> bool:
        """Whether several flags are asked together."""
        return self.key.startswith(ANY_OF)


@dataclass(slots=True)
class _Reading:
    """What rules read, gathered: facts by id and years back, titles with their time, groups, and uses of each."""

    facts: dict[tuple[str, int], None] = field(default_factory=dict)
    titles: dict[str, int | None] = field(default_factory=dict)
    groups: list[list[str]] = field(default_factory=list)
    uses: dict[str, dict[tuple[m.Title, str | None], None]] = field(default_factory=dict)

    def add(self, node: f.Node, title: m.Title, cite: str | None) -> None:
        """Everything that one expression reads."""
        names = [*facts_in([node])]
        self.facts |= dict.fromkeys(names)
        for part in f.walk(node):
            if isinstance(part, f.Holds):
                names.append((part.title, 0))
                self.titles[part.title] = part.months or self.titles.get(part.title)
        for name in names:
            self.uses.setdefault(column_of(*name), {})[title, cite] = None


def asks_of(rules: list[m.Rule], vocabulary: Vocabulary) -> dict[str, Ask]:
    """The questions of rules in the vocabulary's order, the year itself before earlier ones."""
    reading = _Reading()
    for rule in rules:
        _read_rule(rule, reading)
    together = {id: group for group in reading.groups for id in group}
    order = vocabulary.order
    found: dict[str, Ask] = {}
    names = [*reading.facts, *((title, 0) for title in reading.titles)]
    for id, shift in sorted(names, key=lambda name: (order[name[0]], name[1])):
        columns = tuple(together.get(id, [column_of(id, shift)]))
        key = ANY_OF + columns[0] if id in together else columns[0]
        uses = tuple(dict.fromkeys(use for column in columns for use in reading.uses[column]))
        indicators = tuple(vocabulary.indicators[i] for i in together.get(id, [id]))
        found.setdefault(key, Ask(key, indicators, columns, shift, reading.titles.get(id), uses))
    return found


def _read_rule(rule: m.Rule, reading: _Reading) -> None:
    for node in m.nodes(rule.require) if rule.require is not None else ():
        if isinstance(node, m.Clause):
            reading.add(node.when, node.title, node.cite)
            continue
        taken = {id for group in reading.groups for id in group}
        flags = [id for id in _conduct(node) if id not in taken]
        if len(flags) > 1:
            reading.groups.append(flags)
    for item in rule.items:
        for part in m.form_nodes(item.form):
            reading.add(part, item.title, item.cite)
    for part in rule.weighting.by if rule.weighting is not None else ():
        reading.add(part, _WEIGHTS, None)
    if rule.classes is not None:
        for part in (rule.classes.by, *(node for row in rule.classes.table.values() for node in row.values())):
            reading.add(part, rule.title, rule.classes.cite)


def _conduct(branch: m.Branch) -> list[str]:
    """The flags of a ``none_of``; none where the group is anything else."""
    found = []
    for part in branch.parts:
        when = part.when if isinstance(part, m.Clause) else None
        if not (branch.kind == "all" and isinstance(when, f.Not) and isinstance(when.x, f.Fact) and not when.x.shift):
            return []
        found.append(when.x.id)
    return found
