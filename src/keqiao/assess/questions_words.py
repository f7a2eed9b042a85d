"""Questions in words, and answers read: with the language's own reader, each question in one fixed unit."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from keqiao.assess.questions_asks import Ask
from keqiao.errors import FactError, Language, say
from keqiao.facts.mainsheet import may_be_negative
from keqiao.rules.dimensions import SCALES, UNITS
from keqiao.rules.quantities import normalise, plain, read_date, read_fact
from keqiao.rules.vocabulary import Indicator

#: The answer that none of a group applies.
NONE = "无"
YES, NO = "是", "否"
#: An answer longer than this is no answer.
LONGEST = 100
_SEPARATORS = str.maketrans(dict.fromkeys("、，;；\n", ","))


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to choose: what is sent, and what is shown."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Question:
    """One question.

    ``kind`` is ``number`` (in ``unit``), ``date``, ``text``, ``flag`` or ``code`` (one of ``options``), ``title`` (yes or
    no), ``title_date`` (no, or the day it was given), ``any_of`` (none, or those of ``options`` that apply). ``indicator``
    is the id of the fact or title, the first of a group; ``year`` the year asked for, None where the fact has none.
    ``text`` is the question as a sentence, ``help`` says where to find the answer, ``why`` names the conditions and score
    items that read it; ``judgement`` is set where a reviewer's judgement decides in the end.
    """

    key: str
    indicator: str
    year: int | None
    kind: str
    label: str
    text: str
    help: str
    unit: str
    options: tuple[Option, ...]
    why: tuple[str, ...]
    judgement: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as read: its text as it is kept, the stored value of each column, and how it is echoed."""

    text: str
    values: tuple[Any, ...]
    echo: str


def question_of(ask: Ask, year: int, language: Language) -> Question:
    """A question in words; ``year`` is the case's year."""
    first, kind, en = ask.indicators[0], kind_of(ask), language == "en"
    asked_of = None if first.is_title or first.period == "static" or ask.is_group else year - ask.shift
    label = " / ".join(_label(i, en) for i in ask.indicators) if ask.is_group else _label(first, en)
    help = "\n".join(f"{_label(i, en)}：{i.definition}" for i in ask.indicators) if ask.is_group else first.definition
    why = tuple(title.get(language) + (f"（{cite}）" if cite else "") for title, cite in ask.uses)
    judgement = any(i.judgement for i in ask.indicators)
    unit = _unit(first, en) if kind == "number" else ""
    text = _text(ask, kind, label, asked_of, en)
    return Question(ask.key, first.id, asked_of, kind, label, text, help, unit, _options(ask, kind, en), why, judgement)


def kind_of(ask: Ask) -> str:
    """The kind of a question (see `Question`)."""
    first = ask.indicators[0]
    if ask.is_group:
        return "any_of"
    if first.is_title:
        return "title" if ask.months is None else "title_date"
    if first.dimension.name in SCALES:
        return "number"
    return "text" if first.type == "code" and not first.values else first.type


def read_answer(ask: Ask, text: str, as_of: dt.date) -> Answer:
    """Read one answer. Raises `FactError` saying what would be right."""
    text = normalise(text).strip()
    label = ask.indicators[0].label
    if not text or len(text) > LONGEST:
        raise FactError(f"{label}：还没有回答；说不准可以跳过", f"{ask.key}: there is no answer yet; skip it if you are not sure")
    kind = kind_of(ask)
    if kind == "any_of":
        return _read_group(ask, text)
    if kind in ("title", "title_date"):
        return _read_title(ask, text, as_of)
    return _read_fact(ask.indicators[0], kind, text, as_of)


# ---- in words ------------------------------------------------------------------------------------


def _label(indicator: Indicator, en: bool) -> str:
    return indicator.english or indicator.id if en else indicator.label


def _unit(indicator: Indicator, en: bool) -> str:
    known = UNITS.get(indicator.unit)
    return known.english if en and known else indicator.unit


def _text(ask: Ask, kind: str, label: str, year: int | None, en: bool) -> str:
    when_zh, when_en = (f"{year}年", f" in {year}") if year and ask.indicators[0].period in ("annual", "event") else ("", "")
    if year and ask.indicators[0].period == "stock":
        when_zh, when_en = f"截至{year}年末，", f" at the end of {year}"
    if kind == "any_of":
        return "Does any of these apply?" if en else "下列情形中有没有？"
    if kind == "title":
        return f"Do you hold a valid title “{label}”?" if en else f"现在是否持有有效的“{label}”？"
    if kind == "title_date":
        span = _span(ask.months or 0, en)
        return f"Were you given “{label}” within {span}, and on which day?" if en else f"{span}内是否取得“{label}”，哪一天？"
    if kind == "flag":
        return f"Does this apply{when_en}: {label}?" if en else f"{when_zh}是否属于这种情形：{label}？"
    if kind == "number":
        return f"What was the figure{when_en}: {label}?" if en else f"{when_zh}{label}是多少？"
    return f"What applies{when_en}: {label}?" if en else f"{when_zh}{label}是什么？"


