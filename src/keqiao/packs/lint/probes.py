"""What the examples of a rule should reach: inner conditions both ways, and every score entry."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from keqiao.rules import form as f
from keqiao.rules import model as m


@dataclass(frozen=True, slots=True)
class Entry:
    """One band, step, map entry or class: reached where ``when`` holds and none of ``before`` does.

    ``when`` None is the rest: reached where all of ``before`` fail. Conditions are ids of probes.
    """

    label: str
    when: str | None
    before: tuple[str, ...]
    probes: tuple[m.Clause, ...]


def branch_probes(rule: m.Rule) -> list[m.Clause]:
    """The parts of AND, OR, CASE and count_yes inside the rule's expressions, each once."""
    found: dict[f.Node, None] = {}
    for top in m.rule_nodes(rule):
        if f.has_peers(top):
            continue
        for node in f.walk(top):
            parts: tuple[f.Node, ...] = ()
            if isinstance(node, f.AllOf | f.AnyOf | f.CountYes):
                parts = node.parts
            elif isinstance(node, f.Case):
                parts = tuple(when for when, _ in node.branches)
            for part in parts:
                if not isinstance(part, f.AllOf | f.AnyOf):
                    found[part] = None
    return [_probe(f"branch {i}", node) for i, node in enumerate(found)]


def entries(rule: m.Rule) -> list[Entry]:
    """Every entry of every score item, weight row and class table."""
    found: list[Entry] = []
    for item in rule.items:
        found += _of_form(item.form, item.id)
    if rule.weighting is not None:
        for row in rule.weighting.rows:
            test = f.AllOf(tuple(f.Among(by, (code,)) for by, code in zip(rule.weighting.by, row, strict=True)))
            probe = _probe(f"weights {'.'.join(row)}", test)
            found.append(Entry(f"weights {', '.join(row)}", probe.id, (), (probe,)))
    if rule.classes is not None:
        found += _of_classes(rule.classes)
    return found


def probe_tree(listed: list[Entry], branches: list[m.Clause]) -> m.Branch | None:
    """All probes as one group, so that the compiler itself decides them; None where there are none."""
    every = {probe.id: probe for entry in listed for probe in entry.probes} | {probe.id: probe for probe in branches}
    return m.Branch("probes", m.Title(""), "all", tuple(every.values())) if every else None


def _probe(id: str, when: f.Node) -> m.Clause:
    return m.Clause(id, m.Title(""), when, "")


def _of_form(form: m.Form, name: str) -> Iterator[Entry]:
    if not isinstance(form, m.Best) and any(map(f.has_peers, m.form_nodes(form))):
        return  # an example has no peers, so none of the entries can be reached
    if isinstance(form, m.Bands):
        op = "<=" if form.upper else ">="
        tests: list[f.Node] = [
            f.Compare(op, form.value, f.Quantity(bound, form.value.dim)) for bound in form.bounds
        ]
        yield from _first_of(name, tests, [f"band {i + 1}" for i in range(len(tests))], "last band")
    elif isinstance(form, m.MapPoints):
        codes = list(form.points)
        yield from _first_of(name, [f.Among(form.value, (code,)) for code in codes], codes, None)
    elif isinstance(form, m.Ladder):
        steps = [step.when for step in form.steps]
        yield from _first_of(name, steps, [f"step {i + 1}" for i in range(len(steps))], "else")
    elif isinstance(form, m.Capped):
        for i, step in enumerate(form.steps):
            probe = _probe(f"{name} sum {i + 1}", step.when)
            yield Entry(f"{name}: step {i + 1}", probe.id, (), (probe,))
    elif isinstance(form, m.Best):
        for i, part in enumerate(form.forms):
            yield from _of_form(part, f"{name}[{i + 1}]")


def _first_of(name: str, tests: list[f.Node], labels: list[str], rest: str | None) -> Iterator[Entry]:
    """Entries of which the first that holds counts, and the rest where there is one."""
    probes = [_probe(f"{name} {label}", test) for label, test in zip(labels, tests, strict=True)]
    ids = [probe.id for probe in probes]
    for i, (probe, label) in enumerate(zip(probes, labels, strict=True)):
        yield Entry(f"{name}: {label}", probe.id, tuple(ids[:i]), (probe,))
    if rest is not None:
        yield Entry(f"{name}: {rest}", None, tuple(ids), tuple(probes))


def _of_classes(classes: m.Classes) -> Iterator[Entry]:
    for code, row in classes.table.items():
        by = f.Among(classes.by, (code,))
        tests: list[f.Node] = [f.AllOf((by, when)) for when in row.values()]
        inside = _probe(f"class {code}", by)
        found = list(_first_of(code, tests, list(row), None))
        yield from found
        # the rest counts only among the enterprises of this row
        before = tuple(entry.when for entry in found if entry.when is not None)
        probes = (inside, *(probe for entry in found for probe in entry.probes))
        yield Entry(f"{code}: {classes.order[-1]}", inside.id, before, probes)
