"""One chapter per rule: its outcomes, where enterprises drop out, what excludes them, who is nearly there."""

from __future__ import annotations

from fractions import Fraction

from keqiao.assess import Excluding, Funnel, Miss, Misses, MissesOf, excluding, funnel, misses
from keqiao.assess.tables import name_of, results_of
from keqiao.reports.lists import WITHIN
from keqiao.reports.markup import Content, Markup, join, tag
from keqiao.reports.page import parts as p
from keqiao.reports.page.context import ROWS, Context
from keqiao.reports.page.points import between, points
from keqiao.reports.page.summary import anchor
from keqiao.reports.svg import Bar, bars
from keqiao.reports.values import as_gap, grouped
from keqiao.reports.wording import SHOWN, RuleView
from keqiao.rules.model import OUTCOMES, REFER, UNKNOWN, YES, Branch
from keqiao.rules.quantities import divide_half_away, plain

#: Conditions that are drawn; all stand in the table.
MOST_DRAWN = 10
_SHORT = 20


def chapter(context: Context, rule: RuleView) -> Markup:
    """Everything about one rule but its text, which stands among the definitions."""
    words = context.words
    title = p.titled(words, rule.title, rule.illustrative)
    sub = words.more([rule.status_words, context.say(f"版本 {rule.rule.version}", f"version {rule.rule.version}"), rule.id])
    if not rule.in_force:
        text = context.say(f"在评价日 {context.run.as_of} 不在有效期，没有结论。", f"Not in force on {context.run.as_of}; no outcomes.")
        return p.panel(anchor(rule), title, p.note(text), sub=sub)
    return p.panel(anchor(rule), title, _counts(context, rule), *_conditions(context, rule), _classes(context, rule), points(context, rule), sub=sub)


def _counts(context: Context, rule: RuleView) -> Markup:
    """The four outcomes with their counts; the shares are of all enterprises."""
    marks = []
    for code in SHOWN:
        if OUTCOMES[code] == "no" and rule.kind != "standard":
            continue
        marks.append(p.outcome(context.words, code, text=rule.outcome(code), count=rule.counts[OUTCOMES[code]]))
    first = context.words.settled() if rule.kind != "standard" else context.words.outcome(3)
    text = first + context.say("：", ": ") + p.of(context.words, rule.counts["yes"], context.rows)
    return tag("div", tag("div", *marks, class_="ocs"), p.note(text), class_="part")


# ---- conditions ------------------------------------------------------------------------------------


def _conditions(context: Context, rule: RuleView) -> list[Markup]:
    """Funnel, excluding conditions, the table of both, and near misses; nothing for points and classes alone."""
    if rule.kind == "standard" and context.run.receipt["keep"] == "outcomes":
        return [p.note(context.say("这次评价只留了结论（--keep outcomes），没有逐条的数字。", "This run kept outcomes only (--keep outcomes); there are no figures by condition."))]
    steps = funnel(context.run, rule.id, language=context.words.language)
    if not steps.steps:
        return []
    near = misses(context.run, rule.id, WITHIN, limit=ROWS, language=context.words.language)
    last = tag("div", _misses(context, rule, near), class_="part")
    if len(steps.steps) == 1:
        return [tag("div", _routes(context, rule), class_="part"), last]
    failing = excluding(context.run, rule.id, language=context.words.language)
    charts = tag("div", _funnel(context, rule, steps), _excluding(context, rule, failing), class_="grid")
    return [
        tag("div", charts, class_="part"),
        tag("div", _table(context, rule, steps, failing), class_="part"),
        last,
    ]


def _routes(context: Context, rule: RuleView) -> Markup:
    """Of a rule that asks one of several things, or a single one: how many meet each."""
    say, tree = context.say, rule.rule.require
    parts = tree.parts if isinstance(tree, Branch) and tree.kind == "any" else ()
    title = say("各条路径各有多少企业满足", "How many meet each route")
    if not parts:
        return p.note(say("这条规则只有一个条件，没有逐条的筛选。", "The rule has a single condition; there is no funnel."))
    columns = [name_of(f"c:{part.id}") for part in parts]
    counts = ", ".join(f"count(*) FILTER ({column} = {YES}), count(*) FILTER ({column} IN ({UNKNOWN}, {REFER}))" for column in columns)
    row = context.tables.one(f"SELECT {counts} FROM {results_of(context.run, rule.id)}")
    rows = []
    for i, part in enumerate(parts):
        met, open_ = row[2 * i], row[2 * i + 1]
        name = part.title.get(context.words.language) or part.cite or part.id
        rows.append(Bar(f"{i + 1}. {name}", met, between(met, met + open_), open_))
    drawn = bars(rows, f"{rule.title}：{title}", context.words.more(f"{row.label} {row.text}" for row in rows), full=float(context.rows))
    caption = say(
        f"满足任一条即可；一家可能同时满足几条，各行不能相加。实心：已满足；斜线：还缺数据或待人工判断；数字为“已满足～至多”。长度按全部 {context.rows:,} 家。",
        f"Any one suffices; an enterprise may meet several, so rows do not add up. Solid: met; hatched: data or judgement is missing; "
        f"figures: met ~ at most. Lengths are of all {context.rows:,}.",
    )
    return p.figure(title, drawn, caption)


