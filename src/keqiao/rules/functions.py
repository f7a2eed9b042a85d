"""The functions of the rule language: how each call becomes typed nodes."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING

from sqlglot import exp

from keqiao.rules import dimensions as d
from keqiao.rules import form as f
from keqiao.rules.dimensions import describe
from keqiao.rules.peer_calls import KINDS, read_window, refuse_peers
from keqiao.rules.shifting import NoPrior, shift

if TYPE_CHECKING:
    from keqiao.rules.reader import Reader

MOST_YEARS = 10

Arguments = list[exp.Expression]
Builder = Callable[["Reader", Arguments, int], f.Node]


def _wrong(reader: Reader, usage: str, at: int) -> Exception:
    return reader.error(f"写法应为 {usage}", f"write it as {usage}", at)


def _value(reader: Reader, e: exp.Expression, at: int) -> f.Node:
    node = reader.value(e)
    if not node.dim.is_number:
        zh, en = describe(node.dim)
        raise reader.error(f"这里应是数，得到的是{zh}", f"a number is expected here, not {en}", node.at or at)
    return node


def _years(reader: Reader, e: exp.Expression, at: int) -> int | f.Node:
    """A literal 1 to 10, or a number of years bounded by LEAST(n年, …)."""
    node = reader.value(e)
    if isinstance(node, f.Quantity):
        if node.dim in (d.RATIO, d.YEARS) and node.value.denominator == 1 and 1 <= node.value <= MOST_YEARS:
            return int(node.value)
    elif node.dim == d.YEARS and _bound(node) is not None:
        return node
    raise reader.error(
        f"年数应是 1 到 {MOST_YEARS} 的整数，或以 LEAST(3年, …) 封顶的算式",
        f"the number of years must be 1 to {MOST_YEARS}, or a formula bounded by LEAST(3年, …)",
        node.at or at,
    )


def _bound(node: f.Node) -> int | None:
    """The largest value a number of years can take, where its form shows it."""
    if isinstance(node, f.Quantity):
        return int(node.value) if 1 <= node.value <= MOST_YEARS else None
    if isinstance(node, f.Extreme):
        bounds = [b for b in map(_bound, node.parts) if b is not None]
        if node.least:
            return min(bounds) if bounds else None
        return max(bounds) if len(bounds) == len(node.parts) else None
    return None


def _shifted(reader: Reader, node: f.Node, n: int, at: int) -> f.Node:
    try:
        return shift(node, n)
    except NoPrior as problem:
        label = _label(reader, problem.id)
        raise reader.error(
            f"“{label}”没有上年值，不能用于跨年函数", f"{label!r} has no earlier years; it cannot be shifted", at
        ) from None


def _label(reader: Reader, id: str) -> str:
    indicator = reader.scope.vocabulary.find(id)
    return indicator.label if indicator else id


def _prior(reader: Reader, args: Arguments, at: int) -> f.Node:
    if len(args) not in (1, 2):
        raise _wrong(reader, "prior(x, 1)", at)
    n = _years(reader, args[1], at) if len(args) == 2 else 1
    if not isinstance(n, int):
        raise _wrong(reader, "prior(x, 1)", at)
    return _shifted(reader, reader.value(args[0]), n, at)


def _growth(reader: Reader, args: Arguments, at: int) -> f.Node:
    if len(args) != 1:
        raise _wrong(reader, "growth(x)", at)
    x = _value(reader, args[0], at)
    return f.Growth(x, _shifted(reader, x, 1, at), at=at)


def _cagr(reader: Reader, args: Arguments, at: int) -> f.Node:
    n = _years(reader, args[1], at) if len(args) == 2 else None
    if not isinstance(n, int):
        raise _wrong(reader, "cagr(x, 3)", at)
    x = _value(reader, args[0], at)
    return f.Cagr(x, _shifted(reader, x, n, at), n, at=at)


def _window(kind: str) -> Builder:
    def build(reader: Reader, args: Arguments, at: int) -> f.Node:
        usage = {"sum": "sum_of(x, 3)", "avg": "avg_of(x, 3)", "each": "each_of(cond, 2)"}[kind]
        if len(args) != 2:
            raise _wrong(reader, usage, at)
        x = reader.condition(args[0]) if kind == "each" else _value(reader, args[0], at)
        n = _years(reader, args[1], at)
        most = n if isinstance(n, int) else _bound(n) or 1
        parts = tuple(_shifted(reader, x, i, at) for i in range(most))
        if not isinstance(n, int):
            return f.Window(kind, parts, n, at=at)
        if kind == "each":
            return f.AllOf(parts, at=at) if len(parts) > 1 else parts[0]
        total = parts[0]
        for part in parts[1:]:
            total = f.Arithmetic("+", total, part, total.dim, at=at)
        if kind == "sum":
            return total
        return f.Arithmetic("/", total, f.Quantity(Fraction(n), d.RATIO, str(n), at=at), total.dim, at=at)

    return build


def _of_date(make: Callable[[f.Node, int], f.Node], usage: str) -> Builder:
    def build(reader: Reader, args: Arguments, at: int) -> f.Node:
        node = reader.node(args[0]) if len(args) == 1 else None
        if node is None or node.dim != d.DATE:
            raise _wrong(reader, usage, at)
        return make(node, at)

    return build


def _assessment_year(reader: Reader, args: Arguments, at: int) -> f.Node:
    if args:
        raise _wrong(reader, "assessment_year()", at)
    return f.AssessmentYear(at=at)


def _extreme(least: bool) -> Builder:
    def build(reader: Reader, args: Arguments, at: int) -> f.Node:
        if len(args) < 2:
            raise _wrong(reader, "LEAST(a, b)" if least else "GREATEST(a, b)", at)
        parts = [_value(reader, a, at) for a in args]
        reader.same_dimension(parts, at)
        return f.Extreme(least, tuple(parts), at=at)

    return build


def _rounding(kind: str) -> Builder:
    def build(reader: Reader, args: Arguments, at: int) -> f.Node:
        usage = {"round": "ROUND(x, 2)", "floor": "FLOOR(x)", "abs": "ABS(x)"}[kind]
        if not 1 <= len(args) <= (2 if kind == "round" else 1):
            raise _wrong(reader, usage, at)
        digits = 0
        if len(args) == 2:
            count = reader.node(args[1])
            if not isinstance(count, f.Quantity) or count.value not in range(9):
                raise _wrong(reader, usage, at)
            digits = int(count.value)
        return f.Rounding(kind, _value(reader, args[0], at), digits, at=at)

    return build


def _first_known(reader: Reader, args: Arguments, at: int) -> f.Node:
    if len(args) < 2:
        raise _wrong(reader, "first_known(a, b)", at)
    parts = [reader.value(a) for a in args]
    refuse_peers(reader, parts, "first_known", at)
    reader.same_dimension(parts, at)
    return f.FirstKnown(tuple(parts), at=at)


def _known(reader: Reader, args: Arguments, at: int) -> f.Node:
    if len(args) != 1:
        raise _wrong(reader, "known(x)", at)
    x = reader.value(args[0])
    refuse_peers(reader, [x], "known", at)
    return f.Known(x, at=at)


def _count_yes(reader: Reader, args: Arguments, at: int) -> f.Node:
    if not args:
        raise _wrong(reader, "count_yes(a, b) >= 1项", at)
    return f.CountYes(tuple(reader.condition(a) for a in args), at=at)


def _text(reader: Reader, args: Arguments, usage: str, at: int) -> str:
    node = reader.node(args[0]) if len(args) == 1 else None
    if not isinstance(node, f.Text):
        raise _wrong(reader, usage, at)
    return node.value


def _holds(reader: Reader, args: Arguments, at: int) -> f.Node:
    usage = "holds('高新技术企业') 或 holds('省级科技奖励', within => 3年)"
    months: int | None = None
    if len(args) == 2:
        months = _within(reader, args[1], usage, at)
        args = args[:1]
    name = _text(reader, args, usage, at)
    indicator = reader.scope.vocabulary.find(name)
    if indicator is None or not indicator.is_title:
        titles = [i.label for i in reader.scope.vocabulary.indicators.values() if i.is_title]
        near = difflib.get_close_matches(name, titles, n=3, cutoff=0.3) or titles[:3]
        raise reader.error(
            f"没有“{name}”这个称号；是不是：{'、'.join(near)}？",
            f"there is no title {name!r}; did you mean {', '.join(near)}?",
            at,
        )
    return f.Holds(indicator.id, months, at=at)


def _within(reader: Reader, e: exp.Expression, usage: str, at: int) -> int:
    if isinstance(e, exp.Kwarg) and e.this.name.lower() == "within":
        node = reader.node(e.expression)
        if isinstance(node, f.Quantity) and node.dim == d.YEARS:
            months = node.value * 12
            if months.denominator == 1 and months > 0:
                return int(months)
    raise _wrong(reader, usage, at)


def _in_list(reader: Reader, args: Arguments, at: int) -> f.Node:
    usage = "in_list(x, 'list.id')"
    if len(args) != 2:
        raise _wrong(reader, usage, at)
    x = reader.node(args[0])
    id = _text(reader, args[1:], usage, at)
    known = reader.scope.lists.get(id)
    if known is None:
        near = difflib.get_close_matches(id, list(reader.scope.lists), n=3, cutoff=0.3)
        raise reader.error(
            f"没有名单“{id}”" + (f"；是不是：{'、'.join(near)}？" if near else ""),
            f"there is no list {id!r}" + (f"; did you mean {', '.join(near)}?" if near else ""),
            at,
        )
    if x.dim.kind not in ("code", "text"):
        raise _wrong(reader, usage, at)
    return f.InList(x, id, known.members, known.open, at=at)


def _score(reader: Reader, args: Arguments, at: int) -> f.Node:
    id = _text(reader, args, "score('total')", at)
    if id not in reader.scope.scores:
        near = difflib.get_close_matches(id, sorted(reader.scope.scores), n=3, cutoff=0.3)
        known = near or sorted(reader.scope.scores)
        raise reader.error(
            f"本规则没有得分项“{id}”；可用：{'、'.join(known) or '无'}",
            f"this rule has no score {id!r}; known: {', '.join(known) or 'none'}",
            at,
        )
    return f.Score(id, at=at)


def _other(make: Callable[[str, int], f.Node], need: str, usage: str) -> Builder:
    def build(reader: Reader, args: Arguments, at: int) -> f.Node:
        id = _text(reader, args, usage, at)
        face = reader.scope.rules.get(id)
        if face is None:
            near = difflib.get_close_matches(id, list(reader.scope.rules), n=3, cutoff=0.3)
            raise reader.error(
                f"没有规则“{id}”" + (f"；是不是：{'、'.join(near)}？" if near else ""),
                f"there is no rule {id!r}" + (f"; did you mean {', '.join(near)}?" if near else ""),
                at,
            )
        if not getattr(face, need):
            raise reader.error(f"规则“{id}”没有这一结果", f"rule {id!r} gives no such result", at)
        return make(id, at)

    return build


FUNCTIONS: dict[str, Builder] = {
    "prior": _prior,
    "growth": _growth,
    "cagr": _cagr,
    "sum_of": _window("sum"),
    "avg_of": _window("avg"),
    "each_of": _window("each"),
    "days_since": _of_date(lambda x, at: f.DaysSince(x, at=at), "days_since(成立日期)"),
    "years_since": _of_date(lambda x, at: f.YearsSince(x, at=at), "years_since(成立日期) <= 5年"),
    "year_of": _of_date(lambda x, at: f.YearOf(x, at=at), "year_of(成立日期)"),
    "assessment_year": _assessment_year,
    "least": _extreme(True),
    "greatest": _extreme(False),
    "round": _rounding("round"),
    "floor": _rounding("floor"),
    "abs": _rounding("abs"),
    "coalesce": _first_known,
    "first_known": _first_known,
    "known": _known,
    "count_yes": _count_yes,
    "holds": _holds,
    "in_list": _in_list,
    "score": _score,
    "points": _other(lambda id, at: f.Points(id, at=at), "has_total", "points('id')"),
    "outcome": _other(lambda id, at: f.Outcome(id, at=at), "has_outcome", "outcome('id')"),
    "class": _other(lambda id, at: f.ClassAmong(id, (), at=at), "classes", "class('id') = '…'"),
}


def nearest_functions(name: str) -> list[str]:
    """Up to three function names that resemble ``name``."""
    return difflib.get_close_matches(name.lower(), [*FUNCTIONS, *KINDS], n=3, cutoff=0.6)


def _arguments(e: exp.Expression) -> tuple[str, Arguments]:
    """Name and arguments of a call, however sqlglot classified it."""
    if isinstance(e, exp.Anonymous):
        return str(e.this).lower(), list(e.expressions)
    known: dict[type[exp.Expression], str] = {
        exp.Least: "least",
        exp.Greatest: "greatest",
        exp.Coalesce: "coalesce",
        exp.Round: "round",
        exp.Floor: "floor",
        exp.Abs: "abs",
    }
    name = known.get(type(e), "")
    if not name:
        return "", []
    extra = [e.args[key] for key in ("decimals", "truncate") if e.args.get(key) is not None]
    return name, [e.this, *e.expressions, *extra]


def call(reader: Reader, e: exp.Expression, at: int) -> f.Node:
    """The typed node of a function call; refuses everything else."""
    from keqiao.rules.reader import refused

    peer = read_window(reader, e, at)
    if peer is not None:
        return peer
    name, args = _arguments(e)
    builder = FUNCTIONS.get(name)
    if builder is None:
        raise refused(reader, e, at)
    return builder(reader, args, at)
