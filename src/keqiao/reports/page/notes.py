"""The definitions: how to read, where the data is from, how to verify, and every rule in full."""

from __future__ import annotations

from keqiao.reports.definitions import about, full_texts, meanings, sources
from keqiao.reports.markup import Content, Markup, join, tag
from keqiao.reports.page import parts as p
from keqiao.reports.page.context import Context
from keqiao.reports.page.summary import anchor
from keqiao.reports.prose import Prose
from keqiao.reports.queries import FEWEST
from keqiao.reports.wording import RuleView


def definitions(context: Context) -> list[Markup]:
    """How to read, data and verification, and a panel per rule."""
    say = context.say
    reading = meanings(context.words, context.rules, sheets=False)
    reading.append((say("小组", "Small groups"), say(
        f"少于 {FEWEST} 家的组只写户数，不写分位数，以免看出单家企业。", f"Groups of fewer than {FEWEST} are counted only, so that no single enterprise shows.")))
    reading.append((say("四分位数", "Quartiles"), say(
        "取实有的值，不插值；排序后第 ⌈n/4⌉、⌈n/2⌉、⌈3n/4⌉ 家的总分。", "Values that occur, not interpolated: the totals at places ⌈n/4⌉, ⌈n/2⌉, ⌈3n/4⌉.")))
    reading.append((say("百分比", "Percentages"), say(
        "四舍五入到一位小数，旁边或表头写明分子、分母。", "Rounded half up to one decimal; numerator and denominator stand beside or in the heads.")))
    return [
        p.panel("reading", say("怎么读", "How to read"), p.pairs(reading)),
        p.panel("sources", say("数据、版本与复核", "Data, versions, verification"), p.pairs(sources(context.run, context.words, context.rules))),
        *(_rule(context, rule) for rule in context.rules),
    ]


def _rule(context: Context, rule: RuleView) -> Markup:
    """The document of a rule, its status and what is unconfirmed, and its clauses folded."""
    say = context.say
    heads = [p.Head(say("条款或指标", "Clause or item")), p.Head(say("要求或计分", "Requirement or points")), p.Head(say("依据", "Cited")), p.Head(say("标注", "Mark"), whole=True)]
    rows: list[list[Content]] = [
        [title, text, cite or "—", say("示例", "illustrative") if rule.illustrative else say("待核", "to confirm") if doubtful else ""]
        for title, text, cite, doubtful in full_texts(rule, Prose(context.vocabulary, rule))
    ]
    table = p.table(say(f"{rule.title}：条款与计分", f"{rule.title}: clauses and points"), heads, rows)
    title = p.titled(context.words, rule.title, rule.illustrative)
    back = tag("a", say("看结果", "results"), href=f"#{anchor(rule)}")
    return p.panel(f"d-{anchor(rule)}", title, p.pairs(about(rule)), p.folded(say(f"条款与计分全文（{len(rows)} 条）", f"clauses and points in full ({len(rows)})"), table, shut=False), sub=join([rule.id, " ", back]))
