"""`keqiao.packs.lint.check`: one invalid pack per check, the shipped packs, and folders laid over them."""

from __future__ import annotations

from pathlib import Path

import pytest
from packs_sample import CLAUSE, INVALID, clause, item, rule, write

from keqiao.errors import PackError, use_language
from keqiao.packs.lint import CODES, Finding, LintReport, check

EXAMPLES = """\
examples:
  - title: 够
    facts: {职工人数: 10人}
    expect: {size: yes, outcome: yes}
  - title: 不够
    like: 够
    facts: {职工人数: 9人}
    expect: {size: no, outcome: no}
"""


@pytest.fixture(scope="module")
def invalid() -> LintReport:
    """All invalid packs in one check, as a user with many broken files would run it."""
    return check([INVALID])


@pytest.fixture(scope="module")
def ours() -> LintReport:
    """The shipped packs."""
    return check()


def of_case(report: LintReport, case: Path) -> list[Finding]:
    files = [path.name for path in case.iterdir()] if case.is_dir() else [case.name]
    return [finding for finding in report.findings if finding.where.split(":")[0] in files]


# ---- one invalid pack per check --------------------------------------------------------------------


@pytest.mark.parametrize("case", sorted(INVALID.iterdir()), ids=lambda path: path.name)
def test_an_invalid_pack_gives_exactly_its_finding(invalid: LintReport, case: Path) -> None:
    expected = case.name.split(".")[0]
    found = of_case(invalid, case)
    if CODES[expected][0] == "error":
        found = [finding for finding in found if finding.severity == "error"]
    assert {finding.code for finding in found} == {expected}


def test_every_check_has_an_invalid_pack() -> None:
    # closures and SQL disagree, or a rule that reads well cannot be run, only where the engine is wrong:
    # test_lint_edges shows the first finding
    assert set(CODES) - {case.name.split(".")[0] for case in INVALID.iterdir()} == {"compilers", "engine"}


def test_every_finding_has_file_line_and_column_or_the_file(invalid: LintReport) -> None:
    for finding in invalid.findings:
        file, *place = finding.where.split(":")
        assert next(INVALID.rglob(file), None) or file.startswith("tech_sme"), finding
        assert all(part.isdigit() for part in place), finding


def test_a_finding_speaks_both_languages(invalid: LintReport) -> None:
    finding = next(f for f in invalid.findings if f.where.startswith("bands.order"))
    assert str(finding) == "bands.order.yaml:13:26: 档界要由大到小排列且不重叠：“20人”的位置不对 [bands]"
    use_language("en")
    try:
        assert str(finding) == "bands.order.yaml:13:26: bounds must fall without overlap: '20人' is out of order [bands]"
    finally:
        use_language("zh")


def test_an_error_in_a_text_says_where_in_the_text(invalid: LintReport) -> None:
    finding = next(f for f in invalid.findings if f.where.startswith("unit.bare-number"))
    assert finding.zh.endswith("（规则第1行第9列）")
    assert finding.en.endswith("(line 1 column 9 of the rule)")


# ---- the shipped packs -----------------------------------------------------------------------------


def test_the_shipped_packs_have_no_errors(ours: LintReport) -> None:
    assert [str(finding) for finding in ours.errors] == []
    assert ours.ok


def test_the_shipped_packs_are_covered_by_their_examples(ours: LintReport) -> None:
    assert [str(f) for f in ours.notes if f.code in ("coverage", "branches")] == []


def test_what_was_checked_is_counted(ours: LintReport) -> None:
    assert ours.rules >= 5
    assert ours.files > 2 * ours.rules - 1
    assert ours.clauses >= 49
    assert ours.examples >= 745
    assert ours.edge_cases >= 1500


def test_what_is_unconfirmed_is_listed_and_noted_once_per_version(ours: LintReport) -> None:
    noted = [(note.rule, note.where.partition(":")[0]) for note in ours.notes if note.code == "verify"]
    assert sorted(noted) == sorted({(one.rule, one.where.partition(":")[0]) for one in ours.unverified})
    award = next(one for one in ours.unverified if (one.rule, one.id) == ("cn.tech_sme", "award"))
    assert award.title == "近五年国家级科技奖励前三"
    assert award.where.startswith("tech_sme.yaml:")
    cells = {one.id for one in ours.unverified if one.rule == "cn.size_class"}
    assert cells == {"source", "物业管理.medium", "租赁和商务服务业.medium", "其他未列明行业.medium"}


def test_a_flag_is_unconfirmed_at_its_own_line(ours: LintReport) -> None:
    flags = [one.where for one in ours.unverified if one.rule == "cn.innovative_sme" and one.id.endswith("accident")]
    assert len(set(flags)) == 2


