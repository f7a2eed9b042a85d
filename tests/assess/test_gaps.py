"""What a gap shows of conditions that have no two plain sides."""

from __future__ import annotations

from typing import Any

import pytest

from keqiao.assess.gaps import gaps_of
from properties.words import VOCABULARY
from rules.small import decide

FACTS: dict[str, Any] = {
    "营业收入": {"2025": "100元", "2024": "100元"}, "研发费用": {"2025": "4.1元", "2024": "2.8元"}, "成立日期": "2021-11-20"
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "language", "seen"),
    [
        ("each_of(研发费用 / 营业收入 >= 3%, 2)", "zh", ("2025年 4.1%、2024年 2.8%", "3%", "")),
        ("each_of(研发费用 / 营业收入 >= 3%, 2)", "en", ("2025: 4.1%, 2024: 2.8%", "3%", "")),
        ("cagr(营业收入, 1) >= 5%", "zh", ("0%", "5%", "5%")),
        ("years_since(成立日期) <= 5年", "zh", ("5年1天", "5年", "1天")),
    ],
)
def test_compound_rates_years_and_time_since_a_day_are_told(text: str, language: str, seen: tuple[str, str, str]) -> None:
    trace = decide(FACTS, require={"id": "c", "title": "c", "when": text, "cite": "1"})
    found = gaps_of(trace, VOCABULARY, language)
    assert [(gap.left, gap.right, gap.gap) for gap in found] == [seen]
