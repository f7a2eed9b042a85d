"""In which band a score item lies, and what the next band asks; read from the rule, exact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from keqiao.errors import language, say
from keqiao.rules.model import Bands, Best, Form, Rule
from keqiao.rules.quantities import display_unit, show


@dataclass(frozen=True)
class Band:
    """``here`` the band in words, ``next`` where the next one begins, ``gain`` what it would give; empty at full marks."""

    here: str
    next: str
    gain: str


def band_of(rule: Rule | None, item: Mapping[str, Any]) -> Band | None:
    """The band of an item of a trace whose points are settled; None where it has no bands or the band is not sure.

    Items with weights are left out: their points in the trace are weighted, those of the bands are not.
    """
    if rule is None or item["low"] != item["high"]:
        return None
    found = next((one for one in rule.items if one.id == item["id"]), None)
    if found is None or found.weights is not None:
        return None
    points = Fraction(str(item["low"]))
    fits = [(form, at) for form in _bands(found.form) for at in _places(form, points)]
    if len(fits) != 1:
        return None
    form, at = fits[0]
    return _told(form, at, isinstance(found.form, Best))


def _bands(form: Form) -> list[Bands]:
    """The bands of a form; of the best of several, each."""
    if isinstance(form, Bands):
        return [form]
    return [one for part in form.forms for one in _bands(part)] if isinstance(form, Best) else []


def _places(form: Bands, points: Fraction) -> list[int]:
    """Where the points stand among those of the bands."""
    return [at for at, given in enumerate(form.points) if _ends(given) == (points, points)]


def _ends(given: Any) -> tuple[Fraction, Fraction]:
    low, high = (given, given) if isinstance(given, int | Fraction) else (given[0], given[1])
    return Fraction(low), Fraction(high)


def _told(form: Bands, at: int, several: bool) -> Band:
    unit = display_unit(form.value.dim.name)

    def text(bound: Fraction) -> str:
        return show(bound, unit, None, language() == "en")

    outer = text(form.bounds[at - 1]) if at else ""
    inner = text(form.bounds[at]) if at < len(form.bounds) else ""
    if form.upper:
        outer, inner = inner, outer  # rising upper bounds: the better band lies below
        low, high = inner, outer
    else:
        low, high = inner, outer
    here = say(f"落在 {low}～{high} 档", f"in the band {low} to {high}") if low and high else (
        say(f"落在 {low} 以上档", f"in the band from {low}") if low else say(f"落在 {high} 以下档", f"in the band below {high}")
    )
    best = max(range(len(form.points)), key=lambda place: _ends(form.points[place])[1])
    if at == best or (several and at == 0) or at == 0:
        return Band(here, say("满分", "full marks") if at == best else "", "")
    gain = _ends(form.points[at - 1])[0]
    return Band(here, say("下一档 ", "next: ") + text(form.bounds[at - 1]), say(f"到 {float(gain):g}分", f"to {float(gain):g} points"))
