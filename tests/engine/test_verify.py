"""`verify_run`: every changed byte is found and named, and deciding again tells what a forger changed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import keqiao
from keqiao.engine import Run, Verification, assess, verify_run
from keqiao.engine.canonical import content_hash
from keqiao.engine.folders import file_hash
from keqiao.engine.receipt import RECEIPT, render, run_hash, signed
from keqiao.errors import KeqiaoError, use_language
from keqiao.facts import Snapshot
from keqiao.packs.loader import Packs, shipped

FILES = [
    "note.txt",
    "packs/0000-size_class.yaml",
    "packs/0001-tech_sme.yaml",
    "packs/0002-vocabulary.yaml",
    "results/cn.size_class.parquet",
    "results/cn.tech_sme.parquet",
    "snapshot/facts.parquet",
    "snapshot/manifest.json",
]


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Packs:
    folder = tmp_path_factory.mktemp("packs")
    for name in ("size_class.yaml", "tech_sme.yaml", "vocabulary.yaml"):
        shutil.copy(shipped() / name, folder)
    return keqiao.load_packs([folder], ours=False)


@pytest.fixture(scope="module")
def made(snapshot: Snapshot, few: Packs, tmp_path_factory: pytest.TempPathFactory) -> Path:
    bare = tmp_path_factory.mktemp("bare") / "snapshot"
    bare.mkdir()
    for name in ("facts.parquet", "manifest.json"):
        shutil.copy(snapshot.path / name, bare)
    out = tmp_path_factory.mktemp("verify") / "run"
    assess(Snapshot.open(bare), few, out, finish=lambda run: (run.path / "note.txt").write_text("附件"))
    return out


@pytest.fixture
def copy(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "run"))


def kinds(found: Verification) -> set[tuple[str, str]]:
    return {(finding.where, finding.kind) for finding in found.findings}


def forge(folder: Path, change: Callable[[dict[str, Any]], None] = lambda receipt: None) -> None:
    """Make a receipt that fits the files as they are, as someone who knows the format could."""
    receipt = json.loads((folder / RECEIPT).read_text("utf-8"))
    receipt["files"] = {name: file_hash(folder / name) for name in receipt["files"]}
    receipt["content"] = {name: content_hash(folder / name) for name in receipt["content"]}
    change(receipt)
    receipt["content_hash"] = run_hash(receipt)
    (folder / RECEIPT).write_text(render(signed(receipt)), "utf-8")


def set_outcome(folder: Path, row: int, code: int) -> str:
    """Change one outcome in a results file; the enterprise's id."""
    path = folder / "results" / "cn.tech_sme.parquet"
    table = pq.read_table(path)
    codes = table["outcome"].to_pylist()
    codes[row] = code
    pq.write_table(table.set_column(table.column_names.index("outcome"), "outcome", pa.array(codes, pa.int32())), path)
    return str(table["id"][row].as_py())


def test_an_untouched_run_is_verified(made: Path) -> None:
    found = verify_run(made)
    assert found.ok and found.files == len(FILES)
    assert [(r.rule, r.same) for r in found.replayed or ()] == [("cn.tech_sme", True), ("cn.size_class", True)]
    assert list(found.lines())[-1] == "核验通过"


def test_the_receipt_covers_every_file(made: Path) -> None:
    there = sorted(p.relative_to(made).as_posix() for p in made.rglob("*") if p.is_file())
    assert there == sorted([*FILES, RECEIPT]) and sorted(Run.open(made).receipt["files"]) == FILES


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("share", [0, 0.001, 0.31, 0.5, 0.77, 1])
def test_any_changed_byte_is_found_and_its_file_named(copy: Path, name: str, share: float) -> None:
    raw = bytearray((copy / name).read_bytes())
    raw[round(share * (len(raw) - 1))] ^= 1 << int(share * 7)
    (copy / name).write_bytes(raw)
    assert (name, "changed") in kinds(verify_run(copy, replay=False))


