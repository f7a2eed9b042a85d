"""The template's first and last sheets: how to fill it in and what is asked, and the values to choose from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from xlsxwriter.utility import xl_col_to_name  # type: ignore[import-untyped, unused-ignore]

from keqiao.facts.needs import Need, Needs
from keqiao.facts.templatestyle import Look, Pick, finish
from keqiao.rules.vocabulary import Indicator

#: The list of titles among the lists to choose from.
TITLE_LISTS = "titles"
_PERIODS = {"static": "不分年度", "annual": "全年", "stock": "年末", "event": "当年状态"}
#: Lists at most this long in characters stand in the limit itself; Excel allows 255.
INLINE = 200


def write_guide(
    page: Any, needs: Needs, asked: Mapping[str, Sequence[int]], year: int, layout: str, look: Look
) -> None:
    """The sheet 说明: the rules, how to fill in, and every indicator with its definition and use."""
    for c, width in enumerate((26, 12, 13, 46, 62)):
        page.set_column(c, c, width)
    page.set_row(0, 28)
    page.write_string(0, 0, "企业数据填报模板", look.title)
    names = "；".join(f"{rule.title.zh}（{rule.id}，{rule.version} 版）" for rule in needs.rules)
    page.write_string(1, 0, f"只含这些规则要用的数据：{names}。评价年度 {year}。", look.plain)
    row = 3
    for number, step in enumerate(_steps(needs, year, layout), 1):
        page.set_row(row, 18 * (1 + len(step) // 75))
        page.merge_range(row, 0, row, 4, f"{number}. {step}", look.cell)
        row += 1
    row += 1
    for c, text in enumerate(("指标", "单位", "年度", "口径", "用于")):
        page.write_string(row, c, text, look.head)
    first = row + 1
    for row, need in enumerate((*needs.indicators, *needs.titles), first):
        _line(page, row, need, asked.get(need.indicator.id, ()), look)
    finish(page, "说明", 1, 1)
    page.freeze_panes(0, 0)
    page.repeat_rows(first - 1)
    page.hide_gridlines(2)


def _steps(needs: Needs, year: int, layout: str) -> list[str]:
    years = (
        f"一家企业一行；年份写在表头里，没写年份的是 {year} 年（或不分年度）。"
        if layout == "headings"
        else f"一家企业每年一行，“年度”写四位年份；{year} 年必填，往年按各指标“年度”一栏。不分年度的指标各行写成一样，或只写一行。"
    )
    steps = [
        f"填“企业”表：{years}表头不要改；不需要的列可以删除。",
        "不清楚的留空：空是未知，不是零；确实为零的写 0。",
        "数字的单位在表头括号里；也可在单元格里自带单位，如 1.2亿元、35%。批注（表头右上角）写明口径、时点和所用条款。",
        "填“称号”表：列出每家企业的全部称号，再把表首的“填报状态”改成“已列全”；不填就保持“未提供”。",
    ]
    if needs.records:
        kinds = "、".join(kind.title for kind in needs.records)
        steps.append(f"明细表（{kinds}）也一样：列全后改“填报状态”，有关指标由明细计数。")
    steps.append(f"存成 .xlsx 后导入：keqiao facts import 文件 --year {year} --out 快照。有错会逐格指出，改好再导入。")
    return steps


def _line(page: Any, row: int, need: Need, years: Sequence[int], look: Look) -> None:
    indicator = need.indicator
    uses = "\n".join(map(str, need.uses))
    lines = max(sum(1 + len(u) // 42 for u in uses.split("\n")) * 0.9, 1 + len(indicator.definition) // 24)
    page.set_row(row, max(20, round(14 * lines) + 6))
    shown = f"{years[-1]}—{years[0]}" if len(years) > 1 else str(*years)
    shown = shown if indicator.period == "annual" else _PERIODS[indicator.period]
    page.write_string(row, 0, indicator.label, look.cell)
    page.write_string(row, 1, "称号" if indicator.is_title else _unit(indicator), look.centre)
    page.write_string(row, 2, "在“称号”表" if indicator.is_title else shown, look.centre)
    page.write_string(row, 3, indicator.definition, look.cell)
    page.write_string(row, 4, uses, look.small)


def _unit(indicator: Indicator) -> str:
    if indicator.type in ("date", "text"):
        return "日期" if indicator.type == "date" else "文字"
    if indicator.type == "code":
        return "选项" if indicator.values else "代码"
    return "是/否" if indicator.type == "flag" else indicator.unit


def write_lists(page: Any, titles: Sequence[str], indicators: Sequence[Indicator], look: Look) -> Pick:
    """The sheet 选项说明: titles and the values of codes, a column each; returns where each list stands."""
    pick: Pick = {}
    columns = [(TITLE_LISTS, "称号", list(titles))]
    columns += [(i.id, i.label, list(i.values)) for i in indicators if i.values]
    for c, (id, label, values) in enumerate(columns):
        page.set_column(c, c, max(14, min(40, 2 * max(map(len, [label, *values])) + 2)))
        page.write_string(0, c, label, look.head)
        for r, text in enumerate(values, 1):
            page.write_string(r, c, text, look.cell)
        letter = xl_col_to_name(c)
        inline = len(",".join(values)) <= INLINE and not any("," in v for v in values)
        pick[id] = values if inline and id != TITLE_LISTS else f"=选项说明!${letter}$2:${letter}${len(values) + 1}"
    finish(page, "选项说明", 1, 0)
    return pick
