"""Rules in plain language: the typed form as Chinese or English text.

``rule_text`` writes the rule language with the labels of the vocabulary (what a trace shows);
``sentence`` writes words instead of signs (what a reader of a pack sees).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from keqiao.rules import form as f
from keqiao.rules.dimensions import RATIO
from keqiao.rules.quantities import display_unit, show
from keqiao.rules.shifting import yearly
from keqiao.rules.spans import span
from keqiao.rules.vocabulary import Vocabulary

_SIGNS_ZH = {"=": "等于", "<>": "不等于", "<": "低于", "<=": "不超过", ">": "超过", ">=": "不低于"}
_SIGNS_EN = {
    "=": "equals", "<>": "differs from", "<": "is below", "<=": "is at most", ">": "is above", ">=": "is at least",
}  # fmt: skip

# binding strength: OR 1, AND 2, NOT 3, comparison 4, sum 5, product 6, leaf 9
_LEAF = 9


class Writer:
    """Writes typed nodes as text in one language and one style."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        language: str = "zh",
        prose: bool = False,
        scores: Mapping[str, str] | None = None,
    ) -> None:
        self.vocabulary = vocabulary
        self.scores = scores or {}
        self.english = language == "en"
        self.prose = prose

    def write(self, node: f.Node) -> str:
        """The text of a node."""
        return self._write(node)[0]

    def name(self, id: str) -> str:
        """The label of an indicator in the language."""
        indicator = self.vocabulary.indicators.get(id)
        if indicator is None:
            return id
        return (indicator.english or indicator.id) if self.english else indicator.label

    def quantity(self, node: f.Quantity) -> str:
        """A quantity as written, or in English units."""
        if node.text and not self.english:
            return node.text
        if node.text.lstrip("-").replace(".", "").isdigit():
            return node.text
        unit = "".join(ch for ch in node.text if not (ch.isdigit() or ch in ".-")) or display_unit(node.dim.name)
        if "/" in unit:
            return node.text
        return show(node.value, unit, english=self.english)

    def _inside(self, node: f.Node, strength: int) -> str:
        text, own = self._write(node)
        return f"({text})" if own < strength else text

    def _write(self, node: f.Node) -> tuple[str, int]:
        build = _WRITERS.get(type(node))
        if build is None:
            return type(node).__name__, _LEAF
        return build(self, node)

    def call(self, name: str, *args: str) -> tuple[str, int]:
        """A function call."""
        return f"{name}({', '.join(args)})", _LEAF


def _fact(w: Writer, n: f.Fact) -> tuple[str, int]:
    name = w.name(n.id)
    if not n.shift:
        return name, _LEAF
    if w.prose:
        return (f"{name} {n.shift} year(s) earlier" if w.english else f"前{n.shift}年{name}"), _LEAF
    return w.call("prior", name, str(n.shift))


def _arithmetic(w: Writer, n: f.Arithmetic) -> tuple[str, int]:
    total = _as_window(w, n)
    if total:
        return total
    strength = 5 if n.op in "+-" else 6
    op = {"*": "×", "/": "÷"}.get(n.op, n.op) if w.prose else n.op
    return f"{w._inside(n.left, strength)} {op} {w._inside(n.right, strength + 1)}", strength


def _as_window(w: Writer, n: f.Arithmetic) -> tuple[str, int] | None:
    """``x + prior(x, 1) + …`` as sum_of, the same divided by its length as avg_of."""
    if n.op == "/" and isinstance(n.left, f.Arithmetic) and isinstance(n.right, f.Quantity):
        run = _run(n.left)
        if run and n.right.value == len(run) and n.right.dim == RATIO:
            return _window_text(w, "avg_of", run[0], len(run))
        return None
    run = _run(n)
    return _window_text(w, "sum_of", run[0], len(run)) if run else None


def _run(n: f.Node) -> list[f.Node] | None:
    parts: list[f.Node] = []
    while isinstance(n, f.Arithmetic) and n.op == "+":
        parts.append(n.right)
        n = n.left
    parts.append(n)
    parts.reverse()
    return parts if yearly(parts) else None


def _window_text(w: Writer, name: str, part: f.Node, years: object) -> tuple[str, int]:
    inner = w.write(part)
    if not w.prose:
        return w.call(name, inner, str(years))
    if w.english:
        word = {"sum_of": "sum of", "avg_of": "mean of", "each_of": "each year"}[name]
        return f"{word} {inner} over {years} years", _LEAF
    word = {"sum_of": "合计", "avg_of": "年均", "each_of": "每年"}[name]
    return f"近{years}年{inner}{word}", _LEAF


def _window(w: Writer, n: f.Window) -> tuple[str, int]:
    return _window_text(w, {"sum": "sum_of", "avg": "avg_of", "each": "each_of"}[n.kind], n.parts[0], w.write(n.count))


