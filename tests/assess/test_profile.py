"""One enterprise: outcomes, strengths, nearest misses, peers and ladders, worked out by hand."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from assess.assess_sample import Run, head, packs_of, run_of, snapshot_of
from keqiao.assess import Position, Profile, profile
from keqiao.engine import assess
from keqiao.errors import KeqiaoError
from keqiao.reports.papers import paper_of

PACKS = {
    "first": head("p.first", "第一级") + "require: {all: [{id: r, title: 收入, when: 营业收入 >= 100万元, cite: 甲}]}\n",
    "second": head("p.second", "第二级") + """\
require:
  all:
    - {id: r, title: 收入不低于500万元, when: 营业收入 >= 500万元, cite: 甲}
    - id: any
      title: 任一
      any:
        - {id: p, title: 盈利, when: 净利润 > 0元, cite: 乙}
        - {id: h, title: 高企, when: holds('高新技术企业'), cite: 丙}
    - id: clean
      title: 无事故
      not: {id: accident, title: 有事故, when: 重大安全事故, cite: 丁}
    - {id: field, title: 领域, when: 属于高新技术领域, cite: 戊}
""",
    "card": head("p.card", "积分", kind="scorecard") + "scores:\n  - {id: a, title: 收入, value: 营业收入, linear: {full: 1000万元, points: 100}}\n",
    "ladder": """\
kind: ladder
id: p.ladder
title: {zh: 试验梯度, en: Trial ladder}
source: {document: 试验办法, number: 试〔2026〕1号, issuer: 试验局, date: 2025-12-01}
effective: {from: 2026-01-01, to: null}
recorded: 2026-11-21
status: local
steps:
  - {title: 科技型中小企业, rule: p.first}
  - {title: 高新技术企业, rule: p.second}
  - {title: 独角兽企业}
