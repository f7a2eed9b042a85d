"""Points of one rule: how many reach what, and where stages, industries and places lie."""

from __future__ import annotations

from fractions import Fraction

from keqiao.assess.tables import INDUSTRY, PLACE, STAGE, results_of
from keqiao.reports.markup import Content, Markup, join, tag
from keqiao.reports.page import parts as p
from keqiao.reports.page.context import Context
from keqiao.reports.queries import FEWEST, MOST_GROUPS, Group, groups, reach, span, whole
from keqiao.reports.svg import Bar, Spread, bars, spread
from keqiao.reports.svg.frame import ticks
from keqiao.reports.wording import RuleView
from keqiao.rules.quantities import plain

#: The columns by which points are told.
_BY = ((STAGE, ("按发展阶段", "By stage")), (INDUSTRY, ("按划型行业", "By industry")), (PLACE, ("按所在地", "By place")))

#: Groups that stand in a table; a country has three thousand counties.
MOST_TOLD = 60


def points(context: Context, rule: RuleView) -> Markup | None:
    """The figures of a rule's points; None where it has none."""
    ends = span(context.tables, results_of(context.run, rule.id)) if rule.has_score and rule.in_force else None
    if ends is None:
        return None
    say = context.say
    every = whole(context.tables, results_of(context.run, rule.id))
    figures = [_reached(context, rule, ends, every)]
    absent = []
    for column, heads in _BY:
        if column in context.tables.columns:
            figures.append(_grouped(context, rule, column, say(*heads), ends))
        else:
            absent.append(context.words.indicator(context.vocabulary, column))
    note = say(
        f"{every.certain:,} / {every.count:,} 家总分已确定；其余因缺数据是区间，统计按区间的下限和上限各算一遍，真值必在两者之间。",
        f"{every.certain:,} of {every.count:,} totals are certain; the others are ranges while data is missing, "
        "and every figure is given for the low and for the high ends: the truth lies between.",
    )
    if absent:
        note += say(f"快照没有{context.words.join(absent)}，不能按它分组。", f" The snapshot lacks {context.words.join(absent)}; no grouping by it.")
    head = tag("h4", p.titled(context.words, say("积分分布", "Points"), rule.illustrative))
    return tag("div", head, tag("div", *figures, class_="flow"), p.note(note), class_="part")


def _reached(context: Context, rule: RuleView, ends: tuple[Fraction, Fraction], every: Group) -> Markup:
    say = context.say
    marks = sorted({Fraction(str(mark)) for mark in ticks(0, float(ends[1]), 11) if mark > 0} | ({rule.pass_mark} if rule.pass_mark else set()), reverse=True)
    found = reach(context.tables, results_of(context.run, rule.id), marks)
    rows = [
        Bar(f"≥{plain(one.points, 4)}{say('分', '')}", one.surely, between(one.surely, one.at_most), one.at_most - one.surely)
        for one in found
    ]  # fmt: skip
    title = say("达到各分数的企业数", "Enterprises that reach a total")
    drawn = bars(rows, f"{rule.title}：{title}", _described(context, rows), beside=True, full=float(every.count))
    text = say("实心：确定达到；斜线：缺的数据补齐后可能达到。数字为“确定～至多”（家）。", "Solid: certainly reached; hatched: possibly, once data is complete. Figures: certain ~ at most.")
    if rule.pass_mark is not None:
        mark = next(one for one in found if one.points == rule.pass_mark)
        text = say(f"及格线 {plain(mark.points, 4)} 分：确定达到 {mark.surely:,} 家，至多 {mark.at_most:,} 家。", f"Pass mark {plain(mark.points, 4)}: {mark.surely:,} certainly reach it, at most {mark.at_most:,}. ") + text
    heads = [p.Head(say("总分", "Total")), p.Head(say("确定达到（家）", "Certain"), number=True), p.Head(say("至多（家）", "At most"), number=True), p.Head(say("占全部", "Of all"), number=True)]
    table = p.table(title, heads, [[row.label, f"{one.surely:,}", f"{one.at_most:,}", _shares(one.surely, one.at_most, every.count)] for row, one in zip(rows, found, strict=True)])
    return p.figure(title, drawn, text, p.folded(say("看成表格", "as a table"), table))


def between(low: int, high: int) -> str:
    """A count that is certain, or what it is at least and at most."""
    return f"{low:,}" if low == high else f"{low:,}～{high:,}"


