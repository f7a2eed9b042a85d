"""The synthetic city: every indicator, exact relations, dependence, gaps, determinism."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest
import stdnum.cn.uscc

from keqiao.examples import Enterprise, city_enterprises, city_rows, city_titles
from keqiao.examples.codes import PLACES, organisation_check
from keqiao.examples.merits import SELDOM_MISSING
from keqiao.examples.profile import EARLIER
from keqiao.rules.quantities import read_fact
from keqiao.rules.vocabulary import Vocabulary

#: Each part and its whole.
PARTS = [
    ("tech_staff", "employees"),
    ("rd_staff", "tech_staff"),
    ("postgrad_staff", "employees"),
    ("fresh_graduates", "employees"),
    ("talent_d_or_above", "employees"),
    ("main_revenue", "revenue"),
    ("revenue", "total_income"),
    ("hightech_revenue", "total_income"),
    ("rd_expense", "total_costs"),
    ("rd_expense_domestic", "rd_expense"),
    ("rd_tax_relief", "rd_expense"),
    ("venture_capital", "equity_raised"),
    ("equity_raised", "equity_raised_total"),
    ("early_round_raised", "equity_raised_total"),
    ("ip_class1_high_value", "ip_class1"),
    ("ip_class1_own", "ip_class1"),
    ("ip_class1_in_use", "ip_class1"),
    ("ip_class1_own_in_use", "ip_class1_own"),
    ("ip_class1_own_in_use", "ip_class1_in_use"),
    ("star_patents", "invention_patents"),
    ("core_ip_granted", "core_ip"),
    ("standards_led", "standards_participated"),
]

#: Stocks that a generated enterprise never loses.
STOCKS = ["ip_class1", "ip_class2", "invention_patents", "core_ip", "equity_raised_total"]

CONDUCT = [
    "major_safety_accident",
    "major_quality_accident",
    "serious_env_violation",
    "research_dishonesty",
    "abnormal_operation",
    "serious_dishonesty",
    "tax_evasion",
    "false_materials",
]


def rows_of(city: Sequence[Enterprise]) -> list[dict[str, Any]]:
    """The full rows: those of the three years, without the year before."""
    return [dict(row) for enterprise in city for row in enterprise.rows if row["year"] != EARLIER]


def earlier_of(city: Sequence[Enterprise]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """The row of the year before of those that have one, and the row after it."""
    found = [(dict(e.rows[0]), dict(e.rows[1])) for e in city if e.rows[0]["year"] == EARLIER]
    assert len(found) > 3000
    return found


def latest(city: Sequence[Enterprise]) -> list[dict[str, Any]]:
    return [dict(enterprise.rows[-1]) for enterprise in city]


def ranks(values: Sequence[Any]) -> list[float]:
    """Average ranks, ties sharing theirs."""
    order = sorted(range(len(values)), key=lambda i: values[i])
    found = [0.0] * len(values)
    place = 0
    for _, tied in itertools.groupby(order, key=lambda i: values[i]):
        group = list(tied)
        for index in group:
            found[index] = place + (len(group) - 1) / 2
        place += len(group)
    return found


def spearman(xs: Sequence[Any], ys: Sequence[Any]) -> float:
    a, b = ranks(xs), ranks(ys)
    mean = (len(a) - 1) / 2
    cross = sum((x - mean) * (y - mean) for x, y in zip(a, b, strict=True))
    own = sum((x - mean) ** 2 for x in a) * sum((y - mean) ** 2 for y in b)
    return float(cross / own**0.5)


def column(rows: Sequence[dict[str, Any]], name: str) -> list[Any]:
    return [row[name] for row in rows]


def test_every_indicator_of_the_vocabulary_has_a_column(city: list[Enterprise], vocabulary: Vocabulary) -> None:
    wanted = {i.id for i in vocabulary.indicators.values() if not i.is_title}
    # marks that bodies elsewhere give by models that are not public
    wanted -= {name for name in wanted if name.startswith("zgc_") or name == "innovation_points_score"}
    assert {frozenset(row) for e in city for row in e.rows} == {frozenset(wanted | {"year"})}


def test_every_title_of_the_vocabulary_is_held_by_someone(city: list[Enterprise], vocabulary: Vocabulary) -> None:
    wanted = {i.id for i in vocabulary.indicators.values() if i.is_title}
    assert {title.title for enterprise in city for title in enterprise.titles} == wanted


def test_every_value_is_one_that_the_vocabulary_reads(city: list[Enterprise], vocabulary: Vocabulary) -> None:
    for row in rows_of(city[:300]):
        for name, value in row.items():
            if name != "year":
                read_fact(vocabulary.indicators[name], value)


def test_only_the_field_of_an_ordinary_enterprise_is_empty_without_gaps(city: list[Enterprise]) -> None:
    empty = {name for row in rows_of(city) for name, value in row.items() if value is None}
    assert empty == {"hightech_field"}


def test_there_are_five_thousand_enterprises_over_three_years_and_a_base(city: list[Enterprise]) -> None:
    assert len({enterprise.uscc for enterprise in city}) == 5000
    assert {row["year"] for enterprise in city for row in enterprise.rows} == {2022, 2023, 2024, 2025}
    assert all(enterprise.rows[-1]["year"] == 2025 for enterprise in city)


def test_rows_begin_in_the_founding_year(city: list[Enterprise]) -> None:
    for enterprise in city:
        first: dict[str, Any] = dict(enterprise.rows[0])
        assert first["year"] == max(2022, first["founded_date"].year)


def test_the_year_before_has_revenue_and_research_only(city: list[Enterprise]) -> None:
    static = {"uscc", "name", "founded_date", "region", "industry_code", "size_industry", "hightech_field"}
    static |= {"resident_enterprise", "software_company", "pharma_company"}
    for row, _ in earlier_of(city):
        known = {name for name, value in row.items() if value is not None}
        assert known - static == {"year", "revenue", "rd_expense"}
        assert 0 <= row["rd_expense"] <= row["revenue"] > 0


def test_growth_from_the_year_before_is_as_in_the_years_after(city: list[Enterprise]) -> None:
    growth = sorted(after["revenue"] / row["revenue"] for row, after in earlier_of(city))
    assert Decimal("1.0") < growth[len(growth) // 2] < Decimal("1.3")
    assert growth[0] > Decimal("0.2")
    assert growth[-1] < 5


def test_codes_are_valid_and_of_no_existing_region(city: list[Enterprise]) -> None:
    for enterprise in city:
        assert stdnum.cn.uscc.is_valid(enterprise.uscc)
        assert enterprise.uscc.startswith("9199")
        assert organisation_check(enterprise.uscc[8:16]) == enterprise.uscc[16]


@pytest.mark.parametrize("code", ["91440300708461136T", "91110000600037341L", "9144030071526726XG"])
def test_the_organisation_check_character_agrees_with_real_codes(code: str) -> None:
    assert organisation_check(code[8:16]) == code[16]


def test_names_say_that_they_are_synthetic(city: list[Enterprise]) -> None:
    assert all(str(enterprise.rows[0]["name"]).startswith("合成企业") for enterprise in city)


def test_there_are_six_districts_and_two_zones_of_no_existing_region(city: list[Enterprise]) -> None:
    assert [place.kind for place in PLACES] == ["区县"] * 6 + ["园区"] * 2
    assert {row["region"] for row in latest(city)} == {place.code for place in PLACES}
    assert all(place.code.startswith("9199") for place in PLACES)


def test_balance_sheets_balance(city: list[Enterprise]) -> None:
    for row in rows_of(city):
        assert row["total_assets"] == row["total_liabilities"] + row["net_assets"]
        assert row["total_liabilities"] >= 0


@pytest.mark.parametrize(("part", "whole"), PARTS)
def test_parts_are_not_above_their_wholes(city: list[Enterprise], part: str, whole: str) -> None:
    assert all(0 <= row[part] <= row[whole] for row in rows_of(city))


@pytest.mark.parametrize("name", STOCKS)
def test_stocks_do_not_fall(city: list[Enterprise], name: str) -> None:
    for enterprise in city:
        values = column(rows_of([enterprise]), name)
        assert values == sorted(values)


def test_money_has_at_most_two_decimals(city: list[Enterprise]) -> None:
    for row in rows_of(city):
        exponent = row["revenue"].as_tuple().exponent
        assert isinstance(exponent, int)
        assert exponent >= -2


@pytest.mark.parametrize(
    ("left", "right", "least"),
    [
        ("rd_expense", "invention_patents", 0.4),
        ("rd_expense", "invention_applications", 0.4),
        ("rd_expense", "revenue", 0.5),
        ("revenue", "employees", 0.7),
        ("invention_patents", "hnte_innovation_score", 0.2),
        ("total_assets", "revenue", 0.7),
    ],
)
def test_indicators_depend_on_each_other(city: list[Enterprise], left: str, right: str, least: float) -> None:
    rows = latest(city)
    assert spearman(column(rows, left), column(rows, right)) > least


def test_growth_is_autocorrelated(city: list[Enterprise]) -> None:
    full = [enterprise.rows[-3:] for enterprise in city if len(enterprise.rows) >= 3]
    revenue = [[float(str(row["revenue"])) for row in rows] for rows in full]
    assert spearman([b / a for a, b, _ in revenue], [c / b for _, b, c in revenue]) > 0.25


def test_hightech_fields_spend_more_on_research(city: list[Enterprise]) -> None:
    rows = latest(city)
    share = {True: [Decimal(0)], False: [Decimal(0)]}
    for row in rows:
        share[row["hightech_field"] is not None].append(row["rd_expense"] / row["revenue"])
    middle = {tech: sorted(values)[len(values) // 2] for tech, values in share.items()}
    assert middle[True] > Decimal("0.05") > Decimal("0.02") > middle[False]


@pytest.mark.parametrize(
    ("name", "value"), [("employees", 500), ("revenue", 20000), ("revenue", 5000), ("total_assets", 20000)]
)
def test_some_values_stand_on_thresholds(city: list[Enterprise], name: str, value: int) -> None:
    assert sum(row[name] == value for row in rows_of(city)) >= 10


def test_some_research_is_exactly_five_per_cent_of_revenue(city: list[Enterprise]) -> None:
    assert sum(20 * row["rd_expense"] == row["revenue"] for row in rows_of(city)) >= 20


@pytest.mark.parametrize("name", CONDUCT)
def test_conduct_flags_are_rare(city: list[Enterprise], name: str) -> None:
    rows = rows_of(city)
    assert 0.003 < sum(row[name] for row in rows) / len(rows) < 0.02


def test_a_tenth_of_the_facts_is_missing_at_random() -> None:
    rows = [row for row in city_rows(enterprises=1500) if row["year"] != EARLIER]
    names = [name for name in rows[0] if name not in ("uscc", "name", "year")]
    shares = {name: sum(row[name] is None for row in rows) / len(rows) for name in names}
    assert 0.08 < sum(shares.values()) / len(shares) < 0.11
    ordinary = [share for name, share in shares.items() if name not in SELDOM_MISSING | {"hightech_field"}]
    assert min(ordinary) > 0.06
    assert max(ordinary) < 0.14


def test_conduct_is_seldom_missing() -> None:
    rows = [row for row in city_rows(enterprises=500) if row["year"] != EARLIER]
    assert 0 < sum(row[name] is None for row in rows for name in CONDUCT) / len(rows) / len(CONDUCT) < 0.02


def test_keys_names_and_years_are_never_missing() -> None:
    assert all(row["uscc"] and row["name"] and row["year"] for row in city_rows(enterprises=300))


def test_static_facts_do_not_differ_between_the_rows_of_an_enterprise(vocabulary: Vocabulary) -> None:
    static = [i.id for i in vocabulary.indicators.values() if i.period == "static"]
    for enterprise in city_enterprises(enterprises=300):
        for name in static:
            assert len({row[name] for row in enterprise.rows}) == 1


def test_gaps_hide_values_and_change_none(city: list[Enterprise]) -> None:
    for whole, gapped in zip(city, city_enterprises(enterprises=100), strict=False):
        for complete, row in zip(whole.rows, gapped.rows, strict=True):
            assert all(value is None or value == complete[name] for name, value in row.items())


def test_the_same_seed_gives_the_same_city_and_another_seed_another() -> None:
    first = list(city_enterprises(enterprises=30, seed=1))
    assert first == list(city_enterprises(enterprises=30, seed=1))
    assert first != list(city_enterprises(enterprises=30, seed=2))


def test_an_enterprise_does_not_depend_on_the_size_of_the_city() -> None:
    assert list(city_enterprises(enterprises=5)) == list(city_enterprises(enterprises=12))[:5]


def test_titles_come_with_the_codes_of_their_enterprises() -> None:
    expected = [(e.uscc, title) for e in city_enterprises(enterprises=50) for title in e.titles]
    assert list(city_titles(enterprises=50)) == expected
