"""Cells to stored numbers, exactly: a column at a time.

Excel keeps numbers as binary floats of which it shows 15 significant digits. A float therefore
becomes the decimal of its 15 digits before it is scaled; no stored value comes out of binary
arithmetic.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

from keqiao.facts.sheets import text_of
from keqiao.rules.dimensions import LIMITS, SCALES
from keqiao.rules.quantities import MULTIPLIERS, divide_half_away, normalise

_CONTEXT = Context(prec=60, rounding=ROUND_HALF_UP)
_NUMBER = re.compile(r"([+-]?)(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?\s*(\D*)")
_SMALL = 10**15
#: Numbers beyond are no amounts, and would only cost time.
_DIGITS = 400

#: Reports one cell: index into the column's rows, code, then the sentence in zh and en.
Fail = Callable[[int, str, str, str], None]


def _plain_digits(text: str, whole: int) -> int | None:
    """A number in plain ASCII digits times ``whole``; None where it is anything else, or not exact."""
    body = text[1:] if text[0] == "-" else text
    digits, dot, part = body.partition(".")
    if len(body) > 18 or not body.isascii() or not digits.isdigit() or (dot and not part.isdigit()):
        return None
    scaled: int
    scaled, rest = divmod(int(digits + part) * whole, 10 ** len(part))
    if rest:
        return None
    return scaled if body is text else -scaled


@dataclass(slots=True)
class Tally:
    """What was read with a remark: code to (first index, count)."""

    seen: dict[str, tuple[int, int]] = field(default_factory=dict)

    def add(self, code: str, index: int) -> None:
        """Count a remark about the cell at ``index``."""
        first, count = self.seen.get(code, (index, 0))
        self.seen[code] = (first, count + 1)


@dataclass(slots=True)
class NumberReader:
    """Reads the cells of one column of numbers.

    ``unit`` is that of plain numbers, None where a ratio's heading is silent; ``percent`` are the
    indexes of cells with a percent format, ``negative`` whether values below zero are possible.
    """

    dimension: str
    unit: str | None
    negative: bool
    percent: set[int]
    fail: Fail
    tally: Tally

    def read(self, values: list[object]) -> list[int | None]:
        """Stored integers, None for empty and for wrong cells (which are reported)."""
        multiplier = MULTIPLIERS[self.dimension].get(self.unit or "")
        whole = int(multiplier) if multiplier is not None and multiplier.denominator == 1 else None
        special = self.percent if self.dimension == "ratio" else set()
        out: list[int | None] = []
        append = out.append
        # A unit is a power of ten: then `stored / whole`, the double nearest to a decimal of at most 15
        # digits, is the cell's value only where that decimal is what Excel shows.
        quick = whole is not None and str(whole).rstrip("0") == "1"
        for i, value in enumerate(values):
            kind = value.__class__
            if kind is float and quick and i not in special:
                near = value * whole  # type: ignore[operator]
                if -_SMALL < near < _SMALL:
                    stored = round(near)
                    if stored / whole == value:  # type: ignore[operator]
                        append(stored)
                        continue
            elif value == "" or value is None:
                append(None)
                continue
            elif kind is str and whole is not None:
                scaled = _plain_digits(value, whole)  # type: ignore[arg-type]
                if scaled is not None:
                    append(scaled)
                    continue
            append(self._slow(i, value, multiplier))
        self._bounds(out, values)
        return out

    def _slow(self, i: int, value: object, multiplier: Fraction | None) -> int | None:
        if isinstance(value, str):
            return self._text(i, value, multiplier)
        if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
            self._not_a_number(i, value)
            return None
        number = Decimal(f"{value:.15g}") if isinstance(value, float) else Decimal(value)
        if not number.is_finite() or abs(number.adjusted()) > _DIGITS:
            self._not_a_number(i, value)
            return None
        if self.dimension == "ratio" and i in self.percent:
            return self._scaled(i, number, Fraction(SCALES["ratio"]))
        return self._plain(i, number, multiplier, value)

    def _plain(self, i: int, number: Decimal, multiplier: Fraction | None, value: object) -> int | None:
        if multiplier is not None:
            return self._scaled(i, number, multiplier)
        if not number:
            return 0  # zero is zero in every unit
        shown = text_of(value)
        self.fail(
            i, "silent-percent",
            f"“{shown}”是 {shown}% 还是 {number * 100:f}%？标题没有写明；"
            "请在标题后加（%），或把单元格写成带 % 的值",
            f"is {shown!r} {shown}% or {number * 100:f}%? The heading does not say; "
            "add (%) to the heading or write the cell with %",
        )  # fmt: skip
        return None

    def _text(self, i: int, value: str, multiplier: Fraction | None) -> int | None:
        if not value.strip():
            return None
        ascii_text = normalise(value).strip()
        match = _NUMBER.fullmatch(ascii_text)
        if match is None:
            self._not_a_number(i, value)
            return None
        sign, whole, part, unit = match.groups()
        if ascii_text != value.strip():
            self.tally.add("full-width", i)
        if "," in whole:
            self.tally.add("thousands", i)
        number = _CONTEXT.create_decimal(f"{sign}{whole.replace(',', '')}{part or ''}")
        unit = unit.strip()
        if not unit:
            return self._plain(i, number, multiplier, value)
        units = MULTIPLIERS[self.dimension]
        own = units.get(unit) or (units.get(f"{unit}元") if self.dimension == "money" else None)  # 1.2亿
        if own is None:
            self._wrong_unit(i, value, unit)
            return None
        if unit != "%":
            self.tally.add("unit-in-cell", i)
        return self._scaled(i, number, own)

    def _scaled(self, i: int, number: Decimal, multiplier: Fraction) -> int:
        if multiplier.denominator == 1:
            exact = _CONTEXT.multiply(number, Decimal(multiplier.numerator))
            stored = int(exact.to_integral_value(ROUND_HALF_UP))
            rounded = stored != exact
        else:
            fraction = Fraction(number) * multiplier
            stored = divide_half_away(fraction.numerator, fraction.denominator)
            rounded = stored != fraction
        if rounded:
            self.tally.add("rounded", i)
        return stored

    def _bounds(self, out: list[int | None], values: list[object]) -> None:
        known = [v for v in out if v is not None]
        if not known:
            return
        limit = LIMITS[self.dimension]
        low = -limit if self.negative else 0
        if min(known) >= low and max(known) <= limit:
            return
        for i, stored in enumerate(out):
            if stored is None or low <= stored <= limit:
                continue
            out[i] = None
            shown = text_of(values[i])
            if stored < 0 and not self.negative:
                self.fail(
                    i, "negative", f"“{shown}”为负，这一指标不能小于零",
                    f"{shown!r} is negative; this indicator cannot be below zero",
                )  # fmt: skip
            else:
                self.fail(
                    i, "out-of-range", f"“{shown}”超出可表示的范围，请核对单位",
                    f"{shown!r} is out of range; check its unit",
                )  # fmt: skip

    def _not_a_number(self, i: int, value: object) -> None:
        shown = text_of(value)
        self.fail(
            i, "not-a-number",
            f"“{shown}”不是数字；请填数字，没有数据就留空（留空表示未知，不等于 0）",
            f"{shown!r} is not a number; enter a number, or leave the cell empty where there is no "
            "data (empty means unknown, not 0)",
        )  # fmt: skip

    def _wrong_unit(self, i: int, value: str, unit: str) -> None:
        known = "、".join(MULTIPLIERS[self.dimension])
        self.fail(
            i, "cell-unit", f"“{value.strip()}”的单位“{unit}”不对，可用：{known}",
            f"the unit {unit!r} of {value.strip()!r} does not fit; use one of {known}",
        )  # fmt: skip
