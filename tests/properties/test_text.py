"""The written form of a rule reads back as the same typed form."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keqiao.packs import schema
from keqiao.packs.build import face_of
from keqiao.rules.form import Node
from keqiao.rules.model import rule_nodes
from keqiao.rules.reader import read_value
from keqiao.rules.scope import Scope
from keqiao.rules.text import Writer
from properties.packs import LISTS, build, family
from properties.words import VOCABULARY

SEEDS = st.integers(0, 2**48)


def nodes_of(seed: int) -> Iterator[tuple[Node, Scope]]:
    """Every expression of a random family of rules, with the scope it was read in."""
    packs = family(Random(seed))
    faces = {id: face_of(schema.RulePack.model_validate(pack)) for id, pack in packs.items()}
    for rule in build(packs).values():
        groups = {item.group for item in rule.items if item.group}
        scores = frozenset({item.id for item in rule.items} | groups | {"total"})
        scope = Scope(VOCABULARY, "enterprise", {}, scores, faces, LISTS)
        for node in rule_nodes(rule):
            yield node, scope


@given(SEEDS)
def test_written_rule_reads_back_as_the_same_form(seed: int) -> None:
    writer = Writer(VOCABULARY)
    for node, scope in nodes_of(seed):
        assert read_value(writer.write(node), scope) == node


@pytest.mark.parametrize("language", ["zh", "en"])
@given(SEEDS)
def test_every_rule_can_be_said_in_words(language: str, seed: int) -> None:
    writer = Writer(VOCABULARY, language, prose=True)
    for node, _ in nodes_of(seed):
        text = writer.write(node)
        assert text
        assert type(node).__name__ not in text
