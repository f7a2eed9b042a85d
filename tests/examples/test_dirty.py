"""The forty-odd faults of examples/city/dirty: each told at its cell, each error refused whole, the clean twin passes."""

from __future__ import annotations

import csv
import datetime as dt
import functools
from pathlib import Path

import pytest

from keqiao.facts import FactCheck, ImportRefused, ImportReport, import_files
from keqiao.facts.declared import declared_of
from keqiao.facts.packchecks import vocabulary_checks
from keqiao.packs.loader import Packs, load_packs

DIRTY = Path(__file__).parents[2] / "examples" / "city" / "dirty"
DAY, YEAR = dt.date(2026, 11, 21), 2025


def _listed() -> list[dict[str, str]]:
    with (DIRTY / "faults.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


FAULTS = _listed()


@functools.cache
def _packs() -> Packs:
    return load_packs()


@functools.cache
def _checks() -> tuple[FactCheck, ...]:
    return tuple(vocabulary_checks(_packs(), DAY, YEAR))


def _load(path: Path, out: Path) -> tuple[ImportReport, bool]:
    """The report, and whether the file was accepted."""
    try:
        report = import_files(
            [path], vocabulary=_packs().vocabulary, year=YEAR, as_of=DAY, out=out, checks=_checks(),
            declared=declared_of(_packs()),
        )
    except ImportRefused as refused:
        return refused.report, False
    return report, True


def test_the_clean_twin_passes_without_a_word(tmp_path: Path) -> None:
    report, accepted = _load(DIRTY / "clean.xlsx", tmp_path / "s")
    assert accepted
    assert [str(p) for p in report.problems if p.severity != "note"] == []
    assert report.enterprises == 24
    assert report.titles == 8


@pytest.mark.parametrize("fault", FAULTS, ids=[f["file"] for f in FAULTS])
def test_a_planted_fault_is_told_at_its_cell(fault: dict[str, str], tmp_path: Path) -> None:
    report, accepted = _load(DIRTY / fault["file"], tmp_path / "s")
    told = [(p.severity, p.code, p.place) for p in report.problems]
    assert (fault["severity"], fault["code"], fault["place"]) in told
    assert accepted == (fault["severity"] != "error")
    assert (tmp_path / "s").exists() == accepted
    others = {p.code for p in report.problems if p.severity == "error"} - {fault["code"]}
    assert others == set(), "one fault was planted"


def test_at_least_forty_kinds_stand_beside_the_twin() -> None:
    assert len({f["file"] for f in FAULTS}) == len(FAULTS) >= 40
    assert {p.name for p in DIRTY.iterdir()} == {f["file"] for f in FAULTS} | {"clean.xlsx", "faults.csv", "README.md"}
