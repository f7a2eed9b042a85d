"""The reference of the language: complete, and every example as it says."""

from __future__ import annotations

import re

import pytest
from docs_blocks import DOCS, blocks_of

from keqiao import load_packs
from keqiao.errors import RuleError
from keqiao.rules.dimensions import UNITS
from keqiao.rules.functions import FUNCTIONS
from keqiao.rules.model import OUTCOMES
from keqiao.rules.reader import read_condition
from keqiao.rules.scope import ListMembers, Scope

PAGE = DOCS / "reference" / "language.md"
TEXT = PAGE.read_text("utf-8")
PACKS = load_packs()


def examples(language: str) -> list[str]:
    return [line for block in blocks_of(PAGE) if block.language == language for line in block.body.splitlines() if line]


def scope() -> Scope:
    lists = {"demo.list": ListMembers(("I6510",), False)}
    return Scope(PACKS.vocabulary, scores=frozenset({"total", "rd"}), rules=PACKS.faces, lists=lists)


@pytest.mark.parametrize("text", examples("rule"))
def test_accepted_examples_are_read(text: str) -> None:
    read_condition(text, scope())


@pytest.mark.parametrize("text", examples("refused"))
def test_refused_examples_are_refused(text: str) -> None:
    with pytest.raises(RuleError):
        read_condition(text, scope())


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_is_described(name: str) -> None:
    assert re.search(rf"`{name}\(", TEXT, re.IGNORECASE)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_has_an_example(name: str) -> None:
    assert any(re.search(rf"\b{name}\(", line, re.IGNORECASE) for line in examples("rule"))


def test_every_unit_stands_in_the_table_of_its_dimension() -> None:
    rows = {
        row.split("|")[1].split()[-1]: row.split("|")[2].split() for row in TEXT.splitlines() if row.count("|") == 4
    }
    assert {name for unit in UNITS.values() if (name := unit.name) not in rows[unit.dimension.name]} == set()


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_every_outcome_is_described_with_its_code(outcome: str) -> None:
    assert re.search(rf"^\| `{outcome}` .*\| {OUTCOMES.index(outcome)} \|", TEXT, re.MULTILINE)
