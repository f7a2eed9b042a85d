"""The sheet of definitions, and the workbook in English."""

from __future__ import annotations

import pytest
from report_sample import Book

from keqiao.engine import Run


def _clauses(book: Book, first: str = "规则") -> dict[str, str]:
    title, text = ("条款或指标", "要求或计分") if first == "规则" else ("Clause or item", "Requirement or points")
    return {row[title]: row[text] for row in book.table("口径说明" if first == "规则" else "Definitions", first)}


def test_documents_versions_and_what_is_unconfirmed(book: Book) -> None:
    text = book.texts("口径说明")
    assert "《科技型中小企业评价办法》；文号：国科发政〔2017〕115号" in text
    assert "近五年国家级科技奖励前三、省部级以上研发机构" in text
    assert "不得当作官方创新积分发布" in text  # the pack's notes


def test_sources_hashes_and_versions(book: Book, city: Run) -> None:
    text = book.texts("口径说明")
    assert city.receipt["snapshot"] in text
    assert city.snapshot.manifest["sources"][0]["sha256"] in text
    assert f"DuckDB {city.receipt['duckdb']}" in text
    assert city.receipt["content_hash"] in text
    assert "keqiao explain cn.hnte --run" in text
    assert "keqiao verify" in text


@pytest.mark.parametrize("word", ["√ 是", "× 否", "? 未知", "◆ 转人工", "积分区间", "差距", "单位", "已定"])
def test_every_sign_and_column_is_explained(book: Book, word: str) -> None:
    assert word in book.texts("口径说明").split("\n")


def test_every_clause_and_item_of_every_rule_is_there_in_full(book: Book, city: Run) -> None:
    rows = book.table("口径说明", "规则")
    for id in city.rules:
        rule = city.rule(id)
        count = len(list(rule.clauses())) + len(rule.items) + (len(rule.classes.table) if rule.classes else 0)
        assert len([row for row in rows if row["规则"] == rule.title.zh]) == count


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("甲组 › 研发强度", "研发费用 ÷ 营业收入：≥6% 得10分；≥5% 得5分；其余 得0分"),
        ("甲组 › 机构", "研发机构级别：国家级 得5分；省级 得3分；市级 得2分；市级以下 得1分；无 得0分"),
        ("乙组 › 专利", "有效发明专利数：≥5件 得3~4分；≥1件 得1分；其余 得0分"),
        ("乙组 › 加分", "各项相加（至多3分）：“高新技术企业”称号在有效期内 得2分；自主品牌 得2分"),
        ("甲组 › 收入", "100分×营业收入÷30000万元，在0至100分之间；权重：初创期 20%、成长期 50%、稳定期 30%"),
        ("不是大型（不得） › 大型", "企业规模为大型"),
        ("满一年", "自成立日期起的天数不低于365天"),
        ("较低者", "（（净利润、1万元中第一个已知者）、营业收入中较低者）不低于0元"),
        ("两项", "（居民企业、自主品牌）中满足的项数不低于1个"),
        ("不是大型", "“企业划型”为小型或微型"),
    ],
)
def test_conditions_and_points_in_words(mixed_book: Book, title: str, text: str) -> None:
    assert _clauses(mixed_book)[title] == text


def test_best_of_and_upper_bounds_and_marks_in_words(mixed_book: Book) -> None:
    clauses = _clauses(mixed_book)
    assert clauses["乙组 › 较高"].startswith("取其高：研发费用 ÷ 营业收入：≥6% 得100分；其余 得0分；或 特色化指标得分，至多15分")
    assert clauses["甲组 › 规模"].startswith("职工人数：≤10人 得50分；≤500人 得20分；其余 得0分")


def test_windows_with_a_computed_length_in_words(mixed_book: Book) -> None:
    text = _clauses(mixed_book)["多年"]
    assert "研发费用近n年合计（n为（3年、评价年度 - 成立日期所在年 + 1年中较低者））" in text
    assert text.endswith("（注：三年合计）")


def test_a_workbook_in_english(mixed_english: Book) -> None:
    assert mixed_english.names[:2] == ["Overview", "Outcomes"]
    assert mixed_english.names[-6:] == ["Gaps", "Reasons", "Near misses", "Lists", "Missing data", "Definitions"]
    statuses = {row["Rule"]: row["Status"] for row in mixed_english.table("Overview", "Rule")}
    assert statuses["Everything"] == "Local, 2 to confirm"
    assert statuses["Resting (with illustrative figures)"] == "Illustrative"
    assert "must not be published" in mixed_english.texts("Outcomes")


def test_reasons_in_english(mixed_english: Book) -> None:
    rows = {
        row["Clause"]: row
        for row in mixed_english.table("Reasons", "Enterprise code")
        if (row["Enterprise code"], row["Rule"]) == ("B2", "Everything")
    }
    row = rows["Large revenue"]
    assert (row["Value"], row["Threshold"], row["Gap"]) == ("15 million CNY", "50 million CNY", "short by 35 million CNY")
    assert row["Requirement, or missing data"] == "operating revenue is at least 50 million CNY"
    assert rows["R&D share"]["Gap"] == "short by 4 percentage points"
    assert rows["Few staff"]["Mark"] == "to confirm"


def test_missing_facts_in_english(mixed_english: Book) -> None:
    assert "operating revenue (earlier years)" in {row["Missing fact"] for row in mixed_english.table("Missing data", "Rule")}


def test_definitions_in_english(mixed_english: Book) -> None:
    clauses = _clauses(mixed_english, "Rule")
    assert clauses["Group A › R&D intensity"] == "R&D expense ÷ operating revenue: ≥6% gives 10; ≥5% gives 5; otherwise gives 0"
    assert "how many hold of (resident enterprise, own brand)" in clauses["两项"]
