"""A full disk or a kill at any point of an import leaves what was there before."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from facts_sample import CODE, book, code, load

from keqiao.facts import Snapshot

CHILD = """
import sys, resource, signal
from pathlib import Path
sys.path.insert(0, sys.argv[4])
from facts_sample import AS_OF, VOCABULARY
from keqiao.facts import ImportRefused, import_files
from keqiao.errors import KeqiaoError
limit = int(sys.argv[3])
if limit:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
print("ready", flush=True)
try:
    import_files([Path(sys.argv[1])], vocabulary=VOCABULARY, year=2025, as_of=AS_OF, out=Path(sys.argv[2]))
except ImportRefused as refused:
    print(refused.report.errors, [p.code for p in refused.report.problems if p.severity == "warning"])
except KeqiaoError as error:
    print(error)
"""
HEAD = [CODE, "企业名称", "职工人数", "营业收入（万元）", "研发费用（万元）"]


def workbook(path: Path, rows: int, last: object = 1) -> Path:
    found = [[code(i), f"示例企业{i}", i, i * 1.5, i / 8] for i in range(1, rows)]
    return book(path, [HEAD, *found, [code(rows), "末", last, 1, 1]])


def child(source: Path, out: Path, limit: int = 0) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", CHILD, str(source), str(out), str(limit), str(Path(__file__).parent)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONIOENCODING": "utf-8"})


def killed(source: Path, out: Path, delay: float) -> None:
    """Import in a process that is killed after ``delay`` seconds of work."""
    with child(source, out) as process:
        assert process.stdout
        process.stdout.readline()
        try:
            process.wait(delay)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
        process.wait()


def test_a_disk_that_is_full_leaves_no_snapshot(tmp_path: Path) -> None:
    source = workbook(tmp_path / "a.xlsx", 2000)
    with child(source, tmp_path / "s", 20_000) as process:
        said, _ = process.communicate()
    assert "无法写入" in said
    assert list(tmp_path.iterdir()) == [source]


def test_a_disk_that_is_full_leaves_the_earlier_marked_copy(tmp_path: Path) -> None:
    load(workbook(tmp_path / "a.xlsx", 3, "x"), out=tmp_path / "s")
    before = (tmp_path / "s-errors.xlsx").read_bytes()
    with child(workbook(tmp_path / "a.xlsx", 1500, "x"), tmp_path / "s", 20_000) as process:
        said, _ = process.communicate()
    assert "no-marked-copy" in said
    assert (tmp_path / "s-errors.xlsx").read_bytes() == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.xlsx", "s-errors.xlsx"]


def kill_and_look(tmp_path: Path, delay: float) -> None:
    """A kill while a snapshot is written, and while an earlier marked copy is replaced."""
    source, out = workbook(tmp_path / "a.xlsx", 700), tmp_path / "s"
    before = source.read_bytes()
    killed(source, out, delay)
    assert source.read_bytes() == before
    if out.exists():
        assert Snapshot.open(out).verify()
    else:
        assert load(source, out=out).errors == 0
    bad, other = workbook(tmp_path / "b.xlsx", 700, "x"), tmp_path / "t"
    load(workbook(tmp_path / "c.xlsx", 3, "x"), out=other)
    killed(bad, other, delay)
    assert not other.exists()
    with zipfile.ZipFile(tmp_path / "t-errors.xlsx") as copy:
        assert copy.testzip() is None


@pytest.mark.parametrize("delay", [0.15])
def test_a_kill_leaves_a_complete_snapshot_or_none(tmp_path: Path, delay: float) -> None:
    kill_and_look(tmp_path, delay)


@pytest.mark.soak
@pytest.mark.skipif("KEQIAO_SOAK" not in os.environ, reason="long runs; set KEQIAO_SOAK=1")
def test_many_kills(tmp_path: Path) -> None:
    dice = random.Random(int(os.environ.get("KEQIAO_SEED", "1")))
    for number in range(60):
        folder = tmp_path / str(number)
        folder.mkdir()
        kill_and_look(folder, dice.uniform(0, 0.8))
