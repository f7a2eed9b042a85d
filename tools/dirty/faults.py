"""The faults: what is planted, where it must be told, and under which code."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from dirty.model import Book, code

#: Spoils a clean book; may return the bytes of another kind of file.
Spoil = Callable[[Book], bytes | None]


@dataclass(frozen=True)
class Fault:
    """One kind: its file, the report's severity, code and place, and what was done."""

    slug: str
    zh: str
    severity: str
    code: str
    place: str
    spoil: Spoil
    suffix: str = ".xlsx"


FAULTS: list[Fault] = []


def fault(slug: str, zh: str, severity: str, code: str, place: str, suffix: str = ".xlsx") -> Callable[[Spoil], Spoil]:
    """Register what a function plants."""

    def register(spoil: Spoil) -> Spoil:
        FAULTS.append(Fault(slug, zh, severity, code, place, spoil, suffix))
        return spoil

    return register


# ---- keys and rows


@fault("check-digit", "信用代码校验位错", "error", "uscc", "企业!A4")
def _(b: Book) -> None:
    old = str(b.get("统一社会信用代码", 4))
    b.set("统一社会信用代码", 4, old[:-1] + ("1" if old[-1] != "1" else "2"))


@fault("key-as-number", "信用代码存成了数字", "error", "key-as-number", "企业!A5")
def _(b: Book) -> None:
    b.set("统一社会信用代码", 5, 919901000090002000)


@fault("duplicate-year", "同一企业同一年两行", "error", "duplicate", "企业!A5")
def _(b: Book) -> None:
    b.set("年度", 5, 2024)


@fault("total-line", "末尾有合计行", "error", "no-key", "企业!A50")
def _(b: Book) -> None:
    b.rows().append([None, "合计", *[None] * 6, 9999, *[None] * 8])


@fault("later-year", "有评价年度之后的行", "warning", "later-year", "企业!C3")
def _(b: Book) -> None:
    b.set("年度", 3, 2026)


@fault("static-differs", "成立日期各年不一致", "error", "static-differs", "企业!D7")
def _(b: Book) -> None:
    b.set("成立日期", 7, dt.date(2001, 2, 3))


# ---- amounts and units


@fault("yuan-in-wan", "一个年度的金额按元填进了万元列", "warning", "scale", "企业!K9")
def _(b: Book) -> None:
    b.set("营业收入（万元）", 9, float(str(b.get("营业收入（万元）", 9))) * 10_000)


@fault("yuan-in-thousand", "千元列里一个年度按元填写", "warning", "scale", "企业!K11")
def _(b: Book) -> None:
    for row in range(2, 50):
        b.set("营业收入（万元）", row, round(float(str(b.get("营业收入（万元）", row))) * 10, 2))
    b.set("营业收入（万元）", 11, float(str(b.get("营业收入（万元）", 11))) * 1_000)
    b.rename("营业收入（万元）", "营业收入（千元）")


@fault("whole-enterprise-off", "一家企业历年研发费用都按元填写，只有与同行比才看得出", "warning", "scale-industry", "企业!L13")
def _(b: Book) -> None:
    for row in (12, 13):
        b.set("研发费用（万元）", row, round(float(str(b.get("研发费用（万元）", row))) * 10_000, 2))


@fault("no-money-unit", "金额标题没有单位", "warning", "money-no-unit", "企业!K1")
def _(b: Book) -> None:
    b.rename("营业收入（万元）", "营业收入")


@fault("wrong-unit", "标题单位不是该指标的单位", "error", "heading-unit", "企业!K1")
def _(b: Book) -> None:
    b.rename("营业收入（万元）", "营业收入（人）")


@fault("unit-in-cell", "单元格里自带单位", "note", "unit-in-cell", "企业!K6")
def _(b: Book) -> None:
    b.set("营业收入（万元）", 6, "0.382亿元")


@fault("percent-as-5", "比率写成 5，没说是百分数", "error", "silent-percent", "企业!Q2")
def _(b: Book) -> None:
    b.rename("细分市场占有率（%）", "细分市场占有率")
    b.set("细分市场占有率", 2, 5)


