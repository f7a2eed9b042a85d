"""Runs that the tests of this folder share: a small city, and a folder of packs with every construct."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from report_sample import MIXED, SHEET, TITLES, Book, assessed, packs_of

import keqiao
from keqiao.engine import Run
from keqiao.examples import CITY_LABEL, write_city
from keqiao.reports import write_workbook

#: The rules of the city's run: every kind of result, and few enough for the tests to be quick.
CITY_RULES = ("cn.hnte", "cn.innovation_points", "cn.innovative_sme", "cn.size_class", "cn.tech_sme")


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("city")
    return assessed(folder, write_city(folder, enterprises=60), keqiao.load_packs(), label=CITY_LABEL, rules=CITY_RULES)


@pytest.fixture(scope="session")
def city_path(city: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_workbook(city, tmp_path_factory.mktemp("book") / "city.xlsx")


@pytest.fixture(scope="session")
def book(city_path: Path) -> Book:
    return Book(city_path)


@pytest.fixture(scope="session")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Enterprises and rules made so that every kind of reason occurs."""
    folder = tmp_path_factory.mktemp("mixed")
    (folder / "main.csv").write_text(SHEET, "utf-8")
    (folder / "称号.csv").write_text(TITLES, "utf-8")
    packs = packs_of(folder / "packs", MIXED)
    rules = [*CITY_RULES, *(id for id in packs if id.startswith("x."))]
    return assessed(folder, [folder / "main.csv", folder / "称号.csv"], packs, rules=rules)


@pytest.fixture(scope="session")
def mixed_book(mixed: Run, tmp_path_factory: pytest.TempPathFactory) -> Book:
    return Book(write_workbook(mixed, tmp_path_factory.mktemp("book") / "mixed.xlsx"))


@pytest.fixture(scope="session")
def mixed_english(mixed: Run, tmp_path_factory: pytest.TempPathFactory) -> Book:
    return Book(write_workbook(mixed, tmp_path_factory.mktemp("book") / "mixed.xlsx", language="en"))
