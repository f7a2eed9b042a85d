"""The sheet of missing data: which facts unknown outcomes wait for, and what each would settle."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from keqiao.reports.book import Book, Sheet
from keqiao.reports.wording import RuleView
from keqiao.rules.model import UNKNOWN
from keqiao.rules.trace import Trace
from keqiao.rules.vocabulary import Vocabulary

_WIDTHS = (24, 28, 12, 12, 12, 14, 58)


#: A fact by id, and whether it is wanted for earlier years alone.
_Wanted = tuple[str, bool]


@dataclass(slots=True)
class _Tally:
    """One rule: unknown outcomes, of those without any missing fact, and per fact all and the only one."""

    unknown: int = 0
    undefined: int = 0
    waiting: Counter[_Wanted] = field(default_factory=Counter)
    only: Counter[_Wanted] = field(default_factory=Counter)


class Needs:
    """Counts over enterprises what their unknown outcomes wait for."""

    def __init__(self, rules: Sequence[RuleView]) -> None:
        self.rules = rules
        self.counted = 0
        self._tallies = {rule.id: _Tally() for rule in rules}

    def add(self, traces: Mapping[str, Trace], row: Mapping[str, Any]) -> None:
        """Count one enterprise; a fact whose value of this year is known is wanted for earlier years."""
        self.counted += 1
        for id, trace in traces.items():
            if trace.outcome_code != UNKNOWN:
                continue
            tally = self._tallies[id]
            tally.unknown += 1
            wanted = [(id, row.get(id) is not None) for id in trace.missing_ids]
            tally.waiting.update(wanted)
            if len(wanted) == 1:
                tally.only.update(wanted)
            elif not wanted:
                tally.undefined += 1

    def write(self, book: Book, vocabulary: Vocabulary, strips: Sequence[str], *, rows: int) -> None:
        """Write the sheet: per rule the facts, the most wanted first."""
        say = book.words.say
        sheet = book.sheet(say("待补数据", "Missing data"), say("待补数据：补什么最有用", "Missing data: what would settle most"), _WIDTHS, strips=strips)
        text = say(
            "“涉及企业数”：结论未知、且在等这项数据的企业。“只缺这一项”：补上这一项即可得出结论的企业。",
            "Waiting: enterprises whose unknown outcome waits for this fact. Only this: those that it alone would settle.",
        )
        if self.counted < rows:
            text += say(f" 按前{self.counted:,}家统计（共{rows:,}家）。", f" Counted over the first {self.counted:,} of {rows:,}.")
        sheet.paragraph(text, "note", top=3)
        heads = [
            say("规则", "Rule"), say("待补数据", "Missing fact"), say("单位", "Unit"), say("涉及企业数", "Waiting"),
            say("占未知企业", "Of unknown"), say("只缺这一项", "Only this"), say("取数口径", "Definition"),
        ]  # fmt: skip
        head = sheet.heads(heads)
        for rule in self.rules:
            self._rule(sheet, rule, vocabulary)
        if sheet.row == head + 1:
            sheet.text(sheet.row, 0, say("没有因缺数据而未知的结论。", "No outcome is unknown for want of data."), "none")
            sheet.row += 1
        sheet.table(head, len(_WIDTHS), frozen=2)

    def _rule(self, sheet: Sheet, rule: RuleView, vocabulary: Vocabulary) -> None:
        tally = self._tallies[rule.id]
        order = vocabulary.order
        ranked = sorted(tally.waiting, key=lambda one: (-tally.waiting[one], order.get(one[0], len(order)), one[1]))
        for one in ranked:
            indicator = vocabulary.indicators.get(one[0])
            label = one[0] if indicator is None else (indicator.english or indicator.label) if rule.words.english else indicator.label
            label += rule.words.say("（往年）", " (earlier years)") if one[1] else ""
            unit = "" if indicator is None or not indicator.dimension.is_number else indicator.unit
            definition = "" if indicator is None else indicator.definition
            sheet.fit([(rule.title, _WIDTHS[0]), (label, _WIDTHS[1]), (definition, _WIDTHS[6])])
            for col, text in ((0, rule.title), (1, label), (2, unit or "—"), (6, definition)):
                sheet.text(sheet.row, col, text, "wrap")
            sheet.number(sheet.row, 3, tally.waiting[one], "top_count")
            sheet.number(sheet.row, 4, tally.waiting[one] / tally.unknown, "top_share")
            sheet.number(sheet.row, 5, tally.only[one], "top_count")
            sheet.row += 1
        if tally.undefined:
            say = rule.words.say
            texts = (rule.title, say("（不缺数据）", "(nothing missing)"), "—")
            for col, text in enumerate(texts):
                sheet.text(sheet.row, col, text, "wrap")
            sheet.number(sheet.row, 3, tally.undefined, "top_count")
            sheet.number(sheet.row, 4, tally.undefined / tally.unknown, "top_share")
            sheet.text(sheet.row, 5, "—", "top_dash")
            sheet.text(sheet.row, 6, say("分母或基数为零，比率没有意义，补数据不能解决。", "A base is zero and a ratio undefined; data does not help."), "wrap")
            sheet.row += 1
