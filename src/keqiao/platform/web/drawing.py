"""The drawings of pages as SVG, made on the server: margin bars, peers, bars, funnels, score ranges.

Bars and texts come from `keqiao.reports.svg`; here stands only what reports do not draw. No drawing uses the colours
of outcomes but the margin bar, whose colours come from the style sheet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from keqiao.errors import say
from keqiao.reports.markup import Markup, tag
from keqiao.reports.svg import Bar, bars
from keqiao.reports.svg.frame import BAND, BRAND, INK, INK2, LINE, OTHER, WIDTH, frame, label, rect, rule, widest
from keqiao.reports.svg.text import wrap

_TRACK, _BAND = "#eef1f5", "#d5e0ee"


@dataclass(frozen=True)
class Chart:
    """A drawing with what every figure must have: a sentence, and the same numbers as a table.

    ``heads`` and ``rows`` are texts; the first column names the row. ``title`` is the accessible name.
    """

    svg: SafeString
    title: str
    caption: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    illustrative: bool = False
    link: str = ""
    link_text: str = ""


@dataclass(frozen=True)
class Group:
    """One row of a score card: points as low and high end, full marks, and the peers' quartiles, all as numbers.

    ``text`` is what stands right (``31.2 / 42``); ``peers`` (lower quartile, median, upper quartile) or None.
    """

    label: str
    low: float
    high: float
    full: float
    text: str
    peers: tuple[float, float, float] | None = None


@dataclass(frozen=True)
class Step:
    """One step of a funnel: how many are left, and in words what was lost before it and why."""

    label: str
    count: int
    lost: str = ""
    share: str = field(default="", compare=False)


def safe(markup: Markup) -> SafeString:
    """Markup of reports, whose texts are escaped already, as Django's safe text."""
    return mark_safe(str(markup))


def bullet(value: tuple[float, float], threshold: float, upward: bool, outcome: str) -> SafeString:
    """The margin bar of a trace row: passing side, threshold as tick, value as dot or, for a range, a line.

    120 × 12; hidden from screen readers, since the words beside it say the same.
    """
    low, high = min(value), max(value)
    first, last = min(low, threshold, 0.0), max(high, threshold, 0.0)
    spread = (last - first) or 1.0
    first, last = (first - 0.1 * spread if first < 0 else first), last + 0.2 * spread

    def at(number: float) -> float:
        return 3 + (number - first) / (last - first) * 114

    tick = at(threshold)
    start, wide = (tick, 117 - tick) if upward else (3.0, tick - 3)
    drawn = format_html(
        '<rect class="mb-track" y="4.5" width="120" height="3" rx="1.5"/><rect class="mb-pass" x="{}" y="4.5" width="{}" height="3"/>'
        '<path class="mb-tick" d="M{} 0v12"/>',
        f"{start:.1f}", f"{max(wide, 0):.1f}", f"{tick:.1f}",
    )  # fmt: skip
    if low == high:
        spot = format_html('<circle class="i-{}" cx="{}" cy="6" r="4" fill="currentColor"/>', outcome, f"{at(low):.1f}")
    else:
        spot = format_html('<rect class="i-{}" x="{}" y="3.5" width="{}" height="5" rx="2" fill="currentColor"/>',
                           outcome, f"{at(low):.1f}", f"{max(at(high) - at(low), 3):.1f}")  # fmt: skip
    return format_html('<svg class="mb" width="120" height="12" viewBox="0 0 120 12" aria-hidden="true">{}{}</svg>', drawn, spot)


def peer_bands(groups: Sequence[Group], title: str, caption: str, *, illustrative: bool = False) -> Chart:
    """The score card: per group a track to full marks, peers' middle half, their median, and the enterprise."""
    texts = widest([group.text for group in groups]) + 10
    left = min(widest([group.label for group in groups]) + 10, WIDTH * 0.36)
    room, y, drawn = WIDTH - left - texts, 6.0, []
    for group in groups:
        scale = room / group.full if group.full else 0.0
        names = wrap(group.label, left - 8)
        for number, name in enumerate(names):
            drawn.append(label(0, y + 15 + number * LINE, name, bold=True))
        drawn.append(rect(left, y + 4, room, 14, _TRACK, rx=2))
        if group.peers is not None:
            lower, median, upper = (left + value * scale for value in group.peers)
            drawn += [rect(lower, y + 4, upper - lower, 14, _BAND), rule(median, y + 2, median, y + 20, OTHER, 1.5)]
        drawn += _spot(left + group.low * scale, left + group.high * scale, y + 11)
        drawn.append(label(WIDTH, y + 15, group.text, anchor="end", bold=True))
        y += max(30, len(names) * LINE + 10)
    known = any(group.peers is not None for group in groups)
    drawn += _key(left, y + 6, peers=known)
    heads = [say("分组", "Group"), say("得分 / 满分", "Points / full")]
    rows = [[group.label, group.text] for group in groups]
    if known:
        heads.append(say("同行下四分位 · 中位 · 上四分位", "Peers: lower quartile · median · upper quartile"))
        rows = [[*row, " · ".join(f"{v:g}" for v in g.peers) if g.peers else "—"] for row, g in zip(rows, groups, strict=True)]
    return Chart(safe(frame(y + 26, title, caption, *drawn)), title, caption, heads, rows, illustrative)


