"""Two runs side by side: every kind of reason, one enterprise each."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from assess.assess_sample import Run, head, packs_of, run_of, snapshot_of
from assess.assess_world import PACKS, SHEET, TITLES
from keqiao.assess import Change, Comparison, RuleChange, compare
from keqiao.errors import KeqiaoError

NEXT_YEAR = dt.date(2027, 11, 21)


@pytest.fixture(scope="module")
def later(home: Path) -> Run:
    """Another year, another sheet, another text: A has more staff, B fewer, C left, H entered, G's points rise."""
    packs = packs_of(home, PACKS | {
        "title": PACKS["title"].replace("研发费用 / 营业收入 >= 5%", "研发费用 / 营业收入 >= 4.5%"),
        "rest": PACKS["rest"].replace("    - {id: since,", "    - {id: more, title: 很多人, when: 职工人数 >= 104人}\n    - {id: since,"),
    })  # fmt: skip
    lines = [line for line in SHEET.splitlines() if not line.startswith("C,")]
    text = "\n".join(lines).replace("A,甲公司,2025,110101,工业,成长期,100", "A,甲公司,2025,110101,工业,成长期,300").replace("成长期,105,6000", "成长期,95,6000")
    text = text.replace("稳定期,80,1000", "稳定期,80,1001") + "\nH,辛公司,2025,110101,工业,初创期,10,1000,100,是,2027-01-01\n"
    return run_of(home, snapshot_of(home, text, packs, titles=TITLES, as_of=NEXT_YEAR), packs, ["t.title", "t.card", "t.asks", "t.rest", "cn.size_class"])


@pytest.fixture(scope="module")
def found(run: Run, later: Run) -> Comparison:
    return compare(run, later)


def of(found: Comparison, rule: str) -> RuleChange:
    return next(one for one in found.rules if one.about.rule == rule)


def told(change: Change) -> list[tuple[str, ...]]:
    return [(c.kind, c.clause, c.what, c.old, c.new) for c in change.causes]


def test_who_entered_and_who_left(found: Comparison) -> None:
    assert (found.entered, found.left) == ((("other", "H", "辛公司"),), (("other", "C", "丙公司"),))
    assert (found.count_entered, found.count_left, found.enterprises) == (1, 1, (7, 7))
    assert (found.only_before, found.only_after) == (("t.later",), ())


def test_who_lost_a_title_because_a_fact_changed(found: Comparison) -> None:
    one = of(found, "t.title")
    assert [(c.key, c.before, c.after) for c in one.lost] == [("A", "yes", "no")]
    assert told(one.lost[0]) == [("fact", "staff", "职工人数", "100人", "300人")]
    assert one.lost[0].causes[0].text == "是→否"


def test_who_gained_a_title_because_a_fact_or_the_rule_changed(found: Comparison) -> None:
    one = of(found, "t.title")
    gained = {c.key: told(c) for c in one.gained}
    assert gained["B"] == [("fact", "staff", "职工人数", "105人", "95人")]
    # 48 of 1000 would do under the new text: the text alone is the reason, though the revenue changed as well
    assert gained["G"] == [("rule", "ratio", "条款改了", "研发费用 / 营业收入 >= 5%", "研发费用 / 营业收入 >= 4.5%")]
    assert (one.count_gained, one.count_lost, one.count_changed) == (2, 1, 0)


def test_counts_are_over_enterprises_in_both(found: Comparison) -> None:
    one = of(found, "t.title")
    assert dict(one.before) == {"yes": 1, "no": 4, "unknown": 0, "refer": 1}
    assert dict(one.after) == {"yes": 2, "no": 3, "unknown": 0, "refer": 1}


def test_a_rule_that_asks_names_the_rule_that_changed(found: Comparison) -> None:
    (lost,) = of(found, "t.asks").lost
    assert told(lost) == [("other", "has", "试验称号", "是", "否")]


def test_a_new_alternative_is_a_reason(found: Comparison) -> None:
    one = of(found, "t.rest")
    gained = {c.key: told(c) for c in one.gained}
    assert gained["F"] == [("rule", "more", "新增条款", "", "职工人数 >= 104人")]


def test_points_that_rise_and_classes_that_change(found: Comparison) -> None:
    card, size = of(found, "t.card"), of(found, "cn.size_class")
    assert (card.rose, card.fell, card.count_changed) == (0, 0, 0)
    moved = {c.key: (c.before, c.after, told(c)) for c in size.changed}
    assert moved["A"] == ("小型", "中型", [("fact", "", "职工人数", "100人", "300人")])


def test_titles_that_expire(home: Path) -> None:
    rule = head("t.held", "持有") + "require: {all: [{id: h, title: 高企, when: holds('高新技术企业')}, {id: s, title: 少, when: score('total') >= 5分}]}\n"
    rule += "scores:\n  - {id: p, title: 收入, value: 营业收入, bands: {100万元: 5, below: 0}}\n"
    packs = packs_of(home, {"held": rule})
    data, titles = "企业编号,年度,营业收入（万元）\nA,2025,100\nB,2025,{}\n", "企业编号,称号,起始日,截止日\nA,高新技术企业,2024-01-01,2026-12-31\nB,高新技术企业,2024-01-01,\n"
    runs = [
        run_of(home, snapshot_of(home, data.format(revenue), packs, titles=titles, as_of=day), packs, ["t.held"])
        for revenue, day in ((100, dt.date(2026, 11, 21)), (99, NEXT_YEAR))
    ]
    lost = {c.key: told(c) for c in compare(*runs).rules[0].lost}
    assert lost["A"] == [("day", "h", "评定日（高新技术企业 2024-01-01~2026-12-31）", "2026-11-21", "2027-11-21")]
    assert lost["B"] == [("points", "s", "收入", "5", "0"), ("fact", "s", "营业收入", "100万元", "99万元")]


