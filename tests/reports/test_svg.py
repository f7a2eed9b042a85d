"""Charts: texts inside the drawing, nothing over anything else, lengths in proportion."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keqiao.reports.svg import WIDTH, Bar, Spread, bars, share_bar, spread
from keqiao.reports.svg.frame import LINE, ticks
from keqiao.reports.svg.text import width, wrap

LABELS = st.one_of(
    st.sampled_from(["工业", "软件和信息技术服务业", "近五年国家级科技奖励前三并且研发费用占营业收入不低于百分之五", "R&D intensity", "<b>", "≥90分"]),
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Co", "Cn", "Mn", "Me")), max_size=60),
)
COUNTS = st.integers(0, 10_000_000)


def _texts(svg: str) -> list[tuple[float, float, float, float, str]]:
    """Left, right, top, bottom and text of every label of a chart."""
    found = []
    for node in ET.fromstring(svg).iter("text"):
        text = node.text or ""
        size, x, y = float(node.get("font-size", "12")), float(node.get("x", "0")), float(node.get("y", "0"))
        long = width(text, size)
        left = x - {"middle": long / 2, "end": long}.get(node.get("text-anchor", ""), 0.0)
        found.append((left, left + long, y - size * 0.8, y + size * 0.2, text))
    return found


def _tidy(svg: str) -> None:
    root = ET.fromstring(svg)
    high = float(root.get("viewBox", "").split()[3])
    texts = [one for one in _texts(svg) if one[4].strip()]
    for left, right, top, bottom, text in texts:
        assert left >= -0.5, text
        assert right <= WIDTH + 0.5, text
        assert top >= -0.5, text
        assert bottom <= high + 0.5, text
    for i, a in enumerate(texts):
        for b in texts[i + 1 :]:
            assert a[1] <= b[0] + 0.5 or b[1] <= a[0] + 0.5 or a[3] <= b[2] + 0.5 or b[3] <= a[2] + 0.5, (a, b)


def test_a_chinese_character_is_as_wide_as_it_is_high() -> None:
    assert width("企业划型", 12) == 48
    assert width("（家）", 10) == 30
    assert width("1,234", 12) < 3 * 12


@given(LABELS, st.floats(30, 340))
def test_wrapping_loses_nothing_and_keeps_to_the_room(text: str, room: float) -> None:
    lines = wrap(text, room)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(width(line) <= room for line in lines if len(line) > 1)


def test_no_line_begins_with_a_closing_sign() -> None:
    lines = wrap("研发费用，人员，收入，资产，专利，标准。", 60)
    assert not any(line[0] in "，。" for line in lines)


def test_words_break_at_spaces() -> None:
    assert wrap("at most five hundred employees", 85) == ["at most five", "hundred", "employees"]


@settings(max_examples=60)
@given(st.lists(st.tuples(LABELS, COUNTS, COUNTS, LABELS), min_size=1, max_size=8), st.booleans())
def test_labels_of_bars_never_meet(rows: list[tuple[str, int, int, str]], beside: bool) -> None:
    made = [Bar(name, value, f"{value:,}～{value + more:,}", more, note="" if beside else note) for name, value, more, note in rows]
    _tidy(bars(made, "标题", "说明", beside=beside))


@settings(max_examples=60)
@given(
    st.lists(st.tuples(LABELS, st.lists(st.integers(0, 100), min_size=4, max_size=4)), min_size=1, max_size=8),
    st.one_of(st.none(), st.integers(0, 100)),
)
def test_labels_of_spreads_never_meet(rows: list[tuple[str, list[int]]], mark: int | None) -> None:
    made = []
    for name, values in rows:
        a, b, c, d = (float(x) for x in sorted(values))
        made.append(Spread(name, f"{b:g}～{c:g}", (a, b, c, d)))
    _tidy(spread(made, "标题", "说明", low=0, high=100, mark=None if mark is None else (float(mark), f"及格 {mark}")))


def test_lengths_are_in_proportion_and_parts_add_up() -> None:
    svg = bars([Bar("甲", 100, "100", 50), Bar("乙", 50, "50", part=25)], "标题", "说明", full=200)
    drawn = [float(node.get("width", "0")) for node in ET.fromstring(svg).iter("rect") if node.get("height") == "14.0"]
    solid, open_, half, part = drawn
    assert solid == pytest.approx(2 * open_, abs=0.2)
    assert half == pytest.approx(open_, abs=0.2)
    assert part == pytest.approx(half / 2, abs=0.2)


def test_what_is_counted_is_seen_however_little() -> None:
    svg = bars([Bar("甲", 1_000_000, "1,000,000"), Bar("乙", 1, "1"), Bar("丙", 0, "0")], "标题", "说明")
    drawn = [float(node.get("width", "0")) for node in ET.fromstring(svg).iter("rect")]
    assert len(drawn) == 2
    assert min(drawn) == 1.0


def test_a_small_group_is_told_in_words() -> None:
    svg = spread([Spread("甲", "3 家", None, "不足5家，只计数")], "标题", "说明", low=0, high=100)
    assert "不足5家，只计数" in [text for *_, text in _texts(svg)]
    assert not list(ET.fromstring(svg).iter("rect"))


def test_shares_fill_the_bar() -> None:
    svg = share_bar([1, 2, 3, 4], ["是", "未知", "否", "转人工"], 101)
    parts = [float(node.get("width", "0")) for node in ET.fromstring(svg).iter("rect") if node.get("height") == "12.0"]
    assert parts[:4] == [10.0, 20.0, 30.0, 40.0]
    assert "是 1, 未知 2, 否 3, 转人工 4" in svg
    assert ET.fromstring(share_bar([0, 0], ["a", "b"])) is not None


def test_a_chart_has_a_name_and_a_description() -> None:
    root = ET.fromstring(bars([Bar("<甲>", 1, "1")], "题<目>", "说&明"))
    title, desc = root.find("title"), root.find("desc")
    assert title is not None and desc is not None
    assert (root.get("role"), title.text, desc.text) == ("img", "题<目>", "说&明")
    assert root.get("aria-labelledby") == f"{title.get('id')} {desc.get('id')}"


@pytest.mark.parametrize(("low", "high", "most", "expected"), [(0, 100, 5, [0, 25, 50, 75, 100]), (0, 88, 11, [0, 10, 20, 30, 40, 50, 60, 70, 80, 90]), (0, 0, 5, [0, 0.25, 0.5, 0.75, 1])])
def test_ticks_are_round_and_cover(low: float, high: float, most: int, expected: list[float]) -> None:
    assert ticks(low, high, most) == expected


def test_lines_are_higher_than_letters() -> None:
    assert Fraction(12) * Fraction(4, 3) <= LINE
