"""The sheets of outcomes and points against the run's Parquet files."""

from __future__ import annotations

from typing import Any

from report_sample import Book

from keqiao.engine import Run

WORDS = {0: "否", 1: "未知", 2: "转人工", 3: "是"}


def _points(stored: int) -> float:
    return int(stored) / 10_000


def test_one_row_per_enterprise_sorted_by_key(book: Book, city: Run) -> None:
    rows = book.table("结论", "统一社会信用代码")
    assert [row["统一社会信用代码"] for row in rows] == city.results("cn.hnte")["id"].to_pylist()


def test_outcomes_and_totals_are_those_of_the_results(book: Book, city: Run) -> None:
    results = city.results("cn.tech_sme").to_pylist()
    for row, result in zip(book.table("结论", "统一社会信用代码"), results, strict=True):
        assert row["科技型中小企业|结论"] == WORDS[result["outcome"]]
        assert row["科技型中小企业|积分下限"] == _points(result["score_low"])
        assert row["科技型中小企业|积分上限"] == _points(result["score_high"])


def test_size_classes_by_their_names(book: Book, city: Run) -> None:
    labels = {"large": "大型", "medium": "中型", "small": "小型", "micro": "微型", None: "未知"}
    expected = [labels[name] for name in city.results("cn.size_class")["class"].to_pylist()]
    assert [row["企业划型|类型"] for row in book.table("结论", "统一社会信用代码")] == expected
    assert len(set(expected)) > 2


def test_a_scorecard_is_settled_or_unknown_never_yes(book: Book) -> None:
    assert {row["创新积分（示例权重）|计分"] for row in book.table("结论", "统一社会信用代码")} == {"已定", "未知"}


def test_the_number_of_unknown_rules(book: Book, city: Run) -> None:
    codes = zip(*(city.results(id)["outcome"].to_pylist() for id in city.rules), strict=True)
    assert [row["未知规则数"] for row in book.table("结论", "统一社会信用代码")] == [list(row).count(1) for row in codes]


def test_names_and_regions_that_are_missing_say_so(mixed_book: Book, book: Book, city: Run) -> None:
    assert mixed_book.table("结论", "企业编号")[4]["企业名称"] == "缺"
    told = {(row["所在地"], row["区划代码"]) for row in book.table("结论", "统一社会信用代码")}
    assert told > {("缺", "缺"), ("示例市甲山区", "919901"), ("示例高新区", "919971")}


def test_outcomes_carry_a_sign_that_survives_grey_print(book: Book) -> None:
    cells = [cell for row in book.sheet("结论").iter_rows() for cell in row if cell.value in ("是", "否", "未知")]
    signs = {cell.value: cell.number_format for cell in cells}
    assert signs == {"是": '"√ "@', "否": '"× "@', "未知": '"? "@'}


def test_points_are_numbers_where_certain_else_ranges(mixed_book: Book) -> None:
    rows = {row["企业编号"]: row for row in mixed_book.table("积分·综合", "企业编号")}
    assert rows["A1"]["甲组|研发强度"] == 10
    assert rows["C3"]["甲组|研发强度"] == "0~10"
    assert rows["A1"]["乙组|专利"] == "3~4"
    assert (rows["A1"]["总分|积分下限"], rows["A1"]["总分|积分上限"]) == (18, 19)


def test_subtotals_are_capped(mixed_book: Book) -> None:
    rows = {row["企业编号"]: row for row in mixed_book.table("积分·综合", "企业编号")}
    assert rows["A1"]["甲组|小计"] == 12
    assert rows["C3"]["甲组|小计"] == "0~12"
    assert rows["A1"]["乙组|小计"] == "6~7"


def test_subtotals_with_unknown_weights_are_left_out(mixed_book: Book) -> None:
    rows = {row["企业编号"]: row for row in mixed_book.table("积分·线性", "企业编号")}
    assert rows["E5"]["甲组|小计"] == "—"
    assert isinstance(rows["A1"]["甲组|小计"], float)


def test_unconfirmed_items_are_marked_in_their_heads(mixed_book: Book) -> None:
    assert "甲组|机构（待核）" in mixed_book.table("积分·综合", "企业编号")[0]


def test_points_of_the_city_are_those_of_the_results(book: Book, city: Run) -> None:
    results = city.results("cn.innovation_points").to_pylist()
    items = {item.title.zh: item.id for item in city.rule("cn.innovation_points").items}
    for row, result in zip(book.table("积分·创新积分（示例权重）", "统一社会信用代码"), results, strict=True):
        for head, value in row.items():
            id = items.get(head.partition("|")[2])
            if id is not None:
                _same(value, result[f"low:{id}"], result[f"high:{id}"])


def _same(value: Any, low: int, high: int) -> None:
    if low == high:
        assert value == _points(low)
    else:
        assert "~" in value


def test_a_rule_not_in_force_says_so_and_counts_nothing(mixed_book: Book) -> None:
    assert {row["将来|结论"] for row in mixed_book.table("结论", "企业编号")} == {"不在有效期"}
    row = next(row for row in mixed_book.table("总览", "规则") if row["规则"] == "将来")
    assert (row["是"], row["否"]) == ("不在有效期", None)


def test_statuses_in_words(mixed_book: Book) -> None:
    statuses = {row["规则"]: row["状态"] for row in mixed_book.table("总览", "规则")}
    assert statuses["综合"] == "地方·待核2处"
    assert statuses["评审"] == "地方"
    assert statuses["线性"] == "官方"
    assert statuses["待定"] == "参数未公布"
    assert statuses["自拟（含示例数字）"] == "示例"
    assert statuses["引用（含示例数字）"] == "示例"


def test_what_rests_on_illustrative_figures_is_named_so_everywhere(mixed_book: Book) -> None:
    for name in mixed_book.names:
        assert "“引用（含示例数字）”" in mixed_book.texts(name)
    assert all("示例" in row["规则"] or row["标注"] != "示例" for row in mixed_book.table("原因", "企业编号"))


def test_a_long_title_is_shortened_to_a_sheet_name(mixed_book: Book, mixed_english: Book) -> None:
    assert "积分·这是一个标题很长很长很长很长很长很长很长的规则（长）" in mixed_book.names
    assert "Illustrative·Innovation points" in mixed_english.names
