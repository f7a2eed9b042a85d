"""The texts of a trace as numbers, for drawing and for finding the tightest condition; nothing is decided on them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from keqiao.errors import say
from keqiao.reports.values import grouped
from keqiao.rules.dimensions import UNITS

_NUMBER = re.compile(r"([-−]?)(\d[\d,]*(?:\.\d+)?)\s*([^\d~～.,]*)")
_SIGN = re.compile(r"(>=|<=|<>|>|<|=)")

#: Low and high end in base units.
Ends = tuple[float, float]


@cache
def _factors() -> dict[str, float]:
    """Units of both languages to their size in base units."""
    found = {name: float(unit.factor) for name, unit in UNITS.items()}
    found |= {unit.english: float(unit.factor) for unit in UNITS.values() if unit.english}
    return found | {"million CNY": 1e6, "CNY": 1.0, "": 1.0}


def ends(text: str | None) -> Ends | None:
    """``40~70分`` as (40, 70) in base units; None where the text is no plain number with a known unit."""
    if not text:
        return None
    found, last_unit = [], None
    for part in reversed(re.split(r"[~～]", text.strip())):
        match = _NUMBER.fullmatch(part.strip())
        if match is None:
            return None
        sign, digits, unit = match.groups()
        last_unit = unit.strip() or last_unit or ""
        over, _, under = last_unit.partition("/")
        factors = _factors()
        if over not in factors or (under and under not in factors):
            return None
        value = float(digits.replace(",", "")) * factors[over] / (factors[under] if under else 1.0)
        found.append(-value if sign else value)
    return (min(found), max(found)) if len(found) <= 2 else None


def upward(text: str, left: Ends, right: Ends, margin: Ends | None) -> bool:
    """Whether more is better: read from the margin's sign, and from the rule's sign where the margin is zero."""
    if margin is not None and margin[0] and left[0] != right[0]:
        return (margin[0] > 0) == (left[0] > right[0]) if margin[0] * margin[1] > 0 else (margin[1] > 0) == (left[1] > right[1])
    signs = _SIGN.findall(text)
    return not (signs and signs[-1].startswith("<"))


def readable(text: str) -> str:
    """Signs as they are printed: ≥ ≤ ≠, a wave between the ends of a range, thousands separated."""
    for old, new in ((">=", "≥"), ("<=", "≤"), ("<>", "≠"), ("~", "～")):
        text = text.replace(old, new)
    return grouped(text)


def named(text: str, titles: Mapping[str, str]) -> str:
    """A rule's text with scores by their titles in place of ``score('id')``."""
    return re.sub(r"score\('([^']*)'\)", lambda found: titles.get(found[1], found[1]), text)


def amount(text: str) -> str:
    """A value for reading: money from 1亿元 on in 亿元, exactly; the rest as `readable`."""
    return readable(re.sub(r"(?<![\d.,])(\d{5,})(?:\.(\d+))?万元", _in_yi, text))


def _in_yi(found: re.Match[str]) -> str:
    digits = found[1] + (found[2] or "")
    whole, part = digits[: len(found[1]) - 4], digits[len(found[1]) - 4 :].rstrip("0")
    return f"{whole}.{part}亿元" if part else f"{whole}亿元"


def margin_words(text: str) -> str:
    """A signed margin in words: 余 320人, 差 3.8个百分点, 恰在门槛, 区间跨线."""
    found = ends(text)
    shown = amount(re.sub(r"[-−](?=[\d])", "", text))
    if shown.endswith("%"):
        shown = re.sub(r"%", "", shown) + say("个百分点", " percentage points")
    if found is not None and found[0] < 0 < found[1]:
        return say("区间跨线", "the range crosses it")
    if found == (0, 0):
        return say("恰在门槛", "exactly at it")
    if (found is not None and found[1] <= 0) or text[:1] in "-−":
        return say("差 ", "short by ") + shown
    return say("余 ", "inside by ") + shown


def share(margin: Ends | None, right: Ends | None) -> float | None:
    """The margin as a part of the threshold, its near end; None without a threshold to divide by."""
    if margin is None or right is None or right[0] != right[1] or not right[0]:
        return None
    return min(abs(margin[0]), abs(margin[1])) / abs(right[0])
