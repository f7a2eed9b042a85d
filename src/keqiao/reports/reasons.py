"""The sheet of reasons: why an enterprise is not a yes, one row per clause that matters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from keqiao.reports.because import Because, Reason
from keqiao.reports.book import Book
from keqiao.reports.gaps import GapsSheet
from keqiao.reports.outcomes import Enterprises, outcome_look
from keqiao.reports.wording import RuleView
from keqiao.rules.trace import Trace
from keqiao.rules.vocabulary import Vocabulary

_CLAUSE, _TEXT, _LEFT, _RIGHT, _GAP, _CITE = 5, 6, 7, 8, 9, 11


class ReasonsSheet:
    """Writes reasons as enterprises come by, until the sheet is full or as many are told as were asked for.

    ``told`` enterprises are complete in the sheet; the others are only in the run's Parquet files.
    """

    def __init__(
        self, book: Book, vocabulary: Vocabulary, rules: Sequence[RuleView], who: Enterprises, strips: Sequence[str], *,
        most: int, limit: int, gaps: GapsSheet | None = None,
    ) -> None:  # fmt: skip
        self.book, self.rules, self.words = book, rules, book.words
        self.because = {rule.id: Because(vocabulary, rule) for rule in rules if rule.in_force}
        self.gaps = gaps
        self.told = 0
        self.full = False
        self._limit = limit
        self._rows = len(who)
        say = book.words.say
        code, mark = 21 if "uscc" in who.schemes else 11, 12 if book.words.english else 6
        widths = (code, 18, 14, 9, 9, 30, 36, 16, 11, 15, 9, 12, mark)
        self.sheet = book.sheet(say("原因", "Reasons"), say("原因：未达到“是”的条款", "Reasons: the clauses behind each outcome that is not yes"),
                                widths, strips=strips)  # fmt: skip
        for text in self._intro(most):
            self.sheet.paragraph(text, "note", top=3)
        self._head = self.sheet.heads([book.words.key(who.schemes), *self._heads()])
        names = ("wrap", "value", "gap", "top_share")
        self._wrap, self._value, self._gap, self._share = (book.style(name) for name in names)

    def _heads(self) -> list[str]:
        say = self.words.say
        return [
            say("企业名称", "Enterprise"), say("规则", "Rule"), say("规则结论", "Rule outcome"), say("条款结论", "Clause outcome"),
            say("条款", "Clause"), say("要求，或缺少的数据", "Requirement, or missing data"), say("实际值", "Value"), say("门槛", "Threshold"),
            say("差距", "Gap"), say("差距占门槛", "Gap / threshold"), say("依据", "Cited"), say("标注", "Mark"),
        ]  # fmt: skip

    def _intro(self, most: int) -> list[str]:
        say = self.words.say
        found = [
            say(
                "只列起作用的条款：全部须满足的，列未满足的；任一即可的（标“任一”），全未满足才列各项；已满足的不列。"
                "缺数据的条款每家每条规则合为一行。",
                "Only clauses that matter: of “all” the failing ones; of “any” each one where all fail; what is met is left out. "
                "What lacks data is one row per enterprise and rule.",
            )
        ]
        out = [rule.title for rule in self.rules if not rule.in_force]
        if out:
            found.append(say(f"在评价日不在有效期、不列原因：{self.words.join(out)}。", f"Not in force on the day, no reasons: {self.words.join(out)}."))
        if most < self._rows:
            found.append(self.left(most))
        return found

    def left(self, told: int) -> str:
        """What to say where only some enterprises are told."""
        left = self._rows - told
        return self.words.say(
            f"本表只列{told:,}家企业的原因（符合规则多的在前，相同的看积分和代码），其余{left:,}家未列；全部原因用 keqiao report 结果目录 --out 原因.parquet "
            "写成 Parquet 文件，单家可用 keqiao explain 查看。",
            f"Only {told:,} enterprises are told here (those that meet most rules, then by points and code), {left:,} are left out; "
            "keqiao report RUN --out reasons.parquet writes all of them as Parquet, and keqiao explain tells any single one.",
        )

    def add(self, id: str, name: str | None, row: Mapping[str, Any], traces: Mapping[str, Trace]) -> None:
        """Write the reasons of one enterprise, unless they no longer fit."""
        if self.full:
            return
        found = [
            (rule, traces[rule.id], reason)
            for rule in self.rules
            if rule.in_force
            for reason in self.because[rule.id].reasons(traces[rule.id], row)
        ]
        if self.sheet.row + len(found) + 1 > self._limit or (self.gaps is not None and not self.gaps.room(len(found) + 1)):
            self.full = True
            return
        self.told += 1
        if self.gaps is not None:
            self.gaps.add(id, name, found)
        for rule, trace, reason in found:
            self._write(id, name, rule, trace, reason)

    def _write(self, id: str, name: str | None, rule: RuleView, trace: Trace, reason: Reason) -> None:
        sheet, row, widths, sides = self.sheet, self.sheet.row, self.sheet.widths, reason.sides
        name = name or self.words.say("缺", "missing")
        texts = {1: name, 2: rule.title, _CLAUSE: reason.clause, _TEXT: reason.text, _LEFT: sides.left, _RIGHT: sides.right,
                 _GAP: sides.gap, _CITE: reason.cite}  # fmt: skip
        sheet.fit([(text, widths[col]) for col, text in texts.items() if text])
        wrap = self._wrap
        sheet.string(row, 0, id, wrap)
        sheet.string(row, 1, name, wrap)
        sheet.string(row, 2, rule.title, wrap)
        sheet.string(row, 3, rule.outcome(trace.outcome_code), outcome_look(self.book, rule, trace.outcome_code, "top_"))
        sheet.string(row, 4, self.words.outcome(reason.outcome), self.book.outcome_style(reason.outcome, "top_"))
        sheet.string(row, _CLAUSE, reason.clause, wrap)
        sheet.string(row, _TEXT, reason.text, wrap)
        # facts read like a sentence, a compared value like a number beside its threshold
        sheet.string(row, _LEFT, sides.left, self._value if sides.right else wrap)
        sheet.string(row, _RIGHT, sides.right, self._value)
        sheet.string(row, _GAP, sides.gap, self._gap)
        if sides.share is None:
            sheet.string(row, 10, "", wrap)
        else:
            sheet.sheet.write_number(row, 10, float(sides.share), self._share.plain)
        sheet.string(row, _CITE, reason.cite, wrap)
        sheet.string(row, 12, reason.mark, wrap)
        sheet.row += 1

    def finish(self) -> None:
        """Close the table and say what no longer fitted."""
        if self.sheet.row == self._head + 1:
            self.sheet.text(self.sheet.row, 0, self.words.say("没有需要说明的企业。", "Nothing to explain."), "none")
        self.sheet.table(self._head, len(self.sheet.widths), frozen=2)
        if self.full:
            self.sheet.gap()
            self.sheet.line(self.left(self.told), "note")
