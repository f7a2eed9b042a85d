"""What a list is ordered by: points of a rule, of one of its items, or an indicator."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import pyarrow.parquet as pq

from keqiao.assess.tables import find_in, name_of, needs_conditions
from keqiao.assess.words import nearest, say_in, titled
from keqiao.engine.run import Run
from keqiao.errors import KeqiaoError
from keqiao.rules.dimensions import SCALES, UNITS
from keqiao.rules.model import Rule
from keqiao.rules.quantities import plain, show
from keqiao.rules.references import effective_status, in_order
from keqiao.rules.vocabulary import Indicator

_POINTS = SCALES["points"]


@dataclass(frozen=True, slots=True)
class Measure:
    """Something that enterprises are ordered by.

    ``low`` and ``high`` are SQL over the alias ``f`` (facts) or, with ``rule``, over the results of that rule,
    whose alias is ``alias``; stored whole numbers times ``factor`` are in ``unit``, as ``write`` takes them.
    """

    id: str
    label: str
    low: str
    high: str
    factor: Fraction
    unit: str
    falling: bool
    rule: Rule | None = None
    alias: str = "f"
    write: Callable[[Fraction], str] = str

    @property
    def order(self) -> str:
        """ORDER BY terms: what is unknown last."""
        way = "DESC" if self.falling else "ASC"
        ends = [self.low] if self.low == self.high else [self.low, self.high]
        return ", ".join(f"{end} {way} NULLS LAST" for end in ends)

    def value(self, stored: int | None) -> Fraction | None:
        """A stored number in ``unit``."""
        return None if stored is None else int(stored) * self.factor

    def text(self, low: Fraction | None, high: Fraction | None, language: str) -> str:
        """A value or range to be read."""
        if low is None or high is None:
            return say_in(language, "未知", "unknown")
        if low == high:
            return self.write(low)
        return f"{plain(low, 4)}~{self.write(high)}"

    def way(self, language: str) -> str:
        """The direction in words."""
        return say_in(language, *(("由高到低", "highest first") if self.falling else ("由低到高", "lowest first")))


def measure_of(run: Run, text: str, language: str, alias: str) -> Measure:
    """Read ``RULE``, ``RULE:ITEM`` or an indicator's id or label, with ``asc`` or ``desc`` behind (default ``desc``).

    Raises `KeqiaoError` naming what there is.
    """
    words = text.split()
    falling = True
    if len(words) > 1 and words[-1].lower() in ("asc", "desc"):
        falling = words.pop().lower() == "desc"
    name = " ".join(words)
    rule, _, item = name.partition(":")
    if rule in run.rules:
        return _of_item(run, rule, item, falling, language, alias) if item else _of_rule(run, rule, falling, language, alias)
    indicator = run.packs.vocabulary.find_alias(name)
    if indicator is None:
        raise _unknown(run, name)
    return _of_indicator(run, indicator, falling, language)


def _unknown(run: Run, name: str) -> KeqiaoError:
    scored = [id for id in run.rules if run.rule(id).items]
    near = [*nearest(name, run.rules), *run.packs.vocabulary.nearest(name)][:4]
    zh = f"；是不是：{'、'.join(near)}？" if near else ""
    en = f"; did you mean {', '.join(near)}?" if near else ""
    return KeqiaoError(
        f"“{name}”不是这次评价的规则，也不是指标{zh}（有得分的规则：{'、'.join(scored)}）",
        f"{name!r} is neither a rule of this run nor an indicator{en} (rules with points: {', '.join(scored)})",
    )


def _of_rule(run: Run, id: str, falling: bool, language: str, alias: str) -> Measure:
    rule = run.rule(id)
    if not rule.items:
        raise KeqiaoError(
            f"规则“{id}”没有得分，不能用来排名；请用有得分的规则、“规则:得分项”或指标",
            f"rule {id!r} has no points to rank by; use a rule with points, RULE:ITEM or an indicator",
        )
    return Measure(
        id, _title(run, rule, language) + say_in(language, "总分", ", total"), f"{alias}.score_low", f"{alias}.score_high",
        Fraction(1, _POINTS), "分", falling, rule, alias, _points(language),
    )  # fmt: skip


def _of_item(run: Run, id: str, item: str, falling: bool, language: str, alias: str) -> Measure:
    rule = run.rule(id)
    found = next((one for one in rule.items if one.id == item), None)
    if found is None:
        known = "、".join(f"{one.id}（{one.title.zh}）" for one in rule.items)
        raise KeqiaoError(
            f"规则“{id}”没有得分项“{item}”" + (f"；有：{known}" if known else "，它没有得分"),
            f"rule {id!r} has no score item {item!r}" + (f"; it has {', '.join(one.id for one in rule.items)}" if known else ": it has no points"),
        )
    needs_conditions(run)
    columns = pq.read_schema(run.results_path(id)).names
    low = f"{alias}.{name_of(f'low:{item}')}"
    high = f"{alias}.{name_of(f'high:{item}')}" if f"high:{item}" in columns else low
    label = f"{_title(run, rule, language)} · {found.title.get(language)}"
    return Measure(f"{id}:{item}", label, low, high, Fraction(1, _POINTS), "分", falling, rule, alias, _points(language))


def _of_indicator(run: Run, indicator: Indicator, falling: bool, language: str) -> Measure:
    if not indicator.dimension.is_number:
        raise KeqiaoError(
            f"“{indicator.label}”不是数，不能用来排名", f"{indicator.id} is not a number and cannot be ranked by"
        )
    label = indicator.label if language == "zh" else indicator.english or indicator.id
    if indicator.id not in run.snapshot.columns:
        raise KeqiaoError(
            f"这次评价的数据里没有“{indicator.label}”，不能用来排名", f"the data of this run has no {indicator.id} to rank by"
        )
    column, english = f"f.{name_of(indicator.id)}", language == "en"
    unit = UNITS[indicator.unit].factor if indicator.unit in UNITS else Fraction(1)
    return Measure(
        indicator.id, label, column, column, Fraction(1, SCALES[indicator.dimension.name]) / unit, indicator.unit, falling,
        write=lambda value: show(value * unit, indicator.unit, None, english),
    )  # fmt: skip


def _title(run: Run, rule: Rule, language: str) -> str:
    return titled(rule, effective_status(in_order(rule, find_in(run))), language)


def _points(language: str) -> Callable[[Fraction], str]:
    return lambda value: plain(value, 4) + say_in(language, "分", " points")
