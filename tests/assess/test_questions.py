"""The self-check: whoever sits through it gets the outcome of all facts, with no question too many."""

from __future__ import annotations

import datetime as dt
import json
import random
from decimal import Decimal

import pytest

from assess.questions_replies import RULES, begin, explained, reply, shipped, sit
from keqiao.assess import questions as q
from keqiao.assess.questions_sample import SAMPLE_DAY, SAMPLE_YEAR
from keqiao.errors import FactError, KeqiaoError, use_language

ROWS = random.Random(41).sample(range(2000), 30)


@pytest.mark.parametrize("rule", RULES)
def test_the_answers_asked_for_give_the_outcome_of_all_facts(rule: str) -> None:
    ends = [(sit(begin(rule), row)[1][-1], explained(rule, row)) for row in ROWS]
    assert [(end.outcome, end.trace.outcome) for end, _ in ends] == [(full.outcome, full.outcome) for _, full in ends]


@pytest.mark.parametrize("rule", RULES)
def test_nothing_is_asked_twice_or_after_certainty_or_beyond_the_bound(rule: str) -> None:
    for row in ROWS[:10]:
        state, steps = sit(begin(rule), row)
        keys = [step.question.key for step in steps if step.question is not None]
        assert len(set(keys)) == len(keys) <= len(q.all_questions(state))
        assert all(step.outcome == "unknown" for step in steps[:-1])
        assert all(step.asked + step.at_most_left >= len(keys) for step in steps)
        assert steps[-1].asked + steps[-1].saved == len(q.all_questions(state))


@pytest.mark.parametrize("rule", ["cn.innovation_points", "cn.tech_sme"])
def test_points_become_those_of_all_facts(rule: str) -> None:
    for row in ROWS[:5]:
        last, full = sit(begin(rule), row)[1][-1], explained(rule, row)
        assert full.total is not None
        assert last.low is not None
        assert last.high is not None
        assert last.low <= Decimal(full.total[0]) / 10000 <= last.high
        if rule == "cn.innovation_points":
            assert last.low == last.high


@pytest.mark.parametrize("rule", RULES)
def test_an_outcome_given_before_the_end_stands_whatever_else_is_answered(rule: str) -> None:
    draw = random.Random(rule)
    for row in ROWS[:6]:
        state = begin(rule)
        keys = [question.key for question in q.all_questions(state)]
        draw.shuffle(keys)
        told = set()
        for key in keys:
            state = q.skip(state, key) if draw.random() < 0.3 else reply(state, key, draw.choice([row, draw.randrange(2000)]))
            told.add(q.step(state).outcome)
        assert len(told - {"unknown"}) <= 1
        final = state._book.trace(q._values(state))
        assert told - {"unknown"} <= {final.outcome}


def test_a_class_is_told_as_soon_as_one_is_left() -> None:
    state = q.answer(begin("cn.size_class"), "size_industry", "软件和信息技术服务业")
    end = q.step(q.answer(state, "employees", "9人"))
    assert (end.question, end.trace["class"], end.saved) == (None, "micro", 2)


# ---- skipping ------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", RULES)
def test_what_is_skipped_is_not_asked_again_and_leaves_the_outcome_open(rule: str) -> None:
    state, steps = sit(begin(rule), ROWS[0], lambda key: True)
    assert steps[-1].trace.outcome == steps[-1].outcome in ("unknown", "refer")
    assert len(state.skipped) == len(set(state.skipped)) == steps[-1].asked
    assert state.answers == {}


def test_a_skipped_figure_leaves_a_range_of_points() -> None:
    row = next(row for row in ROWS if explained("cn.tech_sme", row).outcome == "yes" and not explained("cn.tech_sme", row).missing)
    _, steps = sit(begin("cn.tech_sme"), row, lambda key: key in ("rd_expense", "title.hnte"))
    end = steps[-1]
    assert end.low is not None
    assert end.high is not None
    assert end.low < end.high
    assert end.pass_mark == 60


def test_a_skipped_judgement_refers_and_one_not_asked_yet_does_not() -> None:
    row = next(r for r in range(2000) if explained("cn.hnte", r).outcome == "yes" and not explained("cn.hnte", r).missing)
    _, steps = sit(begin("cn.hnte"), row, lambda key: key == "in_hightech_field")
    assert [step.outcome for step in steps] == ["unknown"] * (len(steps) - 1) + ["refer"]


# ---- what a page shows ---------------------------------------------------------------------------


def test_a_question_says_what_it_asks_for_and_why() -> None:
    asked = q.question(begin("gz.gazelle"), "revenue__3")
    assert (asked.kind, asked.year, asked.unit, asked.text) == ("number", 2022, "万元", "2022年营业收入是多少？")
    assert "基期营业收入不低于1000万元（瞪羚企业 条件1）" in asked.why
    assert asked.help


