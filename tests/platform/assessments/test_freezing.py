"""Freezing: the record of one moment, as an import would have written it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from tests.platform.assessments.conftest import AS_OF, YEAR

from keqiao.engine import assess
from keqiao.facts import Snapshot
from keqiao.packs.loader import Packs
from keqiao.platform.assessments.freezing import freeze

pytestmark = pytest.mark.django_db


def _rows(snapshot: Snapshot) -> dict[str, dict[str, Any]]:
    return {row["id"]: row for row in pq.read_table(snapshot.facts_path).to_pylist()}


def test_frozen_record_holds_what_was_imported(officer: Any, imported: Snapshot, packs: Packs, tmp_path: Path) -> None:
    frozen = freeze(officer, tmp_path / "s", year=YEAR, as_of=AS_OF, packs=packs).snapshot
    then, now = _rows(imported), _rows(frozen)
    assert then.keys() == now.keys()
    for id, row in then.items():
        known = {name: value for name, value in row.items() if value is not None}
        assert {name: value for name, value in now[id].items() if value is not None} == known
    assert set(frozen.columns) == {name for name in imported.columns if any(row[name] is not None for row in then.values())} | {
        name for name in frozen.columns if all(row[name] is None for row in now.values())
    }


def test_frozen_record_is_sound(officer: Any, packs: Packs, tmp_path: Path) -> None:
    frozen = freeze(officer, tmp_path / "s", year=YEAR, as_of=AS_OF, packs=packs).snapshot
    assert frozen.verify()
    assert frozen.manifest["columns"]["revenue"]["known"] > 30


def test_same_outcomes_under_all_rules(officer: Any, imported: Snapshot, packs: Packs, tmp_path: Path) -> None:
    frozen = freeze(officer, tmp_path / "s", year=YEAR, as_of=AS_OF, packs=packs).snapshot
    then, now = assess(imported, packs, tmp_path / "a"), assess(frozen, packs, tmp_path / "b")
    for id in then.rules:
        assert then.results(id).equals(now.results(id)), id


def test_records_are_those_imported(officer: Any, imported: Snapshot, packs: Packs, tmp_path: Path) -> None:
    frozen = freeze(officer, tmp_path / "s", year=YEAR, as_of=AS_OF, packs=packs).snapshot
    assert frozen.record_kinds() == imported.record_kinds() != []
    for kind in imported.record_kinds():
        then, now = imported.records(kind), frozen.records(kind)
        assert then is not None and now is not None
        assert sorted(map(str, then.to_pylist())) == sorted(map(str, now.to_pylist()))
        assert then.schema == now.schema


def test_only_visible_enterprises(zone_officer: Any, city: dict[str, Any], packs: Packs, tmp_path: Path) -> None:
    frozen = freeze(zone_officer, tmp_path / "s", year=YEAR, as_of=AS_OF, packs=packs)
    assert sorted(frozen.ids.values()) == sorted(city["ids"][:40])
    assert len(frozen.snapshot.keys()) == 40


def test_facts_of_later_years_stay_out(officer: Any, packs: Packs, tmp_path: Path) -> None:
    frozen = freeze(officer, tmp_path / "s", year=YEAR - 1, as_of=AS_OF, packs=packs).snapshot
    later = freeze(officer, tmp_path / "t", year=YEAR, as_of=AS_OF, packs=packs).snapshot
    earlier = {id: row["revenue__1"] for id, row in _rows(later).items()}
    assert {id: row["revenue"] for id, row in _rows(frozen).items()} == earlier


def test_unknown_titles_stay_unknown(officer: Any, city: dict[str, Any], packs: Packs, tmp_path: Path) -> None:
    from keqiao.platform.enterprises.models import Enterprise

    Enterprise.objects.filter(pk=city["ids"][0]).update(titles_known=False)
    frozen = freeze(officer, tmp_path / "s", year=YEAR, as_of=AS_OF, packs=packs)
    code = Enterprise.objects.get(pk=city["ids"][0]).code
    rows = _rows(frozen.snapshot)
    assert rows[code]["titles"] is None
    assert all(row["titles"] is not None for id, row in rows.items() if id != code)


def test_stopping_leaves_nothing(officer: Any, packs: Packs, tmp_path: Path) -> None:
    def stop(done: int, total: int) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        freeze(officer, tmp_path / "s", year=YEAR, as_of=AS_OF, packs=packs, progress=stop)
    assert list(tmp_path.iterdir()) == []
