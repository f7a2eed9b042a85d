"""Which question is chosen: counted once more, the slow way."""

from __future__ import annotations

import random
from typing import Any

import pytest

from assess.assess_sample import head, packs_of
from assess.questions_replies import RULES, begin, reply
from keqiao.assess import questions as q
from keqiao.assess.questions_choice import FEWEST, Chooser, answers_of, chooser_of
from keqiao.assess.questions_sample import Sample, read_sample
from keqiao.errors import KeqiaoError
from keqiao.rules.model import UNKNOWN

SMALL = 120


def cut(rows: int) -> Sample:
    """The first enterprises of the sample."""
    whole = read_sample()
    return Sample(rows, {name: column[:rows] for name, column in whole.columns.items()}, whole.titles[:rows])


def slow_counts(state: q.State, sample: Sample, rows: list[int]) -> dict[str, int]:
    """Per useful question, how many rows stay undecided: every row decided on its own, from the start."""
    book = state._book
    values, asked = q._values(state), [key for key, _ in state.replies]
    found = {}
    for key in book.view(book.case(values, asked), asked).useful:
        ask = book.asks[key]
        every = answers_of(book, ask, sample)
        more = [values | dict(zip(ask.columns, every[row], strict=True)) for row in rows]
        found[key] = sum(book.code.evaluate(book.case(one, [*asked, key])).outcome_code == UNKNOWN for one in more)
    return found


def middle(rule: str, replies: int, draw: random.Random) -> q.State:
    """A state on the way, some questions answered by one enterprise and some skipped."""
    state, row = begin(rule), draw.randrange(2000)
    for key in draw.sample(list(state._book.asks), min(replies, len(state._book.asks))):
        state = q.skip(state, key) if draw.random() < 0.15 else reply(state, key, row)
    return state


@pytest.mark.parametrize("rule", RULES)
def test_the_chosen_question_is_the_one_that_counting_every_enterprise_gives(rule: str) -> None:
    sample = cut(SMALL)
    draw = random.Random(rule)
    for replies in (0, 1, 3, 6, 9, 14, 22):
        state = middle(rule, replies, draw)
        asked = frozenset(key for key, _ in state.replies)
        case = state._book.case(q._values(state), asked)
        view = state._book.view(case, asked)
        if not view.useful:
            continue
        chooser = Chooser(state._book, sample)
        rows = chooser.alike(case).tolist()
        counts = slow_counts(state, sample, rows)
        chosen = chooser.choose(case, view, asked)
        assert (chosen.undecided, chosen.among) == (min(counts.values()), len(rows))
        assert chosen.key == next(key for key in state._book.asks if counts.get(key) == chosen.undecided)


PACKS = {
    "plain": head("t.plain", "试验") + """\
require:
  all:
    - {id: staff, title: 职工不超过100人, when: 职工人数 <= 100人, cite: 一}
    - {id: share, title: 研发占比不低于5%, when: 研发费用 / 营业收入 >= 5%, cite: 二}
    - {id: hnte, title: 高新技术企业, when: holds('高新技术企业'), cite: 三}
""",
    "same": head("t.same", "同样") + """\
require:
  any:
    - {id: b, title: 乙, when: 科技人员数 >= 1000000人, cite: 一}
    - {id: a, title: 甲, when: 职工人数 >= 1000000人, cite: 二}
""",
    "peers": head("t.peers", "同行", kind="scorecard", status="illustrative") + """\
scores:
  - {id: size, title: 收入, cite: 表, value: 营业收入, percentile: {points: 20}}
""",
    "asks": head("t.asks", "引用") + """\
require:
  all:
    - {id: one, title: 符合试验, when: outcome('t.plain'), cite: 一}
    - {id: two, title: 有研发, when: 研发费用 > 0元, cite: 二}
""",
    "first": head("t.first", "先有的") + """\
require:
  all:
    - {id: one, title: 收入, when: 'COALESCE(营业收入, 企业总收入) >= 100万元', cite: 一}
    - {id: two, title: 未评分, when: 'NOT known(企业创新能力评价得分)', cite: 二}
""",
}  # fmt: skip


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return packs_of(tmp_path_factory.mktemp("questions"), PACKS)


def own(name: str) -> list[Any]:
    return read_sample().columns[name]


def test_alike_are_those_with_the_same_conditions_that_the_answers_decide(small: Any) -> None:
    state = begin("t.plain", small)
    for key, text in (("employees", "80"), ("revenue", "1000"), ("rd_expense", "60")):
        state = q.answer(state, key, text)
    asked = frozenset(state.answers)
    found = chooser_of(state._book).alike(state._book.case(q._values(state), asked)).tolist()
    facts = zip(own("employees"), own("rd_expense"), own("revenue"), strict=True)
    assert found == [i for i, (staff, rd, revenue) in enumerate(facts) if staff <= 100 * 10**4 and 20 * rd >= revenue]


def test_where_few_are_alike_those_that_differ_least_count(small: Any) -> None:
    sample = Sample(40, {"employees": [10**4] * 10 + [10**7] * 30, "tech_staff": [10**4] * 40}, [{}] * 40)
    state = q.answer(begin("t.plain", small), "employees", "50")
    case = state._book.case(q._values(state), ["employees"])
    assert FEWEST == 30
    assert len(Chooser(state._book, sample).alike(case)) == 40


def test_of_equal_questions_the_first_of_the_vocabulary_is_asked(small: Any) -> None:
    step = q.step(begin("t.same", small))  # nobody has a million employees: neither question settles anything
    assert step.question is not None
    assert (step.question.key, step.settles) == ("employees", 0)


def test_facts_the_sample_does_not_know_are_asked_in_the_order_of_the_vocabulary(small: Any) -> None:
    state = begin("t.plain", small)
    bare = Sample(50, {}, [{"title.hnte": ((None, None),)}] * 50)
    case = state._book.case({}, ())
    view = state._book.view(case, ())
    assert Chooser(state._book, bare).choose(case, view, frozenset()).key == view.useful[0] == "employees"


def test_a_rule_that_compares_with_peers_is_refused(small: Any) -> None:
    with pytest.raises(KeqiaoError) as error:
        begin("t.peers", small)
    assert "同行" in str(error.value)


def test_a_rule_that_asks_another_asks_its_questions(small: Any) -> None:
    state = begin("t.asks", small)
    assert [question.key for question in q.all_questions(state)] == ["employees", "revenue", "rd_expense", "title.hnte"]
    state = q.answer(q.answer(state, "employees", "101"), "rd_expense", "1")
    assert q.step(state).outcome == "no"


@pytest.mark.parametrize(
    ("replies", "outcome"),
    [
        ([("total_income", "500")], "unknown"),  # revenue would go before it
        ([("revenue", None), ("total_income", "500")], "unknown"),  # the score may still be known
        ([("revenue", None), ("total_income", "500"), ("hnte_innovation_score", None)], "yes"),
        ([("hnte_innovation_score", "80")], "no"),
        ([("revenue", "50"), ("total_income", "500")], "no"),
    ],
)
def test_what_holds_only_while_a_fact_is_missing_waits_for_it(small: Any, replies: list[tuple[str, str | None]], outcome: str) -> None:
    state = begin("t.first", small)
    for key, text in replies:
        state = q.skip(state, key) if text is None else q.answer(state, key, text)
    assert q.step(state).outcome == outcome


