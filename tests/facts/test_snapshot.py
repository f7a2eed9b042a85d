"""Snapshots appear complete or not at all, and read back what was written."""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from facts_sample import AS_OF, CODE, VOCABULARY, A, B, C, book, load

from keqiao.errors import KeqiaoError
from keqiao.facts import Snapshot, import_files, write_snapshot
from keqiao.facts.snapshot import describe_columns
from keqiao.rules.vocabulary import Indicator, Vocabulary

HEAD = {"year": 2025, "as_of": "2026-11-21"}


def table() -> pa.Table:
    return pa.table(
        {
            "scheme": ["uscc", "uscc", "other"],
            "id": [B, A, "1"],
            "revenue": pa.array([1, None, -150], pa.int64()),
            "founded_date": pa.array([dt.date(2009, 11, 21), None, None], pa.date32()),
        }
    )


def write(out: Path) -> dict[str, Any]:
    columns = describe_columns(VOCABULARY, table().column_names)
    return write_snapshot(table(), {**HEAD, "columns": columns, "label": "synthetic"}, out)


def test_rows_are_sorted_by_key(tmp_path: Path) -> None:
    write(tmp_path / "s")
    assert Snapshot.open(tmp_path / "s").keys() == [("other", "1"), ("uscc", A), ("uscc", B)]


def test_the_head_of_a_snapshot(tmp_path: Path) -> None:
    manifest = write(tmp_path / "s")
    snapshot = Snapshot.open(tmp_path / "s")
    assert snapshot.manifest == manifest
    assert (snapshot.year, snapshot.as_of, snapshot.label) == (2025, AS_OF, "synthetic")
    assert snapshot.columns == ["scheme", "id", "revenue", "founded_date"]
    assert snapshot.facts_path == tmp_path / "s" / "facts.parquet"
    assert manifest["rows"] == 3
    assert manifest["columns"]["revenue"]["known"] == 2
    assert sorted(p.name for p in (tmp_path / "s").iterdir()) == ["facts.parquet", "manifest.json"]


def test_the_hash_is_of_the_content_and_not_of_its_pieces(tmp_path: Path) -> None:
    first = write(tmp_path / "a")["content_hash"]
    pieces = pa.concat_tables([table().slice(2), table().slice(0, 2)])
    assert write_snapshot(pieces, HEAD, tmp_path / "b")["content_hash"] == first
    other = table().set_column(2, "revenue", pa.array([1, 0, -150], pa.int64()))
    assert write_snapshot(other, HEAD, tmp_path / "c")["content_hash"] != first
    assert write_snapshot(table(), {**HEAD, "year": 2024}, tmp_path / "d")["content_hash"] != first


def test_verify_detects_a_changed_table(tmp_path: Path) -> None:
    write(tmp_path / "s")
    snapshot = Snapshot.open(tmp_path / "s")
    assert snapshot.verify()
    pq.write_table(table().set_column(2, "revenue", pa.array([2, None, -150], pa.int64())), snapshot.facts_path)
    assert not snapshot.verify()


def test_an_imported_snapshot_verifies(tmp_path: Path) -> None:
    titles = [[CODE, "称号", "起始日"], [A, "高企", "2024-01-01"]]
    report = load(
        book(tmp_path / "a.xlsx", [[CODE, "职工人数", "成立日期"], [A, 1, None], [B, None, "2020-01-01"]], titles)
    )
    assert report.snapshot
    assert Snapshot.open(report.snapshot).verify()


def test_cases_are_the_same_one_by_one_and_together(tmp_path: Path) -> None:
    write(tmp_path / "s")
    snapshot = Snapshot.open(tmp_path / "s")
    cases = list(snapshot.cases())
    keys = snapshot.keys()
    assert cases == [snapshot.case(*key) for key in keys]
    assert cases[2] == {
        "id": B, "as_of": "2026-11-21", "year": 2025,
        "facts": {"revenue": {"2025": "0.000001万元"}, "founded_date": "2009-11-21"},
    }  # fmt: skip
    assert cases[0]["facts"] == {"revenue": {"2025": "-0.00015万元"}}


def test_cases_of_some_keys(tmp_path: Path) -> None:
    write(tmp_path / "s")
    found = Snapshot.open(tmp_path / "s").cases([("uscc", B), ("uscc", C), ("other", A)])
    assert [c["id"] for c in found] == [B]


def test_units_without_a_finite_decimal_are_written_in_another(tmp_path: Path) -> None:
    words = Vocabulary(
        [
            Indicator("term", "期限", (), "years", "个月", "annual"),
            Indicator("days", "天数", (), "days", "天", "stock"),
            Indicator("state", "状态", (), "flag", "", "stock"),
        ]
    )
    rows = [[CODE, "期限（个月）", "天数", "状态", "状态2024"], [A, 30, 12, "是", "否"]]
    report = load(book(tmp_path / "a.xlsx", rows), vocabulary=words)
    assert report.snapshot
    assert Snapshot.open(report.snapshot).case("uscc", A)["facts"] == {
        "term": {"2025": "2.5年"}, "days": {"2025": "12天"}, "state": {"2025": True, "2024": False},
    }  # fmt: skip


