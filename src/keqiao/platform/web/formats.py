"""Values as readers see them: the integers of the record as text, in the current language.

Money is in 分, ratios in 10⁻⁸, counts, points and years in 10⁻⁴, days whole (`docs/reference/snapshot-and-run.md`).
Every function rounds half away from zero on integers. What is not a value has one of four marks: `NA` (—, not
applicable), None (缺, unknown), 0 (zero) and `MASKED` (****, may not be seen).
"""

from __future__ import annotations

import datetime as dt
import re
from enum import Enum
from typing import Any

from keqiao.errors import language, say
from keqiao.platform.clock import ZONE, now, today
from keqiao.rules.dimensions import SCALES, UNITS
from keqiao.rules.quantities import divide_half_away
from keqiao.rules.vocabulary import Indicator

RATIO, COUNT = SCALES["ratio"], SCALES["people"]
#: 分 in a unit of money
MONEY = {"元": 100, "千元": 10**5, "万元": 10**6, "亿元": 10**10, "万亿元": 10**14}
_HEADS = {"元": "CNY", "千元": "CNY 1,000", "万元": "CNY 10,000", "亿元": "CNY 100 million", "万亿元": "CNY trillion"}


class Mark(Enum):
    """What stands where a value cannot: not applicable, or not to be seen."""

    NA = "na"
    MASKED = "masked"


NA, MASKED = Mark.NA, Mark.MASKED


def marked(value: object) -> str | None:
    """The mark of what is no value; None where there is one."""
    if value is None or value == "":
        return say("缺", "missing")
    if value is NA or value == "na":
        return "—"
    if value is MASKED or value == "masked":
        return "****"
    return None


def fixed(number: int, scale: int, places: int, *, sign: bool = False) -> str:
    """``number / scale`` with exactly ``places`` decimals, thousands separated; a minus is U+2212."""
    shown = divide_half_away(number * 10**places, scale)
    whole, part = divmod(abs(shown), 10**places)
    text = f"{whole:,}" + (f".{part:0{places}d}" if places else "")
    if shown < 0:
        return "−" + text
    return "+" + text if sign and shown > 0 else text


def short(number: int, scale: int, places: int, *, sign: bool = False) -> str:
    """Like `fixed` with at most ``places`` decimals: zeros at the end are dropped."""
    text = fixed(number, scale, places, sign=sign)
    return text.rstrip("0").rstrip(".") if "." in text else text


def money(fen: int, style: str = "") -> str:
    """Money for reading: 元 under 1万, 万元 under 1亿, then 亿元 with up to three decimals, from 1万亿 万亿元.

    ``style`` ``stat`` gives one decimal from 1亿元 on; ``2`` gives two decimals of 万元 where a rule is decided by them.
    """
    size = abs(fen)
    if language() == "en":
        if size >= 10**14:
            return f"{short(fen, 10**14, 1)} trillion CNY"
        return f"{short(fen, 10**8, 1 if style == 'stat' else 2)} million CNY" if size >= 10**8 else f"{short(fen, 100, 2)} CNY"
    if style == "2" and 10**6 <= size < 10**10:
        return fixed(fen, 10**6, 2) + "万元"
    if size >= 10**14:
        return short(fen, 10**14, 1) + "万亿元"
    if abs(divide_half_away(fen, 10**6)) >= 10_000:
        return (fixed(fen, 10**10, 1) if style == "stat" else short(fen, 10**10, 3)) + "亿元"
    return fixed(fen, 10**6, 0) + "万元" if size >= 10**6 else short(fen, 100, 2) + "元"


def money_exact(fen: int) -> str:
    """Money in 元 to the 分, as in contracts and ledgers."""
    return fixed(fen, 100, 2) + say("元", " CNY")


def money_in(fen: int, unit: str = "万元") -> str:
    """The bare number for a column whose head names the unit; ``万元.2`` asks for two decimals.

    Without places: none for 万元, one for larger units, two for 元.
    """
    name, _, places = unit.partition(".")
    if name not in MONEY:
        raise ValueError(f"no unit of money: {unit}")
    default = {"元": 2, "千元": 0, "万元": 0}.get(name, 1)
    return fixed(fen, MONEY[name], int(places) if places else default)


def unit_head(unit: str) -> str:
    """A unit as it stands in the head of a column."""
    if language() == "zh":
        return unit
    known = UNITS.get(unit)
    return _HEADS.get(unit) or (known.english if known else unit)


