"""The words a rule may use: indicators with their labels, types, units and periods."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from keqiao.rules import dimensions as d
from keqiao.rules.dimensions import Dimension

#: Indicator type to dimension.
TYPES: dict[str, Dimension] = {
    "text": d.TEXT,
    "date": d.DATE,
    "code": d.CODE,
    "flag": d.FLAG,
    "people": d.PEOPLE,
    "money": d.MONEY,
    "ratio": d.RATIO,
    "count": d.ITEMS,
    "points": d.POINTS,
    "years": d.YEARS,
    "days": d.DAYS,
}

#: ``static`` belongs to every year, ``annual`` to each year, ``stock`` and ``event`` to the case's year.
PERIODS = ("static", "annual", "stock", "event")


@dataclass(frozen=True, slots=True)
class Indicator:
    """One word of the vocabulary.

    ``unit`` is the unit of plain numbers (万元, 人, %, …); ``values`` the closed list of a code
    (empty: any); ``judgement`` marks a flag that needs human judgement, whose absence refers
    the case instead of leaving it unknown.
    """

    id: str
    label: str
    aliases: tuple[str, ...] = ()
    type: str = "text"
    unit: str = ""
    period: str = "static"
    definition: str = ""
    values: tuple[str, ...] = ()
    judgement: bool = False
    subject: str = "enterprise"
    english: str = ""
    used_by: tuple[str, ...] = ()
    dimension: Dimension = field(init=False)
    #: whether the indicator is a title (称号), asked for with ``holds``
    is_title: bool = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "dimension", TYPES[self.type])
        object.__setattr__(self, "is_title", self.id.startswith("title."))


class Vocabulary:
    """Indicators by id and by label, in their written order.

    Names in rules are ids or labels; aliases are for headings of sheets and for titles that a
    case holds.
    """

    def __init__(self, indicators: Iterable[Indicator]) -> None:
        self.indicators: dict[str, Indicator] = {}
        self._by_name: dict[str, Indicator] = {}
        self._by_alias: dict[str, Indicator] = {}
        for indicator in indicators:
            self.indicators[indicator.id] = indicator
            self._by_name[indicator.id] = indicator
            self._by_name[indicator.label] = indicator
            for alias in indicator.aliases:
                self._by_alias.setdefault(alias, indicator)
        self.order: Mapping[str, int] = {id: i for i, id in enumerate(self.indicators)}

    def find(self, name: str) -> Indicator | None:
        """The indicator with this id or label, or None."""
        return self._by_name.get(name)

    def find_alias(self, name: str) -> Indicator | None:
        """The indicator with this id, label or alias, or None."""
        return self._by_name.get(name) or self._by_alias.get(name)

    def nearest(self, name: str, count: int = 3) -> list[str]:
        """Up to ``count`` labels or ids that resemble ``name``, best first."""
        found = self.find_alias(name)
        if found:
            return [found.label]
        names = [*self._by_name, *self._by_alias]
        close = difflib.get_close_matches(name, names, n=count * 2, cutoff=0.5)
        inside = [n for n in self._by_name if len(name) >= 2 and (name in n or n in name)]
        labels: list[str] = []
        for match in [*close, *inside]:
            label = match if match in self._by_name else self._by_alias[match].label
            if label not in labels:
                labels.append(label)
        return labels[:count]

    def sort(self, ids: Iterable[str]) -> list[str]:
        """Ids in the vocabulary's order, unknown ones last."""
        return sorted(set(ids), key=lambda i: (self.order.get(i, len(self.order)), i))
