"""A trace as the rows of the tree 为什么: shape, title, rule, value, threshold, margin, source, depth, open or folded.

The input is the JSON object of `keqiao explain` (`docs/reference/trace.md`); with the packs at hand, score rows also
say their band and the next one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from typing import Any

from django.utils.safestring import SafeString

from keqiao.errors import language, say
from keqiao.packs.loader import Packs
from keqiao.platform.web import drawing
from keqiao.platform.web.bands import band_of
from keqiao.platform.web.outcomes import outcome_word
from keqiao.platform.web.reading import amount, ends, margin_words, named, readable, share, upward
from keqiao.platform.web.rows import Known, Row, Tree, deciding_of, leaves
from keqiao.rules.quantities import plain
from keqiao.rules.vocabulary import Vocabulary

__all__ = ["Known", "Row", "Tree", "leaves", "margin_words", "tree_of"]

#: How many missing facts the header line names.
_NAMED = 4
#: Longer formulas of score items are left to the text of the rule.
_LONG = 60
_GROUPS = ("all", "any", "not")


def tree_of(found: Mapping[str, Any], packs: Packs, known: Known | None = None, *, key: str = "") -> Tree:
    """The tree of a trace, in the current language, in which the trace is written too; ``key`` makes its ids (default: the rule)."""
    known = known or Known()
    maker = _Maker(packs.vocabulary, known, found)
    rows = [maker.row(node, 0) for node in found["because"]]
    rule = packs.version(str(found["rule"]), dt.date.fromisoformat(str(found["as_of"])))
    scores = [maker.item(item, rule) for item in found.get("items", [])]
    standard = rule is None or rule.require is not None
    outcome = str(found["outcome"])
    word = "" if standard or outcome != "yes" else say("已定", "Settled")
    return Tree(
        rule=str(found["rule"]),
        title=str(found["title"]),
        outcome=outcome,
        word=word,
        summary=_summary(found, rows, packs.vocabulary),
        rows=rows,
        scores=scores,
        scores_title=_score_words(found),
        scores_open=not rows or outcome != "no",
        version_words=say(f"{found['version']} 版 · 评定日 {found['as_of']}", f"version {found['version']} · as of {found['as_of']}"),
        illustrative=found["status"] == "illustrative",
        disputed=say("异议中：", "under objection: ") + say("、", ", ").join(sorted(maker.disputed)) if maker.disputed else "",
        missing=names_of(found["missing"], packs.vocabulary) if len(found["missing"]) > _NAMED else "",
        key=key or str(found["rule"]),
    )


class _Maker:
    """Makes rows; remembers which disputed facts were met."""

    def __init__(self, vocabulary: Vocabulary, known: Known, found: Mapping[str, Any]) -> None:
        self.vocabulary, self.known, self.outcome = vocabulary, known, str(found["outcome"])
        self.score = found.get("score")
        self.scores = {"total": say("总分", "total")} | {str(item["id"]): str(item["title"]) for item in found.get("items", ())}
        self.disputed: set[str] = set()

    def row(self, node: Mapping[str, Any], depth: int) -> Row:
        """A group with its parts, or a condition."""
        kind = next((kind for kind in _GROUPS if kind in node), None)
        return self._leaf(node, depth) if kind is None else self._group(node, kind, depth)

    def _group(self, node: Mapping[str, Any], kind: str, depth: int) -> Row:
        parts = [self.row(part, depth + 1) for part in node[kind]]
        met = sum(part.outcome == "yes" for part in parts)
        words = {"all": say("全部", "all of these"), "any": say("任一", "any of these"), "not": say("不得", "must not hold")}[kind]
        wanted = {"all": len(parts), "any": 1, "not": 0}[kind]
        outcome = str(node["outcome"])
        return Row(
            outcome=outcome,
            title=node["title"] or words,
            text=words if node["title"] else "",
            value=say(f"{met} 项符合", f"{met} met"),
            threshold=say(f"{wanted} 项", f"{wanted}"),
            cite=node.get("cite", ""),
            verify=bool(node.get("verify")),
            notes=[node["note"]] if node.get("note") else (),
            parts=parts,
            open=self._opens(outcome, kind, parts),
            depth=depth,
            kind=kind,
        )

    def _opens(self, outcome: str, kind: str, parts: Sequence[Row]) -> bool:
        """Open where the branch decides: what is not met, missing or for review, and of a yes what has margins or a choice."""
        if outcome != "yes":
            return outcome == self.outcome or (self.outcome == "unknown" and outcome == "refer")
        return self.outcome == "yes" and (kind == "any" or any(part.margin or part.open for part in parts))

    def _leaf(self, node: Mapping[str, Any], depth: int) -> Row:
        text, outcome = str(node.get("text", "")), str(node["outcome"])
        if self.known.labels_in(text, self.known.masked):
            return Row(outcome, node["title"] or node["id"], value="****", cite=node.get("cite", ""), depth=depth, notes=[say("未授权，不能看", "not granted to you")])
        node = self._with_score(node, text)
        left, right, margin = (ends(node.get(side)) for side in ("left", "right", "margin"))
        bar: SafeString | str = ""
        if left is not None and right is not None and right[0] == right[1]:
            bar = drawing.bullet(left, right[0], upward(text, left, right, margin), outcome)
        known = self.known.labels_in(text, self.known.sources)
        return Row(
            outcome=outcome,
            title=node["title"] or node["id"],
            text=readable(named(text, self.scores)),
            value=self._value(node, text),
            source=self.known.sources[known[0]] if len(known) == 1 else "",
            threshold=amount(str(node.get("right", ""))),
            margin=margin_words(node["margin"]) if "margin" in node else "",
            bar=bar,
            cite=node.get("cite", ""),
            verify=bool(node.get("verify")),
            notes=self._notes(node, text),
            depth=depth,
            tight=share(margin, right),
        )

    def _with_score(self, node: Mapping[str, Any], text: str) -> Mapping[str, Any]:
        """A condition on the total among others has no sides of its own: the total and its pass mark stand for them."""
        if "left" in node or self.score is None or "pass" not in self.score or "score('total')" not in text:
            return node
        low, high, limit = (Fraction(str(self.score[key])) for key in ("low", "high", "pass"))
        unit = say("分", " points")
        return {**node, "left": _range(low, high, unit), "right": f"{_plain(limit)}{unit}", "margin": _range(low - limit, high - limit, unit)}

    def _value(self, node: Mapping[str, Any], text: str) -> str:
        """What the enterprise has: the left side, else the fact that the text names, else that it is missing."""
        if "left" in node:
            return amount(str(node["left"]))
        names = self.known.labels_in(text, self.known.values)
        if len(names) == 1:
            return readable(self.known.values[names[0]])
        return say("缺", "missing") if node.get("missing") else ""

    def _notes(self, node: Mapping[str, Any], text: str) -> list[str]:
        """What is missing, the years asked one by one, the peers, objections, and the rule's own note."""
        notes = []
        if node.get("missing"):
            notes.append(say("补：", "to supply: ") + names_of(node["missing"], self.vocabulary))
        notes += [_year(year) for year in node.get("years", ())]
        notes += [words for peer in node.get("peers", ()) if (words := _peer(peer))]
        disputed = self.known.labels_in(text, self.known.disputed)
        if disputed:
            self.disputed.update(disputed)
            notes.append(say("异议中：", "under objection: ") + say("、", ", ").join(disputed))
        if node.get("note"):
            notes.append(str(node["note"]).rstrip("。"))
        return notes

    def item(self, item: Mapping[str, Any], rule: Any) -> Row:
        """A score row: the fraction with its value, the band it falls into, the next band."""
        text, value = str(item.get("text", "")), item.get("value")
        if self.known.labels_in(text, self.known.masked):
            return Row("unknown", item["title"], value="****", cite=item.get("cite", ""), plain=True)
        shown = self._fraction(text) if value is not None else ""
        if value is not None:
            shown = f"{shown} = {readable(str(value))}" if shown and len(shown) <= _LONG else readable(str(value))
        band = band_of(rule, item)
        if band is not None and band.here:
            shown += say("，", ", ") + band.here
        low, high = item["low"], item["high"]
        numbers = f"{low:g}" if low == high else f"{low:g}～{high:g}"
        notes = [words for peer in item.get("peers", ()) if (words := _peer(peer))]
        return Row(
            outcome="yes" if low == high else "unknown",
            title=str(item["title"]),
            text=shown or (readable(text) if len(text) <= _LONG else ""),
            value=numbers + say("分", " points"),
            threshold=band.next if band is not None else "",
            margin=band.gain if band is not None else "",
            cite=item.get("cite", ""),
            notes=notes,
            plain=low == high,
        )

    def _fraction(self, text: str) -> str:
        """``52人 / 180人`` where the item measures a quotient of two known facts; else the text itself."""
        parts = [part.strip() for part in text.split(" / ")]
        if len(parts) == 2 and all(part in self.known.values for part in parts):
            return " / ".join(readable(self.known.values[part]) for part in parts)
        return readable(text)


