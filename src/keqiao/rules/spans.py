"""Spans of time in words: whole years or months, and what has passed since a day."""

from __future__ import annotations

import datetime as dt

from keqiao.rules.calendar import add_months


def span(months: int, english: bool) -> str:
    """A number of months, in years where it is whole."""
    years, rest = divmod(months, 12)
    return _count(months, "个月", "month", english) if rest else _count(years, "年", "year", english)


def elapsed(start: int, day: int, limit: int, english: bool) -> str:
    """The time from ``start`` to ``day`` (ordinal days), such as ``5年1天``, on its side of ``limit`` months.

    Whole years and days, or whole months and days where the limit is no whole number of years; counted as
    `add_months` counts. Negative days where the start is still to come.
    """
    if day < start:
        return "-" + _count(start - day, "天", "day", english)
    first, last = dt.date.fromordinal(start), dt.date.fromordinal(day)
    step = 1 if limit % 12 else 12
    months = (last.year - first.year) * 12 + last.month - first.month
    months -= months % step
    if add_months(start, months) > day:
        months -= step
    days = day - add_months(start, months)
    whole = _count(months // step, "个月" if step == 1 else "年", "month" if step == 1 else "year", english)
    rest = _count(days, "天", "day", english)
    if months and days:
        return f"{whole} {rest}" if english else whole + rest
    return whole if months else rest


def days_inside(op: str, start: int, day: int, months: int) -> int | None:
    """Days from ``day`` to the end of the span, positive where ``years_since op months`` asks for that side.

    None where ``op`` is an equality, which has no side.
    """
    if op in ("=", "<>"):
        return None
    left = add_months(start, months) - day
    return left if op[0] == "<" else -left


def _count(number: int, zh: str, en: str, english: bool) -> str:
    if english:
        return f"{number} {en}" if number == 1 else f"{number} {en}s"
    return f"{number}{zh}"
