"""The sheet of definitions: documents and what is unconfirmed, every clause in full, how to read, sources."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from keqiao.engine.run import Run
from keqiao.reports.book import Book, Sheet
from keqiao.reports.disagreeing import told
from keqiao.reports.prose import Prose
from keqiao.reports.wording import RuleView, Words
from keqiao.rules.model import Branch, Clause, Tree
from keqiao.rules.quantities import show
from keqiao.rules.vocabulary import Vocabulary

_WIDTHS = (22, 30, 58, 26, 9)
_LAST = len(_WIDTHS) - 1


def write_definitions(book: Book, run: Run, rules: Sequence[RuleView], vocabulary: Vocabulary, strips: Sequence[str]) -> None:
    """Write the sheet."""
    say = book.words.say
    sheet = book.sheet(say("口径说明", "Definitions"), say("口径说明", "Definitions"), _WIDTHS, strips=strips)
    sheet.line(say("一、规则与依据", "1. Rules and documents"), "section", 22)
    for rule in rules:
        _document(sheet, rule)
    sheet.gap()
    sheet.line(say("二、怎么读", "2. How to read"), "section", 22)
    for label, text in meanings(book.words, rules):
        _pair(sheet, label, text)
    sheet.gap()
    sheet.line(say("三、数据与复核", "3. Data and verification"), "section", 22)
    for label, text in sources(run, book.words, rules):
        _pair(sheet, label, text)
    differing = told(run, book.words)
    if differing:
        _pair(sheet, say("来源不一致", "Sources that disagree"), differing + say("。每个值的来源见 snapshot/sources.parquet。", ". Each value's source: snapshot/sources.parquet."))
    sheet.gap()
    sheet.line(say("四、条款与计分全文", "4. Clauses and score items in full"), "section", 22)
    _clauses(sheet, rules, vocabulary)


def _pair(sheet: Sheet, label: str, text: str) -> None:
    """A label and a text over the other columns."""
    width = sum(sheet.widths[1:])
    sheet.fit([(label, sheet.widths[0]), (text, width)])
    sheet.text(sheet.row, 0, label, "term")
    sheet.sheet.merge_range(sheet.row, 1, sheet.row, _LAST, "", sheet.book.style("wrap").plain)
    sheet.text(sheet.row, 1, text, "wrap")
    sheet.row += 1


# ---- documents -------------------------------------------------------------------------------------


def _document(sheet: Sheet, rule: RuleView) -> None:
    sheet.paragraph(f"{rule.title}（{rule.id}）", "rule", top=4)
    for label, text in about(rule):
        _pair(sheet, label, text)


def about(rule: RuleView) -> list[tuple[str, str]]:
    """What a rule is written from: document, version, status, what is unconfirmed, notes."""
    words, origin = rule.words, rule.rule.origin
    say, unknown = words.say, words.say("待核", "to confirm")
    document = f"《{origin.document}》" if origin.document else unknown
    parts = [
        document,
        say("文号：", "number: ") + (origin.number or unknown),
        say("发文机关：", "issuer: ") + (origin.issuer or unknown),
        say("发文日期：", "date: ") + (origin.date.isoformat() if origin.date else unknown),
    ]
    first = rule.rule.effective_from.isoformat() if rule.rule.effective_from else say("未载明", "not stated")
    last = rule.rule.effective_to.isoformat() if rule.rule.effective_to else say("未载明终止日", "open")
    force = say("有效期：", "in force: ") + say(f"{first} 至 {last}", f"{first} to {last}")
    if not rule.in_force:
        force += say("（评价日不在有效期）", " (not in force on the day)")
    recorded = say("录入日：", "recorded: ") + rule.rule.recorded.isoformat()
    found = [
        (say("依据", "Document"), words.more(parts)),
        (say("版本", "Version"), words.more([rule.rule.version, force, recorded])),
        (say("状态", "Status"), rule.status_words + status_meaning(rule)),
    ]
    if rule.doubts:
        found.append((say("待核内容", "To confirm"), words.join(rule.doubts)))
    notes = notes_of(rule)
    if notes:
        found.append((say("说明", "Notes"), notes))
    return found


def status_meaning(rule: RuleView) -> str:
    """What a reader may conclude from a rule's status; empty where it is plain."""
    say = rule.words.say
    if rule.illustrative:
        return say("：数字为演示自拟，不得公布，不得用于推荐", ": figures made up for demonstration; not to be published or used for recommendations")
    if rule.status == "stated":
        return say("：文件只写了名目，没有公布数字", ": named in the document without figures")
    if rule.doubts:
        return say("：标“待核”处尚未由第二人与原文核对", ": what is to be confirmed was not yet checked by a second person")
    return ""