def _compare(w: Writer, n: f.Compare) -> tuple[str, int]:
    left, right = w._inside(n.left, 5), w._inside(n.right, 5)
    if w.prose:
        if w.english:
            return f"{left} {_SIGNS_EN[n.op]} {right}", 4
        return f"{left}{_SIGNS_ZH[n.op]}{right}", 4
    return f"{left} {n.op} {right}", 4


def _many(zh: str, en: str, sign: str, strength: int) -> Callable[[Writer, Any], tuple[str, int]]:
    def build(w: Writer, n: Any) -> tuple[str, int]:
        if sign == "AND" and (short := _between(w, n) or _each(w, n)):
            return short
        word = (f" {en} " if w.english else f"{zh}") if w.prose else f" {sign} "
        return word.join(w._inside(p, strength + 1) for p in n.parts), strength

    return build


def _between(w: Writer, n: f.AllOf) -> tuple[str, int] | None:
    if len(n.parts) != 2 or w.prose:
        return None
    low, high = n.parts
    if isinstance(low, f.Compare) and isinstance(high, f.Compare) and low.left == high.left:
        if (low.op, high.op) == (">=", "<=") and low.at == high.at == n.at:
            return f"{w._inside(low.left, 5)} BETWEEN {w._inside(low.right, 5)} AND {w._inside(high.right, 5)}", 4
    return None


def _each(w: Writer, n: f.AllOf) -> tuple[str, int] | None:
    """The same condition in each of the last years as each_of."""
    return _window_text(w, "each_of", n.parts[0], len(n.parts)) if yearly(list(n.parts)) else None


def _score(w: Writer, n: f.Score) -> tuple[str, int]:
    if not w.prose:
        return w.call("score", f"'{n.id}'")
    if n.id == "total":
        return ("total score" if w.english else "总分"), _LEAF
    name = w.scores.get(n.id, n.id)
    return (f"points for {name}" if w.english else f"{name}得分"), _LEAF


def _not(w: Writer, n: f.Not) -> tuple[str, int]:
    inner = w._inside(n.x, 4)
    if w.prose:
        if isinstance(n.x, f.Fact):
            return (f"no {inner}" if w.english else f"{inner}为否"), 3
        return (f"not {inner}" if w.english else f"非{inner}"), 3
    return f"NOT {inner}", 3


def _case(w: Writer, n: f.Case) -> tuple[str, int]:
    if w.prose:
        if w.english:
            parts = [f"if {w.write(c)}: {w.write(x)}" for c, x in n.branches]
            return f"({'; '.join(parts)}; otherwise: {w.write(n.default)})", _LEAF
        parts = [f"{w.write(c)}时为{w.write(x)}" for c, x in n.branches]
        return f"（{'，'.join(parts)}，否则为{w.write(n.default)}）", _LEAF
    parts = [f"WHEN {w.write(c)} THEN {w.write(x)}" for c, x in n.branches]
    return f"CASE {' '.join(parts)} ELSE {w.write(n.default)} END", _LEAF


def _quoted(text: str) -> str:
    """A text as a literal of the rule language."""
    return "'" + text.replace("'", "''") + "'"


def _among(w: Writer, n: f.Among) -> tuple[str, int]:
    x = w._inside(n.x, 5)
    if w.prose:
        if w.english:
            return f"{x} is {' or '.join(n.values)}", 4
        return f"{x}为{'或'.join(n.values)}", 4
    if len(n.values) == 1:
        return f"{x} = {_quoted(n.values[0])}", 4
    values = ", ".join(map(_quoted, n.values))
    return f"{x} IN ({values})", 4


def _starts(w: Writer, n: f.StartsWith) -> tuple[str, int]:
    x = w._inside(n.x, 5)
    if w.prose:
        return (f"{x} begins with {n.prefix}" if w.english else f"{x}以{n.prefix}开头"), 4
    return f"{x} LIKE {_quoted(n.prefix + '%')}", 4


def _holds(w: Writer, n: f.Holds) -> tuple[str, int]:
    name = w.name(n.title)
    if w.prose:
        if n.months is None:
            return (f"holds a valid {name}" if w.english else f"持有有效的{name}"), 4
        time = span(n.months, w.english)
        return (f"{name} awarded within {time}" if w.english else f"近{time}获得{name}"), 4
    within = "" if n.months is None else f", within => {span(n.months, False)}"
    return f"holds({_quoted(name)}{within})", _LEAF


def _anniversary(w: Writer, n: f.Anniversary) -> tuple[str, int]:
    date, time = w.write(n.date), span(n.months, w.english and w.prose)
    if w.prose:
        if w.english:
            return f"years since {date} {_SIGNS_EN[n.op].replace('is ', 'are ')} {time}", 4
        return f"自{date}起{_SIGNS_ZH[n.op]}{time}", 4
    return f"years_since({date}) {n.op} {time}", 4


