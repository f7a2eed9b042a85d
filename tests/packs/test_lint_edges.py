"""Edge cases: where they lie, the table they become, and the finding where compilers differ."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest
from packs_sample import CLAUSE, clause, item, load, rule

from keqiao.packs.lint import LintReport
from keqiao.packs.lint.agree import compare
from keqiao.packs.lint.check import add_differences
from keqiao.packs.lint.edges import Base, Edges, shown, turning
from keqiao.packs.lint.examples import run_version
from keqiao.packs.lint.table import facts_table
from keqiao.packs.lint.version import Version
from keqiao.packs.loader import Packs

DAY = dt.date(2026, 11, 21)


def version_of(packs: Packs) -> Version:
    return Version(packs, *packs.sources("test.rule")[0])


def changes(folder: Path, text: str, facts: dict[str, object], holds: list[object] | None = None) -> set[str]:
    """What the edge cases of a rule change, starting from one case."""
    version = version_of(load(folder, text))
    compiled = version.compiled(DAY)
    base = Base("基准", compiled.reader.read(facts, holds, DAY, 2025))
    return {edge.change for edge in Edges(compiled, version.packs.vocabulary, [base])}


# ---- where the edges lie ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("side", "start", "expected"),
    [
        (lambda x: x >= 500, 3, {498, 499, 500, 501}),
        (lambda x: (x > 500, x >= 500), None, {498, 499, 500, 501, 502}),
        (lambda x: x < 0, 7, {-2, -1, 0, 1}),
        (lambda x: None if x == 0 else x > 0, 7, {-2, -1, 0, 1, 2}),
        (lambda x: 10 <= x <= 20, 15, {8, 9, 10, 11, 19, 20, 21, 22}),
        (lambda x: True, 15, set()),
    ],
)
def test_turning_points_are_found_with_their_neighbours(
    side: Callable[[int], object], start: object, expected: set[int]
) -> None:
    assert turning(side, start, -1000, 1000) >= expected
    assert all(-1000 <= x <= 1000 for x in turning(side, start, -1000, 1000))


def test_a_threshold_has_cases_below_on_above_and_missing(tmp_path: Path) -> None:
    found = changes(tmp_path, rule(CLAUSE), {"职工人数": "20人"})
    assert {f"职工人数 = {value}" for value in ("9.9999人", "10人", "10.0001人", "None")} <= found


def test_each_fact_of_a_ratio_is_moved_across_the_threshold(tmp_path: Path) -> None:
    found = changes(tmp_path, clause("研发费用 / 营业收入 >= 5%"), {"研发费用": "60万元", "营业收入": "1000万元"})
    assert {"研发费用 = 49.999999万元", "研发费用 = 50万元", "营业收入 = 1200万元", "营业收入 = 1200.000001万元"} <= found
    assert "营业收入 = 0万元" in found


def test_earlier_years_are_moved_as_well(tmp_path: Path) -> None:
    facts: dict[str, object] = {"营业收入": {"2025": "120万元", "2024": "90万元"}}
    found = changes(tmp_path, clause("growth(营业收入) >= 20%"), facts)
    assert {"prior(营业收入, 1) = 100万元", "prior(营业收入, 1) = 100.000001万元", "prior(营业收入, 1) = 0万元"} <= found


def test_powers_of_growth_have_edges(tmp_path: Path) -> None:
    facts: dict[str, object] = {"营业收入": {"2025": "150万元", "2023": "100万元"}}
    found = changes(tmp_path, clause("cagr(营业收入, 2) >= 10%"), facts)
    assert {"营业收入 = 120.999999万元", "营业收入 = 121万元"} <= found


def test_anniversaries_have_the_days_around_them(tmp_path: Path) -> None:
    found = changes(tmp_path, clause("years_since(成立日期) <= 5年"), {"成立日期": "2023-01-01"})
    assert {f"成立日期 = {day}" for day in ("2021-11-20", "2021-11-21", "2021-11-22", "None")} <= found


def test_days_since_have_the_days_around_them(tmp_path: Path) -> None:
    found = changes(tmp_path, clause("days_since(成立日期) >= 365天"), {"成立日期": "2023-01-01"})
    assert {f"成立日期 = {day}" for day in ("2025-11-20", "2025-11-21", "2025-11-22")} <= found


def test_titles_are_held_until_the_day_from_the_day_and_not_at_all(tmp_path: Path) -> None:
    found = changes(tmp_path, clause("holds('高新技术企业', within => 3年)"), {}, ["高新技术企业"])
    spans = ("~", "2026-11-21~", "2026-11-22~", "~2026-11-20", "~2026-11-21", "2023-11-21~", "2023-11-20~", " no")
    assert {f"高新技术企业:{' ' if span != ' no' else ''}{span}" for span in spans} <= found
    assert "holds = null" in found


def test_codes_take_every_value_asked_for_another_and_none(tmp_path: Path) -> None:
    found = changes(tmp_path, clause("发展阶段 IN ('初创期', '成长期')"), {"发展阶段": "初创期"})
    assert {"发展阶段 = 成长期", "发展阶段 = 稳定期", "发展阶段 = None"} <= found
    prefix = changes(tmp_path, clause("注册地行政区划代码 LIKE '3301%'"), {"注册地行政区划代码": "440100"})
    assert {f"注册地行政区划代码 = {code}" for code in ("3301", "33010", "330", "其他代码", "None")} <= prefix


def test_flags_are_true_false_and_missing(tmp_path: Path) -> None:
    found = changes(tmp_path, clause("居民企业"), {"居民企业": True})
    assert found == {"居民企业 = None", "居民企业 = True", "居民企业 = False"}


def test_bands_marks_and_proportions_have_edges(tmp_path: Path) -> None:
    text = item(
        """\
        best:
          - {value: 职工人数, bands: {55人: 10, above: 0}}
          - {mark: 特色化指标得分, max: 15}
          - {value: 营业收入, linear: {full: 10万元, points: 5}}
          - {value: 研发机构级别, map: {国家级: 10, else: 0}}
        """
    )
    facts: dict[str, object] = {"职工人数": "20人", "特色化指标得分": "3分", "营业收入": "1万元", "研发机构级别": "省级"}
    found = changes(tmp_path, text, facts)
    wanted = ("职工人数 = 55人", "特色化指标得分 = 15分", "特色化指标得分 = 0分", "营业收入 = 10万元", "研发机构级别 = 国家级")
    assert set(wanted) <= found


def test_a_class_table_is_crossed_in_every_row(tmp_path: Path) -> None:
    text = rule(
        """\
        classes:
          by: 划型行业
          order: [big, rest]
          cite: 附表
          table:
            工业: {big: 职工人数 >= 100人}
            建筑业: {big: 营业收入 >= 1亿元}
        """
    )
    version = version_of(load(tmp_path, text))
    compiled = version.compiled(DAY)
    base = Base("基准", compiled.reader.read({"划型行业": "工业", "职工人数": "5人", "营业收入": "1万元"}, None, DAY, 2025))
    slot = compiled.env.slots[("size_industry", 0)]
    edges = [edge for edge in Edges(compiled, version.packs.vocabulary, [base]) if edge.change.startswith("营业收入 = 10000万元")]
    assert [edge.case[slot] for edge in edges] == ["建筑业"]


def test_edges_start_from_an_example_in_which_the_comparison_is_decided(tmp_path: Path) -> None:
    version = version_of(load(tmp_path, rule(CLAUSE)))
    compiled = version.compiled(DAY)
    blank = Base("缺", compiled.reader.read({}, None, DAY, 2025))
    known = Base("有", compiled.reader.read({"职工人数": "20人"}, None, DAY, 2025))
    edges = list(Edges(compiled, version.packs.vocabulary, [blank, known]))
    assert {edge.base for edge in edges if edge.change == "职工人数 = 10人"} == {"有"}


def test_a_stored_value_is_shown_in_its_unit(tmp_path: Path) -> None:
    words = "kind: vocabulary\nid: test.words\ntitle: 词\nrecorded: 2026-01-01\nindicators:\n"
    words += "  - {id: odd, label: 怪, type: money, unit: 块, period: annual}\n"
    indicators = load(tmp_path, words, "words").vocabulary.indicators
    assert shown(indicators["revenue"], 123_000_000) == "123万元"
    assert shown(indicators["founded_date"], DAY.toordinal()) == "2026-11-21"
    assert shown(indicators["odd"], 5) == "5"


# ---- the table -------------------------------------------------------------------------------------


def test_cases_become_a_table_in_stored_form(tmp_path: Path) -> None:
    text = rule(
        """\
        require:
          all:
            - {id: growth, title: 增长, when: growth(营业收入) >= 20%, cite: 一}
            - {id: age, title: 年限, when: days_since(成立日期) >= 365天, cite: 二}
            - {id: stage, title: 阶段, when: 发展阶段 = '初创期', cite: 三}
            - {id: resident, title: 居民, when: 居民企业, cite: 四}
            - {id: held, title: 称号, when: holds('高新技术企业'), cite: 五}
        """
    )
    version = version_of(load(tmp_path, text))
    compiled = version.compiled(DAY)
    facts = {
        "营业收入": {"2025": "120万元", "2024": "100万元"},
        "成立日期": "2020-02-29",
        "发展阶段": "初创期",
        "居民企业": True,
    }
    holds = [{"title": "高新技术企业", "from": "2024-01-01"}]
    full = compiled.reader.read(facts, holds, DAY, 2025)
    empty = compiled.reader.read({}, None, DAY, 2025)
    none_held = compiled.reader.read({}, [], DAY, 2025)
    table = facts_table([full, empty, none_held], compiled.env, version.packs.vocabulary)
    assert table.schema.field("revenue__1").type == pa.int64()
    assert table.schema.field("founded_date").type == pa.date32()
    assert table.to_pylist()[0] == {
        "row": 0,
        "revenue": 120_000_000,
        "revenue__1": 100_000_000,
        "founded_date": dt.date(2020, 2, 29),
        "stage": "初创期",
        "resident_enterprise": True,
        "titles": [{"title": "title.hnte", "from": dt.date(2024, 1, 1), "to": None}],
    }
    assert {name for name, value in table.to_pylist()[1].items() if value is not None} == {"row"}
    assert table.to_pylist()[2]["titles"] == []


# ---- agreement -------------------------------------------------------------------------------------


def test_a_difference_between_the_compilers_is_a_finding(tmp_path: Path) -> None:
    text = rule(CLAUSE) + "examples:\n  - title: 十人\n    facts: {职工人数: 10人}\n    expect: {size: yes}\n"
    version = version_of(load(tmp_path, text))
    other = version_of(load(tmp_path / "other", clause("职工人数 > 10人")))
    results = list(run_version(version))
    assert compare(version, results)[1] == []
    version.rule = other.rule  # SQL is now made from a rule that differs from the compiled closures
    _, differences = compare(version, results)
    assert "十人, as given: c:size yes / no" in [str(difference) for difference in differences]
    report = LintReport()
    add_differences(version, differences, report)
    assert [(f.severity, f.code) for f in report.findings] == [("error", "compilers")]
    assert "十人, as given: c:size yes / no" in report.findings[0].zh


def test_scores_and_classes_are_compared_as_well(tmp_path: Path) -> None:
    version = version_of(load(tmp_path, item("value: 职工人数\nbands: {10人: 5, below: 0}")))
    items = version.rule.items
    form = dataclasses.replace(items[0].form, points=((4, 4), (0, 0)))  # type: ignore[arg-type]
    version.compiled(version.first_day)
    version.compiled(DAY)
    version.rule = dataclasses.replace(version.rule, items=(dataclasses.replace(items[0], form=form),))
    columns = {difference.column for difference in compare(version, [])[1]}
    assert {"score_low", "score_high", "low:share", "high:share"} <= columns


def test_examples_of_every_day_are_decided_both_ways(tmp_path: Path) -> None:
    text = rule(CLAUSE) + "examples:\n"
    for day in ("2019-12-31", "2020-01-01", "2026-01-01"):
        text += f"  - title: {day}\n    as_of: {day}\n    facts: {{职工人数: 10人}}\n"
    version = version_of(load(tmp_path, text))
    results = list(run_version(version))
    assert [result.trace.outcome for result in results if result.trace] == ["no", "yes", "yes"]
    count, differences = compare(version, results)
    assert count > 0
    assert differences == []


def test_the_cases_of_a_scorecard_are_each_others_peers(tmp_path: Path) -> None:
    text = item("value: 研发费用 / 营业收入\npercentile: {points: 60, over: [划型行业]}", kind="scorecard")
    text += "examples:\n" + "".join(
        f"  - title: 第{n}户\n    facts: {{划型行业: 工业, 研发费用: {n}万元, 营业收入: 100万元}}\n" for n in (1, 2, 3)
    )
    version = version_of(load(tmp_path, text))
    results = list(run_version(version))
    assert [result.trace.outcome for result in results if result.trace] == ["unknown"] * 3  # alone there are no peers
    count, differences = compare(version, results)
    assert count > 0
    assert differences == []
    version.rule = dataclasses.replace(version.rule, items=version_of(  # SQL now ranks by another value
        load(tmp_path / "other", item("value: 研发费用\npercentile: {points: 60}", kind="scorecard"))
    ).rule.items)  # fmt: skip
    assert {"low:share", "score_low"} & {difference.column for difference in compare(version, results)[1]}
