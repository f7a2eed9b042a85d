"""Enterprises of the sample that sit through a self-check."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from typing import Any

import keqiao
from keqiao.assess import questions as q
from keqiao.assess.questions_asks import Ask
from keqiao.assess.questions_choice import answers_of
from keqiao.assess.questions_sample import SAMPLE_DAY, SAMPLE_YEAR, read_sample
from keqiao.assess.questions_words import kind_of
from keqiao.packs.loader import Packs
from keqiao.rules.dimensions import SCALES, UNITS
from keqiao.rules.quantities import plain
from keqiao.rules.trace import Trace

#: Every shipped rule but the one whose weights are not published.
RULES = sorted(set(keqiao.load_packs()) - {"zgc.pilot_points"})


@cache
def shipped() -> Packs:
    return keqiao.load_packs()


def begin(rule: str, packs: Packs | None = None) -> q.State:
    return q.start(packs or shipped(), rule, SAMPLE_DAY, SAMPLE_YEAR)


@cache
def _answers(rule: str) -> dict[str, list[tuple[Any, ...]]]:
    book = begin(rule)._book
    return {key: answers_of(book, ask, read_sample()) for key, ask in book.asks.items()}


def reply(state: q.State, key: str, row: int) -> q.State:
    """The state with what an enterprise of the sample replies; it skips what it does not have."""
    values = _answers(state.rule)[key][row]
    return q.skip(state, key) if None in values else q.answer(state, key, text_of(state._book.asks[key], values))


def text_of(ask: Ask, values: tuple[Any, ...]) -> str:
    """An answer as a visitor types or chooses it."""
    kind, value, first = kind_of(ask), values[0], ask.indicators[0]
    if kind == "any_of":
        return "、".join(i.label for i, has in zip(ask.indicators, values, strict=True) if has) or "无"
    if kind == "number":
        return plain(Fraction(value, SCALES[first.dimension.name]) / UNITS[first.unit].factor, 12) + first.unit
    if kind == "title_date":
        return dt.date.fromordinal(value[0][0]).isoformat() if value else "否"
    if kind == "date":
        return dt.date.fromordinal(value).isoformat()
    return {True: "是", False: "否"}[bool(value)] if kind in ("flag", "title") else str(value)


def sit(state: q.State, row: int, skips: Callable[[str], bool] = lambda key: False) -> tuple[q.State, list[q.Step]]:
    """A whole self-check: the last state and every step."""
    steps = [q.step(state)]
    while (question := steps[-1].question) is not None:
        state = q.skip(state, question.key) if skips(question.key) else reply(state, question.key, row)
        steps.append(q.step(state))
    return state, steps


def explained(rule: str, row: int) -> Trace:
    """The rule on all facts of an enterprise of the sample."""
    sample = read_sample()
    held = [
        {"title": title, "from": _day(a), "to": _day(b)} for title, spans in sample.titles[row].items() for a, b in spans
    ]
    code, reader = shipped()[rule].compiled(SAMPLE_DAY)
    stored = {name: column[row] for name, column in sample.columns.items()}
    return code.evaluate(reader.read_stored({**stored, "titles": held}, SAMPLE_DAY, SAMPLE_YEAR))


def _day(ordinal: int | None) -> dt.date | None:
    return None if ordinal is None else dt.date.fromordinal(ordinal)
