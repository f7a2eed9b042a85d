"""Runs that the tests of this folder share."""

from __future__ import annotations

from pathlib import Path

import pytest

import keqiao
from assess.assess_sample import AS_OF, Packs, Run, packs_of, run_of, snapshot_of
from assess.assess_world import PACKS, RULES, SHEET, TITLES
from keqiao.examples import CITY_LABEL, write_city
from keqiao.facts import Snapshot, import_files
from keqiao.facts.declared import declared_of


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("assess")


@pytest.fixture(scope="session")
def packs(home: Path) -> Packs:
    return packs_of(home, PACKS)


@pytest.fixture(scope="session")
def run(home: Path, packs: Packs) -> Run:
    """A few enterprises whose answers are worked out by hand."""
    return run_of(home, snapshot_of(home, SHEET, packs, titles=TITLES, label="试验数据"), packs, RULES)


@pytest.fixture(scope="session")
def city(home: Path) -> Run:
    """The synthetic city in small, under the shipped rules."""
    shipped = keqiao.load_packs()
    folder = home / "city"
    folder.mkdir()
    files = write_city(folder, enterprises=120)
    import_files(
        files, vocabulary=shipped.vocabulary, year=2025, as_of=AS_OF, out=folder / "snapshot", label=CITY_LABEL, declared=declared_of(shipped)
    )
    chosen = ["cn.tech_sme", "cn.innovation_points", "cn.size_class", "cn.hnte"]
    return run_of(home, Snapshot.open(folder / "snapshot"), shipped, chosen)
