"""What stands behind a comparison that is decided by powers, by days, or year by year: its value in the trace."""

from __future__ import annotations

import datetime as dt
import re
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keqiao.rules.calendar import add_months
from keqiao.rules.roots import compound_rate, whole_root
from keqiao.rules.spans import days_inside, elapsed, span
from keqiao.rules.trace_text import years_text
from rules.small import decide
from rules.traces import checked


def node(text: str, facts: dict[str, Any], language: str = "zh", **more: Any) -> dict[str, Any]:
    """The one node of a rule of one condition."""
    trace = decide(facts, require={"id": "c", "title": "c", "when": text, "cite": "1"}, **more)
    found: dict[str, Any] = checked(trace, language)["because"][0]
    return found


def sides(found: dict[str, Any]) -> tuple[str | None, str | None, str | None]:
    """Left, right and margin."""
    return found.get("left"), found.get("right"), found.get("margin")


# ---- compound rates ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("op", "now", "base", "years", "bound", "outcome", "seen"),
    [
        # 1.2 cubed is 1.728
        (">=", "17280元", "10000元", 3, "20%", "yes", ("20%", "20%", "0%")),
        # one 分 of 1 728 000 less or more: the cube root moves by 1.2 / (3 × 1 728 000) = 2.3e-7, 0.000023 %
        (">=", "17279.99元", "10000元", 3, "20%", "no", ("19.99998%", "20%", "-0.00002%")),
        (">=", "17280.01元", "10000元", 3, "20%", "yes", ("20.00002%", "20%", "0.00002%")),
        ("<=", "17280.01元", "10000元", 3, "20%", "no", ("20.00002%", "20%", "-0.00002%")),
        ("<", "17279.99元", "10000元", 3, "20%", "yes", ("19.99998%", "20%", "0.00002%")),
        # a billion yuan are 10^11 分 and 1.25² of them 156 250 000 000: one less moves the root by 4e-12, 4e-10 %
        (">=", "1562499999.99元", "1000000000元", 2, "25%", "no", ("24.9999999996%", "25%", "-0.0000000004%")),
        # the square root of 1.43 is 1.19583
        (">=", "143元", "100元", 2, "15%", "yes", ("19.58%", "15%", "4.58%")),
        (">=", "81元", "100元", 2, "-15%", "yes", ("-10%", "-15%", "5%")),
        (">=", "0元", "100元", 2, "5%", "no", ("-100%", "5%", "-105%")),
        (">=", "-1元", "100元", 2, "5%", "no", ("低于-100%", "5%", None)),
        ("=", "144元", "100元", 2, "20%", "yes", ("20%", "20%", None)),
        (">=", "5元", "0元", 2, "5%", "unknown", (None, "5%", None)),
        # a rational rate that is no decimal: 16/9 is (4/3)²
        (">=", "16元", "9元", 2, "30%", "yes", ("33.33%", "30%", "3.33%")),
    ],
)
def test_a_compound_rate_stands_on_its_side_of_the_threshold(
    op: str, now: str, base: str, years: int, bound: str, outcome: str, seen: tuple[str, str, str]
) -> None:
    found = node(f"cagr(营业收入, {years}) {op} {bound}", {"营业收入": {"2025": now, str(2025 - years): base}})
    assert (found["outcome"], sides(found)) == (outcome, seen)


def test_a_missing_year_leaves_the_threshold_alone() -> None:
    found = node("cagr(营业收入, 2) >= 5%", {"营业收入": "5元"})
    assert (sides(found), found["missing"]) == ((None, "5%", None), ["revenue"])


def test_in_english() -> None:
    found = node("cagr(营业收入, 1) >= 5%", {"营业收入": {"2025": "-1元", "2024": "5元"}}, "en")
    assert found["left"] == "below -100%"


@given(st.integers(0, 10**40), st.integers(1, 10))
def test_a_whole_root_is_bracketed_by_powers(x: int, degree: int) -> None:
    root = whole_root(x, degree)
    assert root**degree <= x < (root + 1) ** degree


