"""Reading one case: facts by id or label, in any unit, into the slots of a compiled rule."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from keqiao.errors import FactError
from keqiao.rules.closures.values import Case, Env
from keqiao.rules.peers import PeerTable
from keqiao.rules.quantities import Stored, read_date, read_fact, reader
from keqiao.rules.vocabulary import Indicator, Vocabulary

#: id, slot of the case's year, how to read it, the indicator, slots by years back
_Entry = tuple[str, int | None, Callable[[object], Stored | None], Indicator, dict[int, int]]


class CaseReader:
    """Turns facts as people write them into the case of one compiled rule.

    All facts are read and checked, also those the rule does not use.
    """

    def __init__(self, vocabulary: Vocabulary, env: Env) -> None:
        self._vocabulary = vocabulary
        places: dict[str, dict[int, int]] = {}
        for (id, shift), slot in env.slots.items():
            places.setdefault(id, {})[shift] = slot
        self._names: dict[str, _Entry] = {}
        for indicator in vocabulary.indicators.values():
            place = places.get(indicator.id, {})
            entry = (indicator.id, place.get(0), reader(indicator), indicator, place)
            self._names[indicator.id] = self._names[indicator.label] = entry
        self._blank: Case = [None] * env.size[0]
        self._columns = [
            (f"{id}__{shift}" if shift else id, slot) for (id, shift), slot in env.slots.items()
        ]

    def read(
        self,
        facts: Mapping[str, Any],
        holds: Iterable[Any] | None,
        as_of: dt.date,
        year: int,
        peers: PeerTable | None = None,
    ) -> Case:
        """The case as a list of slots; ``peers`` is what percentiles and medians are looked up in.

        Raises `FactError` naming the fact and what would be right.
        """
        case = self._blank.copy()
        case[0], case[1] = as_of.toordinal(), year
        case[3] = peers
        if holds is not None:
            case[2] = self._titles(holds)
        names = self._names
        seen: set[str] = set()
        for name, raw in facts.items():
            entry = names.get(name)
            if entry is None:
                raise self._unknown(name)
            if raw is None:
                continue
            id, slot, read, indicator, places = entry
            if id in seen:
                raise FactError(
                    f"“{indicator.label}”给了两次（编号与名称各一次），请只留一个",
                    f"{id} is given twice, by id and by label; keep one",
                )
            seen.add(id)
            if type(raw) is dict:
                self._by_year(case, indicator, raw, places, year)
                continue
            if indicator.is_title:
                raise self._title_as_fact(indicator)
            stored = read(raw)
            if slot is not None:
                case[slot] = stored
        return case

    def read_stored(
        self, row: Mapping[str, Any], as_of: dt.date, year: int, peers: PeerTable | None = None
    ) -> Case:
        """The case of one row of a snapshot: stored values by column, ``x__1`` for the year before."""
        case = self._blank.copy()
        case[0], case[1] = as_of.toordinal(), year
        case[3] = peers
        held = row.get("titles")
        if held is not None:
            titles: dict[str, list[tuple[int | None, int | None]]] = {}
            for entry in held:
                span = (_ordinal(entry["from"]), _ordinal(entry["to"]))
                titles.setdefault(entry["title"], []).append(span)
            case[2] = titles
        for column, slot in self._columns:
            value = row.get(column)
            case[slot] = value.toordinal() if isinstance(value, dt.date) else value
        return case

    def _by_year(
        self, case: Case, indicator: Indicator, values: Mapping[Any, Any], places: Mapping[int, int], year: int
    ) -> None:
        if indicator.period == "static":
            raise FactError(
                f"“{indicator.label}”不分年度，请只写一个值",
                f"{indicator.id} does not vary by year; give one value",
            )
        for key, raw in values.items():
            text = str(key)
            if not (text.isdecimal() and len(text) == 4):
                raise FactError(
                    f"{indicator.label}: “{key}”不是年度，应写作 \"{year}\"",
                    f'{indicator.id}: {key!r} is not a year; write "{year}"',
                )
            stored = read_fact(indicator, raw)
            slot = places.get(year - int(text))
            if slot is not None:
                case[slot] = stored

    def _titles(self, holds: Iterable[Any]) -> dict[str, list[tuple[int | None, int | None]]]:
        if isinstance(holds, str | Mapping) or not isinstance(holds, Iterable):
            raise FactError("holds 应是列表，如 [\"高新技术企业\"]", 'holds must be a list such as ["高新技术企业"]')
        titles: dict[str, list[tuple[int | None, int | None]]] = {}
        for entry in holds:
            span: tuple[int | None, int | None] = (None, None)
            name = entry
            if isinstance(entry, Mapping):
                name = entry.get("title")
                extra = set(entry) - {"title", "from", "to"}
                if extra:
                    raise FactError(
                        f"称号只有 title、from、to 三项，多了：{'、'.join(sorted(map(str, extra)))}",
                        f"a title has title, from and to only; remove {', '.join(sorted(map(str, extra)))}",
                    )
                span = (_day(name, entry.get("from")), _day(name, entry.get("to")))
                if span[0] is not None and span[1] is not None and span[1] < span[0]:
                    raise FactError(f"称号“{name}”的截止日早于起始日", f"title {name!r} ends before it begins")
            indicator = self._vocabulary.find_alias(name) if isinstance(name, str) else None
            if indicator is None or not indicator.is_title:
                raise self._unknown_title(name)
            titles.setdefault(indicator.id, []).append(span)
        return titles

    def _unknown(self, name: object) -> FactError:
        near = self._vocabulary.nearest(str(name))
        return FactError(
            f"没有“{name}”这个指标" + (f"；是不是：{'、'.join(near)}？" if near else ""),
            f"there is no indicator {name!r}" + (f"; did you mean {', '.join(near)}?" if near else ""),
        )

    def _unknown_title(self, name: object) -> FactError:
        near = [n for n in self._vocabulary.nearest(str(name), 6) if (i := self._vocabulary.find(n)) and i.is_title]
        return FactError(
            f"没有“{name}”这个称号" + (f"；是不是：{'、'.join(near)}？" if near else ""),
            f"there is no title {name!r}" + (f"; did you mean {', '.join(near)}?" if near else ""),
        )

    def _title_as_fact(self, indicator: Indicator) -> FactError:
        return FactError(
            f"“{indicator.label}”是称号，请写在 holds 里",
            f"{indicator.id} is a title; list it under holds",
        )


def _ordinal(day: dt.date | None) -> int | None:
    return None if day is None else day.toordinal()


def _day(title: object, raw: object) -> int | None:
    if raw is None or raw == "":
        return None
    try:
        return read_date(raw).toordinal()
    except ValueError:
        raise FactError(
            f"称号“{title}”的日期“{raw}”不对，应写作 2025-03-31",
            f"title {title!r} has a wrong date {raw!r}; write 2025-03-31",
        ) from None


