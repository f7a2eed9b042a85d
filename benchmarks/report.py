"""Sections of docs/reference/benchmarks.md, each written by its own measurement and kept by the others."""

from __future__ import annotations

import re
from pathlib import Path

TARGET = Path(__file__).resolve().parent.parent / "docs" / "reference" / "benchmarks.md"


def put_section(name: str, lines: list[str], target: Path = TARGET) -> None:
    """Replace one section, or add it at the end; the rest of the page stays as it is."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    text = target.read_text(encoding="utf-8") if target.exists() else "# Benchmarks\n"
    section = "\n".join([begin, "", *lines, "", end])
    pattern = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
    text = pattern.sub(lambda _: section, text) if pattern.search(text) else f"{text.rstrip()}\n\n{section}\n"
    target.write_text(text, encoding="utf-8")
