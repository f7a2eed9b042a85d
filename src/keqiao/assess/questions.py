"""The self-check: one question at a time, stopping as soon as the outcome is certain; nothing is stored.

    state = start(packs, "cn.tech_sme", dt.date(2026, 11, 21))
    while (now := step(state)).question is not None:
        state = answer(state, now.question.key, input(now.question.text))   # or skip(state, key)
    print(now.outcome)

A `State` is all there is: `State.to_json` makes it short enough to travel in a form, `restore` reads it back. Texts are
in the language of the context (`keqiao.errors.use_language`).
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from keqiao.assess.answers_profile import Gap
from keqiao.assess.gaps import gaps_of
from keqiao.assess.questions_book import Book, book_of
from keqiao.assess.questions_choice import chooser_of
from keqiao.assess.questions_words import Answer, Question, question_of, read_answer
from keqiao.errors import KeqiaoError, language
from keqiao.packs.loader import Packs
from keqiao.rules.dimensions import SCALES
from keqiao.rules.model import NO, OUTCOMES
from keqiao.rules.trace import Trace

#: The longest JSON of a state that `restore` reads, in characters.
LONGEST_STATE = 20_000


@dataclass(frozen=True, slots=True)
class State:
    """How far a self-check has come: the rule, the day, the case's year, and what was replied, in order.

    ``replies`` are (key, text as kept), with None for what was skipped.
    """

    rule: str
    as_of: dt.date
    year: int
    replies: tuple[tuple[str, str | None], ...] = ()
    _book: Book = field(repr=False, compare=False, kw_only=True)

    @property
    def answers(self) -> dict[str, str]:
        """The answered questions with their texts."""
        return {key: text for key, text in self.replies if text is not None}

    @property
    def skipped(self) -> tuple[str, ...]:
        """The skipped questions."""
        return tuple(key for key, text in self.replies if text is None)

    def to_json(self) -> str:
        """The state as compact JSON; `restore` reads it."""
        data = {"rule": self.rule, "as_of": self.as_of.isoformat(), "year": self.year, "replies": self.replies}
        return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Step:
    """Where a self-check stands.

    ``question`` is the next one, None at the end. ``trace`` is the rule on the answers alone; ``outcome`` is ``yes``,
    ``no`` or ``refer`` only when no answer can change it, until then ``unknown``, and at the end ``unknown`` where what
    was skipped, or is not defined, leaves it open. ``low``, ``high`` and ``pass_mark`` are points of the total, None
    where the rule has none. ``asked`` counts what was answered or skipped, ``at_most_left`` bounds what is still to come,
    ``saved`` is how many were never asked (0 before the end). Of ``among`` alike enterprises of the sample, ``settles``
    would be decided by the next question.
    """

    question: Question | None
    trace: Trace
    outcome: str
    low: Decimal | None
    high: Decimal | None
    pass_mark: Decimal | None
    asked: int
    at_most_left: int
    saved: int
    settles: int = 0
    among: int = 0


def start(packs: Packs, rule: str, as_of: dt.date, year: int | None = None) -> State:
    """A self-check without answers; ``year`` is the year before ``as_of`` where None.

    Raises `KeqiaoError` where there is no such rule, or it cannot be asked: its weights are not published, or it
    compares with peers.
    """
    year = as_of.year - 1 if year is None else year
    return State(rule, as_of, year, _book=book_of(packs.find(rule), as_of, year))


def answer(state: State, key: str, text: str) -> State:
    """The state with one question answered, or answered anew.

    Raises `KeqiaoError` for a question that the rule does not have, `FactError` for an answer that cannot be read.
    """
    return _replied(state, key, read(state, key, text).text)


def skip(state: State, key: str) -> State:
    """The state with one question skipped: it stays missing and is not asked again. Raises `KeqiaoError`."""
    _ask(state, key)
    return _replied(state, key, None)


def without(state: State, key: str) -> State:
    """The state as if a question had not been replied to."""
    return dataclasses.replace(state, replies=tuple(one for one in state.replies if one[0] != key))


def read(state: State, key: str, text: str) -> Answer:
    """An answer as it is understood, with its echo. Raises `KeqiaoError` and `FactError` as `answer` does."""
    return read_answer(state._book.asks[_ask(state, key)], text, state.as_of)


def question(state: State, key: str) -> Question:
    """One question in words, replied to or not. Raises `KeqiaoError`."""
    return question_of(state._book.asks[_ask(state, key)], state.year, language())


def all_questions(state: State) -> list[Question]:
    """All questions that the rule can ask, in the vocabulary's order."""
    return [question(state, key) for key in state._book.asks]


