"""What all charts share: their width, colours, texts, and the accessible frame."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence

from keqiao.reports.markup import Content, Markup, join, tag
from keqiao.reports.svg.text import width

#: Units across a chart; at 390 pixels of a phone one unit is about one pixel.
WIDTH = 340
#: Height of a line of text, and its size.
LINE, SIZE = 17, 12

BRAND, OTHER, BAND, GRID, INK, INK2 = "#1c5293", "#7d8a9b", "#bcd2ea", "#dde3ea", "#17212e", "#46556a"


def label(x: float, y: float, text: str, *, anchor: str = "start", bold: bool = False, soft: bool = False, size: float = SIZE) -> Markup:
    """One line of text with its baseline at y."""
    return tag(
        "text", text, x=float(x), y=float(y), text_anchor=anchor if anchor != "start" else None, font_size=size,
        font_weight=600 if bold else None, fill=INK2 if soft else INK,
    )  # fmt: skip


def lines(x: float, y: float, texts: Sequence[str], *, bold: bool = False) -> Markup:
    """Several lines, the first with its baseline at y."""
    return join(label(x, y + i * LINE, text, bold=bold) for i, text in enumerate(texts))


def rect(x: float, y: float, wide: float, high: float, fill: str, **more: str | float | None) -> Markup:
    """A rectangle; what is counted but too small to see keeps a hair of width."""
    return tag("rect", x=float(x), y=float(y), width=float(max(wide, 0.0)), height=float(high), fill=fill, **more)


def rule(x1: float, y1: float, x2: float, y2: float, stroke: str = GRID, wide: float = 1, dash: str | None = None) -> Markup:
    """A straight line."""
    return tag("line", x1=float(x1), y1=float(y1), x2=float(x2), y2=float(y2), stroke=stroke, stroke_width=float(wide), stroke_dasharray=dash)


def hatch(id: str) -> Markup:
    """The pattern of what is possible but not certain."""
    stripe = tag("path", d="M0 6L6 0M-1 1L1 -1M5 7L7 5", stroke=BRAND, stroke_width=1.2)
    ground = tag("rect", width=6, height=6, fill="#eef3f9")
    return tag("defs", tag("pattern", ground, stripe, id=id, width=6, height=6, patternUnits="userSpaceOnUse"))


def frame(high: float, title: str, text: str, *content: Content, wide: float = WIDTH) -> Markup:
    """The SVG with its accessible name and description."""
    id = mark(title, text, *content)
    return tag(
        "svg", tag("title", title, id=f"t{id}"), tag("desc", text, id=f"d{id}"), *content,
        class_="chart", viewBox=f"0 0 {wide:g} {math.ceil(high)}", width=f"{wide:g}", height=math.ceil(high), role="img",
        aria_labelledby=f"t{id} d{id}",
    )  # fmt: skip


def mark(*parts: Content) -> str:
    """A short name for ids that is the same for the same drawing."""
    return hashlib.sha256("\x1f".join(map(str, parts)).encode("utf-8", "replace")).hexdigest()[:10]


def ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Round values from the round one at or below ``low`` to that at or above ``high``."""
    if high <= low:
        high = low + 1
    rough = (high - low) / max(most - 1, 1)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * n for n in (1, 2, 2.5, 5, 10) if power * n >= rough * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(i * step, 10) for i in range(first, last + 1)]


def widest(texts: Sequence[str], size: float = SIZE) -> float:
    """The width of the longest."""
    return max((width(text, size) for text in texts), default=0.0)
