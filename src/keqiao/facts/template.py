"""A blank workbook with just the facts that some rules need: headings with units, notes, lists and limits."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xlsxwriter  # type: ignore[import-untyped, unused-ignore]

from keqiao.errors import PackError
from keqiao.facts.mainsheet import may_be_negative
from keqiao.facts.needs import Need, Needs, needs_of
from keqiao.facts.templateguide import INLINE, TITLE_LISTS, write_guide, write_lists
from keqiao.facts.templatestyle import LAST, Look, Pick, finish, given_line, head_row
from keqiao.packs.loader import Packs
from keqiao.packs.records import RecordKind
from keqiao.packs.weights.files import refuse_existing, write_new
from keqiao.rules.dimensions import SCALES
from keqiao.rules.vocabulary import Indicator

#: How the years are laid out: a row for each year, or a heading for each.
LAYOUTS = ("headings", "rows")
CODE, NAME, YEAR = "统一社会信用代码", "企业名称", "年度"
_PERIODS = {
    "static": "不分年度，只填一次", "annual": "全年数", "stock": "截至评价年度末的数", "event": "评价年度的事项或状态",
}  # fmt: skip
_USES_SHOWN = 5


@dataclass(frozen=True, slots=True)
class _Head:
    """A column to fill in: its heading, note, width and what its cells may hold."""

    text: str
    note: str
    indicator: Indicator | None
    year: bool = False


def write_template(
    packs: Packs, rules: Sequence[str], out: Path, *, as_of: dt.date, year: int, years: int | None = None,
    layout: str = "headings",
) -> Needs:  # fmt: skip
    """Write a blank workbook (.xlsx) for the facts that ``rules`` need on ``as_of``; returns what they need.

    ``year`` is the case's year; ``years`` how many years every annual indicator is asked for (None: as
    many as the rules need of each). Nothing is ever overwritten. Raises `PackError` for an unknown rule,
    a wrong layout, rules that ask for nothing, or an existing file.
    """
    if out.suffix.lower() != ".xlsx":
        raise PackError(f"模板应写成 .xlsx，不是“{out.name}”", f"a template is an .xlsx file, not {out.name!r}")
    if layout not in LAYOUTS:
        raise PackError(f"没有版式“{layout}”；可用：{'、'.join(LAYOUTS)}", f"there is no layout {layout!r}; use {', '.join(LAYOUTS)}")
    if years is not None and not 1 <= years <= 10:
        raise PackError(f"年数应为 1 至 10，不是 {years}", f"years must be from 1 to 10, not {years}")
    refuse_existing(out)
    needs = needs_of(packs, rules, as_of)
    if not needs.indicators and not needs.titles:
        names = "、".join(rule.title.zh for rule in needs.rules)
        raise PackError(
            f"“{names}”不问企业数据（参数未公布），没有可填的表",
            f"{', '.join(rule.id for rule in needs.rules)} asks for no facts (its figures are open); there is nothing to fill in",
        )
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True})
    book.set_properties({"title": "企业数据填报模板", "comments": "keqiao facts template"})
    look = Look(book)
    pages = {name: book.add_worksheet(name) for name in ("说明", "企业", "称号", *(k.title for k in needs.records), "选项说明")}
    asked = {need.indicator.id: _years(need, year, years) for need in needs.indicators}
    titles = [i.label for i in packs.vocabulary.indicators.values() if i.is_title]
    pick = write_lists(pages["选项说明"], titles, [n.indicator for n in needs.indicators], look)
    _write_main(pages["企业"], needs, asked, year, layout, look, pick)
    _write_titles(pages["称号"], needs, look, pick)
    for kind in needs.records:
        _write_records(pages[kind.title], kind, look, pick)
    write_guide(pages["说明"], needs, asked, year, layout, look)
    pages["企业"].activate()
    book.close()
    write_new(out, content.getvalue())
    return needs


def _years(need: Need, year: int, years: int | None) -> list[int]:
    """The years an indicator is asked for, the case's first; one for all but annual ones."""
    if need.indicator.period != "annual":
        return [year]
    return [year - back for back in range(max(need.back + 1, years or 1))]


def _write_main(
    page: Any, needs: Needs, asked: dict[str, list[int]], year: int, layout: str, look: Look, pick: Pick
) -> None:
    heads = [_Head(CODE, "18 位，末位为校验码，照营业执照填写。每家企业的代码在每张表里都要写。", None), _Head(NAME, "营业执照上的全称。", None)]
    if layout == "rows":
        heads.append(_Head(YEAR, f"四位年份，如 {year}。一家企业每年一行；评价年度是 {year}。", None, True))
    for need in needs.indicators:
        if need.indicator.id in ("uscc", "name"):
            continue
        years = asked[need.indicator.id]
        text = heading_of(need.indicator)
        if layout == "rows" or need.indicator.period != "annual":
            heads.append(_Head(text, _note(need, years), need.indicator))
        else:
            heads.extend(_Head(f"{y}年{text}", _note(need, [y]), need.indicator) for y in years)
    head_row(page, 0, [h.text for h in heads], [h.note for h in heads], look)
    for c, head in enumerate(heads):
        _column(page, c, 1, head, look, pick)
    finish(page, "企业", 1, 2 if layout == "headings" else 3, wide=len(heads) > 14)


def heading_of(indicator: Indicator) -> str:
    """An indicator's heading with the unit of its plain numbers in brackets, as the import reads it."""
    if indicator.type in ("flag", "date"):
        return f"{indicator.label}（{'是/否' if indicator.type == 'flag' else '年-月-日'}）"
    return f"{indicator.label}（{indicator.unit}）" if indicator.dimension.name in SCALES else indicator.label