def test_every_kind_of_fact_and_rule_is_told_in_english(home: Path) -> None:
    rules = {
        "own": head("t.own", "自己") + """\
require:
  all:
    - {id: flag, title: 居民, when: 居民企业}
    - {id: held, title: 高企, when: holds('高新技术企业')}
    - {id: class, title: 小型, when: "class('cn.size_class') = 'small'"}
    - {id: points, title: 分, when: points('t.marks') >= 5分}
    - {id: last, title: 上年, when: 'prior(营业收入, 1) >= 100万元'}
""",
        "marks": head("t.marks", "分", kind="scorecard") + "scores:\n  - {id: p, title: 收入, value: 营业收入, bands: {100万元: 5, below: 0}}\n",
    }  # fmt: skip
    packs = packs_of(home, rules)
    data = "企业编号,年度,划型行业,职工人数,营业收入（万元）,居民企业\nA,{0},工业,{1},{2},{3}\nA,{4},工业,,200,\nB,{0},工业,100,3000,是\n"
    titles = "企业编号,称号,起始日,截止日\n{0},高新技术企业,{1},{2}\nB,高新技术企业,,\n"
    runs = [
        run_of(home, snapshot_of(home, data.format(*values), packs, titles=titles.format(*held), as_of=day, year=year), packs, ["t.own", "t.marks", "cn.size_class"])
        for values, held, day, year in (
            ((2025, 100, 3000, "是", 2024), ("A", "2024-01-01", "2027-12-31"), dt.date(2026, 11, 21), 2025),
            ((2026, 10, 50, "否", 2024), ("B", "2024-01-01", ""), NEXT_YEAR, 2026),
        )
    ]  # fmt: skip
    lost = {c.key: c for c in compare(*runs, language="en").rules[0].lost}
    found = {(c.kind, c.clause): (c.what, c.old, c.new) for c in lost["A"].causes}
    assert found[("fact", "flag")] == ("resident enterprise", "yes", "no")
    assert found[("fact", "held")][1:] == ("2024-01-01~2027-12-31", "none")
    assert found[("other", "class")][1:] == ("yes small", "yes micro")
    assert found[("other", "points")][1:] == ("yes 5", "yes 0")
    assert found[("fact", "last")][0].endswith("(2025)")
    assert found[("fact", "last")][1:] == ("200万元", "unknown")


def test_one_fact_behind_several_clauses_is_told_once(home: Path) -> None:
    rule = head("t.two", "两条") + "require: {all: [{id: a, title: 甲, when: 职工人数 <= 100人}, {id: b, title: 乙, when: 职工人数 <= 90人}]}\n"
    packs = packs_of(home, {"two": rule})
    runs = [run_of(home, snapshot_of(home, f"企业编号,年度,职工人数\nA,2025,{staff}\n", packs), packs, ["t.two"]) for staff in (80, 120)]
    (cause,) = compare(*runs).rules[0].lost[0].causes
    assert (cause.clause, cause.title, cause.what, cause.old, cause.new) == ("a,b", "甲；乙", "职工人数", "80人", "120人")


def test_years_that_passed_are_a_reason(home: Path) -> None:
    rule = head("t.age", "年龄") + "require: {all: [{id: y, title: 年轻, when: years_since(成立日期) <= 5年}]}\n"
    packs = packs_of(home, {"age": rule})
    runs = [run_of(home, snapshot_of(home, "企业编号,年度,成立日期\nA,2025,2022-01-01\n", packs, as_of=day), packs, ["t.age"]) for day in (dt.date(2026, 11, 21), NEXT_YEAR)]
    assert told(compare(*runs).rules[0].lost[0]) == [("day", "y", "评定日", "2026-11-21", "2027-11-21")]


def test_a_rule_that_begins_and_clauses_that_are_dropped(home: Path, run: Run) -> None:
    packs = packs_of(home, PACKS | {"title": PACKS["title"].replace("    - {id: staff, title: 职工不超过100人, when: 职工人数 <= 100人, cite: 第一条}\n", "")})
    after = run_of(home, snapshot_of(home, SHEET, packs, titles=TITLES, as_of=dt.date(2030, 6, 1)), packs, ["t.title", "t.later"])
    one = compare(run, after)
    b = next(c for c in of(one, "t.title").gained if c.key == "B")
    assert told(b) == [("rule", "staff", "取消条款", "职工人数 <= 100人", "")]
    begun = next(c for c in of(one, "t.later").gained if c.key == "A")
    assert told(begun) == [("day", "", "规则的有效期", "不在有效期", "有效")]


def test_reasons_are_for_as_many_as_asked_and_counts_for_all(run: Run, later: Run) -> None:
    one = compare(run, later, rules=["t.title"], limit=1).rules[0]
    assert [c.key for c in one.gained] == ["B"]
    assert one.count_gained == 2


def test_equal_runs_differ_in_nothing(run: Run) -> None:
    for one in compare(run, run).rules:
        assert (one.count_gained, one.count_lost, one.count_changed, one.rose, one.fell) == (0, 0, 0, 0, 0)


def test_no_rule_in_common_is_told(run: Run, city: Run) -> None:
    with pytest.raises(KeqiaoError, match=r"t\.title"):
        compare(run, run, rules=["t.titel"])
    bare = run_of(city.path.parent, run.snapshot, run.packs, ["t.rest"])
    with pytest.raises(KeqiaoError, match="没有共同的规则"):
        compare(bare, city)
