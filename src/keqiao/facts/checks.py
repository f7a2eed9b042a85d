"""Cross-field checks: what must hold between the facts of one enterprise in one year."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from keqiao.rules.quantities import Stored


@dataclass(frozen=True, slots=True)
class FactCheck:
    """A check of the vocabulary, such as 科技人员数 <= 职工人数.

    ``fails`` is given the stored facts of one enterprise and year by indicator id (dates as
    ordinal days, None or absent = missing) and returns True only when the check is certainly
    violated. ``reads`` are the ids it looks at, the first one's cell is the place of the
    problem; empty means all facts are handed over and the place is the key's cell. ``failing``
    may say the same of many enterprises at once: given the columns of ``reads`` alongside each
    other, the indexes at which the check is violated.
    """

    id: str
    title: str
    when: str
    severity: Literal["error", "warning"]
    fails: Callable[[Mapping[str, Stored | None]], bool]
    reads: tuple[str, ...] = ()
    title_en: str = ""
    failing: Callable[[Sequence[Sequence[Stored | None]]], Iterable[int]] | None = None
