"""What the data is worth: which indicators are known for how many, and what the import remarked."""

from __future__ import annotations

from keqiao.reports.disagreeing import told
from keqiao.reports.markup import Content, Markup
from keqiao.reports.needs import Needs
from keqiao.reports.page import parts as p
from keqiao.reports.page.context import Context
from keqiao.reports.page.summary import totals
from keqiao.rules import form as f
from keqiao.rules.model import rule_nodes
from keqiao.rules.references import in_order

#: Indicators that stand open; the others are folded.
MOST = 25


def quality(context: Context, needs: Needs) -> list[Markup]:
    """Coverage, and what the import said."""
    return [_import(context), _coverage(context, needs)]


def _import(context: Context) -> Markup:
    say, manifest = context.say, context.run.snapshot.manifest
    rows: list[tuple[str, Content]] = [
        (say("来源文件", "Source files"), context.words.join(source["file"] for source in manifest["sources"]) or say("未记录", "not recorded")),
        (say("行数", "Rows"), f"{sum(source['rows'] for source in manifest['sources']):,}"),
        (say("企业数", "Enterprises"), f"{manifest['rows']:,}"),
        (say("导入时的提醒", "Warnings at import"), say(f"{manifest['warnings']:,} 处", f"{manifest['warnings']:,}")),
    ]
    differing = told(context.run, context.words)
    if differing:
        rows.append((say("来源不一致", "Sources that disagree"), differing))
    text = say(
        "错误会使整次导入被拒绝，所以这里没有错误；提醒是可疑但照收的值（如与往年差千倍、资产不等于负债加权益），逐格内容见导入时的报告。",
        "An error refuses the whole import, so there are none here; warnings are suspicious values that were accepted "
        "(a thousand times last year's, assets that do not balance), told cell by cell in the report of the import.",
    )
    return p.panel("import", say("导入", "Import"), p.pairs(rows), p.note(text))


def _used(context: Context) -> dict[str, list[str]]:
    """Facts and titles that the rules in force read, also through rules they ask, with the rules' titles."""
    found: dict[str, list[str]] = {}
    for rule in context.living:
        ids = set()
        for one in in_order(rule.rule, lambda id: context.run.packs.version(id, context.run.as_of)):
            for node in rule_nodes(one):
                for part in f.walk(node):
                    if isinstance(part, f.Fact):
                        ids.add(part.id)
                    elif isinstance(part, f.Holds):
                        ids.add("titles")
        for id in ids:
            found.setdefault(id, []).append(rule.title)
    return found


def _coverage(context: Context, needs: Needs) -> Markup:
    say, words = context.say, context.words
    used, columns, rows = _used(context), context.run.snapshot.manifest["columns"], context.rows
    waiting, only = totals(needs)
    known = {id: int(columns.get(id, {}).get("known", 0)) for id in used}
    order = sorted(used, key=lambda id: (known[id], context.vocabulary.order.get(id, -1)))
    heads = [
        p.Head(say("数据", "Fact")), p.Head(say("有数据（家）", "Known"), number=True), p.Head(say("占全部", "Of all"), number=True),
        p.Head(say("用到它的规则", "Rules that read it"), number=True), p.Head(say("在等它的未知结论", "Unknown outcomes waiting") + needs.marked, number=True),
        p.Head(say("补上即有结论", "Settles") + needs.marked, number=True), p.Head(say("取数口径", "Definition")),
    ]  # fmt: skip

    def row(id: str) -> list[Content]:
        indicator = context.vocabulary.indicators.get(id)
        name = say("称号（全部）", "titles (all)") if id == "titles" else words.indicator(context.vocabulary, id)
        count = f"{known[id]:,}" if id in columns else say("没有这一列", "no column")
        ids = [one for one in waiting if one[0] == id or (id == "titles" and one[0].startswith("title."))]
        return [
            name, count, p.share(known[id], rows), str(len(used[id])), f"{sum(waiting[one] for one in ids):,}", f"{sum(only[one] for one in ids):,}",
            indicator.definition if indicator is not None else say("各类称号及起止日", "titles with their days"),
        ]  # fmt: skip

    title = say("各项数据有多少", "How complete each fact is")
    body: list[Content] = [p.table(title, heads, [row(id) for id in order[:MOST]])]
    if order[MOST:]:
        table = p.table(title + say("（续）", " (continued)"), heads, [row(id) for id in order[MOST:]])
        body.append(p.folded(say(f"其余 {len(order) - MOST} 项（更完整）", f"the other {len(order) - MOST}, more complete"), table, shut=False))
    full = sum(known[id] == rows for id in used)
    text = say(
        f"只列规则用到的 {len(used)} 项，最缺的在前，其中 {full} 项全部企业都有。“有数据”指评价年度的值；往年的值缺多少，见“在等它”。缺数据从不当作零。",
        f"The {len(used)} facts that the rules read, the scarcest first; {full} are known for all. Known: the value of the year; "
        "for earlier years see what waits. Missing is never taken for zero.",
    )
    return p.panel("coverage", title, *body, p.note(words.sentences([text, needs.basis()])))
