"""The sheets of single enterprises by title: who is on the list, and who nearly is."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from keqiao.assess import Miss, misses
from keqiao.assess.locating import naming_of
from keqiao.assess.tables import INDUSTRY, PLACE, STAGE, Tables, results_of
from keqiao.engine.run import Progress, Run
from keqiao.reports.book import Book, Sheet
from keqiao.reports.outcomes import Enterprises
from keqiao.reports.values import as_gap, grouped
from keqiao.reports.wording import RuleView
from keqiao.rules.model import OUTCOMES, YES
from keqiao.rules.quantities import plain

#: How far a threshold may move for a near miss, and how many are listed per rule.
WITHIN, MOST_NEAR = Fraction(1, 10), 500
_STEP = 1_000


def write_list(
    book: Book, run: Run, tables: Tables, rules: Sequence[RuleView], who: Enterprises, strips: Sequence[str], *,
    limit: int, progress: Progress | None,
) -> None:  # fmt: skip
    """Write who meets each rule that decides a title: rule by rule, those with most points first."""
    say = book.words.say
    deciding = [rule for rule in rules if rule.in_force and rule.kind == "standard"]
    total = sum(rule.counts["yes"] for rule in deciding)
    note = say("只列结论为“是”的企业；同一规则内按积分（下限）从高到低，没有积分的按代码。", "Only enterprises that are yes; within a rule by points (low end), else by code.")
    if any(rule.illustrative for rule in deciding):
        note += say("标“示例”的不是名单，不得公布或推荐。", " What is marked illustrative is no list and must not be published.")
    widths = (24, 8, 21 if "uscc" in who.schemes else 12, 34, 17, 11, 10, 20, 10, 26)
    heads = [
        say("规则", "Rule"), say("序号", "No."), book.words.key(who.schemes), say("企业名称", "Enterprise"), say("所在地", "Place"), say("区划代码", "Place code"),
        say("发展阶段", "Stage"), say("划型行业", "Industry"), say("积分下限", "Points, low"), say("状态", "Status"),
    ]  # fmt: skip
    sheet = book.sheet(say("名单", "Lists"), say("名单：各规则符合的企业", "Lists: enterprises that meet each rule"), widths, strips=strips, note=note)
    if total > limit - 100:
        sheet.paragraph(say(f"共{total:,}行，超过一张表的行数，只列到{limit:,}行；全部见结果目录 results/ 的 Parquet 文件（outcome 为 3）。",
                            f"{total:,} rows are more than a sheet holds; it ends at {limit:,}. All: results/ in Parquet, where outcome is 3."), "note", top=3)  # fmt: skip
    head = sheet.heads(heads)
    step, named = say("名单", "lists"), naming_of(run)
    for rule in deciding:
        for number, row in enumerate(tables.stream(_members(run, tables, rule)), 1):
            if sheet.row >= limit:
                break
            if progress is not None and number % _STEP == 1:
                progress(step, sheet.row - head - 1, total)
            _member(sheet, rule, number, row | {"place_name": named(row["place"])})
    if sheet.row == head + 1:
        sheet.text(sheet.row, 0, say("没有结论为“是”的企业。", "No enterprise is yes."), "none")
        sheet.row += 1
    sheet.table(head, len(widths), frozen=0)


def _members(run: Run, tables: Tables, rule: RuleView) -> str:
    score = "r.score_low::BIGINT" if rule.has_score else "NULL::BIGINT"
    return (
        f"SELECT r.id, {tables.column('name')} AS name, {tables.column(PLACE)} AS place, {tables.column(STAGE)} AS stage, "
        f"{tables.column(INDUSTRY)} AS industry, {score} AS score FROM {results_of(run, rule.id)} r JOIN facts f USING (scheme, id) "
        f"WHERE r.outcome = {YES} ORDER BY score DESC NULLS LAST, scheme, r.id"
    )


def _member(sheet: Sheet, rule: RuleView, number: int, row: dict[str, object]) -> None:
    missing = sheet.book.words.say("缺", "missing")
    sheet.text(sheet.row, 0, rule.title)
    sheet.number(sheet.row, 1, number)
    sheet.text(sheet.row, 2, str(row["id"]), "code")
    for col, key in ((3, "name"), (4, "place_name"), (5, "place"), (6, "stage"), (7, "industry")):
        sheet.text(sheet.row, col, str(row[key] or missing), "cell" if row[key] else "none")
    score = row["score"]
    if isinstance(score, int):
        sheet.points(sheet.row, 8, score, sheet.book.style(f"points{rule.places}"))
    else:
        sheet.text(sheet.row, 8, "—", "dash")
    sheet.text(sheet.row, 9, rule.status_words)
    sheet.row += 1


# ---- near misses -----------------------------------------------------------------------------------


def write_misses(book: Book, run: Run, rules: Sequence[RuleView], who: Enterprises, strips: Sequence[str], *, progress: Progress | None) -> None:
    """Write who would meet a rule if one threshold moved a little, the nearest first."""
    say = book.words.say
    deciding = [rule for rule in rules if rule.in_force and rule.kind == "standard"]
    widths = (22, 21 if "uscc" in who.schemes else 12, 30, 16, 36, 14, 15, 15, 17, 10, 12, 9)
    note = say(
        f"结论为“否”、只要一条门槛放宽不超过它的{plain(WITHIN * 100, 2)}%就会改变的企业；“放宽后”为未知或转人工的，另有数据或判断未定。"
        f"每条规则至多列{MOST_NEAR:,}家，差距小的在前；“可放宽的条款数”大于1的，放宽其中任一条即可，列的是最近的一条。",
        f"Enterprises that are no and change when one threshold moves by at most {plain(WITHIN * 100, 2)}% of itself; where then unknown or refer, "
        f"something else is open. At most {MOST_NEAR:,} per rule, the nearest first. Ways: of how many thresholds any one suffices; the nearest is told.",
    )
    sheet = book.sheet(say("临界企业", "Near misses"), say("临界企业：差一点就符合", "Near misses"), widths, strips=strips, note=note)
    heads = [
        say("规则", "Rule"), book.words.key(who.schemes), say("企业名称", "Enterprise"), say("所在地", "Place"), say("差在哪一条", "Condition"),
        say("依据", "Cited"), say("实际值", "Value"), say("门槛", "Threshold"), say("差距", "Gap"), say("差距占门槛", "Gap / threshold"),
        say("放宽后", "Then"), say("可放宽的条款数", "Ways"),
    ]  # fmt: skip
    head = sheet.heads(heads)
    for i, rule in enumerate(deciding):
        if progress is not None:
            progress(say("临界企业", "near misses"), i, len(deciding))
        found = misses(run, rule.id, WITHIN, limit=MOST_NEAR, language=book.words.language)
        for row in (*found.rows, *found.apart):
            _miss(sheet, rule, row)
    if sheet.row == head + 1:
        sheet.text(sheet.row, 0, say("没有临界企业。", "No near misses."), "none")
        sheet.row += 1
    sheet.table(head, len(widths), frozen=3)


def _miss(sheet: Sheet, rule: RuleView, row: Miss) -> None:
    words, missing = sheet.book.words, sheet.book.words.say("缺", "missing")
    texts = {
        0: rule.title, 1: row.key, 2: row.name or missing, 3: row.place_name or missing, 4: row.title, 5: row.cite, 6: grouped(row.left),
        7: grouped(row.right), 8: as_gap(words, row.gap),
    }  # fmt: skip
    sheet.fit([(text, sheet.widths[col]) for col, text in texts.items()])
    for col, text in texts.items():
        sheet.text(sheet.row, col, text, "gap" if col == 8 else "value" if col in (6, 7) else "wrap")
    sheet.number(sheet.row, 9, float(row.share), "top_share")
    code = OUTCOMES.index(row.then)
    sheet.string(sheet.row, 10, words.outcome(code), sheet.book.outcome_style(code, "top_"))
    sheet.number(sheet.row, 11, row.ways, "top_count")
    sheet.row += 1
