"""Weights that a document does not give: the points stay a whole range until a sheet brings the figures."""

from __future__ import annotations

import datetime as dt

import openpyxl
import pytest
from weights_sample import fill, read, shipped, template

import keqiao
from keqiao.packs.weights import SheetError

PILOT = "zgc.pilot_points"
DAY = "2026-11-21"
MARKS = {
    "发展阶段": "成长期", "创新积分得分": "80分", "领航积分研发投入得分": "90分", "领航积分科技计划得分": "60分",
    "领航积分科技奖励得分": "50分", "领航积分科技平台得分": "40分", "领航积分关键核心技术攻关得分": "30分",
    "领航积分银行风控得分": "70分",
}  # fmt: skip
#: Seven weights of 成长期 (column H), in the order of the items.
WEIGHTS = (40, 20, 10, 5, 5, 10, 10)
FILLED = {f"权重!{column}{5 + i}": weight / 100 for i, weight in enumerate(WEIGHTS) for column in "GHI"}


def test_points_are_the_whole_range_whatever_the_facts():
    for facts in (MARKS, {}):
        told = shipped()[PILOT].explain(facts, as_of=DAY).to_dict()
        assert (told["score"]["low"], told["score"]["high"], told["outcome"]) == (0, 100, "refer")
        assert (told["status"], told["missing"]) == ("stated", [])


def test_no_weight_stands_anywhere():
    assert all(item.weights is None for item in shipped().built(PILOT, None).items)
    assert "%" not in "".join(str(item["weight"]) for item in shipped().sources(PILOT)[0][1].data["scores"])


def test_the_sheet_asks_for_every_weight(tmp_path):
    sheet = openpyxl.load_workbook(template(tmp_path, card=PILOT))["权重"]
    assert [[sheet.cell(5 + i, column).value for column in (7, 8, 9)] for i in range(7)] == [[0, 0, 0]] * 7


def test_a_sheet_left_as_it_is_is_refused(tmp_path):
    with pytest.raises(SheetError) as caught:
        read(template(tmp_path, card=PILOT), tmp_path / "o", card=PILOT)
    assert "应为 100%" in caught.value.zh


def test_a_filled_sheet_gives_points(tmp_path):
    out = read(fill(template(tmp_path, card=PILOT), FILLED), tmp_path / "o", card=PILOT, effective_from=dt.date(2026, 1, 1))
    packs = keqiao.load_packs([out])
    told = packs[PILOT].explain(MARKS, as_of=DAY).to_dict()
    # 80*.4 + 90*.2 + 60*.1 + 50*.05 + 40*.05 + 30*.1 + 70*.1
    assert told["score"]["low"] == told["score"]["high"] == pytest.approx(70.5)
    assert (told["title"], told["status"], told["outcome"]) == ("中关村领航积分", "official", "yes")
    assert packs[PILOT].explain(MARKS, as_of="2025-12-31").to_dict()["status"] == "stated"
