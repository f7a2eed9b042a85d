"""Stored values back to exact texts with their unit, as ``explain`` reads them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from keqiao.rules.dimensions import SCALES
from keqiao.rules.quantities import MULTIPLIERS, Stored
from keqiao.rules.vocabulary import TYPES, Indicator

#: Turns a stored value (as Python value of the Parquet type) into what a case holds.
Writer = Callable[[Any], Any]


def column_info(indicator: Indicator) -> dict[str, object]:
    """What the manifest says about a column: type, unit, period and label."""
    return {
        "type": indicator.type,
        "unit": indicator.unit,
        "period": indicator.period,
        "label": indicator.label,
    }


def writer_of(info: Mapping[str, Any]) -> Writer:
    """The writer for a column; ``info`` as `column_info` gives it."""
    name = TYPES[info["type"]].name
    if name in SCALES:
        return _number_writer(name, str(info["unit"]))
    if name == "date":
        return lambda value: value.isoformat()
    return lambda value: value


def _number_writer(dimension: str, unit: str) -> Writer:
    # A unit without a finite decimal (个月) is written in the dimension's first unit that has one.
    units = MULTIPLIERS[dimension]
    fitting = {u: p for u, m in units.items() if (p := _places(m)) is not None}
    if unit not in fitting:
        unit = next(iter(fitting))
    places = fitting[unit]
    factor = 10**places // int(units[unit])

    def write(value: int) -> str:
        digits = str(abs(value) * factor)
        sign = "-" if value < 0 else ""
        if not places:
            return f"{sign}{digits}{unit}"
        digits = digits.rjust(places + 1, "0")
        decimals = digits[-places:].rstrip("0")
        return f"{sign}{digits[:-places]}" + (f".{decimals}" if decimals else "") + unit

    return write


def _places(multiplier: Fraction) -> int | None:
    """How many decimals show one stored integer exactly, at most 12; None where none do."""
    if multiplier.denominator != 1:
        return None
    return next((p for p in range(13) if 10**p % int(multiplier) == 0), None)


def text_of_stored(indicator: Indicator, value: Stored) -> str:
    """A stored value (a date as its ordinal) as text with its unit, exact."""
    name = indicator.dimension.name
    if name == "date":
        return dt.date.fromordinal(int(value)).isoformat()
    if name in SCALES:
        return str(_number_writer(name, indicator.unit)(int(value)))
    return ("是" if value else "否") if name == "flag" else str(value)