@given(
    st.integers(1, 10**15), st.integers(1, 10**15), st.integers(1, 10), st.integers(-9000, 100_000), st.integers(-2, 2), st.booleans()
)
def test_the_written_rate_is_within_a_digit_and_never_crosses(p: int, q: int, years: int, basis: int, off: int, near: bool) -> None:
    bound = Fraction(basis, 10_000)
    if near:  # some 分 off the very threshold
        p = max(1, round(q * (1 + bound) ** years) + off)
    ratio = Fraction(p, q)
    rate = compound_rate(ratio, years, bound)
    assert rate is not None
    want = (ratio > (1 + bound) ** years) - (ratio < (1 + bound) ** years)
    assert (rate > bound) - (rate < bound) == want
    half = Fraction(1, 10**12)
    assert (1 + rate - half) ** years <= ratio <= (1 + rate + half) ** years


@given(st.integers(1, 10**12), st.integers(1, 5), st.integers(-2, 2), st.sampled_from(["5%", "12.5%", "20%", "-10%"]))
def test_the_margin_is_the_difference_of_what_is_shown(base: int, years: int, off: int, bound: str) -> None:
    limit = Fraction(bound[:-1]) / 100
    now = max(1, int(base * (1 + limit) ** years) + off)
    facts = {"营业收入": {"2025": f"{now}元", str(2025 - years): f"{base}元"}}
    found = node(f"cagr(营业收入, {years}) >= {bound}", facts)
    left, right, margin = (Fraction(text.rstrip("%")) for text in sides(found) if text is not None)
    assert left - right == margin
    assert (left >= right) == (found["outcome"] == "yes") == (Fraction(now, base) >= (1 + limit) ** years)


# ---- time since a day ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("founded", "text", "outcome", "seen"),
    [
        ("2021-11-21", "years_since(成立日期) <= 5年", "yes", ("5年", "5年", "0天")),
        ("2021-11-20", "years_since(成立日期) <= 5年", "no", ("5年1天", "5年", "-1天")),
        ("2021-11-22", "years_since(成立日期) <= 5年", "yes", ("4年364天", "5年", "1天")),
        ("2021-11-22", "years_since(成立日期) >= 5年", "no", ("4年364天", "5年", "-1天")),
        ("2026-11-01", "years_since(成立日期) < 1年", "yes", ("20天", "1年", "345天")),
        ("2026-11-21", "years_since(成立日期) = 0年", "yes", ("0天", "0年", None)),
        ("2026-12-01", "years_since(成立日期) <= 5年", "yes", ("-10天", "5年", "1836天")),
        ("2025-04-20", "years_since(成立日期) > 1.5年", "yes", ("19个月1天", "18个月", "32天")),
    ],
)
def test_time_since_a_day_is_in_years_and_days(founded: str, text: str, outcome: str, seen: tuple[str, str, str]) -> None:
    found = node(text, {"成立日期": founded})
    assert (found["outcome"], sides(found)) == (outcome, seen)


def test_a_missing_day_and_english() -> None:
    assert sides(node("years_since(成立日期) <= 5年", {})) == (None, "5年", None)
    found = node("years_since(成立日期) <= 1年", {"成立日期": "2024-11-19"}, "en")
    assert sides(found) == ("2 years 2 days", "1 year", "-367 days")
    assert node("years_since(成立日期) <= 1年", {"成立日期": "2025-11-20"}, "en")["left"] == "1 year 1 day"


DAYS = st.integers(dt.date(1990, 1, 1).toordinal(), dt.date(2030, 12, 31).toordinal())


@given(DAYS, DAYS, st.integers(0, 240))
def test_elapsed_time_is_on_its_side_and_adds_up(start: int, day: int, months: int) -> None:
    text = elapsed(start, day, months, False)
    found = re.fullmatch(r"(?:(\d+)(年|个月))?(?:(-?\d+)天)?", text)
    assert found is not None, text
    whole = int(found[1] or 0) * (12 if found[2] == "年" else 1)
    days = int(found[3] or 0)
    assert add_months(start, whole) + days == day
    if day >= start:  # the written time compares as the days do
        assert (whole >= months) == (day >= add_months(start, months))
        assert (whole, days) == (months, 0) or day != add_months(start, months) or text == span(months, False)
    inside = days_inside("<=", start, day, months)
    assert inside is not None
    assert (inside >= 0) == (day <= add_months(start, months))