def test_illustrative_figures_are_noted(ours: LintReport) -> None:
    assert [f.rule for f in ours.notes if f.code == "illustrative"] == ["cn.innovation_points"]


def test_progress_is_told_rule_by_rule(tmp_path: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    check([write(tmp_path, "rule", rule(CLAUSE + EXAMPLES))], progress=lambda *step: seen.append(step))
    assert seen == [("test.rule", 0, 1), ("", 1, 1)]


# ---- folders laid over them --------------------------------------------------------------------------


def test_a_good_rule_is_clean(tmp_path: Path) -> None:
    report = check([write(tmp_path, "rule", rule(CLAUSE + EXAMPLES))])
    assert report.findings == []
    assert (report.files, report.rules, report.clauses, report.examples) == (1, 1, 1, 2)
    assert report.edge_cases > 0


def test_a_rule_without_examples_is_still_compared_at_its_edges(tmp_path: Path) -> None:
    text = rule(
        """\
        require:
          all:
            - {id: size, title: 规模, when: 职工人数 >= 10人, cite: 一}
            - {id: age, title: 年限, when: days_since(成立日期) >= 365天, cite: 二}
            - {id: stage, title: 阶段, when: 发展阶段 = '初创期', cite: 三}
            - {id: place, title: 地区, when: "注册地行政区划代码 LIKE '3301%'", cite: 四}
            - {id: resident, title: 居民, when: 居民企业, cite: 五}
        """
    )
    report = check([write(tmp_path, "rule", text)])
    assert report.ok
    assert [finding.en for finding in report.findings] == [
        "no examples: write some in which each clause holds and fails"
    ]
    assert report.edge_cases > 15


def test_edge_cases_of_a_rule_that_has_ended_start_inside_its_period(tmp_path: Path) -> None:
    text = clause("职工人数 >= 10人", effective="{from: 2020-01-01, to: 2021-12-31}")
    report = check([write(tmp_path, "rule", text)])
    assert report.ok
    assert report.edge_cases > 3


def test_with_folders_only_they_and_what_they_change_are_reported(tmp_path: Path) -> None:
    words = """\
        kind: vocabulary
        id: test.words
        title: 词
        recorded: 2026-01-01
        indicators:
          - {id: size_industry, label: 划型行业, type: code, period: static, values: [工业]}
        """
    report = check([write(tmp_path, "words", words)])
    # the shorter list of industries breaks the table of cn.size_class, and nothing else
    assert {(finding.rule, finding.code) for finding in report.errors} == {("cn.size_class", "class")}


def test_a_changed_word_has_the_rules_that_read_it_checked_again(tmp_path: Path) -> None:
    words = """\
        kind: vocabulary
        id: test.words
        title: 词
        recorded: 2026-01-01
        indicators:
          - {id: stage, label: 发展阶段, type: code, period: annual, values: [初创期, 成长期, 稳定期]}
        """
    report = check([write(tmp_path, "words", words)])
    assert report.ok
    assert (report.rules, report.examples > 90) == (1, True)


def test_a_rule_may_ask_for_the_class_that_another_gives(tmp_path: Path) -> None:
    text = clause("class('cn.size_class') IN ('small', 'micro') AND points('cn.innovation_points') >= 0分", effective="")
    report = check([write(tmp_path, "rule", text)])
    assert report.ok
    assert report.edge_cases > 200


def test_unconfirmed_parts_are_placed_wherever_they_stand(tmp_path: Path) -> None:
    text = rule(
        """\
        require:
          all:
            - id: outside
              title: 不在其内
              not: {id: inside, title: 在其内, when: 居民企业, cite: 一, verify: true}
            - {id: size, title: 规模, when: score('share') >= 5分, cite: 二}
        scores:
          - {id: share, title: 占比, cite: 附表, verify: true, value: 职工人数, bands: {10人: 5, below: 0}}
        """
    )
    report = check([write(tmp_path, "rule", text)])
    assert [(one.id, one.title, one.where) for one in report.unverified] == [
        ("inside", "在其内", "rule.yaml:11:17"),
        ("share", "占比", "rule.yaml:14:10"),
    ]


def test_a_rule_that_asks_a_changed_rule_is_checked_again(tmp_path: Path) -> None:
    write(tmp_path / "a", "asked", clause("职工人数 >= 10人", id="test.asked"))
    write(
        tmp_path / "a",
        "asking",
        clause("outcome('test.asked')")
        + "examples:\n  - title: 够\n    facts: {职工人数: 10人}\n    expect: {size: yes}\n",
    )
    assert check([tmp_path / "a"]).ok
    changed = write(tmp_path / "b", "asked", clause("职工人数 >= 50人", id="test.asked"))
    report = check([tmp_path / "a", changed])
    assert [(f.rule, f.code) for f in report.errors] == [("test.rule", "example")]


def test_changed_lists_and_titles_are_followed(tmp_path: Path) -> None:
    write(tmp_path, "rule", clause("in_list(国民经济行业代码, 'test.list') OR holds('高新技术企业')"))
    write(tmp_path, "list", "kind: list\nid: test.list\ntitle: 名\nrecorded: 2026-01-01\nmembers: [C39]\n")
    report = check([tmp_path])
    assert report.ok
    assert report.rules == 1


def test_a_version_over_a_shipped_one_drops_the_examples_of_what_it_replaces(tmp_path: Path) -> None:
    text = clause("职工人数 <= 3人", id="cn.tech_sme", effective="{from: 2017-05-03}", source="{date: 2017-05-03}")
    report = check([write(tmp_path, "rule", text)])
    assert report.ok
    assert report.examples == 0


def test_examples_for_a_shipped_rule_may_be_laid_over_it(tmp_path: Path) -> None:
    text = """\
        kind: examples
        id: cn.tech_sme
        effective: {from: 2017-05-03}
        examples:
          - title: 又一例
            like: 基准
            facts: {职工人数: 501人}
            expect: {employees: yes}
        """
    report = check([write(tmp_path, "more", text)])
    assert [(f.rule, f.code, f.where) for f in report.errors] == [("cn.tech_sme", "example", "more.yaml:5:5")]


def test_a_version_may_supersede_a_shipped_one_without_breaking_its_examples(tmp_path: Path) -> None:
    text = clause("职工人数 <= 3人", id="cn.tech_sme", effective="{from: 2026-01-01}")
    report = check([write(tmp_path, "rule", text)])
    assert report.ok
    assert "superseded" in {finding.code for finding in report.notes}


def test_versions_that_follow_each_other_do_not_overlap(tmp_path: Path) -> None:
    write(tmp_path, "one", clause("职工人数 >= 10人", effective="{from: 2020-01-01, to: 2023-12-31}"))
    write(tmp_path, "two", clause("职工人数 >= 50人", effective="{from: 2024-01-01}"))
    assert check([tmp_path]).ok


def test_a_broken_rule_is_reported_once_and_not_again_by_those_that_ask_it(tmp_path: Path) -> None:
    write(tmp_path, "asked", clause("没有这个词 >= 1人", id="test.asked"))
    write(tmp_path, "asking", clause("outcome('test.asked')"))
    report = check([tmp_path])
    assert [(f.rule, f.code) for f in report.errors] == [("test.asked", "name")]


def test_retroactive_rules_may_be_older_than_their_text(tmp_path: Path) -> None:
    text = clause("职工人数 >= 10人", effective="{from: 2019-01-01}", retroactive="true")
    assert check([write(tmp_path, "rule", text)]).ok


def test_the_checks_of_a_vocabulary_are_read(tmp_path: Path) -> None:
    text = """\
        kind: vocabulary
        id: test.words
        title: 词
        recorded: 2026-01-01
        checks:
          - {id: part, title: 部分, when: 科技人员数 <= 营业收入}
        """
    report = check([write(tmp_path, "words", text)])
    assert [(f.code, f.where) for f in report.errors] == [("unit", "words.yaml:6:33")]


def test_all_score_forms_are_checked_in_both_compilers(tmp_path: Path) -> None:
    text = item(
        """\
        best:
          - mark: 特色化指标得分
            max: 15
          - value: growth(营业收入)
            linear: {full: 40%, points: 20}
          - value: 研发机构级别
            map: {国家级: 10, 省级: 8, else: 0}
          - sum:
              - when: holds('高新技术企业', within => 3年) AND count_yes(居民企业, 查账征收) >= 1项
                points: 3
              - when: years_since(成立日期) <= 5年 OR cagr(净利润, 2) >= 10%
                points: [1, 2]
            cap: 4
        """
    )
    report = check([write(tmp_path, "rule", text)])
    assert report.ok
    assert report.edge_cases > 40


def test_a_folder_that_is_not_there_is_an_error_of_usage(tmp_path: Path) -> None:
    with pytest.raises(PackError, match="nowhere"):
        check([tmp_path / "nowhere"])


def test_a_file_that_cannot_be_read_does_not_stop_the_others(tmp_path: Path) -> None:
    broken = write(tmp_path / "a", "broken", "kind: [")
    good = write(tmp_path / "b", "rule", rule(CLAUSE + EXAMPLES))
    assert [f.code for f in check([broken, good]).errors] == ["yaml"]
