"""One enterprise as a paper."""

from __future__ import annotations

from keqiao.assess import Gap, Profile
from keqiao.reports.papers.base import Cell, Paper, Table, outcome_text, share, status_of
from keqiao.reports.values import as_gap
from keqiao.reports.wording import Words


def profile(answer: Profile, words: Words) -> Paper:
    """The answer as a paper."""
    say = words.say
    standings = Table(
        say("结论", "Outcomes"), [say("规则", "Rule"), say("名称", "Title"), say("结论", "Outcome"), say("分数或类别", "Points or class"), say("还缺", "Missing"), say("状态", "Status")],
        [[one.rule, one.title, outcome_text(words, one.outcome), one.text, words.join(one.missing), status_of(one, words)] for one in answer.standings], (1, 5, 2, 3, 4),
    )  # fmt: skip
    strengths = Table(
        say("优势", "Strengths"), [say("规则", "Rule"), say("项目", "What"), say("值", "Value"), say("百分位", "Percentile"), say("同行", "Peers"), say("户数", "Known")],
        [[one.rule, one.title, one.value, share(one.percentile, 1), one.peers, one.known] for one in answer.strengths], (1, 2, 3, 4, 5),
    )  # fmt: skip
    nearest = Table(
        say("最近的差距", "Nearest thresholds"),
        [say("规则", "Rule"), say("差在哪一条", "Condition"), say("实际值", "Value"), say("门槛", "Threshold"), say("差距", "Gap"), say("占门槛", "Share")],
        [[head.title, one.title, one.left, one.right, as_gap(words, one.gap), share(one.share)] for one, head in zip(answer.misses, answer.missed, strict=True)],
        note=say("只移动这一个数，结论就由“否”变“是”。", "Moving this one figure turns the no into a yes."),
    )  # fmt: skip
    titles = {one.rule: one.title for one in answer.standings}
    peers = Table(
        say("在同行中", "Among peers"), [say("规则", "Rule"), say("同行", "Peers"), say("名次", "Rank"), say("户数", "Known"), say("百分位", "Percentile")],
        [[titles[one.rule], f"{one.by} {one.value}", one.rank, one.known, share(one.percentile, 1)] for one in answer.peers], lead=1,
    )  # fmt: skip
    facts = [
        (say("企业", "enterprise"), f"{answer.key} {answer.name or ''}".strip()),
        (say("所在地、行业、阶段", "place, industry, stage"), " · ".join(one or say("未知", "unknown") for one in (_place(answer), answer.industry, answer.stage))),
        (say("评定日、年度", "day and year"), f"{answer.as_of} · {answer.year}"),
    ]  # fmt: skip
    warnings = [answer.label] if answer.label else []
    if any(one.status == "illustrative" for one in answer.standings):
        warnings.append(say("标“示例”的规则含示例数字：不得公布，不得用于推荐。", "Rules marked illustrative rest on illustrative figures: not to be published."))
    notes = [say("百分位 =（低于它的 + 相同的一半）÷ 已知户数；优势是百分位不低于 75% 的项目。", "Percentile = (below + ½ equal) ÷ known; strengths are at 75% or above.")]
    title = say("企业画像：", "Profile: ") + (answer.name or answer.key)
    return Paper(title, warnings, facts, [standings, _ladders(answer, words), _gaps(answer, words), nearest, strengths, peers], notes)


def _place(answer: Profile) -> str | None:
    """The place's name with its code."""
    known = answer.place is not None and answer.place_name != answer.place
    return f"{answer.place_name} {answer.place}" if known else answer.place


def _ladders(answer: Profile, words: Words) -> Table:
    say = words.say
    rows: list[list[Cell]] = []
    for one in answer.ladders:
        for number, rung in enumerate(one.rungs, 1):
            reached = rung.held or rung.outcome == "yes"
            state = say("持有称号", "held") if rung.held else outcome_text(words, rung.outcome) if rung.outcome else say("没有规则", "no rule")
            step = say("现在", "now") if number == one.at else say("下一步", "next") if number == one.next else ""
            rows.append([one.title, f"{'●' if reached else '○'} {rung.title}", state, step])
    heads = [say("梯度", "Ladder"), say("称号", "Title"), say("结论", "State"), say("位置", "Position")]
    return Table(say("梯度", "Ladders"), heads, rows, lead=1)


def _gaps(answer: Profile, words: Words) -> Table:
    say = words.say
    rows: list[list[Cell]] = []
    for one in answer.ladders:
        if one.next is not None:
            title = one.rungs[one.next - 1].title
            rows += [[title, gap.title, gap.left, gap.right, _short(gap, words), gap.cite] for gap in one.gaps]
    heads = [say("下一步", "Next step"), say("还差的条件", "Condition"), say("实际值", "Value"), say("界限", "Threshold"), say("差多少、缺什么", "Gap or missing"), say("依据", "Cited")]
    return Table(say("离下一步差什么", "What the next steps lack"), heads, rows, (0, 1, 2, 4), lead=1)


def _short(gap: Gap, words: Words) -> str:
    if gap.missing:
        return words.say("缺 ", "missing ") + words.join(gap.missing)
    if gap.outcome == "refer":
        return words.say("待人工判断", "for a person to judge")
    return as_gap(words, gap.gap) if gap.gap else words.say("不符合", "not met")
