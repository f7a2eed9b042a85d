"""Years and months on ordinal days; 29 February becomes 28 February."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache


def add_months(day: int, months: int) -> int:
    """The ordinal day ``months`` months later, the day of the month kept or cut to the month's end.

    Ends at the calendar's last and first day.
    """
    date = dt.date.fromordinal(day)
    total = date.year * 12 + date.month - 1 + months
    year, month = divmod(total, 12)
    if year > 9999:
        return dt.date.max.toordinal()
    if year < 1:
        return dt.date.min.toordinal()
    return dt.date(year, month + 1, min(date.day, month_length(year, month + 1))).toordinal()


def month_length(year: int, month: int) -> int:
    """Days of a month."""
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31


@lru_cache(maxsize=4096)
def months_before(day: int, months: int) -> int:
    """The first day whose ``add_months`` is not before ``day``.

    ``add_months(x, months) >= day`` holds exactly for ``x >= months_before(day, months)``, because
    adding months never changes the order of days.
    """
    first = add_months(day, -months)
    while first > 1 and add_months(first - 1, months) >= day:
        first -= 1
    while add_months(first, months) < day:
        first += 1
    return first
