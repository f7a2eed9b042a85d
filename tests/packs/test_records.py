"""Declarations of records, counts, sources and places in pack files."""

from __future__ import annotations

from pathlib import Path

import pytest

from keqiao.packs.lint import check
from keqiao.packs.loader import load_packs, read_pack
from keqiao.packs.messages import Fault

WORDS = """\
kind: vocabulary
id: test.words
title: 词
recorded: 2026-11-21
status: local
indicators:
  - {id: sales, label: 销售额, type: money, unit: 万元, period: annual, counted: {from: bills, what: sum(金额), by: 开票日}}
records:
  - id: bills
    title: {zh: 发票, en: Bills}
    sheets: [开票]
    key: [number]
    fields:
      - {id: number, label: 号码, type: text, required: true}
      - {id: amount, label: 金额, type: money, unit: 万元}
      - {id: day, label: 开票日, type: date}
      - {id: state, label: 状态, type: code, values: [有效, 作废], reads: {正常: 有效}}
    checks:
      - {id: positive, title: 金额为正, when: 金额 > 0元}
sources:
  - {id: tax, label: 税务, confidence: high, indicators: [销售额]}
"""


def write(folder: Path, text: str, name: str = "words.yaml") -> Path:
    """A pack file."""
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def test_what_is_declared_is_loaded(tmp_path: Path) -> None:
    packs = load_packs([write(tmp_path, WORDS)], ours=False)
    kind = packs.records["bills"]
    assert kind.sheets == ("发票", "bills", "Bills", "开票")
    assert [f.required for f in kind.fields] == [True, False, False, False]
    assert kind.fields[3].column.values == ("有效", "作废", "正常")
    assert kind.fields[3].indicator.values == ("有效", "作废")
    assert (packs.counted["sales"].field, packs.counted["sales"].by) == ("amount", "day")
    assert packs.sources_of_facts[0].indicators == {"sales"}


def test_a_later_folder_goes_before_in_sources_and_replaces_records(tmp_path: Path) -> None:
    other = WORDS.replace("test.words", "test.more").replace("id: tax, label: 税务", "id: bank, label: 银行").replace("[开票]", "[票据]")
    packs = load_packs([write(tmp_path, WORDS), write(tmp_path, other, "more.yaml")], ours=False)
    assert [s.id for s in packs.sources_of_facts] == ["bank", "tax"]
    assert "票据" in packs.records["bills"].sheets


def test_the_shipped_declarations_can_be_read() -> None:
    packs = load_packs()
    assert list(packs.records) == ["patents", "equity_rounds", "contracts", "orders", "receivables", "projects"]
    assert {c.kind for c in packs.counted.values()} <= set(packs.records)
    assert packs.sources_of_facts[0].confidence == "high"


#: what is written, what instead, part of the sentence
REFUSED = [
    ("{正常: 有效}", "{正常: 开具}", "不在 values 里"),
    ("key: [number]", "key: [code]", "不是字段"),
    ("{id: amount,", "{id: number,", "各不相同"),
    ("{id: amount,", "{id: scheme,", "各不相同"),
    ("type: date}", "type: day}", "type 应是"),
    ("required: true", "require: true", "required"),
    ("confidence: high", "confidence: sure", "confidence"),
]


@pytest.mark.parametrize(("old", "new", "words"), REFUSED)
def test_a_structure_that_is_wrong_is_refused(tmp_path: Path, old: str, new: str, words: str) -> None:
    with pytest.raises(Fault) as caught:
        read_pack(write(tmp_path, WORDS.replace(old, new)))
    assert caught.value.code == "schema"
    assert words in caught.value.zh
    assert str(caught.value.where).startswith("words.yaml:")


#: what is written, what instead, the code of the finding, its line
TOLD = [
    ("when: 金额 > 0元", "when: 价款 > 0元", "name", 19),
    ("when: 金额 > 0元", "when: 金额 > 0人", "unit", 19),
    ("sum(金额)", "sum(价款)", "name", 7),
    ("sum(金额)", "total(金额)", "schema", 7),
    ("sum(金额)", "count", "unit", 7),
    (", by: 开票日", "", "schema", 7),
    ("from: bills", "from: notes", "name", 7),
    ("indicators: [销售额]", "indicators: [销售]", "name", 21),
]


@pytest.mark.parametrize(("old", "new", "code", "line"), TOLD)
def test_a_declaration_that_does_not_fit_is_told_at_its_place(
    tmp_path: Path, old: str, new: str, code: str, line: int
) -> None:
    report = check([write(tmp_path, WORDS.replace(old, new))])
    found = [f for f in report.findings if f.severity == "error"]
    assert [(f.code, f.where.split(":")[:2]) for f in found] == [(code, ["words.yaml", str(line)])]


def test_good_declarations_pass_the_check(tmp_path: Path) -> None:
    assert [f for f in check([write(tmp_path, WORDS)]).findings if f.severity == "error"] == []
