"""The schema of pack files and the sentences that its errors become."""

from __future__ import annotations

from pathlib import Path

import pytest
from packs_sample import CLAUSE, clause, item, rule, write

from keqiao.errors import PackError
from keqiao.packs import schema as s
from keqiao.packs.loader import read_pack
from keqiao.packs.messages import Fault


def refused(folder: Path, text: str) -> Fault:
    with pytest.raises(Fault) as caught:
        read_pack(write(folder, "pack", text))
    return caught.value


def test_a_good_pack_is_read(tmp_path: Path) -> None:
    pack, document = read_pack(write(tmp_path, "pack", rule(CLAUSE)))
    assert isinstance(pack, s.RulePack)
    assert (pack.id, pack.title.en, document.layer) == ("test.rule", "Trial", 0)


def test_a_title_may_be_chinese_alone(tmp_path: Path) -> None:
    pack, _ = read_pack(write(tmp_path, "pack", rule(CLAUSE, title="试验")))
    assert isinstance(pack, s.RulePack)
    assert (pack.title.zh, pack.title.en) == ("试验", None)


def test_numbers_are_text_where_text_is_wanted(tmp_path: Path) -> None:
    pack, _ = read_pack(write(tmp_path, "pack", rule(CLAUSE.replace("第一条", "7"))))
    assert isinstance(pack, s.RulePack)
    assert pack.require is not None
    assert pack.require.all is not None
    assert pack.require.all[0].cite == "7"


def test_a_rule_split_at_the_comma_of_a_flow_mapping_says_so(tmp_path: Path) -> None:
    flow = """\
        require:
          all:
            - {id: size, title: 规模, when: sum_of(营业收入, 3) >= 1万元, cite: 第一条}
        """
    problem = refused(tmp_path, rule(flow))
    assert (problem.code, problem.where) == ("schema", "pack.yaml:9:57")
    assert "splits at the comma" in problem.en
    assert "加引号" in problem.zh


@pytest.mark.parametrize(
    ("text", "where", "hint"),
    [
        (rule(CLAUSE.replace("cite:", "citation:")), "pack.yaml:12:17", "did you mean cite?"),
        (rule(CLAUSE, retro="true"), "pack.yaml:7:8", "did you mean"),
        (rule(CLAUSE, effective="{form: 2020-01-01}"), "pack.yaml:6:19", "did you mean from?"),
        (item("valve: 职工人数\nbands: {10人: 5, below: 0}"), "pack.yaml:11:12", "did you mean value"),
        (rule(CLAUSE, zzz="1"), "pack.yaml:7:6", "is not a known key"),
    ],
)
def test_an_unknown_key_is_placed_and_the_likely_one_named(tmp_path: Path, text: str, where: str, hint: str) -> None:
    problem = refused(tmp_path, text)
    assert problem.where == where
    assert hint in problem.en


def test_a_key_of_the_vocabulary_is_suggested_in_a_vocabulary(tmp_path: Path) -> None:
    problem = refused(
        tmp_path,
        """\
        kind: vocabulary
        id: test.words
        title: 词
        recorded: 2026-01-01
        indicators:
          - {id: test_money, label: 试验金额, type: money, unit: 万元, period: annual, defintion: 试验}
        """,
    )
    assert problem.en == "'defintion' is not a known key; did you mean definition?"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (rule(CLAUSE, status="final"), "status cannot be 'final'"),
        (rule(CLAUSE, verify="maybe"), "verify: true or false is expected"),
        (rule(CLAUSE, recorded="昨天"), "recorded: a date such as 2025-03-31 is expected"),
        (rule(CLAUSE, id="cn 规则"), "id: an id has letters"),
        (rule(CLAUSE, notes="[1]"), "notes: text is expected"),
        (rule(CLAUSE, source="公报"), "source: a mapping is expected"),
        (rule("require: {all: 1}\n"), "all: a list is expected"),
        (rule("define: [甲]\n" + CLAUSE), "define: a mapping is expected"),
        (rule("require:\n  all:\n    - title: 规模\n      when: 居民企业\n"), "a clause needs id and title"),
        (rule("require:\n  all:\n    - id: a\n      title: 规模\n"), "exactly one of when, all, any, not, none_of"),
        (rule("require:\n  any: []\n"), "any is empty"),
        (rule(CLAUSE + "classes: {by: 划型行业, order: [a, b], table: {}}\n"), "write require or classes, not both"),
        (rule(""), "a rule needs require, classes or scores"),
        (item("value: 职工人数\nbands: {10人: 5, below: 0}\nmax: 5"), "max goes with mark only"),
        (item("mark: 特色化指标得分"), "max goes with mark only"),
        (item("value: 职工人数\nmark: 特色化指标得分\nmax: 5"), "value goes with bands, map, linear and percentile only"),
        (item("bands: {10人: 5, below: 0}"), "value goes with bands, map, linear and percentile only"),
        (item("mark: 特色化指标得分\nmax: 5\ncap: 5"), "cap goes with sum only"),
        (item("value: 职工人数"), "exactly one of bands"),
        (item("ladder:\n  - when: 居民企业\n  - else: 0"), "a step has when and points"),
    ],
)
def test_what_is_wrong_is_a_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    assert sentence in refused(tmp_path, text).en


def test_an_indicator_of_an_unknown_type_or_period_is_refused(tmp_path: Path) -> None:
    words = "kind: vocabulary\nid: test.words\ntitle: 词\nindicators:\n  - {id: a, label: 甲, type: %s, period: %s}\n"
    assert "one of text, date" in refused(tmp_path, words % ("sum", "annual")).en
    assert "one of static, annual" in refused(tmp_path, words % ("money", "monthly")).en


def test_a_rule_without_the_day_of_recording_is_refused(tmp_path: Path) -> None:
    problem = refused(tmp_path, rule(CLAUSE, recorded=""))
    assert (problem.code, "何时记入" in problem.zh) == ("recorded", True)


def test_a_pack_error_is_what_callers_catch(tmp_path: Path) -> None:
    assert isinstance(refused(tmp_path, clause("居民企业", kind="law")), PackError)