def _span(months: int, en: bool) -> str:
    if months % 12:
        return f"the last {months} months" if en else f"近{months}个月"
    return f"the last {months // 12} years" if en else f"近{months // 12}年"


def _options(ask: Ask, kind: str, en: bool) -> tuple[Option, ...]:
    if kind == "any_of":
        none = Option(NONE, "None of these" if en else "以上都没有")
        return (none, *(Option(i.id, _label(i, en)) for i in ask.indicators))
    if kind in ("flag", "title"):
        return (Option(YES, "Yes" if en else YES), Option(NO, "No" if en else NO))
    if kind == "title_date":
        return (Option(NO, "No" if en else "没有"),)
    return tuple(Option(value, value) for value in ask.indicators[0].values) if kind == "code" else ()


# ---- answers read --------------------------------------------------------------------------------


def _read_group(ask: Ask, text: str) -> Answer:
    names = [name.strip() for name in text.translate(_SEPARATORS).split(",") if name.strip()]
    known = {name: i.id for i in ask.indicators for name in (i.id, i.label)}
    wrong = [name for name in names if name not in known and name != NONE]
    if wrong or (NONE in names and len(names) > 1):
        choices = "、".join(i.label for i in ask.indicators)
        raise FactError(
            f"读不懂“{text}”，应为“{NONE}”，或下列情形中的几项：{choices}",
            f"cannot read {text!r}; answer {NONE} or some of: {', '.join(i.id for i in ask.indicators)}",
        )
    have = {known[name] for name in names if name != NONE}
    chosen = [i for i in ask.indicators if i.id in have]
    echo = say("有：" + "、".join(i.label for i in chosen), "yes: " + ", ".join(_label(i, True) for i in chosen))
    values = tuple(column in have for column in ask.columns)
    return Answer(",".join(i.id for i in chosen) or NONE, values, echo if chosen else say("以上都没有", "none of these"))


def _read_title(ask: Ask, text: str, as_of: dt.date) -> Answer:
    label = ask.indicators[0].label
    try:
        if ask.months is None or text in (NO, "无", "没有"):
            held = bool(read_fact(_FLAG, "否" if text == "没有" else text))
            if ask.months is None or not held:
                return Answer(YES if held else NO, (((None, None),) if held else (),), say(*_HELD[held]))
        day = read_date(text)
    except (FactError, ValueError):
        zh = f"{label}：读不懂“{text}”，应为 是/否" if ask.months is None else f"{label}：读不懂“{text}”，应为取得的日期，如 2025-03-31，或“否”"
        en = f"{ask.key}: cannot read {text!r}; answer 是 (yes) or 否 (no)"
        en = en if ask.months is None else f"{ask.key}: cannot read {text!r}; write the day, such as 2025-03-31, or 否 (no)"
        raise FactError(zh, en) from None
    _not_later(label, ask.key, day, as_of)
    return Answer(day.isoformat(), (((day.toordinal(), None),),), day.isoformat())


_FLAG = Indicator("title", "称号", type="flag")
_HELD = {True: ("持有", "held"), False: ("没有", "not held")}


def _not_later(label: str, key: str, day: dt.date, as_of: dt.date) -> None:
    if day > as_of:
        raise FactError(f"{label}：{day} 晚于评定日 {as_of}，请核对年份", f"{key}: {day} is after {as_of}; check the year")


def _read_fact(indicator: Indicator, kind: str, text: str, as_of: dt.date) -> Answer:
    stored = read_fact(indicator, text)
    if kind == "date":
        day = read_date(text)
        _not_later(indicator.label, indicator.id, day, as_of)
        return Answer(day.isoformat(), (stored,), day.isoformat())
    if kind == "flag":
        return Answer(YES if stored else NO, (stored,), say(*(("是", "yes") if stored else ("否", "no"))))
    if kind != "number" or not isinstance(stored, int):
        return Answer(text, (stored,), text)
    if stored < 0 and not may_be_negative(indicator):
        raise FactError(
            f"{indicator.label}：“{text}”小于零，这一项不会小于零",
            f"{indicator.id}: {text!r} is below zero; this figure cannot be",
        )
    return Answer(text, (stored,), _echo(indicator, stored))


def _echo(indicator: Indicator, stored: int) -> str:
    """Money in yuan, other numbers in the fixed unit, with commas."""
    name = indicator.dimension.name
    unit = "元" if name == "money" else indicator.unit
    exact = Fraction(stored, SCALES[name]) / UNITS[unit].factor
    whole, point, part = plain(exact, 8).partition(".")
    shown = f"{int(whole):,}" if whole != "-0" else whole
    return f"{shown}{point}{part}" + say(unit if unit == "%" else f" {unit}", f" {UNITS[unit].english}")


