"""Months on calendar days."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keqiao.rules.calendar import add_months, months_before
from properties.oracle import later

DAYS = st.dates(dt.date(1950, 1, 1), dt.date(2090, 12, 31))


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [("2020-02-29", 12, "2021-02-28"), ("2020-02-29", 48, "2024-02-29"), ("2025-01-31", 1, "2025-02-28"), ("2024-03-31", -1, "2024-02-29")],
)
def test_day_of_the_month_is_kept_or_cut(day: str, months: int, expected: str) -> None:
    assert add_months(dt.date.fromisoformat(day).toordinal(), months) == dt.date.fromisoformat(expected).toordinal()


@given(DAYS, st.integers(0, 400))
def test_later_day_is_the_naive_one(day: dt.date, months: int) -> None:
    assert dt.date.fromordinal(add_months(day.toordinal(), months)) == later(day, months)


@given(DAYS, st.integers(1, 400))
def test_first_day_of_a_window_is_the_first(day: dt.date, months: int) -> None:
    first = months_before(day.toordinal(), months)
    assert add_months(first, months) >= day.toordinal() > add_months(first - 1, months)


def test_calendar_ends_where_it_ends() -> None:
    assert add_months(dt.date.max.toordinal(), 12) == dt.date.max.toordinal()
    assert add_months(dt.date.min.toordinal(), -12) == dt.date.min.toordinal()
