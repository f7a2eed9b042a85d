"""Runs over a snapshot: equal to single cases, complete or absent, with a receipt."""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from keqiao.engine import Run, assess
from keqiao.engine.deciding import database, deciding, storable, table_facts
from keqiao.engine.explaining import Explaining
from keqiao.engine.folders import file_hash, link_folder, new_folder
from keqiao.engine.settings import Settings, settings_of
from keqiao.errors import KeqiaoError
from keqiao.facts import Snapshot
from keqiao.facts.snapshot import write_snapshot
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


def test_rules_explained_together_give_the_traces_of_each_alone(run: Run) -> None:
    together = Explaining(run.packs, run.rules, run.as_of)
    for case in list(run.snapshot.cases())[:10]:
        found = together.read(case["facts"], run.year, holds=case.get("holds"), id=case["id"])
        for id in run.rules:
            alone = run.packs[id].explain(
                case["facts"], holds=case.get("holds"), as_of=run.as_of, year=run.year, id=case["id"]
            )
            assert found[id].to_dict() == alone.to_dict()


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
    facts = table_facts(snapshot)
    table = pq.read_table(snapshot.facts_path)
    expected = {n for n in table.column_names if not table.column(n).null_count} - {"titles"}
    assert facts.complete == expected
    assert facts.present == set(table.column_names)


def test_only_the_asked_columns_are_read(run: Run) -> None:
    assert run.results("cn.tech_sme", ["id", "outcome"]).column_names == ["id", "outcome"]


def test_outcomes_alone_are_those_of_the_whole(run: Run, snapshot: Snapshot, packs: Packs, tmp_path: Path) -> None:
    made = assess(snapshot, packs, tmp_path / "run", rules=["cn.tech_sme", "cn.size_class"], keep="outcomes")
    for id, extra in (("cn.tech_sme", ["score_low", "score_high"]), ("cn.size_class", ["class"])):
        found = made.results(id)
        assert found.column_names == ["scheme", "id", "outcome", *extra]
        assert found.equals(run.results(id, found.column_names))


def test_every_file_of_the_snapshot_goes_along(snapshot: Snapshot, packs: Packs, tmp_path: Path) -> None:
    copy = tmp_path / "snapshot"
    link_folder(snapshot.path, copy)
    (copy / "records").mkdir(exist_ok=True)
    pq.write_table(pa.table({"id": ["a"]}), copy / "records" / "mine.parquet")
    made = assess(Snapshot.open(copy), packs, tmp_path / "run", rules=["cn.size_class"])
    assert (made.path / "snapshot" / "records" / "mine.parquet").exists()
    assert "snapshot/records/mine.parquet" in made.receipt["content"]


def test_files_that_finish_adds_are_in_the_receipt(snapshot: Snapshot, packs: Packs, tmp_path: Path) -> None:
    made = assess(
        snapshot, packs, tmp_path / "run", rules=["cn.size_class"], finish=lambda run: (run.path / "note.txt").write_text("")
    )
    assert made.receipt["files"]["note.txt"] == file_hash(made.path / "note.txt")


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """So many enterprises that results have several groups of rows."""
    rows = 300_000
    dice = np.random.default_rng(3)
    table = pa.table(
        {
            "scheme": ["other"] * rows,
            "id": [f"E{i:06d}" for i in range(rows)],
            "employees": pa.array(dice.integers(1, 2_000, rows) * 10_000, mask=dice.random(rows) < 0.1),
            "revenue": pa.array(dice.integers(0, 10**11, rows), mask=dice.random(rows) < 0.1),
            "size_industry": dice.choice(np.array(["工业", "批发业", "建筑业"]), rows),
        }
    )
    out = tmp_path_factory.mktemp("large") / "snapshot"
    write_snapshot(table, {"year": 2025, "as_of": "2026-11-21"}, out)
    return Snapshot.open(out)


def test_threads_do_not_count_and_equal_settings_give_equal_bytes(large: Snapshot, packs: Packs, tmp_path: Path) -> None:
    one, two, again = (
        assess(large, packs, tmp_path / name, rules=["cn.size_class"], threads=threads, memory=memory)
        for name, threads, memory in (("one", 1, "1GB"), ("two", 2, "200MB"), ("again", 2, "200MB"))
    )
    name = "results/cn.size_class.parquet"
    assert pq.read_metadata(one.path / name).num_row_groups > 1
    assert one.receipt["content_hash"] == two.receipt["content_hash"]
    assert (two.path / name).read_bytes() == (again.path / name).read_bytes()
    assert two.receipt == again.receipt


def test_rows_stand_in_the_order_of_the_snapshot(large: Snapshot, packs: Packs, tmp_path: Path) -> None:
    made = assess(large, packs, tmp_path / "run", rules=["cn.size_class"], threads=2, keep="outcomes")
    assert made.results("cn.size_class", ["id"])["id"].equals(pq.read_table(large.facts_path, columns=["id"])["id"])


def test_one_enterprise_of_many_is_found(large: Snapshot, packs: Packs, tmp_path: Path) -> None:
    made = assess(large, packs, tmp_path / "run", rules=["cn.size_class"], keep="outcomes")
    assert made.find("other:E299999") == ("other", "E299999")
    table = made.results("cn.size_class").slice(299_999, 1).to_pylist()[0]
    assert made.explain("cn.size_class", "E299999").outcome_code == table["outcome"]


def test_numbers_wider_than_64_bits_keep_their_digits(tmp_path: Path) -> None:
    """A margin of 10**30 and one, which Parquet could only hold as a float or a decimal."""
    with database(settings_of(), tmp_path / "spill") as connection:
        connection.execute("CREATE VIEW facts AS SELECT 1 AS x")
        query = storable(connection, f"SELECT CAST({10**30 + 1} AS HUGEINT) AS \"m:a\", x FROM facts")
        assert connection.sql(query).to_arrow_table().to_pylist() == [{"m:a": Decimal(10**30 + 1), "x": 1}]


def test_too_little_memory_says_what_to_do(large: Snapshot, packs: Packs, tmp_path: Path) -> None:
    settings = Settings(2 * 10**6, 4)
    with pytest.raises(KeqiaoError, match="--memory"), deciding(large, packs, settings, "conditions", tmp_path / "x") as decide:
        decide.write(packs.version("cn.size_class", large.as_of), tmp_path / "out.parquet")


def test_damaged_facts_are_told_and_nothing_is_left(large: Snapshot, packs: Packs, tmp_path: Path) -> None:
    damaged = Path(shutil.copytree(large.path, tmp_path / "facts"))
    with (damaged / "facts.parquet").open("r+b") as file:
        for at in range(1_000, 1_000_000, 500):
            file.seek(at)
            file.write(b"\xa5\x5a\xff")
    with pytest.raises(KeqiaoError, match="重新导入"):
        assess(Snapshot.open(damaged), packs, tmp_path / "run", rules=["cn.size_class"])
    assert [path.name for path in tmp_path.iterdir()] == ["facts"]
