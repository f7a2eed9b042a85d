"""Dimensions and units: what may be compared and added, and how exactly it is stored.

Money is kept in 分, ratios in 10⁻⁸, people, items, points and years in 10⁻⁴, days in whole
days; every decision is taken on these integers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Dimension:
    """What a value is.

    ``kind`` is ``number``, ``date``, ``calendar`` (a calendar year), ``flag``, ``code`` or
    ``text``. A number has ``powers`` of base dimensions, for instance money per person is
    ``(("money", 1), ("people", -1))``; a pure ratio has none.
    """

    kind: str
    powers: tuple[tuple[str, int], ...] = ()

    def times(self, other: Dimension, sign: int = 1) -> Dimension:
        """The dimension of a product (``sign`` 1) or a quotient (``sign`` -1)."""
        return _product(self.powers, other.powers, sign)

    @property
    def is_number(self) -> bool:
        """Whether arithmetic is defined."""
        return self.kind == "number"

    @property
    def name(self) -> str:
        """The single base dimension's name, ``ratio``, or the kind of a non-number."""
        if not self.is_number:
            return self.kind
        if not self.powers:
            return "ratio"
        if len(self.powers) == 1 and self.powers[0][1] == 1:
            return self.powers[0][0]
        return "·".join(f"{base}^{power}" for base, power in self.powers)


@lru_cache(maxsize=1024)
def _product(
    left: tuple[tuple[str, int], ...], right: tuple[tuple[str, int], ...], sign: int
) -> Dimension:
    powers = dict(left)
    for base, power in right:
        powers[base] = powers.get(base, 0) + sign * power
    return Dimension("number", tuple(sorted((b, p) for b, p in powers.items() if p)))


def _base(name: str) -> Dimension:
    return Dimension("number", ((name, 1),))


RATIO = Dimension("number")
MONEY = _base("money")
PEOPLE = _base("people")
ITEMS = _base("items")
POINTS = _base("points")
YEARS = _base("years")
DAYS = _base("days")
DATE = Dimension("date")
CALENDAR = Dimension("calendar")
FLAG = Dimension("flag")
CODE = Dimension("code")
TEXT = Dimension("text")

#: Stored integers per base unit (元, 1, 人, 件, 分, 年, 天).
SCALES: dict[str, int] = {
    "ratio": 10**8,
    "money": 100,
    "people": 10**4,
    "items": 10**4,
    "points": 10**4,
    "years": 10**4,
    "days": 1,
}

#: Largest stored absolute value of a fact per base dimension; larger facts are refused on reading.
#: Money up to 10 万亿元; ratios up to ten million per cent.
LIMITS: dict[str, int] = {
    "ratio": 10**13,
    "money": 10**15,
    "people": 10**12,
    "items": 10**12,
    "points": 10**10,
    "years": 10**8,
    "days": 10**7,
}

#: Names for messages: dimension name to (zh, en).
NAMES: dict[str, tuple[str, str]] = {
    "ratio": ("比率", "a ratio"),
    "money": ("金额", "money"),
    "people": ("人数", "people"),
    "items": ("件数", "a count"),
    "points": ("分数", "points"),
    "years": ("年数", "years"),
    "days": ("天数", "days"),
    "date": ("日期", "a date"),
    "calendar": ("年份", "a calendar year"),
    "flag": ("是否", "a yes/no fact"),
    "code": ("代码", "a code"),
    "text": ("文本", "text"),
}


def describe(dimension: Dimension) -> tuple[str, str]:
    """Name a dimension for a message, in Chinese and English."""
    name = dimension.name
    if name in NAMES:
        return NAMES[name]
    up = [b for b, p in dimension.powers for _ in range(p) if p > 0]
    down = [b for b, p in dimension.powers for _ in range(-p) if p < 0]
    zh = "×".join(NAMES[b][0] for b in up) or "1"
    en = " × ".join(NAMES[b][1].removeprefix("a ") for b in up) or "1"
    if down:
        zh += "/" + "/".join(NAMES[b][0] for b in down)
        en += " per " + " per ".join(NAMES[b][1].removeprefix("a ") for b in down)
    return zh, en


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of a base dimension; ``factor`` is its size in base units (元, 1, 人, …)."""

    name: str
    dimension: Dimension
    factor: Fraction
    english: str


def _units(rows: Iterable[tuple[str, Dimension, Fraction | int, str]]) -> dict[str, Unit]:
    return {name: Unit(name, dim, Fraction(factor), english) for name, dim, factor, english in rows}


UNITS: dict[str, Unit] = _units(
    [
        ("元", MONEY, 1, "CNY"),
        ("千元", MONEY, 10**3, "thousand CNY"),
        ("万元", MONEY, 10**4, "10k CNY"),
        ("百万元", MONEY, 10**6, "million CNY"),
        ("千万元", MONEY, 10**7, "10 million CNY"),
        ("亿元", MONEY, 10**8, "100 million CNY"),
        ("%", RATIO, Fraction(1, 100), "%"),
        ("‰", RATIO, Fraction(1, 1000), "‰"),
        ("BP", RATIO, Fraction(1, 10**4), "bp"),
        ("倍", RATIO, 1, "times"),
        ("人", PEOPLE, 1, "people"),
        ("万人", PEOPLE, 10**4, "10k people"),
        ("件", ITEMS, 1, "items"),
        ("项", ITEMS, 1, "items"),
        ("个", ITEMS, 1, "items"),
        ("级", ITEMS, 1, "level"),
        ("位", ITEMS, 1, "th"),
        ("次", ITEMS, 1, "times"),
        ("家", ITEMS, 1, "firms"),
        ("分", POINTS, 1, "points"),
        ("年", YEARS, 1, "years"),
        ("个月", YEARS, Fraction(1, 12), "months"),
        ("天", DAYS, 1, "days"),
        ("日", DAYS, 1, "days"),
    ]
)

#: Units by the dimension's name, in the order of `UNITS`.
UNITS_OF: dict[str, list[str]] = {}
for _unit in UNITS.values():
    UNITS_OF.setdefault(_unit.dimension.name, []).append(_unit.name)