# ---- year by year --------------------------------------------------------------------------------


def test_each_year_tells_its_own_sides() -> None:
    # 4.1 / 100, and 2.8 / 100 below three per cent
    facts = {"营业收入": {"2025": "100元", "2024": "100元"}, "研发费用": {"2025": "4.1元", "2024": "2.8元"}}
    found = node("each_of(研发费用 / 营业收入 >= 3%, 2)", facts)
    assert found["years"] == [
        {"year": 2025, "outcome": "yes", "left": "4.1%", "right": "3%", "margin": "1.1%"},
        {"year": 2024, "outcome": "no", "left": "2.8%", "right": "3%", "margin": "-0.2%"},
    ]
    assert sides(found) == (None, None, None)


def test_a_year_without_data_is_unknown() -> None:
    found = node("each_of(营业收入 >= 5元, 2)", {"营业收入": "6元"})
    assert [(y["year"], y["outcome"], "left" in y) for y in found["years"]] == [(2025, "yes", True), (2024, "unknown", False)]


@pytest.mark.parametrize(("years", "told"), [(2, [2025, 2024]), (1, [2025]), (None, []), (1.5, [])])
def test_a_computed_number_of_years_tells_those_that_are_asked(years: float | None, told: list[int]) -> None:
    facts = {"营业收入": {"2025": "6元", "2024": "5元", "2023": "4元"}, "细分年限": years}
    found = node("each_of(营业收入 >= 5元, LEAST(3年, 细分年限))", {k: v for k, v in facts.items() if v is not None})
    assert [year["year"] for year in found.get("years", [])] == told


def test_the_year_is_that_of_the_latest_data_read() -> None:
    facts = {"营业收入": {"2025": "1元", "2024": "121元", "2023": "110元", "2022": "100元"}}
    found = node("each_of(prior(growth(营业收入), 1) >= 5%, 2)", facts)
    assert [(year["year"], year["left"]) for year in found["years"]] == [(2024, "10%"), (2023, "10%")]


@pytest.mark.parametrize(
    ("language", "seen"),
    [
        ("zh", ("2025年 110万元（界限 100万元）、2024年 100万元（界限 90万元）、2023年 未知", "")),
        ("en", ("2025: 1.1 million CNY (threshold 1 million CNY), 2024: 1 million CNY (threshold 0.9 million CNY), 2023: unknown", "")),
    ],
)
def test_thresholds_that_differ_stand_by_their_years(language: str, seen: tuple[str, str]) -> None:
    facts = {"营业收入": {"2025": "110万元", "2024": "100万元"}, "研发费用": {"2025": "100万元", "2024": "90万元"}}
    found = node("each_of(营业收入 >= 研发费用, 3)", facts, language)
    assert years_text(found["years"], language == "en") == seen


@pytest.mark.parametrize(
    "text", ["each_of(营业收入 >= 5元 AND 研发费用 >= 1元, 2)", "营业收入 >= 5元 AND 研发费用 >= 1元", "NOT each_of(营业收入 >= 5元, 2)"]
)
def test_other_conditions_have_no_years(text: str) -> None:
    assert "years" not in node(text, {"营业收入": "6元"})


# ---- sums, means and growth ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("sum_of(营业收入, 2) >= 200元", ("210元", "200元", "10元")),
        ("avg_of(营业收入, 2) >= 100元", ("105元", "100元", "5元")),
        ("growth(营业收入) >= 15%", ("10%", "15%", "-5%")),
        ("avg_of(growth(营业收入), 2) >= 5%", ("17.5%", "5%", "12.5%")),
    ],
)
def test_other_computed_values_tell_theirs(text: str, seen: tuple[str, str, str]) -> None:
    assert sides(node(text, {"营业收入": {"2025": "110元", "2024": "100元", "2023": "80元"}})) == seen
