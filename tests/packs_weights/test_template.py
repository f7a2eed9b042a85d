"""The sheet that is written: what it shows, what it protects, what it refuses."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from weights_sample import CARD, TOTAL, shipped, template, with_forms

import keqiao
from keqiao.errors import PackError
from keqiao.packs.weights import write_template


def test_has_one_row_per_item_and_one_column_per_stage(tmp_path):
    sheet = openpyxl.load_workbook(template(tmp_path))["权重"]
    heads = ["".join(str(sheet.cell(4, c).value).split()) for c in range(7, 10)]
    assert heads == ["初创期权重（%）", "成长期权重（%）", "稳定期权重（%）"]
    assert [sheet.cell(5, c).value for c in range(1, 10)] == [
        "rd_amount", 1, "技术创新指标", "研发费用金额", "万元 · 研发费用", "1000万元", 0.04, 0.06, 0.08,
    ]  # fmt: skip
    assert sheet["A22"].value == "venture_funds"
    assert sheet["D23"].value == "合计 Total"


def test_says_that_the_figures_are_illustrative(tmp_path):
    book = openpyxl.load_workbook(template(tmp_path), data_only=True)
    assert "示例" in book["权重"]["B3"].value
    assert "示例" in book["填写说明"]["A3"].value
    assert book["权重"]["J5"].value == "示例"


def test_says_present_figures_where_they_are_not_illustrative(tmp_path):
    packs = with_forms(tmp_path / "packs")
    book = openpyxl.load_workbook(template(tmp_path, packs, "test.forms"), data_only=True)
    assert "现值" in book["权重"]["B3"].value
    assert book["权重"]["K5"].value == "现值"


def test_sums_are_live_and_turn_red(tmp_path):
    file = template(tmp_path)
    sheet = openpyxl.load_workbook(file)["权重"]
    assert sheet[f"G{TOTAL}"].value == "=SUM(G5:G22)"
    assert openpyxl.load_workbook(file, data_only=True)["权重"][f"G{TOTAL}"].value == 1
    rules = [r for span in sheet.conditional_formatting if f"G{TOTAL}" in span for r in span.rules]
    assert [r.formula for r in rules] == [[f"ROUND(G${TOTAL}-1,10)<>0"]]


def test_only_figures_can_be_changed(tmp_path):
    sheet = openpyxl.load_workbook(template(tmp_path))["权重"]
    assert sheet.protection.sheet
    assert sheet.column_dimensions["A"].hidden
    unlocked = {c.coordinate for row in sheet.iter_rows() for c in row if not c.protection.locked}
    assert unlocked == {f"{letter}{row}" for letter in "FGHI" for row in range(5, 23)}


def test_is_set_up_for_print(tmp_path):
    sheet = openpyxl.load_workbook(template(tmp_path))["权重"]
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.freeze_panes == "E5"
    assert sheet.print_title_rows == "$4:$4"


def test_weights_and_values_are_validated_while_typing(tmp_path):
    sheet = openpyxl.load_workbook(template(tmp_path))["权重"]
    spans = {str(v.sqref): v for v in sheet.data_validations.dataValidation}
    assert (spans["G5"].type, spans["G5"].formula1, spans["G5"].formula2) == ("decimal", "0", "1")
    assert spans["F5"].type == "custom"


def test_says_that_stage_limits_are_not_set_here(tmp_path):
    sheet = openpyxl.load_workbook(template(tmp_path))["填写说明"]
    texts = {sheet.cell(row, 1).value: sheet.cell(row, 2).value for row in range(6, 20)}
    assert "本表不能设定" in texts["阶段界限"]


def test_says_where_the_pack_itself_derives_the_stage(tmp_path):
    (tmp_path / "p.yaml").write_text(
        "kind: scorecard\nid: x.card\ntitle: 卡\nrecorded: 2026-01-01\nstatus: local\n"
        "define:\n  期: CASE WHEN 职工人数 > 10人 THEN 发展阶段 ELSE 企业规模 END\n"
        "weights: {by: [期]}\nscores:\n  - id: a\n    title: 甲\n    value: 研发费用\n"
        "    linear: {full: 'LEAST(10万元, 20万元)', points: 5}\n    weight: {初创期: 10%, 大型: 20%}\n"
    )
    packs = keqiao.load_packs([tmp_path / "p.yaml"])
    book = openpyxl.load_workbook(template(tmp_path, packs, "x.card"))
    texts = {book["填写说明"].cell(r, 1).value: book["填写说明"].cell(r, 2).value for r in range(6, 20)}
    assert "define" in texts["分组界限"]
    assert "没有规定" in texts["2 合计"]
    assert book["权重"]["E5"].value == "万元 · 研发费用"


def test_other_forms_stand_on_a_second_sheet(tmp_path):
    packs = with_forms(tmp_path / "packs")
    book = openpyxl.load_workbook(template(tmp_path, packs, "test.forms"))
    assert book["权重"]["F5"].value == "见“分档”"
    assert book["权重"]["G7"].value == "不加权"
    lines = [[book["分档"].cell(r, c).value for c in range(2, 8)] for r in (5, 7, 12)]
    assert lines == [
        [1, "研发强度", "分档（下限，含）", "6%", 40, 50],
        [1, "研发强度", "分档（下限，含）", "其余", 0, None],
        [3, "知识产权", "阶梯（先符合者）", "PCT专利申请量 >= 1件", 10, 20],
    ]


def test_refuses_an_existing_file(tmp_path):
    file = template(tmp_path)
    before = file.read_bytes()
    with pytest.raises(PackError, match="已经存在"):
        write_template(shipped(), CARD, file)
    assert file.read_bytes() == before


def test_refuses_another_kind_of_file(tmp_path):
    with pytest.raises(PackError, match=r"\.xlsx"):
        write_template(shipped(), CARD, tmp_path / "a.csv")


def test_refuses_a_rule_without_weights(tmp_path):
    with pytest.raises(PackError, match=r"cn\.tech_sme 没有权重表；有权重表的：cn\.innovation_points"):
        write_template(shipped(), "cn.tech_sme", tmp_path / "a.xlsx")


def test_refuses_an_unknown_id(tmp_path):
    with pytest.raises(PackError, match="没有规则"):
        write_template(shipped(), "cn.nothing", tmp_path / "a.xlsx")


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(PackError, match="无法写入"):
        write_template(shipped(), CARD, tmp_path / "file" / "a.xlsx")
