"""The words of a report: outcomes, statuses, and what each rule of a run is called."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import pyarrow.parquet as pq

from keqiao.engine.run import Run
from keqiao.rules.model import OUTCOMES, YES, Item, Rule, nodes
from keqiao.rules.references import in_order
from keqiao.rules.vocabulary import Vocabulary

#: Codes of outcomes in the order in which readers see them: yes, no, unknown, refer.
SHOWN = tuple(OUTCOMES.index(name) for name in ("yes", "no", "unknown", "refer"))

_OUTCOMES = {
    "yes": ("是", "Yes"),
    "no": ("否", "No"),
    "unknown": ("未知", "Unknown"),
    "refer": ("转人工", "Refer"),
}
_KEYS = {
    "uscc": ("统一社会信用代码", "Unified social credit code"),
    "stock": ("证券代码", "Stock code"),
    "other": ("企业编号", "Enterprise code"),
}


class Words:
    """Chinese or English, chosen once per workbook."""

    def __init__(self, language: str) -> None:
        self.language = "en" if language == "en" else "zh"
        self.english = self.language == "en"

    def say(self, zh: str, en: str) -> str:
        """The text in the language of the workbook."""
        return en if self.english else zh

    def outcome(self, code: int) -> str:
        """One of the four outcomes by its code."""
        return self.say(*_OUTCOMES[OUTCOMES[code]])

    def settled(self) -> str:
        """What stands for yes where a rule only scores or classifies."""
        return self.say("已定", "Settled")

    def not_in_force(self) -> str:
        """What stands where a rule does not hold on the day."""
        return self.say("不在有效期", "Not in force")

    def key(self, schemes: Iterable[str]) -> str:
        """The heading of the key column."""
        found = set(schemes)
        if len(found) == 1:
            return self.say(*_KEYS.get(found.pop(), _KEYS["other"]))
        return self.say("企业代码", "Code")

    def scheme(self, scheme: str) -> str:
        """What kind of key a scheme is."""
        return self.say(*_KEYS.get(scheme, _KEYS["other"]))

    def join(self, parts: Iterable[str]) -> str:
        """Names in a row."""
        return self.say("、", ", ").join(parts)

    def sentences(self, parts: Iterable[str]) -> str:
        """Whole sentences after each other; empty ones are left out."""
        return self.say("", " ").join(part for part in parts if part)

    def indicator(self, vocabulary: Vocabulary, id: str, earlier: bool = False) -> str:
        """The name of an indicator; ``earlier`` where only its earlier years are meant."""
        found = vocabulary.indicators.get(id)
        label = id if found is None else (found.english or found.label) if self.english else found.label
        return label + (self.say("（往年）", " (earlier years)") if earlier else "")

    def half(self, label: str) -> str:
        """The half of a label written in both languages; the whole of any other."""
        halves = label.split(" / ")
        return halves[self.english] if len(halves) == 2 else label

    def more(self, parts: Iterable[str]) -> str:
        """Statements in a row."""
        return self.say("；", "; ").join(parts)


@dataclass(frozen=True)
class RuleView:
    """One rule of a run as a report shows it.

    ``kind`` is ``standard`` (yes or no), ``scores`` (points alone) or ``classes``.
    """

    run: Run
    id: str
    rule: Rule
    words: Words

    @cached_property
    def kind(self) -> str:
        """What the rule gives."""
        if self.rule.require is not None:
            return "standard"
        return "classes" if self.rule.classes is not None else "scores"

    @cached_property
    def status(self) -> str:
        """The status of the rule and of what it asks."""
        return str(self.run.receipt["rules"][self.id]["status"])

    @property
    def illustrative(self) -> bool:
        """Whether the result rests on illustrative figures."""
        return self.status == "illustrative"

    @cached_property
    def in_force(self) -> bool:
        """Whether the rule holds on the day of the run."""
        return self.rule.in_force(self.run.as_of)

    @cached_property
    def title(self) -> str:
        """The title; it says so where the result rests on illustrative figures."""
        title = self.rule.title.get(self.words.language)
        if not self.illustrative or "示例" in title or "illustrative" in title.lower():
            return title
        return title + self.words.say("（含示例数字）", " (with illustrative figures)")

    @cached_property
    def counts(self) -> dict[str, int]:
        """Enterprises per outcome."""
        return dict(self.run.receipt["rules"][self.id]["outcomes"])

    @cached_property
    def columns(self) -> list[str]:
        """Names of the columns of the results."""
        return list(pq.read_schema(self.run.results_path(self.id)).names)

    def column(self, name: str) -> list[Any]:
        """One column of the results, a value an enterprise; not kept, since a million of them are heavy."""
        return list(self.run.results(self.id, [name])[name].to_pylist())

    def stored(self, column: str) -> list[int | None]:
        """A column of points in 1/10000; wide sums are decimals without places in Parquet."""
        if column.startswith("high:") and column not in self.columns:
            column = column.replace("high:", "low:", 1)  # an item that is never open has one column
        return [None if value is None else int(value) for value in self.column(column)]

    @cached_property
    def places(self) -> int:
        """Decimals of points: none where all are whole, two, or all four where a threshold is decided by them."""
        for name in self.columns:
            if name.startswith(("score_", "low:", "high:")) and any((value or 0) % 10_000 for value in self.stored(name)):
                return 4 if self.kind == "standard" else 2
        return 0

    @property
    def has_score(self) -> bool:
        """Whether there is a total of points."""
        return bool(self.rule.items)

    @cached_property
    def pass_mark(self) -> Fraction | None:
        """The threshold that the rule compares its total with, where there is one."""
        return self.run.packs[self.id].compiled(self.run.as_of)[0].pass_mark

    @cached_property
    def doubts(self) -> list[str]:
        """Names of what is not confirmed, in this rule and in those it asks."""
        found = []
        for one in in_order(self.rule, lambda id: self.run.packs.version(id, self.run.as_of)):
            prefix = "" if one.id == self.id else one.title.get(self.words.language) + self.words.say("：", ": ")
            names = _names(one, self.words)
            found += [prefix + names.get(id, id) for id in one.unconfirmed()]
        return found

    @cached_property
    def status_words(self) -> str:
        """The status as it may be said: official only where nothing is unconfirmed."""
        say, open_points = self.words.say, len(self.doubts)
        if self.status == "illustrative":
            return say("示例", "Illustrative")
        if self.status == "stated":
            return say("参数未公布", "Figures not published")
        zh, en = ("地方", "Local") if self.status == "local" else ("官方", "Official")
        if not open_points:
            return say(zh, en)
        if self.status == "official":
            zh, en = "依文件整理", "From the document"
        return say(f"{zh}·待核{open_points}处", f"{en}, {open_points} to confirm")

    def outcome(self, code: int) -> str:
        """The word for an outcome under this rule."""
        if not self.in_force:
            return self.words.not_in_force()
        if code == YES and self.kind != "standard":
            return self.words.settled()
        return self.words.outcome(code)

    @cached_property
    def score_names(self) -> dict[str, str]:
        """Titles of items and groups by id, for texts that name a score."""
        language = self.words.language
        found = {id: title.get(language) for id, title in self.rule.groups.items()}
        return found | {item.id: item.title.get(language) for item in self.rule.items}

    def doubtful_items(self, id: str) -> list[Item]:
        """Unconfirmed items behind a score: an item's, a group's, or the total."""
        return [item for item in self.rule.items if item.verify and id in ("total", item.id, item.group)]


def _names(rule: Rule, words: Words) -> dict[str, str]:
    """Names of what `Rule.unconfirmed` lists by id."""
    language = words.language
    found = {"source": words.say("文件信息（出处、日期、施行）", "the document's particulars")}
    if rule.require is not None:
        found |= {node.id: node.title.get(language) or node.id for node in nodes(rule.require)}
    found |= {item.id: item.title.get(language) for item in rule.items}
    if rule.classes is not None:
        for code, name in rule.classes.verify:
            found[f"{code}.{name}"] = f"{code}·{rule.classes.labels[name].get(language)}"
    return found


def rule_views(run: Run, words: Words) -> list[RuleView]:
    """The rules of a run, in its order."""
    return [RuleView(run, id, run.rule(id), words) for id in run.rules]
