"""Writing the sheet to fill in: weights and reference values, bands and steps, and how to fill them in."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter  # type: ignore[import-untyped, unused-ignore]
from xlsxwriter.utility import xl_rowcol_to_cell  # type: ignore[import-untyped, unused-ignore]

from keqiao.errors import PackError
from keqiao.packs.loader import Packs
from keqiao.packs.weights import card as c
from keqiao.packs.weights.card import Card, card_of, row_name
from keqiao.packs.weights.files import refuse_existing, write_new
from keqiao.packs.weights.formsheet import write_forms
from keqiao.packs.weights.guide import write_guide
from keqiao.packs.weights.styles import Styles, banner, finish
from keqiao.rules import model as m
from keqiao.rules.quantities import display_unit

ROW_HEIGHT = 21

_HEADS = (
    ("编号\nNo.", 7),
    ("分组\nGroup", 17),
    ("指标\nIndicator", 27),
    ("单位 · 口径\nUnit · measure", 33),
    ("满分参考值\nFull marks at", 14),
)


def write_template(packs: Packs, scorecard_id: str, out: Path) -> None:
    """Write the workbook for a scorecard's figures to ``out`` (.xlsx).

    The figures of the pack are filled in, marked 示例 where they are illustrative and 现值
    otherwise. Raises `PackError` for an unknown scorecard, one without weights, or an existing file.
    """
    if out.suffix.lower() != ".xlsx":
        raise PackError(
            f"模板应写成 .xlsx，不是“{out.name}”", f"a template is an .xlsx file, not {out.name!r}"
        )
    refuse_existing(out)
    card = card_of(packs, scorecard_id)
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True})
    title = f"{card.pack.title.zh} 权重录入表"
    book.set_properties({"title": title, "comments": f"{c.FORMAT} {card.pack.id} {card.rule.version}"})
    styles = Styles(book)
    sheets = [book.add_worksheet(c.GUIDE), book.add_worksheet(c.WEIGHTS)]
    every = [c.figures(data) for data in card.data["scores"]]
    write_guide(sheets[0], card, packs.vocabulary, styles, any(every))
    _write_weights(sheets[1], card, styles)
    if any(every):
        sheets.append(book.add_worksheet(c.FORMS))
        write_forms(sheets[2], card, every, styles)
    book.close()
    write_new(out, content.getvalue())


def _write_weights(sheet: Any, card: Card, styles: Styles) -> None:
    rows = card.weighting.rows
    last = c.FIRST_WEIGHT + len(rows)
    banner(sheet, card, styles, "权重与满分参考值", last)
    heads = [*_HEADS, *((f"{row_name(row)}\n权重（%）", 12) for row in rows), ("标记\nMark", 11)]
    sheet.write_string(c.HEADER_ROW, 0, c.ID_HEAD)
    sheet.set_row(c.HEADER_ROW, 34)
    for column, (text, width) in enumerate(heads, start=1):
        sheet.set_column(column, column, width)
        sheet.write_string(c.HEADER_ROW, column, text, styles.head)
    group = None
    for index, item in enumerate(card.rule.items):
        first = item.group != group
        group = item.group
        _write_item(sheet, card, index, item, styles, first)
    bottom = _write_sums(sheet, card, styles)
    finish(sheet, card, bottom, last, c.TITLE_COLUMN + 1)


# ---- one item --------------------------------------------------------------------------------


def _write_item(sheet: Any, card: Card, index: int, item: m.Item, styles: Styles, first: bool) -> None:
    line = c.HEADER_ROW + 1 + index
    sheet.set_row(line, ROW_HEIGHT * _lines_of(item, card.form_data(index)))
    sheet.write_string(line, 0, item.id)
    sheet.write_number(line, 1, index + 1, styles.get("centre", first))
    group = card.rule.groups.get(item.group or "")
    sheet.write_string(line, 2, group.zh if group else "", styles.get("text", first))
    sheet.write_string(line, c.TITLE_COLUMN, item.title.zh, styles.get("name", first))
    sheet.write_string(line, 4, _measure(item, card.form_data(index)), styles.get("small", first))
    same = [_write_full(sheet, line, item, card.form_data(index), styles, first)]
    for offset, row in enumerate(card.weighting.rows):
        same.append(_write_weight(sheet, card, line, c.FIRST_WEIGHT + offset, item, row, styles, first))
    _write_mark(
        sheet, card, line, c.FIRST_WEIGHT + len(card.weighting.rows), [s for s in same if s], styles, first
    )


def _write_full(
    sheet: Any, line: int, item: m.Item, data: Mapping[str, Any], styles: Styles, first: bool
) -> str:
    """The value for full marks; returns the formula that says it is still as written."""
    cell = xl_rowcol_to_cell(line, c.FULL_COLUMN)
    if "linear" not in data:
        sheet.write_string(line, c.FULL_COLUMN, c.ELSEWHERE, styles.get("off", first))
        return ""
    text = str(data["linear"]["full"])
    sheet.write_string(line, c.FULL_COLUMN, text, styles.get("input_text", first))
    sheet.data_validation(
        line,
        c.FULL_COLUMN,
        line,
        c.FULL_COLUMN,
        {
            "validate": "custom",
            "value": f"=OR(ISNUMBER({cell}),ISERROR(VALUE(RIGHT({cell},1))))",
            "error_title": "缺单位",
            "error_message": f"请带单位，如 {text[:60]}。\nWrite the unit as well.",
        },
    )
    if len(text) > 200:  # a formula's text has at most 255 characters
        return ""
    quoted = text.replace('"', '""')
    same = f'{cell}="{quoted}"'
    sheet.conditional_format(line, c.FULL_COLUMN, line, c.FULL_COLUMN, styles.sample(same))
    return same


def _write_weight(
    sheet: Any,
    card: Card,
    line: int,
    column: int,
    item: m.Item,
    row: tuple[str, ...],
    styles: Styles,
    first: bool,
) -> str:
    """One weight; returns the formula that says it is still as written."""
    if item.weights is None:
        sheet.write_string(line, column, c.UNWEIGHTED, styles.get("off", first))
        return ""
    weight = c.decimal_of(item.weights[row])
    # a float keeps every weight of up to 15 digits as typed
    sheet.write_number(line, column, float(weight), styles.get("input_percent", first))
    most = c.decimal_of(card.weighting.total) if card.weighting.total is not None else Decimal(1)
    sheet.data_validation(
        line,
        column,
        line,
        column,
        {
            "validate": "decimal",
            "criteria": "between",
            "minimum": 0,
            "maximum": int(most) if most == int(most) else float(most),
            "ignore_blank": False,
            "error_title": "权重不对",
            "error_message": f"请填 0% 至 {c.percent(most)} 之间的百分数，如 8%。\nA percentage such as 8%.",
        },
    )
    cell = xl_rowcol_to_cell(line, column)
    same = f"ABS({cell}-{weight:f})<0.0000000001"
    sheet.conditional_format(line, column, line, column, styles.sample(f"AND(ISNUMBER({cell}),{same})"))
    return same


def _write_mark(
    sheet: Any, card: Card, line: int, column: int, same: list[str], styles: Styles, first: bool
) -> None:
    """Whether the row's figures are still those of the pack, in words (colour alone does not print)."""
    word = "示例" if card.illustrative else "现值"
    count = "+".join(f"IF({s},1,0)" for s in same)
    formula = f'=IFERROR(IF({count}={len(same)},"{word}",IF({count}=0,"已改","部分已改")),"请检查")'
    if same and len(formula) < 8000:
        sheet.write_formula(line, column, formula, styles.get("mark", first), word)
    else:
        sheet.write_string(line, column, "", styles.get("mark", first))


