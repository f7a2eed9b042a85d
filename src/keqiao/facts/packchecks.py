"""The vocabulary's checks as checks of imported facts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from keqiao.facts.checks import FactCheck
from keqiao.packs.loader import Packs
from keqiao.packs.schema import CheckNode
from keqiao.rules import form as f
from keqiao.rules.closures.compile import condition
from keqiao.rules.closures.values import Env
from keqiao.rules.quantities import Stored
from keqiao.rules.reader import read_condition
from keqiao.rules.scope import Scope


def vocabulary_checks(packs: Packs, as_of: dt.date, year: int) -> list[FactCheck]:
    """Every check of the vocabulary, compiled; each looks at the facts of one year."""
    return [_check(node, packs, as_of, year) for node in packs.checks]


def _check(node: CheckNode, packs: Packs, as_of: dt.date, year: int) -> FactCheck:
    when = read_condition(node.when, Scope(packs.vocabulary))
    reads = tuple(dict.fromkeys(part.id for part in f.walk(when) if isinstance(part, f.Fact)))
    return FactCheck(
        node.id, node.title.zh, node.when, node.severity, _fails(when, as_of, year), reads, node.title.en or ""
    )


def _fails(when: f.Node, as_of: dt.date, year: int) -> Callable[[Mapping[str, Stored | None]], bool]:
    env = Env()
    made = condition(when, env)
    slots = [(id, slot) for (id, shift), slot in env.slots.items() if shift == 0]
    blank: list[Any] = [as_of.toordinal(), year, None, *[None] * (env.size[0] - 3)]

    def fails(facts: Mapping[str, Stored | None]) -> bool:
        case = blank.copy()
        for id, slot in slots:
            case[slot] = facts.get(id)
        return made.test(case) is False

    return fails
