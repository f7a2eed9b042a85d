"""The sheets of reasons and of missing data."""

from __future__ import annotations

from collections import Counter
from typing import Any

from report_sample import Book

from keqiao.engine import Run
from keqiao.rules.model import UNKNOWN, YES


def _of(book: Book, id: str, rule: str = "综合") -> dict[str, dict[str, Any]]:
    return {row["条款"]: row for row in book.table("原因", "企业编号") if (row["企业编号"], row["规则"]) == (id, rule)}


def test_a_failing_clause_has_value_threshold_and_margin_in_one_unit(mixed_book: Book) -> None:
    row = _of(mixed_book, "B2")["收入够大"]
    assert (row["实际值"], row["门槛"], row["差距"]) == ("1,500万元", "5,000万元", "差3,500万元")
    assert row["差距占门槛"] == 0.7
    assert (row["要求，或缺少的数据"], row["依据"], row["条款结论"]) == ("营业收入不低于5000万元", "第一条", "否")


def test_too_much_is_over_and_ratios_differ_by_percentage_points(mixed_book: Book) -> None:
    rows = _of(mixed_book, "B2")
    assert rows["职工不多"]["差距"] == "超出100人"
    assert rows["研发占比"]["差距"] == "差4个百分点"


def test_unconfirmed_clauses_and_scores_are_marked(mixed_book: Book) -> None:
    rows = _of(mixed_book, "B2")
    assert rows["职工不多"]["标注"] == "待核"
    assert rows["收入够大"]["标注"] is None
    assert rows["得分不低于10分"]["标注"] == "待核"  # one of its items is unconfirmed


def test_facts_stand_for_clauses_that_are_no_comparison(mixed_book: Book) -> None:
    rows = _of(mixed_book, "B2")
    assert rows["无事故 › 无重大安全事故"]["实际值"] == "重大安全事故：是"
    assert rows["资质（任一） › 研发机构"]["实际值"] == "研发机构级别：无"


def test_titles_that_ended_show_their_span_and_others_that_there_is_none(mixed_book: Book) -> None:
    assert _of(mixed_book, "B2")["资质（任一） › 高企"]["实际值"] == "高新技术企业：2020-01-01至2023-01-01"
    assert _of(mixed_book, "F6")["资质（任一） › 高企"]["实际值"] == "无“高新技术企业”登记"


def test_of_and_the_failing_part_of_case_the_branch_taken(mixed_book: Book) -> None:
    rows = _of(mixed_book, "B2")
    assert rows["有收入且有十人"]["实际值"] == "营业收入1,500万元"
    assert (rows["分档"]["实际值"], rows["分档"]["差距"]) == ("-5万元", "差5万元")


def test_exactly_at_an_open_threshold_is_said(mixed_book: Book) -> None:
    assert _of(mixed_book, "F6")["有收入且有十人"]["差距"] == "恰在门槛，须越过"


def test_a_group_that_must_not_hold_tells_what_holds(mixed_book: Book) -> None:
    row = _of(mixed_book, "B2")["不是大型"]
    assert (row["要求，或缺少的数据"], row["实际值"]) == ("不得：企业规模为大型", "企业规模：大型")


def test_a_rule_that_asks_others_says_so(mixed_book: Book) -> None:
    assert _of(mixed_book, "B2", "引用（含示例数字）")["符合自拟"]["实际值"] == "见所引规则"


def test_parts_of_a_group_that_holds_are_left_out(mixed_book: Book) -> None:
    assert _of(mixed_book, "A1") == {}
    assert not [clause for clause in _of(mixed_book, "D4") if "资质" in clause]


def test_where_one_clause_fails_the_undecided_ones_do_not_matter(mixed_book: Book) -> None:
    assert {row["条款结论"] for row in _of(mixed_book, "D4").values()} == {"否"}


def test_undecided_clauses_are_one_row_with_their_names_and_the_missing_facts(mixed_book: Book) -> None:
    unknown = [row for row in _of(mixed_book, "C3").values() if row["条款结论"] == "未知"]
    assert len(unknown) == 1
    assert unknown[0]["条款"].startswith("未知：11项条件缺数据：收入够大、职工不多")
    assert "不是大型" in unknown[0]["条款"]
    assert "得分不低于10分（现为0~18分）" in unknown[0]["条款"]
    assert unknown[0]["要求，或缺少的数据"].startswith("缺：成立日期、企业规模、职工人数、营业收入")


