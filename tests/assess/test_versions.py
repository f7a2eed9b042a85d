"""Two versions of a rule: every kind of edit, whose outcome changes, and how ranks move."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from assess.assess_sample import Packs, Run, Snapshot, explained, head, packs_of, run_of, snapshot_of
from keqiao.assess import Difference, difference, migrate
from keqiao.assess.migration import migrated
from keqiao.errors import KeqiaoError

OLD_DAY, NEW_DAY = dt.date(2026, 3, 31), dt.date(2026, 4, 1)
OLD = head("v.rule", "版本", first=None, last="2026-03-31") + """\
require:
  all:
    - {id: staff, title: 职工, when: 职工人数 <= 500人, cite: 旧一}
    - {id: gone, title: 取消的, when: 居民企业, cite: 旧二}
    - id: any
      title: 任一
      any:
        - {id: moved, title: 搬走的, when: 净利润 > 0元}
        - {id: stays, title: 不变的, when: score('total') >= 10分}
scores:
  - {id: bands, title: 分档, group: g, value: 营业收入, bands: {1000万元: 10, 500万元: 5, below: 0}}
  - {id: map, title: 代码, value: 研发机构级别, map: {国家级: 5, 省级: 3, 市级: 2, 市级以下: 1, 无: 0}}
  - {id: linear, title: 比例, value: 研发费用 / 营业收入, linear: {full: 10%, points: 6}}
  - id: ladder
    title: 阶梯
    ladder: [{when: 职工人数 >= 50人, points: 3}, {else: 0}]
  - id: best
    title: 较高
    best:
      - {value: 净利润, bands: {100万元: 2, below: 0}}
      - {mark: 特色化指标得分, max: 15}
  - id: sum
    title: 加分
    sum: [{when: 自主品牌, points: 2}]
    cap: 4
  - {id: out, title: 删去, value: 职工人数, bands: {10人: 1, below: 0}}
