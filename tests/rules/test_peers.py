"""Comparison with peers: counted by hand, looked up in a table, ranked in SQL, refused where it has no meaning."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from keqiao import load_packs
from keqiao.errors import KeqiaoError, RuleError
from keqiao.rules.case import CaseReader
from keqiao.rules.closures.rule import compile_rule
from keqiao.rules.model import OUTCOMES
from keqiao.rules.peers import PeerTable, key_of, peers_of
from keqiao.rules.reader import read_condition, read_value
from keqiao.rules.scope import Scope
from keqiao.rules.sql.compile import compile_sql, header
from keqiao.rules.sql.ir import Graph
from keqiao.rules.sql.lower import Lowering
from keqiao.rules.sql.peers import fetch_peers
from keqiao.rules.text import Writer
from keqiao.rules.trace import Trace
from properties.engines import Row, duck
from properties.packs import LISTS, build, head
from properties.words import VOCABULARY
from rules.small import AS_OF
from rules.traces import checked

SCOPE = Scope(VOCABULARY, scores=frozenset({"total"}), lists=LISTS, peers=True)
RANK = {"id": "rank", "title": "排位", "value": "研发费用", "percentile": {"points": 60, "over": ["行业"]}}


def rules_of(*items: dict[str, Any], **more: Any) -> Any:
    return build({"t.main": head("t.main", "scorecard") | {"scores": list(items)} | more})


def asking(text: str) -> dict[str, Any]:
    return {"require": {"id": "c", "title": "c", "when": text, "cite": "1"}}


def sql_of(rules: Any, dialect: str = "duckdb") -> str:
    return compile_sql(rules["t.main"], rules.__getitem__, as_of=AS_OF, year=2025, dialect=dialect, keys=("n",), conditions=True)


def columns(rules: Any) -> set[str]:
    found = compile_rule(rules["t.main"], rules.__getitem__)[1].slots
    return {f"{id}__{back}" if back else id for id, back in found}


def rank(rules: Any, *rows: Row) -> list[Row]:
    """What DuckDB decides for each row."""
    duck().load([{"titles": None} | row for row in rows], columns(rules))
    return duck().run(sql_of(rules))


def table(rules: Any, *rows: Row) -> PeerTable:
    """The rows frozen as peers."""
    duck().load([{"titles": None} | row for row in rows], columns(rules))
    found = peers_of(rules.values(), rules.__getitem__)
    return fetch_peers(Lowering(Graph(), AS_OF.toordinal(), 2025), found, lambda sql: duck().connection.execute(sql).fetchall())


def look_up(rules: Any, facts: dict[str, Any], peers: PeerTable | None) -> Trace:
    code, env = compile_rule(rules["t.main"], rules.__getitem__)
    trace = code.evaluate(CaseReader(VOCABULARY, env).read(facts, [], AS_OF, 2025, peers))
    trace.vocabulary = VOCABULARY
    return trace


def rd(*values: int | None, trade: str | None = "工业") -> list[Row]:
    return [{"rd": v, "trade": trade} for v in values]


# ---- counted by hand -------------------------------------------------------------------------------


def test_equal_peers_count_half() -> None:
    rows = rank(rules_of(RANK), *rd(1000, 2000, 2000, 3000))
    # (0 + ½·1)/4, (1 + ½·2)/4 twice, (3 + ½·1)/4 of 60 points
    assert [row["score_low"] for row in rows] == [75_000, 300_000, 300_000, 525_000]


def test_missing_values_are_no_peers_and_leave_a_range() -> None:
    rows = rank(rules_of(RANK), *rd(1000, None, 3000))
    assert [(row["low:rank"], row["high:rank"]) for row in rows] == [(150_000,) * 2, (0, 600_000), (450_000,) * 2]


def test_partitions_do_not_mix_and_a_missing_code_has_none() -> None:
    rows = rank(rules_of(RANK), *rd(1000, 2000), *rd(1), *rd(5000, trade=None), *rd(1, 1, trade="农业"))
    assert [(row["low:rank"], row["high:rank"]) for row in rows] == [
        (300_000,) * 2, (500_000,) * 2, (100_000,) * 2, (0, 600_000), (300_000,) * 2, (300_000,) * 2,
    ]  # fmt: skip


def test_without_a_partition_all_enterprises_are_peers() -> None:
    item = RANK | {"percentile": {"points": 10}}
    rows = rank(rules_of(item), *rd(1), *rd(2, trade="农业"), *rd(3, trade=None))
    assert [row["score_low"] for row in rows] == [16_667, 50_000, 83_333]  # 1/6, 3/6, 5/6 rounded half away


@pytest.mark.parametrize(
    ("values", "median"), [((100, 300, 200), 200), ((100, 200, None, 301, 500), Fraction(501, 2)), ((7,), 7), ((3, 3, 9, 9), 6)]
)
def test_a_median_is_the_middle_or_the_mean_of_the_middle_two(values: tuple[int | None, ...], median: Fraction) -> None:
    rules = rules_of(RANK, **asking("median(研发费用) OVER (PARTITION BY 行业) > 0元"))
    rows = rank(rules, *rd(*values))
    assert {row["m:c"] for row in rows} == {int(median + Fraction(1, 2))}  # shown in whole 分
    group = table(rules, *rd(*values)).group("median(rd) OVER (PARTITION BY trade)", ("工业",))
    assert group is not None
    assert Fraction(*group.median()) == Fraction(median, 100)


def test_the_median_of_peers_stands_also_where_the_own_value_is_missing() -> None:
    rows = rank(rules_of(RANK, **asking("median(研发费用) OVER (PARTITION BY 行业) >= 2元")), *rd(100, None, 400), *rd(None, trade="农业"))
    assert [row["outcome"] for row in rows] == [3, 3, 3, 1]


def test_quotients_that_differ_by_less_than_any_decimal_are_told_apart() -> None:
    rules = rules_of({**RANK, "value": "研发费用 / 营业收入", "percentile": {"points": 3}})
    a, b, c = 308061521170129, 498454011879264, 806515533049393  # Fibonacci numbers: a/b and b/c differ by 1/(b c)
    assert abs(Fraction(a, b) - Fraction(b, c)) == Fraction(1, b * c) < Fraction(1, 10**29)
    pairs = [(a, b), (b, c), (a, c), (-a, b), (-b, c), (1, 2), (-3, 2), (b // 2, b)]
    rows = rank(rules, *({"rd": n, "revenue": d} for n, d in pairs))
    order = sorted(Fraction(n, d) for n, d in pairs)
    for (n, d), row in zip(pairs, rows, strict=True):
        x = Fraction(n, d)
        share = (order.index(x) + Fraction(order.count(x), 2)) / len(order)
        assert row["score_low"] == int(share * 30_000 + Fraction(1, 2))
    peers = table(rules, *({"rd": n, "revenue": d} for n, d in pairs))
    group = peers.group("percentile(rd / revenue) OVER ()", ())
    assert group is not None
    assert (group.known, len(group.nums)) == (8, 7)  # 1/2 and (b/2)/b are one value
    assert Fraction(*group.percentile(b, c)) == Fraction(order.index(Fraction(b, c)) * 2 + 1, 16)


# ---- one case --------------------------------------------------------------------------------------


def test_without_peers_an_item_keeps_its_whole_range_and_says_why() -> None:
    trace = look_up(rules_of(RANK), {"研发费用": "10万元", "行业": "工业"}, None)
    assert (trace.outcome, trace.missing, trace.total) == ("unknown", [], (0, 600_000))
    assert checked(trace)["items"][0]["peers"] == [
        {"text": "percentile(研发费用) OVER (PARTITION BY 行业)", "partition": {"行业": "工业"}, "reason": "需要同行数据"}
    ]


@pytest.mark.parametrize("facts", [{"行业": "工业"}, {"研发费用": "1元"}, {}])
def test_missing_facts_of_a_comparison_are_listed(facts: dict[str, Any]) -> None:
    rules = rules_of(RANK)
    given = {VOCABULARY.find(name).id for name in facts}  # type: ignore[union-attr]
    trace = look_up(rules, facts, table(rules, *rd(1, 2, 3)))
    assert (trace.outcome, set(trace.missing), trace.total) == ("unknown", {"rd", "trade"} - given, (0, 600_000))


JUDGED = "percentile(CASE WHEN 重点领域 THEN 研发费用 ELSE 营业收入 END) OVER (PARTITION BY 行业) >= 50%"


@pytest.mark.parametrize(("trade", "outcome"), [("工业", "refer"), (None, "unknown")])
def test_judgement_alone_refers_but_not_where_the_code_is_missing_too(trade: str | None, outcome: str) -> None:
    rules = rules_of(RANK, **asking(JUDGED))
    assert OUTCOMES[rank(rules, {"rd": 1, "revenue": 2, "trade": trade})[0]["outcome"]] == outcome
    facts = {"研发费用": "1元", "营业收入": "2元"} | ({"行业": trade} if trade else {})
    assert look_up(rules, facts, table(rules, *rd(1))).outcome == outcome


def test_wanting_peers_are_unknown_also_beside_a_judgement() -> None:
    judged = {"id": "field", "title": "领域", "ladder": [{"when": "重点领域", "points": 5}, {"else": 0}]}
    trace = look_up(rules_of(RANK, judged), {"研发费用": "1元", "行业": "工业"}, None)
    assert (trace.outcome, trace.missing) == ("unknown", [])


def test_a_case_outside_a_frozen_table_is_not_counted_itself() -> None:
    rules = rules_of(RANK)
    peers = table(rules, *rd(1000, 2000, 2000, 3000))
    points = {text: look_up(rules, {"研发费用": text, "行业": "工业"}, peers).total for text in ("1元", "20元", "25元", "99元")}
    assert points == {"1元": (0, 0), "20元": (300_000,) * 2, "25元": (450_000,) * 2, "99元": (600_000,) * 2}


def test_a_trace_shows_the_share_how_many_are_known_and_the_partition() -> None:
    rules = rules_of(RANK, **asking("percentile(研发费用) OVER (PARTITION BY 行业) >= 75%"))
    found = checked(look_up(rules, {"研发费用": "20元", "行业": "工业"}, table(rules, *rd(1000, 2000, None, 3000))))
    peers = {"text": "percentile(研发费用) OVER (PARTITION BY 行业)", "value": "50%", "known": 3, "partition": {"行业": "工业"}}
    assert found["items"][0] | {"title": "", "text": ""} == {
        "id": "rank", "title": "", "text": "", "value": "50%", "peers": [peers], "low": 30, "high": 30,
    }  # fmt: skip
    clause = found["because"][0]
    assert (clause["outcome"], clause["left"], clause["margin"], clause["peers"]) == ("no", "50%", "-25%", [peers])
    english = look_up(rules, {"研发费用": "20元", "行业": "农业"}, table(rules, *rd(1))).to_dict("en")
    assert english["items"][0]["peers"][0]["reason"] == "needs the data of the peers"


def test_peers_without_the_partition_leave_it_unknown() -> None:
    rules = rules_of(RANK, **asking("median(研发费用) OVER (PARTITION BY 行业) >= 2元"))
    trace = look_up(rules, {"行业": "农业"}, table(rules, *rd(1, 2)))
    assert (trace.outcome, trace.missing) == ("unknown", [])


# ---- the table as a file ---------------------------------------------------------------------------


def test_a_table_reads_back_as_it_was_written(tmp_path: Path) -> None:
    rules = rules_of(RANK, RANK | {"id": "i", "value": "研发费用 / 营业收入"})
    peers = table(rules, *({"rd": n, "revenue": 3, "trade": "工业"} for n in (5, 1, 6, 1)))
    peers.write(tmp_path / "peers.json")
    again = PeerTable.read(tmp_path / "peers.json")
    for key in peers.groups:
        first, second = peers.group(key, ("工业",)), again.group(key, ("工业",))
        assert first is not None
        assert second is not None
        assert [first.percentile(n, 100) for n in range(10)] == [second.percentile(n, 100) for n in range(10)]
    assert not any(isinstance(x, float) for g in json.loads((tmp_path / "peers.json").read_text("utf-8"))["groups"] for x in g["nums"])


GROUP = {"expression": "x", "codes": [], "factor": "1", "nums": [1, 2], "upto": [1, 3]}


@pytest.mark.parametrize(
    "change",
    [
        {"nums": [2, 1]}, {"nums": [1.5, 2]}, {"upto": [3, 1]}, {"upto": [0, 1]}, {"nums": []}, {"dens": [1, 0]},
        {"dens": [1]}, {"factor": "0"}, {"factor": "1/0"}, {"dens": [1, 2]}, {"nums": None},
    ],
)  # fmt: skip
def test_a_damaged_table_is_refused(change: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "peers.json"
    path.write_text(json.dumps({"format": 1, "groups": [GROUP | change]}), "utf-8")
    with pytest.raises(KeqiaoError, match="同行数据表"):
        PeerTable.read(path)


@pytest.mark.parametrize("text", ["", "[]", '{"format": 2, "groups": []}'])
def test_what_is_no_table_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "x").write_text(text, "utf-8")
    with pytest.raises(KeqiaoError, match="同行数据表"):
        PeerTable.read(tmp_path / "x")


def test_equal_expressions_have_one_key_however_their_numbers_are_written() -> None:
    keys = {key_of(read_value(f"percentile(研发费用 * {x}) OVER ()", SCOPE)) for x in ("0.3", "30%", "300‰")}  # type: ignore[arg-type]
    assert keys == {"percentile(rd * 3/10 ratio) OVER ()"}


# ---- texts -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        ("percentile(研发费用) OVER (PARTITION BY 行业)", "研发费用在同一行业企业中的分位", "percentile of rd among enterprises of the same trade"),
        ("median(研发费用) OVER ()", "研发费用在全部企业中的中位数", "median of rd among all enterprises"),
    ],
)
def test_comparisons_read_back_and_can_be_said(text: str, zh: str, en: str) -> None:
    node = read_value(text, SCOPE)
    assert Writer(VOCABULARY).write(node) == text
    assert read_value(Writer(VOCABULARY, "en").write(node), SCOPE) == node
    assert (Writer(VOCABULARY, prose=True).write(node), Writer(VOCABULARY, "en", prose=True).write(node)) == (zh, en)


REFUSED = [
    ("percentile(研发费用)", 1, "OVER"),
    ("median(研发费用) > 1元", 1, "OVER"),
    ("percentile(研发费用, 2) OVER ()", 1, "写法应为"),
    ("percentile(研发费用) OVER (PARTITION BY 行业 ORDER BY 地区)", 1, "写法应为"),
    ("percentile(研发费用) OVER (ROWS 3 PRECEDING)", 1, "写法应为"),
    ("percentile(行业) OVER ()", 12, "应是数"),
    ("percentile(score('total')) OVER ()", 12, "不能含得分"),
    ("percentile(count_yes(亏损)) OVER ()", 12, "不能含得分"),
    ("percentile(percentile(研发费用) OVER ()) OVER ()", 12, "另一个同行比较"),
    ("percentile(研发费用) OVER (PARTITION BY 营业收入)", 37, "代码"),
    ("known(percentile(研发费用) OVER ())", 7, "known"),
    ("first_known(percentile(研发费用) OVER (), 0%)", 13, "first_known"),
    ("row_number() OVER ()", 1, "不能用"),
]


@pytest.mark.parametrize(("text", "column", "part"), REFUSED)
def test_other_windows_are_refused_at_their_place(text: str, column: int, part: str) -> None:
    with pytest.raises(RuleError, match=part) as caught:
        read_value(text, SCOPE)
    assert (caught.value.line, caught.value.column) == (1, column)


# ---- SQL -------------------------------------------------------------------------------------------


def test_spark_orders_missing_values_last() -> None:
    sql = sql_of(rules_of(RANK), "spark")
    assert "RANK() OVER (PARTITION BY `trade` ORDER BY `rd` NULLS LAST)" in sql
    assert "COUNT(`rd`) OVER (PARTITION BY `trade`)" in sql


def test_the_head_of_a_compiled_rule_asks_for_the_whole_table() -> None:
    ranked, plain = rules_of(RANK)["t.main"], rules_of(RANK | {"percentile": None, "linear": {"full": "1元", "points": 1}})["t.main"]
    assert ["全部企业" in header(rule, AS_OF, 2025, "spark") for rule in (ranked, plain)] == [True, False]


def test_a_divisor_too_wide_to_be_ordered_exactly_is_refused() -> None:
    with pytest.raises(RuleError, match="不能精确排序"):
        sql_of(rules_of(RANK | {"value": "研发费用 / (营业收入 * 职工人数 * 评审得分)"}))


# ---- the documents ---------------------------------------------------------------------------------

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "language.md"


def test_the_examples_of_the_language_page_are_for_scorecards_only() -> None:
    vocabulary = load_packs().vocabulary
    block = PAGE.read_text("utf-8").partition("```scorecard\n")[2].partition("```")[0]
    assert len(block.splitlines()) >= 4
    for text in block.splitlines():
        read_condition(text, Scope(vocabulary, peers=True))
        with pytest.raises(RuleError, match="只能用于评分卡"):
            read_condition(text, Scope(vocabulary))
