"""A small innovation scorecard on 803 real firms must rank them as citations and the market do."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import keqiao
from keqiao.rules.trace import Trace

SCORECARD = """kind: scorecard
id: test.innovation
title: 六项创新指标
recorded: 2026-11-21
status: illustrative
define:
  增速: CASE WHEN prior(研发费用, 1) > 0元 THEN growth(研发费用) ELSE 0% END
scores:
  - {id: rd, title: 研发费用, cite: 试, value: 研发费用, linear: {full: 20亿元, points: 20}}
  - {id: rd_growth, title: 研发增速, cite: 试, value: 增速, linear: {full: 40%, points: 10}}
  - {id: intensity, title: 研发强度, cite: 试, value: 研发费用 / 营业收入, linear: {full: 50%, points: 20}}
  - {id: per_head, title: 人均研发, cite: 试, value: 研发费用 / 职工人数, linear: {full: 50万元/人, points: 15}}
  - {id: patents, title: 发明专利, cite: 试, value: 发明专利申请量, linear: {full: 50件, points: 20}}
  - {id: patents_per_head, title: 人均专利, cite: 试, value: 发明专利申请量 / 职工人数, linear: {full: 0.02件/人, points: 15}}
"""
YEAR = 1995


def ranks(values: list[float]) -> list[float]:
    """Average ranks."""
    order = sorted(range(len(values)), key=values.__getitem__)
    found = [0.0] * len(values)
    i = 0
    while i < len(order):
        j = i
        while j + 1 < len(order) and values[order[j + 1]] == values[order[i]]:
            j += 1
        for k in range(i, j + 1):
            found[order[k]] = (i + j) / 2
        i = j + 1
    return found


def spearman(a: list[float], b: list[float]) -> float:
    x, y = ranks(a), ranks(b)
    mean = (len(a) - 1) / 2
    cov = sum((p - mean) * (q - mean) for p, q in zip(x, y, strict=True))
    return cov / (sum((p - mean) ** 2 for p in x) * sum((q - mean) ** 2 for q in y)) ** 0.5


@pytest.fixture
def scored(shared: Path, tmp_path: Path) -> list[tuple[Trace, dict[str, float]]]:
    """Traces of the firms of one year with the row they come from."""
    (tmp_path / "card.yaml").write_text(SCORECARD, encoding="utf-8")
    rule = keqiao.load_packs([tmp_path])["test.innovation"]
    rows = pq.read_table(shared / "data" / "rd_patents" / "sandwich_InstInnovation.parquet").to_pylist()
    before = {r["company"]: r for r in rows if r["year"] == YEAR - 1}
    found = []
    for row in rows:
        if row["year"] != YEAR or row["tobinq"] is None:
            continue
        prior = before.get(row["company"])
        facts = {
            "研发费用": {str(YEAR): _million(row["randd"]), str(YEAR - 1): _million(prior["randd"]) if prior else None},
            "营业收入": _million(row["sales"]),
            "职工人数": round(row["employment"] * 1000),
            "发明专利申请量": row["patents"],
        }
        found.append((rule.explain(facts, as_of=dt.date(2026, 11, 21), year=YEAR), row))
    return found


def _million(amount: float) -> str:
    return f"{amount:.2f}百万元"


def test_every_firm_with_a_year_before_is_scored(scored: list[tuple[Trace, dict[str, float]]]) -> None:
    certain = [trace for trace, _ in scored if trace.outcome == "yes"]
    assert len(certain) > 500
    assert all(trace.missing == ["rd_expense"] for trace, _ in scored if trace.outcome == "unknown")


def test_score_ranks_with_citations_and_tobins_q(scored: list[tuple[Trace, dict[str, float]]]) -> None:
    certain = [(trace.total[0], row) for trace, row in scored if trace.outcome == "yes" and trace.total]
    points = [float(p) for p, _ in certain]
    assert spearman(points, [float(row["cites"]) for _, row in certain]) > 0.6
    assert spearman(points, [float(row["tobinq"]) for _, row in certain]) > 0.2
