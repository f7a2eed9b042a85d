"""Contrast of every pair of tokens, recomputed from the style sheet; no outcome's colour in a drawing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import keqiao.platform.web as web
from keqiao.platform.web import drawing, samples

CSS = (Path(web.__file__).parent / "static/web/keqiao.css").read_text(encoding="utf-8")
OUTCOMES = ("yes", "no", "unknown", "refer", "cond")


def _tokens(text: str) -> dict[str, str]:
    return dict(re.findall(r"--kq-([\w-]+):(#[0-9a-fA-F]{3,6})\b", text))


LIGHT = _tokens(CSS[: CSS.index("html{")])
_NIGHT = CSS[CSS.index("{color-scheme:dark") :]
DARK = LIGHT | _tokens(_NIGHT[: _NIGHT.index("}")])


def _luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(ch * 2 for ch in digits) if len(digits) == 3 else digits
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2.2 between two colours."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


TEXT = [(ink, ground) for ink in ("ink", "ink-2", "ink-3", "brand", "loss", "gain", *OUTCOMES) for ground in ("surface", "surface-2", "bg")]
TEXT += [(name, f"{name}-bg") for name in OUTCOMES] + [("brand", "brand-weak"), ("ink-2", "tag"), ("ink", "unknown-bg")]
EDGES = [(edge, ground) for edge in ("line-strong", "focus") for ground in ("surface", "bg")]


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_text_can_be_read(theme: dict[str, str], ink: str, ground: str) -> None:
    assert contrast(theme[ink], theme[ground]) >= 4.5


@pytest.mark.parametrize(("edge", "ground"), EDGES)
def test_borders_and_focus_can_be_seen(edge: str, ground: str) -> None:
    assert contrast(LIGHT[edge], LIGHT[ground]) >= 3


@pytest.mark.parametrize(("ink", "ground"), [("#fff", "bar"), ("bar-ink", "bar"), ("#ffd27a", "bar"), ("#fff", "brand"), ("bar-ink", "#24405f")])
def test_the_bar_and_primary_acts_can_be_read(ink: str, ground: str) -> None:
    assert contrast(LIGHT.get(ink, ink), LIGHT.get(ground, ground)) >= 4.5


def test_the_formula_agrees_with_known_pairs() -> None:
    assert contrast("#000", "#fff") == pytest.approx(21) and contrast("#1c5293", "#ffffff") == pytest.approx(7.84, abs=0.01)


@pytest.mark.parametrize("name", OUTCOMES)
def test_no_drawing_uses_the_colour_of_an_outcome(name: str) -> None:
    found = samples.samples()
    charts = [
        drawing.peer_bands(found["groups"], "a", "b").svg,
        drawing.funnel(found["steps_of_funnel"], "a", "b").svg,
        drawing.score_range(24, 94, 60, 100, "a"),
    ]
    drawn = " ".join(charts).lower()
    assert LIGHT[name] not in drawn and LIGHT[f"{name}-bg"] not in drawn
    assert LIGHT["gain"] in drawn  # the drawings have colours at all


def test_no_text_is_smaller_than_twelve() -> None:
    assert [size for size in re.findall(r"font(?:-size)?:[^;}]*?(\d+(?:\.\d+)?)px", CSS) if float(size) < 12] == []
