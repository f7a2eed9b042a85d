"""Seeded draws that give the same numbers on every machine and Python version.

Only `random.Random.random` is used beneath, because it is the one method whose sequence is
promised to stay the same; the distributions are written here.
"""

from __future__ import annotations

import datetime as dt
import math
import random
from collections.abc import Sequence
from decimal import Decimal


class Draw:
    """A stream of random values that depends on nothing but its path, e.g. ``Draw(seed, 17, "staff")``.

    A stream of its own per enterprise and topic keeps enterprise 17 the same whatever the number
    of enterprises is, and one topic the same when another one is changed.
    """

    def __init__(self, *path: object) -> None:
        self.random = random.Random("/".join(str(part) for part in path)).random

    def chance(self, probability: float) -> bool:
        """True with this probability."""
        return self.random() < probability

    def uniform(self, low: float, high: float) -> float:
        """A number between ``low`` and ``high``."""
        return low + (high - low) * self.random()

    def whole(self, low: int, high: int) -> int:
        """A whole number from ``low`` to ``high``, both included."""
        return low + int((high - low + 1) * self.random())

    def normal(self, mean: float = 0.0, sd: float = 1.0) -> float:
        """A normal number (Box–Muller)."""
        radius = math.sqrt(-2.0 * math.log(1.0 - self.random()))
        return mean + sd * radius * math.cos(2.0 * math.pi * self.random())

    def lognormal(self, median: float, sigma: float) -> float:
        """A log-normal number with this median and this standard deviation of its logarithm."""
        return median * math.exp(self.normal(0.0, sigma))

    def count(self, mean: float) -> int:
        """A Poisson count; a rounded normal one above a mean of 40."""
        if mean <= 0:
            return 0
        if mean > 40:
            return max(0, round(self.normal(mean, math.sqrt(mean))))
        limit, product, found = math.exp(-mean), self.random(), 0
        while product > limit:
            product *= self.random()
            found += 1
        return found

    def pick(self, weights: Sequence[float]) -> int:
        """An index, drawn in proportion to ``weights``."""
        rest = self.random() * sum(weights)
        index = 0
        # The last index takes what rounding leaves over.
        while rest >= weights[index] and index < len(weights) - 1:
            rest -= weights[index]
            index += 1
        return index

    def day(self, first: dt.date, last: dt.date) -> dt.date:
        """A day from ``first`` to ``last``, both included."""
        return first + dt.timedelta(days=self.whole(0, (last - first).days))


def clip(value: float, low: float, high: float) -> float:
    """``value`` held between ``low`` and ``high``."""
    return min(max(value, low), high)


def wan(hundredths: int) -> Decimal:
    """Hundredths of 万元 as exact 万元: 12345 is 123.45."""
    return Decimal(hundredths).scaleb(-2)


def snap(draw: Draw, value: float, marks: Sequence[float], reach: float = 0.04, share: float = 0.4) -> float:
    """Move a share of the values that lie within ``reach`` of a mark onto the mark.

    Reported figures bunch at the thresholds of policies; tests of rules need values on them.
    Always takes one draw, so that what follows does not depend on whether a mark is near.
    """
    moved = draw.chance(share)
    for mark in marks:
        if abs(value - mark) <= reach * mark:
            return mark if moved else value
    return value