""",
}
ROWS = "\n".join(f"K{i:02d},某{i}公司,2025,110101,工业,初创期,{10 * (i + 1)},-1,否," for i in range(24))
DATA = f"""企业编号,企业名称,年度,注册地行政区划代码,划型行业,发展阶段,营业收入（万元）,净利润（万元）,重大安全事故,属于高新技术领域
A,甲公司,2025,110102,工业,成长期,480,-3,是,
B,乙公司,2025,,工业,,600,5,否,是
C,丙公司,2025,110101,零售业,成长期,,5,否,是
D,丁公司,2025,,,,,,,
{ROWS}
"""


@pytest.fixture(scope="module")
def world(home: Path) -> Run:
    packs = packs_of(home, PACKS)
    titles = "企业编号,称号,起始日,截止日\nC,独角兽企业,2024-01-01,\nA,高新技术企业,2020-01-01,2023-01-01\n"
    return run_of(home, snapshot_of(home, DATA, packs, titles=titles, label="试验"), packs, ["p.first", "p.second", "p.card", "cn.size_class"])


@pytest.fixture(scope="module")
def a(world: Run) -> Profile:
    return profile(world, "A")


def ladder(found: Profile) -> Position:
    return next(one for one in found.ladders if one.ladder == "p.ladder")


def test_standings_tell_points_classes_and_what_is_missing(a: Profile, world: Run) -> None:
    assert [(s.rule, s.outcome, s.text) for s in a.standings] == [
        ("p.first", "yes", ""), ("p.second", "no", ""), ("p.card", "yes", "48分"), ("cn.size_class", "unknown", "小型或微型"),
    ]  # fmt: skip
    assert a.standings[3].missing == ("职工人数",)
    assert (a.name, a.place, a.industry, a.stage, a.label) == ("甲公司", "110102", "工业", "成长期", "试验")
    assert profile(world, "C").standings[2].text == "0~100分"


def test_peers_are_those_alike_in_one_respect(a: Profile) -> None:
    # of 26 in industry, 24 have at most 240 and B has 600; A is alone in its place, and with C in its stage
    found = {(p.by, p.value): (p.rank, p.known, p.percentile) for p in a.peers}
    assert found == {
        ("划型行业", "工业"): (2, 26, Fraction(49, 52)), ("发展阶段", "成长期"): (1, 2, Fraction(3, 4)),
        ("所在地", "西城区"): (1, 1, Fraction(1, 2)),
    }  # fmt: skip


def test_strengths_are_in_the_top_quarter(a: Profile, world: Run) -> None:
    assert [(s.rule, s.id, s.title, s.value, s.percentile, s.known, s.peers) for s in a.strengths] == [
        ("p.first", "r", "营业收入", "480万元", Fraction(49, 52), 26, "工业"), ("p.card", "a", "收入", "48分", Fraction(49, 52), 26, "工业"),
    ]  # fmt: skip
    assert profile(world, "K00").strengths == ()


def test_few_peers_give_way_to_everyone(world: Run) -> None:
    # C is alone in its industry; by its profit it is compared with all 27
    assert [(s.title, s.known, s.peers) for s in profile(world, "C").strengths] == [("净利润", 27, "全部企业")]


def test_the_nearest_single_threshold_of_each_rule_that_is_no(world: Run) -> None:
    found = profile(world, "K00")  # 10 of 100
    assert [(head.rule, m.clause, m.share) for m, head in zip(found.misses, found.missed, strict=True)] == [("p.first", "r", Fraction(9, 10))]


def test_a_ladder_tells_where_it_stands_and_what_the_next_step_lacks(a: Profile) -> None:
    found = ladder(a)
    assert [(r.title, r.held, r.outcome) for r in found.rungs] == [
        ("科技型中小企业", False, "yes"), ("高新技术企业", False, "no"), ("独角兽企业", False, None),
    ]  # fmt: skip
    assert (found.at, found.next) == (1, 2)
    assert [(g.clause, g.title, g.outcome, g.left, g.gap) for g in found.gaps] == [
        ("r", "收入不低于500万元", "no", "480万元", "20万元"), ("p", "任一（任一） › 盈利", "no", "-3万元", "3万元"),
        ("h", "任一（任一） › 高企", "no", "", ""), ("accident", "无事故 › 有事故", "yes", "", ""), ("field", "领域", "refer", "", ""),
    ]  # fmt: skip


def test_missing_facts_stand_before_the_next_step(world: Run) -> None:
    # K00 has 10 of 100; C holds the top title, whatever lies below
    low, top = ladder(profile(world, "K00")), ladder(profile(world, "C"))
    assert (low.at, low.next, [g.clause for g in low.gaps]) == (0, 1, ["r"])
    assert (top.at, top.next, top.gaps) == (3, None, ())
    b = ladder(profile(world, "B"))
    assert (b.at, b.next, b.gaps) == (2, 3, ())


def test_the_paper_tells_each_step_and_what_it_lacks(world: Run, a: Profile) -> None:
    tables = {table.name: table.rows for table in paper_of(a, "zh").tables}
    assert [row[1:] for row in tables["梯度"] if row[0] == "试验梯度"] == [
        ["● 科技型中小企业", "是", "现在"], ["○ 高新技术企业", "否", "下一步"], ["○ 独角兽企业", "没有规则", ""],
    ]  # fmt: skip
    lacks = [row[1:5] for row in tables["离下一步差什么"] if row[0] == "高新技术企业"]
    assert lacks == [
        ["收入不低于500万元", "480万元", "500万元", "20万元"], ["任一（任一） › 盈利", "-3万元", "0元", "3万元"],
        ["任一（任一） › 高企", "", "", "不符合"], ["无事故 › 有事故", "", "", "不符合"], ["领域", "", "", "待人工判断"],
    ]  # fmt: skip
    assert tables["最近的差距"] == []
    waits = paper_of(profile(world, "D"), "zh").tables[2].rows
    assert [row[4] for row in waits] == ["缺 营业收入"]


def test_english(world: Run) -> None:
    found = profile(world, "A", language="en")
    assert found.standings[2].text == "48 points"
    assert ladder(found).title == "Trial ladder"


def test_an_unknown_enterprise_and_a_bare_run_are_told(world: Run, home: Path) -> None:
    with pytest.raises(KeqiaoError, match="没有企业"):
        profile(world, "Z")
    bare = assess(world.snapshot, world.packs, home / "bare-profile", rules=["p.first"], keep="outcomes")
    with pytest.raises(KeqiaoError, match="只保留了结论"):
        profile(bare, "A")


def test_the_city(city: Run) -> None:
    key = city.snapshot.keys()[0][1]
    found = profile(city, key)
    assert {s.rule for s in found.standings} == set(city.rules)
    assert all(s.percentile >= Fraction(3, 4) for s in found.strengths)
