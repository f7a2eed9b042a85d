"""The vocabulary's checks as checks of imported facts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from keqiao.facts.checks import FactCheck
from keqiao.packs.loader import Packs
from keqiao.packs.schema import CheckNode
from keqiao.rules import form as f
from keqiao.rules.closures.compile import condition
from keqiao.rules.closures.values import Env
from keqiao.rules.dimensions import SCALES
from keqiao.rules.quantities import Stored
from keqiao.rules.reader import read_condition
from keqiao.rules.scope import Scope

_Fails = Callable[[Mapping[str, Stored | None]], bool]
_Failing = Callable[[Sequence[Sequence[Stored | None]]], Iterator[int]]


def vocabulary_checks(packs: Packs, as_of: dt.date, year: int) -> list[FactCheck]:
    """Every check of the vocabulary, compiled; each looks at the facts of one year."""
    return [_check(node, packs, as_of, year) for node in packs.checks]


def _check(node: CheckNode, packs: Packs, as_of: dt.date, year: int) -> FactCheck:
    when = read_condition(node.when, Scope(packs.vocabulary))
    reads = tuple(dict.fromkeys(part.id for part in f.walk(when) if isinstance(part, f.Fact)))
    fails, failing = _fails(when, reads, as_of, year)
    failing = _at_most(when) or failing
    return FactCheck(node.id, node.title.zh, node.when, node.severity, fails, reads, node.title.en or "", failing)


def _at_most(when: f.Node) -> _Failing | None:
    """The quick way for a check of the form ``part <= whole``; None for any other."""
    if not (isinstance(when, f.Compare) and when.op == "<="):
        return None
    left, right = when.left, when.right
    if not (isinstance(left, f.Fact) and isinstance(right, f.Fact)) or left.id == right.id:
        return None
    if left.shift or right.shift or left.dimension != right.dimension or left.dimension.name not in SCALES:
        return None

    def failing(columns: Sequence[Sequence[Any]]) -> Iterator[int]:
        parts, wholes = columns
        pairs = enumerate(zip(parts, wholes, strict=True))
        return (i for i, (part, whole) in pairs if part is not None and whole is not None and part > whole)

    return failing


def _fails(when: f.Node, reads: Sequence[str], as_of: dt.date, year: int) -> tuple[_Fails, _Failing]:
    env = Env()
    made = condition(when, env)
    slots = [(id, slot) for (id, shift), slot in env.slots.items() if shift == 0]
    blank: list[Any] = [as_of.toordinal(), year, None, *[None] * (env.size[0] - 3)]

    def fails(facts: Mapping[str, Stored | None]) -> bool:
        case = blank.copy()
        for id, slot in slots:
            case[slot] = facts.get(id)
        return made.test(case) is False

    def failing(columns: Sequence[Sequence[Stored | None]]) -> Iterator[int]:
        case, test = blank.copy(), made.test
        places = [(env.slots[id, 0], n) for n, id in enumerate(reads) if (id, 0) in env.slots]
        for i, values in enumerate(zip(*columns, strict=True)):
            for place, n in places:
                case[place] = values[n]
            if test(case) is False:
                yield i

    return fails, failing
