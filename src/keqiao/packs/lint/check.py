"""The whole check: every file read, every rule built, its examples run, its compilers compared."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from keqiao.errors import KeqiaoError, RuleError
from keqiao.packs import schema as s
from keqiao.packs.ladders import build_ladder
from keqiao.packs.lint import heads, versions
from keqiao.packs.lint.agree import Difference, compare
from keqiao.packs.lint.coverage import Coverage
from keqiao.packs.lint.examples import ExampleResult, run_version, written
from keqiao.packs.lint.report import LintReport
from keqiao.packs.lint.targets import affected
from keqiao.packs.lint.version import Version
from keqiao.packs.loader import PackFile, Packs, pack_paths, read_pack, shipped
from keqiao.packs.yaml import Document

#: What is being checked, how much is done, and of how much.
Progress = Callable[[str, int, int], None]
_SHOWN = 3


def check(folders: Sequence[Path] = (), *, progress: Progress | None = None) -> LintReport:
    """Check packs: the shipped ones, or ``folders`` (or single files) laid over them.

    With folders, their files are reported on and those rules below that they change; without, the
    shipped packs. A file that cannot be read or built is a finding, and the others are still
    checked. Raises `PackError` only where a folder does not exist.
    """
    report = LintReport()
    files = _read([shipped(), *map(Path, folders)], report, 0 if not folders else 1)
    packs = Packs(files)
    least = 1 if folders else 0
    report.files = sum(document.layer >= least for _, document in files)
    for pack, document in files:
        if document.layer >= least:
            _check_file(pack, document, packs, report)
    versions.check_repeated([file for file in files if file[1].layer >= least], report)
    targets = affected(packs, least)
    for id in dict.fromkeys(pack.id for pack, _ in targets):
        versions.check_overlap(packs.sources(id), report)
    for i, (pack, document) in enumerate(targets):
        if progress is not None:
            progress(pack.id, i, len(targets))
        _check_version(packs, pack, document, report)
    if progress is not None:
        progress("", len(targets), len(targets))
    return report


def _read(folders: Sequence[Path], report: LintReport, least: int) -> list[PackFile]:
    """All files that can be read; the others become findings."""
    files: list[PackFile] = []
    for layer, folder in enumerate(folders):
        for path in pack_paths(folder):
            try:
                files.append(read_pack(path, layer))
            except KeqiaoError as problem:
                if layer >= least:
                    report.add_error(problem, path.stem, path.name)
    return files


def _check_file(pack: s.Head | s.ExamplesPack, document: Document, packs: Packs, report: LintReport) -> None:
    if isinstance(pack, s.ExamplesPack):
        known = [p.effective.from_ for p, _ in packs.sources(pack.id)] if pack.id in packs else []
        if pack.effective.from_ not in known:
            begin = pack.effective.from_
            zh = f"没有规则“{pack.id}”" + (f"施行日为 {begin} 的版本" if begin else "未写施行日的版本")
            en = f"there is no version of {pack.id!r} " + (f"from {begin}" if begin else "without effective.from")
            report.add("example-name", pack.id, document.where(("id",)), zh, en)
        return
    heads.check_head(pack, document, report)
    if isinstance(pack, s.RulePack):
        heads.check_rule(pack, document, report)
    elif isinstance(pack, s.ListPack):
        heads.check_list(pack, document, report)
        heads.note_file(pack, document, report)
    elif isinstance(pack, s.LadderPack):
        _check_ladder(pack, document, packs, report)
        heads.note_file(pack, document, report)
    elif isinstance(pack, s.VocabularyPack):
        heads.check_vocabulary(pack, document, packs, report)
    elif isinstance(pack, s.PlacesPack):
        heads.check_places(pack, document, packs, report)


def _check_ladder(pack: s.LadderPack, document: Document, packs: Packs, report: LintReport) -> None:
    """Every step names a title and a rule that exist; versions do not share a day."""
    report.ladders += 1
    try:
        build_ladder((pack, document), packs.vocabulary, packs)
    except KeqiaoError as problem:
        report.add_error(problem, pack.id, document.path.name)
    versions.check_overlap(packs.ladder_files[pack.id], report)


def _check_version(packs: Packs, pack: s.RulePack, document: Document, report: LintReport) -> None:
    """Build a version, then run it; where the engine fails, every other rule is still checked."""
    report.rules += 1
    try:
        version = _build(packs, pack, document, report)
        if version is not None and versions.check_references(version, report):
            _run(version, report)
    except RuleError as problem:
        # read well, but not to be run: numbers too wide, or a construct that cannot be computed yet
        if problem.where is None:
            report.add("engine", pack.id, document.where(("id",)), problem.zh, problem.en)
    except KeqiaoError as problem:
        # a broken rule that this one asks is reported at its own place; a circle has none
        if problem.where is None:
            report.add("cycle", pack.id, document.where(("id",)), problem.zh, problem.en)
    except Exception as problem:
        what = f"{type(problem).__name__} {problem}"
        zh, en = f"规则不能运行：{what}", f"the rule cannot be run: {what}"
        report.add("engine", pack.id, document.where(("id",)), zh, en)


def _build(packs: Packs, pack: s.RulePack, document: Document, report: LintReport) -> Version | None:
    """The version built, its unconfirmed figures noted; None where its file is wrong."""
    try:
        version = Version(packs, pack, document)
    except KeqiaoError as problem:
        report.add_error(problem, pack.id, document.path.name)
        return None
    report.clauses += sum(1 for _ in version.rule.clauses())
    heads.note_unconfirmed(version.rule, pack, document, packs, report)
    heads.check_example_titles(written(packs, pack, document), pack.id, report)
    return version


def _run(version: Version, report: LintReport) -> None:
    """Examples, their coverage, and the agreement of the compilers."""
    version.compiled(version.first_day)
    results: list[ExampleResult] = []
    for result in run_version(version):
        results.append(result)
        for problem in result.problems:
            zh, en = f"算例“{result.title}”：{problem.zh}", f"example {result.title!r}: {problem.en}"
            report.add(problem.code, version.id, result.where, zh, en)
    report.examples += len(results)
    coverage = Coverage(version)
    coverage.see(results)
    coverage.report(report)
    try:
        count, differences = compare(version, results)
    except RuleError as problem:
        report.add("sql", version.id, version.where(), problem.zh, problem.en)
        return
    report.edge_cases += count
    if differences:
        add_differences(version, differences, report)


def add_differences(version: Version, differences: list[Difference], report: LintReport) -> None:
    """One finding for all differences of a version, with the first of them."""
    shown = "; ".join(str(difference) for difference in differences[:_SHOWN])
    zh = f"单户结论与 SQL 有 {len(differences)} 处不一致（前者 / 后者）：{shown}"
    en = f"closures and SQL disagree in {len(differences)} places (former / latter): {shown}"
    report.add("compilers", version.id, version.where(), zh, en)
