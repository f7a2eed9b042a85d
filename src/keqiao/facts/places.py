"""Places: the official divisions by code and day, and the parks and blocks that packs add.

The official table (``places.csv``) has each code and name with the first and last year in which a
published table lists them. Codes change their meaning (469025 was 定安县 until 2006 and is
白沙黎族自治县 since), so a name is asked for with a day. A day between two tables is read by the
later one.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources

from keqiao.packs.schema_words import PlaceNode

#: A name of a code with the first and last year of it (None: as far as the tables go).
_Span = tuple[str, int | None, int | None]


@lru_cache(maxsize=1)
def _official() -> dict[str, list[_Span]]:
    table: dict[str, list[_Span]] = {}
    source = resources.files("keqiao.facts") / "places.csv"
    with source.open(encoding="utf-8") as file:
        rows = csv.reader(file)
        next(rows)
        for code, name, first, last in rows:
            table.setdefault(code, []).append((name, int(first) if first else None, int(last) if last else None))
    return table


@lru_cache(maxsize=1)
def _official_names() -> dict[str, str | None]:
    """Current names to codes; None where several places have the name."""
    names: dict[str, str | None] = {}
    for code, spans in _official().items():
        name, _, last = spans[-1]
        if last is None:
            earlier = names.get(name)
            if earlier is not None and earlier.endswith("0000") and earlier[:2] == code[:2]:
                continue  # 北京市 is a province and, under it, a city
            names[name] = None if name in names else code
    return names


@dataclass(frozen=True, slots=True)
class Places:
    """The tree of places: official divisions, and nodes of packs laid over them."""

    nodes: Mapping[str, PlaceNode] = field(default_factory=dict)

    def known(self, code: str) -> bool:
        """Whether there is, or ever was, a place with this code."""
        if code in self.nodes or code in _official():
            return True
        return _is_core(code) and code[:4] + "00" in _official()

    def name_of(self, code: str, day: dt.date | None = None) -> str | None:
        """The name of a place on a day (today's where None); None where the code is unknown."""
        if code in self.nodes:
            return self.nodes[code].name
        spans = _official().get(code)
        if spans is None:
            return "市辖区" if self.known(code) else None
        if day is None:
            return spans[-1][0]
        for name, _, last in spans:
            if last is None or day.year <= last:
                return name
        return spans[-1][0]

    def short_name(self, code: str, day: dt.date | None = None) -> str | None:
        """The name for a table: a pack's short one, else the name, behind its city's where others share it."""
        if code in self.nodes:
            return self.nodes[code].short or self.nodes[code].name
        name, parent = self.name_of(code, day), self.parent(code)
        above = self.name_of(parent, day) if parent is not None else None
        if name is None or above is None or name.startswith(above):
            return name
        return name if name != "市辖区" and _official_names().get(name, code) == code else above + name

    def within(self, code: str, above: str) -> bool:
        """Whether a place is another one or lies in it."""
        seen: set[str] = set()
        inner: str | None = code
        while inner is not None and inner not in seen:
            if inner == above:
                return True
            seen.add(inner)
            inner = self.parent(inner)
        return False

    def current(self, code: str) -> bool:
        """Whether the code of a known place is still in use."""
        if code in self.nodes:
            return self.nodes[code].to is None
        spans = _official().get(code)
        return spans is None or spans[-1][2] is None

    def level_of(self, code: str) -> str:
        """``province``, ``city``, ``county``, ``park`` or ``block``."""
        if code in self.nodes:
            return self.nodes[code].level
        return "province" if code.endswith("0000") else "city" if code.endswith("00") else "county"

    def parent(self, code: str) -> str | None:
        """The place that a place lies in."""
        if code in self.nodes:
            return self.nodes[code].parent
        for above in (code[:4] + "00", code[:2] + "0000"):
            if above != code and (above in _official() or above in self.nodes) and not code.endswith("0000"):
                return above
        return None

    def ancestors(self, code: str, day: dt.date | None = None) -> list[tuple[str, str]]:
        """What a place lies in, as (code, name), outermost first and without the place itself.

        The city level of a municipality, which repeats its name, is left out.
        """
        found: list[tuple[str, str]] = []
        above = self.parent(code)
        while above is not None and all(above != c for c, _ in found) and above != code:
            name = self.name_of(above, day) or above
            parent = self.parent(above)
            if parent is None or self.name_of(parent, day) != name:
                found.append((above, name))
            above = parent
        return found[::-1]

    def full_name(self, code: str, day: dt.date | None = None) -> str | None:
        """The name with all that the place lies in: 浙江省杭州市西湖区."""
        name = self.name_of(code, day)
        if name is None:
            return None
        whole = ""
        for word in (*(word for _, word in self.ancestors(code, day)), name):
            whole = word if word.startswith(whole) else whole + word
        return whole

    def find(self, text: str) -> str | None:
        """The code of a place by its code, name or alias; None where there is none or several."""
        if self.known(text):
            return text
        found = [id for id, node in self.nodes.items() if text in (node.name, node.short, *node.aliases)]
        if found:
            return found[0] if len(found) == 1 else None
        return _official_names().get(text) or _by_full_name(text)


def _is_core(code: str) -> bool:
    """Whether a code means the urban districts of a city together (市辖区)."""
    return len(code) == 6 and code.isdecimal() and code.endswith("01") and code[2:4] != "00"


def _by_full_name(text: str) -> str | None:
    found: str | None = None
    for code, spans in _official().items():
        name, _, last = spans[-1]
        if last is None and text.endswith(name) and len(text) > len(name):
            province, city = (_official().get(c, [("", None, None)])[-1][0] for c in (code[:2] + "0000", code[:4] + "00"))
            if text in (province + city + name, city + name, province + name):
                if found is not None and not found.startswith(code[:4]):
                    return None
                found = code if found is None or not code.endswith("00") else found
    return found


_PLAIN = Places()


def name_of(code: str, day: dt.date | None = None) -> str | None:
    """The official name of a code on a day (today's where None); None where the code is unknown."""
    return _PLAIN.name_of(code, day)


def ancestors(code: str, day: dt.date | None = None) -> list[tuple[str, str]]:
    """What an official division lies in, as (code, name), outermost first."""
    return _PLAIN.ancestors(code, day)