def notes_of(rule: RuleView) -> str:
    """The notes of the version in force, as written in the pack."""
    for pack, _ in rule.run.packs.sources(rule.id):
        if pack.effective.from_ == rule.rule.effective_from and pack.notes:
            return " ".join(pack.notes.split())
    return ""


# ---- how to read -----------------------------------------------------------------------------------


def meanings(words: Words, rules: Sequence[RuleView], *, sheets: bool = True) -> list[tuple[str, str]]:
    """Every sign and column that a report uses, and what it means; ``sheets`` for a workbook."""
    say = words.say
    where_zh, where_en = ("见“原因”“待补数据”", "see Reasons and Missing data") if sheets else ("见“补哪些数据最有用”", "see Which facts would settle most")
    found = [
        (say("√ 是", "√ Yes"), say("按现有数据，全部条件满足。", "On the data at hand every condition is met.")),
        (say("× 否", "× No"), say("至少一项必须满足的条件不满足，补数据也不会改变。", "A required condition fails; more data would not change it.")),
        (say("? 未知", "? Unknown"), say(f"缺数据，不能断定；缺什么{where_zh}。缺数据从不当作零或“没有”。",
                                       f"Data is missing and the outcome open; {where_en}. Missing is never taken for zero or none.")),
        (say("◆ 转人工", "◆ Refer"), say("须由人判断的事项（如技术领域）没有记录判断结果，其余条件满足或不影响。",
                                      "A matter for human judgement is not judged yet, and nothing else stands against it.")),
        (say("积分区间", "Ranges"), say("缺数据时积分是区间：下限按缺的项得最少分，上限按得最多分。下限已过门槛即为“是”，上限不到门槛即为“否”。",
                                     "While data is missing points are a range: low with the least, high with the most that the missing items may give. "
                                     "A low end that passes is a yes, a high end that fails a no.")),
        (say("差距", "Gap"), say("实际值离门槛多远，与门槛同单位；“差”为不足，“超出”为过多；比率之差用百分点。“差距占门槛”可排序，用来找临界企业。",
                               "How far the value is from the threshold, in its unit; ratios in percentage points. Gap / threshold can be sorted to find near misses.")),
        (say("标注", "Mark"), say("待核：该条或其依据的计分项尚未核对；示例：使用示例数字。", "To confirm: the clause or an item behind it is unconfirmed; illustrative: made-up figures.")),
        (say("— 与 缺", "— and missing"), say("“—”为不适用；“缺”为没有数据。", "— is not applicable; missing is no data.")),
        (say("单位", "Units"), say("金额用万元或亿元（与条款的门槛一致），比率用%，人数用人，积分用分；决定按整数精确计算，不受显示位数影响。",
                                 "Money in CNY (millions from a million on), ratios in %, points plain; decisions are exact and do not depend on the digits shown.")),
        (say("企业代码", "Codes"), say("统一社会信用代码经校验；以9199开头的是演示代码，不是真实企业。证券代码、企业编号按提供的写。",
                                    "Unified social credit codes are checked; those beginning 9199 are for demonstration and no real enterprise.")),
    ]  # fmt: skip
    if not sheets:  # a page has shapes in place of the signs
        found = [(label.split(" ", 1)[1] if label[0] in "√×?◆" else label, text) for label, text in found]
    if any(rule.kind != "standard" for rule in rules):
        text = say("只计分或只分类的规则没有“否”；“已定”表示总分或类型已经确定。", "Rules that only score or classify have no No; Settled means that the total or class is certain.")
        found.append((say("已定", "Settled"), text))
    return found


# ---- data ------------------------------------------------------------------------------------------


