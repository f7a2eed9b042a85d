"""Moved thresholds against the same rule written anew and assessed."""

from __future__ import annotations

from pathlib import Path

import pytest

from assess.assess_sample import Run, head, packs_of, run_of, snapshot_of
from assess.assess_world import PACKS, SHEET, TITLES
from keqiao.assess import whatif
from keqiao.errors import KeqiaoError


def test_counts_are_those_of_the_rule_written_anew(home: Path, run: Run) -> None:
    text = PACKS["title"].replace("<= 100人", "<= 105人").replace(">= 1000万元", ">= 500万元")
    packs = packs_of(home, PACKS | {"title": text})
    anew = run_of(home, snapshot_of(home, SHEET, packs, titles=TITLES), packs, ["t.title", "t.asks"])
    found = whatif(run, "t.title", {"staff": "105人", "revenue": "500万元"})
    assert dict(found.after) == anew.receipt["rules"]["t.title"]["outcomes"]
    assert dict(found.before) == run.receipt["rules"]["t.title"]["outcomes"]
    assert dict(found.knock_on[0].after) == anew.receipt["rules"]["t.asks"]["outcomes"]
    assert [one.rule for one in found.knock_on] == ["t.asks"]


def test_who_gains_and_who_loses_is_named(run: Run) -> None:
    found = whatif(run, "t.title", {"staff": "105人"})
    assert [(m.key, m.name, m.before, m.after) for m in found.gained] == [("B", "乙公司", "no", "yes")]
    lost = whatif(run, "t.title", {"staff": "99人"})
    assert [(m.key, m.before, m.after) for m in lost.lost] == [("A", "yes", "no")]
    assert (lost.count_gained, lost.count_lost) == (0, 1)


def test_limit_names_fewer_but_counts_all(run: Run) -> None:
    found = whatif(run, "t.title", {"staff": "200人", "revenue": "1元"}, limit=1)
    assert found.count_gained == 3  # B, C, and D with a title and little revenue
    assert [m.key for m in found.gained] == ["B"]


def test_the_old_and_the_new_text_are_told(run: Run) -> None:
    (one,) = whatif(run, "t.title", {"ratio": "４.８％"}).settings
    assert (one.old, one.new, one.cite) == ("5%", "4.8%", "第三条")
    assert (one.old_text, one.new_text) == ("研发费用 / 营业收入 >= 5%", "研发费用 / 营业收入 >= 4.8%")


@pytest.mark.parametrize(
    ("clause", "value", "gained"),
    [("young", "66个月", "B"), ("recent", "4年", None), ("since", "2021-05-21", "B"), ("growing", "-99%", None)],
)
def test_years_days_and_growth_move_too(run: Run, clause: str, value: str, gained: str | None) -> None:
    found = whatif(run, "t.rest", {clause: value})
    assert gained is None or gained in [m.key for m in found.gained]
    assert found.settings[0].old_text != found.settings[0].new_text


def test_a_window_of_years_moves(run: Run) -> None:
    # E was awarded on 2023-11-20, three years and a day before the day
    assert "E" not in [m.key for m in whatif(run, "t.rest", {"recent": "36个月"}).gained]
    found = whatif(run, "t.rest", {"recent": "37个月"})
    assert found.settings[0].old == "3年"


@pytest.mark.parametrize(
    ("clause", "value", "message"),
    [
        ("staf", "1人", "staff（职工不超过100人）"), ("merit", "5%", "ratio、hnte"), ("staff", "100万元", "100人 之类"), ("staff", "-5人", "不能小于零"),
        ("staff", "100", "100人 之类"), ("hnte", "3年", "没有可移动的数"), ("field", "1", "没有可移动的数"),
    ],
)  # fmt: skip
def test_what_cannot_move_is_told_with_what_would_be_right(run: Run, clause: str, value: str, message: str) -> None:
    with pytest.raises(KeqiaoError, match=message):
        whatif(run, "t.title", {clause: value})


@pytest.mark.parametrize(
    ("clause", "value", "message"),
    [
        ("between", "60人", "2 个数（50人、80人）"), ("young", "5.05年", "整年或整月"), ("young", "五年", "5年 之类"),
        ("since", "明年", "2024-01-01 之类"), ("growing", "-100%", "大于 -100%"), ("recent", "-1年", "整年或整月"),
    ],
)  # fmt: skip
def test_constants_of_other_kinds_say_what_they_take(run: Run, clause: str, value: str, message: str) -> None:
    with pytest.raises(KeqiaoError, match=message):
        whatif(run, "t.rest", {clause: value})


def test_nothing_to_move_and_not_in_force_are_refused(run: Run) -> None:
    with pytest.raises(KeqiaoError, match="employees=600人"):
        whatif(run, "t.title", {})
    with pytest.raises(KeqiaoError, match="不在有效期"):
        whatif(run, "t.later", {"one": "1元"})


def test_one_constant_in_several_years_is_one(home: Path) -> None:
    rule = head("t.each", "每年") + "require: {all: [{id: e, title: 每年, when: 'each_of(营业收入 >= 100万元, 2)'}]}\n"
    packs = packs_of(home, {"each": rule})
    data = "企业编号,年度,营业收入（万元）\nA,2025,90\nA,2024,95\nB,2025,90\nB,2024,80\n"
    found = whatif(run_of(home, snapshot_of(home, data, packs), packs, ["t.each"]), "t.each", {"e": "90万元"})
    assert [m.key for m in found.gained] == ["A"]
    assert found.settings[0].new_text == "each_of(营业收入 >= 90万元, 2)"


def test_english_units(run: Run) -> None:
    (one,) = whatif(run, "t.title", {"revenue": "900万元"}, language="en").settings
    assert (one.old, one.new) == ("10 million CNY", "9 million CNY")
    (one,) = whatif(run, "t.rest", {"young": "18个月"}, language="en").settings
    assert (one.old, one.new) == ("5 years", "18 months")
