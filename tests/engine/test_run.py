"""Runs over a snapshot: equal to single cases, complete or absent, with a receipt."""

from __future__ import annotations

from pathlib import Path

import pytest

from keqiao.engine import Run, assess
from keqiao.engine.folders import file_hash, new_folder
from keqiao.engine.run import table_facts
from keqiao.errors import KeqiaoError
from keqiao.facts import Snapshot
from keqiao.packs.loader import Packs, load_packs


def test_table_and_single_cases_decide_alike(run: Run) -> None:
    results = {id: run.results(id) for id in run.rules}
    table = {
        id: dict(zip(t["id"].to_pylist(), t["outcome"].to_pylist(), strict=True)) for id, t in results.items()
    }
    seen = 0
    for (_, key), _, traces in run.traces(run.rules):
        for id, trace in traces.items():
            assert table[id][key] == trace.outcome_code, (id, key)
            seen += 1
    assert seen == 150 * len(run.rules)


def test_table_and_single_cases_give_equal_points(run: Run) -> None:
    rows = {row["id"]: row for row in run.results("cn.innovation_points").to_pylist()}
    for (_, key), _, traces in run.traces(["cn.innovation_points"]):
        assert traces["cn.innovation_points"].total == (rows[key]["score_low"], rows[key]["score_high"])


def test_snapshot_cases_read_as_texts_decide_like_stored_values(run: Run) -> None:
    rule = run.packs["cn.tech_sme"]
    for case in list(run.snapshot.cases())[:40]:
        trace = rule.explain(case["facts"], holds=case.get("holds"), as_of=run.as_of, year=run.year)
        assert trace.to_dict()["because"] == run.explain("cn.tech_sme", case["id"]).to_dict()["because"]


def test_receipt_counts_what_the_parquet_holds(run: Run) -> None:
    for id in run.rules:
        codes = run.results(id)["outcome"].to_pylist()
        counts = run.receipt["rules"][id]["outcomes"]
        assert [counts[name] for name in run.receipt["outcomes"]] == [codes.count(i) for i in range(4)]


def test_receipt_hashes_the_files_as_they_are(run: Run) -> None:
    for name, digest in run.receipt["files"].items():
        assert file_hash(run.path / name) == digest


def test_receipt_says_what_is_synthetic_and_illustrative(run: Run) -> None:
    assert "合成" in run.receipt["label"]
    assert run.receipt["rules"]["cn.innovation_points"]["status"] == "illustrative"


def test_same_input_gives_the_same_bytes(run: Run, snapshot: Snapshot, packs: Packs, tmp_path: Path) -> None:
    again = assess(snapshot, packs, tmp_path / "again")
    assert again.receipt["files"] == run.receipt["files"]


def test_named_rules_only(snapshot: Snapshot, packs: Packs, tmp_path: Path) -> None:
    made = assess(snapshot, packs, tmp_path / "one", rules=["cn.size_class"])
    assert made.rules == ["cn.size_class"]


def test_unknown_rule_leaves_nothing(snapshot: Snapshot, packs: Packs, tmp_path: Path) -> None:
    with pytest.raises(KeqiaoError, match=r"cn\.nothing"):
        assess(snapshot, packs, tmp_path / "none", rules=["cn.nothing"])
    assert list(tmp_path.iterdir()) == []


def test_existing_output_is_refused_and_kept(snapshot: Snapshot, packs: Packs, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(KeqiaoError, match="已经存在"):
        assess(snapshot, packs, tmp_path)
    assert (tmp_path / "mine.txt").read_text() == "mine"


@pytest.mark.parametrize("stop", [KeyboardInterrupt, RuntimeError])
def test_interrupted_run_leaves_nothing(
    snapshot: Snapshot, packs: Packs, tmp_path: Path, stop: type[BaseException]
) -> None:
    def progress(step: str, done: int, total: int) -> None:
        if done == 2:
            raise stop

    with pytest.raises(stop):
        assess(snapshot, packs, tmp_path / "run", progress=progress)
    assert list(tmp_path.iterdir()) == []


def test_full_disk_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(KeqiaoError, match="没有留下任何文件"), new_folder(tmp_path / "x") as folder:
        (folder / "no" / "such" / "folder").write_text("")
    assert list(tmp_path.iterdir()) == []


def test_replace_takes_the_place_of_an_earlier_folder(tmp_path: Path) -> None:
    for text in ("first", "second"):
        with new_folder(tmp_path / "x", replace=True) as folder:
            (folder / "file").write_text(text)
    assert (tmp_path / "x" / "file").read_text() == "second"


def test_run_keeps_its_own_packs_and_facts(
    snapshot: Snapshot, packs: Packs, tmp_path: Path
) -> None:
    overlay = tmp_path / "local"
    overlay.mkdir()
    (overlay / "rule.yaml").write_text(
        "kind: standard\nid: local.small\ntitle: 小企业\nrecorded: 2026-11-21\nstatus: local\n"
        "require:\n  all:\n    - id: few\n      title: 不超过50人\n      when: 职工人数 <= 50人\n      cite: 第一条\n",
        encoding="utf-8",
    )
    made = assess(snapshot, load_packs([overlay]), tmp_path / "run", rules=["local.small"])
    (overlay / "rule.yaml").unlink()
    opened = Run.open(tmp_path / "run")
    id = opened.results("local.small")["id"][0].as_py()
    assert opened.explain("local.small", id).to_dict()["because"][0]["id"] == "few"
    assert made.receipt == opened.receipt


def test_explain_of_an_unknown_enterprise_or_rule_says_so(run: Run) -> None:
    with pytest.raises(KeqiaoError, match="没有企业"):
        run.explain("cn.tech_sme", "nobody")
    with pytest.raises(KeqiaoError, match="没有规则"):
        run.explain("cn.nothing", "nobody")


def test_key_may_name_its_scheme(run: Run) -> None:
    id = run.results("cn.tech_sme")["id"][0].as_py()
    assert run.explain("cn.tech_sme", f"uscc:{id}").outcome == run.explain("cn.tech_sme", id).outcome


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 99}'])
def test_broken_receipt_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "receipt.json").write_text(text)
    with pytest.raises(KeqiaoError):
        Run.open(tmp_path)


def test_complete_columns_have_no_null(snapshot: Snapshot) -> None:
    import pyarrow.parquet as pq

    facts = table_facts(snapshot)
    table = pq.read_table(snapshot.facts_path)
    expected = {n for n in table.column_names if not table.column(n).null_count} - {"titles"}
    assert facts.complete == expected
    assert facts.present == set(table.column_names)