def test_an_unknown_enterprise(tmp_path: Path) -> None:
    write(tmp_path / "s")
    with pytest.raises(KeqiaoError, match="没有企业"):
        Snapshot.open(tmp_path / "s").case("uscc", C)


def test_types_come_from_the_manifest_or_a_vocabulary(tmp_path: Path) -> None:
    write_snapshot(table(), HEAD, tmp_path / "s")
    with pytest.raises(KeqiaoError, match="类型"):
        Snapshot.open(tmp_path / "s").case("uscc", B)
    assert Snapshot.open(tmp_path / "s", VOCABULARY).case("uscc", B)["facts"]["revenue"] == {"2025": "0.000001万元"}


def test_a_repeated_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KeqiaoError, match="重复"):
        write_snapshot(pa.concat_tables([table(), table()]), HEAD, tmp_path / "s")
    assert list(tmp_path.iterdir()) == []


def test_an_existing_output_is_refused(tmp_path: Path) -> None:
    (tmp_path / "s").symlink_to(tmp_path / "nowhere")
    with pytest.raises(KeqiaoError, match="已经存在"):
        write(tmp_path / "s")


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(KeqiaoError, match="无法写入"):
        write(tmp_path / "file" / "s")


def test_missing_parents_are_made(tmp_path: Path) -> None:
    write(tmp_path / "a" / "b" / "s")
    assert Snapshot.open(tmp_path / "a" / "b" / "s").keys()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("manifest.json", b"{", "可读"),
        ("manifest.json", b"[]", "格式"),
        ("manifest.json", b'{"format": 9}', "格式"),
        ("manifest.json", b'{"format": 1, "rows": 7}', "损坏"),
        ("facts.parquet", b"PAR1", "可读"),
    ],
)
def test_a_damaged_snapshot(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    write(tmp_path / "s")
    (tmp_path / "s" / name).write_bytes(content)
    with pytest.raises(KeqiaoError, match=words):
        Snapshot.open(tmp_path / "s")


def test_no_snapshot_at_all(tmp_path: Path) -> None:
    with pytest.raises(KeqiaoError, match="不是快照"):
        Snapshot.open(tmp_path / "none")


@pytest.mark.parametrize("stage", ["read", "check", "write"])
def test_an_interrupt_leaves_nothing(tmp_path: Path, stage: str) -> None:
    path = book(tmp_path / "a.xlsx", [[CODE, "职工人数"], [A, 1]])

    def stop(now: str, done: int, total: int) -> None:
        if now == stage:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_files([path], vocabulary=VOCABULARY, year=2025, as_of=AS_OF, out=tmp_path / "s", progress=stop)
    assert list(tmp_path.iterdir()) == [path]


CHILD = """
import sys, resource, signal
from pathlib import Path
import numpy as np, pyarrow as pa
from keqiao.errors import KeqiaoError
from keqiao.facts import write_snapshot
limit = int(sys.argv[2])
if limit:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
n = int(sys.argv[3])
values = np.random.default_rng(1).integers(0, 10**12, n)
table = pa.table({"scheme": ["other"] * n, "id": [str(i) for i in range(n)], **{f"x{k}": values for k in range(20)}})
print("ready", flush=True)
try:
    write_snapshot(table, {"year": 2025, "as_of": "2026-11-21"}, Path(sys.argv[1]))
except KeqiaoError as error:
    print(error)
"""


def child(out: Path, limit: int, rows: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", CHILD, str(out), str(limit), str(rows)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONIOENCODING": "utf-8"})


def test_a_full_disk_leaves_nothing(tmp_path: Path) -> None:
    with child(tmp_path / "s", 10_000, 50_000) as process:
        said, _ = process.communicate()
    assert "无法写入" in said
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("delay", [0.0, 0.15, 0.4])
@pytest.mark.parametrize("with_signal", [signal.SIGKILL, signal.SIGINT])
def test_a_kill_leaves_a_complete_snapshot_or_none(tmp_path: Path, delay: float, with_signal: signal.Signals) -> None:
    with child(tmp_path / "s", 0, 60_000) as process:
        assert process.stdout
        process.stdout.readline()
        try:
            process.wait(delay)
        except subprocess.TimeoutExpired:
            process.send_signal(with_signal)
        process.wait()
    if (tmp_path / "s").exists():
        assert Snapshot.open(tmp_path / "s").verify()
    if with_signal is signal.SIGINT:
        assert not [p for p in tmp_path.iterdir() if p.name.endswith(".tmp")]


def test_the_manifest_is_readable_text(tmp_path: Path) -> None:
    write(tmp_path / "s")
    text = (tmp_path / "s" / "manifest.json").read_text("utf-8")
    assert "营业收入" in text
    assert json.loads(text)["format"] == 1


def test_a_folder_that_is_no_snapshot_says_what_it_lacks(tmp_path: Path) -> None:
    with pytest.raises(KeqiaoError, match=r"里面没有 manifest\.json"):
        Snapshot.open(tmp_path)
    (tmp_path / "manifest.json").write_text("{}", "utf-8")
    with pytest.raises(KeqiaoError, match=r"里面没有 facts\.parquet"):
        Snapshot.open(tmp_path)
