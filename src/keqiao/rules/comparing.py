"""Comparisons as typed nodes: one dimension on both sides, values of closed codes known."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from keqiao.rules import dimensions as d
from keqiao.rules import form as f
from keqiao.rules.dimensions import describe

if TYPE_CHECKING:
    from keqiao.rules.reader import Reader


def is_bare(node: f.Quantity) -> bool:
    """Whether a number was written without a unit."""
    return node.dimension == d.RATIO and node.text.lstrip("-").replace(".", "").isdigit()


def compare(reader: Reader, op: str, left: f.Node, right: f.Node, at: int) -> f.Node:
    """A comparison of two values of one dimension."""
    if isinstance(left, f.Quantity | f.Text) and not isinstance(right, f.Quantity | f.Text):
        flipped = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}.get(op, op)
        left, right, op = right, left, flipped
    if isinstance(left, f.YearsSince | f.Cagr) or isinstance(right, f.YearsSince | f.Cagr):
        return _special(reader, op, left, right, at)
    if isinstance(right, f.Text):
        return _compare_text(reader, op, left, right, at)
    _check_pair(reader, left, right, at)
    if left.dim == d.FLAG or left.dim.kind in ("code", "text"):
        if op not in ("=", "<>"):
            raise reader.error(
                "代码和是否只能用 = 或 <> 比较", "codes and flags compare only with = or <>", at
            )
        if left.dim == d.FLAG:
            if isinstance(right, f.Truth):
                return left if right.value == (op == "=") else f.Not(left, at=at)
            raise reader.error(
                "两个条件不能相等比较，请用 AND、OR、NOT", "conditions are not compared; use AND, OR, NOT", at
            )
    return f.Compare(op, left, right, at=at)


def _check_pair(reader: Reader, left: f.Node, right: f.Node, at: int) -> None:
    for side, other in ((right, left), (left, right)):
        if isinstance(side, f.Quantity) and is_bare(side):
            zh, en = describe(other.dim)
            unit = {"money": "万元", "people": "人", "items": "件", "points": "分", "years": "年", "days": "天"}
            shown = f"{side.text}{unit.get(other.dim.name, '%')}"
            raise reader.error(
                f"“{side.text}”没有单位：与它比较的是{zh}，应写作 {shown} 之类",
                f"{side.text!r} has no unit: it is compared with {en}; write {shown} or the like",
                side.at,
            )
    if left.dim != right.dim:
        a, b = describe(left.dim), describe(right.dim)
        raise reader.error(
            f"不能把{a[0]}与{b[0]}相比，请检查单位",
            f"{a[1]} cannot be compared with {b[1]}; check the units",
            at,
        )


def _compare_text(reader: Reader, op: str, left: f.Node, right: f.Text, at: int) -> f.Node:
    if left.dim == d.DATE:
        try:
            day = dt.date.fromisoformat(right.value).toordinal()
        except ValueError:
            raise reader.error(
                f"“{right.value}”不是日期，应写作 '2025-03-31'",
                f"{right.value!r} is not a date; write '2025-03-31'",
                right.at,
            ) from None
        return f.Compare(op, left, f.Day(day, at=right.at), at=at)
    if op not in ("=", "<>"):
        raise reader.error("代码只能用 =、<>、IN、LIKE 比较", "codes compare only with =, <>, IN or LIKE", at)
    node = among(reader, left, (right,), at)
    return node if op == "=" else f.Not(node, at=at)


def among(reader: Reader, x: f.Node, values: tuple[f.Node, ...], at: int) -> f.Node:
    """``x`` is one of the texts; values of closed codes and classes are checked."""
    if not all(isinstance(v, f.Text) for v in values):
        raise reader.error("IN 的括号里只能是带引号的值", "IN takes quoted values only", at)
    texts = tuple(v.value for v in values if isinstance(v, f.Text))
    if isinstance(x, f.ClassAmong):
        _check_values(reader, texts, reader.scope.rules[x.rule].classes, values, x.rule)
        return f.ClassAmong(x.rule, texts, at=at)
    if x.dim.kind not in ("code", "text"):
        zh, en = describe(x.dim)
        raise reader.error(f"{zh}不能与文字比较", f"{en} cannot be compared with text", at)
    if isinstance(x, f.Fact):
        indicator = reader.scope.vocabulary.indicators[x.id]
        _check_values(reader, texts, indicator.values, values, indicator.label)
    return f.Among(x, texts, at=at)


def _check_values(
    reader: Reader, texts: tuple[str, ...], allowed: tuple[str, ...], nodes: tuple[f.Node, ...], name: str
) -> None:
    for text, node in zip(texts, nodes, strict=True):
        if allowed and text not in allowed:
            raise reader.error(
                f"“{text}”不是{name}的值；可用：{'、'.join(allowed)}",
                f"{text!r} is not a value of {name}; use {', '.join(allowed)}",
                node.at,
            )


def _special(reader: Reader, op: str, left: f.Node, right: f.Node, at: int) -> f.Node:
    if not isinstance(left, f.YearsSince | f.Cagr) or not isinstance(right, f.Quantity):
        raise reader.comparison_only(left if isinstance(left, f.YearsSince | f.Cagr) else right)
    _check_pair(reader, left, right, at)
    if isinstance(left, f.Cagr):
        if right.value <= -1:
            raise reader.error("cagr 只能与大于 -100% 的数比较", "cagr compares with more than -100%", at)
        return f.Compare(op, left, right, at=at)
    months = right.value * 12
    if months.denominator != 1 or months < 0:
        raise reader.error("years_since 只能与整年或整月比较", "years_since compares with whole years or months", at)
    return f.Anniversary(op, left.date, int(months), at=at)
