"""Stored facts as texts, and which facts a condition reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from keqiao.assess.words import say_in
from keqiao.facts.exact import column_info, writer_of
from keqiao.rules import form as f
from keqiao.rules.model import Rule, form_nodes
from keqiao.rules.vocabulary import Vocabulary

#: A column of the facts (``x``, ``x__1``), or a title's id.
Read = str


def reads(nodes: Iterable[f.Node], rule: Rule) -> list[Read]:
    """Columns and titles that conditions read, also through the rule's own scores, in order of first mention."""
    found: dict[Read, None] = {}
    for node in nodes:
        for part in f.walk(node):
            if isinstance(part, f.Fact):
                found[f"{part.id}__{part.shift}" if part.shift else part.id] = None
            elif isinstance(part, f.Holds):
                found[part.title] = None
            elif isinstance(part, f.Score):
                found |= dict.fromkeys(reads(_of_score(rule, part.id), rule))
    return list(found)


def _of_score(rule: Rule, id: str) -> Iterator[f.Node]:
    for item in rule.items:
        if id in ("total", item.id, item.group):
            yield from form_nodes(item.form)
    if rule.weighting is not None:
        yield from rule.weighting.by


def value_text(vocabulary: Vocabulary, row: Mapping[str, Any], read: Read, language: str) -> str:
    """A stored fact or title as text; 未知 where it is not known."""
    if read.startswith("title."):
        return _title_text(row.get("titles"), read, language)
    value = row.get(read)
    if value is None:
        return say_in(language, "未知", "unknown")
    if value is True or value is False:
        return say_in(language, *(("是", "yes") if value else ("否", "no")))
    indicator = vocabulary.indicators.get(read.partition("__")[0])
    return str(value if indicator is None else writer_of(column_info(indicator))(value))


def _title_text(held: Any, title: str, language: str) -> str:
    if held is None:
        return say_in(language, "未知", "unknown")
    spans = [(entry["from"], entry["to"]) for entry in held if entry["title"] == title]
    if not spans:
        return say_in(language, "没有", "none")
    texts = []
    for first, last in spans:
        if first is None and last is None:
            texts.append(say_in(language, "有（无日期）", "held, without dates"))
        else:
            texts.append(f"{first or '…'}~{last or '…'}")
    return "；".join(sorted(texts))


def label_of(vocabulary: Vocabulary, read: Read, language: str, year: int | None = None) -> str:
    """The label of what is read; with ``year`` also the year, where it is a fact of a year."""
    id, _, back = read.partition("__")
    indicator = vocabulary.indicators.get(id)
    if indicator is None:
        return read
    label = indicator.label if language == "zh" else indicator.english or indicator.id
    if year is None or indicator.period == "static" or indicator.is_title:
        return label
    then = year - int(back or 0)
    return f"{label}（{then}）" if language == "zh" else f"{label} ({then})"
