"""Running examples: inheritance, expectations, and the days they belong to."""

from __future__ import annotations

from pathlib import Path

import pytest
from packs_sample import CLAUSE, clause, item, load, rule

from keqiao.packs.lint.examples import ExampleResult, run_examples
from keqiao.packs.loader import load_packs


def run(folder: Path, text: str) -> list[ExampleResult]:
    return list(run_examples(load(folder, text), "test.rule"))


def problems(results: list[ExampleResult]) -> list[str]:
    return [problem.en for result in results for problem in result.problems]


def test_the_examples_of_a_shipped_rule_all_pass() -> None:
    results = list(run_examples(load_packs(), "cn.size_class"))
    assert len(results) >= 200
    assert all(result.ok for result in results)


def test_an_example_has_its_day_its_year_and_its_place(tmp_path: Path) -> None:
    text = rule(CLAUSE) + "examples:\n  - {title: 早, as_of: 2021-06-30}\n  - {title: 今, year: 2020}\n"
    early, now = run(tmp_path, text)
    assert (early.as_of.isoformat(), early.year, early.where) == ("2021-06-30", 2020, "rule.yaml:14:5")
    assert (now.as_of.isoformat(), now.year, now.version) == ("2026-11-21", 2020, "2020-01-01")


def test_facts_and_titles_are_inherited_by_id_or_label_and_null_removes(tmp_path: Path) -> None:
    text = rule(
        """\
        require:
          all:
            - {id: size, title: 规模, when: 职工人数 >= 10人, cite: 一}
            - {id: sales, title: 收入, when: 营业收入 >= 10万元, cite: 二}
            - {id: held, title: 称号, when: holds('高新技术企业'), cite: 三}
        examples:
          - title: 基准
            facts: {职工人数: 10人, 营业收入: 10万元}
            holds: [高新技术企业]
            expect: {outcome: yes}
          - title: 少
            like: 基准
            facts: {employees: 9人}
            expect: {size: no, sales: yes, held: yes}
          - title: 缺
            like: 少
            facts: {营业收入: null}
            expect: {size: no, sales: unknown, held: yes}
          - title: 无称号
            like: 缺
            holds: []
            expect: {size: no, held: no}
          - title: 称号未知
            like: 基准
            holds: null
            expect: {size: yes, held: unknown, missing: [title.hnte]}
        """
    )
    assert problems(run(tmp_path, text)) == []


def test_a_clause_called_like_a_result_is_told_by_its_value(tmp_path: Path) -> None:
    text = rule(
        """\
        require:
          all:
            - {id: score, title: 得分, when: score('total') >= 5分, cite: 一}
        scores:
          - {id: share, title: 占比, cite: 附表, value: 职工人数, bands: {10人: 5, below: 0}}
        examples:
          - title: 高
            facts: {职工人数: 10人}
            expect: {score: yes}
          - title: 低
            facts: {职工人数: 9人}
            expect: {score: 0, outcome: no}
        """
    )
    assert problems(run(tmp_path, text)) == []


def test_every_kind_of_expectation_can_pass(tmp_path: Path) -> None:
    text = item("value: 职工人数\nbands: {10人: 7.5, below: 0}")
    text += "examples:\n  - title: 缺\n    expect: {score: [0, 7.5], items: {share: [0, 7.5]}, missing: [employees]}\n"
    text += "  - title: 高\n    facts: {职工人数: 10}\n    expect: {score: 7.5, items: {share: 7.5}, missing: []}\n"
    assert problems(run(tmp_path, text)) == []


def test_a_difference_names_expected_and_found(tmp_path: Path) -> None:
    text = item("value: 职工人数\nbands: {10人: 7.5, below: 0}")
    text += "examples:\n  - title: 缺\n    expect: {score: 7.5, items: {share: 0}, missing: [revenue]}\n"
    assert problems(run(tmp_path, text)) == [
        "score should be 7.5, got [0, 7.5]",
        "share should be 0, got [0, 7.5]",
        "missing should be [revenue], got [employees]",
    ]


def test_a_rule_that_is_not_in_force_has_no_score_and_no_items(tmp_path: Path) -> None:
    text = item("value: 职工人数\nbands: {10人: 5, below: 0}")
    text += "examples:\n  - title: 早\n    as_of: 2019-01-01\n    expect: {score: 5, items: {share: 5}}\n"
    assert problems(run(tmp_path, text)) == ["score should be 5, got None", "share should be 5, got None"]


@pytest.mark.parametrize("value", ["1.00001", "true", "[1]", "[1, true]", "{a: 1}"])
def test_points_finer_than_the_scale_or_no_points_at_all_are_refused(tmp_path: Path, value: str) -> None:
    text = item("value: 职工人数\nbands: {10人: 5, below: 0}")
    text += f"examples:\n  - title: 高\n    expect: {{score: {value}}}\n"
    assert "cannot be expected; write outcome, score" in problems(run(tmp_path, text))[0]


def test_an_example_runs_against_its_own_version(tmp_path: Path) -> None:
    example = "examples:\n  - title: 多\n    as_of: %s\n    facts: {职工人数: 20人}\n    expect: {size: %s}\n"
    old = clause("职工人数 >= 10人", effective="{from: 2020-01-01, to: 2022-12-31}") + example % ("2021-01-01", "yes")
    load(tmp_path, old, "old")
    new = clause("职工人数 >= 50人", effective="{from: 2023-01-01}") + example % ("2026-01-01", "no")
    results = list(run_examples(load(tmp_path, new, "new"), "test.rule"))
    assert [(result.version, result.ok) for result in results] == [("2020-01-01", True), ("2023-01-01", True)]


def test_an_example_reads_the_rules_asked_on_its_own_day(tmp_path: Path) -> None:
    load(tmp_path, clause("职工人数 >= 10人", id="test.asked", effective="{from: 2020-01-01, to: 2022-12-31}"), "one")
    load(tmp_path, clause("职工人数 >= 50人", id="test.asked", effective="{from: 2023-01-01}"), "two")
    text = clause("outcome('test.asked')")
    for day, expected in (("2022-12-31", "yes"), ("2023-01-01", "no")):
        text += "examples:\n" if day == "2022-12-31" else ""
        text += f"  - title: {day}\n    as_of: {day}\n    facts: {{职工人数: 20人}}\n    expect: {{size: {expected}}}\n"
    assert problems(run(tmp_path, text)) == []


def test_an_example_whose_facts_cannot_be_read_has_no_trace(tmp_path: Path) -> None:
    text = rule(CLAUSE) + "examples:\n  - title: 坏\n    facts: {职工人数: 九人, 没有: 1}\n"
    (result,) = run(tmp_path, text)
    assert (result.ok, result.trace, result.case) == (False, None, None)
    assert [problem.code for problem in result.problems] == ["example-name", "example-name"]


def test_an_unknown_fact_without_anything_like_it_gets_no_suggestion(tmp_path: Path) -> None:
    text = rule(CLAUSE) + "examples:\n  - title: 坏\n    facts: {zzzzzz: 1}\n"
    assert problems(run(tmp_path, text)) == ["there is no indicator 'zzzzzz'"]
