"""Checking traces against their published schema."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Any

from jsonschema import Draft202012Validator

from keqiao.rules.trace import Trace


@cache
def validator() -> Draft202012Validator:
    """The validator of ``trace.schema.json``."""
    schema = json.loads((resources.files("keqiao.rules") / "trace.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


def checked(trace: Trace, language: str = "zh") -> dict[str, Any]:
    """The trace as JSON reads it back, valid by the schema."""
    found: dict[str, Any] = json.loads(trace.to_json(language))
    validator().validate(found)
    return found