def sources(run: Run, words: Words, rules: Sequence[RuleView]) -> list[tuple[str, str]]:
    """Where the data comes from, and how anyone can check the results."""
    say, manifest = words.say, run.snapshot.manifest
    found = [
        (say("数据说明", "Data"), run.receipt["label"] or say("未标注", "no label")),
        (say("评价日与年度", "Day and year"), say(f"评价日 {run.as_of}，评价年度 {run.year}", f"as of {run.as_of}, year {run.year}")),
    ]
    for source in manifest["sources"]:
        text = say(f"{source['file']}，{source['rows']:,}行", f"{source['file']}, {source['rows']:,} rows")
        found.append((say("来源文件", "Source file"), f"{text}\nSHA-256 {source['sha256']}"))
    rows = say(f"{manifest['rows']:,}家企业；导入时提醒{manifest['warnings']:,}处", f"{manifest['rows']:,} enterprises; {manifest['warnings']:,} warnings at import")
    found.append((say("快照", "Snapshot"), f"{rows}\nSHA-256 {run.receipt['snapshot']}"))
    versions = f"keqiao {run.receipt['keqiao']}，DuckDB {run.receipt['duckdb']}"
    found.append((say("软件", "Software"), versions if not words.english else versions.replace("，", ", ")))
    found.append((say("本次评价", "Run"), say("结论、规则与数据的规范哈希，同样的数据和规则必得同样的值", "the hash of outcomes, rules and facts; equal facts and rules give the same")
                  + f"\nSHA-256 {run.receipt['content_hash']}"))
    if rules:
        place, code = say("结果目录", "RUN"), say("企业代码", "CODE")
        command = f"keqiao explain {rules[0].id} --run {place} --enterprise {code}"
        text = say(
            f"keqiao verify {place} 用结果目录里的数据、规则包重算全部结论并逐一比对。任一企业、任一规则的全部条款、数值和依据：{command}。"
            "结果目录有所用规则包和数据快照的副本，以及回执 receipt.json。",
            f"keqiao verify {place} decides everything again from the packs and facts in the run and compares. "
            f"Every clause, value and citation of one enterprise: {command}. "
            "The run holds copies of the packs and the snapshot, and receipt.json.",
        )
        found.append((say("怎么复核", "How to verify"), text))
    return found


# ---- clauses ---------------------------------------------------------------------------------------


def _clauses(sheet: Sheet, rules: Sequence[RuleView], vocabulary: Vocabulary) -> None:
    say = sheet.book.words.say
    heads = [say("规则", "Rule"), say("条款或指标", "Clause or item"), say("要求或计分", "Requirement or points"), say("依据", "Cited"), say("标注", "Mark")]
    head = sheet.heads(heads)
    for rule in rules:
        for title, text, cite, doubtful in full_texts(rule, Prose(vocabulary, rule)):
            mark = say("示例", "illustrative") if rule.illustrative else say("待核", "to confirm") if doubtful else ""
            cells = (rule.title, title, text, cite, mark)
            sheet.fit(list(zip(cells, _WIDTHS, strict=True)))
            for col, cell in enumerate(cells):
                sheet.text(sheet.row, col, cell, "wrap")
            sheet.row += 1
    sheet.sheet.autofilter(head, 0, max(sheet.row - 1, head), _LAST)


def full_texts(rule: RuleView, prose: Prose) -> Iterator[tuple[str, str, str, bool]]:
    """Title, text, citation and whether unconfirmed, of every clause, score item and class."""
    language, say = rule.words.language, rule.words.say
    if rule.rule.require is not None:
        yield from _tree(rule.rule.require, "", prose, language, rule)
    for item in rule.rule.items:
        group = f"{rule.score_names.get(item.group, item.group)} › " if item.group else ""
        text = prose.item(item.form)
        if item.weights:
            shares = rule.words.join(f"{'·'.join(row)} {show(weight, '%')}" for row, weight in item.weights.items())
            text += say(f"；权重：{shares}", f"; weight: {shares}")
        yield group + item.title.get(language), text, item.cite or "", item.verify
    classes = rule.rule.classes
    if classes is not None:
        for code, row in classes.table.items():
            parts = [f"{classes.labels[name].get(language)}{say('：', ': ')}{prose.write(when)}" for name, when in row.items()]
            rest = f"{classes.labels[classes.order[-1]].get(language)}{say('：其余', ': the rest')}"
            doubtful = any(one == code for one, _ in classes.verify)
            yield code, rule.words.more([*parts, rest]), classes.cite or "", doubtful


def _tree(tree: Tree, path: str, prose: Prose, language: str, rule: RuleView) -> Iterator[tuple[str, str, str, bool]]:
    title = tree.title.get(language)
    if isinstance(tree, Clause):
        text = prose.write(tree.when)
        if tree.note:
            text += rule.words.say(f"（注：{tree.note}）", f" (note: {tree.note})")
        yield path + title, text, tree.cite or "", tree.verify
        return
    assert isinstance(tree, Branch)
    kinds = {"any": ("（任一）", " (any)"), "all": ("（全部）", " (all)"), "not": ("（不得）", " (none)")}
    inner = f"{path}{title}{rule.words.say(*kinds[tree.kind])} › " if title else path
    for part in tree.parts:
        yield from _tree(part, inner, prose, language, rule)
