"""Findings across the facts of an enterprise: checks between fields, and amounts against history."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from keqiao.facts.checks import FactCheck
from keqiao.facts.mainsheet import may_be_negative
from keqiao.facts.problems import Findings
from keqiao.facts.wide import Wide, columns_of_year
from keqiao.rules.dimensions import SCALES
from keqiao.rules.quantities import Stored, show
from keqiao.rules.vocabulary import Indicator

#: How far off an amount looks like a wrong unit: 元, 千元 and 万元 mixed up, with room for growth.
_BANDS = ((500, 2_000), (5_000, 20_000))


def run_checks(wide: Wide, checks: Sequence[FactCheck], findings: Findings) -> None:
    """Report every enterprise and year in which a check is certainly violated."""
    for check in checks:
        ids = list(check.reads) or list(wide.indicators)
        static_only = all(id in wide.indicators and wide.indicators[id].period == "static" for id in ids)
        for back in [0] if static_only else wide.years_back():
            columns = columns_of_year(wide, back, ids)
            for i in _failing(check, ids, columns):
                now = _shown(wide, ids, [column[i] for column in columns]) if check.reads else ("", "")
                _report(wide, check, i, back, now, findings)


def _failing(check: FactCheck, ids: Sequence[str], columns: Sequence[Sequence[Stored | None]]) -> Iterable[int]:
    """The enterprises that certainly violate a check in one year."""
    if check.failing is not None and check.reads:
        return check.failing(columns)
    return (i for i, values in enumerate(zip(*columns, strict=True)) if check.fails(dict(zip(ids, values, strict=True))))


def _shown(wide: Wide, ids: Sequence[str], values: Sequence[Stored | None]) -> tuple[str, str]:
    """The numbers that a check looked at, to be read, in zh and en; empty where it looks at no numbers."""
    parts: list[tuple[Indicator, Fraction]] = []
    for id, value in zip(ids, values, strict=True):
        indicator = wide.indicators.get(id)
        if indicator is not None and indicator.dimension.name in SCALES and isinstance(value, int):
            parts.append((indicator, Fraction(value, SCALES[indicator.dimension.name])))
    zh = "、".join(f"{one.label} {show(number, one.unit)}" for one, number in parts)
    en = ", ".join(f"{one.id} {show(number, one.unit, None, True)}" for one, number in parts)
    return (f"；现为 {zh}", f"; now {en}") if parts else ("", "")


def _report(wide: Wide, check: FactCheck, i: int, back: int, now: tuple[str, str], findings: Findings) -> None:
    marks = [wide.mark((id, b), i) for id in check.reads for b in (back, 0)]
    mark = next((m for m in marks if m is not None), wide.key_mark[i])
    year = wide.year - back
    findings.cell(
        check.severity, f"check:{check.id}", mark,
        f"{check.title}：{year}年应满足 {check.when}{now[0]}",
        f"{check.title_en or check.title}: {check.when} must hold in {year}{now[1]}",
    )  # fmt: skip


def flag_scale(wide: Wide, findings: Findings) -> set[tuple[str, int, int]]:
    """Warn of money a thousand or ten thousand times off all other years of the enterprise.

    Returns the cells as (indicator, years back, enterprise).
    """
    flagged: set[tuple[str, int, int]] = set()
    for id, indicator in wide.indicators.items():
        backs = sorted(b for i, b in wide.values if i == id)
        # What may be negative passes near zero, where a ratio says nothing.
        if indicator.type != "money" or may_be_negative(indicator) or len(backs) < 2:
            continue
        amounts = np.abs(np.nan_to_num(np.array([wide.values[id, b] for b in backs], dtype=np.float64)))
        off = _off(amounts)
        for k, i in zip(*np.nonzero(off), strict=True):
            mark = wide.mark((id, backs[k]), int(i))
            if mark is not None:
                flagged.add((id, backs[k], int(i)))
                findings.cell(
                    "warning", "scale", mark,
                    f"{indicator.label}：{wide.year - backs[k]}年与其他年份相差约一千或一万倍，请核对单位",
                    f"{id}: the value of {wide.year - backs[k]} is about 1,000 or 10,000 times off "
                    "the other years; check the unit",
                )  # fmt: skip
    return flagged


def _off(amounts: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """Years by enterprises: whether a value is off all other known years in the same direction.

    Of two years that differ the newer (the first row) is the one that is reported.
    """
    years, enterprises = amounts.shape
    known = amounts > 0
    off = np.zeros((years, enterprises), dtype=np.bool_)
    for k in range(years):
        others = known.copy()
        others[k] = False
        with np.errstate(divide="ignore", invalid="ignore"):
            up, down = amounts[k] / amounts, amounts / amounts[k]
        for ratio in (up, down):
            far = np.zeros_like(known)
            for low, high in _BANDS:
                far |= (ratio >= low) & (ratio <= high)
            off[k] |= known[k] & others.any(axis=0) & (far | ~others).all(axis=0)
    repeated = np.cumsum(off, axis=0) > 1
    off &= ~(repeated & (known.sum(axis=0) == 2))
    return off
