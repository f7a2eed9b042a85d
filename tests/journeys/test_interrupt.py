"""Ctrl-C and kill: a target is complete or absent, and what was there before is as it was."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from keqiao.engine import Run
from keqiao.examples import write_city
from keqiao.facts import Snapshot

SOAK = bool(os.environ.get("KEQIAO_SOAK"))


@pytest.fixture(scope="module")
def sheet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_city(tmp_path_factory.mktemp("sheet"), enterprises=300)[0]


@pytest.fixture(scope="module")
def snapshot(sheet: Path) -> Path:
    out = sheet.parent / "snapshot"
    subprocess.run([*_import(sheet), str(out)], check=True, capture_output=True)
    return out


def _import(sheet: Path) -> list[str]:
    return [
        sys.executable, "-m", "keqiao", "facts", "import", str(sheet), "--year", "2025", "--as-of", "2026-11-21", "--out",
    ]  # fmt: skip


def _stopped(command: list[str], after: float, how: signal.Signals) -> int:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(after)
    process.send_signal(how)
    return process.wait()


def _visible(folder: Path) -> list[str]:
    return [p.name for p in folder.iterdir() if not p.name.startswith(".")]


@pytest.mark.parametrize("after", [0.2, 0.8, 1.6])
def test_interrupted_import_is_complete_or_absent(sheet: Path, tmp_path: Path, after: float) -> None:
    _stopped([*_import(sheet), str(tmp_path / "snap")], after, signal.SIGINT)
    if (tmp_path / "snap").exists():
        assert Snapshot.open(tmp_path / "snap").verify()
    assert set(_visible(tmp_path)) <= {"snap"}
    assert not [p for p in tmp_path.iterdir() if p.name.startswith(".")]


@pytest.mark.parametrize("after", [0.8, 2.0])
def test_interrupted_assessment_is_complete_or_absent(snapshot: Path, tmp_path: Path, after: float) -> None:
    out = tmp_path / "run"
    _stopped([sys.executable, "-m", "keqiao", "assess", str(snapshot), "--out", str(out)], after, signal.SIGINT)
    if out.exists():
        assert len(Run.open(out).rules) > 1
        assert (out / "评价结果.xlsx").exists()
    assert set(_visible(tmp_path)) <= {"run"}


@pytest.mark.soak
@pytest.mark.skipif(not SOAK, reason="long; KEQIAO_SOAK=1 runs it")
def test_killed_fifty_times_the_target_is_complete_or_absent(sheet: Path, snapshot: Path, tmp_path: Path) -> None:
    for i in range(50):
        out = tmp_path / f"run{i}"
        command = [sys.executable, "-m", "keqiao", "assess", str(snapshot), "--out", str(out)]
        _stopped(command, 0.5 + 0.08 * i, signal.SIGKILL)
        if out.exists():
            opened = Run.open(out)
            assert opened.snapshot.verify()
            assert (out / "评价结果.xlsx").exists()
