"""Two runs, and two versions of a rule, as papers."""

from __future__ import annotations

from keqiao.assess import About, Comparison, Difference, Migration, RuleChange
from keqiao.reports.papers.base import (
    Cell,
    Paper,
    Table,
    before_after,
    moved_table,
    outcome_text,
    signed,
    status_of,
    warnings_of,
    who_cells,
    who_heads,
)
from keqiao.reports.wording import Words


def comparison(answer: Comparison, words: Words) -> Paper:
    """The answer as a paper."""
    say = words.say
    heads = [
        say("规则", "Rule"), say("名称", "Title"), say("原版本", "Version"), say("新版本", "New version"), say("原“是”", "Yes before"),
        say("新“是”", "Yes after"), say("得到", "Gained"), say("失去", "Lost"), say("其他变化", "Other"), say("升分", "Rose"), say("降分", "Fell"),
        say("状态", "Status"),
    ]  # fmt: skip
    total: list[list[Cell]] = [
        [one.about.rule, one.about.title, one.version_before, one.about.version, one.before["yes"], one.after["yes"], one.count_gained,
         one.count_lost, one.count_changed, one.rose, one.fell, status_of(one.about, words)]
        for one in answer.rules
    ]  # fmt: skip
    tables = [
        Table(say("总表", "Overview"), heads, total, (0, 4, 5, 6, 7, 8, 11)),
        Table(say("变化及原因", "Changes and why"), _cause_heads(words), [row for one in answer.rules for row in _causes(one, words)], (0, 1, 5, 8, 9, 10), lead=3, per=8),
        _entered(answer, words),
    ]  # fmt: skip
    days = f"{answer.as_of[0]} → {answer.as_of[1]}"
    facts = [
        (say("评定日", "days"), days), (say("年度", "years"), f"{answer.years[0]} → {answer.years[1]}"),
        (say("企业", "enterprises"), f"{answer.enterprises[0]} → {answer.enterprises[1]}"),
        (say("新进、退出", "entered, left"), f"{answer.count_entered} · {answer.count_left}"),
    ]  # fmt: skip
    for label, ids in ((say("只在前一次的规则", "only before"), answer.only_before), (say("只在后一次的规则", "only after"), answer.only_after)):
        if ids:
            facts.append((label, words.join(ids)))
    notes = [say("“得到”是变为“是”，“失去”是不再为“是”；只比较两次都有的企业。", "Gained is become yes, lost is no longer yes; over enterprises in both runs.")]
    warnings = warnings_of((one.about for one in answer.rules), words)
    return Paper(say("两次评价的变化", "Changes between two runs"), warnings, facts, tables, notes)


def _cause_heads(words: Words) -> list[str]:
    say = words.say
    return [
        say("规则", "Rule"), *who_heads(words), say("结论", "Outcome"), say("缘由", "Why"), say("条款", "Clause"),
        say("什么变了", "What"), say("原为", "From"), say("现为", "To"), say("条款结论", "Clause outcome"),
    ]  # fmt: skip


_KINDS = {
    "fact": ("数据", "fact"), "rule": ("规则", "rule"), "day": ("日期", "day"), "points": ("得分", "points"), "other": ("引用", "other rule"),
}  # fmt: skip


def _causes(one: RuleChange, words: Words) -> list[list[Cell]]:
    found: list[list[Cell]] = []
    for change in (*one.gained, *one.lost, *one.changed):
        outcome = f"{outcome_text(words, change.before)}→{outcome_text(words, change.after)}"
        who: list[Cell] = [one.about.rule, *who_cells(change), outcome]
        for cause in change.causes:
            found.append([*who, words.say(*_KINDS[cause.kind]), cause.title, cause.what, cause.old, cause.new, cause.text])
        if not change.causes:
            found.append([*who, *([""] * 6)])
    return found


def _entered(answer: Comparison, words: Words) -> Table:
    say = words.say
    rows: list[list[Cell]] = [[say("新进", "entered"), key, name] for _, key, name in answer.entered]
    rows += [[say("退出", "left"), key, name] for _, key, name in answer.left]
    return Table(say("新进和退出", "Entered and left"), ["", words.say("企业代码", "Code"), say("企业名称", "Enterprise")], rows)


