"""All reasons as Parquet, against the traces."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from keqiao.engine import Run, assess
from keqiao.errors import KeqiaoError
from keqiao.reports import write_reasons, write_workbook
from keqiao.rules.closures.tree import Told
from keqiao.rules.model import OUTCOMES, YES, Branch


def _told(told: Told, *, top: bool = True) -> set[tuple[str, str]]:
    """Conditions that are not met, under groups that are not."""
    node = told.tree.node
    group = isinstance(node, Branch) and node.kind != "not"
    if told.outcome == YES:
        return set()
    if group and told.parts is not None:
        return set().union(*(_told(part, top=False) for part in told.parts))
    return {(node.id, OUTCOMES[told.outcome])}


@pytest.mark.parametrize("name", ["city", "mixed"])
def test_reasons_are_the_conditions_that_the_traces_tell(name: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    run: Run = request.getfixturevalue(name)
    rows = pq.read_table(write_reasons(run, tmp_path / "r.parquet")).to_pylist()
    found: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for row in rows:
        found.setdefault((row["id"], row["rule"]), set()).add((row["clause"], row["outcome"]))
    expected: dict[tuple[str, str], set[tuple[str, str]]] = {}
    rules = [id for id in run.rules if run.rule(id).require is not None]
    for (_, id), _, traces in run.traces(rules):
        for rule, trace in traces.items():
            if trace.told is not None and trace.in_force and trace.outcome_code != YES:
                expected[id, rule] = _told(trace.told)
    assert found == expected


def test_margins_and_citations_stand_beside(mixed: Run, tmp_path: Path) -> None:
    rows = pq.read_table(write_reasons(mixed, tmp_path / "r.parquet", rules=["x.all"])).to_pylist()
    row = next(row for row in rows if (row["id"], row["clause"]) == ("B2", "revenue"))
    assert (row["title"], row["cite"], row["rule_outcome"]) == ("收入够大", "第一条", "no")
    assert row["margin"] == -3_500 * 10_000 * 100  # 分


def test_a_run_without_conditions_gives_an_empty_table(mixed: Run, tmp_path: Path) -> None:
    assert pq.read_table(write_reasons(mixed, tmp_path / "r.parquet", rules=["x.linear"])).num_rows == 0


def test_refusals(mixed: Run, tmp_path: Path) -> None:
    (tmp_path / "r.parquet").write_text("mine")
    with pytest.raises(KeqiaoError, match="已经存在"):
        write_reasons(mixed, tmp_path / "r.parquet")
    with pytest.raises(KeqiaoError, match="没有留下任何文件"):
        write_reasons(mixed, tmp_path / "r.parquet" / "x.parquet")
    bare = assess(mixed.snapshot, mixed.packs, tmp_path / "bare", rules=["x.all"], keep="outcomes")
    with pytest.raises(KeqiaoError, match="只留了结论"):
        write_reasons(bare, tmp_path / "b.parquet")
    assert not (tmp_path / "b.parquet").exists()
    with pytest.raises(KeqiaoError, match="只保留了结论"):
        write_workbook(bare, tmp_path / "b.xlsx")
