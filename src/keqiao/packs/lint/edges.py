"""Edge cases of a rule: every fact below, on and above every threshold, and missing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from keqiao.packs.lint.thresholds import FactKey, Threshold, Turns, turns_of
from keqiao.packs.lint.version import Compiled
from keqiao.rules import form as f
from keqiao.rules.calendar import months_before
from keqiao.rules.closures.compile import condition
from keqiao.rules.closures.values import AS_OF, TITLES, Case, Env
from keqiao.rules.dimensions import LIMITS
from keqiao.rules.model import OUTCOMES, YES
from keqiao.rules.quantities import MULTIPLIERS, plain
from keqiao.rules.vocabulary import Indicator, Vocabulary

_EARLIEST, _LATEST = dt.date(1949, 10, 1).toordinal(), dt.date(2100, 1, 1).toordinal()
#: A threshold is met at most this often along one fact: undefined, below, on, above.
_MOST_TURNS = 8


@dataclass(frozen=True, slots=True)
class Base:
    """An example to start from: its title, its facts, and its outcome code."""

    title: str
    case: Case
    outcome: int = YES


@dataclass(frozen=True, slots=True)
class Edge:
    """One generated case: where it started and what was changed."""

    base: str
    change: str
    case: Case


class Edges:
    """Generates the edge cases of one compiled version from its examples of one day."""

    def __init__(self, compiled: Compiled, vocabulary: Vocabulary, bases: list[Base]) -> None:
        self.vocabulary, self.env = vocabulary, compiled.env
        self.turns: Turns = turns_of(compiled.order)
        # decided examples first: a change at a threshold then changes the outcome
        self.bases = sorted(bases, key=lambda base: OUTCOMES[base.outcome] != "yes")
        self._seen: set[str] = set()

    def __iter__(self) -> Iterator[Edge]:
        yield from self._missing()
        for threshold in self.turns.thresholds:
            yield from self._around(threshold)
        yield from self._dates()
        yield from self._codes()
        yield from self._titles()

    # ---- bases -------------------------------------------------------------------------------

    def _fitting(self, test: Callable[[Case], object], when: tuple[tuple[FactKey, str], ...]) -> Base:
        """The first example in which a test is decided and codes are as wanted, else the nearest."""
        slots = [(self.env.slots[key], code) for key, code in when if key in self.env.slots]
        fits = [base for base in self.bases if all(base.case[slot] == code for slot, code in slots)]
        found = next((base for base in fits if test(base.case) is not None), None)
        if found is None:
            found = next((base for base in self.bases if test(base.case) is not None), self.bases[0])
        case = found.case.copy()
        for slot, code in slots:
            case[slot] = code
        return Base(found.title, case, found.outcome)

    def _edge(self, base: Base, slot: int, value: object, change: str) -> Iterator[Edge]:
        case = base.case.copy()
        case[slot] = value
        key = repr(case)
        if key not in self._seen:
            self._seen.add(key)
            yield Edge(base.title, change, case)

    def _with(self, base: Base, key: FactKey, value: object) -> Iterator[Edge]:
        slot = self.env.slots[key]
        indicator = self.vocabulary.indicators[key[0]]
        name = f"prior({indicator.label}, {key[1]})" if key[1] else indicator.label
        yield from self._edge(base, slot, value, f"{name} = {shown(indicator, value)}")

    # ---- the turns ---------------------------------------------------------------------------

    def _missing(self) -> Iterator[Edge]:
        for fact in self.turns.facts:
            values: list[object] = [None]
            if fact.dim.kind == "flag":
                values += [True, False]
            for value in values:
                yield from self._with(self.bases[0], (fact.id, fact.shift), value)

    def _around(self, threshold: Threshold) -> Iterator[Edge]:
        """Both sides of every place where the order of left and right changes along one fact."""
        inner = Env(self.env.slots, {}, {}, {}, self.env.size)
        left, right = threshold.left, threshold.right
        below = condition(f.Compare("<", left, right), inner).test
        upto = condition(f.Compare("<=", left, right), inner).test
        base = self._fitting(below, threshold.when)
        for fact in threshold.facts():
            key = (fact.id, fact.shift)
            case, slot = base.case.copy(), self.env.slots[key]

            def side(value: int, case: Case = case, slot: int = slot) -> tuple[object, object]:
                case[slot] = value
                return below(case), upto(case)

            yield from self._with(base, key, None)
            for value in sorted(turning(side, base.case[slot], *_ends(fact))):
                yield from self._with(base, key, value)

    def _dates(self) -> Iterator[Edge]:
        for key, months in self.turns.dates:
            slot = self.env.slots[key]
            base = self._fitting(lambda case, slot=slot: case[slot], ())  # type: ignore[misc]
            day = base.case[AS_OF]
            edge = months_before(day, months)
            for value in (None, edge - 1, edge, edge + 1, months_before(day + 1, months), day, day + 1):
                yield from self._with(base, key, value)

    def _codes(self) -> Iterator[Edge]:
        for key, values in self.turns.codes.items():
            allowed = self.vocabulary.indicators[key[0]].values
            others = [value for value in allowed if value not in values][:1] or ([] if allowed else ["其他代码"])
            slot = self.env.slots[key]
            base = self._fitting(lambda case, slot=slot: case[slot], ())  # type: ignore[misc]
            for value in [None, *others, *(v for v in values if not allowed or v in allowed)]:
                yield from self._with(base, key, value)

    def _titles(self) -> Iterator[Edge]:
        for title, months in self.turns.titles:
            base = self._fitting(lambda case: case[TITLES], ())
            day, held = base.case[AS_OF], base.case[TITLES] or {}
            spans = [(None, None), (day, None), (day + 1, None), (None, day), (None, day - 1), (day - 9, day - 1)]
            if months is not None:
                first = months_before(day, months)
                spans += [(first, None), (first - 1, None), (first, first)]
            label = self.vocabulary.indicators[title].label
            yield from self._edge(base, TITLES, None, "holds = null")
            yield from self._edge(base, TITLES, {k: v for k, v in held.items() if k != title}, f"{label}: no")
            for span in spans:
                dates = "~".join("" if d is None else dt.date.fromordinal(d).isoformat() for d in span)
                yield from self._edge(base, TITLES, {**held, title: [span]}, f"{label}: {dates}")


def turning(side: Callable[[int], object], start: object, low: int, high: int) -> set[int]:
    """Whole numbers on both sides of every place where ``side`` changes between ``low`` and ``high``.

    ``start`` is a value that is known to matter. Places are found by halving, so two changes that
    cancel out between the points that are tried may be missed.
    """
    points = sorted({low, -1, 0, 1, high} | ({start} if isinstance(start, int) else set()))
    points = [point for point in points if low <= point <= high]
    found: set[int] = set()
    for a, b in pairwise(points):
        for _ in range(_MOST_TURNS):
            first, last = side(a), side(b)
            if first == last:
                break
            under, over = a, b
            while over - under > 1:
                middle = (under + over) // 2
                if side(middle) == first:
                    under = middle
                else:
                    over = middle
            found |= {under, over, min(over + 1, high), max(under - 1, low)}
            a = over
    return found


def _ends(fact: f.Fact) -> tuple[int, int]:
    if fact.dim.kind == "date":
        return _EARLIEST, _LATEST
    limit = LIMITS[fact.dim.name]
    return -limit, limit


def shown(indicator: Indicator, value: object) -> str:
    """A stored fact as text for a message."""
    if isinstance(value, int) and indicator.dimension.kind == "date":
        return dt.date.fromordinal(value).isoformat()
    if isinstance(value, int) and not isinstance(value, bool):
        factor = MULTIPLIERS[indicator.dimension.name].get(indicator.unit)
        return str(value) if factor is None else f"{plain(value / factor, 12)}{indicator.unit}"
    return str(value)
