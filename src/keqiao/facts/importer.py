"""`import_files`: sheets of enterprises into a snapshot, all or nothing."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from keqiao.errors import KeqiaoError
from keqiao.facts.checks import FactCheck
from keqiao.facts.declared import Declared
from keqiao.facts.extras import Extras
from keqiao.facts.given import leave_out
from keqiao.facts.headings import Headings
from keqiao.facts.industry import flag_industry
from keqiao.facts.keys import Key, find_headings
from keqiao.facts.mainsheet import MainSheet, open_main, read_column, read_rows, report_structure
from keqiao.facts.mapping import map_columns
from keqiao.facts.marked import LIST_SHEET, copy_path, fits, is_own, write_marked_copy
from keqiao.facts.plausible import flag_scale, run_checks
from keqiao.facts.problems import Findings, ImportRefused, ImportReport, Mark
from keqiao.facts.reading import read_bytes, read_sheets
from keqiao.facts.sheets import Limits, RawSheet, Unreadable, is_blank, name_places
from keqiao.facts.snapshot import describe_columns, refuse_existing, write_snapshot
from keqiao.facts.sources import Provenance, widen_sources
from keqiao.facts.titlecolumns import merge_title_columns
from keqiao.facts.titles import TitleReader, is_titles_sheet
from keqiao.facts.wide import Wide, to_table
from keqiao.rules.vocabulary import Vocabulary

#: Called with a stage (``read``, ``check``, ``write`` or, after errors, ``copy``), steps done and steps in all.
Progress = Callable[[str, int, int], None]
#: Called with the sheets as read.
Prepare = Callable[[Sequence[RawSheet]], None]

#: Names of sheets that need not be imported.
_EXPLANATIONS = ("说明", "目录", "封面", "notes", "readme")


@dataclass(slots=True)
class _Import:
    vocabulary: Vocabulary
    year: int
    as_of: dt.date
    limits: Limits
    progress: Progress
    findings: Findings = field(default_factory=Findings)
    report: ImportReport = field(default_factory=ImportReport)
    sheets: list[RawSheet] = field(default_factory=list)
    hashes: dict[Path, str] = field(default_factory=dict)
    declared: Declared = field(default_factory=Declared)
    sources: dict[Path, str] = field(default_factory=dict)
    provenance: Provenance = field(default_factory=Provenance)
    headings: Headings = field(init=False)
    extras: Extras = field(init=False)

    def __post_init__(self) -> None:
        self.headings = Headings(self.vocabulary)
        self.extras = Extras(self.declared, self.as_of, self.findings)


def import_files(
    files: Sequence[Path],
    *,
    vocabulary: Vocabulary,
    year: int,
    as_of: dt.date,
    out: Path,
    label: str = "",
    checks: Sequence[FactCheck] = (),
    progress: Progress | None = None,
    limits: Limits | None = None,
    declared: Declared | None = None,
    sources: Mapping[Path, str] | None = None,
    prepare: Prepare | None = None,
) -> ImportReport:
    """Import workbooks and csv files into a snapshot folder at ``out``.

    ``year`` is the case's year: values without a year belong to it. ``label`` is kept in the
    snapshot (such as that the data is synthetic). ``declared`` is what packs declare beside the
    vocabulary (`keqiao.facts.declared.declared_of`); ``sources`` names the source of a whole file.
    ``prepare`` sees all sheets as read, with their places named, and may change cells before they are judged.
    Raises `ImportRefused`, which carries the
    report, where the sheets hold errors: nothing is then at ``out`` and the marked copy stands
    beside it. Raises `KeqiaoError` where ``out`` exists already, before any work.
    """
    out = Path(out)
    refuse_existing(out)
    if not files:
        raise KeqiaoError("没有给出要导入的文件", "no file to import was given")
    job = _Import(
        vocabulary, year, as_of, limits or Limits(), progress or (lambda *_: None),
        declared=declared or Declared(), sources={Path(path): name for path, name in (sources or {}).items()},
    )  # fmt: skip
    _read_files(job, [Path(f) for f in files])
    if prepare is not None:
        prepare(job.sheets)
    mains, titles = _sort_sheets(job)
    wide, held = _read_values(job, mains, titles)
    if not job.findings.total("error"):
        _missing_year(wide, job.findings)
        job.extras.count(wide, job.provenance)
        run_checks(wide, checks, job.findings)
        flag_industry(wide, checks, flag_scale(wide, job.findings), job.findings)
        tables = job.extras.tables(wide, job.provenance)
    job.report.take(job.findings)
    job.report.records = job.extras.rows()
    job.report.enterprises = len(wide.keys)
    job.report.rows = sum(len(m.rows) for m in mains)
    job.report.titles = held.titles.entries if held.given else None
    if job.findings.total("error"):
        _refuse(job, out)
    job.progress("write", 0, 1)
    table = to_table(wide, vocabulary, held.titles if held.given else None)
    write_snapshot(table, _manifest(job, mains, wide, table.column_names, label), out, tables)
    job.report.snapshot = out
    job.progress("write", 1, 1)
    return job.report


def _read_files(job: _Import, files: Sequence[Path]) -> None:
    for number, path in enumerate(files):
        job.progress("read", number, len(files))
        try:
            data = read_bytes(path, job.limits)
            job.hashes[path] = hashlib.sha256(data).hexdigest()
            found = read_sheets(path, data, job.limits)
        except Unreadable as error:
            job.findings.add("error", error.code, path.name, error.zh, error.en)
            continue
        own = is_own(path)
        job.sheets.extend(s for s in found if not (own and s.name == LIST_SHEET))
    name_places(job.sheets, len(files))
    job.sheets = leave_out(job.sheets, job.findings)
    job.progress("read", len(files), len(files))


def _sort_sheets(job: _Import) -> tuple[list[MainSheet], list[RawSheet]]:
    """Tell sheets of enterprises, sheets of titles, and what is neither."""
    mains: list[MainSheet] = []
    titles: list[RawSheet] = []
    others: list[RawSheet] = []
    bare: list[MainSheet] = []
    for sheet in job.sheets:
        if is_titles_sheet(sheet, job.headings):
            titles.append(sheet)
        elif job.extras.take(sheet):
            pass
        elif (found := find_headings(sheet, job.headings)) is not None:
            main = open_main(sheet, *found, job.headings)
            (mains if _has_facts(main, job.headings) else bare).append(main)
        elif any(not is_blank(row) for row in sheet.rows):
            others.append(sheet)
    if not mains:
        mains, bare = bare, []
    others.extend(m.sheet for m in bare)
    _report_others(job, mains, others)
    return mains, titles


def _has_facts(main: MainSheet, headings: Headings) -> bool:
    for text in main.heads.texts:
        heading = headings.read(text) if text else None
        if heading is not None and heading.indicator.id not in ("uscc", "name"):
            return True
    return False


def _report_others(job: _Import, mains: Sequence[MainSheet], others: Sequence[RawSheet]) -> None:
    findings = job.findings
    for sheet in others:
        if mains:
            explains = any(word in sheet.title.casefold() for word in _EXPLANATIONS)
            findings.add(
                "note" if explains else "warning", "sheet-skipped", sheet.title,
                "这张表没有可导入的企业指标，已略过",
                "the sheet has no indicators of enterprises and is passed over",
            )  # fmt: skip
        else:
            findings.add(
                "error", "no-key-column", sheet.title,
                "找不到标题“统一社会信用代码”（或“证券代码”“企业编号”），无法认出企业",
                "there is no heading 统一社会信用代码 (or 证券代码, 企业编号) to tell the enterprises",
            )  # fmt: skip
    if not mains and not others and not findings.total("error"):
        findings.add("error", "empty", "", "文件中没有企业数据", "the files hold no enterprises")


def _read_values(job: _Import, mains: Sequence[MainSheet], sheets: Sequence[RawSheet]) -> tuple[Wide, TitleReader]:
    findings = job.findings
    for main in mains:
        job.report.mapping.extend(map_columns(main, job.headings, job.year, findings))
        read_rows(main, findings)
        report_structure(main, findings)
        if not main.rows:
            findings.cell(
                "error", "empty", Mark(main.sheet, main.heading_row, main.key_column),
                "标题行下面没有数据", "there are no rows below the headings",
            )  # fmt: skip
    total = sum(len(m.columns) for m in mains)
    done = 0
    for main in mains:
        for column in main.columns:
            job.progress("check", done, total)
            read_column(main, column, job.as_of, findings)
            done += 1
    job.progress("check", total, total)
    job.report.mapping.extend(job.extras.read_links(mains))
    links = job.extras.links
    wide, job.provenance = widen_sources(mains, job.year, job.sources, job.declared.sources, links, findings)
    held = TitleReader(job.vocabulary, job.headings, job.as_of, findings, links.renames)
    # Where a key of the main sheets is wrong, its titles would all be reported as strangers.
    whole = bool(mains) and all(k is not None for m in mains for k in m.keys)
    known: list[Key] | None = wide.keys if whole else None
    for sheet in sheets:
        job.report.mapping.extend(held.read(sheet, known))
    job.report.mapping.extend(job.extras.read_records(known, mains))
    merge_title_columns(mains, held, job.year, job.as_of, findings)
    return wide, held


def _missing_year(wide: Wide, findings: Findings) -> None:
    yearly = [v for (id, back), v in wide.values.items() if back == 0 and wide.indicators[id].period != "static"]
    if len(wide.years_back()) < 2:
        return
    without = [i for i in range(len(wide.keys)) if all(v[i] is None for v in yearly)]
    if without:
        findings.cell(
            "warning", "no-current-year", wide.key_mark[without[0]],
            f"有 {len(without)} 家企业没有 {wide.year} 年的数据（此处为第一家）",
            f"{len(without)} enterprise(s) have no values of {wide.year}; this is the first",
        )  # fmt: skip


def _refuse(job: _Import, out: Path) -> None:
    path = copy_path(out)
    job.progress("copy", 0, 1)
    large = not fits(job.sheets)
    if large:
        job.findings.add(
            "warning", "no-marked-copy", path.name,
            "数据的行数或列数超过 Excel 工作表的上限，没有写出标注副本；请按位置在原文件中改正",
            "the data has more rows or columns than a worksheet holds; no marked copy is written, mend the file itself",
        )  # fmt: skip
    try:
        written = write_marked_copy(job.sheets, job.findings, path) if job.sheets and not large else False
        if job.sheets and not written and not large:
            job.findings.add(
                "warning", "no-marked-copy", path.name,
                "同名文件不是本程序写的，未覆盖，也没有写出标注副本",
                "a file of that name is not ours; it is left alone and no marked copy is written",
            )  # fmt: skip
    except OSError as error:
        written = False
        job.findings.add(
            "warning", "no-marked-copy", path.name, f"无法写出标注副本：{error.strerror}",
            f"the marked copy cannot be written: {error.strerror}",
        )  # fmt: skip
    job.report.take(job.findings)
    job.report.marked_copy = path if written else None
    job.progress("copy", 1, 1)
    raise ImportRefused(job.report)


def _manifest(
    job: _Import, mains: Sequence[MainSheet], wide: Wide, names: Sequence[str], label: str
) -> dict[str, object]:
    rows: Counter[Path] = Counter()
    for main in mains:
        rows[main.sheet.file] += len(main.rows)
    columns = describe_columns(job.vocabulary, names)
    for id, source in job.provenance.uniform(wide).items():
        columns[id]["source"] = source
    found: dict[str, object] = {
        "year": job.year,
        "as_of": job.as_of.isoformat(),
        "label": label,
        "sources": [
            {"file": path.name, "sha256": digest, "rows": rows[path]}
            | ({"source": job.sources[path]} if path in job.sources else {})
            for path, digest in job.hashes.items()
        ],
        "columns": columns,
        "warnings": job.findings.total("warning"),
    }
    if fields := job.extras.describe():
        found["records"] = fields
    return found
