"""Every key of every kind of pack file is explained."""

from __future__ import annotations

import re

import pytest
from docs_blocks import DOCS
from pydantic import BaseModel

from keqiao.packs import schema, schema_base, schema_words
from keqiao.rules.vocabulary import PERIODS, TYPES

TEXT = (DOCS / "reference" / "packs.md").read_text("utf-8")

MODELS = {
    model
    for module in (schema, schema_base, schema_words)
    for model in vars(module).values()
    if isinstance(model, type) and issubclass(model, BaseModel) and model.__module__ == module.__name__
}
KEYS = sorted({field.alias or name for model in MODELS for name, field in model.model_fields.items()})


@pytest.mark.parametrize("key", KEYS)
def test_every_key_is_explained(key: str) -> None:
    assert re.search(rf"`(?:title: )?[^`\n]*\b{key}\b[^`\n]*`", TEXT)


@pytest.mark.parametrize("kind", schema.PACKS)
def test_every_kind_is_explained(kind: str) -> None:
    assert f"`{kind}`" in TEXT


@pytest.mark.parametrize("word", [*TYPES, *PERIODS])
def test_every_type_and_period_is_explained(word: str) -> None:
    assert f"`{word}`" in TEXT


def test_no_key_is_explained_that_does_not_exist() -> None:
    rows = re.findall(r"^\| ((?:`[a-z_]+`[ 与]*)+)\|", TEXT, re.MULTILINE)
    named = {word for row in rows for word in re.findall(r"`([a-z_]+)`", row)}
    assert named - set(KEYS) == set()
