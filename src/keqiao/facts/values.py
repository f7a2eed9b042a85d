"""Cells that are not numbers: dates, yes/no, codes and texts."""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Sequence

from keqiao.errors import FactError
from keqiao.facts.cells import Fail, Tally
from keqiao.facts.sheets import text_of
from keqiao.rules.quantities import normalise, read_fact
from keqiao.rules.vocabulary import Indicator

_TEXT_DATE = re.compile(
    r"(\d{4})(?:-(\d{1,2})-(\d{1,2})|年(\d{1,2})月(\d{1,2})日?|/(\d{1,2})/(\d{1,2})|\.(\d{1,2})\.(\d{1,2})"
    r"|(\d{2})(\d{2}))(?:[ T]0{1,2}:00(?::00)?(?:\.0+)?)?"
)
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
_NUMBER = re.compile(r"\d+(?:\.0+)?")
#: Serials from 1927-05-18 to 2119-01-10; smaller numbers are more likely years.
_SERIALS = range(10_000, 80_001)
_EPOCH_1900 = dt.date(1899, 12, 30).toordinal()
_EPOCH_1904 = dt.date(1904, 1, 1).toordinal()
_YES, _NO = {"√", "✓", "✔", "Y", "y", "对"}, {"×", "✗", "✘", "N", "n", "错"}


class NotADate(ValueError):
    """A cell that is no date; the arguments are the sentence in zh and en."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh)
        self.zh, self.en = zh, en


def cell_date(value: object, date1904: bool, is_csv: bool) -> tuple[dt.date, str]:
    """A cell's date and a remark: ``""``, ``date-text`` or ``date-serial``. Raises `NotADate`."""
    if isinstance(value, dt.datetime):
        return _sensible(value.date(), value), ""
    if isinstance(value, dt.date):
        return _sensible(value, value), ""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _from_number(text_of(value), date1904)
    if isinstance(value, str):
        text = normalise(value).strip()
        if _NUMBER.fullmatch(text) and len(text.partition(".")[0]) != 8:
            return _from_number(text.partition(".")[0], date1904)
        match = _TEXT_DATE.fullmatch(text.replace(" ", "") if "年" in text else text)
        if match:
            date = _from_parts(match, value)
            return date, "" if is_csv and _ISO.fullmatch(value.strip()) else "date-text"
    raise _no_date(value)


def _from_parts(match: re.Match[str], value: object) -> dt.date:
    year, month, day = (int(g) for g in match.groups() if g is not None)
    try:
        return _sensible(dt.date(year, month, day), value)
    except NotADate:
        raise
    except ValueError:
        raise NotADate(
            f"“{text_of(value)}”不是存在的日期，请核对月和日",
            f"{text_of(value)!r} is not a day of the calendar; check month and day",
        ) from None


def _from_number(text: str, date1904: bool) -> tuple[dt.date, str]:
    if match := _TEXT_DATE.fullmatch(text):
        return _from_parts(match, text), "date-text"
    if not text.isdigit() or int(text) not in _SERIALS:
        raise _no_date(text)
    epoch = _EPOCH_1904 if date1904 else _EPOCH_1900
    return dt.date.fromordinal(epoch + int(text)), "date-serial"


def _sensible(date: dt.date, value: object) -> dt.date:
    if date.year < 1900:
        raise NotADate(
            f"日期“{text_of(value)}”早于 1900 年，请核对年份",
            f"the date {text_of(value)!r} is before 1900; check the year",
        )
    return date


def _no_date(value: object) -> NotADate:
    shown = text_of(value)
    return NotADate(
        f"“{shown}”不是日期，应写作 2025-03-31（年月日齐全）",
        f"{shown!r} is not a date; write it as 2025-03-31, with year, month and day",
    )


def read_dates(values: Sequence[object], date1904: bool, is_csv: bool, fail: Fail, tally: Tally) -> list[int | None]:
    """A column of dates as ordinal days; wrong cells are reported and None."""
    out: list[int | None] = []
    for i, value in enumerate(values):
        if value is None or (isinstance(value, str) and not value.strip()):
            out.append(None)
            continue
        try:
            date, remark = cell_date(value, date1904, is_csv)
        except NotADate as error:
            fail(i, "date", error.zh, error.en)
            out.append(None)
            continue
        if remark:
            tally.add(remark, i)
        out.append(date.toordinal())
    return out


def read_words(indicator: Indicator, values: Sequence[object], fail: Fail) -> list[bool | str | None]:
    """A column of flags, codes or texts; wrong cells are reported and None.

    Such columns repeat few values, so each distinct one is read once.
    """
    known: dict[tuple[type, object], bool | str | FactError | None] = {}
    out: list[bool | str | None] = []
    for i, value in enumerate(values):
        key = (value.__class__, value)
        if key not in known:
            known[key] = _read_word(indicator, value)
        found = known[key]
        if isinstance(found, FactError):
            fail(i, "flag" if indicator.type == "flag" else "value", found.zh, found.en)
            found = None
        out.append(found)
    return out


def _read_word(indicator: Indicator, value: object) -> bool | str | FactError | None:
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    plain = value if isinstance(value, bool) and indicator.type == "flag" else text_of(value)
    if indicator.type == "flag" and isinstance(plain, str):
        plain = True if plain in _YES else False if plain in _NO else plain
    if isinstance(value, (dt.date, dt.time, dt.timedelta)):
        return FactError(
            f"“{value}”是日期或时间，这里应填文字；请把单元格设为文本格式后重填",
            f"{value} is a date or a time where text belongs; format the cell as text and retype it",
        )
    try:
        read = read_fact(indicator, plain)
    except FactError:
        return _not_accepted(indicator, str(plain))
    return read if isinstance(read, (bool, str)) else None


def _not_accepted(indicator: Indicator, shown: str) -> FactError:
    if indicator.type == "flag":
        return FactError(
            f"“{shown}”应为 是 或 否；不清楚就留空", f"{shown!r} should be 是 (yes) or 否 (no); leave unknown empty"
        )
    choices = "、".join(indicator.values)
    near = difflib.get_close_matches(shown, indicator.values, n=1, cutoff=0.3)
    zh, en = (f"；是否为“{near[0]}”？", f"; did you mean {near[0]!r}?") if near else ("", "")
    return FactError(
        f"“{shown}”不在可用的值之内：{choices}{zh}",
        f"{shown!r} is not an accepted value: {choices}{en}",
    )