groups: [{id: g, title: 甲组}]
caps: {g: 10}
"""
NEW = OLD.replace("from: null, to: 2026-03-31", "from: 2026-04-01, to: null").replace("<= 500人, cite: 旧一", "<= 300人, cite: 新一")
NEW = NEW.replace("    - {id: gone, title: 取消的, when: 居民企业, cite: 旧二}\n", "    - {id: more, title: 新增的, when: 自主品牌}\n    - {id: moved, title: 搬走的, when: 净利润 > 0元}\n")
NEW = NEW.replace("        - {id: moved, title: 搬走的, when: 净利润 > 0元}\n        - {id: stays", "        - {id: stays")
NEW = NEW.replace("{1000万元: 10, 500万元: 5, below: 0}", "{1000万元: 12, 800万元: 6, below: 0}").replace("省级: 3,", "省级: 4,")
NEW = NEW.replace("full: 10%", "full: 8%").replace("points: 3}, {else: 0}", "points: 3}, {else: 1}").replace("{100万元: 2,", "{200万元: 2,")
NEW = NEW.replace("cap: 4", "cap: 3").replace("caps: {g: 10}", "caps: {g: 11}").replace("{id: out, title: 删去", "{id: in, title: 加入")

DATA = """企业编号,年度,职工人数,营业收入（万元）,净利润（万元）,居民企业,自主品牌,研发机构级别,研发费用（万元）,特色化指标得分
A,2025,400,1000,5,是,是,省级,50,3
B,2025,300,1000,5,是,是,省级,50,3
C,2025,20,700,5,否,是,无,10,0
D,2025,20,,5,是,是,无,10,0
E,2025,20,100,-5,是,否,无,0,0
"""


@pytest.fixture(scope="module")
def versions(home: Path) -> Packs:
    return packs_of(home, {"old": OLD, "new": NEW})


@pytest.fixture(scope="module")
def facts(home: Path, versions: Packs) -> Snapshot:
    return snapshot_of(home, DATA, versions)


@pytest.fixture(scope="module")
def found(versions: Packs, facts: Snapshot) -> Difference:
    return difference(versions, "v.rule", OLD_DAY, NEW_DAY, facts)


def test_clauses_changed_added_removed_and_moved(found: Difference) -> None:
    edits = [(e.kind, e.part, e.id, e.old, e.new) for e in found.edits if e.part in ("clause", "group")]
    assert edits == [
        ("changed", "clause", "staff", "职工人数 <= 500人", "职工人数 <= 300人"),
        ("removed", "clause", "gone", "居民企业", ""),
        ("added", "clause", "more", "", "自主品牌"),
        ("changed", "clause", "moved", "在“任一”之内", "在最外层"),
    ]
    assert next(e for e in found.edits if e.id == "staff").cite == "新一"


def test_scores_changed_band_by_band(found: Difference) -> None:
    edits = [(e.kind, e.part, e.id, e.title, e.old, e.new) for e in found.edits if e.part in ("item", "band", "cap")]
    assert edits == [
        ("changed", "band", "bands", "分档 ≥ 1000万元", "10分", "12分"),
        ("removed", "band", "bands", "分档 ≥ 500万元", "5分", ""),
        ("added", "band", "bands", "分档 ≥ 800万元", "", "6分"),
        ("changed", "band", "map", "代码 省级", "3分", "4分"),
        ("changed", "band", "linear", "比例 满分值", "10%", "8%"),
        ("changed", "band", "ladder", "阶梯 其余", "0分", "1分"),
        ("removed", "band", "best", "较高 算法1 ≥ 100万元", "2分", ""),
        ("added", "band", "best", "较高 算法1 ≥ 200万元", "", "2分"),
        ("changed", "band", "sum", "加分 封顶", "4分", "3分"),
        ("removed", "item", "out", "删去", "职工人数；≥ 10人：1分；其余：0分", ""),
        ("added", "item", "in", "加入", "", "职工人数；≥ 10人：1分；其余：0分"),
        ("changed", "cap", "g", "甲组", "10分", "11分"),
    ]


def test_the_head_tells_from_when(found: Difference) -> None:
    assert [(e.title, e.old, e.new) for e in found.edits if e.part == "head"] == [("施行", "未载明", "2026-04-01"), ("至", "2026-03-31", "未载明")]


def test_equal_versions_have_no_edits(versions: Packs) -> None:
    assert difference(versions, "v.rule", OLD_DAY, OLD_DAY).edits == ()
    assert difference(versions, "v.rule", OLD_DAY, OLD_DAY).before is None


def test_outcomes_are_those_of_each_version_by_itself(home: Path, found: Difference, facts: Snapshot) -> None:
    always = [packs_of(home, {"one": text.replace("from: null, to: 2026-03-31", "from: null, to: null").replace("from: 2026-04-01", "from: null")}) for text in (OLD, NEW)]
    before, after = (explained(packs, "v.rule", facts) for packs in always)
    assert found.before is not None
    for counts, outcomes in ((found.before, before), (found.after, after)):
        assert counts == {name: list(outcomes.values()).count(name) for name in ("no", "unknown", "refer", "yes")}
    assert {m.key for m in found.gained} == {k for k in before if before[k] != "yes" == after[k]}
    assert {m.key for m in found.lost} == {k for k in before if before[k] == "yes" != after[k]}
    assert [(m.key, m.before, m.after) for m in found.lost] == [("A", "yes", "no"), ("D", "yes", "unknown")]
    assert (found.count_gained, found.count_lost, found.count_changed) == (len(found.gained), 2, len(found.changed))


def test_classes_weights_and_groups(home: Path) -> None:
    old = head("v.classes", "类别") + """\
classes:
  by: 划型行业
  order: [big, small]
  labels: {big: 大, small: 小}
  table: {工业: {big: 职工人数 >= 100人}, 零售业: {big: 职工人数 >= 50人}}
"""
    card = head("v.card", "积分", kind="scorecard") + """\
weights: {by: [发展阶段], total: 100%}
groups: [{id: g, title: 甲组}, {id: h, title: 乙组}]
scores:
  - {id: a, title: 甲, group: g, value: 职工人数, bands: {10人: 100, below: 0}, weight: {初创期: 40%, 成长期: 50%, 稳定期: 50%}}
  - {id: b, title: 乙, group: h, value: 职工人数, bands: {20人: 100, below: 0}, weight: {初创期: 60%, 成长期: 50%, 稳定期: 50%}}
