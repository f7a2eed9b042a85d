"""A rule that knows "not asked yet" from "asked, and not known".

A compiled rule takes a fact without value as missing: `known(x)` is false then, COALESCE goes on to its next part, and
a judgement that nobody gave refers the case. While questions are still open none of that is certain. So each such
place also waits for a mark "x was asked", a flag of its own in the case: true once x was answered or skipped, without
value before. The rule made here gives the same outcome as the rule itself when everything was asked, and before that it
is unknown wherever an answer could still change the outcome: yes, no and refer are final.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from keqiao.rules import form as f
from keqiao.rules import model as m
from keqiao.rules.dimensions import FLAG

#: What the id of a mark ends with; no indicator's id does.
ASKED = "?"


def careful_rule(rule: m.Rule) -> m.Rule:
    """The rule with every expression made careful; clauses, items and their ids stay as they are."""
    weighting, classes = rule.weighting, rule.classes
    if weighting is not None:
        weighting = dataclasses.replace(weighting, by=tuple(careful(node) for node in weighting.by))
    if classes is not None:
        table = {code: {name: careful(node) for name, node in row.items()} for code, row in classes.table.items()}
        classes = dataclasses.replace(classes, by=careful(classes.by), table=table)
    return dataclasses.replace(
        rule,
        require=None if rule.require is None else _tree(rule.require),
        items=tuple(dataclasses.replace(item, form=_form(item.form)) for item in rule.items),
        weighting=weighting,
        classes=classes,
    )


def careful(node: f.Node) -> f.Node:
    """The expression with its marks."""
    if isinstance(node, f.Fact):
        return f.Case(((_mark(node), node),), node) if node.judgement else node
    if isinstance(node, f.Known):
        return _known(node.x)
    if isinstance(node, f.FirstKnown):
        *first, last = node.parts
        return f.Case(tuple((_known(part), careful(part)) for part in first), careful(last))
    return f.rebuild(node, careful)


def column_of(id: str, shift: int) -> str:
    """The name of a fact: ``x``, or ``x__1`` for the year before."""
    return f"{id}__{shift}" if shift else id


def facts_in(nodes: Iterable[f.Node]) -> dict[tuple[str, int], f.Fact]:
    """The facts of expressions by id and years back, marks left out."""
    found: dict[tuple[str, int], f.Fact] = {}
    for node in nodes:
        for part in f.walk(node):
            if isinstance(part, f.Fact) and not part.id.endswith(ASKED):
                found.setdefault((part.id, part.shift), part)
    return found


def _known(x: f.Node) -> f.Node:
    """Yes where there is a value; no only when all that could give one was asked."""
    marks = tuple(_mark(fact) for fact in facts_in([x]).values())
    known = f.Known(careful(x))
    return f.AnyOf((known, f.Not(f.AllOf(marks)))) if marks else known


def _mark(fact: f.Fact) -> f.Fact:
    return f.Fact(fact.id + ASKED, FLAG, fact.period, False, fact.shift)


def _tree(tree: m.Tree) -> m.Tree:
    if isinstance(tree, m.Clause):
        return dataclasses.replace(tree, when=careful(tree.when))
    return dataclasses.replace(tree, parts=tuple(_tree(part) for part in tree.parts))


def _form(form: m.Form) -> m.Form:
    if isinstance(form, m.Linear):
        return dataclasses.replace(form, value=careful(form.value), full=careful(form.full))
    if isinstance(form, m.Bands | m.MapPoints | m.Mark):
        return dataclasses.replace(form, value=careful(form.value))
    if isinstance(form, m.Best):
        return dataclasses.replace(form, forms=tuple(_form(part) for part in form.forms))
    return dataclasses.replace(form, steps=tuple(dataclasses.replace(s, when=careful(s.when)) for s in form.steps))
