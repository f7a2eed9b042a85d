"""The tutorials and the examples of the front pages, done as a reader would do them."""

from __future__ import annotations

from pathlib import Path

import pytest
from docs_blocks import DOCS, ROOT, Shell, absent, follow

PAGES = [
    (DOCS / "tutorial" / "first-steps.zh.md", "zh"),
    (DOCS / "tutorial" / "first-steps.md", "en"),
    (ROOT / "README.zh.md", "zh"),
    (ROOT / "README.md", "en"),
    *((page, "zh") for page in sorted((DOCS / "howto").glob("*.md"))),
    (DOCS / "reference" / "packs.md", "zh"),
]


@pytest.mark.parametrize(("page", "language"), PAGES, ids=lambda value: getattr(value, "name", value))
def test_what_a_page_says_comes_out(page: Path, language: str, tmp_path: Path) -> None:
    assert follow(page, Shell(tmp_path, language)) == []


def test_a_line_that_is_not_printed_is_told() -> None:
    assert absent("甲 … 丙\n丁", "甲  乙 丙\n戊\n") == ["丁"]


def test_lines_must_come_in_order() -> None:
    assert absent("b\na", "a\nb\n") == ["a"]
