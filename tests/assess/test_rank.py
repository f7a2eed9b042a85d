"""Ranking and selection, against lists worked out by hand."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from assess.assess_sample import Run
from keqiao.assess import rank
from keqiao.engine import assess
from keqiao.errors import KeqiaoError


def test_equal_points_share_a_rank_and_stand_by_key(run: Run) -> None:
    # A, B 30+20; C 10+20; D 10+0; E 20+20; F between 10+0 and 30+20; G 20+0
    found = rank(run, "t.card")
    assert [(row.rank, row.key, row.text) for row in found.rows] == [
        (1, "A", "50分"), (1, "B", "50分"), (3, "E", "40分"), (4, "C", "30分"), (5, "G", "20分"), (6, "F", "10~50分"), (7, "D", "10分"),
    ]  # fmt: skip
    assert [row.outcome for row in found.rows] == ["yes"] * 5 + ["unknown", "yes"]


def test_tie_breaks_are_written_and_taken(run: Run) -> None:
    found = rank(run, "t.card:share", top=3, ties=["职工人数 asc"])
    assert [(row.rank, row.key, row.ties) for row in found.rows] == [(1, "C", ("50人",)), (2, "E", ("90人",)), (3, "A", ("100人",))]
    assert found.tie_heads == ("职工人数（由低到高）",)
    assert "再按职工人数由低到高" in found.order
    assert found.left_out == {"名次在名单之后": 4}


def test_unknown_comes_last_and_is_never_zero(run: Run) -> None:
    found = rank(run, "营业收入")
    assert [(row.rank, row.key) for row in found.rows][-2:] == [(6, "C"), (None, "F")]
    assert (found.rows[-1].text, found.rows[-1].low) == ("未知", None)
    assert (found.rows[0].low, found.unit) == (6000, "万元")
    assert found.rows[0].text == "6000万元"


def test_unknown_is_not_among_the_top(run: Run) -> None:
    found = rank(run, "revenue", top=7)
    assert [row.key for row in found.rows] == ["A", "B", "E", "G", "D", "C"]
    assert [(row.key, row.reason) for row in found.dropped] == [("F", "排名依据未知，不参加排名")]
    assert found.left_out == {"排名依据未知": 1}


def test_lowest_first(run: Run) -> None:
    assert [row.key for row in rank(run, "职工人数 asc", top=2).rows] == ["C", "G"]


def test_a_bare_rule_stands_for_its_outcome(run: Run) -> None:
    assert rank(run, "t.card", where="t.title").rows == rank(run, "t.card", where="outcome('t.title')").rows


def test_filter_ranks_certain_yes_only_and_counts_the_rest(run: Run) -> None:
    found = rank(run, "t.card", where="outcome('t.title') OR 职工人数 <= 50人")
    assert [row.key for row in found.rows] == ["A", "C"]
    assert found.left_out == {"不符合筛选条件": 4, "筛选条件须人工判断": 1}
    missing = rank(run, "t.card", where="营业收入 >= 1000万元")
    assert missing.left_out == {"不符合筛选条件": 2, "筛选条件未知（缺数据）": 1}


def test_caps_are_taken_up_in_the_order_of_ranks(run: Run) -> None:
    found = rank(run, "t.card", top=3, caps=[("place", 1)])
    # B is second of 110101, so E of 110102 follows; C again 110101, then G without a place
    assert [(row.rank, row.key) for row in found.rows] == [(1, "A"), (3, "E"), (5, "G")]
    assert [(row.key, row.rank, row.reason) for row in found.dropped] == [
        ("B", 1, "所在地 东城区 已满 1 家"), ("C", 4, "所在地 东城区 已满 1 家"),
    ]  # fmt: skip
    assert found.left_out == {"超出限额": 2, "名次在名单之后": 2}


def test_several_caps_and_those_without_a_value_are_one_group(run: Run) -> None:
    found = rank(run, "t.card", caps=[("industry", 3), ("发展阶段", 2)])
    assert [row.key for row in found.rows] == ["A", "B", "C", "G", "D"]
    assert {row.key: row.reason for row in found.dropped} == {"E": "发展阶段 成长期 已满 2 家", "F": "划型行业 工业 已满 3 家"}
    assert found.caps == (("size_industry", "划型行业", 3), ("stage", "发展阶段", 2))


def test_illustrative_figures_are_carried_through(run: Run) -> None:
    assert "示例" in rank(run, "t.card").about.title
    filtered = rank(run, "营业收入", where="outcome('t.asks')")  # which asks points('t.card')
    assert filtered.about.illustrative
    assert "示例" in filtered.about.title
    assert not rank(run, "营业收入").about.illustrative


def test_a_standard_without_filter_says_that_all_are_ranked(city: Run) -> None:
    assert any("没有筛选条件" in note for note in rank(city, "cn.tech_sme", top=1).notes)


def test_english(run: Run) -> None:
    found = rank(run, "t.card", top=1, ties=["rd_expense"], caps=[("place", 5)], where="职工人数 > 0人", language="en")
    assert found.rows[0].text == "50 points"
    assert "highest first" in found.order
    assert found.tie_heads[0].endswith("(highest first)")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"by": "t.titl"}, "t.title"), ({"by": "t.title"}, "没有得分"), ({"by": "t.card:sise"}, "size（收入）"), ({"by": "t.title:x"}, "它没有得分"),
        ({"by": "企业名称"}, "不是数"), ({"by": "资产总额"}, "没有“资产总额”"), ({"by": "t.card", "top": 0}, "至少为 1"),
        ({"by": "t.card", "caps": [("place", 0)]}, "至少为 1"), ({"by": "t.card", "caps": [("plaice", 3)]}, "place"),
        ({"by": "t.card", "caps": [("职工人数", 3)]}, "代码型指标"), ({"by": "t.card", "caps": [("企业规模", 3)]}, "没有“企业规模”"),
        ({"by": "t.card", "where": "outcome('t.title') = 'yes'"}, "本身就是条件"),
        ({"by": "t.card", "where": "营业收入 >= 5"}, "没有单位"), ({"by": "t.card", "where": "营业收入"}, "应是条件"),
    ],
)  # fmt: skip
def test_what_cannot_be_ranked_is_told(run: Run, options: dict[str, object], message: str) -> None:
    with pytest.raises(KeqiaoError, match=message) as told:
        rank(run, **options)  # type: ignore[arg-type]
    if "where" in options:
        assert "--where" in str(told.value)


def test_a_filter_s_rules_are_named_with_what_is_not_official_in_them(run: Run) -> None:
    found = rank(run, "营业收入", where="points('t.card') >= 10分")
    assert found.about.illustrative
    assert any(note.startswith("还引用“试验积分”（t.card，") and note.endswith("示例，非官方数字）。") for note in found.notes)
    assert not any("还引用" in note for note in rank(run, "t.card").notes)


def test_points_are_exact(city: Run) -> None:
    table = {row["id"]: row for row in city.results("cn.innovation_points").to_pylist()}
    rows = rank(city, "cn.innovation_points").rows
    assert [row.low for row in rows] == sorted((Fraction(int(one["score_low"]), 10_000) for one in table.values()), reverse=True)
    assert all(row.high == Fraction(int(table[row.key]["score_high"]), 10_000) for row in rows)


def test_items_need_a_run_that_kept_them(run: Run, home: Path) -> None:
    bare = assess(run.snapshot, run.packs, home / "bare", rules=["t.card"], keep="outcomes")
    assert rank(bare, "t.card", top=1).rows[0].key == "A"
    with pytest.raises(KeqiaoError, match="只保留了结论"):
        rank(bare, "t.card:size")