def names_of(ids: Collection[str], vocabulary: Vocabulary) -> str:
    """Indicators by their names in the current language."""
    found = [vocabulary.indicators.get(id) for id in ids]
    words = [
        id if one is None else (one.english or one.label) if language() == "en" else one.label for id, one in zip(ids, found, strict=True)
    ]
    return say("、", ", ").join(words)


def _plain(number: Fraction) -> str:
    return plain(number, 4)


def _range(low: Fraction, high: Fraction, unit: str) -> str:
    """One number or both ends with their unit, as traces write them."""
    return f"{_plain(low)}{unit}" if low == high else f"{_plain(low)}~{_plain(high)}{unit}"


def _year(year: Mapping[str, Any]) -> str:
    """One of the years that a condition asks: the year, its outcome, value and margin."""
    text = f"{year['year']} {outcome_word(year['outcome'])}"
    if "left" in year:
        text += f" {readable(year['left'])}"
    return text + (f" {margin_words(year['margin'])}" if "margin" in year else "")


def _peer(peer: Mapping[str, Any]) -> str:
    """Among how many and which enterprises something was ranked, or why not."""
    if "reason" in peer:
        return str(peer["reason"])
    if "known" not in peer:
        return ""
    among = say("、", ", ").join(peer.get("partition", {}).values()) or say("全部企业", "all enterprises")
    return say(f"同行 {among} {peer['known']:,} 户", f"{peer['known']:,} peers: {among}") + (f" {peer['value']}" if "value" in peer else "")


