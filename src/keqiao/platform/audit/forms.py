"""What an auditor searches for, read from the address."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from keqiao.errors import say
from keqiao.platform.audit.queries import Search

FIELDS = ("first", "last", "person", "object", "act", "success", "number")
_LONGEST = 80


def read(data: Mapping[str, str]) -> tuple[Search, dict[str, str]]:
    """The search and what is wrong in it, by field; a wrong field does not narrow."""
    errors: dict[str, str] = {}
    first, last = _day(data, "first", errors), _day(data, "last", errors)
    if first is not None and last is not None and first > last:
        errors["last"] = say("结束日应不早于开始日", "the last day is before the first")
    number = data.get("number", "").strip()
    if number and not (number.isascii() and number.isdigit() and len(number) < 19):
        errors["number"] = say("链号是一个整数", "a number is whole")
        number = ""
    text = {name: data.get(name, "").strip()[:_LONGEST] for name in ("person", "object", "act", "success")}
    return Search(first, last, text["person"], text["object"], text["act"], text["success"] if text["success"] in ("yes", "no") else "",
                  int(number) if number else None), errors  # fmt: skip


def _day(data: Mapping[str, str], name: str, errors: dict[str, str]) -> dt.date | None:
    text = data.get(name, "").strip()
    if not text:
        return None
    try:
        found = dt.date.fromisoformat(text)
    except ValueError:
        errors[name] = say("日期写作 2026-11-21", "write a day as 2026-11-21")
        return None
    # the day after it must be one as well
    return found if dt.date(1990, 1, 1) <= found < dt.date(9000, 1, 1) else None


def page_of(data: Mapping[str, str]) -> int:
    """The number of the page, from 1."""
    text = data.get("page", "")
    return max(int(text), 1) if text.isascii() and text.isdigit() and len(text) < 8 else 1


def told(search: Search) -> str:
    """The search in words, for files."""
    parts = [
        (say("自", "from"), search.first), (say("至", "to"), search.last), (say("人", "who"), search.person), (say("对象", "object"), search.object),
        (say("动作", "act"), search.act), (say("成功", "success"), search.success), (say("链号", "number"), search.number),
    ]  # fmt: skip
    found = [f"{label} {value}" for label, value in parts if value not in (None, "")]
    return say("；", "; ").join(found) or say("全部事件", "all events")