def test_any_changed_byte_of_the_receipt_is_found(copy: Path) -> None:
    whole = (copy / RECEIPT).read_bytes()
    for at in range(0, len(whole), len(whole) // 20):
        raw = bytearray(whole)
        raw[at] ^= 1
        (copy / RECEIPT).write_bytes(raw)
        try:
            found = {finding.where for finding in verify_run(copy, replay=False).findings}
        except KeqiaoError:  # no longer a receipt at all, which is told
            found = {RECEIPT}
        assert RECEIPT in found, at


def test_a_receipt_written_differently_is_told(copy: Path) -> None:
    (copy / RECEIPT).write_text(json.dumps(json.loads((copy / RECEIPT).read_text("utf-8"))), "utf-8")
    (finding,) = verify_run(copy, replay=False).findings
    assert finding.where == RECEIPT and "写法" in finding.text


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named(copy: Path, name: str) -> None:
    (copy / name).unlink()
    assert kinds(verify_run(copy, replay=False)) == {(name, "missing")}


@pytest.mark.parametrize("name", ["packs/9999-mine.yaml", "results/x.parquet", "snapshot/records/patent.parquet"])
def test_an_added_file_is_named(copy: Path, name: str) -> None:
    (copy / name).parent.mkdir(exist_ok=True)
    (copy / name).write_text("kind: list\n")
    assert kinds(verify_run(copy)) == {(name, "extra")}


def test_a_file_beside_the_run_is_a_note(copy: Path) -> None:
    (copy / "report.html").write_text("later")
    found = verify_run(copy, replay=False)
    assert found.ok and "report.html" in found.notes[0][0]


def test_nothing_is_decided_again_from_changed_facts(copy: Path) -> None:
    with (copy / "snapshot" / "facts.parquet").open("r+b") as file:
        file.seek(100)
        file.write(b"\xff\xff")
    found = verify_run(copy)
    assert not found.ok and found.replayed is None and "不能重算" in "".join(found.lines())


def test_a_changed_outcome_is_told_with_its_enterprise(copy: Path) -> None:
    id = set_outcome(copy, 3, 9)
    found = verify_run(copy)
    assert kinds(found) == {("results/cn.tech_sme.parquet", "changed"), ("cn.tech_sme", "replay")}
    told = next(f for f in found.findings if f.where == "cn.tech_sme")
    assert "后来被改过" in told.zh and "outcome 有 1 户不同" in told.zh and id in told.zh
    assert "outcome differs for 1" in told.en


def test_unreadable_results_are_told(copy: Path) -> None:
    (copy / "results" / "cn.tech_sme.parquet").write_bytes(b"no parquet")
    found = verify_run(copy)
    assert any("读不出来" in finding.zh for finding in found.findings)


def test_forged_results_with_a_fitting_receipt_do_not_come_out_again(copy: Path) -> None:
    id = set_outcome(copy, 5, 9)
    forge(copy)
    assert verify_run(copy, replay=False).ok
    found = verify_run(copy)
    assert kinds(found) == {("cn.tech_sme", "replay")}
    assert id in found.findings[0].zh and [r.same for r in found.replayed or ()] == [False, True]


def test_a_forged_pack_with_a_fitting_receipt_does_not_give_the_results(copy: Path) -> None:
    path = copy / "packs" / "0001-tech_sme.yaml"
    path.write_text(path.read_text("utf-8").replace("职工人数 <= 500人", "职工人数 <= 5人"), "utf-8")
    forge(copy)
    found = verify_run(copy)
    assert kinds(found) == {("cn.tech_sme", "replay")} and "c:employees" in found.findings[0].zh


def test_forged_facts_do_not_fit_their_manifest(copy: Path) -> None:
    path = copy / "snapshot" / "facts.parquet"
    table = pq.read_table(path)
    pq.write_table(table.set_column(table.column_names.index("name"), "name", pa.array(["甲"] * table.num_rows)), path)
    forge(copy)
    assert kinds(verify_run(copy)) == {("snapshot/facts.parquet", "content")}


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (lambda r: r["rules"]["cn.tech_sme"]["outcomes"].update(yes=0), "cn.tech_sme"),
        (lambda r: r.update(rows=1), RECEIPT),
        (lambda r: r["content"].update({"results/cn.tech_sme.parquet": "0" * 64}), "results/cn.tech_sme.parquet"),
        (lambda r: r["rules"].pop("cn.tech_sme"), None),
        (lambda r: r.pop("keep"), None),
        (lambda r: r.update(rules=[]), None),
        (lambda r: r["rules"].update({"cn.none": {}}), None),
    ],
)
def test_a_forged_receipt_is_found(copy: Path, change: Callable[[dict[str, Any]], None], where: str | None) -> None:
    forge(copy, change)
    found = verify_run(copy)
    assert not found.ok
    if where is not None:
        assert where in {finding.where for finding in found.findings}