def _summary(found: Mapping[str, Any], rows: Sequence[Row], vocabulary: Vocabulary) -> str:
    """The header line: what decides, and the tightest condition."""
    outcome = str(found["outcome"])
    if "reason" in found:
        return say(f"{found['reason']}，没有判断", f"{found['reason']}: nothing was decided")
    if outcome == "unknown":
        return say(f"缺 {len(found['missing'])} 项资料：", f"{len(found['missing'])} facts missing: ") + names_of(found["missing"][:_NAMED], vocabulary) + (
            say(" 等", " and more") if len(found["missing"]) > _NAMED else ""
        )
    deciding = list(deciding_of(rows, outcome))
    if outcome == "refer":
        return say("由人判断：", "for a person to judge: ") + say("、", ", ").join(row.title for row in deciding)
    measured = [row for row in deciding if row.tight is not None]
    if outcome == "no":
        far = max(measured, key=lambda row: row.tight or 0, default=None)
        head = say(f"{len(deciding)} 个条件不符合", f"{len(deciding)} not met")
        return head + (say(f"；差得最多的是“{far.title}”，{far.margin}", f"; furthest is “{far.title}”, {far.margin}") if far else "")
    if not rows:
        return _score_words(found)
    near = min(measured, key=lambda row: row.tight or 0, default=None)
    total = sum(1 for _ in leaves(rows))
    head = say(f"{total} 个条件全部可判", f"{total} conditions, all decided") if all(row.outcome in ("yes", "no") for row in leaves(rows)) else say("结论已定", "settled")
    return head + (say(f"；最紧的是“{near.title}”，{near.margin}", f"; tightest is “{near.title}”, {near.margin}") if near else "")


def _score_words(found: Mapping[str, Any]) -> str:
    """The total with its range and pass mark."""
    score = found.get("score")
    if score is None:
        return say("得分", "Points")
    low, high = score["low"], score["high"]
    total = f"{low:g}" if low == high else f"{low:g}～{high:g}"
    text = say(f"得分 {total}分", f"{total} points")
    return text + (say(f"，门槛 {score['pass']:g}分", f", threshold {score['pass']:g}") if "pass" in score else "")
