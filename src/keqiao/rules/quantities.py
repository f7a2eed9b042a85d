"""Reading and writing quantities exactly: ``"1,500万元"`` to 分, 分 to ``"1500万元"``.

Facts become the integers of `dimensions.SCALES`; dates become ordinal days
(`datetime.date.toordinal`). A number finer than the scale is rounded half away from zero, as
accounting does, and the reading says so.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

from keqiao.errors import FactError
from keqiao.rules.dimensions import LIMITS, SCALES, UNITS, UNITS_OF
from keqiao.rules.vocabulary import Indicator

#: Full-width ASCII and the signs that people type for it. Roman numerals (Ⅰ, Ⅱ) stay as they are.
FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {
    0x3000: 0x20,
    0x00A0: 0x20,
    0x2212: 0x2D,
    0x2018: 0x27,
    0x2019: 0x27,
    0x201C: 0x27,
    0x201D: 0x27,
}

_QUANTITY = re.compile(r"([+-]?)(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d+))?\s*(\D*)")
_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})-(\d{1,2})|年(\d{1,2})月(\d{1,2})日|/(\d{1,2})/(\d{1,2}))")
#: Digits beyond any amount that exists; longer texts are refused before they are computed with.
_LONGEST = 40
#: Up to 15 digits a decimal and its float stand for each other, so scaling and rounding read it exactly.
_EXACT = 1e15
_TRUE = {"是", "true", "True", "TRUE", "yes", "有", "1"}
_FALSE = {"否", "false", "False", "FALSE", "no", "无", "0"}

Stored = int | bool | str


def normalise(text: str) -> str:
    """Full-width digits and signs to ASCII, one character for one."""
    return text.translate(FULL_WIDTH)


def divide_half_away(numerator: int, denominator: int) -> int:
    """``numerator / denominator`` rounded half away from zero; the denominator is positive."""
    quotient, rest = divmod(abs(numerator), denominator)
    if 2 * rest >= denominator:
        quotient += 1
    return quotient if numerator >= 0 else -quotient


def _multipliers() -> dict[str, dict[str, Fraction]]:
    table: dict[str, dict[str, Fraction]] = {}
    for dimension, names in UNITS_OF.items():
        if dimension in SCALES:
            table[dimension] = {n: UNITS[n].factor * SCALES[dimension] for n in names}
    for dimension, alias, unit in (("ratio", "bp", "BP"), ("ratio", "％", "%")):
        table[dimension][alias] = table[dimension][unit]
    return table


#: Dimension name to unit to stored integers per unit.
MULTIPLIERS = _multipliers()

#: The same where it is a whole number, for the common case.
_WHOLE = {
    dim: {u: int(m) for u, m in units.items() if m.denominator == 1}
    for dim, units in MULTIPLIERS.items()
}


def read_fact(indicator: Indicator, value: object) -> Stored | None:
    """One fact as stored: an integer of its scale, a flag, a text, or an ordinal day.

    ``None`` is missing. Numbers are in the indicator's unit. Raises `FactError` with what would
    be right.
    """
    if value is None:
        return None
    name = indicator.dimension.name
    if name in SCALES:
        return _read_number(indicator, name, value)
    if name == "flag":
        return _read_flag(indicator, value)
    if name == "date":
        return _read_date(indicator, value)
    return _read_text(indicator, value)


def reader(indicator: Indicator) -> Callable[[object], Stored | None]:
    """`read_fact` for one indicator, with short ways for what most facts look like."""
    name, unit = indicator.dimension.name, indicator.unit
    multiplier = _WHOLE.get(name, {}).get(unit)
    if multiplier is None:
        if name == "flag":
            return lambda raw: raw if raw is True or raw is False else read_fact(indicator, raw)
        return lambda raw: read_fact(indicator, raw)
    length, limit = len(unit), LIMITS[name]

    def read(raw: object) -> Stored | None:
        kind = type(raw)
        if kind is str:
            if raw.endswith(unit):  # type: ignore[attr-defined]
                digits = raw[:-length]  # type: ignore[index]
                if digits.isdecimal() and len(digits) < _LONGEST and (number := int(digits) * multiplier) <= limit:
                    return number
        elif kind is float:
            scaled = raw * multiplier  # type: ignore[operator]
            if -_EXACT < scaled < _EXACT and (number := round(scaled)) / multiplier == raw and -limit <= number <= limit:
                return number
        elif kind is int and -limit <= (number := raw * multiplier) <= limit:  # type: ignore[operator]
            return number
        return read_fact(indicator, raw)

    return read


def _read_number(indicator: Indicator, name: str, value: object) -> int:
    if isinstance(value, str):
        match = _QUANTITY.fullmatch(value)
        if match is None:
            match = _QUANTITY.fullmatch(normalise(value).strip())
            if match is None:
                raise _not_a_number(indicator, value)
        sign, whole, part, unit = match.groups()
        if len(whole) + len(part or "") > _LONGEST:
            raise _not_a_number(indicator, value)
        unit = unit.rstrip() if unit else indicator.unit
        if "," in whole:
            whole = whole.replace(",", "")
        if part is None:
            multiplier = _WHOLE[name].get(unit)
            if multiplier is not None:
                number = int(whole) * multiplier
                if sign == "-":
                    number = -number
                return _within(indicator, name, number, value)
            part = ""
        exact = MULTIPLIERS[name].get(unit)
        if exact is None:
            raise _wrong_unit(indicator, value, unit)
        numerator = int(whole + part) * exact.numerator
        number = divide_half_away(
            -numerator if sign == "-" else numerator, 10 ** len(part) * exact.denominator
        )
        return _within(indicator, name, number, value)
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise _not_a_number(indicator, value)
    exact = MULTIPLIERS[name][indicator.unit]
    if isinstance(value, float) and exact.denominator == 1:
        scaled = value * exact.numerator
        if -_EXACT < scaled < _EXACT and (near := round(scaled)) / exact.numerator == value:
            return _within(indicator, name, near, value)
    finite = value.is_finite() if isinstance(value, Decimal) else value == value
    if not finite or not -(10**30) < value < 10**30:
        raise _not_a_number(indicator, value)
    fraction = Fraction(repr(value) if isinstance(value, float) else value) * exact
    return _within(indicator, name, divide_half_away(fraction.numerator, fraction.denominator), value)


def _within(indicator: Indicator, name: str, number: int, value: object) -> int:
    if -LIMITS[name] <= number <= LIMITS[name]:
        return number
    raise FactError(
        f"{indicator.label}: {value} 超出可表示的范围，请核对单位",
        f"{indicator.id}: {value} is out of range; check its unit",
    )


def _not_a_number(indicator: Indicator, value: object) -> FactError:
    return FactError(
        f"{indicator.label}: 读不懂“{value}”，应为数字（单位{indicator.unit}）"
        f"或带单位的文字，如“620{indicator.unit}”",
        f"{indicator.id}: cannot read {value!r}; expected a number in {indicator.unit} "
        f"or a text with its unit such as '620{indicator.unit}'",
    )


def _wrong_unit(indicator: Indicator, value: object, unit: str) -> FactError:
    known = "、".join(MULTIPLIERS[indicator.dimension.name])
    return FactError(
        f"{indicator.label}: “{value}”的单位“{unit}”不对，可用：{known}",
        f"{indicator.id}: the unit {unit!r} of {value!r} does not fit; use one of {known}",
    )


def _read_flag(indicator: Indicator, value: object) -> bool:
    if value is True or value is False:
        return value
    if isinstance(value, str):
        text = value.strip()
        if text in _TRUE:
            return True
        if text in _FALSE:
            return False
    raise FactError(
        f"{indicator.label}: 读不懂“{value}”，应为 是/否（true/false）",
        f"{indicator.id}: cannot read {value!r}; expected true or false (是/否)",
    )


def _read_date(indicator: Indicator, value: object) -> int:
    try:
        return read_date(value).toordinal()
    except ValueError:
        raise FactError(
            f"{indicator.label}: “{value}”不是日期，应写作 2025-03-31",
            f"{indicator.id}: {value!r} is not a date; write it as 2025-03-31",
        ) from None


def read_date(value: object) -> dt.date:
    """A date from ``2025-03-31``, ``2025年3月31日``, ``2025/3/31`` or a date; else `ValueError`."""
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    if isinstance(value, str):
        match = _DATE.fullmatch(value.strip())
        if match:
            year, month, day = (int(g) for g in match.groups() if g is not None)
            return dt.date(year, month, day)
    raise ValueError(value)


def _read_text(indicator: Indicator, value: object) -> str:
    if isinstance(value, str):
        text = value.strip()
    elif isinstance(value, int) and not isinstance(value, bool):
        text = str(value)
    else:
        text = ""
    if text and (not indicator.values or text in indicator.values):
        return text
    choices = "、".join(indicator.values)
    raise FactError(
        f"{indicator.label}: “{value}”不在可用的值之内" + (f"：{choices}" if choices else ""),
        f"{indicator.id}: {value!r} is not an accepted value" + (f": {choices}" if choices else ""),
    )


def plain(value: Fraction, digits: int) -> str:
    """A number with at most ``digits`` decimals, rounded half away, without trailing zeros."""
    scaled = divide_half_away(value.numerator * 10**digits, value.denominator)
    sign = "-" if scaled < 0 else ""
    whole, part = divmod(abs(scaled), 10**digits)
    decimals = f"{part:0{digits}d}".rstrip("0") if digits else ""
    return f"{sign}{whole}" + (f".{decimals}" if decimals else "")


_CUSTOMARY = {
    "money": "万元", "ratio": "%", "people": "人", "items": "件", "points": "分", "years": "年", "days": "天",
}  # fmt: skip


def display_unit(dimension_name: str, unit: str = "") -> str:
    """The unit in which values of a dimension are shown: the given one or the customary one."""
    if unit:
        return unit
    if "·" not in dimension_name:
        return _CUSTOMARY.get(dimension_name, "")
    parts = dict(part.split("^") for part in dimension_name.split("·"))
    over = [base for base, power in parts.items() if power == "1"]
    under = [base for base, power in parts.items() if power == "-1"]
    if len(parts) == 2 and over and under:
        return f"{_CUSTOMARY[over[0]]}/{_CUSTOMARY[under[0]]}"
    return ""


def _factor(unit: str) -> Fraction:
    """The size of a compound unit such as 万元/人 in base units; 1 for what is no unit."""
    over, _, under = unit.partition("/")
    if over not in UNITS or under not in UNITS:
        return Fraction(1)
    return UNITS[over].factor / UNITS[under].factor


def show(value: Fraction, unit: str, other: Fraction | None = None, english: bool = False) -> str:
    """A value in base units as text in ``unit``, e.g. ``Fraction(1, 20), "%"`` to ``"5%"``.

    Finite decimals are shown whole up to eight places. Otherwise two decimals, and as many more
    as keep the shown number on its side of ``other``.
    """
    known = UNITS.get(unit)
    factor = known.factor if known else _factor(unit)
    if english and known and known.dimension.name == "money":
        # English readers do not count in 万: millions from a million on, else yuan
        factor = Fraction(10**6) if max(abs(value), abs(other or Fraction(0))) >= 10**6 else Fraction(1)
    scaled = value / factor
    limit = None if other is None else other / factor
    digits = 2 if unit in ("%", "‰", "倍") else 4
    text = plain(scaled, digits)
    while digits < 40 and Fraction(text) != scaled:
        finite = (scaled * 10**8).denominator == 1
        same_side = limit is None or _side(Fraction(text), limit) == _side(scaled, limit)
        if (same_side and not finite) or (finite and digits >= 8):
            break
        digits += 1
        text = plain(scaled, digits)
    if english and known:
        if known.dimension.name == "money":
            return f"{text} million CNY" if factor > 1 else f"{text} CNY"
        return f"{text}{known.english}" if known.name in ("%", "‰") else f"{text} {known.english}"
    return f"{text}{unit}"


def _side(value: Fraction, limit: Fraction) -> int:
    return (value > limit) - (value < limit)
