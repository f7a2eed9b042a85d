"""The workbook of a run: outcomes, points, reasons, missing data and definitions, in one file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from keqiao.assess.tables import needs_conditions, tables_of
from keqiao.engine.folders import new_file
from keqiao.engine.run import Progress, Run
from keqiao.reports.book import ROW_LIMIT, Book, sheet_name
from keqiao.reports.changes import write_changes
from keqiao.reports.definitions import write_definitions
from keqiao.reports.gaps import GapsSheet
from keqiao.reports.lists import write_list, write_misses
from keqiao.reports.missing import write_needs
from keqiao.reports.needs import count_needs, first_rows, traced
from keqiao.reports.outcomes import Enterprises, write_outcomes
from keqiao.reports.overview import strips, write_overview
from keqiao.reports.points import points_sheet_name, write_points
from keqiao.reports.reasons import ReasonsSheet
from keqiao.reports.wording import RuleView, Words, rule_views

#: Enterprises whose reasons are written where nothing else is asked for.
REASONS = 1_000
_STEP = 200
_HEADER = 110


def write_workbook(
    run: Run,
    out: Path,
    *,
    language: str = "zh",
    rules: Sequence[str] | None = None,
    since: Run | None = None,
    reasons: int | None = REASONS,
    progress: Progress | None = None,
) -> Path:
    """Write a run as an Excel workbook and return its path.

    ``language`` is ``zh`` or ``en``; ``rules`` are ids of the run (None: all); with ``since``, an earlier
    run, there is a sheet of changes. ``reasons`` is for how many enterprises reasons are written
    (None: all); where not for all, for those that meet most rules (see `first_rows`). They end before
    Excel's last row, and the sheet says how many enterprises were left. The file appears complete or not at
    all; raises `KeqiaoError` where ``out`` exists or cannot be written, or the run kept no conditions.
    """
    needs_conditions(run)
    ids = [run.rule(id).id for id in rules] if rules is not None else None
    return build(run, Path(out), Wanted(language, ids, since, reasons), progress=progress, limit=ROW_LIMIT)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a workbook is asked to hold; see `write_workbook`."""

    language: str = "zh"
    rules: Sequence[str] | None = None
    since: Run | None = None
    reasons: int | None = REASONS


def build(run: Run, out: Path, wanted: Wanted, *, progress: Progress | None, limit: int) -> Path:
    """`write_workbook` with the number of rows that a sheet may fill."""
    with new_file(out) as written:
        _write(run, written, written.parent, wanted, progress, limit)
    return out


def _write(run: Run, path: Path, scratch: Path, wanted: Wanted, progress: Progress | None, limit: int) -> None:
    words = Words(wanted.language)
    book = Book(path, words, scratch)
    try:
        _sheets(book, run, wanted, progress, limit)
        if progress is not None:
            progress(words.say("写文件", "write the file"), 0, 1)
        book.close()
    finally:
        book.discard()


def _sheets(book: Book, run: Run, wanted: Wanted, progress: Progress | None, limit: int) -> None:
    words = book.words
    rules = [rule for rule in rule_views(run, words) if wanted.rules is None or rule.id in wanted.rules]
    who = Enterprises.read(run)
    warnings = strips(run, rules, words)
    book.header, book.footer = _header(run, words, warnings), _footer(run, words)
    book.describe(words.say("企业评价结果", "Enterprise assessment"), " ".join(warnings), run.as_of)
    scored = [rule for rule in rules if rule.has_score and rule.in_force]
    write_overview(book, run, rules, _contents(words, scored, changes=wanted.since is not None))
    write_outcomes(book, run, rules, who, warnings, limit=limit, progress=progress)
    for rule in scored:
        write_points(book, rule, who, warnings, limit=limit, progress=progress)
    most = len(who) if wanted.reasons is None else max(0, min(wanted.reasons, len(who)))
    _reasons(book, run, rules, who, warnings, most, progress, limit)
    write_misses(book, run, rules, who, warnings, progress=progress)
    with tables_of(run.snapshot) as tables:
        write_list(book, run, tables, rules, who, warnings, limit=limit, progress=progress)
        needs = count_needs(run, tables, rules, progress=progress)
    write_needs(book, needs, run.packs.vocabulary, warnings)
    if wanted.since is not None:
        write_changes(book, run, wanted.since, rules, who, warnings, limit=limit)
    write_definitions(book, run, rules, run.packs.vocabulary, warnings)


