"""From pack files to rules: names, flags, classes, weights, scores."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from pathlib import Path

import pytest
from packs_sample import CLAUSE, clause, item, load, rule

from keqiao.errors import PackError
from keqiao.packs.build import mentions
from keqiao.packs.loader import load_packs
from keqiao.rules.model import Branch, nodes

FACTS = {"职工人数": "20人", "营业收入": "500万元", "净利润": "80万元", "扣非净利润": "60万元"}


def outcome(folder: Path, text: str, facts: dict[str, object], **case: object) -> str:
    return load(folder, text)["test.rule"].explain(facts, as_of="2026-11-21", **case).outcome  # type: ignore[arg-type]


# ---- names ---------------------------------------------------------------------------------------


def test_local_names_may_be_written_in_any_order(tmp_path: Path) -> None:
    text = rule("define:\n  利润率: 利润 / 营业收入\n  利润: LEAST(净利润, 扣非净利润)\n" + CLAUSE)
    assert outcome(tmp_path, text.replace("职工人数 >= 10人", "利润率 >= 12%"), FACTS) == "yes"


def test_a_name_inside_a_longer_word_is_not_a_reference(tmp_path: Path) -> None:
    # 净利 stands inside 净利润, which 利润 reads: that is no circle
    text = rule("define:\n  利润: LEAST(净利润, 扣非净利润)\n  净利: 利润 * 50%\n" + CLAUSE)
    assert outcome(tmp_path, text.replace("职工人数 >= 10人", "净利 >= 30万元"), FACTS) == "yes"


@pytest.mark.parametrize(("text", "found"), [("甲数 * 2", True), ("甲数值 * 2", False), ("(甲数)", True), ("总甲数", False)])
def test_a_name_is_mentioned_as_a_word_of_its_own(text: str, found: bool) -> None:
    assert mentions(text, "甲数") is found


def test_a_circle_of_local_names_is_shown_whole(tmp_path: Path) -> None:
    text = rule("define:\n  甲数: 乙数\n  乙数: 丙数\n  丙数: 甲数\n" + CLAUSE)
    with pytest.raises(PackError) as caught:
        load(tmp_path, text)["test.rule"].explain({})
    assert "甲数 → 乙数 → 丙数 → 甲数" in caught.value.zh
    assert caught.value.where == "rule.yaml:8:7"


def test_a_circle_of_rules_is_shown_whole(tmp_path: Path) -> None:
    load(tmp_path, clause("outcome('test.two')", id="test.one"), "one")
    packs = load(tmp_path, clause("outcome('test.one')", id="test.two"), "two")
    with pytest.raises(PackError, match=r"test\.one → test\.two → test\.one"):
        packs["test.one"].explain({})


# ---- conduct flags -------------------------------------------------------------------------------

FLAGS = """\
    require:
      all:
        - id: conduct
          title: 无违法
          none_of: [重大安全事故, 列入严重失信名单]
          cite: 第四条
          verify: true
    """


def test_each_conduct_flag_is_a_clause_with_the_shared_citation(tmp_path: Path) -> None:
    tree = load(tmp_path, rule(FLAGS))["test.rule"].at(dt.date(2026, 1, 1)).require
    assert isinstance(tree, Branch)
    group, *flags = list(nodes(tree))[1:]
    assert (group.id, group.cite) == ("conduct", "第四条")
    assert [(flag.id, flag.title.zh, flag.cite, flag.verify) for flag in flags] == [
        ("major_safety_accident", "无重大安全事故", "第四条", True),
        ("serious_dishonesty", "未列入严重失信名单", "第四条", True),
    ]


@pytest.mark.parametrize(
    ("accident", "listed", "expected"),
    [(False, False, "yes"), (True, False, "no"), (False, None, "unknown"), (True, None, "no")],
)
def test_conduct_needs_every_flag_to_be_false(
    tmp_path: Path, accident: object, listed: object, expected: str
) -> None:
    facts = {"重大安全事故": accident, "列入严重失信名单": listed}
    assert outcome(tmp_path, rule(FLAGS), facts) == expected


def test_a_group_may_be_negated(tmp_path: Path) -> None:
    text = rule(
        """\
        require:
          all:
            - id: outside
              title: 不在其内
              not:
                id: inside
                title: 在其内
                when: 居民企业
                cite: 第一条
        """
    )
    assert outcome(tmp_path, text, {"居民企业": False}) == "yes"
    assert outcome(tmp_path / "again", text, {"居民企业": True}) == "no"


# ---- classes -------------------------------------------------------------------------------------

CLASSES = """\
    classes:
      by: 划型行业
      order: [big, middle, rest]
      labels: {big: {zh: 大, en: Big}}
      cite: 附表
      table:
        工业: {big: 职工人数 >= 100人, middle: {when: 职工人数 >= 10人, verify: true}}
        建筑业: {big: 营业收入 >= 1亿元, middle: 营业收入 >= 1000万元}
    """


@pytest.mark.parametrize(
    ("staff", "name"), [("100人", "big"), ("99人", "middle"), ("10人", "middle"), ("9人", "rest")]
)
def test_a_class_is_the_first_whose_condition_holds(tmp_path: Path, staff: str, name: str) -> None:
    trace = load(tmp_path, rule(CLASSES))["test.rule"].explain({"划型行业": "工业", "职工人数": staff}).to_dict()
    assert (trace["outcome"], trace["class"]) == ("yes", name)


def test_without_the_fact_the_classes_that_remain_are_listed(tmp_path: Path) -> None:
    trace = load(tmp_path, rule(CLASSES))["test.rule"].explain({"划型行业": "建筑业"}).to_dict()
    assert (trace["outcome"], trace["classes"], trace["missing"]) == ("unknown", ["big", "middle", "rest"], ["revenue"])


def test_labels_default_to_the_class_and_cells_keep_their_doubts(tmp_path: Path) -> None:
    built = load(tmp_path, rule(CLASSES)).built("test.rule", dt.date(2020, 1, 1))
    assert built.classes is not None
    assert [(built.classes.labels[name].zh, built.classes.labels[name].en) for name in ("big", "rest")] == [
        ("大", "Big"),
        ("rest", None),
    ]
    assert built.unconfirmed() == ["工业.middle"]


# ---- weights -------------------------------------------------------------------------------------

CARD = """\
    kind: scorecard
    id: test.rule
    title: 积分
    recorded: 2026-01-01
    weights:
      by: [发展阶段%s]
      total: %s
    scores:
      - id: staff
        title: 人员
        cite: 附表
        value: 职工人数
        bands: {10人: 100, below: 0}
        weight: %s
    """


def test_weights_are_ratios_or_decimals(tmp_path: Path) -> None:
    packs = load(tmp_path, CARD % ("", "1", "{初创期: 100%, 成长期: 1, 稳定期: 1.0}"))
    built = packs.built("test.rule", None)
    assert built.weighting is not None
    assert built.weighting.total == 1
    assert built.items[0].weights == {("初创期",): 1, ("成长期",): 1, ("稳定期",): 1}
    assert built.weighting.closed


def test_weights_may_depend_on_two_codes(tmp_path: Path) -> None:
    weights = "{初创期: {工业: 50%, 建筑业: 40%}, 成长期: {工业: 60%, 建筑业: 30%}}"
    packs = load(tmp_path, (CARD % (", 划型行业", "1", weights)).replace("      total: 1\n", ""))
    built = packs.built("test.rule", None)
    assert built.items[0].weights == {
        ("初创期", "工业"): Fraction(1, 2),
        ("初创期", "建筑业"): Fraction(2, 5),
        ("成长期", "工业"): Fraction(3, 5),
        ("成长期", "建筑业"): Fraction(3, 10),
    }
    assert built.weighting is not None
    assert not built.weighting.closed
    facts = {"发展阶段": "成长期", "划型行业": "建筑业", "职工人数": "10人"}
    assert packs["test.rule"].explain(facts).to_dict()["score"] == {"low": 30, "high": 30}


def test_a_wrong_sum_names_the_row_and_both_figures(tmp_path: Path) -> None:
    with pytest.raises(PackError) as caught:
        load(tmp_path, CARD % ("", "100%", "{初创期: 100%, 成长期: 99.5%, 稳定期: 100%}")).built("test.rule", None)
    assert caught.value.en == "the weights of 成长期 sum to 99.5%, not 100%"


# ---- scores --------------------------------------------------------------------------------------


def test_the_text_of_an_item_names_what_it_measures(tmp_path: Path) -> None:
    text = item(
        """\
        best:
          - value: 研发费用 / 营业收入
            bands: {6%: 50, below: 0}
          - mark: 特色化指标得分
            max: 15
          - ladder:
              - when: 居民企业
                points: 3
              - else: 0
        """
    )
    built = load(tmp_path, text).built("test.rule", dt.date(2020, 1, 1))
    assert built.items[0].text == "研发费用 / 营业收入；特色化指标得分；居民企业"


@pytest.mark.parametrize(("value", "points"), [("10人", 10), ("55人", 10), ("56人", 5), ("75人", 5), ("76人", 0)])
def test_upper_bounds_belong_to_their_band(tmp_path: Path, value: str, points: int) -> None:
    packs = load(tmp_path, item("value: 职工人数\nbands: {55人: 10, 75人: 5, above: 0}"))
    assert packs["test.rule"].explain({"职工人数": value}).to_dict()["score"]["low"] == points


def test_an_error_in_a_rule_text_has_file_line_and_column_and_the_place_in_the_text(tmp_path: Path) -> None:
    with pytest.raises(PackError) as caught:
        load(tmp_path, clause("职工人数 >= 10万元")).built("test.rule", dt.date(2020, 1, 1))
    assert caught.value.where == "rule.yaml:11:13"


def test_a_score_inside_a_score_is_refused_through_local_names_as_well(tmp_path: Path) -> None:
    form = "ladder:\n  - when: 达标\n    points: 5\n  - else: 0"
    text = item(form).replace("scores:", "define:\n  达标: score('share') >= 1分\nscores:")
    with pytest.raises(PackError, match="score"):
        load(tmp_path, text).built("test.rule", dt.date(2020, 1, 1))


def test_a_shipped_vocabulary_error_does_not_stop_other_rules(tmp_path: Path) -> None:
    load(tmp_path, clause("没有这个词"))
    assert load_packs([tmp_path])["cn.size_class"].explain({}).outcome == "unknown"