# ---- two versions ----------------------------------------------------------------------------------

_EDITS = {"added": ("新增", "added"), "removed": ("取消", "removed"), "changed": ("修改", "changed")}
_PARTS = {
    "head": ("文件", "head"), "clause": ("条款", "clause"), "group": ("条件组", "group"), "item": ("得分项", "item"), "band": ("分档", "band"),
    "weight": ("权重", "weight"), "cap": ("封顶", "cap"), "class": ("类别", "class"),
}  # fmt: skip


def difference(answer: Difference, words: Words) -> Paper:
    """The answer as a paper."""
    say = words.say
    heads = [say("变化", "Change"), say("部分", "Part"), say("编号", "Id"), say("名称", "Title"), say("原文", "Old"), say("新文", "New"), say("依据", "Cited")]
    rows: list[list[Cell]] = [
        [say(*_EDITS[one.kind]), say(*_PARTS[one.part]), one.id, one.title, one.old, one.new, one.cite] for one in answer.edits
    ]
    tables = [Table(say("条款变化", "Edits"), heads, rows, (0, 1, 3, 4, 5))]
    if answer.before is not None and answer.after is not None:
        tables += [
            before_after(words, answer.before, answer.after, (say("原版本", "Old"), say("新版本", "New"))),
            moved_table(say("变为“是”", "Become yes"), answer.gained, words, answer.count_gained),
            moved_table(say("不再为“是”", "No longer yes"), answer.lost, words, answer.count_lost),
            moved_table(say("其他变化", "Other changes"), answer.changed, words, answer.count_changed),
        ]
    facts = [(say("原版本", "old"), _version(answer.old, words)), (say("新版本", "new"), _version(answer.new, words))]
    notes = []
    if answer.before is not None:
        notes.append(say(
            "两个版本都按快照的日期、视同有效来评定，所以结论的变化只来自条文。",
            "Both versions are read on the snapshot's day as if in force, so that only the text differs.",
        ))  # fmt: skip
    title = say(f"{answer.new.title}：两个版本的差别", f"{answer.new.title}: two versions")
    return Paper(title, warnings_of([answer.old, answer.new], words), facts, tables, notes)


def _version(about: About, words: Words) -> str:
    force = "" if about.in_force else words.say(f"，{about.as_of} 不在有效期", f", not in force on {about.as_of}")
    return words.say(f"{about.rule}@{about.as_of}，版本 {about.version}，{status_of(about, words)}{force}",
                     f"{about.rule}@{about.as_of}, version {about.version}, {status_of(about, words)}{force}")  # fmt: skip


def migration(answer: Migration, words: Words) -> Paper:
    """The answer as a paper."""
    say = words.say
    heads = [*who_heads(words), say("原分", "Points"), say("新分", "New points"), say("原名次", "Rank"), say("新名次", "New rank"), say("升降", "Moved")]
    rows: list[list[Cell]] = [
        [*who_cells(one), one.old, one.new, one.old_rank, one.new_rank, signed(one.moved)] for one in answer.rows
    ]
    facts = [
        (say("原版本", "old"), _version(answer.old, words)), (say("新版本", "new"), _version(answer.new, words)),
        (say("两版都有分的企业", "with points under both"), str(answer.both)), (say("名次不变", "same rank"), str(answer.unchanged)),
        (say("名次相关系数（斯皮尔曼）", "rank correlation (Spearman)"), answer.correlation or "—"),
    ]  # fmt: skip
    tables = [Table(say("名次变动最大的企业", "Who moves most"), heads, rows, (0, 4, 5, 6, 7, 8))]
    notes = [say("名次按下限，再按上限；并列同名次，相关系数用平均名次。", "Ranks by the low end, then the high; equals share a rank, the correlation uses mean ranks.")]
    title = say(f"{answer.new.title}：两个版本的积分和名次", f"{answer.new.title}: points and ranks under two versions")
    return Paper(title, warnings_of([answer.old, answer.new], words), facts, tables, notes)
