"""How the template looks: formats, headings with notes, the line that says whether a sheet is filled in, print."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from keqiao.facts.given import COMPLETE, NOT_GIVEN, STATUS
from keqiao.rules.vocabulary import Indicator

#: Drop-down lists by indicator id: the values, or the range of cells that hold them.
Pick = dict[str, Any]

#: The last row that limits reach (from 0).
LAST = 20_000
_FONT = {"font_name": "微软雅黑", "font_size": 10, "valign": "vcenter"}
_EDGE = {"border": 1, "border_color": "#C9D1DA"}
_NUMBERS = {"money": "#,##0.00####", "ratio": "0.00####", "people": "#,##0.####", "count": "#,##0.####"}


class Look:
    """The formats of one workbook."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._kinds: dict[str, Any] = {}
        self.title = self.add(bold=True, font_size=15, font_color="#1F3A5F")
        self.plain = self.add(font_color="#566270")
        self.head = self.add(
            **_EDGE, bold=True, align="center", text_wrap=True, bg_color="#1F3A5F", font_color="#FFFFFF"
        )
        self.cell = self.add(**_EDGE, text_wrap=True, indent=1)
        self.small = self.add(**_EDGE, text_wrap=True, indent=1, font_size=9, font_color="#566270")
        self.centre = self.add(**_EDGE, align="center", text_wrap=True)
        self.warn = self.add(bold=True, font_color="#9A5B00", bg_color="#FFF4CC")
        self.text = self.add(num_format="@")
        self.whole = self.add(num_format="0", align="center")

    def add(self, **settings: Any) -> Any:
        """A further format in the template's font."""
        return self._book.add_format({**_FONT, **settings})

    def of(self, indicator: Indicator) -> Any:
        """The format of an indicator's cells; plain texts are kept as texts, so that no zero is lost."""
        kind = indicator.type
        if kind not in self._kinds:
            if kind == "date":
                self._kinds[kind] = self.add(num_format="yyyy-mm-dd", align="center")
            elif kind in ("flag", "code", "text"):
                self._kinds[kind] = self.add(num_format="@", align="center" if kind == "flag" else "left")
            else:
                self._kinds[kind] = self.add(num_format=_NUMBERS.get(kind, "0.####"), align="right")
        return self._kinds[kind]


def head_row(page: Any, row: int, texts: Sequence[str], notes: Sequence[str], look: Look) -> None:
    """The headings with their notes."""
    page.set_row(row, 48)
    for c, (text, note) in enumerate(zip(texts, notes, strict=True)):
        page.write_string(row, c, text.replace("（", "\n（"), look.head)  # a break before the unit reads better
        if note:
            lines = sum(1 + len(line) // 22 for line in note.split("\n"))
            page.write_comment(row, c, note, {"width": 300, "height": 18 * (lines + 1), "author": "Keqiao", "font_size": 9})


def given_line(page: Any, title: str, look: Look) -> None:
    """The first line of a sheet that may be left out: not given, or complete (then no rows mean none)."""
    page.set_row(0, 24)
    page.write_string(0, 0, STATUS, look.warn)
    page.write_string(0, 1, NOT_GIVEN, look.warn)
    page.data_validation(0, 1, 0, 1, {"validate": "list", "source": [NOT_GIVEN, COMPLETE]})
    words = f"填了{title}就改成“{COMPLETE}”（没有行即表示都没有）；保持“{NOT_GIVEN}”，{title}为未知。"
    page.write_string(0, 2, words, look.plain)


def finish(page: Any, title: str, rows: int, columns: int, wide: bool = False) -> None:
    """Freeze the headings and the key, set up the print: landscape, headings repeated.

    A sheet is one A4 page wide; a ``wide`` one is A3 at its own size, with the key repeated on every page.
    """
    page.freeze_panes(rows, columns)
    page.set_landscape()
    if wide:
        page.set_paper(8)
        page.repeat_columns(0, max(columns - 1, 0))
    else:
        page.set_paper(9)
        page.fit_to_pages(1, 0)
    page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    page.repeat_rows(rows - 1)
    page.set_footer(f"&L&8 {title.replace('&', '&&')}&C&8第 &P 页，共 &N 页")
