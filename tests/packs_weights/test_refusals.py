"""What is wrong in a sheet is told at its cell, with the remedy."""

from __future__ import annotations

import datetime as dt
import zipfile

import openpyxl
import pytest
from weights_sample import CARD, TOTAL, fill, read, shipped, template, with_forms

from keqiao.errors import PackError, use_language
from keqiao.packs.weights import SheetError


def refusal(tmp_path, cells, formats=None, card=CARD):
    packs = shipped() if card == CARD else with_forms(tmp_path / "packs")
    file = fill(template(tmp_path, packs, card), cells, formats)
    with pytest.raises(PackError) as caught:
        read(file, tmp_path / "o", packs, card)
    assert not (tmp_path / "o").exists()
    return caught.value


@pytest.mark.parametrize(
    ("cell", "value", "number_format", "words"),
    [
        ("G5", None, None, "没有填"),
        ("G5", "  ", None, "没有填"),
        ("G5", "八", None, "不是数字"),
        ("G5", "8", None, "不是数字"),
        ("G5", True, None, "不是数字"),
        ("G5", dt.date(2026, 1, 1), "yyyy-mm-dd", "不是数字"),
        ("G5", -0.04, None, "负数"),
        ("G5", "-4%", None, "负数"),
        ("G5", 8, None, "800% 大于合计 100%；如是 8%"),
        ("G5", 0.04, "General", "0.04 是 4% 还是 0.04%"),
        ("G5", 0.04, '0.00"%"', "0.04 是 4% 还是 0.04%"),
        ("G5", "=1/25", None, "没有计算结果"),
        ("G5", "#N/A", None, "#N/A"),
        ("F5", None, None, "没有填"),
        ("F5", 1000, "General", "没有单位"),
        ("F5", "1000", None, "带单位"),
        ("F5", "很多", None, "带单位"),
        ("F5", "100人", None, "应是金额"),
        ("F5", 0.4, "0%", "应是金额"),
        ("F5", "0万元", None, "大于零"),
        ("F5", dt.date(2026, 1, 1), "yyyy-mm-dd", "带单位"),
        ("F5", True, None, "带单位"),
    ],
)
def test_a_bad_cell_is_told_at_its_place(tmp_path, cell, value, number_format, words):
    formats = {f"权重!{cell}": number_format} if number_format else None
    error = refusal(tmp_path, {f"权重!{cell}": value}, formats)
    assert error.where == f"权重!{cell}"
    assert words in error.zh


def test_a_formula_with_its_value_is_read(tmp_path):
    file = template(tmp_path)
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = parts["xl/worksheets/sheet2.xml"].decode()
    start = sheet.index('<c r="G5"')
    end = sheet.index("</c>", start)
    opening = sheet[start : sheet.index(">", start) + 1]
    parts["xl/worksheets/sheet2.xml"] = (
        f"{sheet[:start]}{opening}<f>1/25</f><v>4.0000000000000001E-2</v>{sheet[end:]}".encode()
    )
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    assert "初创期: 4%" in read(file, tmp_path / "o").read_text(encoding="utf-8")


def test_a_sum_one_hundredth_of_a_percent_off_names_the_stage(tmp_path):
    error = refusal(tmp_path, {"权重!H5": 0.0601})
    assert error.where == f"权重!H{TOTAL}"
    assert error.zh == "“成长期”的权重合计 100.01%，应为 100%，多 0.01%，请对照文件改正"


def test_a_sum_that_is_short_is_told_in_english_too(tmp_path):
    error = refusal(tmp_path, {"权重!I22": 0})
    use_language("en")
    try:
        assert (
            str(error)
            == f"权重!I{TOTAL}: the weights of 稳定期 sum to 98%, not 100%: 2% too little; compare them with the document"
        )
    finally:
        use_language("zh")


def test_several_problems_are_told_together_in_order(tmp_path):
    error = refusal(tmp_path, {"权重!G5": None, "权重!F6": "x", "权重!I9": -1})
    assert isinstance(error, SheetError)
    assert [p.where for p in error.problems] == ["权重!G5", "权重!F6", "权重!I9"]
    assert str(error).startswith("表中有 3 处要改：\n权重!G5：")


def test_a_plain_number_needs_the_percent_sign_in_its_heading(tmp_path):
    error = refusal(tmp_path, {"权重!G4": "初创期权重", "权重!G5": 4}, {"权重!G5": "General"})
    assert error.where == "权重!G5"
    assert "400% 还是 4%" in error.zh


@pytest.mark.parametrize(
    ("cells", "where", "words"),
    [
        ({"G4": "启动期权重（%）"}, "权重!G4", "不见了"),
        ({"H4": "初创期权重（%）"}, "权重!H4", "出现了两次"),
        ({"A4": None}, "权重!A4", "表头不在原来的行"),
        ({"A1": "x"}, "权重!A1", "不是本命令生成"),
        ({"A2": "cn.other"}, "权重!A2", "是 cn.other 的"),
        ({"A3": "1999-01-01"}, None, "没有 1999-01-01 的版本"),
        ({"D5": "别的指标"}, "权重!D5", "错位"),
        ({"A5": "rd_growth", "D5": "研发费用增速"}, "权重!A6", "出现了两次"),
    ],
)
def test_a_changed_frame_is_refused(tmp_path, cells, where, words):
    error = refusal(tmp_path, {f"权重!{cell}": value for cell, value in cells.items()})
    assert error.where == where
    assert words in error.zh


