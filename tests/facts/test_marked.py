"""The marked copy: bad cells red and commented, nothing in it is executed."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from facts_sample import AS_OF, CODE, VOCABULARY, A, B, C, book, codes, facts, load, sheet, the
from openpyxl import Workbook, load_workbook

from keqiao.errors import use_language
from keqiao.facts import ImportRefused, import_files

RED = "FFFF9999"


def test_bad_cells_are_red_and_commented(tmp_path: Path) -> None:
    rows = [["表"], [CODE, "企业名称", "职工人数"], [], [A, "甲", "待定"], [B, "乙", 3]]
    report = load(book(tmp_path / "a.xlsx", rows))
    assert report.marked_copy == tmp_path / "snapshot-errors.xlsx"
    page = load_workbook(report.marked_copy)["企业"]
    assert page["C4"].value == "待定"
    assert page["C4"].fill.fgColor.rgb == RED
    assert "不是数字" in page["C4"].comment.text
    assert page["C5"].value == 3
    assert page["C5"].fill.fgColor.rgb != RED
    assert page["C5"].comment is None


def test_warnings_are_yellow(tmp_path: Path) -> None:
    report = load(book(tmp_path / "a.xlsx", [[CODE, "营业收入", "职工人数"], [A, 1, "x"]]))
    assert report.marked_copy
    assert load_workbook(report.marked_copy)["企业"]["B1"].fill.fgColor.rgb == "FFFFF2CC"


def test_the_problems_are_listed_in_front(tmp_path: Path) -> None:
    report = load(book(tmp_path / "a.xlsx", [[CODE, "职工人数"], [A, "x"]]))
    assert report.marked_copy
    page = load_workbook(report.marked_copy).worksheets[0]
    assert [c.value for c in page[1]] == ["级别", "位置", "说明"]
    assert [c.value for c in page[2]][:2] == ["错误", "企业!B2"]


def test_the_list_speaks_english(tmp_path: Path) -> None:
    use_language("en")
    try:
        report = load(book(tmp_path / "a.xlsx", [[CODE, "职工人数"], [A, "x"]]))
        assert "is not a number" in str(report.problems[0])
    finally:
        use_language("zh")
    assert report.marked_copy
    assert load_workbook(report.marked_copy).worksheets[0]["A2"].value == "error"


def test_nothing_of_the_source_is_executed(tmp_path: Path) -> None:
    names = ["=cmd|' /C calc'!A0", "+1+1", "-2", "@SUM(A1)", "#REF!"]
    rows = [[CODE, "企业名称", "职工人数"], *([A, name, "x"] for name in names)]
    report = load(sheet(tmp_path / "a.csv", rows))
    assert report.marked_copy
    cells = [r[1] for r in load_workbook(report.marked_copy)["a"].iter_rows(min_row=2)]
    assert [c.value for c in cells] == names
    assert {c.data_type for c in cells} == {"s"}


def test_formulas_are_not_copied(tmp_path: Path) -> None:
    report = load(book(tmp_path / "a.xlsx", [[CODE, "职工人数", "企业名称"], [A, "=1+1", "甲"]]))
    assert report.marked_copy
    page = load_workbook(report.marked_copy)["企业"]
    assert page["B2"].value is None
    assert page["B2"].fill.fgColor.rgb == RED
    assert page["C2"].value == "甲"


def test_excel_errors_are_copied_as_text(tmp_path: Path) -> None:
    def edit(_: Any, page: Any) -> None:
        page["B2"].value = "#DIV/0!"
        page["B2"].data_type = "e"

    report = load(book(tmp_path / "a.xlsx", [[CODE, "职工人数"], [A, None]], edit=edit))
    assert report.marked_copy
    cell = load_workbook(report.marked_copy)["企业"]["B2"]
    assert (cell.value, cell.data_type) == ("#DIV/0!", "s")


def test_the_mended_copy_can_be_imported(tmp_path: Path) -> None:
    def edit(_: Any, page: Any) -> None:
        page["C2"].number_format = "0%"

    rows = [
        [CODE, "职工人数", "细分市场占有率", "成立日期", "企业名称"],
        [A, "x", 0.05, dt.date(2020, 1, 2), "坏\x07字"],
    ]
    rows[1][4] = "甲"
    report = load(book(tmp_path / "a.xlsx", rows, edit=edit))
    assert report.marked_copy
    workbook = load_workbook(report.marked_copy)
    workbook["企业"]["B2"] = 7
    workbook.save(report.marked_copy)
    mended = load(report.marked_copy)
    assert mended.problems == []
    assert facts(mended) == {
        "name": "甲", "employees": {"2025": "7人"}, "niche_market_share": {"2025": "5%"}, "founded_date": "2020-01-02",
    }  # fmt: skip


def test_dates_of_1904_survive(tmp_path: Path) -> None:
    from openpyxl.utils.datetime import CALENDAR_MAC_1904

    def edit(workbook: Any, _: Any) -> None:
        workbook.epoch = CALENDAR_MAC_1904

    rows = [[CODE, "职工人数", "成立日期"], [A, "x", dt.date(2020, 1, 2)], [B, 1, 42005]]
    report = load(book(tmp_path / "a.xlsx", rows, edit=edit))
    assert report.marked_copy
    workbook = load_workbook(report.marked_copy)
    assert workbook["企业"]["C2"].value == dt.datetime(2020, 1, 2)
    assert workbook.epoch == CALENDAR_MAC_1904


def test_control_characters_do_not_break_the_copy(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"{CODE},企业名称,职工人数\n{A},甲\x07乙,x\x08\n", "utf-8")
    report = load(path)
    assert report.marked_copy
    assert load_workbook(report.marked_copy)["a"]["B2"].value == "甲乙"


def test_sheets_of_several_files_get_names_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    report = load(
        sheet(tmp_path / "a.csv", [[CODE, "职工人数"], [A, "x"]]),
        sheet(tmp_path / "x" / "A.csv", [[CODE, "职工人数"], [B, "x"]]),
        sheet(tmp_path / "[].csv", [[CODE, "职工人数"], [C, "x"]]),
    )
    assert report.marked_copy
    assert load_workbook(report.marked_copy).sheetnames == ["导入问题", "a", "A~2", "__"]


def test_an_earlier_copy_of_its_own_is_replaced(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", [[CODE, "职工人数"], [A, "x"]])
    load(path)
    book(path, [[CODE, "职工人数"], [A, 1], [B, "y"]])
    report = load(path)
    assert report.marked_copy
    assert load_workbook(report.marked_copy)["企业"]["B3"].comment


def test_a_foreign_file_in_its_place_is_left_alone(tmp_path: Path) -> None:
    foreign = tmp_path / "snapshot-errors.xlsx"
    Workbook().save(foreign)
    before = foreign.read_bytes()
    report = load(book(tmp_path / "a.xlsx", [[CODE, "职工人数"], [A, "x"]]))
    assert foreign.read_bytes() == before
    assert report.marked_copy is None
    assert the(report, "no-marked-copy").severity == "warning"


def test_a_text_file_in_its_place_is_left_alone(tmp_path: Path) -> None:
    foreign = tmp_path / "snapshot-errors.xlsx"
    foreign.write_text("mine")
    load(book(tmp_path / "a.xlsx", [[CODE, "职工人数"], [A, "x"]]))
    assert foreign.read_text() == "mine"


def test_a_copy_that_cannot_be_written_hides_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    report = load(book(tmp_path / "a.xlsx", [[CODE, "职工人数"], [A, "x"]]), out=tmp_path / "file" / "s")
    assert codes(report, "error") == {"not-a-number"}
    assert codes(report, "warning") == {"no-marked-copy"}


def test_an_unreadable_file_has_no_copy(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"")
    assert load(tmp_path / "a.csv").marked_copy is None
    assert list(tmp_path.iterdir()) == [tmp_path / "a.csv"]


def test_the_refusal_is_a_sentence_with_the_report(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", [[CODE, "职工人数"], [A, "x"]])
    with pytest.raises(ImportRefused, match=r"1 处错误.*s-errors\.xlsx") as refused:
        import_files([path], vocabulary=VOCABULARY, year=2025, as_of=AS_OF, out=tmp_path / "s")
    assert refused.value.report.errors == 1
    assert "nothing was imported" in refused.value.en
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.xlsx", "s-errors.xlsx"]


def test_merged_cells_stay_merged(tmp_path: Path) -> None:
    def edit(_: Any, page: Any) -> None:
        for area in ("C1:D1", "A3:A4", "B3:B3"):
            page.merge_cells(area)

    rows = [["基本", None, "2024年", None, None], [CODE, "企业名称", "营业收入（万元）", "研发费用（万元）", "职工人数"]]
    report = load(book(tmp_path / "a.xlsx", [*rows, [A, "甲", 1, 2, 3], [None, "乙", 1, 2, 3]], edit=edit))
    assert report.marked_copy
    page = load_workbook(report.marked_copy)["企业"]
    assert {str(area) for area in page.merged_cells.ranges} == {"C1:D1"}  # A4 has a comment of its own
    assert codes(report, "error") == {"merged", "no-key"}
    assert codes(load(report.marked_copy), "error") == {"no-key"}


def test_data_beyond_a_worksheet_has_no_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("keqiao.facts.marked.LAST_ROW", 2)
    report = load(sheet(tmp_path / "a.csv", [[CODE, "职工人数"], [A, "x"], [B, 1]]))
    assert report.marked_copy is None
    assert "工作表的上限" in the(report, "no-marked-copy").zh
