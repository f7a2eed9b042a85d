"""The jobs of runs: making one, checking one, making files of one."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.urls import reverse

from keqiao.engine import Run as Files
from keqiao.engine import assess
from keqiao.engine.verify import verify_run
from keqiao.errors import language, use_language
from keqiao.examples import CITY_LABEL
from keqiao.platform.assessments import services
from keqiao.platform.assessments.books import list_paper
from keqiao.platform.assessments.files import file_name, write_file
from keqiao.platform.assessments.freezing import Frozen, freeze
from keqiao.platform.assessments.list_views import list_name
from keqiao.platform.assessments.listing import Listing, Wanted
from keqiao.platform.assessments.models import Run
from keqiao.platform.assessments.placing import placed
from keqiao.platform.assessments.summary import summary_of
from keqiao.platform.audit.services import noted
from keqiao.platform.catalogue.books import workbook
from keqiao.platform.catalogue.shipped import packs
from keqiao.platform.clock import now
from keqiao.platform.enterprises.queries import visible_to as visible_enterprises
from keqiao.platform.jobs.models import Job
from keqiao.platform.jobs.registry import handles
from keqiao.platform.jobs.working import Cancelled, Interrupted, Lost, Working


def _leads(job: Job) -> str:
    return reverse("assessments:run", args=[job.payload["run"]])


@handles("assessments:run", "评价", "Assessment", leads=_leads)
def run(job: Working) -> dict[str, Any]:
    """Freeze, decide, compare with the run before, write all of it at once. Safe to repeat."""
    row = Run.objects.select_related("office").get(pk=job.payload["run"])
    if row.state == "done":  # the worker ended between the end of the run and that of the job
        return {"rows": row.rows}
    shutil.rmtree(services.folder_of(row), ignore_errors=True)  # of an earlier attempt that did not end
    try:
        with _scratch(f".work-{row.pk}") as work:
            return _make(job, row, work)
    except (Interrupted, Lost):
        raise
    except Cancelled:
        services.end_run(row, "cancelled")
        raise
    except Exception:
        if not connection.needs_rollback:
            services.end_run(row, "failed")
        raise


def _make(job: Working, row: Run, work: Path) -> dict[str, Any]:
    Run.objects.filter(pk=row.pk, state="waiting").update(state="running")
    frozen = _freeze(job, row, work / "snapshot")
    job.step("判定|Deciding")
    told = _Counter(job)
    made = assess(frozen.snapshot, packs(), work / "run", progress=lambda _, done, total: told(done))
    job.step("比较|Comparing")
    row.previous = _previous(row)
    earlier = Files.open(services.folder_of(row.previous)) if row.previous is not None else None
    with placed(made, earlier, frozen.ids) as found:
        job.advance()
        summary = summary_of(found, job.advance)
        job.step("写入结果|Writing results", made.receipt["rows"])
        services.finish_run(job.actor, row, found, summary, work / "run")
    return {"rows": made.receipt["rows"]}


def _freeze(job: Working, row: Run, out: Path) -> Frozen:
    seen = visible_enterprises(job.actor)
    label = CITY_LABEL if seen.filter(is_synthetic=True).exists() else ""
    job.step("冻结数据|Freezing facts")
    told = _Counter(job)
    return freeze(job.actor, out, year=row.year, as_of=row.as_of, packs=packs(), label=label, progress=lambda done, _: told(done))


def _previous(row: Run) -> Run | None:
    """The office's last run before this one whose files are still there."""
    for other in Run.objects.filter(office=row.office_id, state="done", number__lt=row.number).order_by("-number"):
        if services.folder_of(other).is_dir():
            return other
    return None


class _Counter:
    """Advances a job to a count."""

    def __init__(self, job: Working) -> None:
        self.job, self.done = job, 0

    def __call__(self, done: int) -> None:
        self.job.advance(max(done - self.done, 0))
        self.done = done


@contextmanager
def _scratch(name: str) -> Iterator[Path]:
    """A folder beside the runs, empty at first and gone at the end, whatever happens."""
    folder = Path(settings.HOME.runs) / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@handles("assessments:verify", "回放校验", "Replay and verify", leads=_leads)
def verify(job: Working) -> dict[str, Any]:
    """Compare a run's files with its receipt and decide everything again."""
    row = Run.objects.get(pk=job.payload["run"])
    job.step("逐条重算|Deciding again")
    found = verify_run(services.folder_of(row))
    told = {
        "ok": not found.findings, "at": now().isoformat(), "files": found.files, "rules": len(found.replayed or ()),
        "findings": [{"where": one.where, "zh": one.zh, "en": one.en} for one in found.findings[:50]],
    }  # fmt: skip
    services.note_verified(job.actor, row, told)
    return {"ok": told["ok"], "findings": len(found.findings)}


@handles("assessments:export", "导出评价结果", "Exporting a run", leads=lambda job: reverse("assessments:file", args=[job.pk]))
def export(job: Working) -> dict[str, Any]:
    """Make the workbook, the page or all reasons of a run."""
    row = Run.objects.select_related("previous").get(pk=job.payload["run"])
    what, spoken = job.payload["what"], job.payload["language"]
    before = language()
    use_language(spoken)
    try:
        name = file_name(row, what)
        job.step("写文件|Writing the file")
        folder = Path(settings.HOME.exports) / secrets.token_hex(16)
        folder.mkdir(parents=True)
        told = _Counter(job)
        write_file(row, what, folder / name, spoken, lambda _, done, total: told(done))
    finally:
        use_language(before)
    return {"file": f"{folder.name}/{name}", "name": name}


@handles("assessments:list", "导出企业列表", "Exporting the list", leads=lambda job: reverse("assessments:file", args=[job.pk]))
def export_list(job: Working) -> dict[str, Any]:
    """Make the workbook of a long list of enterprises, exactly as its address says."""
    spoken, before = job.payload["language"], language()
    use_language(spoken)
    try:
        run = Run.objects.filter(pk=job.payload["run"]).first() if job.payload["run"] else None
        listing = Listing(job.actor, Wanted.of(job.payload["query"]), run)
        name = list_name(listing)
        job.step("写文件|Writing the file", listing.total)
        noted(job.actor, "assessments:list:export", rows=listing.total, filters=len(listing.wanted.address))
        folder = Path(settings.HOME.exports) / secrets.token_hex(16)
        folder.mkdir(parents=True)
        (folder / name).write_bytes(workbook(list_paper(listing)))
    finally:
        use_language(before)
    return {"file": f"{folder.name}/{name}", "name": name}