def _note(need: Need, years: Sequence[int]) -> str:
    """The note on a heading: definition, period, unit, who asks."""
    indicator = need.indicator
    when = _PERIODS[indicator.period]
    if indicator.period == "annual":
        when = f"{when}：{'、'.join(map(str, years))} 年"
    lines = [indicator.definition or indicator.label, f"时点：{when}"]
    if indicator.judgement:
        lines.append("需要人工判断；没有结论就留空。")
    if indicator.type == "ratio":
        lines.append("5% 就填 5。")
    if need.counted is not None:
        lines.append("有明细表的，可留空，由明细计数。")
    lines.append("不清楚就留空：空是未知，不是零。")
    lines.extend(["用于：", *(f"· {use}" for use in need.uses[:_USES_SHOWN])])
    if len(need.uses) > _USES_SHOWN:
        lines.append(f"· 等 {len(need.uses)} 处，见“说明”")
    return "\n".join(lines)


def _column(page: Any, c: int, first: int, head: _Head, look: Look, pick: Pick) -> None:
    """Width, format and limits of a column from the row ``first`` on."""
    indicator = head.indicator
    if head.year:
        page.set_column(c, c, 8, look.whole)
        rule = {"validate": "integer", "criteria": "between", "minimum": 1990, "maximum": 2100}
        page.data_validation(first, c, LAST, c, rule | _say("年度", "填四位年份，如 2025"))
        return
    if indicator is None:
        page.set_column(c, c, 22 if head.text == CODE else 28, look.text)
        if head.text == CODE:
            rule = {"validate": "length", "criteria": "==", "value": 18}
            page.data_validation(first, c, LAST, c, rule | _say("统一社会信用代码", "应为 18 位"))
        return
    page.set_column(c, c, max(12, min(len(head.text) + 4, 18)), look.of(indicator))
    limits = _limits(indicator, pick)
    if limits is not None:
        page.data_validation(first, c, LAST, c, limits)


def _limits(indicator: Indicator, pick: Pick) -> dict[str, Any] | None:
    """What a cell of an indicator may hold; None where anything may stand."""
    label = indicator.label
    if indicator.type == "flag":
        return {"validate": "list", "source": ["是", "否"]} | _say(label, "填是或否；不清楚就留空")
    if indicator.values:
        if indicator.id not in pick:
            return None
        return {"validate": "list", "source": pick[indicator.id]} | _say(label, "从列表中选；不清楚就留空")
    if indicator.type == "date":
        span = {"validate": "date", "criteria": "between", "minimum": dt.date(1900, 1, 1), "maximum": dt.date(2100, 12, 31)}
        return span | _say(label, "填日期，如 2025-03-31")
    if indicator.dimension.name not in SCALES:
        return None
    if may_be_negative(indicator):
        span = {"validate": "decimal", "criteria": "between", "minimum": -(10**12), "maximum": 10**12}
        return span | _say(label, f"填数字，单位{indicator.unit}，可以为负")
    words = f"填不小于零的数字，单位{indicator.unit}" + ("；5% 填 5" if indicator.type == "ratio" else "")
    return {"validate": "decimal", "criteria": ">=", "value": 0} | _say(label, words)


def _say(title: str, words: str) -> dict[str, str]:
    return {"error_title": title[:32], "error_message": f"{title}：{words}。"[:255]}


def _write_titles(page: Any, needs: Needs, look: Look, pick: Pick) -> None:
    asked = "、".join(need.indicator.label for need in needs.titles)
    given_line(page, "称号", look)
    notes = [
        "须是企业表里的企业。",
        "从列表中选。" + (f"所选规则问到：{asked}。" if asked else "") + "列出企业的全部称号，没有列出的视为没有。",
        "获奖或发证日。不知道可以空，但有回溯期的条款会按没有日期处理。",
        "有效期的最后一天；长期有效就留空。",
    ]
    heads = [CODE, "称号", "起始日", "截止日"]
    head_row(page, 1, heads, notes, look)
    _column(page, 0, 2, _Head(CODE, "", None), look, pick)
    page.set_column(1, 1, 34, look.text)
    page.data_validation(2, 1, LAST, 1, {"validate": "list", "source": pick[TITLE_LISTS]} | _say("称号", "从列表中选"))
    for c in (2, 3):
        day = Indicator(heads[c], heads[c], type="date")
        page.set_column(c, c, 14, look.of(day))
        page.data_validation(2, c, LAST, c, _limits(day, pick))
    finish(page, "称号", 2, 1)


def _write_records(page: Any, kind: RecordKind, look: Look, pick: Pick) -> None:
    given_line(page, kind.title, look)
    heads = [_Head(CODE, "须是企业表里的企业。", None)]
    for part in kind.fields:
        note = [part.indicator.definition or part.indicator.label, "每行必填。" if part.required else "不清楚就留空。"]
        heads.append(_Head(heading_of(part.indicator), "\n".join(note), part.indicator))
    head_row(page, 1, [h.text for h in heads], [h.note for h in heads], look)
    coded = [h.indicator for h in heads if h.indicator is not None and h.indicator.values]
    inline = {i.id: list(i.values) for i in coded if len(",".join(i.values)) <= INLINE}
    for c, head in enumerate(heads):
        _column(page, c, 2, head, look, pick | inline)
    finish(page, kind.title, 2, 1)