def step(state: State) -> Step:
    """Decide what the answers decide, and choose the next question."""
    book = state._book
    values = _values(state)
    asked = frozenset(key for key, _ in state.replies)
    case = book.case(values, asked)
    view = book.view(case, asked)
    trace = book.trace(values)
    low, high = (None, None) if view.trace.total is None else map(_points, view.trace.total)
    mark = book.code.pass_mark
    known = (trace, OUTCOMES[view.outcome], low, high, None if mark is None else _points(int(mark * SCALES["points"])), len(asked))
    if not view.useful:
        return Step(None, *known, 0, len(book.asks) - len(asked))
    chosen = chooser_of(book).choose(case, view, asked)
    next_ = question(state, chosen.key)
    return Step(next_, *known, len(view.open), 0, chosen.among - chosen.undecided, chosen.among)


def improvements(state: State) -> tuple[Gap, ...]:
    """What stands between the answers and a yes, as in a profile; of a no only what fails, not what was not asked."""
    trace = state._book.trace(_values(state))
    found = gaps_of(trace, state._book.vocabulary, language())
    return tuple(gap for gap in found if gap.outcome == OUTCOMES[NO]) if trace.outcome_code == NO else found


def restore(packs: Packs, text: str) -> State:
    """The state of a JSON text. Raises `KeqiaoError` where it is none, or does not fit the rules."""
    try:
        if len(text) > LONGEST_STATE:
            raise ValueError
        data = json.loads(text)
        rule, as_of, year, replies = data["rule"], dt.date.fromisoformat(data["as_of"]), data["year"], data["replies"]
        if set(data) != {"rule", "as_of", "year", "replies"} or not isinstance(rule, str) or type(year) is not int:
            raise ValueError
        if not (1900 <= year <= 2200 and 1900 <= as_of.year <= 2200) or not all(_is_reply(one) for one in replies):
            raise ValueError
    except (ValueError, KeyError, TypeError, RecursionError):
        raise KeqiaoError("自测的答案读不懂，请重新开始", "these answers of a self-check cannot be read; start again") from None
    state = start(packs, rule, as_of, year)
    for key, reply in replies:
        state = skip(state, key) if reply is None else answer(state, key, reply)
    return state


def _is_reply(one: Any) -> bool:
    return isinstance(one, list) and len(one) == 2 and isinstance(one[0], str) and (one[1] is None or isinstance(one[1], str))


def _ask(state: State, key: str) -> str:
    """The key, where the rule has such a question."""
    if key in state._book.asks:
        return key
    title = state._book.rule.title
    raise KeqiaoError(f"“{title.zh}”没有“{key}”这一题", f"{title.get('en')!r} has no question {key!r}")


def _replied(state: State, key: str, text: str | None) -> State:
    """The reply in its place: where it stood, else last."""
    if any(known == key for known, _ in state.replies):
        replies = tuple((known, text if known == key else old) for known, old in state.replies)
    else:
        replies = (*state.replies, (key, text))
    return dataclasses.replace(state, replies=replies)


def _values(state: State) -> dict[str, Any]:
    """Stored values by column; nothing for what was skipped."""
    found: dict[str, Any] = {}
    for key, text in state.answers.items():
        ask = state._book.asks[key]
        found |= zip(ask.columns, read_answer(ask, text, state.as_of).values, strict=True)
    return found


def _points(stored: int) -> Decimal:
    return Decimal(stored) / SCALES["points"]


__all__ = [
    "Answer", "Question", "State", "Step", "all_questions", "answer", "improvements", "question", "read", "restore", "skip",
    "start", "step", "without",
]  # fmt: skip
