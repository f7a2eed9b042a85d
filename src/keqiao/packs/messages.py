"""Schema errors as sentences: what is wrong, where, and the likely cause."""

from __future__ import annotations

import difflib
from typing import Any

from pydantic import BaseModel, ValidationError

from keqiao.errors import PackError
from keqiao.packs import schema as s
from keqiao.packs import schema_words as w
from keqiao.packs.yaml import Document, Key

_WORDS: dict[str, tuple[str, str]] = {
    "missing": ("缺少这一项", "this is missing"),
    "string_type": ("应是文字", "text is expected"),
    "int_type": ("应是整数", "a whole number is expected"),
    "bool_type": ("应是 true 或 false", "true or false is expected"),
    "list_type": ("应是列表", "a list is expected"),
    "dict_type": ("应是“键: 值”", "a mapping is expected"),
    "model_type": ("应是“键: 值”", "a mapping is expected"),
    "date_from_datetime_parsing": ("应是日期，如 2025-03-31", "a date such as 2025-03-31 is expected"),
    "string_pattern_mismatch": (
        "编号只用字母、数字、点、横线和下划线",
        "an id has letters, digits, dots, dashes and underscores only",
    ),
}

#: The mappings inside a pack, for suggestions: those of rules, and those of vocabularies.
_RULE_PARTS: list[type[BaseModel]] = [
    s.Node, s.ItemNode, s.StepNode, s.LinearNode, s.WeightsNode, s.ClassesNode, s.ClassCell, s.Example, s.Source,
    s.Effective, s.Titles,
]  # fmt: skip
_WORD_PARTS: list[type[BaseModel]] = [
    s.IndicatorNode, s.CheckNode, w.CountedNode, w.RecordNode, w.FieldNode, w.SourceNode, w.PlaceNode, s.Source,
    s.Effective, s.Titles,
]  # fmt: skip
_RUNG_PARTS: list[type[BaseModel]] = [s.RungNode, s.Source, s.Effective, s.Titles]


class Fault(PackError):
    """A mistake in a pack file; ``code`` names the check that refuses it (see `keqiao.packs.lint.CODES`)."""

    def __init__(self, code: str, zh: str, en: str, where: str | None = None) -> None:
        super().__init__(zh, en, where)
        self.code = code


def schema_error(problem: ValidationError, document: Document) -> Fault:
    """The first error of a validation as a `Fault` with file, line and column."""
    errors = problem.errors()
    # an unknown key explains more than the errors it causes
    first = next((e for e in errors if e["type"] == "extra_forbidden"), errors[0])
    key = tuple(part for part in first["loc"] if not (isinstance(part, str) and part.startswith("function-")))
    name = str(key[-1]) if key else ""
    where = document.where(_real(key, document))
    if first["type"] == "extra_forbidden":
        zh, en = _unknown_key(name, key, document)
    elif first["type"] == "literal_error":
        expected = first.get("ctx", {}).get("expected", "")
        zh = f"{name} 不能是“{first['input']}”，可用：{expected}"
        en = f"{name} cannot be {first['input']!r}; use {expected}"
    elif first["type"] in ("value_error", "recorded"):
        text = str(first["msg"]).removeprefix("Value error, ")
        zh, _, en = text.partition(" (")
        en = en.removesuffix(")") or zh
    else:
        words = _WORDS.get(first["type"], (str(first["msg"]), str(first["msg"])))
        zh, en = f"{name}：{words[0]}", f"{name}: {words[1]}"
    return Fault("recorded" if first["type"] == "recorded" else "schema", zh, en, where)


def _real(key: tuple[Any, ...], document: Document) -> Key:
    """The longest beginning of a pydantic location that is a place in the file."""
    found: list[str | int] = []
    for part in key:
        if (*found, part) in document.places:
            found.append(part)
    return tuple(found)


def _unknown_key(name: str, key: tuple[Any, ...], document: Document) -> tuple[str, str]:
    if any(ch in name for ch in "()>=<,%") or any("一" <= ch <= "鿿" for ch in name):
        return (
            f"不认识“{name}”：流式写法 {{…}} 会在逗号处断开，请把 when 写成单独一行或加引号",
            f"{name!r} is not a key: a flow mapping {{…}} splits at the comma; write when on its own line or quote it",
        )
    kind = document.data.get("kind") if isinstance(document.data, dict) else None
    inner = {"vocabulary": _WORD_PARTS, "places": _WORD_PARTS, "ladder": _RUNG_PARTS}
    parts = inner.get(str(kind), _RULE_PARTS)
    models = [s.PACKS[kind]] if len(key) == 1 and kind in s.PACKS else parts
    names = dict.fromkeys(f.alias or n for model in models for n, f in model.model_fields.items())
    near = difflib.get_close_matches(name, names, n=2, cutoff=0.5)
    hint_zh = f"；是不是 {'、'.join(near)}？" if near else ""
    hint_en = f"; did you mean {', '.join(near)}?" if near else ""
    return f"不认识“{name}”{hint_zh}", f"{name!r} is not a known key{hint_en}"