def _reasons(
    book: Book, run: Run, rules: Sequence[RuleView], who: Enterprises, warnings: Sequence[str], most: int, progress: Progress | None, limit: int
) -> None:  # fmt: skip
    """Write the reasons of the first enterprises, the best first where not all are told."""
    gaps = GapsSheet(book, who, warnings, note=_gaps_note(book, most, len(who)), limit=limit)
    sheet = ReasonsSheet(book, run.packs.vocabulary, rules, who, warnings, most=most, limit=limit, gaps=gaps)
    living = [rule.id for rule in rules if rule.in_force]
    step = book.words.say("原因", "reasons")
    with tables_of(run.snapshot) as tables:
        query = first_rows(run, most, len(who))
        for i, (key, row, traces) in enumerate(traced(run, tables, living, query) if living and most else ()):
            if progress is not None and i % _STEP == 0:
                progress(step, i, most)
            sheet.add(key[1], row.get("name"), row, traces)
    gaps.finish()
    sheet.finish()


def _gaps_note(book: Book, most: int, rows: int) -> str:
    text = book.words.say("一企一规则一行，已符合的不列；逐条的值和依据见“原因”。", "A row per enterprise and rule that is not a yes; values and citations under Reasons.")
    if most < rows:
        text += book.words.say(f"企业同“原因”，只列{most:,}家。", f" The {most:,} enterprises of Reasons.")
    return text


def _contents(words: Words, scored: Sequence[RuleView], *, changes: bool) -> list[tuple[str, str]]:
    """The names of the sheets to come and what each answers."""
    say = words.say
    taken = {say("总览", "overview"), say("结论", "outcomes")}  # the names are made in the order of the book
    points = [
        (sheet_name(points_sheet_name(rule), taken), say(f"{rule.title}逐项得分", f"{rule.title}: points by item"))
        for rule in scored
    ]
    return [
        (say("结论", "Outcomes"), say("每家企业在每条规则下的结论和积分，可筛选、排序", "each enterprise's outcome and points under every rule")),
        *points,
        (say("差距", "Gaps"), say("每家企业离每个结论还差什么、缺什么数据", "what each enterprise lacks for each yes")),
        (say("原因", "Reasons"), say("没有达到“是”的企业差在哪一条、差多少、缺什么", "which clause fails, by how much, and what is missing")),
        (say("临界企业", "Near misses"), say("门槛放宽一成就会改变结论的企业", "who would change if one threshold moved by a tenth")),
        (say("名单", "Lists"), say("各规则符合的企业", "who meets each rule")),
        (say("待补数据", "Missing data"), say("补哪一项数据能让最多企业得出结论", "which fact would settle the most enterprises")),
        *([(say("变化", "Changes"), say("与上一次评价相比，谁得到、谁失去、为什么", "who gained or lost what since the earlier run, and why"))] if changes else []),
        (say("口径说明", "Definitions"), say("依据、待核内容、怎么读、数据来源、条款全文", "documents, what is unconfirmed, how to read, sources, clauses in full")),
    ]


def _header(run: Run, words: Words, warnings: Sequence[str]) -> str:
    """The line on top of every printed page; warnings stand on each."""
    label = words.half(run.receipt["label"])
    label = label if len(label) <= _HEADER else label[:_HEADER] + "…"
    kinds = [label] if label else []
    if len(warnings) > bool(label):
        kinds.append(words.say("含示例数字，不得公布或用于推荐", "illustrative figures: not to be published"))
    title = words.say(f"企业评价结果（{run.year}年度）", f"Enterprise assessment, {run.year}")
    return "&L&8" + _escape(title) + "&R&8" + _escape(words.more(kinds))


def _footer(run: Run, words: Words) -> str:
    version = f"{words.say('科桥', 'Keqiao')} {run.receipt['keqiao']}"
    parts = [words.say(f"评价日 {run.as_of}", f"as of {run.as_of}"), words.say("快照 ", "snapshot ") + run.receipt["snapshot"][:12], version]
    return "&L&8" + _escape(" · ".join(parts)) + "&R&8" + words.say("第 &P 页，共 &N 页", "page &P of &N")


def _escape(text: str) -> str:
    """Text for a header or footer, where & begins a code and a digit after one would be a size."""
    text = text.replace("&", "&&")
    return " " + text if text[:1].isdigit() else text