def _spot(low: float, high: float, y: float) -> list[Markup]:
    """The enterprise: a diamond, or a bar from low to high while facts are missing."""
    if high - low >= 1:
        return [rect(low, y - 4, high - low, 8, BRAND, fill_opacity=0.55), rule(low, y - 8, low, y + 8, BRAND, 2), rule(high, y - 8, high, y + 8, BRAND, 2)]
    return [tag("path", d=f"M{low:.1f} {y - 9:.1f}l6 9-6 9-6-9z", fill=BRAND, stroke="#fff")]


def _key(x: float, y: float, *, peers: bool) -> list[Markup]:
    """What the signs mean, in one row that wraps by itself into the width."""
    drawn: list[Markup] = []
    if peers:
        half, middle = say("同行中间一半", "middle half of peers"), say("中位数", "median")
        drawn += [rect(0, y, 12, 10, _BAND), label(16, y + 10, half, soft=True)]
        x = 16 + widest([half]) + 16
        drawn += [rule(x, y - 2, x, y + 12, OTHER, 1.5), label(x + 6, y + 10, middle, soft=True)]
        x += 6 + widest([middle]) + 16
    drawn += [tag("path", d=f"M{x + 5:.1f} {y - 2:.1f}l5 7-5 7-5-7z", fill=BRAND), label(x + 14, y + 10, say("本企业", "this one"), soft=True)]
    return drawn


def bar_chart(rows: Sequence[Bar], title: str, caption: str, *, heads: Sequence[str] = (), illustrative: bool = False) -> Chart:
    """Horizontal bars from one base line; the table repeats label and text of each."""
    top = heads or (say("项目", "Item"), say("数值", "Value"))
    return Chart(safe(bars(rows, title, caption)), title, caption, top, [[row.label, row.text] for row in rows], illustrative)


def funnel(steps: Sequence[Step], title: str, caption: str, *, unit: str = "家", illustrative: bool = False) -> Chart:
    """A funnel as bars: count right of the bar with its share of the step before, below it what was lost and why."""
    rows, table, before = [], [], None
    for step in steps:
        share = "" if not before else f"{(step.count * 1000 + before // 2) // before / 10:.1f}%"
        text = f"{step.count:,}" + say(unit, "") + (f"  {share}" if share else "")
        rows.append(Bar(step.label, float(step.count), text, note=step.lost))
        table.append([step.label, f"{step.count:,}", share or "—", step.lost or "—"])
        before = step.count
    heads = [say("步骤", "Step"), say(f"剩下（{unit}）", "Left"), say("占上一步", "Of the step before"), say("减少及原因", "Lost, and why")]
    return Chart(safe(bars(rows, title, caption)), title, caption, heads, table, illustrative)


def score_range(low: float, high: float, threshold: float | None, full: float, title: str) -> SafeString:
    """Where a score may still lie against its threshold, for the self-check: a bar from low to high."""
    scale = WIDTH / full if full else 0.0
    drawn = [rect(0, 10, WIDTH, 8, "#e3e8ee", rx=4), rect(low * scale, 10, max((high - low) * scale, 3), 8, "#87add6")]
    drawn += [label(0, 38, "0", soft=True), label(WIDTH, 38, f"{full:g}", anchor="end", soft=True)]
    if threshold is not None:
        words = say(f"门槛 {threshold:g}", f"threshold {threshold:g}")
        x = threshold * scale
        half = widest([words]) / 2
        drawn += [rule(x, 4, x, 24, INK, 2), label(min(max(x, half + 14), WIDTH - half - 26), 38, words, anchor="middle")]
    return safe(frame(44, title, title, *drawn))


#: The colours that drawings may use, for the check that no outcome's colour is among them.
COLOURS = (BAND, BRAND, INK, INK2, OTHER, _TRACK, _BAND, "#e3e8ee", "#87add6")
