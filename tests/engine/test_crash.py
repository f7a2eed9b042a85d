"""Kills at any point and a full disk leave the old state or the new, never a part; the next run clears up."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from keqiao.engine.folders import link_or_copy, new_folder, recover
from keqiao.errors import KeqiaoError
from keqiao.facts import Snapshot
from keqiao.packs.loader import shipped


@pytest.fixture(scope="module")
def told(snapshot: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    packs, folder = tmp_path_factory.mktemp("packs"), tmp_path_factory.mktemp("crash")
    for name in ("size_class.yaml", "tech_sme.yaml", "vocabulary.yaml"):
        shutil.copy(shipped() / name, packs)
    program = Path(__file__).with_name("crashing.py")
    done = subprocess.run(
        [sys.executable, str(program), str(snapshot.path), str(packs), str(folder)], check=True, capture_output=True, text=True
    )
    found: dict[str, dict[str, Any]] = json.loads(done.stdout)
    return found


def test_killed_runs_leave_nothing_or_all(told: dict[str, dict[str, Any]]) -> None:
    for name, left in told.items():
        if name.endswith("False"):
            assert (left["rules"], left["ok"]) in ((None, None), (["cn.tech_sme"], True)), name


def test_killed_replacements_leave_the_old_or_the_new(told: dict[str, dict[str, Any]]) -> None:
    for name, left in told.items():
        if name.endswith("True"):
            assert left["ok"] and left["rules"] in (["cn.size_class"], ["cn.tech_sme"]), name


def test_the_kills_were_where_they_were_meant(told: dict[str, dict[str, Any]]) -> None:
    assert told["between old and new True"]["rules"] == ["cn.size_class"]
    assert told["before the old goes True"]["rules"] == ["cn.tech_sme"]
    assert all(left["exit"] == -9 for name, left in told.items() if name.startswith(("first", "receipt", "finish", "before sync")))


def test_a_full_disk_is_told_and_keeps_the_old_state(told: dict[str, dict[str, Any]]) -> None:
    assert told["disk full False"]["exit"] == told["disk full True"]["exit"] == 7
    assert told["disk full False"]["rules"] is None and told["disk full True"]["rules"] == ["cn.size_class"]


def test_the_next_run_clears_up(told: dict[str, dict[str, Any]]) -> None:
    assert all(left["left"] in ([], ["run"]) for left in told.values())


def test_what_another_process_writes_is_left_alone(tmp_path: Path) -> None:
    with new_folder(tmp_path / "run") as folder:
        recover(tmp_path / "run")
        assert folder.exists()


def test_names_with_signs_of_patterns_mean_themselves(tmp_path: Path) -> None:
    mine = tmp_path / ".run.1-abcd.tmp"
    mine.mkdir()
    recover(tmp_path / "[r]un")
    recover(tmp_path / "r*n")
    assert mine.exists()
    recover(tmp_path / "run")
    assert not mine.exists()


def test_a_folder_moved_aside_comes_back_or_goes(tmp_path: Path) -> None:
    aside = tmp_path / ".run.1-abcd.old"
    (aside / "inside").mkdir(parents=True)
    recover(tmp_path / "run")
    assert (tmp_path / "run" / "inside").is_dir() and not aside.exists()
    (aside / "inside").mkdir(parents=True)
    recover(tmp_path / "run")
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_a_place_that_cannot_be_taken_keeps_the_old(tmp_path: Path) -> None:
    """A folder that fills while the new one is written: the new one does not replace it."""
    out = tmp_path / "run"
    with pytest.raises(KeqiaoError, match="没有留下任何文件"), new_folder(out):
        (out / "other").mkdir(parents=True)
    assert [path.name for path in tmp_path.iterdir()] == ["run"] and (out / "other").exists()


def test_where_no_link_can_be_made_the_file_is_copied(tmp_path: Path) -> None:
    """The mount of processes is another disk everywhere."""
    link_or_copy(Path("/proc/self/status"), tmp_path / "status")
    assert (tmp_path / "status").read_text()
