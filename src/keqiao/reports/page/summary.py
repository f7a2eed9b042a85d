"""The top of a report: what it is, the answer in four cells, every rule's outcomes, what is missing most."""

from __future__ import annotations

from collections import Counter

from keqiao.reports.markup import Content, Markup, join, tag
from keqiao.reports.needs import Needs, Wanted
from keqiao.reports.overview import strips
from keqiao.reports.page import parts as p
from keqiao.reports.page.context import Context
from keqiao.reports.svg import share_bar
from keqiao.reports.wording import SHOWN, RuleView
from keqiao.rules.model import OUTCOMES

#: Facts that are named in the summary.
MOST_FACTS = 10


def title_of(context: Context) -> str:
    """The report's title; it says so where anything in it is illustrative."""
    text = context.say(f"企业评价报告（{context.run.year}年度）", f"Enterprise assessment report, {context.run.year}")
    if any(rule.illustrative for rule in context.rules):
        text += context.say("·含示例数字", " · with illustrative figures")
    return text


def head(context: Context) -> Markup:
    """Title, what identifies the report, and the warnings that cannot be closed."""
    run, say = context.run, context.say
    meta = [
        (say("评价日", "as of"), run.as_of.isoformat()),
        (say("评价年度", "year"), str(run.year)),
        (say("企业", "enterprises"), f"{context.rows:,}"),
        (say("规则", "rules"), str(len(context.rules))),
        (say("快照", "snapshot"), run.receipt["snapshot"][:12]),
        (say("本次评价", "run"), run.receipt["content_hash"][:12]),
        (say("软件", "software"), f"{say('科桥', 'Keqiao')} {run.receipt['keqiao']}"),
    ]
    label = run.receipt["label"]
    found = [tag("h1", title_of(context)), tag("div", *(tag("span", tag("b", name), " ", value) for name, value in meta), class_="meta")]
    for text in strips(run, context.rules, context.words):
        word, _, rest = text.partition(say("：", ": "))
        found.append(tag("div", tag("b", word), tag("span", rest), class_="sample"))
    if not label:
        found.append(p.note(say("数据没有写明来源说明（label）。", "The data carries no label.")))
    return tag("header", *found)


def answer(context: Context, needs: Needs) -> Markup:
    """At most four cells; each says what it counts."""
    say = context.say
    standards = [rule for rule in context.living if rule.kind == "standard"]
    pairs = context.rows * len(standards)
    decided = sum(rule.counts["yes"] + rule.counts["no"] for rule in standards)
    once, note_once = _most_wanted(context, needs)
    doubts = sum(len(rule.doubts) for rule in context.rules)
    samples = sum(rule.illustrative for rule in context.rules)
    cells: list[tuple[str, Content, str]] = [
        (say("评价企业", "Enterprises"), _big(f"{context.rows:,}", say("家", "")), say("快照中的全部企业", "all enterprises of the snapshot")),
        (say("已有结论（是或否）", "Decided (yes or no)"), _big(p.share(decided, pairs), ""),
         say(f"{decided:,} / {pairs:,} 项（企业数 × 在有效期的资格规则 {len(standards)} 条）",
             f"{decided:,} of {pairs:,} (enterprises × {len(standards)} title rules in force)")),
        (say("最缺的一项数据", "Fact missing most"), tag("span", once, style="font-size:18px"), note_once),
        (say("规则待核", "To confirm in rules"), _big(f"{doubts:,}", say("处", "")),
         say(f"另有 {samples} 条规则为示例数字；详见口径说明", f"and {samples} rule(s) on illustrative figures; see Definitions")),
    ]  # fmt: skip
    return tag("dl", *(tag("div", tag("dt", name), tag("dd", value, class_="v"), tag("dd", note, class_="k")) for name, value, note in cells), class_="answer")


def _big(value: str, unit: str) -> Markup:
    return join([value, tag("small", unit) if unit else None])


def _most_wanted(context: Context, needs: Needs) -> tuple[str, str]:
    waiting, _ = totals(needs)
    if not waiting:
        return context.say("无", "none"), context.say("没有因缺数据而未知的结论", "no outcome is unknown for want of data")
    one, count = min(waiting.items(), key=lambda item: (-item[1], item[0]))
    label = context.words.indicator(context.vocabulary, *one)
    text = context.say(f"{count:,} 项未知的结论在等它", f"{count:,} unknown outcomes wait for it")
    return label, text + ("" if needs.whole else context.say(f"（{needs.counted:,} 家样本）", f" (sample of {needs.counted:,})"))


def totals(needs: Needs) -> tuple[Counter[Wanted], Counter[Wanted]]:
    """Over all rules: outcomes that wait for a fact, and those that it alone would settle."""
    waiting: Counter[Wanted] = Counter()
    only: Counter[Wanted] = Counter()
    for tally in needs.tallies.values():
        waiting.update(tally.waiting)
        only.update(tally.only)
    return waiting, only