def ratio(stored: int, places: int = 1) -> str:
    """A ratio as a percentage."""
    return fixed(stored, RATIO // 100, places) + "%"


def points_change(stored: int, places: int = 1) -> str:
    """A difference of two ratios in percentage points."""
    return fixed(stored, RATIO // 100, places, sign=True) + say(" 个百分点", " percentage points")


def points(stored: int, style: str = "") -> str:
    """Points with their unit, at most two decimals; ``bare`` without the unit, a digit for fixed decimals without it."""
    if style.isdigit():
        return fixed(stored, COUNT, int(style))
    number = short(stored, COUNT, 2)
    return number if style == "bare" else number + say("分", " points")


def count(stored: int, unit: str = "") -> str:
    """A stored count (10⁻⁴) with an optional unit."""
    return short(stored, COUNT, 4) + _after(unit)


def whole(number: int, unit: str = "") -> str:
    """A plain whole number, such as the length of a list, with an optional unit."""
    return fixed(number, 1, 0) + _after(unit)


def _after(unit: str) -> str:
    """A unit behind its number: glued in Chinese, in its English words after a space."""
    if not unit or language() == "zh":
        return unit
    known = UNITS.get(unit)
    english = known.english if known else {"家": "", "条": "", "个": "", "处": "", "格": "cells"}.get(unit, unit)
    return f" {english}" if english else ""


def signed(stored: int, kind: str = "count") -> str:
    """A change with its sign: ``count`` and ``points`` in 10⁻⁴, ``ratio`` (growth) in percent, ``money``, ``whole``."""
    if kind == "ratio":
        return fixed(stored, RATIO // 100, 1, sign=True) + "%"
    if kind == "money":
        text = money(stored)
        return ("+" if stored > 0 else "") + text
    if kind == "whole":
        return fixed(stored, 1, 0, sign=True)
    return fixed(stored, COUNT, 1, sign=True) if kind == "points" else short(stored, COUNT, 4, sign=True)


def as_date(value: object) -> dt.date:
    """The calendar day in China of a date, a time or an ISO text. Raises ValueError for anything else."""
    if isinstance(value, dt.datetime):
        return value.astimezone(ZONE).date() if value.tzinfo else value.date()
    if isinstance(value, dt.date):
        return value
    text = str(value)
    return as_date(dt.datetime.fromisoformat(text)) if len(text) > 10 else dt.date.fromisoformat(text)


def day(value: object, style: str = "") -> str:
    """A date: ``2026-11-21``; ``prose`` in words, ``list`` without this year, ``time`` and ``ago`` for times."""
    if style in ("time", "ago"):
        moment = value if isinstance(value, dt.datetime) else dt.datetime.fromisoformat(str(value))
        moment = moment.astimezone(ZONE)
        return _ago(moment) if style == "ago" else f"{moment:%Y-%m-%d %H:%M}"
    date = as_date(value)
    if style == "prose":
        return say(f"{date.year}年{date.month}月{date.day}日", f"{date.day} {date:%B} {date.year}")
    if style == "list" and date.year == today().year:
        return f"{date:%m-%d}"
    return date.isoformat()


def _ago(moment: dt.datetime) -> str:
    """Relative within 24 hours, else day and time."""
    seconds = int((now() - moment).total_seconds())
    if not 0 <= seconds < 86_400:
        return f"{moment:%Y-%m-%d %H:%M}"
    if seconds < 60:
        return say("刚才", "just now")
    if seconds < 3600:
        return say(f"{seconds // 60} 分钟前", f"{seconds // 60} min ago")
    return say(f"{seconds // 3600} 小时前", f"{seconds // 3600} h ago")


def due(value: object) -> tuple[str, bool]:
    """How long until a deadline in words, and whether it is today or past."""
    left = (as_date(value) - today()).days
    if left > 0:
        return say(f"剩 {left} 天", f"{left} {'day' if left == 1 else 'days'} left"), False
    if left == 0:
        return say("今天到期", "due today"), True
    return say(f"逾期 {-left} 天", f"{-left} {'day' if left == -1 else 'days'} late"), True


def uscc_short(code: str) -> str:
    """The last nine characters of a code after an ellipsis, as lists show it."""
    return "…" + code[-9:] if len(code) > 9 else code


def hidden(value: str, kind: str) -> str:
    """A personal value with its middle hidden: ``phone``, ``id`` (identity card), ``person``; anything else wholly."""
    if kind == "phone" and len(value) >= 7:
        return f"{value[:3]}****{value[-4:]}"
    if kind == "id" and len(value) >= 8:
        return f"{value[:3]}{'*' * (len(value) - 7)}{value[-4:]}"
    if kind == "person" and value:
        return value[0] + say("某", ".")
    return "********"


def cite(text: str) -> str:
    """A citation with the year of a document number in 〔〕."""
    return re.sub(r"[\[(（【［](\d{4})[\])）】］](?=\s*\d+\s*号)", r"〔\1〕", text)


def fact(value: Any, indicator: Indicator, *, bare: bool = False) -> str:
    """A stored fact of the vocabulary as text; ``bare`` without the unit, for a column whose head names it."""
    mark = marked(value)
    if mark is not None:
        return mark
    if isinstance(value, bool):
        return say("是", "yes") if value else say("否", "no")
    if isinstance(value, dt.date):
        return day(value)
    if not indicator.dimension.is_number or not isinstance(value, int):
        return str(value)
    if indicator.type == "money":
        return money_in(value, indicator.unit if indicator.unit in MONEY else "万元") if bare else money(value)
    if indicator.type == "ratio":
        text = short(value, RATIO // 100, 2)
        return text if bare else text + "%"
    text = short(value, SCALES[indicator.dimension.name], 4)
    return text if bare else text + _after(indicator.unit)
