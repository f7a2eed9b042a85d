"""Ladders (梯度): titles in order, lowest first, each with the rule that decides it where there is one."""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from keqiao.packs import schema as s
from keqiao.packs.messages import Fault
from keqiao.packs.yaml import Document, Key
from keqiao.rules.model import Title
from keqiao.rules.vocabulary import Vocabulary

#: A ladder as read, with its file.
LadderFile = tuple[s.LadderPack, Document]


@dataclass(frozen=True, slots=True)
class LadderStep:
    """One step: the vocabulary id of a title (``title.x``), and its rule; None where no rule is written."""

    title: str
    rule: str | None


@dataclass(frozen=True, slots=True)
class Ladder:
    """One version of a chain of titles, lowest first. ``verify`` says that the order is unconfirmed."""

    id: str
    title: Title
    steps: tuple[LadderStep, ...]
    status: str
    verify: bool
    effective_from: dt.date | None = None
    effective_to: dt.date | None = None

    def in_force(self, day: dt.date) -> bool:
        """Whether a day lies within the period, both ends included."""
        first, last = self.effective_from or dt.date.min, self.effective_to or dt.date.max
        return first <= day <= last


def build_ladder(file: LadderFile, vocabulary: Vocabulary, rules: Mapping[str, object]) -> Ladder:
    """A ladder with its names checked. Raises `Fault` with file, line and column."""
    pack, document = file
    steps: list[LadderStep] = []
    for i, node in enumerate(pack.steps):
        steps.append(_step(node, ("steps", i), document, vocabulary, rules))
        if steps[-1].title in [step.title for step in steps[:-1]]:
            zh, en = f"称号“{node.title}”在梯度里写了两次", f"the title {node.title!r} is on the ladder twice"
            raise Fault("duplicate", zh, en, document.where(("steps", i, "title")))
    title, span = Title(pack.title.zh, pack.title.en), pack.effective
    return Ladder(pack.id, title, tuple(steps), pack.status, pack.verify, span.from_, span.to)


def _step(
    node: s.RungNode, key: Key, document: Document, vocabulary: Vocabulary, rules: Mapping[str, object]
) -> LadderStep:
    found = vocabulary.find(node.title)
    if found is None or not found.id.startswith("title."):
        titles = [name for one in vocabulary.indicators.values() if one.id.startswith("title.") for name in (one.id, one.label)]
        near = difflib.get_close_matches(node.title, titles, n=3, cutoff=0.4)
        zh, en = f"词表里没有称号“{node.title}”", f"the vocabulary has no title {node.title!r}"
        raise Fault("name", *_hint(zh, en, near), document.where((*key, "title")))
    if node.rule is not None and node.rule not in rules:
        near = difflib.get_close_matches(node.rule, list(rules), n=3, cutoff=0.4)
        zh, en = f"没有规则“{node.rule}”", f"there is no rule {node.rule!r}"
        raise Fault("name", *_hint(zh, en, near), document.where((*key, "rule")))
    return LadderStep(found.id, node.rule)


def _hint(zh: str, en: str, near: list[str]) -> tuple[str, str]:
    """The sentence with what may have been meant."""
    return (f"{zh}；是不是 {'、'.join(near)}？", f"{en}; did you mean {', '.join(near)}?") if near else (zh, en)


def ladders_of(files: Iterable[LadderFile]) -> dict[str, list[LadderFile]]:
    """The versions of every ladder, oldest first; a later file of the same first day replaces an earlier one."""
    found: dict[str, dict[dt.date, LadderFile]] = {}
    for pack, document in files:
        found.setdefault(pack.id, {})[pack.effective.from_ or dt.date.min] = (pack, document)
    return {id: [versions[day] for day in sorted(versions)] for id, versions in found.items()}