def _extreme(w: Writer, n: f.Extreme) -> tuple[str, int]:
    parts = [w.write(p) for p in n.parts]
    if w.prose and not w.english:
        return f"{'与'.join(parts)}中{'较低' if n.least else '较高'}者", _LEAF
    return w.call("LEAST" if n.least else "GREATEST", *parts)


def _day(w: Writer, n: f.Day) -> tuple[str, int]:
    return f"'{dt.date.fromordinal(n.value).isoformat()}'", _LEAF


def _growth(w: Writer, n: f.Growth) -> tuple[str, int]:
    inner = w.write(n.current)
    if w.prose:
        return (f"growth of {inner}" if w.english else f"{inner}增长率"), _LEAF
    return w.call("growth", inner)


def _cagr(w: Writer, n: f.Cagr) -> tuple[str, int]:
    inner = w.write(n.current)
    if w.prose:
        if w.english:
            return f"compound growth of {inner} over {n.years} years", _LEAF
        return f"{inner}{n.years}年复合增长率", _LEAF
    return w.call("cagr", inner, str(n.years))


def _class(w: Writer, n: f.ClassAmong) -> tuple[str, int]:
    if len(n.classes) == 1:
        return f"class('{n.rule}') = {_quoted(n.classes[0])}", 4
    return f"class('{n.rule}') IN ({', '.join(map(_quoted, n.classes))})", 4


def _simple(name: str, of: Callable[[Any], tuple[f.Node, ...]]) -> Callable[[Writer, Any], tuple[str, int]]:
    return lambda w, n: w.call(name, *(w.write(p) for p in of(n)))


def _rounding(w: Writer, n: f.Rounding) -> tuple[str, int]:
    extra = [str(n.digits)] if n.digits else []
    return w.call(n.kind.upper(), w.write(n.x), *extra)


def _peer(w: Writer, n: f.Peer) -> tuple[str, int]:
    x, over = w.write(n.x), [w.write(o) for o in n.over]
    if not w.prose:
        return f"{n.kind}({x}) OVER ({'PARTITION BY ' if over else ''}{', '.join(over)})", _LEAF
    if w.english:
        among = f"enterprises of the same {' and '.join(over)}" if over else "all enterprises"
        return f"{'percentile' if n.kind == 'percentile' else 'median'} of {x} among {among}", _LEAF
    among = f"同一{'、'.join(over)}企业" if over else "全部企业"
    return f"{x}在{among}中的{'分位' if n.kind == 'percentile' else '中位数'}", _LEAF


_WRITERS: dict[type[f.Node], Callable[[Writer, Any], tuple[str, int]]] = {
    f.Quantity: lambda w, n: (w.quantity(n), _LEAF),
    f.Text: lambda w, n: (_quoted(n.value), _LEAF),
    f.Day: _day,
    f.Truth: lambda w, n: ("TRUE" if n.value else "FALSE", _LEAF),
    f.Fact: _fact,
    f.Arithmetic: _arithmetic,
    f.Negative: lambda w, n: (f"-{w._inside(n.x, 7)}", 6),
    f.Extreme: _extreme,
    f.Rounding: _rounding,
    f.Compare: _compare,
    f.Anniversary: _anniversary,
    f.Among: _among,
    f.StartsWith: _starts,
    f.AllOf: _many("，且", "and", "AND", 2),
    f.AnyOf: _many("，或", "or", "OR", 1),
    f.Not: _not,
    f.Case: _case,
    f.FirstKnown: _simple("first_known", lambda n: n.parts),
    f.Known: _simple("known", lambda n: (n.x,)),
    f.CountYes: _simple("count_yes", lambda n: n.parts),
    f.Holds: _holds,
    f.InList: lambda w, n: w.call("in_list", w.write(n.x), f"'{n.list}'"),
    f.DaysSince: _simple("days_since", lambda n: (n.date,)),
    f.YearsSince: _simple("years_since", lambda n: (n.date,)),
    f.YearOf: _simple("year_of", lambda n: (n.date,)),
    f.AssessmentYear: lambda w, n: w.call("assessment_year"),
    f.YearGap: lambda w, n: (f"{w.write(n.left)} - {w._inside(n.right, 6)}", 5),
    f.Window: _window,
    f.Growth: _growth,
    f.Cagr: _cagr,
    f.Score: _score,
    f.Points: lambda w, n: w.call("points", f"'{n.rule}'"),
    f.Outcome: lambda w, n: w.call("outcome", f"'{n.rule}'"),
    f.ClassAmong: _class,
    f.Peer: _peer,
}