def outcomes(context: Context) -> Markup:
    """Every rule with its counts; what is not applicable is a dash."""
    say, words = context.say, context.words
    heads = [
        p.Head(say("规则", "Rule")), p.Head(say("状态", "Status"), whole=True), p.Head(say("版本", "Version"), whole=True),
        *(p.Head(words.outcome(code), number=True) for code in SHOWN), p.Head(say("是 / 企业数", "Yes / all"), number=True),
        p.Head(say("占比图", "Shares")),
    ]  # fmt: skip
    keys = tag("div", *(tag("span", tag("span", class_=f"key k{i}"), words.outcome(code)) for i, code in enumerate(_BARS)), class_="keys")
    table = p.table(say("各规则的结论（家）", "Outcomes by rule (enterprises)"), heads, [_outcomes(context, rule) for rule in context.rules])
    text = say(
        "每条规则对全部企业各给一个结论，四种结论相加等于企业数。未知是缺数据，不是不符合；转人工是须由人判断的事项还没有结论。",
        "Every rule gives each enterprise one of four outcomes, which add up to all. Unknown is missing data, not a failure; "
        "refer is a matter for human judgement that is still open.",
    )
    only = [rule.title for rule in context.living if rule.kind != "standard"]
    if only:
        text += say(
            f"{words.join(only)}只计分或分类：“{words.settled()}”列在“是”栏，没有“否”。",
            f" {words.join(only)} only score or classify: what is settled stands under yes, and there is no no.",
        )
    return p.panel("outcomes", say("各规则的结论", "Outcomes by rule"), keys, table, p.note(text))


#: The order of the parts of a bar of shares: filled, hatched, light, outlined.
_BARS = tuple(OUTCOMES.index(name) for name in ("yes", "unknown", "no", "refer"))


def _outcomes(context: Context, rule: RuleView) -> list[Content]:
    name = tag("a", rule.title, href=f"#{anchor(rule)}")
    first: list[Content] = [p.titled(context.words, name, rule.illustrative), rule.status_words, rule.rule.version]
    if not rule.in_force:
        return [*first, *["—"] * 5, context.words.not_in_force()]
    counts: list[Content] = ["—" if OUTCOMES[code] == "no" and rule.kind != "standard" else f"{rule.counts[OUTCOMES[code]]:,}" for code in SHOWN]
    names = [context.words.outcome(code) for code in _BARS]
    bar = Markup(share_bar([rule.counts[OUTCOMES[code]] for code in _BARS], names).replace('class="chart"', 'class="mini"', 1))
    return [*first, *counts, p.share(rule.counts["yes"], context.rows), bar]


def anchor(rule: RuleView) -> str:
    """The id of a rule's chapter."""
    return "r-" + rule.id.replace(".", "-").replace("_", "-")


def missing(context: Context, needs: Needs) -> Markup:
    """What is missing most over all rules."""
    say, words = context.say, context.words
    waiting, only = totals(needs)
    ranked = sorted(waiting, key=lambda one: (-only[one], -waiting[one], one))[:MOST_FACTS]
    heads = [
        p.Head(say("数据", "Fact")), p.Head(say("补上即有结论", "Settles") + needs.marked, number=True),
        p.Head(say("在等它的未知结论", "Unknown outcomes waiting") + needs.marked, number=True), p.Head(say("涉及规则", "Rules")),
    ]  # fmt: skip
    rows: list[list[Content]] = [
        [
            words.indicator(context.vocabulary, *one), f"{only[one]:,}", f"{waiting[one]:,}",
            words.join(rule.title for rule in needs.rules if rule.id in needs.tallies and one in needs.tallies[rule.id].waiting),
        ]
        for one in ranked
    ]  # fmt: skip
    unknown = sum(tally.unknown for tally in needs.tallies.values())
    basis_zh, basis_en = ("", "") if needs.whole else ("样本中", " in the sample")
    text = say(
        f"单位是“项”：一家企业在一条规则下的结论为一项，{basis_zh}共有 {unknown:,} 项未知。“补上即有结论”：只缺这一项数据的未知结论；"
        "“在等它”：缺的数据里有它。一项结论可能同时等几项数据，各行不能相加。",
        f"Counted in outcomes, one per enterprise and rule; {unknown:,} are unknown{basis_en}. Settles: unknown outcomes that lack this fact alone. "
        "Waiting: it is among what they lack. An outcome may wait for several facts, so rows do not add up.",
    )
    body: list[Content] = [p.note(say("没有因缺数据而未知的结论。", "No outcome is unknown for want of data."))]
    if rows:
        body = [p.table(say("最缺的数据", "Facts missing most"), heads, rows), p.note(words.sentences([text, needs.basis()]))]
    return p.panel("missing", say("补哪些数据最有用", "Which facts would settle most"), *body)
