"""Percentiles in a run: the table and one enterprise alone agree, and the run keeps what it compared with."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from keqiao.engine import Run, assess
from keqiao.engine.peers import SCHEMA, freeze_peers, read_peers
from keqiao.facts import Snapshot
from keqiao.packs.loader import Packs, load_packs
from keqiao.rules.peers import PeerTable

CARD = """\
kind: scorecard
id: test.peers
title: 同行
recorded: 2026-01-01
status: illustrative
scores:
  - id: intensity
    title: 研发强度排位
    cite: 试验
    value: 研发费用 / 营业收入
    percentile: {points: 60, over: [划型行业]}
  - id: size
    title: 高于同行
    cite: 试验
    ladder:
      - when: 营业收入 > median(营业收入) OVER (PARTITION BY 划型行业)
        points: 40
      - else: 0
require:
  all:
    - id: upper
      title: 前一半
      cite: 试验
      when: percentile(职工人数) OVER () >= 50%
"""


@pytest.fixture(scope="module")
def cards(tmp_path_factory: pytest.TempPathFactory) -> Packs:
    folder = tmp_path_factory.mktemp("packs")
    (folder / "peers.yaml").write_text(CARD, "utf-8")
    return load_packs([folder])


@pytest.fixture(scope="module")
def peers_run(snapshot: Snapshot, cards: Packs, tmp_path_factory: pytest.TempPathFactory) -> Run:
    return assess(snapshot, cards, tmp_path_factory.mktemp("runs") / "run", rules=["test.peers", "cn.tech_sme"])


def test_one_enterprise_ranks_as_in_the_table(peers_run: Run) -> None:
    rows = {row["id"]: row for row in peers_run.results("test.peers").to_pylist()}
    ranked = 0
    for (_, key), _, traces in peers_run.traces(["test.peers"]):
        trace, row = traces["test.peers"], rows[key]
        assert (trace.outcome_code, trace.total) == (row["outcome"], (row["score_low"], row["score_high"]))
        ranked += trace.points[0][0] == trace.points[0][1]
    assert ranked > 100


def test_the_run_keeps_its_peers_and_the_receipt_covers_them(peers_run: Run) -> None:
    assert "peers/values.parquet" in peers_run.receipt["files"]
    assert sum(pq.read_table(peers_run.path / "peers" / "values.parquet")["count"].to_pylist()) > 300


def test_a_run_without_comparisons_keeps_no_peers(run: Run) -> None:
    assert run.peers is None
    assert not (run.path / "peers").exists()


def test_the_reasons_name_the_peers(peers_run: Run) -> None:
    every = peers_run.traces(["test.peers"])
    key, trace = next((key, traces["test.peers"]) for (_, key), row, traces in every if row["employees"] is not None)
    staff = pq.read_table(peers_run.snapshot.facts_path, columns=["employees"])["employees"]
    clause = peers_run.explain("test.peers", key).to_dict()["because"][0]
    assert clause["peers"][0]["known"] == len(staff) - staff.null_count
    assert clause["left"] == clause["peers"][0]["value"] == trace.to_dict()["because"][0]["left"]


def test_peers_can_be_frozen_for_a_case_of_another_day(snapshot: Snapshot, cards: Packs, tmp_path: Path) -> None:
    freeze_peers(snapshot, cards, ["test.peers"]).write(tmp_path / "peers.json")
    facts = {"研发费用": "1亿元", "营业收入": "1亿元", "职工人数": "1000000人", "划型行业": "工业"}
    alone = cards["test.peers"].explain(facts)
    ranked = cards["test.peers"].explain(facts, peers=PeerTable.read(tmp_path / "peers.json"))
    assert (alone.outcome, alone.total) == ("unknown", (0, 1_000_000))
    assert ranked.outcome == "yes"
    assert ranked.points[0] == (600_000, 600_000)  # above every enterprise of the city


def test_nothing_to_freeze_gives_an_empty_table(snapshot: Snapshot, cards: Packs) -> None:
    assert freeze_peers(snapshot, cards, ["cn.tech_sme"]) == PeerTable()


def test_kept_values_read_back_by_partition_also_where_they_are_wide(tmp_path: Path) -> None:
    wide = 10**30
    rows = [
        ("a", "1", ["工业", "大"], 1, None, 1), ("a", "1", ["工业", "小"], 2, None, 2), ("a", "1", ["工业", "小"], wide, None, 1),
        ("a", "1", ["农业", "小"], 5, None, 1), ("b", "1/100", [], 1, 3, 1), ("b", "1/100", [], 1, 2, 4),
    ]  # fmt: skip
    columns = [pa.array(column, of.type) for column, of in zip(zip(*rows, strict=True), SCHEMA, strict=True)]
    (tmp_path / "peers").mkdir()
    pq.write_table(pa.Table.from_arrays(columns, schema=SCHEMA), tmp_path / "peers" / "values.parquet")
    found = read_peers(tmp_path)
    assert found is not None
    assert {key: list(of) for key, of in found.groups.items()} == {"a": [("工业", "大"), ("工业", "小"), ("农业", "小")], "b": [()]}
    small, ratios = found.group("a", ("工业", "小")), found.group("b", ())
    assert small is not None
    assert ratios is not None
    assert (small.percentile(wide, 1), small.median()) == ((5, 6), (2, 1))
    assert (ratios.percentile(1, 200), ratios.median()) == ((6, 10), (1, 200))


def test_no_known_value_keeps_an_empty_table(tmp_path: Path) -> None:
    (tmp_path / "peers").mkdir()
    pq.write_table(SCHEMA.empty_table(), tmp_path / "peers" / "values.parquet")
    assert read_peers(tmp_path) == PeerTable()
