"""Every problem that an import can report is explained."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from docs_blocks import DOCS

import keqiao.facts
from keqiao.facts.marked import LIST_SHEET
from keqiao.facts.problems import LISTED, MARKED
from keqiao.facts.remarks import _REMARKS
from keqiao.facts.sheets import Limits

TEXT = (DOCS / "reference" / "import.md").read_text("utf-8")
CALLS = {"add", "cell", "fail", "Unreadable", "BadKey"}
SEVERITIES = {"error", "warning", "note"}


def words_of(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from words_of(node.body)
        yield from words_of(node.orelse)


def codes() -> list[str]:
    found = set(_REMARKS)
    for path in Path(str(keqiao.facts.__file__)).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in CALLS:
                found |= {word for argument in node.args[:2] for word in words_of(argument)}
    return sorted(word for word in found - SEVERITIES if re.fullmatch(r"[a-z]+(-[a-z]+)*", word))


def test_the_codes_are_found_in_the_source() -> None:
    assert {"uscc", "silent-percent", "rounded", "value", "corrupt", "check"} - {*codes(), "check"} == set()
    assert len(codes()) > 50


@pytest.mark.parametrize("code", codes())
def test_every_code_is_explained(code: str) -> None:
    assert re.search(rf"^\|[^|]*`{code}`[^|]*\|", TEXT, re.MULTILINE)


def test_every_explained_code_exists() -> None:
    tables = TEXT[TEXT.index("## 错误") :]
    named = {
        code
        for row in re.findall(r"^\|([^|]*`[^|]*)\|", tables, re.MULTILINE)
        for code in re.findall(r"`([a-z-]+)`", row)
    }
    assert named - set(codes()) == set()


def test_the_limits_are_those_of_the_code() -> None:
    limits = Limits()
    assert limits.file_bytes == 300 * 2**20
    assert limits.unpacked_bytes == 1536 * 2**20
    assert limits.cells == 20_000_000
    assert limits.json_bytes == 100 * 2**20
    assert f"{LISTED} 处" in TEXT
    assert f"{MARKED:,} 格" in TEXT
    assert LIST_SHEET in TEXT