def _shares(low: int, high: int, all_: int) -> str:
    first, last = p.share(low, all_), p.share(high, all_)
    return first if first == last else f"{first}～{last}"


def _described(context: Context, rows: list[Bar]) -> str:
    return context.words.more(f"{row.label} {row.text}" for row in rows)


def _grouped(context: Context, rule: RuleView, column: str, title: str, ends: tuple[Fraction, Fraction]) -> Markup:
    say = context.say
    found = _in_order(context, column, groups(context.tables, results_of(context.run, rule.id), column))
    shown, rest = found, []
    if len(found) > MOST_GROUPS + 1:
        named = [group for group in found if group.name is not None]
        shown = named[:MOST_GROUPS] + [group for group in found if group.name is None]
        rest = named[MOST_GROUPS:]
    rows = [
        Spread(_named(context, column, group), _median(group) if group.ends else say(f"{group.count} 家", f"{group.count}"),
               None if group.ends is None else (float(group.ends[0]), float(group.ends[1]), float(group.ends[2]), float(group.ends[3])),
               say(f"不足{FEWEST}家，只计数", f"fewer than {FEWEST}: counted only"))
        for group in shown
    ]  # fmt: skip
    mark = None if rule.pass_mark is None else (float(rule.pass_mark), say(f"及格 {plain(rule.pass_mark, 4)}", f"pass {plain(rule.pass_mark, 4)}"))
    low = min(0.0, float(ends[0]))
    text = context.words.more(f"{row.label}: {row.text}" for row in rows)
    drawn = spread(rows, f"{rule.title}：{title}", text, low=low, high=max(float(ends[1]), mark[0] if mark else 0.0), mark=mark)
    caption = say("深色：中位数必在其中；浅色：居中一半企业的范围至多到此。右边为中位数。", "Dark: the median lies within; light: the middle half lies within. Right: the median.")
    if rest:
        count = sum(group.count for group in rest)
        caption += say(f"另有 {len(rest)} 组、{count:,} 家未画出。", f" Not drawn: {len(rest)} more groups with {count:,} enterprises.")
    return p.figure(title, drawn, caption, p.folded(say("看成表格", "as a table"), _table(context, title, column, found)))


def _named(context: Context, column: str, group: Group, *, code: bool = False) -> str:
    """What a group is called: places by their names, with ``code`` behind where there is room."""
    if group.name is None:
        return context.say("缺", "missing")
    if column != PLACE:
        return group.name
    name = context.place(group.name) or group.name
    return name + context.say(f"（{group.name}）", f" ({group.name})") if code and name != group.name else name


def _in_order(context: Context, column: str, found: list[Group]) -> list[Group]:
    """Stages in their own order; everything else the largest group first."""
    if column != STAGE:
        return found
    order = {value: i for i, value in enumerate(context.vocabulary.indicators[STAGE].values)}
    return sorted(found, key=lambda group: (group.name is None, order.get(group.name or "", len(order))))


def _table(context: Context, title: str, column: str, found: list[Group]) -> Markup:
    say = context.say
    heads = [
        p.Head(say("组", "Group")), p.Head(say("企业（家）", "Enterprises"), number=True), p.Head(say("总分已定（家）", "Certain"), number=True),
        p.Head(say("下四分位，至少", "Lower quartile, at least"), number=True), p.Head(say("中位数", "Median"), number=True),
        p.Head(say("上四分位，至多", "Upper quartile, at most"), number=True),
    ]  # fmt: skip
    rows: list[list[Content]] = []
    for group in found:
        ends = group.ends
        told: list[Content] = ["—", "—", "—"] if ends is None else [plain(ends[0], 2), _median(group), plain(ends[3], 2)]
        rows.append([_named(context, column, group, code=True), f"{group.count:,}", f"{group.certain:,}", *told])
    if len(rows) <= MOST_TOLD:
        return p.table(title, heads, rows)
    rest = say(f"另有 {len(rows) - MOST_TOLD:,} 组较小的未列。", f"{len(rows) - MOST_TOLD:,} smaller groups are left out.")
    return join([p.table(title, heads, rows[:MOST_TOLD]), p.note(rest)])


def _median(group: Group) -> str:
    assert group.ends is not None
    low, high = plain(group.ends[1], 1), plain(group.ends[2], 1)
    return low if low == high else f"{low}～{high}"