"""
    newer = [text.replace("from: 2026-01-01", "from: 2026-04-01") for text in (old, card)]
    newer[0] = newer[0].replace(">= 50人", ">= 60人")
    newer[1] = newer[1].replace("初创期: 40%", "初创期: 30%").replace("初创期: 60%", "初创期: 70%").replace("title: 乙, group: h", "title: 乙, group: g").replace(", {id: h, title: 乙组}", "")
    closed = [text.replace("to: null", "to: 2026-03-31") for text in (old, card)]
    packs = packs_of(home, {"a": closed[0], "b": closed[1], "c": newer[0], "d": newer[1]})
    classes = difference(packs, "v.classes", OLD_DAY, NEW_DAY).edits
    assert [(e.part, e.title, e.old, e.new) for e in classes if e.part == "class"] == [("class", "零售业 大", "职工人数 >= 50人", "职工人数 >= 60人")]
    edits = [(e.part, e.title, e.old, e.new) for e in difference(packs, "v.card", OLD_DAY, NEW_DAY).edits if e.part != "head"]
    assert edits == [("item", "乙", "属于“乙组”组", "属于“甲组”组"), ("weight", "甲 初创期", "40%", "30%"), ("weight", "乙 初创期", "60%", "70%")]


def test_two_rules_and_english(versions: Packs, facts: Snapshot) -> None:
    found = difference(versions, "v.rule", OLD_DAY, NEW_DAY, facts, other="cn.tech_sme", language="en", limit=1)
    assert (found.old.rule, found.new.rule) == ("v.rule", "cn.tech_sme")
    assert any(e.part == "head" and e.title == "rule" for e in found.edits)
    assert len(found.lost) <= 1


def test_unknown_rules_are_told(versions: Packs) -> None:
    with pytest.raises(KeqiaoError, match=r"v\.rule"):
        difference(versions, "v.rul", OLD_DAY, NEW_DAY)


# ---- migration -------------------------------------------------------------------------------------

RANKS = "企业编号,年度,职工人数,净利润（万元）\n" + "".join(f"{k},2025,{a},{b}\n" for k, a, b in zip("ABCDE", (50, 40, 30, 20, 10), (40, 50, 30, 10, 20), strict=True))


@pytest.fixture(scope="module")
def cards(home: Path) -> Run:
    def card(first: str, last: str, value: str, full: str) -> str:
        return head("v.points", "积分", first=first, last=last, kind="scorecard") + f"scores:\n  - {{id: a, title: 甲, value: {value}, linear: {{full: {full}, points: 100}}}}\n"

    packs = packs_of(home, {
        "a": card("2026-01-01", "2026-03-31", "职工人数", "100人"), "b": card("2026-04-01", "2026-06-30", "净利润", "100万元"),
        "c": card("2026-07-01", "2027-01-01", "职工人数", "10人"),
    })  # fmt: skip
    return run_of(home, snapshot_of(home, RANKS, packs), packs, ["v.points"])


def test_ranks_and_correlation_by_hand(cards: Run) -> None:
    # ranks 1 2 3 4 5 against 2 1 3 5 4: 1 - 6·4 / (5·24) = 0.8
    found = migrate(cards, "v.points", OLD_DAY, NEW_DAY)
    assert (found.both, found.unchanged, found.correlation) == (5, 1, "0.8000")
    rows = {m.key: (m.old, m.new, m.old_rank, m.new_rank, m.moved) for m in found.rows}
    assert rows["A"] == ("50", "40", 1, 2, -1)
    assert rows["B"] == ("40", "50", 2, 1, 1)


def test_equals_share_a_rank_and_have_no_correlation(cards: Run) -> None:
    # under the third version everyone has full marks
    found = migrate(cards, "v.points", OLD_DAY, dt.date(2026, 7, 1), limit=2)
    assert found.correlation is None
    assert [(m.key, m.new_rank, m.moved) for m in found.rows] == [("E", 1, 4), ("D", 1, 3)]


def test_ranks_with_ties_use_mean_ranks(home: Path, cards: Run) -> None:
    # 50 50 30 20 against 40 30 30 10: mean ranks 1.5 1.5 3 4 and 1 2.5 2.5 4; r = 3.75/√(4.5·4.5)
    data = "企业编号,年度,职工人数,净利润（万元）\nA,2025,50,40\nB,2025,50,30\nC,2025,30,30\nD,2025,20,10\n"
    found = migrated(snapshot_of(home, data, cards.packs), cards.packs, "v.points", OLD_DAY, NEW_DAY)
    assert found.correlation == "0.8333"


def test_a_rule_without_points_cannot_migrate(run: Run) -> None:
    with pytest.raises(KeqiaoError, match="没有得分"):
        migrate(run, "t.title", OLD_DAY, NEW_DAY)


def test_nobody_with_points(home: Path, cards: Run) -> None:
    empty = snapshot_of(home, RANKS, cards.packs)
    late = dt.date(2026, 3, 1)
    assert migrated(empty, cards.packs, "v.points", late, late, limit=0).rows == ()