def test_an_unknown_id_is_told_and_the_row_it_replaced(tmp_path):
    error = refusal(tmp_path, {"权重!A5": "mystery"})
    assert [(p.where, p.zh[:5]) for p in error.problems] == [
        ("权重!A5", "隐藏列的编"),
        ("权重!D5", "缺“研发费"),
    ]


def test_a_removed_row_is_told_where_it_was(tmp_path):
    file = template(tmp_path)
    book = openpyxl.load_workbook(file)
    book["权重"].delete_rows(7)
    book.save(file)
    with pytest.raises(PackError, match="缺“研发费用占营业收入”这一行") as caught:
        read(file, tmp_path / "o")
    assert caught.value.where == "权重!D7"


def test_an_added_row_is_told(tmp_path):
    file = template(tmp_path)
    book = openpyxl.load_workbook(file)
    book["权重"].insert_rows(7)
    book["权重"]["D7"].value = "我们的指标"
    book.save(file)
    with pytest.raises(PackError, match="新增的") as caught:
        read(file, tmp_path / "o")
    assert caught.value.where == "权重!D7"


def test_words_below_the_sums_do_no_harm_but_figures_do(tmp_path):
    file = fill(template(tmp_path), {"权重!D30": "填表人：张三"})
    assert read(file, tmp_path / "o").is_file()
    with pytest.raises(PackError, match="新增的") as caught:
        read(fill(file, {"权重!G30": 0.01}), tmp_path / "p")
    assert caught.value.where == "权重!D30"


def test_empty_rows_and_sorted_rows_do_no_harm(tmp_path):
    file = template(tmp_path)
    book = openpyxl.load_workbook(file)
    sheet = book["权重"]
    for column in range(1, 10):
        a, b = sheet.cell(5, column), sheet.cell(20, column)
        a.value, b.value = b.value, a.value
    sheet.insert_rows(8)
    book.save(file)
    assert read(file, tmp_path / "o").is_file()


@pytest.mark.parametrize(
    ("cell", "value", "words"),
    [
        ("权重!F5", "6%", "这一格不填"),
        ("权重!G7", 0.1, "这一格不填"),
        ("分档!E5", "6", "带单位"),
        ("分档!E5", "6人", "应是比率"),
        ("分档!E6", "6%", "应小于上一档"),
        ("分档!E9", "50%", "应大于上一档"),
        ("分档!E7", "1%", "这一格不填"),
        ("分档!E18", "x", "这一格不填"),
        ("分档!F5", None, "没有填"),
        ("分档!F5", "四十", "不是数字"),
        ("分档!G5", 30, "小于得分 40"),
        ("分档!G18", 5, "没有得分区间"),
        ("分档!E11", "发明专利量 >= 1件", "“知识产权”："),
        ("分档!E11", 5, "没有单位"),
        ("分档!E22", "0元", "大于零"),
        ("分档!E22", "5%", "应是金额"),
        ("分档!A5", "x", "隐藏列"),
        ("分档!A4", "x", "表头"),
    ],
)
def test_a_bad_figure_of_a_form_is_told_at_its_place(tmp_path, cell, value, words):
    error = refusal(tmp_path, {cell: value}, {cell: "General"}, "test.forms")
    assert error.where == cell
    assert words in error.zh


def test_points_are_no_percentage(tmp_path):
    error = refusal(tmp_path, {"分档!F5": 0.4}, {"分档!F5": "0%"}, "test.forms")
    assert "得分不是百分数" in error.zh


def test_a_missing_sheet_is_told(tmp_path):
    packs = with_forms(tmp_path / "packs")
    file = template(tmp_path, packs, "test.forms")
    book = openpyxl.load_workbook(file)
    del book["分档"]
    book.save(file)
    with pytest.raises(PackError, match="没有“分档”表"):
        read(file, tmp_path / "o", packs, "test.forms")


def test_content_far_outside_the_table_is_refused(tmp_path):
    assert "远大于模板" in refusal(tmp_path, {"权重!A9000": "x"}).zh


# ---- files -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "空的"),
        (b"id,weight\n1,2\n", "不是完好的"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "旧版"),
        (b"PK\x03\x04 truncated", "不是完好的"),
    ],
)
def test_a_file_of_another_kind_is_refused(tmp_path, content, words):
    file = tmp_path / "权重.xlsx"
    file.write_bytes(content)
    with pytest.raises(PackError, match=words) as caught:
        read(file, tmp_path / "o")
    assert caught.value.where == "权重.xlsx"


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(PackError, match="打不开"):
        read(tmp_path / "none.xlsx", tmp_path / "o")


def test_a_file_that_is_too_large_is_refused(tmp_path):
    file = tmp_path / "a.xlsx"
    with file.open("wb") as handle:
        handle.truncate(21 * 2**20)
    with pytest.raises(PackError, match="太大"):
        read(file, tmp_path / "o")


def test_a_zip_bomb_is_refused(tmp_path):
    file = template(tmp_path)
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.bin", b"\0" * (101 * 2**20))
    with pytest.raises(PackError, match="解压后过大"):
        read(file, tmp_path / "o")


def test_a_damaged_part_is_refused(tmp_path):
    file = template(tmp_path)
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/worksheets/sheet2.xml"] = parts["xl/worksheets/sheet2.xml"][:900]
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    with pytest.raises(PackError, match="已损坏"):
        read(file, tmp_path / "o")


def test_another_workbook_is_refused(tmp_path):
    file = tmp_path / "other.xlsx"
    openpyxl.Workbook().save(file)
    with pytest.raises(PackError, match="没有“权重”表"):
        read(file, tmp_path / "o")
