"""Where the parts of a rule stand in its file."""

from __future__ import annotations

from collections.abc import Iterator

from keqiao.packs import schema as s
from keqiao.packs.yaml import Key
from keqiao.rules.vocabulary import Vocabulary


def tree(node: s.Node | None, key: Key = ("require",)) -> Iterator[tuple[s.Node, Key]]:
    """All nodes of a tree as written, parents first, with their keys."""
    if node is None:
        return
    yield node, key
    for name, below in (("all", node.all), ("any", node.any)):
        for i, part in enumerate(below or []):
            yield from tree(part, (*key, name, i))
    if node.not_ is not None:
        yield from tree(node.not_, (*key, "not"))


def key_of(pack: s.RulePack, id: str, vocabulary: Vocabulary) -> Key:
    """The key of a clause, flag, group, item or class cell (``code.class``); of the file where it is none."""
    for node, key in tree(pack.require):
        if node.id == id:
            return (*key, "id")
        for i, name in enumerate(node.none_of or []):
            flag = vocabulary.find(name)
            if flag is not None and flag.id == id:
                return (*key, "none_of", i)
    for i, item in enumerate(pack.scores):
        if item.id == id:
            return ("scores", i, "id")
    code, _, name = id.rpartition(".")
    if pack.classes is not None and name in pack.classes.table.get(code, {}):
        return ("classes", "table", code, name)
    return ("id",)


def rule_texts(pack: s.RulePack) -> Iterator[str]:
    """Every rule text of a pack but those of ``define``."""
    for node, _ in tree(pack.require):
        yield from ([node.when] if node.when is not None else [])
        yield from node.none_of or []
    for item in pack.scores:
        yield from _form_texts(item)
    if pack.weights is not None:
        yield from pack.weights.by
    if pack.classes is not None:
        yield pack.classes.by
        for row in pack.classes.table.values():
            yield from (cell.when for cell in row.values())


def _form_texts(form: s.FormNode) -> Iterator[str]:
    yield from (text for text in (form.value, form.mark) if text is not None)
    if form.linear is not None:
        yield form.linear.full
    for step in [*(form.ladder or []), *(form.sum or [])]:
        yield from ([step.when] if step.when is not None else [])
    for part in form.best or []:
        yield from _form_texts(part)
