"""Near misses, moved thresholds and ranked lists as papers."""

from __future__ import annotations

from collections.abc import Sequence

from keqiao.assess import Miss, Misses, Ranked, Ranking, WhatIf
from keqiao.reports.papers.base import (
    Cell,
    Paper,
    Table,
    before_after,
    count_heads,
    counts_of,
    cut,
    facts_of,
    moved_table,
    outcome_text,
    share,
    warnings_of,
    who_cells,
    who_heads,
)
from keqiao.reports.values import as_gap
from keqiao.reports.wording import Words
from keqiao.rules.dimensions import UNITS


def misses(answer: Misses, words: Words) -> Paper:
    """The answer as a paper."""
    say, within = words.say, share(answer.within)
    tables = [_near(say("临界企业", "Near misses"), answer.rows, words, answer.count)]
    note = say("放宽后仍未知或转人工：另有数据或判断未定。", "Then still unknown or refer: something else is open.")
    if answer.count_apart:
        tables.append(_near(say("另列（另有未定）", "Apart (something else open)"), answer.apart, words, answer.count_apart, note))
    tables.append(
        Table(
            say("各条门槛", "By threshold"),
            [say("条款", "Clause"), say("名称", "Title"), say("条件", "Condition"), say("门槛", "Threshold"), say("临界", "Near"), say("另列", "Apart")],
            [[one.clause, one.title, one.text, one.threshold, one.near, one.apart] for one in answer.by_clause],
            (0, 1, 3, 4, 5),
        )
    )
    notes = [say(
        f"结论为“否”、只要一个比较的门槛移动不超过它自己的{within}就变为“是”的企业；差距小的在前。门槛为零的没有份额，不算。",
        f"Enterprises that are no and become yes when one threshold moves by at most {within} of itself; the nearest first. A threshold of zero has no share.",
    )]  # fmt: skip
    if not answer.by_clause:
        notes = [say("这条规则没有可以移动的门槛（只计分、只分类，或不在有效期）。", "This rule has no threshold to move (it only scores or classifies, or is not in force).")]
    if answer.skipped:
        notes.append(say(f"数太宽、未能移动门槛的条款：{'、'.join(answer.skipped)}", f"clauses too wide to move: {', '.join(answer.skipped)}"))
    title = say(f"{answer.about.title}：门槛移动{within}以内的临界企业", f"{answer.about.title}: near misses within {within}")
    facts = [*facts_of(answer.about, words), (say("临界、另列", "near, apart"), f"{answer.count} · {answer.count_apart}")]
    return Paper(title, warnings_of([answer.about], words), facts, tables, notes)


def _near(name: str, rows: Sequence[Miss], words: Words, count: int, note: str = "") -> Table:
    say = words.say
    heads = [
        *who_heads(words), say("条款", "Clause"), say("差在哪一条", "Title"), say("条件", "Condition"), say("依据", "Cited"), say("实际值", "Value"),
        say("门槛", "Threshold"), say("差距", "Gap"), say("占门槛", "Share"), say("放宽后", "Then"), say("几条任一", "Ways"),
    ]  # fmt: skip
    listed: list[list[Cell]] = [
        [*who_cells(one), one.clause, one.title, one.text, one.cite, one.left, one.right, as_gap(words, one.gap),
         share(one.share), outcome_text(words, one.then), one.ways]
        for one in rows
    ]  # fmt: skip
    return Table(name, heads, listed, (0, 5, 8, 9, 11), cut(words, len(rows), count) or note)