def _funnel(context: Context, rule: RuleView, found: Funnel) -> Markup:
    say = context.say
    rows = [Bar(say("全部企业", "All enterprises"), found.total, f"{found.total:,}")]
    for i, step in enumerate(found.steps, 1):
        note = say(f"排除 {step.no:,}", f"excludes {step.no:,}") if step.no else say("没有排除", "excludes none")
        open_ = step.unknown + step.refer
        if open_:
            note += say(f"；留下的有 {open_:,} 未定", f"; {open_:,} of those left are open")
        text = f"{step.remaining:,} · {p.share(step.remaining, step.entering)}"
        rows.append(Bar(f"{i}. {step.title}", step.remaining, text, note=note))
    title = say("逐条筛下来还剩多少", "How many each condition leaves")
    drawn = bars(rows, f"{rule.title}：{title}", context.words.more(f"{row.label} {row.text}" for row in rows))
    most = max(found.steps, key=lambda step: step.no)
    last = found.steps[-1].remaining
    caption = say(
        f"按条款次序，只算前面各条没有排除的企业；缺数据和转人工的不算排除。百分比为占上一步。排除最多的一步是“{most.title}”（{most.no:,} 家）。"
        f"最后剩下的 {last:,} 家中，是 {found.outcomes['yes']:,} 家，其余未知或转人工。",
        f"In the order of the rule, of those not excluded before; unknown and referred ones are not excluded. Percentages are of the step before. "
        f"“{most.title}” excludes most ({most.no:,}). Of the {last:,} left, {found.outcomes['yes']:,} are yes, the others unknown or referred.",
    )
    return p.figure(title, drawn, caption)


def _excluding(context: Context, rule: RuleView, found: list[Excluding]) -> Markup:
    say = context.say
    failing = [one for one in found if one.failed][:MOST_DRAWN]
    title = say("哪一条排除的最多", "Which condition excludes most")
    if not failing:
        return tag("figure", tag("h4", title), p.note(say("没有企业不满足其中任何一条。", "No enterprise fails any of them.")))
    rows = [Bar(one.title, one.failed, f"{one.failed:,}", part=one.alone, note=say(f"只差这一条 {one.alone:,} 家", f"this alone: {one.alone:,}")) for one in failing]
    drawn = bars(rows, f"{rule.title}：{title}", context.words.more(f"{row.label} {row.text}" for row in rows), full=float(context.rows))
    caption = say(
        f"各条分别对全部 {context.rows:,} 家单独判断，一家可能同时不满足几条，各行不能相加。深色：结论为否、并且只有这一条不满足的企业。",
        f"Each condition by itself over all {context.rows:,}; an enterprise may fail several, so rows do not add up. Dark: those for whom it is the only one that fails.",
    )
    return p.figure(title, drawn, caption)


def _table(context: Context, rule: RuleView, found: Funnel, failing: list[Excluding]) -> Markup:
    say, each = context.say, {one.id: one for one in failing}
    heads = [
        p.Head(say("条款", "Condition")), p.Head(say("依据", "Cited")), p.Head(say("进入", "Entering"), number=True),
        p.Head(say("排除", "Excluded"), number=True), p.Head(say("未知", "Unknown"), number=True), p.Head(say("转人工", "Refer"), number=True),
        p.Head(say("留下", "Left"), number=True), p.Head(say("单独看不满足", "Fails, by itself"), number=True),
        p.Head(say("占全部", "Of all"), number=True), p.Head(say("只差这一条", "This alone"), number=True),
    ]  # fmt: skip
    rows: list[list[Content]] = []
    for i, step in enumerate(found.steps, 1):
        one = each[step.id]
        rows.append([
            f"{i}. {step.title}", step.cite or "—", f"{step.entering:,}", f"{step.no:,}", f"{step.unknown:,}", f"{step.refer:,}", f"{step.remaining:,}",
            f"{one.failed:,}", p.share(one.failed, context.rows), f"{one.alone:,}",
        ])  # fmt: skip
    caption = say(f"{rule.title}：各条排除多少企业（家）", f"{rule.title}: enterprises excluded by each condition")
    return p.folded(say("各条数字", "the figures of each condition"), p.table(caption, heads, rows), shut=False)


