"""Workbooks of the catalogue and of the self-check, made in memory: nothing is written to a disk."""

from __future__ import annotations

import io
from pathlib import Path

import xlsxwriter
from django.http import HttpResponse, QueryDict
from django.utils.http import content_disposition_header

from keqiao.errors import language, say
from keqiao.platform.catalogue import reading
from keqiao.platform.catalogue.listing import sorted_by, wanted_of
from keqiao.platform.catalogue.queries import Found, find_rules, versions_of
from keqiao.platform.catalogue.shipped import kind_word, period, source_of
from keqiao.platform.clock import today
from keqiao.reports.book import Book
from keqiao.reports.papers import Paper, Table
from keqiao.reports.wording import Words
from keqiao.reports.written import write_paper

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class MemoryBook(Book):
    """A workbook that lies in memory alone."""

    def __init__(self, words: Words) -> None:
        super().__init__(Path("unused.xlsx"), words, Path("."))
        self.target = io.BytesIO()
        options = {
            "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
            "default_format_properties": {"font_name": self.font, "font_size": 11},
        }  # fmt: skip
        self.book = xlsxwriter.Workbook(self.target, options)


def workbook(paper: Paper) -> bytes:
    """A paper as the bytes of an ``.xlsx`` with the sheet 口径说明."""
    book = MemoryBook(Words(language()))
    book.describe(paper.title, " ".join(paper.warnings), today())
    write_paper(book, paper)
    book.close()
    return book.target.getvalue()


def attachment(content: bytes | str, name: str, kind: str = XLSX) -> HttpResponse:
    """A file to be saved under a name."""
    answer = HttpResponse(content, content_type=kind)
    answer.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return answer


def illustrative_warning() -> str:
    """The strip on every sheet that rests on illustrative figures."""
    return say("含示例数字：不得公布，不得用于推荐。", "Illustrative figures: not to be published or used for recommendations.")


# ---- the list --------------------------------------------------------------------------------------


def rules_paper(query: QueryDict) -> Paper:
    """The rules of an address, in the columns and the order of the page. Raises `Invalid`."""
    wanted = wanted_of(query)
    found = sorted_by(find_rules(wanted), query.get("sort", ""))
    heads = [
        say("名称", "Title"), say("编号", "Id"), say("文件", "Document"), say("文号", "Number"), say("发文机关", "Issuer"), say("类别", "Kind"),
        say("有效期", "In force"), say("在这一天", "On the day"), say("状态", "Standing"), say("待核处", "To verify"),
    ]  # fmt: skip
    rows = [_row(one) for one in found]
    facts = [
        (say("生效日", "As of"), wanted.on.isoformat()),
        (say("筛选", "Filters"), "；".join(part for part in (wanted.query, wanted.kind, wanted.issuer, wanted.standing) if part) or say("无", "none")),
        (say("下载日", "Downloaded"), today().isoformat()),
        *standing_words(),
    ]
    return Paper(say("规则库", "Rules"), [], facts, [Table(say("规则", "Rules"), heads, rows)])


def _row(one: Found) -> list[str | int]:
    rule = one.rule
    return [
        one.title, one.id, rule.origin.document or "", rule.origin.number or "", rule.origin.issuer or "", kind_word(one.kind),
        period(rule.effective_from, rule.effective_to), say("有效", "in force") if one.in_force else say("不在有效期", "not in force"),
        one.stands.word, len(one.stands.open),
    ]  # fmt: skip


def standing_words() -> list[tuple[str, str]]:
    """What each standing means."""
    return [
        (say("官方", "Official"), say("数字出自文件，没有待核之处。", "The figures are the document's, and nothing is to be verified.")),
        (say("依文件整理", "From the document"), say("数字出自文件，还有没有由第二人核对的。", "The figures are the document's; some were not yet checked by a second person.")),
        (say("参数待填", "Figures open"), say("文件只公布了名称，参数没有公布。", "The document names the rule without its figures.")),
        (say("地方", "Local"), say("地方的规定。", "A rule of a locality.")),
        (say("示例", "Illustrative"), say("数字为演示自拟，不得公布，不得用于推荐。", "Made-up figures for demonstration; not to be published or used for recommendations.")),
    ]


# ---- one rule --------------------------------------------------------------------------------------


def rule_paper(one: Found) -> Paper:
    """One version of a rule: conditions, points, examples, versions, and where it comes from."""
    rule = one.rule
    tables = [Table(say("条款", "Conditions"), [say("编号", "Id"), say("条款", "Clause"), say("要求", "Requirement"), say("依据", "Cited"), say("标注", "Mark")], _clauses(one))]
    scored = [
        [item.group, item.title, marks.measured, when, points, item.cite, say("待核", "to verify") if item.verify else ""]
        for item in reading.items_of(rule, today())
        for marks in item.marks
        for when, points in (marks.rows or ((marks.note, ""),))
    ]
    if scored:
        heads = [say("组", "Group"), say("得分项", "Item"), say("量什么", "Measured"), say("档", "Band"), say("得分", "Points"), say("依据", "Cited"), say("标注", "Mark")]
        tables.append(Table(say("计分", "Points"), heads, scored))
    cases = [[case.title, case.like, case.facts, case.expect] for case in reading.examples_of(rule)]
    tables.append(Table(say("例子", "Examples"), [say("例子", "Example"), say("同", "Like"), say("数据", "Facts"), say("应得", "Expected")], cases))
    edits = [
        [version.rule.version, edit.title, edit.old, edit.new, edit.cite]
        for version in versions_of(rule.id)
        for edit in version.edits or ()
    ]  # fmt: skip
    if edits:
        tables.append(Table(say("版本差异", "Differences"), [say("版本", "Version"), say("条款", "Clause"), say("原", "Before"), say("现", "After"), say("依据", "Cited")], edits))
    warnings = [illustrative_warning()] if one.stands.illustrative else []
    return Paper(one.title, warnings, facts_of(one), tables)


def _clauses(one: Found) -> list[list[str]]:
    top = reading.tree_of(one.rule, today())
    found: list[list[str]] = []

    def visit(line: reading.Line, depth: int) -> None:
        mark = say("待核", "to verify") if line.verify else ""
        title = "　" * max(depth, 0) + (line.title or (line.word if depth >= 0 else ""))
        if line.title or line.kind == "clause":
            found.append([line.id, title, line.sentence or line.word, line.cite, mark])
        for part in line.parts:
            visit(part, depth + bool(line.title))

    if top is not None:
        visit(top, 0)
    return found


def facts_of(one: Found) -> list[tuple[str, str]]:
    """Where a rule comes from, for the sheet 口径说明 and for the page."""
    rule, unknown = one.rule, say("待核", "to verify")
    pack, _ = source_of(rule)
    found = [
        (say("文件", "Document"), f"《{rule.origin.document}》" if rule.origin.document else unknown),
        (say("文号", "Number"), rule.origin.number or unknown),
        (say("发文机关", "Issuer"), rule.origin.issuer or unknown),
        (say("发文日期", "Date"), rule.origin.date.isoformat() if rule.origin.date else unknown),
        (say("有效期", "In force"), period(rule.effective_from, rule.effective_to)),
        (say("录入", "Recorded"), rule.recorded.isoformat()),
        (say("状态", "Standing"), one.stands.word + (say(f"，{len(one.stands.open)} 处待核", f", {len(one.stands.open)} to verify") if one.stands.open else "")),
        (say("编号", "Id"), rule.id),
    ]
    if pack.notes:
        found.append((say("说明", "Notes"), " ".join(pack.notes.split())))
    return found
