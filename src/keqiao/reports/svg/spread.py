"""Where a group's values lie: the middle half and the median, each as an interval while data is missing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from keqiao.reports.markup import Markup
from keqiao.reports.svg.frame import BAND, BRAND, INK, LINE, WIDTH, frame, label, lines, rect, rule, ticks, widest
from keqiao.reports.svg.text import wrap

_HEAD, _GAP = 20, 8


@dataclass(frozen=True, slots=True)
class Spread:
    """One group: the lowest lower quartile, the interval of the median, the highest upper quartile.

    ``ends`` is None where a group is too small to be told; then ``note`` says so in its place.
    """

    label: str
    text: str
    ends: tuple[float, float, float, float] | None
    note: str = ""


def spread(rows: Sequence[Spread], title: str, text: str, *, low: float, high: float, mark: tuple[float, str] | None = None) -> Markup:
    """A row per group on one scale; ``mark`` is a threshold with its name."""
    left = min(widest([row.label for row in rows]) + 8, WIDTH * 0.36)
    right = WIDTH - widest([row.text for row in rows]) - 10
    marks = ticks(low, high, 5)
    first, span = marks[0], marks[-1] - marks[0]

    def at(value: float) -> float:
        return left + (value - first) / span * (right - left)

    top = _HEAD + (LINE if mark is not None else 0)
    drawn: list[Markup] = []
    y = float(top)
    for row in rows:
        y = _row(drawn, row, y, left, at)
    grid = [rule(at(value), top - 4, at(value), y - _GAP + 2) for value in marks]
    heads = [label(at(value), top - 8, f"{value:g}", anchor="middle", soft=True) for value in marks]
    if mark is not None:
        drawn.append(rule(at(mark[0]), top - 4, at(mark[0]), y - _GAP + 2, INK, 1.5, "4 3"))
        heads.append(_named(at(mark[0]), 11, mark[1], left))
    return frame(y - _GAP + 6, title, text, *grid, *heads, *drawn)


def _named(x: float, y: float, text: str, left: float) -> Markup:
    """The name of the threshold over its line, moved in where it would leave the chart."""
    half = widest([text]) / 2
    return label(min(max(x, left + half), WIDTH - half), y, text, anchor="middle", bold=True)


def _row(drawn: list[Markup], row: Spread, y: float, left: float, at: Callable[[float], float]) -> float:
    texts = wrap(row.label, left - 8)
    drawn.append(lines(0, y + 11, texts))
    drawn.append(label(WIDTH, y + 11, row.text, anchor="end", bold=True))
    if row.ends is None:
        drawn.append(label(left + 4, y + 11, row.note, soft=True))
    else:
        first, low, high, last = (at(value) for value in row.ends)
        drawn.append(rect(first, y + 3, last - first, 8, BAND))
        drawn.append(rect(low, y, max(high - low, 2.0), 14, BRAND))
    return y + max(len(texts) * LINE, 16) + _GAP - 2
