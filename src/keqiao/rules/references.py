"""Which rules ask which: the order in which they are compiled, without cycles."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from keqiao.errors import PackError
from keqiao.rules import form as f
from keqiao.rules.model import Rule, rule_nodes


def asked(rule: Rule) -> list[str]:
    """Ids of the rules that a rule asks, in order of first mention."""
    found: dict[str, None] = {}
    for node in rule_nodes(rule):
        for part in f.walk(node):
            if isinstance(part, f.Points | f.Outcome | f.ClassAmong):
                found[part.rule] = None
    return list(found)


def effective_status(rules: Iterable[Rule]) -> str:
    """The status of the last rule and all before it that it asks: what rests on illustrative figures is so itself."""
    statuses = [rule.status for rule in rules]
    return "illustrative" if "illustrative" in statuses else statuses[-1]


def in_order(rule: Rule, find: Callable[[str], Rule]) -> list[Rule]:
    """The rule and all that it asks, the asked before the asking.

    Raises `PackError` naming the circle where rules ask each other in a circle.
    """
    done: dict[str, Rule] = {}
    path: list[str] = []

    def visit(one: Rule) -> None:
        if one.id in done:
            return
        if one.id in path:
            circle = " → ".join([*path[path.index(one.id) :], one.id])
            raise PackError(
                f"规则互相引用成环：{circle}；请去掉其中一处引用",
                f"rules ask each other in a circle: {circle}; remove one reference",
            )
        path.append(one.id)
        for id in asked(one):
            visit(find(id))
        path.pop()
        done[one.id] = one

    visit(rule)
    return list(done.values())
