"""Which question comes next: the one that leaves the smallest share of the sample undecided.

The definition stands in `docs/decisions/0009-next-question.md`. Everything here is counted exactly; where the outcome is
known to be the same for several enterprises, it is found once.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from keqiao.assess.questions_asks import Ask
from keqiao.assess.questions_book import Book, View
from keqiao.assess.questions_parts import Part
from keqiao.assess.questions_sample import SAMPLE_DAY, Sample, read_sample
from keqiao.rules.closures.values import Case
from keqiao.rules.model import UNKNOWN

#: With fewer enterprises than these, those that differ in the fewest parts count as well.
FEWEST = 30

Codes = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Choice:
    """The question chosen, and of how many alike enterprises it leaves how many undecided."""

    key: str
    undecided: int
    among: int


class Chooser:
    """The sample seen through one rule: per part its result of every enterprise, per question its values."""

    def __init__(self, book: Book, sample: Sample) -> None:
        self._book, self._rows = book, sample.rows
        answers = {key: answers_of(book, ask, sample) for key, ask in book.asks.items()}
        self._numbers, self._codes = _results(book, answers, sample.rows)
        self._own = {key: self._look(key, every) for key, every in answers.items()}

    def choose(self, case: Case, view: View, asked: Set[str]) -> Choice:
        """The best of the useful questions (at least one), the first of those that are equal."""
        rows = self.alike(case)
        known, done = self._book.known(case), {c for key in asked for c in self._book.asks[key].columns}
        counts = []
        for key in view.useful:
            columns = frozenset(self._book.asks[key].columns)
            every = self._own[key].together
            together = [part for part in every if not part.idle(known | columns, done | columns, view.live)]
            counts.append(self._undecided(key, case, together, rows))
        least = min(counts)
        return Choice(view.useful[counts.index(least)], least, len(rows))

    def alike(self, case: Case) -> Codes:
        """Rows of the enterprises that differ in no part that the answers decide, or in the fewest that leave `FEWEST`."""
        apart = np.zeros(self._rows, np.int64)
        for part, numbers, codes in zip(self._book.parts, self._numbers, self._codes, strict=True):
            result = part.get(case) if part.alike else None
            if result is not None:
                apart += codes != numbers.get(result, -1)
        most = 0 if len(apart) < FEWEST else int(np.partition(apart, FEWEST - 1)[FEWEST - 1])
        return np.nonzero(apart <= most)[0]

    def _undecided(self, key: str, case: Case, together: list[Part], rows: Codes) -> int:
        """How many of the rows stay unknown when they give their own answer to one question."""
        book, own = self._book, self._own[key]
        ask = book.asks[key]
        values, distinct = (own.values, own.distinct) if together else (own.kinds[own.values], own.of_kind)
        counts = np.bincount(values[rows], minlength=len(distinct))
        outcomes: dict[Any, bool] = {}
        mine = case.copy()
        undecided = 0
        for value in np.nonzero(counts)[0].tolist():
            book.put(mine, ask, distinct[value])
            same = (own.kinds[value], *[part.get(mine) for part in together]) if together else value
            if same not in outcomes:
                outcomes[same] = book.code.outcome(mine) == UNKNOWN
            undecided += outcomes[same] * int(counts[value])
        return undecided

    def _look(self, key: str, every: list[tuple[Any, ...]]) -> _Own:
        book, columns = self._book, set(self._book.asks[key].columns)
        touching = [i for i, part in enumerate(book.parts) if part.signs and part.needs & columns]
        alone = [i for i in touching if book.parts[i].needs <= columns]
        values, distinct, first = _numbered(every)
        parts = [self._codes[i] for i in touching if i in alone]
        kinds, _, like = _numbered([(None in answer, *(int(c[row]) for c in parts)) for answer, row in zip(distinct, first, strict=True)])
        together = [book.parts[i] for i in touching if i not in alone]
        return _Own(values, distinct, kinds, [distinct[i] for i in like], together)


def _numbered(every: Sequence[tuple[Any, ...]]) -> tuple[Codes, list[tuple[Any, ...]], list[int]]:
    """Equal ones get one number: the numbers, what each stands for, and where it comes first."""
    numbers: dict[tuple[Any, ...], int] = {}
    first: list[int] = []
    found = np.zeros(len(every), np.int64)
    for i, one in enumerate(every):
        if one not in numbers:
            numbers[one] = len(numbers)
            first.append(i)
        found[i] = numbers[one]
    return found, list(numbers), first


@dataclass(frozen=True, slots=True)
class _Own:
    """One question's answers in the sample.

    ``values`` numbers the answer of every row, ``distinct`` are the answers. Answers of one kind are the same to the
    parts that read nothing else: ``kinds`` numbers them, ``of_kind`` is one answer of each. ``together`` are the parts
    that read other facts as well.
    """

    values: Codes
    distinct: list[tuple[Any, ...]]
    kinds: Codes
    of_kind: list[tuple[Any, ...]]
    together: list[Part]


@lru_cache(maxsize=32)
def chooser_of(book: Book) -> Chooser:
    """The packaged sample seen through a rule, made once in a process."""
    return Chooser(book, read_sample())


def answers_of(book: Book, ask: Ask, sample: Sample) -> list[tuple[Any, ...]]:
    """What every enterprise of the sample answers; None where it has no such fact."""
    later = (book.as_of - SAMPLE_DAY).days
    if ask.indicators[0].is_title:
        title = ask.columns[0]
        spans = ([(_moved(a, later), _moved(b, later)) for a, b in held.get(title, ())] for held in sample.titles)
        return [(book.title_answer(ask, tuple(one)),) for one in spans]
    columns = [sample.columns.get(column, [None] * sample.rows) for column in ask.columns]
    if ask.indicators[0].type == "date":
        columns = [[_moved(day, later) for day in column] for column in columns]
    return list(zip(*columns, strict=True))


def _moved(day: int | None, later: int) -> int | None:
    """A day of the sample, moved along so that ages and terms stay what they are."""
    return None if day is None else day + later


def _results(book: Book, answers: dict[str, list[tuple[Any, ...]]], rows: int) -> tuple[list[dict[Any, int]], list[Codes]]:
    """Per part: a number for each result that occurs, and every enterprise's."""
    numbers: list[dict[Any, int]] = [{} for _ in book.parts]
    codes = [np.zeros(rows, np.int64) for _ in book.parts]
    for row in range(rows):
        case = book.case({}, ())
        for key, every in answers.items():
            book.put(case, book.asks[key], every[row])
        for part, known, found in zip(book.parts, numbers, codes, strict=True):
            found[row] = known.setdefault(part.get(case), len(known))
    return numbers, codes
