"""Compound rates from quotients, bracketed by whole powers: no decision and no digit rests on a float."""

from __future__ import annotations

from fractions import Fraction

#: Decimals that a rate is bracketed to at first, and how far off the threshold the bracket must lie, in its own width.
_DECIMALS = 12
_CLEAR = 10**4


def whole_root(x: int, degree: int) -> int:
    """The largest whole number whose power ``degree`` is at most ``x``; both are not negative, ``degree`` at least 1.

    Newton's iteration on whole numbers, from above.
    """
    if x < 2:
        return x
    root = 1 << -(-x.bit_length() // degree)
    while True:
        lower = ((degree - 1) * root + x // root ** (degree - 1)) // degree
        if lower >= root:
            return root
        root = lower


def compound_rate(ratio: Fraction, years: int, bound: Fraction) -> Fraction | None:
    """``ratio ^ (1 / years) - 1``; None of a negative ratio, which has none.

    A rational rate is exact. Any other is the middle of a bracket that lies wholly on the rate's side of
    ``bound`` and is so narrow that both round alike to every digit that is shown.
    """
    if ratio < 0:
        return None
    p, q = ratio.numerator, ratio.denominator
    a, b = whole_root(p, years), whole_root(q, years)
    if a**years == p and b**years == q:
        return Fraction(a, b) - 1
    decimals = _DECIMALS
    while True:
        scale = 10**decimals
        low = whole_root(p * scale**years // q, years)
        if abs((1 + bound) * scale - low) > _CLEAR:
            return Fraction(2 * low + 1, 2 * scale) - 1
        decimals *= 2
