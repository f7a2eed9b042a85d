"""How the template looks: formats, the lines above the table, print set-up and protection."""

from __future__ import annotations

from typing import Any

from keqiao.packs.weights import card as c
from keqiao.packs.weights.card import Card

_FONT = {"font_name": "微软雅黑", "font_size": 10, "valign": "vcenter"}
_EDGE = {"border": 1, "border_color": "#C9D1DA"}
#: A percentage with two to four decimals and a little room after it (an indent is not kept everywhere).
PERCENT = "0.00##%_)_)"
_CELLS: dict[str, dict[str, Any]] = {
    "text": {"indent": 1},
    "name": {"bold": True, "indent": 1},
    "again": {"font_color": "#A7B0BA", "indent": 1},
    "small": {"font_size": 9, "font_color": "#566270", "text_wrap": True, "indent": 1},
    "centre": {"align": "center", "font_color": "#566270"},
    "mark": {"align": "center", "font_size": 9, "font_color": "#566270"},
    "off": {"align": "center", "font_color": "#8A94A0", "bg_color": "#F2F4F6"},
    "input_text": {"align": "right", "indent": 1, "locked": False, "num_format": "@"},
    "input_rule": {"align": "left", "indent": 1, "locked": False, "num_format": "@", "text_wrap": True},
    "input_percent": {"align": "right", "locked": False, "num_format": PERCENT},
    "input_number": {"align": "center", "locked": False},
}


class Styles:
    """The formats of one workbook."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[str, bool], Any] = {}
        self.title = self._add(bold=True, font_size=15, font_color="#1F3A5F")
        self.plain = self._add(font_color="#566270")
        self.warn = self._add(bold=True, font_color="#9A5B00", bg_color="#FFF4CC")
        self.head = self._add(
            **_EDGE, bold=True, align="center", text_wrap=True, bg_color="#1F3A5F", font_color="#FFFFFF"
        )
        self.step = self._add(**_EDGE, bold=True, align="center", font_color="#1F3A5F")
        self.guide = self._add(**_EDGE, text_wrap=True, indent=1)
        self.guide_english = self._add(**_EDGE, text_wrap=True, indent=1, font_size=9, font_color="#566270")
        bold = {**_EDGE, "bold": True, "bg_color": "#E8EEF5"}
        self.sum_text = self._add(**bold, indent=1)
        self.sum_percent = self._add(**bold, align="right", num_format=PERCENT)
        self.sum_check = self._add(**bold, align="center")
        light = {**_EDGE, "font_size": 9, "font_color": "#566270", "bg_color": "#F7F9FB"}
        self.group_text = self._add(**light, indent=1)
        self.group_percent = self._add(**light, align="right", num_format=PERCENT)
        self.wrong = book.add_format({"bg_color": "#C62828", "font_color": "#FFFFFF", "bold": True})
        self._sample = book.add_format({"bg_color": "#FFF4CC", "font_color": "#9A5B00", "italic": True})

    def _add(self, **settings: Any) -> Any:
        return self._book.add_format({**_FONT, **settings})

    def get(self, name: str, first: bool = False) -> Any:
        """The format of a cell in the table; ``first`` draws the line above a group."""
        if (name, first) not in self._made:
            line = {"top": 2, "top_color": "#7C8DA1"} if first else {}
            self._made[name, first] = self._add(**_EDGE, **_CELLS[name], **line)
        return self._made[name, first]

    def sample(self, same: str) -> dict[str, Any]:
        """A conditional format for a cell that is still as it was."""
        return {"type": "formula", "criteria": f"={same}", "format": self._sample}


def banner(sheet: Any, card: Card, styles: Styles, what: str, last: int) -> None:
    """The three lines above a table, and in the hidden column what the sheet is for."""
    for line, text in enumerate((c.FORMAT, card.pack.id, card.rule.version)):
        sheet.write_string(line, 0, text)
    sheet.set_row(0, 26)
    sheet.write_string(0, 1, f"{card.pack.title.zh} · {what}", styles.title)
    sheet.write_string(1, 1, source_line(card), styles.plain)
    sheet.set_row(2, 20)
    for column in range(1, last + 1):
        sheet.write_blank(2, column, None, styles.warn)
    sheet.write_string(2, 1, mark_line(card), styles.warn)


def source_line(card: Card) -> str:
    """The document that the scorecard is written from, and its first day."""
    source = card.pack.source
    named = f"《{source.document}》" if source.document else "来源未记"
    number = f"（{source.number}）" if source.number else ""
    return f"{named}{number} · {card.pack.id} · 版本 {card.rule.version}"


def mark_line(card: Card) -> str:
    """What the yellow figures are."""
    if card.illustrative:
        return (
            "黄底数字均为示例（自拟），不是官方数字；请逐格改成文件所列数字，改过的格变白。"
            "  Yellow figures are illustrative: replace every one."
        )
    return "黄底数字是现值；请改成新文件所列数字，改过的格变白。  Yellow figures are the present ones."


def finish(sheet: Any, card: Card, bottom: int, last: int, frozen: int) -> None:
    """Hide the ids, freeze the heading, protect what is not to be filled in, set up the print."""
    sheet.set_column(0, 0, 10, None, {"hidden": True})
    sheet.freeze_panes(c.HEADER_ROW + 1, frozen)
    sheet.hide_gridlines(2)
    # no password: a guard against slips, not against people
    sheet.protect("", {"format_columns": True, "format_rows": True})
    page(sheet, card)
    sheet.repeat_rows(c.HEADER_ROW)
    sheet.print_area(0, 1, bottom, last)


def page(sheet: Any, card: Card) -> None:
    """A4 landscape, one page wide, with the title and the page number below."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.center_horizontally()
    name = card.pack.title.zh.replace("&", "&&")[:80]
    sheet.set_footer(f"&L&8 {name} 权重录入表&C&8第 &P 页，共 &N 页&R&8&A")
