"""The funnel and the excluding conditions, counted by hand."""

from __future__ import annotations

import pytest

from assess.assess_sample import Run
from keqiao.assess import excluding, funnel
from keqiao.errors import KeqiaoError


def test_funnel_counts_by_hand(run: Run) -> None:
    found = funnel(run, "t.title")
    rows = [(s.id, s.entering, s.yes, s.no, s.unknown, s.refer, s.remaining) for s in found.steps]
    assert rows == [
        ("staff", 7, 4, 3, 0, 0, 4),  # B, D and F have too many
        ("revenue", 4, 3, 1, 0, 0, 3),  # of A, C, E and G, C earns too little
        ("merit", 3, 2, 1, 0, 0, 2),  # G has 4.8 % and an expired title
        ("field", 2, 1, 0, 0, 1, 2),  # of A and E, E is to be judged
    ]
    assert dict(found.outcomes) == {"yes": 1, "no": 5, "unknown": 0, "refer": 1}


def test_steps_carry_title_text_and_citation(run: Run) -> None:
    merit = funnel(run, "t.title").steps[2]
    assert (merit.title, merit.cite) == ("研发或资质", "第三条")
    assert merit.text == "研发费用 / 营业收入 >= 5% OR holds('高新技术企业')"
    assert funnel(run, "t.title").about.label == "试验数据"


def test_excluding_counts_who_fails_a_condition_alone(run: Run) -> None:
    found = {e.id: (e.failed, e.alone, e.unknown, e.refer) for e in excluding(run, "t.title")}
    # B and F fail staff alone, D fails staff and revenue; F lacks the revenue
    assert found == {"staff": (3, 2, 0, 0), "revenue": (2, 1, 1, 0), "merit": (1, 1, 1, 0), "field": (0, 0, 0, 1)}


def test_excluding_is_sorted_by_failed(run: Run) -> None:
    assert [e.id for e in excluding(run, "t.title")] == ["staff", "revenue", "merit", "field"]


def test_a_rule_of_alternatives_is_one_condition(run: Run) -> None:
    steps = funnel(run, "t.rest").steps
    assert [s.id for s in steps] == ["require"]
    assert "BETWEEN 50人 AND 80人" in steps[0].text


@pytest.mark.parametrize("rule", ["t.card", "cn.size_class", "t.later"])
def test_rules_without_conditions_in_force_have_no_steps(run: Run, rule: str) -> None:
    assert funnel(run, rule).steps == ()
    assert excluding(run, rule) == []


def test_funnel_ends_with_the_outcomes_of_the_city(city: Run) -> None:
    found = funnel(city, "cn.tech_sme")
    assert found.steps[0].entering == 120
    assert found.steps[-1].remaining == 120 - found.outcomes["no"]


def test_an_unknown_rule_is_told_with_what_there_is(run: Run) -> None:
    with pytest.raises(KeqiaoError, match=r"t\.title"):
        funnel(run, "t.nothing")


def test_a_result_that_rests_on_illustrative_figures_says_so(run: Run) -> None:
    about = funnel(run, "t.asks").about
    assert about.illustrative
    assert "含示例数字" in about.title
    assert "illustrative" in funnel(run, "t.asks", language="en").about.title
