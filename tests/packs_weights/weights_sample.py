"""Helpers: the shipped scorecard, one with every form, filling in sheets, and reading them back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl

import keqiao
from keqiao.packs.weights import read_template, write_template
from keqiao.rules.model import Rule

CARD = "cn.innovation_points"
FIRST = dt.date(2024, 8, 2)

#: Rows of the sheet 权重 (as Excel counts) in the shipped scorecard.
TOP, TOTAL = 5, 23

FORMS = """
kind: scorecard
id: test.forms
title: {zh: 各种形式, en: Every form}
recorded: 2026-01-01
status: local
notes: 两行都在
effective: {from: 2026-01-01, to: 2030-12-31}
define:
  强度: 研发费用 / 营业收入
weights:
  by: [发展阶段, 高新技术领域]
  total: 50.5%
groups:
  - {id: a, title: 甲组}
caps: {a: 40}
scores:
  - id: banded
    title: 研发强度
    group: a
    cite: 第一条
    value: 强度
    bands: {6%: [40, 50], 5%: 40, below: 0}
    weight: {初创期: {电子信息: 20.25%, 新材料: 10%}, 成长期: {电子信息: 20.25%, 新材料: 10%}}
  - id: debts
    title: 负债率
    value: 负债总额 / 资产总额
    bands: {55%: 10.5, 75%: 5, above: 0}
    weight: {初创期: {电子信息: 30.25%, 新材料: 40.5%}, 成长期: {电子信息: 30.25%, 新材料: 40.5%}}
  - id: stepped
    title: 知识产权
    verify: true
    ladder:
      - when: 发明专利申请量 >= 1件
        points: 30
      - when: PCT专利申请量 >= 1件
        points: [10, 20]
      - else: 0
  - id: mapped
    title: 机构
    note: "yes"
    value: 研发机构级别
    map: {国家级: 10, else: 0}
  - id: summed
    title: 加分
    sum:
      - when: 发明专利申请量 >= 10件
        points: 2
        title: 专利多
      - when: 职工人数 >= 10人
        points: 3
    cap: 4
  - id: marked
    title: 特色
    mark: 特色化指标得分
    max: 15
  - id: better
    title: 较优者
    best:
      - value: 强度
        bands: {6%: 50, below: 0}
      - value: 研发费用
        linear: {full: 1000万元, points: 50}
  - id: ranked
    title: 排位
    value: 强度
    percentile: {points: 8, over: [划型行业]}
examples:
  - title: 无
    facts: {研发费用: 1万元}
    expect: {outcome: unknown}
"""


@cache
def shipped() -> keqiao.Packs:
    return keqiao.load_packs()


def with_forms(folder: Path) -> keqiao.Packs:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "forms.yaml").write_text(FORMS, encoding="utf-8")
    return keqiao.load_packs([folder])


def template(folder: Path, packs: keqiao.Packs | None = None, card: str = CARD) -> Path:
    file = folder / "权重.xlsx"
    write_template(packs or shipped(), card, file)
    return file


def fill(file: Path, cells: Mapping[str, Any], formats: Mapping[str, str] | None = None) -> Path:
    """Type values into cells such as ``权重!G5``; ``formats`` changes number formats first."""
    book = openpyxl.load_workbook(file)
    for place, number_format in (formats or {}).items():
        sheet, _, cell = place.partition("!")
        book[sheet][cell].number_format = number_format
    for place, value in cells.items():
        sheet, _, cell = place.partition("!")
        book[sheet][cell].value = value
    book.save(file)
    return file


def read(file: Path, out: Path, packs: keqiao.Packs | None = None, card: str = CARD, **more: Any) -> Path:
    settings: dict[str, Any] = {
        "document": "某办法",
        "number": "某发〔2026〕1号",
        "status": "official",
        "out": out,
    }
    return read_template(packs or shipped(), card, file, **(settings | more))


def rule(packs: keqiao.Packs, card: str = CARD, first: dt.date = FIRST) -> Rule:
    return packs.built(card, first)


def weights(packs: keqiao.Packs, item: str) -> dict[str, Fraction]:
    """The weights of an item of the shipped scorecard by stage."""
    found = next(i for i in rule(packs).items if i.id == item).weights
    assert found is not None
    return {row[0]: weight for row, weight in found.items()}
