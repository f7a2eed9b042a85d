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
    document = Document(path, None)
    try:
        _Reader(text, document).read()
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        place = f"{path.name}:{mark.line + 1}:{mark.column + 1}" if mark else path.name
        detail = getattr(problem, "problem", None) or str(problem)
        raise PackError(
            f"YAML 语法不对：{detail}；请检查缩进、冒号和引号",
            f"YAML syntax: {detail}; check indentation, colons and quotes",
            place,
        ) from None
    return document


class _Reader:
    """Builds a document's data straight from the parser's events, in one pass.

    Aliases, deep nesting and endless lists are refused where they are met, before libyaml or Python
    could recurse into them.
    """

    def __init__(self, text: str, document: Document) -> None:
        self.document = document
        self._events = yaml.parse(text, Loader=_LOADER)
        self._count = self._depth = 0

    def read(self) -> None:
        """Fill the document: no data where the text is empty, else its one document."""
        self._next()  # the stream begins
        if isinstance(self._next(), yaml.StreamEndEvent):
            return
        self.document.data = self._value(self._next(), ())
        self._next()  # the document ends
        if not isinstance(after := self._next(), yaml.StreamEndEvent):
            raise yaml.composer.ComposerError(None, None, "but found another document", after.start_mark)

    def _next(self) -> Any:
        event = next(self._events)
        self._count += 1
        if self._count > MAX_VALUES:
            zh, en = f"文件里的值超过 {MAX_VALUES} 个，请拆开", f"the file has more than {MAX_VALUES} values; split it"
            raise PackError(zh, en, self._place(event))
        if getattr(event, "anchor", None) is not None:  # of an alias as well
            raise PackError(
                "规则包里不用锚点和别名（& 和 *），请把内容写全",
                "packs have no anchors or aliases (& and *); write the content out",
                self._place(event),
            )
        return event

    def _place(self, event: Any) -> str:
        mark = event.start_mark
        return f"{self.document.path.name}:{mark.line + 1}:{mark.column + 1}"

    def _value(self, event: Any, key: Key) -> Any:
        mark = event.start_mark
        self.document.places[key] = (mark.line + 1, mark.column + 1)
        tag = event.tag
        if tag is not None and tag != "!" and not tag.startswith("tag:yaml.org,2002:"):
            raise PackError(f"不支持标签 {tag}", f"tags are not supported: {tag}", self._place(event))
        if isinstance(event, yaml.ScalarEvent):
            return _scalar(event)
        self._depth += 1
        if self._depth > MAX_DEPTH:
            zh, en = f"嵌套超过 {MAX_DEPTH} 层", f"nested more than {MAX_DEPTH} deep"
            raise PackError(zh, en, self._place(event))
        found = self._mapping(key) if isinstance(event, yaml.MappingStartEvent) else self._list(key)
        self._depth -= 1
        return found

    def _list(self, key: Key) -> list[Any]:
        found: list[Any] = []
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            found.append(self._value(event, (*key, len(found))))
        return found

    def _mapping(self, key: Key) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                raise PackError("键应是文字", "a key must be text", self.document.where(key))
            name = event.value
            if name in found:
                zh, en = f"“{name}”写了两次，请只留一处", f"{name!r} is written twice; keep one"
                raise PackError(zh, en, self._place(event))
            found[name] = self._value(self._next(), (*key, name))
        return found


def _scalar(event: yaml.ScalarEvent) -> Any:
    text = event.value
    if event.style:  # quoted or block text stays text
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
