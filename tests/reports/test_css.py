"""Contrast of every text colour on every ground it stands on, light and dark (WCAG 2.2: 4.5)."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

CSS = files("keqiao.reports.page").joinpath("page.css").read_text("utf-8")
PAIRS = [
    *((ink, ground) for ink in ("ink", "ink-2", "ink-3", "brand") for ground in ("surface", "bg")),
    ("ink-2", "surface-2"), ("ink-2", "tag"), *((name, f"{name}-bg") for name in ("yes", "no", "unknown", "refer")),
]  # fmt: skip


def _tokens(theme: str) -> dict[str, str]:
    light, dark = (dict(re.findall(r"--([a-z0-9-]+):(#[0-9a-f]{3,6})", part)) for part in CSS.split("prefers-color-scheme:dark"))
    return light | (dark if theme == "dark" else {})


def _luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * ch for ch in colour[1:])
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (x / 12.92 if x <= 0.03928 else ((x + 0.055) / 1.055) ** 2.4 for x in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), PAIRS)
def test_text_can_be_read_on_its_ground(theme: str, ink: str, ground: str) -> None:
    tokens = _tokens(theme)
    dark, light = sorted((_luminance(tokens[ink]), _luminance(tokens[ground])))
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_the_page_prints_on_a4_with_repeated_heads() -> None:
    assert "size:A4" in CSS
    assert "thead{display:table-header-group}" in CSS


def test_nothing_is_smaller_than_twelve_pixels_on_a_screen() -> None:
    screen = CSS.split("@media print")[0]
    assert min(int(size) for size in re.findall(r"font-size:(\d+)px|font:(\d+)px", screen) for size in size if size) >= 12
