"""Random cases for a random rule: values on, just below and just above every number it names."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Any

from keqiao.rules import form as f
from keqiao.rules import model as m
from keqiao.rules.vocabulary import Indicator
from properties.oracle import Case, later
from properties.words import DEPTH, MEMBERS, VOCABULARY

#: Smallest step of each type in base units, and units to write it in.
STEP = {
    "money": Fraction(1, 100), "ratio": Fraction(1, 10**8), "people": Fraction(1, 10**4), "count": Fraction(1, 10**4),
    "points": Fraction(1, 10**4), "years": Fraction(1, 10**4), "days": Fraction(1),
}  # fmt: skip
WRITTEN = {
    "money": {"元": 1, "千元": 10**3, "万元": 10**4, "亿元": 10**8},
    "ratio": {"%": Fraction(1, 100), "‰": Fraction(1, 1000), "倍": 1, "BP": Fraction(1, 10**4)},
    "people": {"人": 1}, "count": {"件": 1, "项": 1, "个": 1}, "points": {"分": 1}, "years": {"年": 1}, "days": {"天": 1},
}  # fmt: skip
PLAIN = {"money": (1, 100, 10**4, 12345, 5 * 10**7), "ratio": (0, Fraction(1, 20)), "people": (1, 10, 100, 499), "count": (0, 1, 2, 3),
         "points": (0, 5, 70), "years": (1, 2, 3, 4), "days": (0, 30, 365)}  # fmt: skip
#: Larger facts would be refused on reading.
MOST = {"money": 10**12, "ratio": 10**4, "people": 10**7, "count": 10**7, "points": 10**5, "years": 10**3, "days": 10**6}
NAMES = {"money": "money", "people": "people", "ratio": "ratio", "items": "count", "points": "points", "years": "years", "days": "days"}


@dataclass
class Written:
    """One case three times: for the oracle, as a user writes it, and as stored in a table."""

    case: Case
    facts: dict[str, Any]
    holds: list[Any] | None
    row: dict[str, Any]


def numbers_of(rules: Iterable[m.Rule]) -> dict[str, list[Fraction]]:
    """All numbers that the rules name, by type."""
    found: dict[str, set[Fraction]] = {}
    for rule in rules:
        for node in m.rule_nodes(rule):
            for part in f.walk(node):
                if isinstance(part, f.Quantity) and part.dim.name in NAMES:
                    found.setdefault(NAMES[part.dim.name], set()).add(part.value)
        for item in rule.items:
            for form in [item.form, *getattr(item.form, "forms", ())]:
                if isinstance(form, m.Bands):
                    found.setdefault(NAMES.get(form.value.dim.name, "ratio"), set()).update(form.bounds)
    return {type: sorted(values) for type, values in found.items()}


class Caster:
    """Makes cases for rules on one day and year."""

    def __init__(self, rng: Random, rules: Iterable[m.Rule], as_of: dt.date, year: int) -> None:
        self.rng, self.as_of, self.year = rng, as_of, year
        self.numbers = numbers_of(rules)
        self.days = [later(as_of, -12 * n) + dt.timedelta(d) for n in (1, 3, 5) for d in (-1, 0, 1)]
        self.days += [as_of, as_of - dt.timedelta(365), as_of - dt.timedelta(364), as_of + dt.timedelta(1), dt.date(2024, 2, 29)]
        self.days += [dt.date(2020, 2, 29), later(as_of, -18), later(as_of, -6), dt.date(1999, 12, 31), dt.date(year, 1, 1)]

    def near(self, type: str) -> Fraction:
        """A value on, just below or just above a number of the rule, or a plain one."""
        rng, kind = self.rng, self.rng.random()
        named = self.numbers.get(type)
        if kind < 0.12:
            return Fraction(0)
        if named and kind < 0.6:
            return rng.choice(named) + rng.choice([-1, 0, 0, 1]) * STEP[type]
        value = Fraction(rng.choice(PLAIN[type]))
        return -value if kind > 0.95 else value

    def chained(self, type: str, other: Fraction) -> Fraction:
        """A value whose ratio to ``other``, or growth over it, is at a ratio of the rule."""
        ratios = self.numbers.get("ratio") or [Fraction(1, 20)]
        ratio = self.rng.choice(ratios)
        factor = self.rng.choice([ratio, 1 + ratio, (1 + ratio) ** 2, (1 + ratio) ** 3])
        value = other * factor + self.rng.choice([-1, 0, 0, 1]) * STEP[type]
        return Fraction((value / STEP[type]).__floor__()) * STEP[type]

    def make(self, missing: float) -> Written:
        """One case."""
        facts: dict[tuple[str, int], Any] = {}
        last: dict[str, Fraction] = {}
        for indicator in VOCABULARY.indicators.values():
            if indicator.is_title:
                continue
            years = range(DEPTH + 1) if indicator.period == "annual" else range(1)
            for back in years:
                if self.rng.random() < missing:
                    continue
                facts[indicator.id, back] = self.value(indicator, last)
        titles = None if self.rng.random() < missing else self.titles()
        return self.write(Case(self.as_of, self.year, facts, titles))

    def value(self, indicator: Indicator, last: dict[str, Fraction]) -> Any:
        """A value of an indicator in base units."""
        rng, type = self.rng, indicator.type
        if type == "flag":
            return rng.random() < 0.5
        if type == "date":
            return rng.choice(self.days)
        if type == "code":
            return rng.choice(indicator.values or (*MEMBERS, "330102", "310000"))
        value = self.near(type)
        if type in last and rng.random() < 0.5:
            value = self.chained(type, last[type])
            if abs(value) > MOST[type]:
                value = last[type]
        last[type] = value
        return value

    def titles(self) -> list[tuple[str, dt.date | None, dt.date | None]]:
        """Titles that are held, undated, expired, or not yet begun."""
        found = []
        for _ in range(self.rng.choice([0, 1, 1, 2, 3])):
            start = self.rng.choice([None, *self.days])
            end = self.rng.choice([None, self.as_of, self.as_of - dt.timedelta(1), self.as_of + dt.timedelta(400)])
            if start and end and end < start:
                end = None
            found.append((self.rng.choice(["title.hnte", "title.award"]), start, end))
        return found

    # ---- writing -------------------------------------------------------------------------------

    def write(self, case: Case) -> Written:
        """The case as a user writes it and as a table stores it."""
        by_id: dict[str, dict[int, Any]] = {}
        for (id, back), value in case.facts.items():
            by_id.setdefault(id, {})[back] = value
        facts: dict[str, Any] = {}
        row: dict[str, Any] = {}
        for id, values in by_id.items():
            indicator = VOCABULARY.indicators[id]
            name = self.rng.choice([id, indicator.label])
            written = {str(self.year - back): self.text(indicator, value) for back, value in values.items()}
            plain = indicator.period != "annual" and (indicator.period == "static" or self.rng.random() < 0.7)
            facts[name] = next(iter(written.values())) if plain else written
            if plain is False and indicator.period in ("stock", "event"):
                facts[name][str(self.year - 1)] = self.text(indicator, values[0])  # another year says nothing
            for back, value in values.items():
                row[f"{id}__{back}" if back else id] = stored(indicator, value)
        holds = None if case.titles is None else [self.title(*entry) for entry in case.titles]
        row["titles"] = case.titles
        return Written(case, facts, holds, row)

    def text(self, indicator: Indicator, value: Any) -> Any:
        """A value as a number in the indicator's unit, or as text with a unit."""
        if isinstance(value, dt.date):
            return value.isoformat()
        if not isinstance(value, Fraction):
            return value
        units = WRITTEN[indicator.type]
        unit = self.rng.choice(list(units))
        number = decimal(value / units[unit])
        if self.rng.random() < 0.3 and "." not in number:
            number = f"{int(number):,}"
        return f"{number}{unit}"

    def title(self, id: str, start: dt.date | None, end: dt.date | None) -> Any:
        """A title by id, label or alias; a mapping where it is dated."""
        indicator = VOCABULARY.indicators[id]
        name = self.rng.choice([id, indicator.label, *indicator.aliases])
        if start is None and end is None and self.rng.random() < 0.5:
            return name
        entry = {"title": name, "from": start and start.isoformat(), "to": end and end.isoformat()}
        return {key: value for key, value in entry.items() if value is not None or self.rng.random() < 0.5 or key == "title"}


def decimal(value: Fraction) -> str:
    """An exact finite decimal."""
    sign, value = ("-" if value < 0 else ""), abs(value)
    digits = 0
    while (value * 10**digits).denominator != 1:
        digits += 1
    whole = str(int(value * 10**digits)).rjust(digits + 1, "0")
    return sign + (f"{whole[:-digits]}.{whole[-digits:]}" if digits else whole)


def stored(indicator: Indicator, value: Any) -> Any:
    """A value as a table stores it."""
    if not isinstance(value, Fraction):
        return value
    number = value / STEP[indicator.type]
    assert number.denominator == 1
    return int(number)