@fault("percent-as-0.05", "比率写成 0.05，没说是比值", "error", "silent-percent", "企业!Q2")
def _(b: Book) -> None:
    for row in range(2, 50):
        b.set("细分市场占有率（%）", row, 0.05)
    b.rename("细分市场占有率（%）", "细分市场占有率")


@fault("percent-above-100", "占有率超过 100%", "error", "check:niche_market_share_in_range", "企业!Q8")
def _(b: Book) -> None:
    b.set("细分市场占有率（%）", 8, 250)


# ---- cells


@fault("full-width", "全角数字", "note", "full-width", "企业!I4")
def _(b: Book) -> None:
    b.set("职工人数", 4, "１２３")
    b.set("科技人员数", 4, 20)


@fault("thousands", "千位分隔符", "note", "thousands", "企业!K4")
def _(b: Book) -> None:
    b.set("营业收入（万元）", 4, "3,820.00")


@fault("text-number", "数字处写着“待定”", "error", "not-a-number", "企业!L6")
def _(b: Book) -> None:
    b.set("研发费用（万元）", 6, "待定")


@fault("negative-count", "件数为负", "error", "negative", "企业!P6")
def _(b: Book) -> None:
    b.set("Ⅰ类知识产权数", 6, -3)


@fault("unclear-flag", "是否列写着“不详”", "error", "flag", "企业!H6")
def _(b: Book) -> None:
    b.set("居民企业", 6, "不详")


@fault("unknown-code", "代码不在可用值中", "error", "value", "企业!G6")
def _(b: Book) -> None:
    b.set("企业规模", 6, "特大型")


@fault("unknown-place", "没有这个行政区划", "warning", "unknown-place", "企业!E6")
def _(b: Book) -> None:
    for row in (6, 7):
        b.set("注册地行政区划代码", row, "990199")


# ---- dates


@fault("date-text", "日期写成文字", "note", "date-text", "企业!D2")
def _(b: Book) -> None:
    for row in (2, 3):
        b.set("成立日期", row, "2011年2月2日")


@fault("date-serial", "日期成了序列号", "note", "date-serial", "企业!D2")
def _(b: Book) -> None:
    for row in (2, 3):
        b.set("成立日期", row, 40576)


@fault("impossible-date", "不存在的日期", "error", "date", "企业!D6")
def _(b: Book) -> None:
    b.set("成立日期", 6, "2011-02-30")


@fault("future-date", "日期在基准日之后", "warning", "future-date", "企业!D6")
def _(b: Book) -> None:
    for row in (6, 7):
        b.set("成立日期", row, dt.date(2031, 5, 6))


# ---- across cells


@fault("staff-above-all", "科技人员多于职工", "error", "check:tech_staff_of_employees", "企业!J6")
def _(b: Book) -> None:
    b.set("科技人员数", 6, 900)


@fault("unbalanced", "资产不等于负债加净资产", "warning", "check:balance", "企业!M6")
def _(b: Book) -> None:
    b.set("资产总额（万元）", 6, 1234.5)


# ---- headings and the sheet's form


@fault("heading-twice", "两列是同一个指标", "error", "heading-twice", "企业!L1")
def _(b: Book) -> None:
    b.insert("营业收入（万元）", "营收（元）", [1] * 48)


@fault("year-twice", "既有年度列，标题又带年份", "error", "year-twice", "企业!K1")
def _(b: Book) -> None:
    b.rename("营业收入（万元）", "2025年营业收入（万元）")


@fault("heading-unknown", "标题不是已知指标", "warning", "heading-unknown", "企业!L1")
def _(b: Book) -> None:
    b.insert("营业收入（万元）", "经办人", ["张某"] * 48)


@fault("two-heading-rows", "两行表头，上面一行合并", "note", "two-heading-rows", "企业!A2")
def _(b: Book) -> None:
    width = len(b.rows()[0])
    b.rows().insert(0, [None] * width)
    b.merges += [("企业", "A1:H1", "基本情况"), ("企业", "I1:Q1", "主要指标")]


@fault("merged", "数据区有合并单元格", "error", "merged", "企业!B2")
def _(b: Book) -> None:
    b.merges.append(("企业", "B2:B3", b.get("企业名称", 2)))


