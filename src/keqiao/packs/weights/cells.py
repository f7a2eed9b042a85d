"""Cells of the template as exact figures: weights, points, bounds; what is ambiguous is refused."""

from __future__ import annotations

import math
import re
from decimal import Decimal

from keqiao.errors import RuleError
from keqiao.packs.weights.card import percent
from keqiao.packs.weights.sheet import Cell
from keqiao.rules.dimensions import Dimension, describe
from keqiao.rules.quantities import normalise
from keqiao.rules.source import read_quantity

_PERCENT = re.compile(r"([-+]?)(\d{1,12}(?:\.\d{1,12})?|\.\d{1,12})\s*%")


def number_of(cell: Cell) -> Decimal | None:
    """The number in a cell, None where it is no number.

    A sheet keeps 15 digits: what is typed comes back as typed, and a formula's 0.30000000000000004
    is 0.3. Raises `PackError` for an empty cell, an Excel error and a formula without a value.
    """
    if cell.trouble == "formula":
        raise cell.error(
            "公式没有计算结果，请在 Excel 中打开并保存，或直接填数字",
            "the formula was never calculated; open and save it in Excel, or type the number",
        )
    if cell.trouble == "error":
        raise cell.error(
            f"单元格是错误值 {cell.value}，请改正", f"the cell holds the error {cell.value}; correct it"
        )
    if cell.is_empty:
        raise cell.error("没有填，请填数字（没有即填 0）", "this is empty; fill in a number (0 for none)")
    value = cell.value
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return Decimal(value) if isinstance(value, int) else Decimal(f"{value:.15g}")


def read_weight(cell: Cell, in_percent: bool, total: Decimal | None) -> Decimal:
    """A weight as a ratio: 8, 8% or 0.08 in a percent cell are all 0.08.

    ``in_percent`` says that the heading has %; ``total`` is the declared sum. Raises `PackError`.
    """
    number = number_of(cell)
    if number is None:
        ratio = _typed_percent(cell)
    elif cell.percent:
        ratio = number
    else:
        ratio = _plain(cell, number, in_percent)
    if ratio < 0:
        raise cell.error(
            f"权重 {percent(ratio)} 是负数，应为 0 或正数",
            f"the weight {percent(ratio)} is negative; it must be 0 or more",
        )
    if total is not None and ratio > total:
        likely = percent(ratio / 100)
        raise cell.error(
            f"权重 {percent(ratio)} 大于合计 {percent(total)}；如是 {likely}，请写 {likely}",
            f"the weight {percent(ratio)} exceeds the total {percent(total)}; write {likely} if that is meant",
        )
    return ratio


def _typed_percent(cell: Cell) -> Decimal:
    match = _PERCENT.fullmatch(normalise(cell.text))
    if match is None:
        raise cell.error(
            f"“{cell.value}”不是数字，权重应写作 8% 或 8.5%",
            f"{cell.value!r} is not a number; write a weight as 8% or 8.5%",
        )
    return Decimal(match[1] + match[2]) / 100


def _plain(cell: Cell, number: Decimal, in_percent: bool) -> Decimal:
    """A number without a percent format: the heading's % decides, but not for 0.08."""
    if number == 0:
        return number
    if not in_percent or 0 < number < 1:
        as_ratio, as_percent = percent(number), percent(number / 100)
        raise cell.error(
            f"{number} 是 {as_ratio} 还是 {as_percent}？请带百分号写明",
            f"does {number} mean {as_ratio} or {as_percent}? Write it with a percent sign",
        )
    return number / 100


def read_points(cell: Cell) -> int | Decimal:
    """Points: a plain number, negative for deductions. Raises `PackError`."""
    number = number_of(cell)
    if number is None:
        raise cell.error(
            f"“{cell.value}”不是数字，得分应写作 8 或 8.5",
            f"{cell.value!r} is not a number; write points as 8 or 8.5",
        )
    if cell.percent:
        raise cell.error(
            "得分不是百分数，请写分数，如 8", "points are not a percentage; write a number such as 8"
        )
    return int(number) if number == number.to_integral_value() else number


def read_text(cell: Cell, dimension: Dimension | None = None, positive: bool = False) -> str:
    """A reference value, a bound or a condition as text.

    ``dimension`` is what it must be a quantity of, and ``positive`` that it is above zero; a number
    in a percent cell gives the text of a ratio. Raises `PackError` where a number has no unit or
    the cell holds no text.
    """
    number = number_of(cell)
    text = cell.text
    if number is not None and cell.percent:
        text = percent(number)
    elif number is not None:
        raise cell.error(
            f"{number} 没有单位，请写明，如 {number}万元、{number}%、{number}件",
            f"{number} has no unit; write it, such as {number}万元, {number}% or {number}件",
        )
    elif not text:
        raise cell.error(
            f"“{cell.value}”不是带单位的数量，应写作 1000万元、40%、10件 之类",
            f"{str(cell.value)!r} is not a quantity such as 1000万元, 40% or 10件",
        )
    if dimension is not None:
        _check_quantity(cell, text, dimension, positive)
    return text


def _check_quantity(cell: Cell, text: str, dimension: Dimension, positive: bool) -> None:
    try:
        literal = read_quantity(text)
    except RuleError as problem:
        raise cell.error(problem.zh, problem.en) from None
    if literal.dimension != dimension:
        found, wanted = describe(literal.dimension), describe(dimension)
        raise cell.error(
            f"“{text}”是{found[0]}，这里应是{wanted[0]}，请核对单位",
            f"{text!r} is {found[1]}; {wanted[1]} is expected here",
        )
    if positive and literal.value <= 0:
        raise cell.error(
            f"满分参考值 {text} 应大于零", f"the value for full marks, {text}, must be above zero"
        )