def test_questions_are_asked_in_english() -> None:
    use_language("en")
    try:
        asked = q.question(begin("cn.tech_sme"), "title.national_science_award_top3")
    finally:
        use_language("zh")
    assert asked.kind == "title_date"
    assert asked.text.startswith("Were you given")
    assert "within the last 5 years" in asked.text


@pytest.mark.parametrize(
    ("key", "text", "echo"),
    [
        ("rd_expense", "460", "4,600,000 元"),
        ("rd_expense", "１，２３４．５６７万元", "12,345,670 元"),
        ("rd_expense", "0.00005亿元", "5,000 元"),
        ("employees", "96", "96 人"),
        ("resident_enterprise", "是", "是"),
        ("title.hnte", "否", "没有"),
        ("title.national_science_award_top3", "2024年5月1日", "2024-05-01"),
        ("any:major_safety_accident", "无", "以上都没有"),
        ("any:major_safety_accident", "重大质量事故，serious_env_violation", "有：重大质量事故、严重环境违法"),
        ("rd_institution_level", "省级", "省级"),
    ],
)
def test_an_answer_is_echoed_as_it_was_understood(key: str, text: str, echo: str) -> None:
    assert q.read(begin("cn.tech_sme"), key, text).echo == echo


@pytest.mark.parametrize(
    ("key", "text", "part"),
    [
        ("rd_expense", "很多", "读不懂"),
        ("rd_expense", "460人", "单位"),
        ("rd_expense", "-1", "小于零"),
        ("rd_expense", " ", "还没有回答"),
        ("employees", "9" * 200, "还没有回答"),
        ("resident_enterprise", "也许", "是/否"),
        ("title.hnte", "也许", "是/否"),
        ("title.national_science_award_top3", "2027-01-01", "晚于评定日"),
        ("title.national_science_award_top3", "是", "取得的日期"),
        ("any:major_safety_accident", "无、重大质量事故", "读不懂"),
        ("rd_institution_level", "乡级", "乡级"),
    ],
)
def test_an_answer_that_cannot_be_read_is_refused_with_a_sentence(key: str, text: str, part: str) -> None:
    with pytest.raises(FactError) as error:
        q.answer(begin("cn.tech_sme"), key, text)
    assert part in str(error.value)


def test_a_loss_may_be_below_zero() -> None:
    assert q.read(begin("cn.chinext_listing"), "net_profit", "-20.5").echo == "-205,000 元"


def test_what_fails_is_told_at_the_end_and_not_what_was_never_asked() -> None:
    end = q.answer(begin("cn.tech_sme"), "employees", "501")
    assert [(gap.clause, gap.gap) for gap in q.improvements(end)] == [("employees", "1人")]


# ---- the state -----------------------------------------------------------------------------------


def test_a_state_comes_back_from_its_json() -> None:
    state, _ = sit(begin("cn.tech_sme"), ROWS[0], lambda key: key == "employees")
    assert q.restore(shipped(), state.to_json()) == state


@pytest.mark.parametrize(
    "change",
    [
        {"replies": [["no_such_fact", "1"]]},
        {"replies": [["revenue", "lots"]]},
        {"replies": [["revenue", 1]]},
        {"replies": [["revenue"]]},
        {"replies": {"revenue": "1"}},
        {"rule": "cn.none"},
        {"rule": 7},
        {"year": "2025"},
        {"year": 1},
        {"as_of": "tomorrow"},
        {"as_of": "0001-01-01"},
        {"more": 1},
    ],
)
def test_a_state_that_does_not_fit_is_refused(change: dict[str, object]) -> None:
    data = json.loads(begin("cn.tech_sme").to_json()) | change
    with pytest.raises(KeqiaoError):
        q.restore(shipped(), json.dumps(data))


@pytest.mark.parametrize("text", ["", "[]", "null", "{}", "[" * 100_000])
def test_a_text_that_is_no_state_is_refused(text: str) -> None:
    with pytest.raises(KeqiaoError):
        q.restore(shipped(), text)


def test_an_answer_given_anew_keeps_its_place_and_one_taken_back_is_asked_again() -> None:
    state = q.skip(q.answer(begin("cn.tech_sme"), "employees", "96"), "revenue")
    again = q.answer(state, "employees", "97人")
    assert again.replies == (("employees", "97人"), ("revenue", None))
    assert q.without(again, "revenue").replies == (("employees", "97人"),)


# ---- what cannot be asked ------------------------------------------------------------------------


def test_a_rule_without_published_weights_is_refused() -> None:
    with pytest.raises(KeqiaoError) as error:
        q.start(shipped(), "zgc.pilot_points", SAMPLE_DAY)
    assert "权重没有公布" in str(error.value)


def test_a_rule_that_is_not_in_force_is_no_at_once() -> None:
    step = q.step(q.start(shipped(), "cn.hnte", dt.date(2010, 1, 1)))
    assert (step.question, step.outcome, step.trace["reason"]) == (None, "no", "不在有效期")


def test_the_year_is_the_one_before_the_day() -> None:
    assert q.start(shipped(), "cn.tech_sme", SAMPLE_DAY).year == SAMPLE_YEAR