def whatif(answer: WhatIf, words: Words) -> Paper:
    """The answer as a paper."""
    say = words.say
    moves = Table(
        say("移动的数", "What moves"),
        [say("条款", "Clause"), say("名称", "Title"), say("原为", "From"), say("改为", "To"), say("原条件", "Condition"), say("新条件", "New condition"), say("依据", "Cited")],
        [[one.clause, one.title, one.old, one.new, one.old_text, one.new_text, one.cite] for one in answer.settings],
        (0, 1, 2, 3),
    )  # fmt: skip
    tables = [
        moves, before_after(words, answer.before, answer.after, (say("现在", "Now"), say("移动后", "Then"))),
        moved_table(say("新变为“是”", "Become yes"), answer.gained, words, answer.count_gained),
        moved_table(say("不再为“是”", "No longer yes"), answer.lost, words, answer.count_lost),
    ]  # fmt: skip
    if answer.knock_on:
        rows: list[list[Cell]] = []
        for one in answer.knock_on:
            rows.append([one.rule, one.title, say("现在", "now"), *counts_of(words, one.before)])
            rows.append(["", "", say("移动后", "then"), *counts_of(words, one.after)])
        heads = [say("规则", "Rule"), say("名称", "Title"), "", *count_heads(words)]
        tables.append(Table(say("引用它的规则", "Rules that ask it"), heads, rows))
    facts = [*facts_of(answer.about, words), (say("新增、减少", "gained, lost"), f"{answer.count_gained} · {answer.count_lost}")]
    title = say(f"{answer.about.title}：移动门槛的测算", f"{answer.about.title}: moved thresholds")
    return Paper(title, warnings_of([answer.about], words), facts, tables)


def ranking(answer: Ranking, words: Words) -> Paper:
    """The answer as a paper."""
    say = words.say
    heads = [
        say("名次", "Rank"), *who_heads(words), say("发展阶段", "Stage"), say("划型行业", "Industry"), _measured(answer, words, say("下限", "low")),
        _measured(answer, words, say("上限", "high")), say("得分", "Points") if answer.unit == "分" else answer.measure, say("结论", "Outcome"), *answer.tie_heads,
    ]  # fmt: skip
    known = any(row.outcome for row in (*answer.rows, *answer.dropped))
    brief = (0, 1, 2, 3, 9, *((10,) if known else ()))
    tables = [Table(say("名单", "List"), heads, [_ranked(one, words) for one in answer.rows], brief)]
    dropped = [[*_ranked(one, words), one.reason] for one in answer.dropped]
    reason = len(heads)
    tables.append(Table(say("未入选及原因", "Not on the list"), [*heads, say("原因", "Reason")], dropped, (0, 1, 2, 9, reason)))
    rows: list[list[Cell]] = [[why, count] for why, count in answer.left_out.items()]
    tables.append(Table(say("未入选户数", "Left out"), [say("原因", "Reason"), say("户数", "Enterprises")], rows))
    title = say("排名：", "Ranking: ") + answer.about.title + ("" if answer.top is None else say(f"，前 {answer.top} 名", f", top {answer.top}"))
    facts = facts_of(answer.about, words)
    if answer.inside is not None:
        facts.append((say("地点", "place"), answer.inside))
    facts.append((say("入选", "on the list"), str(len(answer.rows))))
    notes = [answer.order, *answer.notes]
    if any(row.low != row.high for row in (*answer.rows, *answer.dropped)):
        notes.append(say(
            "写作“下限~上限”的还缺数据：补齐以后在两者之间。", "A range has data missing: once they are known it lies between its ends."
        ))  # fmt: skip
    if known:
        notes.append(say(
            "“结论”是这条规则的结论；只计分的规则，得分确定为“是”，还是区间为“未知”。",
            "The outcome is that of the rule; of a rule that only scores it is yes where the points are certain, unknown where they are a range.",
        ))  # fmt: skip
    return Paper(title, warnings_of([answer.about], words), facts, tables, notes)


def _measured(answer: Ranking, words: Words, end: str) -> str:
    english = UNITS[answer.unit].english if answer.unit in UNITS else answer.unit
    return words.say(f"{end}（{answer.unit}）", f"{end} ({english})") if answer.unit else end


def _ranked(one: Ranked, words: Words) -> list[Cell]:
    outcome = outcome_text(words, one.outcome) if one.outcome else ""
    return [
        one.rank if one.rank is not None else "—", *who_cells(one), one.stage, one.industry, one.low, one.high,
        one.text, outcome, *one.ties,
    ]  # fmt: skip