@fault("hidden-column", "有隐藏列", "warning", "hidden-column", "企业!L1")
def _(b: Book) -> None:
    b.hidden_columns.append(("企业", 11))


@fault("hidden-row", "有隐藏行", "warning", "hidden-rows", "企业!A6")
def _(b: Book) -> None:
    b.hidden_rows.append(("企业", 6))


@fault("hidden-sheet", "有隐藏的表", "warning", "hidden-sheet", "称号")
def _(b: Book) -> None:
    b.hidden_sheets.append("称号")


@fault("formula-no-value", "公式没有计算结果", "error", "formula-no-value", "企业!O6")
def _(b: Book) -> None:
    b.formulas["企业", 6, 14] = ("=M6-N6", 0)
    b.bare_formulas = True


@fault("excel-error", "单元格是 #DIV/0!", "error", "excel-error", "企业!O6")
def _(b: Book) -> None:
    b.formulas["企业", 6, 14] = ("=M6/0", "#DIV/0!")


# ---- titles and records


@fault("title-ends-early", "称号截止早于起始", "error", "title-ends-early", "称号!D3")
def _(b: Book) -> None:
    b.set("截止日", 3, dt.date(2023, 1, 1), "称号")


@fault("title-unknown", "没有这个称号", "error", "title-unknown", "称号!B3")
def _(b: Book) -> None:
    b.set("称号", 3, "高兴技术企业", "称号")


@fault("title-stranger", "称号表里的企业不在企业表中", "error", "title-stranger", "称号!A3")
def _(b: Book) -> None:
    b.set("统一社会信用代码", 3, code(77), "称号")


@fault("record-twice", "同一件专利两行", "error", "record-twice", "专利!B4")
def _(b: Book) -> None:
    b.set("统一社会信用代码", 4, b.get("统一社会信用代码", 3, "专利"), "专利")
    b.set("专利号", 4, b.get("专利号", 3, "专利"), "专利")


@fault("granted-before-filed", "授权早于申请", "error", "check:granted_after_applied", "专利!E3")
def _(b: Book) -> None:
    b.set("授权日", 3, dt.date(2020, 1, 1), "专利")


@fault("sources-disagree", "同一数据两个来源不一致", "warning", "source-differs", "税务!C3")
def _(b: Book) -> None:
    b.sheets["税务"] = [
        ["统一社会信用代码", "年度", "营业收入（万元）", "数据来源"],
        [b.get("统一社会信用代码", 3), 2025, b.get("营业收入（万元）", 3), "税务"],
        [b.get("统一社会信用代码", 5), 2025, 9_999, "税务"],
    ]


# ---- files


@fault("gbk", "GBK 编码的 csv，其中一格是错的", "error", "negative", "I6", ".csv")
def _(b: Book) -> bytes:
    b.set("职工人数", 6, -5)
    return b.csv("gbk")


@fault("bom", "带 BOM 的 csv，其中一格是错的", "error", "negative", "I6", ".csv")
def _(b: Book) -> bytes:
    b.set("职工人数", 6, -5)
    return b.csv("utf-8-sig")


@fault("quotes", "csv 的引号不成对", "error", "csv", "quotes.csv", ".csv")
def _(b: Book) -> bytes:
    return b.csv("utf-8").replace("合成样本03号企业".encode(), '"合成样本03号企业'.encode(), 1)


@fault("truncated", "文件只下载了一半", "error", "corrupt", "truncated.xlsx")
def _(b: Book) -> bytes:
    return _bytes(b)[:-2_000]


@fault("password", "工作簿有打开密码", "error", "password", "password.xlsx")
def _(b: Book) -> bytes:
    import io

    from msoffcrypto.format.ooxml import OOXMLFile

    sealed = io.BytesIO()
    OOXMLFile(io.BytesIO(_bytes(b))).encrypt("keqiao", sealed)
    return sealed.getvalue()


def _bytes(b: Book) -> bytes:
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        b.write(Path(folder) / "a.xlsx")
        return (Path(folder) / "a.xlsx").read_bytes()
