"""What an answer is about, and the texts of conditions."""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Callable, Iterable

from keqiao.assess.answers import About
from keqiao.engine.run import Run
from keqiao.errors import KeqiaoError
from keqiao.facts.snapshot import Snapshot
from keqiao.rules.model import Branch, Clause, Rule, Tree, leaves, nodes
from keqiao.rules.references import effective_status, in_order
from keqiao.rules.text import Writer


def about(run: Run, id: str, language: str) -> About:
    """The head of an answer about a rule of a run."""
    return about_rule(run.rule(id), lambda other: run.packs.version(other, run.as_of), run.snapshot, run.as_of, language)


def about_rule(
    rule: Rule, find: Callable[[str], Rule], snapshot: Snapshot | None, day: dt.date, language: str
) -> About:
    """The head of an answer about one version of a rule, on a day."""
    rules = in_order(rule, find)
    status = effective_status(rules)
    return About(
        rule.id, titled(rule, status, language), rule.version, status, sum(len(one.unconfirmed()) for one in rules), day,
        snapshot.year if snapshot is not None else day.year - 1, snapshot.label if snapshot is not None else "",
        rule.in_force(day), int(snapshot.manifest["rows"]) if snapshot is not None else 0,
    )  # fmt: skip


def titled(rule: Rule, status: str, language: str) -> str:
    """A rule's title, which says so where the result rests on illustrative figures."""
    title = rule.title.get(language)
    if status != "illustrative" or "示例" in title or "illustrative" in title.lower():
        return title
    return title + ("（含示例数字）" if language == "zh" else " (with illustrative figures)")


def title_of(node: Tree, language: str) -> str:
    """The title of a clause or group; its leaves' titles, or its id, where it has none."""
    own = node.title.get(language)
    if own or isinstance(node, Clause):
        return own or node.id
    join = "；" if language == "zh" else "; "
    return join.join(title_of(leaf, language) for leaf in leaves(node)) or node.id


def text_of(node: Tree, writer: Writer) -> str:
    """The rule text of a clause, or of all clauses of a group."""
    if isinstance(node, Clause):
        return writer.write(node.when)
    parts = [text_of(part, writer) for part in node.parts]
    if node.kind == "not":
        return f"NOT ({parts[0]})"
    return {"all": " AND ", "any": " OR "}[node.kind].join(
        f"({text})" if len(parts) > 1 and (isinstance(part, Branch) or " OR " in text) else text
        for text, part in zip(parts, node.parts, strict=True)
    )


def cite_of(node: Tree) -> str:
    """The citation of a clause or group; of its first clause where it has none."""
    return node.cite or next((leaf.cite for leaf in leaves(node) if leaf.cite), "")


def conditions_of(rule: Rule) -> tuple[Tree, ...]:
    """The top-level conditions: the parts of an outermost ``all``, else the whole tree."""
    tree = rule.require
    if tree is None:
        return ()
    return tree.parts if isinstance(tree, Branch) and tree.kind == "all" else (tree,)


def clause_of(rule: Rule, id: str) -> Clause:
    """A clause by its id. Raises `KeqiaoError` with the nearest ones, or the clauses of a group."""
    every = list(nodes(rule.require)) if rule.require is not None else []
    found = next((node for node in every if node.id == id), None)
    if isinstance(found, Clause):
        return found
    if found is not None:
        ids = "、".join(leaf.id for leaf in leaves(found))
        raise KeqiaoError(
            f"“{id}”是一组条件，请写其中一条的编号：{ids}", f"{id!r} is a group; name one of its clauses: {ids}"
        )
    known = {leaf.id: leaf.title.get("zh") for leaf in rule.clauses()}
    near = nearest(id, known) or list(known)
    zh = "、".join(f"{one}（{known[one]}）" for one in near)
    raise KeqiaoError(
        f"规则“{rule.id}”没有条款“{id}”" + (f"；是不是：{zh}？" if near else "，它没有条款"),
        f"rule {rule.id!r} has no clause {id!r}" + (f"; did you mean {', '.join(near)}?" if near else ": it has no clauses"),
    )


def nearest(word: str, known: Iterable[str], count: int = 4) -> list[str]:
    """Known words that resemble one, best first."""
    every = list(known)
    close = difflib.get_close_matches(word, every, n=count, cutoff=0.5)
    return [*close, *(one for one in every if one not in close and len(word) > 2 and word in one)][:count]


def say_in(language: str, zh: str, en: str) -> str:
    """The text in the language of an answer."""
    return zh if language == "zh" else en
