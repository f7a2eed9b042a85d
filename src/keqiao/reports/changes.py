"""The sheet of changes: what is different from an earlier run, and why."""

from __future__ import annotations

from collections.abc import Sequence

from keqiao.assess import Cause, Change, Comparison, RuleChange, compare
from keqiao.engine.run import Run
from keqiao.reports.book import Book, Sheet
from keqiao.reports.outcomes import Enterprises
from keqiao.reports.wording import RuleView, Words
from keqiao.rules.model import OUTCOMES

#: Changed enterprises that are told per rule and kind of change.
MOST = 2_000


def write_changes(book: Book, run: Run, since: Run, rules: Sequence[RuleView], who: Enterprises, strips: Sequence[str], *, limit: int) -> None:
    """Write who gained, lost or otherwise changed an outcome between two runs."""
    say = book.words.say
    found = compare(since, run, rules=[rule.id for rule in rules if rule.id in since.rules], limit=MOST, language=book.words.language)
    widths = (24, 21 if "uscc" in who.schemes else 12, 32, 16, 12, 12, 12, 64)
    sheet = book.sheet(say("变化", "Changes"), say("变化：与上一次评价相比", "Changes since the earlier run"), widths, strips=strips, note=_note(book, found))
    for text in _counts(book, found):
        sheet.paragraph(text, "note", top=3)
    heads = [
        say("规则", "Rule"), book.words.key(who.schemes), say("企业名称", "Enterprise"), say("所在地", "Place"), say("变化", "Change"),
        say("上次", "Before"), say("这次", "Now"), say("为什么", "Why"),
    ]  # fmt: skip
    head = sheet.heads(heads)
    for change in found.rules:
        kinds = ((say("得到", "gained"), change.gained), (say("失去", "lost"), change.lost), (say("其他变化", "other"), change.changed))
        for kind, rows in kinds:
            for row in rows:
                if sheet.row < limit:
                    _row(sheet, change, kind, row)
    if sheet.row == head + 1:
        sheet.text(sheet.row, 0, say("没有变化。", "Nothing changed."), "none")
        sheet.row += 1
    sheet.table(head, len(widths), frozen=3)


def _note(book: Book, found: Comparison) -> str:
    return book.words.say(
        f"上次：评价日 {found.as_of[0]}，{found.enterprises[0]:,} 家；这次：评价日 {found.as_of[1]}，{found.enterprises[1]:,} 家。"
        f"新进入 {found.count_entered:,} 家，离开 {found.count_left:,} 家，只比较两次都有的企业。每条规则每类变化至多列 {MOST:,} 家。",
        f"Before: {found.as_of[0]}, {found.enterprises[0]:,} enterprises; now: {found.as_of[1]}, {found.enterprises[1]:,}. "
        f"{found.count_entered:,} entered, {found.count_left:,} left; only those in both are compared. At most {MOST:,} per rule and kind.",
    )


def _counts(book: Book, found: Comparison) -> list[str]:
    """A sentence per rule whose outcomes differ."""
    return [
        book.words.say(
            f"{one.about.title}：得到 {one.count_gained:,}，失去 {one.count_lost:,}，其他变化 {one.count_changed:,}"
            + (f"；版本 {one.version_before} → {one.about.version}" if one.version_before != one.about.version else "") + "。",
            f"{one.about.title}: {one.count_gained:,} gained, {one.count_lost:,} lost, {one.count_changed:,} otherwise changed"
            + (f"; version {one.version_before} → {one.about.version}" if one.version_before != one.about.version else "") + ".",
        )
        for one in found.rules
        if one.count_gained or one.count_lost or one.count_changed
    ]  # fmt: skip


def _why(words: Words, cause: Cause) -> str:
    """One cause: the condition and how it turned, what changed, and from what to what."""
    head = f"{cause.title}{words.say(f'（{cause.text}）', f' ({cause.text})')}" if cause.title and cause.text else cause.title or cause.text
    change = f"{cause.old or words.say('缺', 'missing')} → {cause.new or words.say('缺', 'missing')}" if cause.old or cause.new else ""
    tail = words.say("，", ", ").join(part for part in (cause.what, change) if part)
    return words.say("：", ": ").join(part for part in (head, tail) if part)


def _row(sheet: Sheet, change: RuleChange, kind: str, row: Change) -> None:
    words, missing = sheet.book.words, sheet.book.words.say("缺", "missing")
    why = words.more(_why(words, cause) for cause in row.causes) or words.say("见两次评价的明细", "see both runs")
    texts = {0: change.about.title, 1: row.key, 2: row.name or missing, 3: row.place_name or missing, 4: kind, 7: why}
    sheet.fit([(text, sheet.widths[col]) for col, text in texts.items()])
    for col, text in texts.items():
        sheet.text(sheet.row, col, text, "wrap")
    for col, text in ((5, row.before), (6, row.after)):
        if text in OUTCOMES:
            code = OUTCOMES.index(text)
            sheet.string(sheet.row, col, words.outcome(code), sheet.book.outcome_style(code, "top_"))
        else:
            sheet.text(sheet.row, col, text, "top_center")
    sheet.row += 1
