"""Titles of the synthetic city: dates, nesting, and holders that mostly meet the conditions."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from keqiao.examples import Enterprise, Title
from keqiao.examples.profile import EARLIER

AS_OF = dt.date(2026, 11, 21)

#: Who holds the first holds the second.
NESTED = [
    ("title.national_science_award_top3", "title.national_science_award_top5"),
    ("title.national_science_award_top5", "title.national_science_award"),
    ("title.provincial_science_award_top3", "title.provincial_science_award"),
    ("title.provincial_science_award_2nd", "title.provincial_science_award"),
    ("title.maker_china_top50", "title.maker_china_top500"),
    ("title.key_little_giant", "title.little_giant"),
    ("title.little_giant", "title.srdi_sme"),
    ("title.srdi_sme", "title.innovative_sme"),
]


def titles_of(city: list[Enterprise]) -> list[tuple[dict[str, Any], Title]]:
    return [(dict(e.rows[-1]), title) for e in city for title in e.titles]


def in_force(title: Title) -> bool:
    return title.start <= AS_OF and (title.end is None or title.end >= AS_OF)


def test_titles_begin_after_the_founding_and_not_in_the_future(city: list[Enterprise]) -> None:
    assert all(row["founded_date"] < title.start <= AS_OF for row, title in titles_of(city))


def test_titles_end_after_they_begin(city: list[Enterprise]) -> None:
    assert all(title.end is None or title.end > title.start for _, title in titles_of(city))


def test_certificates_of_high_technology_run_for_three_years(city: list[Enterprise]) -> None:
    for _, title in titles_of(city):
        if title.title == "title.hnte":
            assert title.end is not None
            assert (title.end - title.start).days in (1094, 1095)


def test_certificates_of_one_enterprise_do_not_overlap(city: list[Enterprise]) -> None:
    for enterprise in city:
        held = sorted((t for t in enterprise.titles if t.title == "title.hnte"), key=lambda t: t.start)
        for first, second in pairwise(held):
            assert second.start.year == first.start.year + 3


def test_some_certificates_are_in_force_and_some_have_expired(city: list[Enterprise]) -> None:
    states = [in_force(title) for _, title in titles_of(city) if title.title == "title.hnte"]
    assert sum(states) > 500
    assert states.count(False) > 100


def test_awards_have_no_end(city: list[Enterprise]) -> None:
    assert all(t.end is None for _, t in titles_of(city) if "science_award" in t.title)


@pytest.mark.parametrize(("inner", "outer"), NESTED)
def test_a_higher_title_comes_with_the_lower_one(city: list[Enterprise], inner: str, outer: str) -> None:
    for enterprise in city:
        held: dict[str, dt.date] = {}
        for title in sorted(enterprise.titles, key=lambda t: t.start):
            held.setdefault(title.title, title.start)
        assert inner not in held or held[outer] <= held[inner]


def meets_high_technology(rows: tuple[dict[str, Any], ...]) -> bool:
    """The conditions in figures: staff 10 %, R&D by tier over the years, products 60 %, score > 70."""
    last = rows[-1]
    research, sales = sum(r["rd_expense"] for r in rows), sum(r["revenue"] for r in rows)
    tiers = [(5000, Decimal("0.05")), (20000, Decimal("0.04"))]
    tier = next((ratio for most, ratio in tiers if last["revenue"] <= most), Decimal("0.03"))
    return bool(
        last["tech_staff"] * 10 >= last["employees"]
        and research >= tier * sales
        and last["hightech_revenue"] * 10 >= last["total_income"] * 6
        and last["hnte_innovation_score"] > 70
        and last["owns_core_ip"]
    )


def test_holders_of_high_technology_mostly_meet_the_conditions(city: list[Enterprise]) -> None:
    held: list[bool] = []
    others: list[bool] = []
    for enterprise in city:
        rows = tuple(dict(row) for row in enterprise.rows if row["year"] != EARLIER)
        holder = any(t.title == "title.hnte" and in_force(t) for t in enterprise.titles)
        (held if holder else others).append(meets_high_technology(rows))
    assert sum(held) / len(held) > 0.7
    assert sum(others) / len(others) < 0.3


def test_national_awards_are_counted_in_the_facts(city: list[Enterprise]) -> None:
    for row, title in titles_of(city):
        if title.title in ("title.national_science_award", "title.provincial_science_award"):
            assert title.start.year not in (2024, 2025) or row["provincial_awards_2y"] >= 1


def test_a_review_is_applied_for_in_the_year_before_a_graded_title_ends(city: list[Enterprise]) -> None:
    for enterprise in city:
        graded = [t for t in enterprise.titles if t.title in ("title.srdi_sme", "title.little_giant")]
        ends = {t.end.year for t in graded if t.end}
        for row in enterprise.rows[-3:]:
            assert row["year"] == EARLIER or row["review_application"] == (int(str(row["year"])) + 1 in ends)
