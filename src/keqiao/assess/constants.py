"""The one constant of a clause, and putting another in its place."""

from __future__ import annotations

import dataclasses
import datetime as dt
from dataclasses import dataclass
from fractions import Fraction

from keqiao.errors import KeqiaoError, RuleError
from keqiao.rules import form as f
from keqiao.rules.comparing import is_bare
from keqiao.rules.dimensions import DATE, YEARS, Dimension, describe
from keqiao.rules.model import Clause
from keqiao.rules.quantities import read_date
from keqiao.rules.source import read_quantity

_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Constant:
    """A constant of a clause: where its text begins, its value in base units (a day: its ordinal), its text."""

    kind: type[f.Node]
    at: int
    value: Fraction
    dimension: Dimension
    text: str


def constants_of(clause: Clause) -> list[Constant]:
    """The constants with a unit and the dates of a clause; one that is evaluated for several years counts once.

    Bare numbers (a factor, the length of a mean) are no thresholds and do not count.
    """
    found: dict[tuple[type[f.Node], int, Fraction, Dimension], Constant] = {}
    for node in f.walk(clause.when):
        one = _constant(node)
        if one is not None:
            found.setdefault((one.kind, one.at, one.value, one.dimension), one)
    return list(found.values())


def _constant(node: f.Node) -> Constant | None:
    if isinstance(node, f.Quantity) and not is_bare(node):
        return Constant(f.Quantity, node.at, node.value, node.dimension, node.text)
    if isinstance(node, f.Anniversary):
        return Constant(f.Anniversary, node.at, Fraction(node.months, _MONTHS), YEARS, _years(node.months))
    if isinstance(node, f.Holds) and node.months is not None:
        return Constant(f.Holds, node.at, Fraction(node.months, _MONTHS), YEARS, _years(node.months))
    if isinstance(node, f.Day):
        return Constant(f.Day, node.at, Fraction(node.value), DATE, dt.date.fromordinal(node.value).isoformat())
    return None


def _years(months: int) -> str:
    return f"{months // _MONTHS}年" if months % _MONTHS == 0 else f"{months}个月"


def the_constant(clause: Clause) -> Constant:
    """The only constant of a clause. Raises `KeqiaoError` where there is none or several."""
    found = constants_of(clause)
    if len(found) == 1:
        return found[0]
    if not found:
        raise KeqiaoError(
            f"条款“{clause.id}”没有可移动的数：{clause.text}",
            f"clause {clause.id!r} has no figure to move: {clause.text}",
        )
    listed = "、".join(one.text for one in found)
    raise KeqiaoError(
        f"条款“{clause.id}”有 {len(found)} 个数（{listed}），--set 只用于只有一个数的条款；请用 --packs 叠加一份改过的规则再评定",
        f"clause {clause.id!r} has {len(found)} figures ({listed}), and --set is for clauses with one; "
        "assess again with a changed rule laid over (--packs)",
    )


def read_constant(clause: Clause, old: Constant, text: str) -> Constant:
    """The new constant for a clause. Raises `KeqiaoError` saying what would be right."""
    if old.kind is f.Day:
        try:
            day = read_date(text.strip())
        except ValueError:
            raise _wrong(clause, old, text) from None
        return Constant(f.Day, old.at, Fraction(day.toordinal()), DATE, day.isoformat())
    try:
        literal = read_quantity(text)
    except RuleError:
        raise _wrong(clause, old, text) from None
    if literal.dimension != old.dimension:
        raise _wrong(clause, old, text)
    if old.kind is not f.Quantity and ((literal.value * _MONTHS).denominator != 1 or literal.value < 0):
        raise KeqiaoError(
            f"条款“{clause.id}”只能用整年或整月，如 5年、18个月；得到“{text}”",
            f"clause {clause.id!r} takes whole years or months, such as 5年 or 18个月, not {text!r}",
        )
    if literal.value < 0 and old.value >= 0 and old.dimension.name not in ("money", "ratio"):
        raise KeqiaoError(
            f"条款“{clause.id}”的数是{describe(old.dimension)[0]}（{old.text}），不能小于零：“{text}”",
            f"the figure of clause {clause.id!r} is {describe(old.dimension)[1]} ({old.text}) and cannot be below zero: {text!r}",
        )
    return Constant(old.kind, old.at, literal.value, literal.dimension, literal.text)


def _wrong(clause: Clause, old: Constant, text: str) -> KeqiaoError:
    zh, en = describe(old.dimension)
    return KeqiaoError(
        f"条款“{clause.id}”的数是{zh}（{old.text}），不能换成“{text}”；应写作 {old.text} 之类",
        f"the figure of clause {clause.id!r} is {en} ({old.text}) and cannot become {text!r}; write it like {old.text}",
    )


def put(node: f.Node, old: Constant, new: Constant) -> f.Node:
    """The condition with another constant wherever the old one stands."""
    found = _constant(node)
    if found is not None and (found.kind, found.at, found.value) == (old.kind, old.at, old.value):
        if isinstance(node, f.Quantity):
            return dataclasses.replace(node, value=new.value, text=new.text)
        if isinstance(node, f.Day):
            return dataclasses.replace(node, value=int(new.value))
        if isinstance(node, f.Anniversary | f.Holds):
            return dataclasses.replace(node, months=int(new.value * _MONTHS))
    return f.rebuild(node, lambda child: put(child, old, new))


def growth_too_low(node: f.Node) -> bool:
    """Whether a compound growth is compared with -100 % or less, which has no meaning."""
    return any(
        isinstance(part, f.Compare) and isinstance(part.left, f.Cagr)
        and isinstance(part.right, f.Quantity) and part.right.value <= -1
        for part in f.walk(node)
    )  # fmt: skip


