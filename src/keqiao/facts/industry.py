"""Amounts against the industry: money per employee a thousand or ten thousand times off the median.

Only a reminder: medians and distances are floating-point, no decision rests on them.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import numpy.typing as npt

from keqiao.facts.checks import FactCheck
from keqiao.facts.mainsheet import may_be_negative
from keqiao.facts.problems import Findings
from keqiao.facts.wide import Wide
from keqiao.rules.quantities import Stored

#: The indicator that groups enterprises, and the one that amounts are divided by.
INDUSTRY, STAFF = "size_industry", "employees"
#: Fewer enterprises of an industry with a value make no median to judge by.
PEERS = 20
#: Powers of ten between an amount and the median that look like a wrong unit (500 to 2,000 and 5,000 to 20,000 times).
_BANDS = ((2.7, 3.3), (3.7, 4.3))
#: An amount counts as ordinary within so many powers of ten.
_ORDINARY = 1.0
#: How many times farther off than the 5 % (or 95 %) mark of the industry an amount must be.
_BEYOND = 2.0

_Floats = npt.NDArray[np.float64]


def flag_industry(
    wide: Wide, checks: Sequence[FactCheck], flagged: Collection[tuple[str, int, int]], findings: Findings
) -> None:
    """Warn of money that is off its industry where the enterprise's other amounts are not, or all are.

    What a check keeps at most as large as another amount is a part, which may be small without being
    wrong, and is left out. ``flagged`` are cells (indicator, years back, enterprise) that history has
    told of already.
    """
    industries = wide.values.get((INDUSTRY, 0))
    if industries is None:
        return
    groups = _groups(industries)
    parts = {c.reads[0] for c in checks if c.severity == "error" and len(c.reads) == 2 and c.when.count("<=") == 1}
    for back in wide.years_back():
        staff = wide.values.get((STAFF, back))
        ids = [id for id, b in wide.values if b == back and id not in parts and _is_amount(wide, id)]
        if staff is None or not ids:
            continue
        distance = _distances([wide.values[id, back] for id in ids], staff, groups)
        for k, i in zip(*np.nonzero(_off(distance)), strict=True):
            if (ids[k], back, int(i)) not in flagged:
                _report(wide, ids[k], back, int(i), float(distance[k, i]), findings)


def _is_amount(wide: Wide, id: str) -> bool:
    indicator = wide.indicators[id]
    return indicator.type == "money" and indicator.period == "annual" and not may_be_negative(indicator)


def _groups(industries: Sequence[Stored | None]) -> list[npt.NDArray[np.int64]]:
    members: dict[Stored, list[int]] = {}
    for i, name in enumerate(industries):
        if name is not None:
            members.setdefault(name, []).append(i)
    return [np.array(found, dtype=np.int64) for found in members.values() if len(found) >= PEERS]


def _distances(
    amounts: Sequence[Sequence[Stored | None]], staff: Sequence[Stored | None], groups: Sequence[npt.NDArray[np.int64]]
) -> _Floats:
    """Amounts by enterprises: powers of ten from the industry's median; not a number where not to be judged.

    Where the industry itself lies far apart, the distance is not to be judged either.
    """
    heads = _logs(staff)
    out = np.full((len(amounts), len(staff)), np.nan)
    for k, column in enumerate(amounts):
        per_head = _logs(column) - heads
        for group in groups:
            values = per_head[group]
            known = np.sort(values[~np.isnan(values)])
            if known.size >= PEERS:
                low, middle, high = (float(known[round((known.size - 1) * part)]) for part in (0.05, 0.5, 0.95))
                off = values - middle
                usual = _BEYOND * np.where(off > 0, high - middle, middle - low)
                off[(np.abs(off) > _ORDINARY) & (np.abs(off) < usual)] = np.nan
                out[k, group] = off
    return out


def _logs(values: Sequence[Stored | None]) -> _Floats:
    numbers = np.array(values, dtype=np.float64)  # None becomes not-a-number
    numbers[numbers <= 0] = np.nan
    logs: _Floats = np.log10(numbers)
    return logs


def _off(distance: _Floats) -> npt.NDArray[np.bool_]:
    """Which amounts are off: in a band, while another amount of the enterprise is ordinary or all are off."""
    size = np.abs(distance)
    in_band = np.zeros(distance.shape, dtype=np.bool_)
    for low, high in _BANDS:
        in_band |= (size >= low) & (size <= high)
    known = ~np.isnan(distance)
    ordinary = known & (size < _ORDINARY)
    alone = ordinary.any(axis=0)
    every = (in_band | ~known).all(axis=0) & (known.sum(axis=0) >= 2)
    found: npt.NDArray[np.bool_] = in_band & (alone | every)
    return found


def _report(wide: Wide, id: str, back: int, i: int, distance: float, findings: Findings) -> None:
    mark = wide.mark((id, back), i)
    if mark is None:
        return
    label, year = wide.indicators[id].label, wide.year - back
    times = "一万" if abs(distance) > 3.5 else "一千"
    count = "10,000" if abs(distance) > 3.5 else "1,000"
    zh, en = ("大", "more") if distance > 0 else ("小", "less")
    findings.cell(
        "warning", "scale-industry", mark,
        f"{label}：{year}年按人均比同行业（{wide.values[INDUSTRY, 0][i]}）的中位数{zh}约{times}倍，请核对单位是元、千元还是万元",
        f"{id}: the value of {year} per employee is about {count} times {en} than the median of its industry; "
        "check whether it is in 元, 千元 or 万元",
    )  # fmt: skip
