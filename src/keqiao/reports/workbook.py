"""The workbook of a run: outcomes, points, reasons, missing data and definitions, in one file."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from keqiao.engine.run import Progress, Run
from keqiao.errors import KeqiaoError
from keqiao.facts.snapshot import refuse_existing
from keqiao.reports.book import ROW_LIMIT, Book, sheet_name
from keqiao.reports.definitions import write_definitions
from keqiao.reports.missing import Needs
from keqiao.reports.outcomes import Enterprises, write_outcomes
from keqiao.reports.overview import strips, write_overview
from keqiao.reports.points import points_sheet_name, write_points
from keqiao.reports.reasons import ReasonsSheet
from keqiao.reports.wording import RuleView, Words, rule_views

_STEP = 200
_HEADER = 110


def write_workbook(
    run: Run,
    out: Path,
    *,
    language: str = "zh",
    reasons: int | None = None,
    progress: Progress | None = None,
) -> Path:
    """Write a run as an Excel workbook and return its path.

    ``language`` is ``zh`` or ``en``. ``reasons`` is for how many enterprises, in the order of their
    keys, reasons are written and missing data is counted (None: all); reasons end before Excel's
    last row, and the sheet says how many enterprises were left. The file appears complete or not at
    all; raises `KeqiaoError` where ``out`` exists or cannot be written.
    """
    return build(run, Path(out), language=language, reasons=reasons, progress=progress, limit=ROW_LIMIT)


def build(
    run: Run, out: Path, *, language: str, reasons: int | None, progress: Progress | None, limit: int
) -> Path:
    """`write_workbook` with the number of rows that a sheet may fill."""
    refuse_existing(out)
    scratch: Path | None = None
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        # beside the target, so that the last step is a rename within one disk
        scratch = Path(tempfile.mkdtemp(prefix=f".{out.name}.", suffix=".tmp", dir=out.parent))
        written = scratch / "workbook.xlsx"
        _write(run, written, scratch, Words(language), reasons, progress, limit)
        with written.open("rb+") as file:
            os.fsync(file.fileno())
        refuse_existing(out)
        os.rename(written, out)
    except OSError as problem:
        raise KeqiaoError(
            f"无法写入“{out}”：{problem.strerror or problem}，没有留下任何文件",
            f"cannot write {str(out)!r}: {problem.strerror or problem}; nothing was left behind",
        ) from problem
    finally:
        if scratch is not None:
            shutil.rmtree(scratch, ignore_errors=True)
    return out


def _write(
    run: Run, path: Path, scratch: Path, words: Words, reasons: int | None, progress: Progress | None, limit: int
) -> None:
    book = Book(path, words, scratch)
    try:
        _sheets(book, run, reasons, progress, limit)
        if progress is not None:
            progress(words.say("写文件", "write the file"), 0, 1)
        book.close()
    finally:
        book.discard()


def _sheets(book: Book, run: Run, reasons: int | None, progress: Progress | None, limit: int) -> None:
    words = book.words
    rules = rule_views(run, words)
    who = Enterprises.read(run)
    warnings = strips(run, rules, words)
    book.header, book.footer = _header(run, words, warnings), _footer(run, words)
    book.describe(words.say("企业评价结果", "Enterprise assessment"), " ".join(warnings), run.as_of)
    scored = [rule for rule in rules if rule.has_score and rule.in_force]
    write_overview(book, run, rules, _contents(words, scored))
    write_outcomes(book, run, rules, who, warnings, limit=limit, progress=progress)
    for rule in scored:
        write_points(book, rule, who, warnings, limit=limit, progress=progress)
    needs = _reasons(book, run, rules, who, warnings, reasons, progress, limit)
    needs.write(book, run.packs.vocabulary, warnings, rows=len(who))
    write_definitions(book, run, rules, run.packs.vocabulary, warnings)


def _reasons(
    book: Book, run: Run, rules: Sequence[RuleView], who: Enterprises, warnings: Sequence[str], reasons: int | None,
    progress: Progress | None, limit: int,
) -> Needs:  # fmt: skip
    """Write the reasons and count what is missing, in one pass over the traces."""
    rows = len(who)
    most = rows if reasons is None else max(0, min(reasons, rows))
    sheet = ReasonsSheet(book, run.packs.vocabulary, rules, who, warnings, most=most, limit=limit)
    living = [rule for rule in rules if rule.in_force]
    needs = Needs(living)
    step = book.words.say("原因", "reasons")
    if living:
        for i, (key, row, traces) in enumerate(islice(run.traces([rule.id for rule in living]), most)):
            if progress is not None and i % _STEP == 0:
                progress(step, i, most)
            sheet.add(key[1], row.get("name"), row, traces)
            needs.add(traces, row)
    sheet.finish()
    return needs


def _contents(words: Words, scored: Sequence[RuleView]) -> list[tuple[str, str]]:
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
        (say("原因", "Reasons"), say("没有达到“是”的企业差在哪一条、差多少、缺什么", "which clause fails, by how much, and what is missing")),
        (say("待补数据", "Missing data"), say("补哪一项数据能让最多企业得出结论", "which fact would settle the most enterprises")),
        (say("口径说明", "Definitions"), say("依据、待核内容、怎么读、数据来源、条款全文", "documents, what is unconfirmed, how to read, sources, clauses in full")),
    ]


def _header(run: Run, words: Words, warnings: Sequence[str]) -> str:
    """The line on top of every printed page; warnings stand on each."""
    label = _in_language(run.receipt["label"], words)
    label = label if len(label) <= _HEADER else label[:_HEADER] + "…"
    kinds = [label] if label else []
    if len(warnings) > bool(label):
        kinds.append(words.say("含示例数字，不得公布或用于推荐", "illustrative figures: not to be published"))
    title = words.say(f"企业评价结果（{run.year}年度）", f"Enterprise assessment, {run.year}")
    return "&L&8" + _escape(title) + "&R&8" + _escape(words.more(kinds))


def _in_language(label: str, words: Words) -> str:
    """The half of a label written in both languages; every sheet has the whole above its table."""
    halves = label.split(" / ")
    return halves[words.english] if len(halves) == 2 else label


def _footer(run: Run, words: Words) -> str:
    version = f"{words.say('科桥', 'Keqiao')} {run.receipt['keqiao']}"
    parts = [words.say(f"评价日 {run.as_of}", f"as of {run.as_of}"), words.say("快照 ", "snapshot ") + run.receipt["snapshot"][:12], version]
    return "&L&8" + _escape(" · ".join(parts)) + "&R&8" + words.say("第 &P 页，共 &N 页", "page &P of &N")


def _escape(text: str) -> str:
    """Text for a header or footer, where & begins a code and a digit after one would be a size."""
    text = text.replace("&", "&&")
    return " " + text if text[:1].isdigit() else text
