"""What is wrong inside a cell, and what it would be right to write there.

A suggestion is ``safe`` where no knowledge is needed to follow it: letters typed for digits, words that mean that
there is no figure. Others are offered one by one and never taken all together.
"""

from __future__ import annotations

import difflib
import re
from typing import Any

from stdnum.cn import uscc  # type: ignore[import-untyped, unused-ignore]

from keqiao.rules.quantities import normalise
from keqiao.rules.vocabulary import Indicator

_ALIKE = str.maketrans({"O": "0", "o": "0", "〇": "0", "I": "1", "l": "1", "|": "1", "，": ",", "。": ".", "、": ","})
_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?%?")
_NO_FIGURE = {"不详", "未知", "无数据", "暂无", "待定", "待补", "待核实", "-", "--", "—", "——", "/", "N/A", "n/a", "NA", "#N/A", "暂缺", "缺"}
#: USCC codes have no I, O, S, V and Z: typed for digits.
_CODE = str.maketrans({"O": "0", "I": "1", "S": "5", "Z": "2"})


def advise(code: str, value: str, indicator: Indicator | None) -> list[dict[str, Any]]:
    """Suggestions for a cell: each ``to`` (what to write, empty: leave unknown) and ``safe``."""
    text = value.strip()
    if code in ("not-a-number", "cell-unit", "flag", "date", "value") and text in _NO_FIGURE:
        return [{"to": "", "safe": True}]
    if code == "excel-error":
        return [{"to": "", "safe": False}]
    if code == "not-a-number":
        bare = re.sub(r"\s+", "", normalise(text).translate(_ALIKE))
        return [{"to": bare, "safe": True}] if bare != text and _NUMBER.fullmatch(bare) else []
    if code == "silent-percent":
        return _percent(text)
    if code == "uscc":
        bare = re.sub(r"[\s-]+", "", normalise(text)).upper().translate(_CODE)
        return [{"to": bare, "safe": True}] if bare != text and uscc.is_valid(bare) else []
    if code == "value" and indicator is not None:
        near = difflib.get_close_matches(text, indicator.values, n=1, cutoff=0.5)
        return [{"to": near[0], "safe": False}] if near else []
    if code == "negative":
        return [{"to": text.lstrip("-−－"), "safe": False}] if text[:1] in "-−－" else []
    return []


def _percent(text: str) -> list[dict[str, Any]]:
    from decimal import Decimal, InvalidOperation

    try:
        times = format((Decimal(text) * 100).normalize(), "f")
    except InvalidOperation:
        return []
    return [{"to": f"{text}%", "safe": False}, {"to": f"{times}%", "safe": False}]


def offending(code: str, value: str) -> tuple[str, str, str]:
    """A value in three: before the offending characters, they, and after; the middle is empty where none stand out."""
    if code == "not-a-number":
        match = re.search(r"[^\d.,%+\-\s０-９．，％]+", value)
    elif code == "uscc":
        match = re.search(r"[IOSVZ]|[^0-9A-Za-z]", value) or (re.search(r".$", value) if len(value) == 18 else None)
    elif code in ("negative",):
        match = re.search(r"^[-−－]", value)
    else:
        return "", value, ""
    if match is None:
        return value, "", ""
    return value[: match.start()], match[0], value[match.end() :]