def test_judgement_is_a_row_of_its_own(mixed_book: Book) -> None:
    row = _of(mixed_book, "C3")["领域"]
    assert (row["条款结论"], row["实际值"], row["规则结论"]) == ("转人工", "待人工判断", "未知")


def test_scores_open_by_judgement_are_referred(mixed_book: Book) -> None:
    rows = _of(mixed_book, "C3", "评审")
    assert list(rows) == ["转人工：待判断1项指标：领域"]
    assert rows["转人工：待判断1项指标：领域"]["实际值"] == "总分0~5分"


def test_open_scores_name_their_items_or_all(mixed_book: Book) -> None:
    assert list(_of(mixed_book, "F6", "线性")) == ["未知：1项指标缺数据：较高"]
    assert list(_of(mixed_book, "C3", "线性")) == ["未知：3项指标缺数据：全部指标"]


def test_what_no_data_can_settle_is_said(mixed_book: Book) -> None:
    row = _of(mixed_book, "D4", "线性")["未知：1项指标无法计算：较高"]
    assert "分母或基数为零" in row["要求，或缺少的数据"]


def test_facts_known_this_year_are_wanted_for_earlier_years(mixed_book: Book) -> None:
    rows = [row for row in mixed_book.table("原因", "企业编号") if row["企业编号"] == "A1" and "很长" in row["规则"]]
    assert rows[0]["要求，或缺少的数据"] == "缺：营业收入（往年）、研发费用（往年）"
    wanted = {row["待补数据"] for row in mixed_book.table("待补数据", "规则")}
    assert {"营业收入", "营业收入（往年）"} <= wanted


def test_several_possible_classes_are_named(book: Book) -> None:
    clauses = {row["条款"] for row in book.table("原因", "统一社会信用代码") if row["规则"] == "企业划型"}
    assert "未知：各类型均有可能" in clauses
    assert any(clause.startswith("未知：可能为") for clause in clauses)


def test_every_outcome_that_is_no_yes_has_a_reason(book: Book, city: Run) -> None:
    told = {(row["统一社会信用代码"], row["规则"]) for row in book.table("原因", "统一社会信用代码")}
    wanted = set()
    for id in city.rules:
        table = city.results(id)
        for key, outcome in zip(table["id"].to_pylist(), table["outcome"].to_pylist(), strict=True):
            if outcome != YES:
                wanted.add((key, city.rule(id).title.zh))
    assert told == wanted


def test_rules_not_in_force_are_named_once_instead_of_rows(mixed_book: Book) -> None:
    assert "在评价日不在有效期、不列原因：将来" in mixed_book.texts("原因")
    assert not [row for row in mixed_book.table("原因", "企业编号") if row["规则"] == "将来"]


def test_missing_data_counts_what_unknown_outcomes_wait_for(book: Book, city: Run) -> None:
    waiting: Counter[str] = Counter()
    only: Counter[str] = Counter()
    labels = city.packs.vocabulary.indicators
    for _, _, traces in city.traces(["cn.tech_sme"]):
        missing = traces["cn.tech_sme"].missing
        waiting.update(labels[id].label for id in missing)
        if len(missing) == 1:
            only.update(labels[id].label for id in missing)
    unknown = city.results("cn.tech_sme")["outcome"].to_pylist().count(UNKNOWN)
    rows = [row for row in book.table("待补数据", "规则") if row["规则"] == "科技型中小企业"]
    assert {row["待补数据"]: row["涉及企业数"] for row in rows} == waiting
    assert {row["待补数据"]: row["只缺这一项"] for row in rows} == {label: only[label] for label in waiting}
    assert rows[0]["占未知企业"] == waiting[rows[0]["待补数据"]] / unknown
    assert [row["涉及企业数"] for row in rows] == sorted(waiting.values(), reverse=True)


def test_missing_data_names_what_data_cannot_settle(mixed_book: Book) -> None:
    rows = [row for row in mixed_book.table("待补数据", "规则") if row["待补数据"] == "（不缺数据）"]
    assert [(row["规则"], row["涉及企业数"]) for row in rows] == [("线性", 1)]
