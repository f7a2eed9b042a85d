"""The records of the city: what is counted from them is what the enterprises report."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

import keqiao
from keqiao.examples import Enterprise, city_enterprises, write_city
from keqiao.examples.profile import EARLIER
from keqiao.examples.records import COUNTED
from keqiao.facts import ImportReport, Snapshot, import_files
from keqiao.facts.declared import declared_of
from keqiao.facts.packchecks import vocabulary_checks

AS_OF, YEAR, COUNT = dt.date(2026, 11, 21), 2025, 250


def by_year(city: list[Enterprise]) -> Iterator[tuple[Enterprise, dict[str, Any], int]]:
    for one in city:
        for row in one.rows:
            if row["year"] != EARLIER:
                yield one, row, int(str(row["year"]))


def test_inventions_granted_by_the_end_of_a_year_are_its_stock(city: list[Enterprise]) -> None:
    for one, row, year in by_year(city):
        assert sum(p.granted is not None and p.granted.year <= year for p in one.patents) == row["invention_patents"]


def test_inventions_filed_in_a_year_are_its_applications(city: list[Enterprise]) -> None:
    for one, row, year in by_year(city):
        filed = [p for p in one.patents if p.applied.year == year]
        assert len(filed) == row["invention_applications"]
        assert sum(p.route == "PCT" for p in filed) == row["pct_applications"]


def test_what_is_in_force_was_granted_after_it_was_filed_and_nothing_else_was(city: list[Enterprise]) -> None:
    for one in city:
        for patent in one.patents:
            assert (patent.state == "有效") == (patent.granted is not None)
            assert patent.granted is None or patent.applied < patent.granted


def test_no_two_patents_have_a_number(city: list[Enterprise]) -> None:
    numbers = [patent.number for one in city for patent in one.patents]
    assert len(set(numbers)) == len(numbers)


def test_rounds_add_up_to_what_was_raised_in_each_year_and_in_all(city: list[Enterprise]) -> None:
    early = ("种子轮", "天使轮", "Pre-A轮", "A轮")
    for one, row, year in by_year(city):
        paid = [r for r in one.rounds if r.paid.year <= year]
        assert sum((r.amount for r in paid if r.paid.year == year), Decimal(0)) == row["equity_raised"]
        assert sum((r.amount for r in paid), Decimal(0)) == row["equity_raised_total"]
        assert sum((r.amount for r in paid if r.name in early), Decimal(0)) == row["early_round_raised"]


def test_gaps_change_no_record(city: list[Enterprise]) -> None:
    for whole, gapped in zip(city, city_enterprises(60), strict=False):
        assert (whole.patents, whole.rounds) == (gapped.patents, gapped.rounds)


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> ImportReport:
    folder, packs = tmp_path_factory.mktemp("city"), keqiao.load_packs()
    return import_files(
        write_city(folder, enterprises=COUNT), vocabulary=packs.vocabulary, year=YEAR, as_of=AS_OF, out=folder / "snapshot",
        declared=declared_of(packs), checks=vocabulary_checks(packs, AS_OF, YEAR),
    )  # fmt: skip


def test_the_import_finds_no_difference(imported: ImportReport) -> None:
    assert {p.code for p in imported.problems if p.severity == "warning"} <= {"scale"}


def test_counted_facts_are_known_for_all_and_right(imported: ImportReport) -> None:
    assert imported.snapshot is not None
    cases = {case["id"]: case["facts"] for case in Snapshot.open(imported.snapshot, keqiao.load_packs().vocabulary).cases()}
    for one in city_enterprises(COUNT, missing=0):
        for name in COUNTED:
            unit = "万元" if name == "equity_raised" else "件"
            told = cases[one.uscc][name][str(YEAR)]
            assert Decimal(told.removesuffix(unit)) == Decimal(str(one.rows[-1][name]))