def _measure(item: m.Item, data: Mapping[str, Any]) -> str:
    """Unit and measure: ``万元 · 研发费用``; for anything but a value, the text of the form."""
    if isinstance(item.form, m.Linear) and "linear" in data:
        unit = re.match(r"[-\d.,\s]+(\D+)$", str(data["linear"]["full"]))
        text = unit[1].strip() if unit else display_unit(item.form.full.dim.name)
        return f"{text} · {item.text}"
    return item.text if len(item.text) <= 36 else f"{item.text[:34]}……"


def _lines_of(item: m.Item, data: Mapping[str, Any]) -> int:
    """How many lines the measure takes in its column (a Chinese character is two Latin ones wide)."""
    width = sum(1 if ord(char) < 0x2000 else 2 for char in _measure(item, data))
    return 1 if width <= 36 else 2


# ---- below the items -------------------------------------------------------------------------


def _write_sums(sheet: Any, card: Card, styles: Styles) -> int:
    """The sums, whether they are the declared total, and the sums of the groups; the last line."""
    top, line = c.HEADER_ROW + 1, c.HEADER_ROW + 1 + len(card.rule.items)
    used = {item.group for item in card.rule.items}
    groups = [(id, title.zh) for id, title in card.rule.groups.items() if id in used]
    lines = [
        ("total", "合计 Total"),
        *([("check", "核对 Check")] if card.weighting.total is not None else []),
    ]
    for offset, (key, text) in enumerate([*lines, *(("group", f"其中：{title}") for _, title in groups)]):
        sheet.set_row(line + offset, ROW_HEIGHT)
        sheet.write_string(line + offset, 0, f"{c.BELOW}{key}")
        style = styles.sum_text if key != "group" else styles.group_text
        for column in range(1, c.FIRST_WEIGHT + len(card.weighting.rows) + 1):
            sheet.write_blank(line + offset, column, None, style)
        sheet.write_string(line + offset, c.TITLE_COLUMN, text, style)
    for offset, row in enumerate(card.weighting.rows):
        column = c.FIRST_WEIGHT + offset
        span = f"{xl_rowcol_to_cell(top, column)}:{xl_rowcol_to_cell(line - 1, column)}"
        _write_sum(sheet, card, line, column, span, row, styles)
        for below, (id, title) in enumerate(groups, start=len(lines)):
            keys = f"{xl_rowcol_to_cell(top, 2, True, True)}:{xl_rowcol_to_cell(line - 1, 2, True, True)}"
            value = sum(
                (i.weights[row] for i in card.rule.items if i.weights and i.group == id), start=c.ZERO
            )
            quoted = title.replace('"', '""')
            formula = f'=SUMIF({keys},"{quoted}",{span})'
            sheet.write_formula(line + below, column, formula, styles.group_percent, float(value))
    return line + len(lines) + len(groups) - 1


def _write_sum(
    sheet: Any, card: Card, line: int, column: int, span: str, row: tuple[str, ...], styles: Styles
) -> None:
    value = sum((item.weights[row] for item in card.rule.items if item.weights), start=c.ZERO)
    sheet.write_formula(line, column, f"=SUM({span})", styles.sum_percent, float(value))
    if card.weighting.total is None:
        return
    cell, total = xl_rowcol_to_cell(line, column, True), format(c.decimal_of(card.weighting.total), "f")
    gap = f"ROUND({cell}-{total},10)"
    words = f'=IF({gap}=0,"✓ 相符",IF({gap}>0,"多 ","少 ")&TEXT(ABS({gap}),"0.00##%"))'
    sheet.write_formula(line + 1, column, words, styles.sum_check, "✓ 相符")
    wrong = {"type": "formula", "criteria": f"={gap}<>0", "format": styles.wrong}
    sheet.conditional_format(line, column, line + 1, column, wrong)
