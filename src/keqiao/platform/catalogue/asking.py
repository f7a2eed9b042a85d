"""The self-check's engine as the pages use it, and the signed form in which the answers travel.

Nothing is stored: a `State` is signed into a hidden field, sent back with the next answer, and forgotten.
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import Any

from django.core import signing

from keqiao.assess import questions as q
from keqiao.assess.questions import Question as Question
from keqiao.assess.questions import State as State
from keqiao.assess.questions import Step as Step
from keqiao.assess.questions import improvements as improvements
from keqiao.assess.questions import question as question
from keqiao.assess.questions import skip as skip
from keqiao.assess.questions import step as step
from keqiao.errors import KeqiaoError
from keqiao.platform.catalogue.shipped import packs
from keqiao.platform.clock import today

_SALT = "keqiao.catalogue.check"
#: A form older than this is no longer read: rules and the day may have changed meanwhile.
_OLDEST = dt.timedelta(days=1)


class Broken(KeqiaoError):
    """The answers in a form are not as we signed them, or too old."""

    def __init__(self) -> None:
        super().__init__("这份答案读不出来，可能改动过或放了太久。从头开始，几分钟就好。", "These answers cannot be read; they were changed or are too old. Start again; it takes a few minutes.")


def start(rule: str) -> State:
    """A self-check without answers, on today's rules. Raises `KeqiaoError` where the rule cannot be asked."""
    return q.start(packs(), rule, today())


def seal(state: State) -> str:
    """The state as a signed text for a hidden field."""
    return signing.dumps(state.to_json(), salt=_SALT, compress=True)


def opened(text: str, rule: str) -> State:
    """The state of a signed text. Raises `Broken` where it was changed, is too old, or belongs to another rule."""
    try:
        state = q.restore(packs(), signing.loads(text, salt=_SALT, max_age=_OLDEST))
    except (signing.BadSignature, KeqiaoError):
        raise Broken from None
    if state.rule != rule:
        raise Broken
    return state


@lru_cache(maxsize=200)
def _length(rule: str, day: dt.date) -> int | None:
    try:
        return len(q.all_questions(q.start(packs(), rule, day)))
    except KeqiaoError:
        return None


def length(rule: str) -> int | None:
    """How many questions a rule may ask at most; None where it cannot be asked."""
    return _length(rule, today())


@lru_cache(maxsize=200)
def _full(rule: str, day: dt.date, year: int) -> float:
    high = q.step(q.start(packs(), rule, day, year)).high
    return float(high) if high is not None else 0.0


def full_marks(state: State) -> float:
    """The most points that the rule gives, for the scale of a drawing; 0 where it gives none."""
    return _full(state.rule, state.as_of, state.year)


def reply(state: State, key: str, typed: list[str]) -> State:
    """The state with what was typed or ticked. Raises `KeqiaoError` with what would be right."""
    return q.answer(state, key, ",".join(part.strip() for part in typed if part.strip()))


def echo(state: State, key: str, typed: list[str]) -> str:
    """How an answer is understood. Raises `KeqiaoError`."""
    return q.read(state, key, ",".join(part.strip() for part in typed if part.strip())).echo


def replied(state: State) -> list[dict[str, Any]]:
    """What was replied so far: the question, the echo, None where it was skipped."""
    return [{"question": q.question(state, key), "echo": None if text is None else q.read(state, key, text).echo, "text": text} for key, text in state.replies]


def back(state: State) -> tuple[State, str | None]:
    """One question back: the state without the last reply, and the key of that question; None where there is none."""
    if not state.replies:
        return state, None
    key = state.replies[-1][0]
    return q.without(state, key), key


def known(state: State, key: str) -> bool:
    """Whether the rule has a question of this key."""
    try:
        q.question(state, key)
    except KeqiaoError:
        return False
    return True
