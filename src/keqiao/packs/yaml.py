"""Reading pack files: YAML 1.2 core schema, with the place of every value.

libyaml parses; this module builds the values itself, so that ``yes`` and ``no`` are text, numbers
with a point are decimals, a key given twice is refused, and aliases (the stuff of YAML bombs) and
tags do not exist.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped, unused-ignore]

from keqiao.errors import PackError

MAX_BYTES = 5_000_000
MAX_DEPTH = 40
MAX_VALUES = 300_000

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INT = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,3})?")
_NULL = {"", "~", "null", "Null", "NULL"}
_TRUE = {"true", "True", "TRUE"}
_FALSE = {"false", "False", "FALSE"}

Key = tuple[str | int, ...]


@dataclass(slots=True)
class Document:
    """A pack file's data, and the line and column (from 1) of every value by its path.

    ``layer`` is 0 for the shipped packs and counts the folders laid over them.
    """

    path: Path
    data: Any
    places: dict[Key, tuple[int, int]] = field(default_factory=dict)
    layer: int = 0

    def where(self, key: Key) -> str:
        """``file:line:column`` of a path or of its nearest known parent."""
        while key and key not in self.places:
            key = key[:-1]
        line, column = self.places.get(key, (1, 1))
        return f"{self.path.name}:{line}:{column}"


def read_yaml(path: Path) -> Document:
    """Read one pack file.

    Raises `PackError` with file, line and column for anything that is not a plain document.
    """
    try:
        raw = path.read_bytes()
    except OSError as problem:
        zh, en = f"文件打不开：{problem.strerror}", f"the file cannot be opened: {problem.strerror}"
        raise PackError(zh, en, path.name) from None
    if len(raw) > MAX_BYTES:
        raise PackError(
            f"文件有 {len(raw)} 字节，超过 {MAX_BYTES}，请拆开",
            f"the file has {len(raw)} bytes, more than {MAX_BYTES}; split it",
            path.name,
        )
    try:
        return parse_yaml(raw.decode("utf-8-sig"), path)
    except UnicodeDecodeError as problem:
        raise PackError(
            f"文件不是 UTF-8 编码（第 {problem.start} 字节），请另存为 UTF-8",
            f"the file is not UTF-8 (byte {problem.start}); save it as UTF-8",
            path.name,
        ) from None


def parse_yaml(text: str, path: Path) -> Document:
    """Parse YAML text; ``path`` is for messages. See `read_yaml`."""
    loader = None
    try:
        _refuse_hostile(text, path)
        loader = _LOADER(text)
        node = loader.get_single_node()
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        place = f"{path.name}:{mark.line + 1}:{mark.column + 1}" if mark else path.name
        detail = getattr(problem, "problem", None) or str(problem)
        raise PackError(
            f"YAML 语法不对：{detail}；请检查缩进、冒号和引号",
            f"YAML syntax: {detail}; check indentation, colons and quotes",
            place,
        ) from None
    finally:
        if loader is not None:
            loader.dispose()
    document = Document(path, None)
    document.data = _build(node, (), document) if node is not None else None
    return document


def _refuse_hostile(text: str, path: Path) -> None:
    """Refuse aliases, deep nesting and endless lists before anything is built: libyaml builds by recursion."""
    depth = 0
    for count, event in enumerate(yaml.parse(text, Loader=_LOADER)):
        mark = event.start_mark
        place = f"{path.name}:{mark.line + 1}:{mark.column + 1}" if mark is not None else path.name
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise PackError(
                "规则包里不用锚点和别名（& 和 *），请把内容写全",
                "packs have no anchors or aliases (& and *); write the content out",
                place,
            )
        if count > MAX_VALUES:
            zh, en = f"文件里的值超过 {MAX_VALUES} 个，请拆开", f"the file has more than {MAX_VALUES} values; split it"
            raise PackError(zh, en, place)
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                raise PackError(f"嵌套超过 {MAX_DEPTH} 层", f"nested more than {MAX_DEPTH} deep", place)
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _build(node: yaml.Node, key: Key, document: Document) -> Any:
    mark = node.start_mark
    document.places[key] = (mark.line + 1, mark.column + 1)
    if node.tag and not node.tag.startswith("tag:yaml.org,2002:"):
        raise PackError(f"不支持标签 {node.tag}", f"tags are not supported: {node.tag}", document.where(key))
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, key, document)
    if isinstance(node, yaml.SequenceNode):
        return [_build(part, (*key, i), document) for i, part in enumerate(node.value)]
    assert isinstance(node, yaml.ScalarNode)
    return _scalar(node)


def _mapping(node: yaml.MappingNode, key: Key, document: Document) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name_node, value_node in node.value:
        if not isinstance(name_node, yaml.ScalarNode):
            raise PackError("键应是文字", "a key must be text", document.where(key))
        name = name_node.value
        if name in found:
            mark = name_node.start_mark
            raise PackError(
                f"“{name}”写了两次，请只留一处",
                f"{name!r} is written twice; keep one",
                f"{document.path.name}:{mark.line + 1}:{mark.column + 1}",
            )
        found[name] = _build(value_node, (*key, name), document)
    return found


def _scalar(node: yaml.ScalarNode) -> Any:
    text = node.value
    if node.style:  # quoted or block text stays text
        return text
    if text in _NULL:
        return None
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    if _INT.fullmatch(text):
        return int(text) if len(text) < 40 else text
    if _FLOAT.fullmatch(text):
        return Decimal(text)
    return text
