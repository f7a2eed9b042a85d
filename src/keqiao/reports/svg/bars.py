"""Horizontal bars from one base line, and the one-line bar of shares for tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from keqiao.reports.markup import Markup
from keqiao.reports.svg.frame import (
    BAND,
    BRAND,
    INK,
    LINE,
    OTHER,
    WIDTH,
    frame,
    hatch,
    label,
    lines,
    mark,
    rect,
    rule,
    widest,
)
from keqiao.reports.svg.text import wrap

_BAR, _GAP, _HEAD = 14, 10, 6


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its label, its length, the text at its end, and a line below it.

    ``value`` is the solid part; ``more`` a hatched part that may be added (what is possible), and
    ``part`` a darker piece at the beginning of the solid one (what is meant especially).
    """

    label: str
    value: float
    text: str
    more: float = 0
    part: float | None = None
    note: str = ""


def bars(rows: Sequence[Bar], title: str, text: str, *, beside: bool = False, full: float | None = None) -> Markup:
    """A chart of bars.

    Labels stand above their bars, or with ``beside`` left of them where all are short. ``full`` is
    the value that the whole width stands for; by default the longest bar's.
    """
    id = f"h{mark(title, text)}"
    left = min(widest([row.label for row in rows]) + 8, WIDTH * 0.34) if beside else 0.0
    room = WIDTH - left - widest([row.text for row in rows]) - 8
    whole = full if full is not None else max((row.value + row.more for row in rows), default=0)
    drawn, y = [hatch(id)] if any(row.more for row in rows) else [], float(_HEAD)
    for row in rows:
        y = _row(drawn, row, y, left, room / whole if whole > 0 else 0.0, id, beside)
    if beside:
        drawn.insert(0, rule(left, 0, left, y - _GAP + 4, OTHER))
    return frame(y - _GAP + _HEAD, title, text, *drawn)


def _row(drawn: list[Markup], row: Bar, y: float, left: float, scale: float, id: str, beside: bool) -> float:
    """Draw one bar at y and return where the next begins."""
    above = wrap(row.label, left - 8 if beside else WIDTH)
    if beside:
        drawn.append(lines(left - 8 - widest(above), y + 11.5, above))
    else:
        drawn.append(lines(0, y + 11, above, bold=True))
        y += len(above) * LINE
    solid, open_ = row.value * scale, row.more * scale
    if row.value:
        drawn.append(rect(left, y, max(solid, 1.0), _BAR, BRAND if row.part is None else BAND))
    if row.part:
        drawn.append(rect(left, y, max(row.part * scale, 1.0), _BAR, BRAND))
    if row.more:
        drawn.append(rect(left + solid, y, max(open_, 1.0), _BAR, f"url(#{id})", stroke=BRAND, stroke_width=0.75))
    drawn.append(label(left + solid + open_ + 6, y + 11.5, row.text, bold=True))
    y += max(_BAR, LINE * len(above) - 4 if beside else 0)
    for line in wrap(row.note, WIDTH - left) if row.note else ():
        y += LINE
        drawn.append(label(left, y - 3, line, soft=True))
    return y + _GAP


#: Looks of the parts of a bar of shares, in order: filled, hatched, light, outlined.
_PARTS = (BRAND, "hatch", BAND, "#ffffff")


def share_bar(counts: Sequence[int], names: Sequence[str], wide: int = 160) -> Markup:
    """Parts of a whole as one bar for a table's cell; the numbers stand beside it in the table."""
    whole, high = sum(counts), 12
    text = ", ".join(f"{name} {count:,}" for name, count in zip(names, counts, strict=True))
    id = f"h{mark(text)}"
    x, drawn = 0.5, [hatch(id)]
    for count, look in zip(counts, _PARTS, strict=False):
        part = (wide - 1) * count / whole if whole else 0.0
        if count:
            drawn.append(rect(x, 0.5, max(part, 0.8), high, f"url(#{id})" if look == "hatch" else look))
        x += part
    drawn.append(rect(0.5, 0.5, wide - 1, high, "none", stroke=INK, stroke_width=0.6))
    return frame(high + 1, text, text, *drawn, wide=wide)
