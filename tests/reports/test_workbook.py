"""The workbook as a whole: sheets, counts, safe cells, the file itself."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest
from report_sample import Book

import keqiao.reports.workbook as made
from keqiao.engine import Run
from keqiao.errors import KeqiaoError
from keqiao.reports import write_workbook
from keqiao.reports.book import SHEET_NAME, sheet_name


def test_sheets_in_the_order_of_reading(book: Book) -> None:
    points = ["积分·高新技术企业", "积分·创新积分（示例权重）", "积分·创新型中小企业", "积分·科技型中小企业"]
    assert book.names == ["总览", "结论", *points, "差距", "原因", "临界企业", "名单", "待补数据", "口径说明"]


def test_the_data_label_stands_on_every_sheet_and_every_printed_page(book: Book) -> None:
    for name in book.names:
        assert "合成数据（示例市），非真实企业" in book.texts(name)
        assert "合成数据（示例市）" in str(book.sheet(name).oddHeader.right.text)


def test_illustrative_figures_are_named_on_every_sheet_and_every_printed_page(book: Book) -> None:
    for name in book.names:
        assert "不得公布，不得用于推荐" in book.texts(name)
        assert "不得公布或用于推荐" in str(book.sheet(name).oddHeader.right.text)


def test_official_stands_nowhere_while_points_are_unconfirmed(book: Book) -> None:
    statuses = {row["规则"]: row["状态"] for row in book.table("总览", "规则")}
    assert statuses["科技型中小企业"] == "依文件整理·待核5处"
    assert statuses["创新积分（示例权重）"] == "示例"
    assert "官方" not in set(statuses.values())


def test_counts_are_those_of_the_results(book: Book, city: Run) -> None:
    for id, row in zip(city.rules, book.table("总览", "规则"), strict=False):
        codes = city.results(id)["outcome"].to_pylist()
        assert row["企业数"] == 60
        assert [row["是"], row["未知"], row["转人工"]] == [codes.count(3), codes.count(1), codes.count(2)]
        assert row["是占比"] == pytest.approx(codes.count(3) / 60)
        if city.rule(id).require is not None:
            assert row["否"] == codes.count(0)


def test_the_contents_link_to_the_sheets(book: Book) -> None:
    cells = [cell for cell in book.sheet("总览")["A"] if cell.hyperlink is not None]
    links = {str(cell.hyperlink.location).split("!")[0].strip("'") for cell in cells if cell.hyperlink is not None}
    assert links == set(book.names) - {"总览"}


def test_pages_are_a4_landscape_with_repeated_heads(book: Book) -> None:
    for name in book.names:
        page = book.sheet(name).page_setup
        assert (page.paperSize, page.orientation) == (9, "landscape")
        assert book.sheet(name).sheet_properties.pageSetUpPr.fitToPage
        assert not book.sheet(name).sheet_view.showGridLines
    for name in ("结论", "原因", "待补数据"):
        sheet = book.sheet(name)
        assert sheet.print_title_rows
        assert sheet.freeze_panes
        assert sheet.auto_filter.ref


def test_no_cell_is_a_formula_or_an_outside_link(mixed_book: Book) -> None:
    with zipfile.ZipFile(mixed_book.path) as file:
        for name in file.namelist():
            text = file.read(name).decode("utf-8")
            if name.startswith("xl/worksheets/"):
                assert not re.search(r"<f[ >]", text)
                assert "TargetMode" not in text


@pytest.mark.parametrize(("id", "name"), [("A1", "=1+1"), ("B2", "+SUM(A1)"), ("C3", "-2"), ("D4", "@cmd")])
def test_names_that_look_like_formulas_stay_texts(mixed_book: Book, id: str, name: str) -> None:
    for sheet in ("结论", "积分·综合", "原因"):
        found = [row for row in mixed_book.sheet(sheet).iter_rows() if row[0].value == id]
        if found:
            cell = found[0][1]
            assert (cell.value, cell.data_type) == (name, "s") or (cell.value, cell.data_type) == (name, "inlineStr")
            assert cell.quotePrefix


def test_two_workbooks_of_one_run_are_equal_byte_by_byte(city: Run, city_path: Path, tmp_path: Path) -> None:
    assert write_workbook(city, tmp_path / "again.xlsx").read_bytes() == city_path.read_bytes()


def test_an_existing_file_is_refused_and_kept(mixed: Run, tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_text("mine")
    with pytest.raises(KeqiaoError, match="已经存在"):
        write_workbook(mixed, tmp_path / "a.xlsx")
    assert (tmp_path / "a.xlsx").read_text() == "mine"


def test_a_target_that_cannot_be_written_is_told(mixed: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(KeqiaoError, match="没有留下任何文件"):
        write_workbook(mixed, tmp_path / "file" / "a.xlsx")


@pytest.mark.parametrize("step", ["结论", "积分", "原因", "写文件"])
def test_an_interruption_leaves_nothing(mixed: Run, tmp_path: Path, step: str) -> None:
    def stop(name: str, done: int, total: int) -> None:
        if step in name:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_workbook(mixed, tmp_path / "out" / "a.xlsx", progress=stop)
    assert list((tmp_path / "out").iterdir()) == []


def test_progress_names_steps_and_counts(city: Run, tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    write_workbook(city, tmp_path / "a.xlsx", progress=lambda *step: told.append(step))
    assert ("各企业结论", 0, 60) in told
    assert ("原因", 0, 60) in told


def test_reasons_for_some_enterprises_say_how_many_were_left(city: Run, tmp_path: Path) -> None:
    some = Book(write_workbook(city, tmp_path / "a.xlsx", reasons=7))
    text = some.texts("原因")
    assert "本表只列7家企业的原因（符合规则多的在前，相同的看积分和代码），其余53家未列" in text
    assert "Parquet" in text
    assert len({row["统一社会信用代码"] for row in some.table("原因", "统一社会信用代码")}) <= 7
    assert "只列7家" in some.texts("差距")


def test_reasons_for_none_leave_an_empty_table(city: Run, tmp_path: Path) -> None:
    none = Book(write_workbook(city, tmp_path / "a.xlsx", reasons=0))
    assert "没有需要说明的企业" in none.texts("原因")
    assert "没有差距" in none.texts("差距")


def test_a_full_sheet_ends_with_whole_enterprises_and_says_so(city: Run, tmp_path: Path) -> None:
    path = made.build(city, tmp_path / "a.xlsx", made.Wanted(reasons=None), progress=None, limit=40)
    full = Book(path)
    told = {row["统一社会信用代码"] for row in full.table("原因", "统一社会信用代码")}
    assert full.sheet("原因").max_row <= 45
    assert 0 < len(told) < 60
    assert re.search(r"只列\d+家企业的原因（.*），其余\d+家未列", full.texts("原因"))
    assert "本表只列前40家，其余20家" in full.texts("结论")
    assert len(full.table("结论", "统一社会信用代码")) == 40


def test_sheet_names_are_valid_and_differ() -> None:
    taken: set[str] = set()
    names = [sheet_name(wanted, taken) for wanted in ("a/b:c", "A/B:C", "长" * 40, "长" * 50, "'")]
    assert names == ["a-b-c", "A-B-C 2", "长" * 31, "长" * 29 + " 2", "Sheet"]
    assert max(map(len, names)) == SHEET_NAME
