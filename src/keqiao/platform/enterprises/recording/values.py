"""Values of the record: the integers and texts of a fact, from what is typed and back to what is read.

``number`` holds quantities in the stored units of a snapshot, flags as 0 and 1, and days since 1970-01-01;
``text`` holds codes and texts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

from keqiao.errors import FactError, Language
from keqiao.facts.exact import text_of_stored
from keqiao.platform.catalogue.shipped import packs
from keqiao.platform.enterprises.models import Indicator as Word
from keqiao.rules.dimensions import SCALES, UNITS
from keqiao.rules.quantities import Stored, read_fact
from keqiao.rules.vocabulary import Indicator

EPOCH = dt.date(1970, 1, 1).toordinal()
LONGEST = 400


class Value(NamedTuple):
    """One value to record: ``indicator`` is the key, ``year`` 0 where it is static.

    ``number`` and ``text`` both None say that the source no longer gives a value.
    """

    enterprise_id: int
    indicator: str
    year: int
    number: int | None = None
    text: str | None = None


class StoredValue(NamedTuple):
    """A value as a fact holds it; exactly one of the two is set."""

    number: int | None
    text: str | None


def word_of(indicator: str) -> Indicator:
    """The indicator of a key. Raises `FactError` where the vocabulary has none."""
    found = packs().vocabulary.indicators.get(indicator)
    if found is None:
        raise FactError(f"词表里没有指标“{indicator}”。", f"The vocabulary has no indicator {indicator!r}.")
    return found


def stored_of(indicator: Indicator, value: Stored) -> StoredValue:
    """A value of the rules (a date as its ordinal) as a fact holds it. Raises `FactError` for a text that is too long."""
    name = indicator.dimension.name
    if name == "date":
        return StoredValue(int(value) - EPOCH, None)
    if name == "flag" or name in SCALES:
        return StoredValue(int(value), None)
    text = str(value)
    if len(text) > LONGEST:
        raise FactError(
            f"“{indicator.label}”有 {len(text)} 个字，最多 {LONGEST} 个。",
            f"{indicator.id} has {len(text)} characters; at most {LONGEST} are kept.",
        )
    return StoredValue(None, text)


def read_typed(indicator: str, text: str) -> StoredValue:
    """What a user typed, in the indicator's unit or with its own, as a fact holds it.

    Raises `FactError` with what would be right, for an empty text as well.
    """
    word = word_of(indicator)
    if not text.strip():
        raise FactError(f"“{word.label}”还没有填。", f"{word.id} is empty.")
    found = read_fact(word, text.strip())
    assert found is not None
    return stored_of(word, found)


def value_of(indicator: Indicator, number: int | None, text: str | None) -> Stored | None:
    """A fact's value as the rules read it (a date as its ordinal); None where it is unknown."""
    name = indicator.dimension.name
    if number is None:
        return text
    if name == "date":
        return number + EPOCH
    return bool(number) if name == "flag" else number


def show(indicator: str, number: int | None, text: str | None, language: Language = "zh") -> str:
    """A fact's value as a reader sees it: exact, thousands separated, with its unit; 缺 where it is unknown."""
    word = word_of(indicator)
    value = value_of(word, number, text)
    if value is None or value == "":
        return "缺" if language == "zh" else "missing"
    name = word.dimension.name
    if name == "flag":
        return {"zh": ("否", "是"), "en": ("no", "yes")}[language][int(value)]
    exact = text_of_stored(word, value)
    if name not in SCALES:
        return exact
    digits = exact.rstrip("".join(c for c in exact if not (c.isdigit() or c in ".-")))
    unit, (whole, _, part) = exact[len(digits) :], digits.lstrip("-").partition(".")
    sign = "−" if digits.startswith("-") else ""
    shown = f"{sign}{int(whole):,}" + (f".{part}" if part else "")
    if language == "zh" or unit == "%":
        return shown + unit
    return f"{shown} {UNITS[unit].english if unit in UNITS else unit}"


def indicator_ids(keys: Iterable[str]) -> dict[str, int]:
    """The small numbers of indicators by key; those that the register lacks are added."""
    wanted = set(keys)
    found = dict(Word.objects.filter(key__in=wanted).values_list("key", "id"))
    missing = sorted(wanted - found.keys())
    if missing:
        Word.objects.bulk_create([Word(key=key) for key in missing], ignore_conflicts=True)
        found |= dict(Word.objects.filter(key__in=missing).values_list("key", "id"))
    return found
