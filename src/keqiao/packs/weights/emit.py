"""Writing pack files: plain mappings and lists as the block-style YAML that our own packs have.

Only what `keqiao.packs.yaml` reads back to the very same values is written: no anchors, no tags,
text quoted wherever it could be taken for something else.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from keqiao.errors import PackError
from keqiao.packs.yaml import parse_yaml

#: Longest line on which a small mapping is written as ``{…}``.
WIDTH = 100

#: Keys whose small values stand on one line.
_FLOW = {"bands", "by", "labels", "linear", "map", "points", "title", "weight"}

#: Top-level keys whose mapping is always written over several lines.
_OPEN = {"effective", "source", "title"}

#: Top-level keys with an empty line before them.
_APART = {"caps", "classes", "define", "groups", "require", "scores", "weights"}

_NUMBER = re.compile(r"[-+]?[0-9.][0-9._]*([eE][-+]?[0-9]+)?")

#: Words that one YAML reader or another takes for null or a truth value.
_WORDS = {"null", "true", "false", "yes", "no", "on", "off", "y", "n", "~", "=", "<<"}


def emit(data: Mapping[str, Any], comment: Sequence[str] = ()) -> str:
    """Pack data as YAML text, with ``comment`` lines at its head.

    Values are mappings, lists, text, `int`, `Decimal`, `bool` and None. Raises `PackError` should
    the text not read back to the same values.
    """
    lines = [f"# {_visible(line)}".rstrip() for line in comment]
    for key, value in data.items():
        if key in _APART:
            lines.append("")
        lines += _entry(key, value, 0)
    text = "\n".join(lines) + "\n"
    if parse_yaml(text, Path("pack.yaml")).data != data:
        raise PackError("规则包无法原样写成 YAML", "the pack cannot be written as YAML without change")
    return text


def scalar(value: object, flow: bool = False) -> str:
    """One value as YAML; ``flow`` is inside ``{…}`` or ``[…]``."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    text = str(value)
    return text if _is_plain(text, flow) else _quoted(text)


def _is_plain(text: str, flow: bool) -> bool:
    if not text or text != text.strip() or not text.isprintable():
        return False
    if text.lower() in _WORDS or (_NUMBER.fullmatch(text) and not _is_date(text)):
        return False
    if text[0] in "-?:,[]{}#&*!|>'\"%@`=" or text.startswith("..."):
        return False
    if ": " in text or " #" in text or text.endswith(":"):
        return False
    return not (flow and any(sign in text for sign in ",[]{}:"))


def _is_date(text: str) -> bool:
    return re.fullmatch(r"\d{4}-\d\d-\d\d", text) is not None


def _quoted(text: str) -> str:
    """Double-quoted; what cannot be seen is escaped (JSON leaves some of it as it is)."""
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(char if char.isprintable() else _escape(char) for char in quoted)


def _escape(char: str) -> str:
    code = ord(char)
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}" if code < 65536 else f"\\U{code:08x}"


def _visible(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text)


def _entry(key: str, value: Any, depth: int) -> list[str]:
    """``key: value`` at a depth of indentation (two spaces each)."""
    indent = "  " * depth
    name = scalar(key)
    if not isinstance(value, Mapping | list):
        return [f"{indent}{name}: {scalar(value)}"]
    if not value or (key in _FLOW and not (depth == 0 and key in _OPEN)):
        line = f"{indent}{name}: {_flow(value)}"
        if not value or len(line) <= WIDTH:
            return [line]
    return [f"{indent}{name}:", *_block(value, depth + 1)]


def _block(value: Any, depth: int) -> list[str]:
    if isinstance(value, Mapping):
        return [line for key, part in value.items() for line in _entry(key, part, depth)]
    indent = "  " * depth
    lines: list[str] = []
    for part in value:
        if not isinstance(part, Mapping | list) or not part:
            lines.append(f"{indent}- {_flow(part)}")
        else:
            first, *rest = _block(part, depth + 1)
            lines += [f"{indent}- {first.lstrip()}", *rest]
    return lines


def _flow(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{scalar(k, True)}: {_flow(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(part) for part in value) + "]"
    return scalar(value, True)
