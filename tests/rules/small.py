"""Rules over the small vocabulary, read and decided in one line of a test."""

from __future__ import annotations

import datetime as dt
from typing import Any

from keqiao.rules.case import CaseReader
from keqiao.rules.closures.rule import compile_rule
from keqiao.rules.form import Node
from keqiao.rules.reader import read_value
from keqiao.rules.scope import RuleFace, Scope
from keqiao.rules.trace import Trace
from properties.packs import LISTS, Pack, build, head
from properties.words import VOCABULARY

AS_OF = dt.date(2026, 11, 21)
SCOPE = Scope(
    VOCABULARY,
    scores=frozenset({"total", "staff"}),
    rules={"t.sized": RuleFace("t.sized", True, False, ("big", "low")), "t.card": RuleFace("t.card", True, True)},
    lists=LISTS,
)


def read(text: str) -> Node:
    """The typed form of a text."""
    return read_value(text, SCOPE)


def decide(
    facts: dict[str, Any],
    *,
    holds: Any = None,
    as_of: dt.date = AS_OF,
    year: int = 2025,
    others: dict[str, Pack] | None = None,
    **pack: Any,
) -> Trace:
    """A rule made of the parts given, decided for a case."""
    packs = {**{id: head(id) | other for id, other in (others or {}).items()}, "t.main": {**head("t.main"), **pack}}
    rules = build(packs)
    code, env = compile_rule(rules["t.main"], rules.__getitem__)
    trace = code.evaluate(CaseReader(VOCABULARY, env).read(facts, holds, as_of, year))
    trace.vocabulary = VOCABULARY
    return trace


def ask(text: str, facts: dict[str, Any] | None = None, **more: Any) -> tuple[str, list[str]]:
    """Outcome and missing facts of one condition."""
    trace = decide(facts or {}, require={"id": "c", "title": "c", "when": text, "cite": "1"}, **more)
    return trace.outcome, trace.missing
