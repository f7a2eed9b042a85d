"""The sheet 填写说明: what to fill in, what not, and what happens then, in Chinese and English."""

from __future__ import annotations

from typing import Any

from keqiao.packs.weights.card import FORMS, WEIGHTS, Card, decimal_of, percent, row_name
from keqiao.packs.weights.styles import Styles, mark_line, page, source_line
from keqiao.rules import form as f
from keqiao.rules import model as m
from keqiao.rules.vocabulary import Vocabulary


def write_guide(sheet: Any, card: Card, vocabulary: Vocabulary, styles: Styles, has_forms: bool) -> None:
    """Write the instructions; ``has_forms`` says that there is a sheet 分档."""
    sheet.set_column(0, 0, 12)
    sheet.set_column(1, 1, 66)
    sheet.set_column(2, 2, 60)
    sheet.set_row(0, 28)
    sheet.write_string(0, 0, f"{card.pack.title.zh} · 权重录入表", styles.title)
    sheet.write_string(1, 0, source_line(card), styles.plain)
    sheet.set_row(2, 20)
    for column in range(3):
        sheet.write_blank(2, column, None, styles.warn)
    sheet.write_string(2, 0, mark_line(card), styles.warn)
    for column, text in enumerate(("步骤 Step", "怎么填", "How")):
        sheet.write_string(4, column, text, styles.head)
    lines = _lines(card, vocabulary, has_forms)
    for line, (step, zh, en) in enumerate(lines, start=5):
        sheet.write_string(line, 0, step, styles.step)
        sheet.write_string(line, 1, zh, styles.guide)
        sheet.write_string(line, 2, en, styles.guide_english)
        # a Chinese character is about two Latin ones wide
        sheet.set_row(line, 10 + 15 * max(-(-_width(zh) // 62), -(-_width(en) // 64)))
    sheet.hide_gridlines(2)
    sheet.protect("", {"format_columns": True, "format_rows": True})
    page(sheet, card)
    sheet.fit_to_pages(1, 1)
    sheet.print_area(0, 0, 4 + len(lines), 2)


def _width(text: str) -> int:
    return sum(1 if ord(char) < 0x2000 else 2 for char in text)


def _lines(card: Card, vocabulary: Vocabulary, has_forms: bool) -> list[tuple[str, str, str]]:
    rows = "、".join(row_name(row) for row in card.weighting.rows)
    total = card.weighting.total
    lines = [
        (
            "1 权重",
            f"在“{WEIGHTS}”表逐项填写 {rows} 的权重。写 8 或 8% 都可以，最多写到文件所列的小数位；没有权重的填 0，不要留空。",
            f"Sheet {WEIGHTS}: one weight per item and column. Type 8 or 8%, with the document's decimals; 0 for none, never blank.",
        ),
        _total_line(None if total is None else percent(decimal_of(total))),
        (
            "3 满分参考值",
            f"达到或超过参考值即得该项满分{_full_marks(card)}，低于参考值按比例。务必带单位，如 1000万元、40%、10件；可换单位（0.1亿元），但金额不能换成人数之类。",
            "The value at which an item has full marks; below it, marks are in proportion. Always with its unit, such as 1000万元, 40%, 10件.",
        ),
    ]
    if has_forms:
        lines.append((
            "4 分档",
            f"按档给分的指标在“{FORMS}”表：改界限（或条件）和得分。“其余”与代码不能改；由专家在区间内给分时另填得分上限。",
            f"Items with bands or steps are in sheet {FORMS}: change bounds (or conditions) and points. A second number is an expert's upper end.",
        ))  # fmt: skip
    word = ("示例", "illustrative") if card.illustrative else ("现值", "present")
    lines += [
        (
            "黄底与标记",
            f"黄底斜体是{word[0]}，改后变白；“标记”列写明每行是“{word[0]}”“部分已改”还是“已改”。文件所列恰好与{word[0]}相同时不必改，由第二人核对。",
            f"Yellow italics are {word[1]} figures and turn white once changed; the last column says the same in words. "
            "A figure that happens to be right stays.",
        ),
        (
            "不要做",
            "不要增删行列、改指标名称或动隐藏的编号列（读回时会逐行核对）。需要增减指标或档次、修改口径或赋分方式，请直接改规则包。",
            "Do not add, remove or rename rows or columns, nor touch the hidden ids; every row is checked. Items, measures and formulas are changed in the pack.",
        ),
        _limits_line(card, vocabulary),
        (
            "读回",
            f"存盘后运行：keqiao packs weights --scorecard {card.pack.id} 文件.xlsx --document 文件名称 --number 文号 "
            "--status official 或 local --out 文件夹。数字出自该文件的写 official，本地自定的写 local。",
            "Save, then run the command on the left. official: the figures are the document's; local: a locality's own. "
            "Every wrong cell is reported with its place, and nothing is written until all are right.",
        ),
        (
            "第二人核对",
            "读回得到的规则包带 verify: true，结果页显示“待核”；须由录入人以外的第二人对照文件逐格核对并确认后才去掉。",
            "The pack that results is marked verify: true and shown as unconfirmed until a second person has compared every figure.",
        ),
    ]
    return lines


def _full_marks(card: Card) -> str:
    """``（100分）`` where all proportional items have the same full marks."""
    points = {item.form.points for item in card.rule.items if isinstance(item.form, m.Linear)}
    return f"（{decimal_of(points.pop()):f}分）" if len(points) == 1 else ""


def _total_line(total: str | None) -> tuple[str, str, str]:
    if total is None:
        return (
            "2 合计",
            "这张评分卡没有规定权重合计，合计行仅供参考。",
            "This scorecard declares no total; the sums are for information.",
        )
    return (
        "2 合计",
        f"每一列合计须恰好为 {total}（按小数精确核对，不作四舍五入）；不符时合计行变红，“核对”行写出多或少了多少。",
        f"Each column must sum to exactly {total}; otherwise its sum turns red and the line below says by how much.",
    )


def _limits_line(card: Card, vocabulary: Vocabulary) -> tuple[str, str, str]:
    """Whether the limits between the rows are in the pack at all; they are never set here."""
    by = card.weighting.by
    names = "、".join(
        vocabulary.indicators[part.id].label if isinstance(part, f.Fact) else "分组" for part in by
    )
    stage = "阶段界限" if "阶段" in names else "分组界限"
    if all(isinstance(part, f.Fact) for part in by):
        return (
            stage,
            f"“{names}”由企业数据给出，规则包里没有划分{stage.removesuffix('界限')}的界限，本表不能设定；文件规定了界限的，请写入规则包的 define。",
            "The codes that choose a column are facts of the enterprise. The pack has no limits for them and they cannot be set here; "
            "where the document has limits, write them into the pack (define).",
        )
    return (
        stage,
        "划分界限写在规则包的 define 里，本表不能设定；文件的界限不同时，请直接改规则包。",
        "The limits that choose a column are in the pack (define) and cannot be set here; change them in the pack.",
    )
