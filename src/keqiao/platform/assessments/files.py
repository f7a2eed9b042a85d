"""The files that can be made of a run: a workbook, a page, all reasons."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from keqiao.engine import Run as Files
from keqiao.errors import say
from keqiao.platform.assessments.models import Run
from keqiao.platform.assessments.services import EXPORTS, folder_of
from keqiao.reports import write_html, write_reasons, write_workbook

Progress = Callable[[str, int, int], None]


def illustrative(run: Run) -> bool:
    """Whether anything of a run rests on illustrative figures."""
    return any(rule["status"] == "illustrative" for rule in run.summary.get("rules", {}).values())


def marked_name(stem: str, run: Run | None, ending: str) -> str:
    """A file's name, which says so where anything in it is illustrative or made up."""
    mark = say("_示例", "_illustrative") if run is not None and (illustrative(run) or run.summary.get("label")) else ""
    return f"{stem}{mark}{ending}"


def file_name(run: Run, what: str) -> str:
    """The name of one of `EXPORTS` of a run, in the current language."""
    words = {"workbook": say("评价结果", "results"), "html": say("评价报告", "report"), "reasons": say("全部原因", "all-reasons")}[what]
    return marked_name(f"{words}_{say(f'第{run.number}次', f'run-{run.number}')}_{run.as_of}", run, EXPORTS[what])


def write_file(run: Run, what: str, out: Path, language: str, progress: Progress) -> None:
    """Write one of `EXPORTS` of a run."""
    files = Files.open(folder_of(run))
    if what == "workbook":
        earlier = folder_of(run.previous) if run.previous is not None else None
        since = Files.open(earlier) if earlier is not None and earlier.is_dir() else None
        write_workbook(files, out, language=language, since=since, progress=progress)
    elif what == "html":
        write_html(files, out, language=language, progress=progress)
    else:
        write_reasons(files, out, language=language)
