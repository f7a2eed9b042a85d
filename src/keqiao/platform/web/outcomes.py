"""The five outcomes: codes of traces and of runs, and their words."""

from __future__ import annotations

from keqiao.errors import say
from keqiao.rules.model import OUTCOMES

_WORDS = {
    "yes": ("符合", "Met"),
    "no": ("不符合", "Not met"),
    "unknown": ("缺资料", "Data missing"),
    "refer": ("需人工", "For review"),
    "cond": ("有条件", "Conditional"),
}
#: The order in which outcomes are listed.
SHOWN = ("yes", "cond", "refer", "unknown", "no")


def outcome_code(code: object) -> str:
    """``yes``, ``no``, ``unknown``, ``refer`` or ``cond`` from itself or from a run's number. Raises ValueError."""
    if isinstance(code, int) and not isinstance(code, bool) and 0 <= code < len(OUTCOMES):
        return OUTCOMES[code]
    if str(code) in _WORDS:
        return str(code)
    raise ValueError(f"no outcome {code!r}")


def outcome_word(code: object) -> str:
    """The word of an outcome in the current language."""
    return say(*_WORDS[outcome_code(code)])
