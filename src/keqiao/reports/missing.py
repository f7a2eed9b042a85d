"""The sheet of missing data: which facts unknown outcomes wait for, and what each would settle."""

from __future__ import annotations

from collections.abc import Sequence

from keqiao.reports.book import Book, Sheet
from keqiao.reports.needs import Needs
from keqiao.reports.wording import RuleView
from keqiao.rules.vocabulary import Vocabulary

_WIDTHS = (24, 28, 12, 12, 12, 14, 58)


def write_needs(book: Book, needs: Needs, vocabulary: Vocabulary, strips: Sequence[str]) -> None:
    """Write the sheet: per rule the facts, the most wanted first."""
    say = book.words.say
    sheet = book.sheet(say("待补数据", "Missing data"), say("待补数据：补什么最有用", "Missing data: what would settle most"), _WIDTHS, strips=strips)
    text = say(
        "“涉及企业数”：结论未知、且在等这项数据的企业。“只缺这一项”：补上这一项即可得出结论的企业。",
        "Waiting: enterprises whose unknown outcome waits for this fact. Only this: those that it alone would settle.",
    )
    sheet.paragraph(book.words.sentences([text, needs.basis()]), "note", top=3)
    heads = [
        say("规则", "Rule"), say("待补数据", "Missing fact"), say("单位", "Unit"), say("涉及企业数", "Waiting") + needs.marked,
        say("占未知企业", "Of unknown"), say("只缺这一项", "Only this") + needs.marked, say("取数口径", "Definition"),
    ]  # fmt: skip
    head = sheet.heads(heads)
    for rule in needs.rules:
        if rule.id in needs.tallies:
            _rule(sheet, rule, needs, vocabulary)
    if sheet.row == head + 1:
        sheet.text(sheet.row, 0, say("没有因缺数据而未知的结论。", "No outcome is unknown for want of data."), "none")
        sheet.row += 1
    sheet.table(head, len(_WIDTHS), frozen=2)


def _rule(sheet: Sheet, rule: RuleView, needs: Needs, vocabulary: Vocabulary) -> None:
    tally, say = needs.tallies[rule.id], rule.words.say
    for one in tally.ranked(vocabulary):
        indicator = vocabulary.indicators.get(one[0])
        label = rule.words.indicator(vocabulary, *one)
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
        texts = (rule.title, say("（不缺数据）", "(nothing missing)"), "—")
        for col, text in enumerate(texts):
            sheet.text(sheet.row, col, text, "wrap")
        sheet.number(sheet.row, 3, tally.undefined, "top_count")
        sheet.number(sheet.row, 4, tally.undefined / tally.unknown, "top_share")
        sheet.text(sheet.row, 5, "—", "top_dash")
        sheet.text(sheet.row, 6, say("分母或基数为零，比率没有意义，补数据不能解决。", "A base is zero and a ratio undefined; data does not help."), "wrap")
        sheet.row += 1
