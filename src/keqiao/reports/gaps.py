"""The sheet of gaps: per enterprise and rule that is not a yes, what falls short, what is missing, what is to be judged."""

from __future__ import annotations

from collections.abc import Sequence

from keqiao.reports.because import Reason
from keqiao.reports.book import Book
from keqiao.reports.outcomes import Enterprises, outcome_look
from keqiao.reports.wording import RuleView
from keqiao.rules.model import NO, REFER, UNKNOWN
from keqiao.rules.trace import Trace


class GapsSheet:
    """Writes a row per enterprise and rule as they come by, until the sheet is full."""

    def __init__(self, book: Book, who: Enterprises, strips: Sequence[str], *, note: str, limit: int) -> None:
        say = book.words.say
        self.book, self.words, self._limit = book, book.words, limit
        widths = (21 if "uscc" in who.schemes else 11, 22, 16, 9, 8, 50, 34, 30)
        self.sheet = book.sheet(say("差距", "Gaps"), say("差距：每家企业离每个结论还差什么", "Gaps: what stands between each enterprise and each yes"), widths,
                                strips=strips, note=note)  # fmt: skip
        heads = [
            book.words.key(who.schemes), say("企业名称", "Enterprise"), say("规则", "Rule"), say("结论", "Outcome"), say("不满足几条", "Failing"),
            say("差在哪里", "What falls short"), say("缺哪些数据", "Data missing"), say("待人工判断", "To be judged"),
        ]  # fmt: skip
        self._head = self.sheet.heads(heads)

    def room(self, rows: int) -> bool:
        """Whether as many more rows fit."""
        return self.sheet.row + rows < self._limit

    def add(self, id: str, name: str | None, found: Sequence[tuple[RuleView, Trace, Reason]]) -> None:
        """Write the rows of one enterprise from its reasons, which stand rule by rule."""
        by_rule: dict[str, tuple[RuleView, Trace, list[Reason]]] = {}
        for rule, trace, reason in found:
            by_rule.setdefault(rule.id, (rule, trace, []))[2].append(reason)
        for rule, trace, reasons in by_rule.values():
            self._write(id, name or self.words.say("缺", "missing"), rule, trace, reasons)

    def _write(self, id: str, name: str, rule: RuleView, trace: Trace, reasons: Sequence[Reason]) -> None:
        sheet, row = self.sheet, self.sheet.row
        failing = [reason for reason in reasons if reason.outcome == NO]
        short = self.words.more(map(self._short, failing))
        missing = self.words.more(reason.text or reason.clause for reason in reasons if reason.outcome == UNKNOWN)
        judged = self.words.more(reason.clause for reason in reasons if reason.outcome == REFER)
        sheet.fit(list(zip((id, name, rule.title, "", "", short, missing, judged), sheet.widths, strict=True)))
        for col, text in ((0, id), (1, name), (2, rule.title), (5, short), (6, missing), (7, judged)):
            sheet.text(row, col, text, "wrap")
        sheet.string(row, 3, rule.outcome(trace.outcome_code), outcome_look(self.book, rule, trace.outcome_code, "top_"))
        sheet.number(row, 4, len(failing), "top_count")
        sheet.row += 1

    def _short(self, reason: Reason) -> str:
        """A failing clause with its gap, or with the value where there is no gap."""
        tail = reason.sides.gap or reason.sides.left
        return f"{reason.clause}{self.words.say('：', ': ')}{tail}" if tail else reason.clause

    def finish(self) -> None:
        """Close the table."""
        if self.sheet.row == self._head + 1:
            self.sheet.text(self.sheet.row, 0, self.words.say("没有差距。", "No gaps."), "none")
        self.sheet.table(self._head, len(self.sheet.widths), frozen=2)