# ---- near misses -----------------------------------------------------------------------------------


def _misses(context: Context, rule: RuleView, found: Misses) -> Markup:
    say = context.say
    within = f"{plain(found.within * 100, 2)}%"
    title = tag("h4", p.titled(context.words, say("临界企业：差一点就符合", "Near misses"), rule.illustrative))
    text = say(
        f"结论为否、只要一条门槛放宽不超过它的 {within} 就变为是的企业：{found.count:,} 家；放宽后还缺数据或待人工判断的另有 {found.count_apart:,} 家，不列。",
        f"Enterprises that are no and would be yes if one threshold moved by at most {within} of itself: {found.count:,}; "
        f"{found.count_apart:,} more would then still lack data or judgement and are not listed.",
    )
    body: list[Content] = [title, p.note(text)]
    near = [one for one in found.by_clause if one.near]
    if near:
        clauses = context.words.more(_near(context, one) for one in near)
        body.append(p.note(say("按条款：", "By condition: "), clauses))
    if found.rows and context.names:
        body.append(_rows(context, rule, found.rows))
        if found.count > len(found.rows):
            body.append(p.note(say(f"只列差距最小的 {len(found.rows)} 家；全部见 keqiao misses 和工作簿。", f"Only the nearest {len(found.rows)}; all with keqiao misses and in the workbook.")))
    return join(body)


def _near(context: Context, one: MissesOf) -> str:
    """How many are near under one condition; a threshold that depends on the enterprise stands in the definitions."""
    threshold = grouped(one.threshold) if len(one.threshold) <= _SHORT else ""
    if not threshold:
        return context.say(f"{one.title} {one.near:,} 家", f"{one.title}: {one.near:,}")
    return context.say(f"{one.title}（门槛 {threshold}）{one.near:,} 家", f"{one.title} (threshold {threshold}): {one.near:,}")


def _rows(context: Context, rule: RuleView, rows: tuple[Miss, ...]) -> Markup:
    say, missing = context.say, context.say("缺", "missing")
    heads = [
        p.Head(say("企业", "Enterprise")), p.Head(say("代码", "Code"), whole=True), p.Head(say("所在地", "Place"), whole=True), p.Head(say("差在哪一条", "Condition")),
        p.Head(say("实际值", "Value"), number=True), p.Head(say("门槛", "Threshold"), number=True), p.Head(say("差距", "Gap"), number=True),
        p.Head(say("占门槛", "Gap / threshold"), number=True),
    ]  # fmt: skip
    told: list[list[Content]] = [
        [
            row.name or missing, row.key, row.place_name or missing,
            join([row.title, say(f"（{row.cite}）", f" ({row.cite})") if row.cite else None]),
            grouped(row.left), grouped(row.right), as_gap(context.words, row.gap), _percent(row.share),
        ]
        for row in rows
    ]  # fmt: skip
    return p.table(say(f"{rule.title}：差距最小的企业", f"{rule.title}: the nearest"), heads, told)


def _percent(value: Fraction) -> str:
    """A share with two decimals; one that would read as nothing says so."""
    hundredths = divide_half_away(value.numerator * 10_000, value.denominator)
    return f"{hundredths // 100}.{hundredths % 100:02d}%" if hundredths or not value else "<0.01%"


# ---- classes ---------------------------------------------------------------------------------------


def _classes(context: Context, rule: RuleView) -> Markup | None:
    """How many enterprises each class has; those that may still be of several classes are counted apart."""
    classes, say = rule.rule.classes, context.say
    if classes is None:
        return None
    counts = dict(context.tables.all(f'SELECT "class", count(*) FROM {results_of(context.run, rule.id)} GROUP BY 1'))
    rows = [
        Bar(classes.labels[name].get(context.words.language), counts.get(name, 0), f"{counts.get(name, 0):,} · {p.share(counts.get(name, 0), context.rows)}")
        for name in classes.order
    ]  # fmt: skip
    rows.append(Bar(say("未定", "open"), counts.get(None, 0), f"{counts.get(None, 0):,} · {p.share(counts.get(None, 0), context.rows)}"))
    title = say("各类企业数", "Enterprises by class")
    drawn = bars(rows, f"{rule.title}：{title}", context.words.more(f"{row.label} {row.text}" for row in rows), beside=True)
    caption = say("未定：因缺数据，还可能是几类中的任一类。", "Open: data is missing and several classes are possible.")
    return tag("div", p.figure(title, drawn, caption), class_="part")
