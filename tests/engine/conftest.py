"""A small synthetic city, imported and assessed once."""

from __future__ import annotations

import datetime as dt

import pytest

import keqiao
from keqiao.engine import Run, assess
from keqiao.examples import CITY_LABEL, write_city
from keqiao.facts import Snapshot, import_files
from keqiao.packs.loader import Packs

AS_OF = dt.date(2026, 11, 21)


@pytest.fixture(scope="session")
def packs() -> Packs:
    return keqiao.load_packs()


@pytest.fixture(scope="session")
def snapshot(tmp_path_factory: pytest.TempPathFactory, packs: Packs) -> Snapshot:
    folder = tmp_path_factory.mktemp("city")
    files = write_city(folder, enterprises=150)
    import_files(
        files, vocabulary=packs.vocabulary, year=2025, as_of=AS_OF, out=folder / "snapshot", label=CITY_LABEL
    )
    return Snapshot.open(folder / "snapshot")


@pytest.fixture(scope="session")
def run(snapshot: Snapshot, packs: Packs, tmp_path_factory: pytest.TempPathFactory) -> Run:
    return assess(snapshot, packs, tmp_path_factory.mktemp("runs") / "run")
