"""Values, thresholds and gaps of unusual clauses; enterprises under several kinds of code."""

from __future__ import annotations

from typing import Any

import pytest
from report_sample import Book, assessed, head, packs_of

from keqiao.reports import write_workbook
from keqiao.reports.values import grouped

RULE = head("x.odd", "少见", "Odd") + """\
require:
  all:
    - {id: flipped, title: 反写, when: 500人 >= 职工人数, cite: 一}
    - {id: per_head, title: 人均, when: 营业收入 / 职工人数 >= 100万元/人, cite: 二}
    - {id: day, title: 日期, when: "成立日期 >= '2015-01-01'", cite: 三}
    - {id: age, title: 年数, when: assessment_year() - year_of(成立日期) <= 10年, cite: 四}
    - {id: two, title: 两项, when: 营业收入 > 60000万元 AND 职工人数 <= 500人, cite: 五}
    - {id: facts, title: 两数, when: 研发费用 >= 净利润, cite: 六}
    - id: long
      title: 很长
      cite: 七
      when: >-
        CASE WHEN 营业收入 > 1元 THEN 研发费用 / 营业收入 >= 5% AND 研发费用 / 营业收入 <= 100%
        WHEN 营业收入 > 2元 THEN 研发费用 / 营业收入 >= 6% AND 研发费用 / 营业收入 <= 100%
        ELSE 研发费用 / 营业收入 >= 7% END
    - {id: share, title: 比率区间, when: 净利润 / 营业收入 >= 10%, cite: 八}
    - id: unnamed
      title: 皆无
      not: {id: none, title: 内里, when: 自主品牌}
    - {id: grown, title: 增长, when: growth(营业收入) > 0%, cite: 十}
    - {id: equal, title: 相等, when: 职工人数 = 5人, cite: 十一}
    - {id: compound, title: 复合, when: "cagr(营业收入, 1) >= 5%", cite: 十二}
    - {id: fallen, title: 复合亏损, when: "cagr(营业收入 - 55000万元, 1) >= 5%", cite: 十三}
    - {id: yearly, title: 逐年, when: "each_of(研发费用 / 营业收入 >= 0.18%, 2)", cite: 十四}
    - {id: both, title: 两年, when: "each_of(研发费用 / 营业收入 >= 3%, 2)", cite: 十五}
    - {id: since, title: 年限, when: years_since(成立日期) <= 10年, cite: 十六}
    - {id: just, title: 满年, when: years_since(成立日期) = 3年, cite: 十七}
"""
JUDGED = head("x.not", "不得评审", "Not judged") + """\
require:
  all:
    - id: outside
      title: 不在领域
      not: {id: inside, title: 在领域, when: 属于高新技术领域}
    - id: either
      title: 任一
      any:
        - {id: a, title: 领域一, when: 属于高新技术领域}
        - {id: b, title: 很小, when: 职工人数 < 1人}
"""
HEADS = "年度,企业名称,营业收入（万元）,职工人数,研发费用（万元）,成立日期,净利润（万元）,自主品牌"
OTHER = f"企业编号,{HEADS}\nX1,2025,甲,50000,600,100,2001-01-01,200,是\nX1,2024,甲,60000,600,100,2001-01-01,200,是\n"
STOCK = f"证券代码,{HEADS}\n600000,2025,乙,0,600,100,2001-01-01,200,是\n"


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Book:
    folder = tmp_path_factory.mktemp("odd")
    (folder / "a.csv").write_text("\ufeff" + OTHER, "utf-8")
    (folder / "b.csv").write_text("\ufeff" + STOCK, "utf-8")
    packs = packs_of(folder / "packs", {"odd": RULE, "not": JUDGED})
    run = assessed(folder, [folder / "a.csv", folder / "b.csv"], packs, rules=["x.odd", "x.not"])
    return Book(write_workbook(run, folder / "odd.xlsx"))


def _rows(book: Book, id: str = "X1", rule: str = "少见") -> dict[str, dict[str, Any]]:
    return {row["条款"]: row for row in book.table("原因", "企业代码") if (row["企业代码"], row["规则"]) == (id, rule)}


@pytest.mark.parametrize(
    ("clause", "left", "right", "gap"),
    [
        ("反写", "600人", "500人", "超出100人"),
        ("人均", "83.3333万元/人", "100万元/人", "差16.6667万元/人"),
        ("日期", "2001-01-01", "2015-01-01", None),
        ("年数", "24年", "10年", "超出14年"),
        ("两项", "营业收入50,000万元；职工人数600人", "60,000万元；500人", "差10,000万元；超出100人"),
        ("两数", "100万元", "200万元", "差100万元"),
        ("比率区间", "0.4%", "10%", "差9.6个百分点"),
        ("相等", "600人", "5人", None),
        ("复合", "-16.67%", "5%", "差21.67个百分点"),
        ("逐年", "2024年 0.17%", "0.18%", "差0.01个百分点"),
        ("两年", "2025年 0.2%；2024年 0.17%", "3%", "差2.8个百分点；差2.83个百分点"),
        ("复合亏损", "营业收入：50,000万元；前1年营业收入：60,000万元", None, None),
        ("满年", "25年324天", "3年", None),
        ("年限", "25年324天", "10年", "超出5,803天"),
    ],
)
def test_value_threshold_and_gap(odd: Book, clause: str, left: str, right: str | None, gap: str | None) -> None:
    row = _rows(odd)[clause]
    assert (row["实际值"], row["门槛"], row["差距"]) == (left, right, gap)


def test_a_long_condition_refers_to_the_definitions(odd: Book) -> None:
    row = _rows(odd)["很长"]
    assert row["要求，或缺少的数据"] == "条件较长，全文见“口径说明”"
    assert row["实际值"] == "营业收入：50,000万元；研发费用：100万元"


def test_a_shrinking_revenue_is_short_of_growth(odd: Book) -> None:
    row = _rows(odd)["增长"]
    assert row["实际值"] == "-16.67%"
    assert row["差距"] == "差16.67个百分点"


def test_earlier_years_are_named_with_their_distance(odd: Book) -> None:
    text = odd.texts("口径说明")
    assert "营业收入增长率超过0%" in text


def test_judgement_inside_a_group_that_must_not_hold_is_referred(odd: Book) -> None:
    rows = _rows(odd, rule="不得评审")
    assert {row["条款结论"] for row in rows.values()} == {"转人工"}
    assert set(rows) == {"在领域", "任一（任一） › 领域一"}


def test_several_kinds_of_code_are_told_apart(odd: Book) -> None:
    rows = odd.table("结论", "企业代码")
    assert [(row["企业代码"], row["代码类别"]) for row in rows] == [("X1", "企业编号"), ("600000", "证券代码")]


def test_a_base_of_zero_leaves_out_what_is_undefined(odd: Book) -> None:
    assert "比率区间" not in _rows(odd, "600000")
    assert "两项" in _rows(odd, "600000")


def test_one_rule_without_points_has_no_sheet_of_points(odd: Book) -> None:
    assert odd.names == ["总览", "结论", "差距", "原因", "临界企业", "名单", "待补数据", "口径说明"]


@pytest.mark.parametrize(("text", "expected"), [("79900万元", "79,900万元"), ("-1234.56789万元", "-1,234.56789万元"), ("2016-09-30", "2016-09-30"), ("0.00915亿元", "0.00915亿元")])
def test_thousands_are_parted_in_numbers_only(text: str, expected: str) -> None:
    assert grouped(text) == expected