def test_a_file_rewritten_with_the_same_values_counts_as_changed(copy: Path) -> None:
    path = copy / "results" / "cn.size_class.parquet"
    pq.write_table(pq.read_table(path), path, compression="none")
    found = verify_run(copy)
    assert (f"results/{path.name}", "changed") in kinds(found) and any("写法不同" in f.zh for f in found.findings)


def test_another_version_is_a_note(copy: Path) -> None:
    forge(copy, lambda receipt: receipt.update(duckdb="1.0.0"))
    found = verify_run(copy)
    assert found.ok and "duckdb 1.0.0" in found.notes[0][0]


def test_the_hash_of_a_very_large_manifest_is_left_out(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("keqiao.engine.verify.MANY", 10)
    found = verify_run(made)
    assert found.ok and "超过 10 户" in found.notes[0][0]


def test_rows_and_columns_that_one_side_lacks_are_counted(copy: Path) -> None:
    path = copy / "results" / "cn.size_class.parquet"
    table = pq.read_table(path).slice(2)
    pq.write_table(table.drop_columns(["class"]).append_column("mine", table["id"]), path)
    told = {finding.where: finding for finding in verify_run(copy).findings}["cn.size_class"]
    assert all(part in told.zh for part in ("多了列 class", "少了列 mine", "只在重算中的企业 2 户"))
    assert "columns gone: mine" in told.en and "2 enterprises only found again" in told.en


def test_english(copy: Path) -> None:
    (copy / "note.txt").unlink()
    use_language("en")
    try:
        lines = list(verify_run(Run.open(copy), replay=False).lines())
    finally:
        use_language("zh")
    assert lines[0] == "note.txt: the file is missing" and lines[-1] == "not verified: 1 findings"


def test_no_receipt_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(KeqiaoError, match="keqiao assess"):
        verify_run(tmp_path)


PEERS = """\
kind: scorecard
id: test.upper
title: 同行排位
recorded: 2026-01-01
status: illustrative
scores:
  - id: staff
    title: 人数排位
    cite: 试验
    value: 职工人数
    percentile: {points: 60, over: [划型行业]}
"""


@pytest.fixture(scope="module")
def ranked(snapshot: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("ranked")
    shutil.copy(shipped() / "vocabulary.yaml", folder)
    (folder / "upper.yaml").write_text(PEERS, "utf-8")
    return assess(snapshot, keqiao.load_packs([folder], ours=False), folder / "run")


def test_comparisons_with_peers_keep_the_order_and_come_out_again(ranked: Run) -> None:
    keys = ranked.results("test.upper", ["scheme", "id"])
    assert list(zip(keys["scheme"].to_pylist(), keys["id"].to_pylist(), strict=True)) == ranked.snapshot.keys()
    assert verify_run(ranked).ok


def test_forged_values_of_peers_do_not_come_out_again(ranked: Run, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(ranked.path, tmp_path / "run"))
    path = copy / "peers" / "values.parquet"
    table = pq.read_table(path)
    counts = pa.array([count + 1 for count in table["count"].to_pylist()])
    pq.write_table(table.set_column(table.column_names.index("count"), "count", counts), path)
    forge(copy)
    assert {finding.where for finding in verify_run(copy).findings} == {"peers/values.parquet"}
