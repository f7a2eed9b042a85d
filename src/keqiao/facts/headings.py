"""What a heading means: indicator, unit and year, from the many ways in which people write them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from keqiao.rules.dimensions import UNITS, UNITS_OF
from keqiao.rules.vocabulary import Indicator, Vocabulary

_BRACKETS = str.maketrans({"【": "(", "】": ")", "[": "(", "]": ")", "〔": "(", "〕": ")",
                           "{": "(", "}": ")", "“": "'", "”": "'", "‘": "'", "’": "'", '"': "'"})  # fmt: skip
_INNER = re.compile(r"(.+)\(([^()]*)\)")
_SUFFIX = re.compile(r"(.+)[/_:]([^/_:]+)")
_YEAR = r"((?:19|20)\d\d)(?:年度|年末|年底|年)?"
_YEAR_FIRST = re.compile(_YEAR + r"(?:的)?(\D.*)")
_YEAR_LAST = re.compile(r"(.*\D)" + _YEAR)
_YEAR_ONLY = re.compile(_YEAR)
_UNIT_NOTE = re.compile(r"(?:金额)?(?:单位|unit):?(.+)")

#: Other ways to write a unit in a heading, after folding.
_UNIT_ALIASES: dict[str, tuple[str, ...]] = {
    "元": ("yuan", "rmb", "人民币元", "cnyyuan", "¥"),
    "千元": ("thousandyuan", "thousandrmb", "人民币千元"),
    "万元": ("万", "10kyuan", "10krmb", "10000yuan", "10000cny", "tenthousandyuan", "人民币万元", "wanyuan"),
    "百万元": ("millionyuan", "millionrmb", "百万", "人民币百万元"),
    "亿元": ("亿", "100millionyuan", "100millionrmb", "人民币亿元"),
    "%": ("percent", "pct", "百分比", "百分数"),
    "人": ("person", "persons", "headcount", "名"),
    "件": ("item", "pieces", "count", "number"),
    "分": ("point", "marks"),
    "年": ("year",),
    "天": ("day",),
}


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """A heading or name in the form in which names are compared.

    Full width to half width, no white space or line breaks, one kind of bracket and quote,
    lower case; Roman numerals become letters.
    """
    folded = unicodedata.normalize("NFKC", text.translate(_BRACKETS)).translate(_BRACKETS)
    return "".join(folded.split()).casefold()


def _unit_names() -> dict[str, dict[str, str]]:
    table: dict[str, dict[str, str]] = {}
    for dimension, names in UNITS_OF.items():
        words = table.setdefault(dimension, {})
        for name in names:
            for word in (name, UNITS[name].english, *_UNIT_ALIASES.get(name, ())):
                words.setdefault(fold(word), name)
    return table


_UNIT_OF = _unit_names()
_ANY_UNIT = {word for words in _UNIT_OF.values() for word in words}


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading that names an indicator (or several, where the vocabulary is ambiguous).

    ``unit`` is None where the heading is silent; ``wrong_unit`` is what stood in brackets and is
    no unit of the indicator; ``year`` is None where no year is written.
    """

    indicators: tuple[Indicator, ...]
    unit: str | None = None
    year: int | None = None
    wrong_unit: str | None = None

    @property
    def indicator(self) -> Indicator:
        """The indicator meant (the first, where there are several)."""
        return self.indicators[0]


class Headings:
    """Reads headings by the names of a vocabulary: id, label, alias or English name."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._names: dict[str, tuple[Indicator, ...]] = {}
        indicators = [i for i in vocabulary.indicators.values() if i.subject == "enterprise"]
        for indicator in indicators:
            for name in (indicator.id, indicator.label):
                self._names[fold(name)] = (indicator,)
        for indicator in indicators:
            for name in (*indicator.aliases, indicator.english):
                known = self._names.get(fold(name), ())
                own = any(fold(name) in (fold(i.id), fold(i.label)) for i in known)
                if name and not own and indicator not in known:
                    self._names[fold(name)] = (*known, indicator)

    def title(self, name: str) -> Indicator | None:
        """The title (称号) of this name, with or without ``title.``."""
        for folded in (fold(name), f"title.{fold(name)}"):
            found = [i for i in self._names.get(folded, ()) if i.is_title]
            if found:
                return found[0]
        return None

    def read(self, text: str) -> Heading | None:
        """What a heading means, or None where it names no indicator."""
        rest = fold(text).lstrip("*")
        year: int | None = None
        words: list[str] = []
        while rest not in self._names:
            if match := _INNER.fullmatch(rest):
                rest, inner = match.groups()
                for word in re.split(r"[,;、]", inner):
                    if found := _YEAR_ONLY.fullmatch(word):
                        year = int(found[1])
                    else:
                        words.append(_unit_word(word))
            elif match := _YEAR_FIRST.fullmatch(rest):
                year, rest = int(match[1]), match[2]
            elif match := _YEAR_LAST.fullmatch(rest):
                rest, year = match[1].rstrip("-_/"), int(match[2])
            elif (match := _SUFFIX.fullmatch(rest)) and match[2] in _ANY_UNIT:
                rest = match[1]
                words.append(match[2])
            else:
                return None
        return _with_unit(self._names[rest], words, year)

    def suggest(self, text: str) -> list[str]:
        """Labels that resemble a heading that was not understood."""
        bare = re.sub(r"\(.*?\)|(?:19|20)\d\d年?度?", "", fold(text)) or text
        return self._vocabulary.nearest(bare)


def _unit_word(word: str) -> str:
    match = _UNIT_NOTE.fullmatch(word)
    return match[1] if match else word


def _with_unit(indicators: tuple[Indicator, ...], words: Iterable[str], year: int | None) -> Heading:
    known = _UNIT_OF.get(indicators[0].dimension.name)
    unit = wrong = None
    if known is not None:
        for word in words:
            if word in known and unit in (None, known[word]):
                unit = known[word]
            elif word:
                wrong = word
    return Heading(indicators, unit, year, wrong)


def is_unit(text: str) -> bool:
    """Whether a text is nothing but a unit, with or without brackets: 万元, （人）."""
    return fold(text).strip("()") in _ANY_UNIT


def unit_in_brackets(text: str) -> str | None:
    """The money unit in the brackets at the end of a text such as 财务情况（单位：万元）, or None."""
    match = _INNER.fullmatch(fold(text))
    return _UNIT_OF["money"].get(_unit_word(match[2])) if match else None


def money_unit_above(rows: Iterable[Iterable[object]]) -> str | None:
    """The money unit that a line above the headings declares (单位：万元), if exactly one does."""
    found: set[str] = set()
    for row in rows:
        for value in row:
            if isinstance(value, str) and (match := re.search(r"(?:单位|unit):(.+)", fold(value))):
                for word in re.split(r"[,;、()]", match[1]):
                    if word in _UNIT_OF["money"]:
                        found.add(_UNIT_OF["money"][word])
    return found.pop() if len(found) == 1 else None
