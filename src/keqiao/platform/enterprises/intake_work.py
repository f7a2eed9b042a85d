"""The jobs of an import: checking in a staging folder, committing, and wiping what is old."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.urls import reverse

from keqiao.facts import ImportRefused, ImportReport, import_files
from keqiao.facts.declared import declared_of
from keqiao.facts.packchecks import vocabulary_checks
from keqiao.facts.sheets import RawSheet
from keqiao.facts.snapshot import Snapshot
from keqiao.platform.catalogue.shipped import packs
from keqiao.platform.enterprises import intake_files, intake_services
from keqiao.platform.enterprises.intake_cells import Cells
from keqiao.platform.enterprises.intake_files import _MARKS
from keqiao.platform.enterprises.intake_preview import preview
from keqiao.platform.enterprises.intake_report import report_of
from keqiao.platform.enterprises.models import Intake
from keqiao.platform.errors import Refused
from keqiao.platform.jobs.models import Job
from keqiao.platform.jobs.registry import handles
from keqiao.platform.jobs.working import Working

_STAGES = {"read": "读取文件|Reading", "check": "逐列检查|Checking columns", "write": "暂存|Staging", "copy": "写标红的副本|Marking errors"}
SNAPSHOT = "snapshot"


def _leads(job: Job) -> str:
    return reverse("enterprises:import", args=[job.payload["intake"]])


class _Steps:
    """An import's progress as steps of a job."""

    def __init__(self, job: Working) -> None:
        self._job, self._stage, self._done = job, "", 0

    def __call__(self, stage: str, done: int, total: int) -> None:
        if stage != self._stage:
            self._job.step(_STAGES[stage], total)
            self._stage, self._done = stage, 0
        self._job.advance(max(done - self._done, 0))
        self._done = max(done, self._done)


class _Prepared:
    """Sees the sheets as read: refuses marks of classification, makes the officers' changes, keeps the cells."""

    def __init__(self, intake: Intake) -> None:
        self.intake, self.cells = intake, Cells()
        self.choices: dict[str, Any] = dict(intake.mapping.get("choices", {}))
        self.marked = ""

    def __call__(self, sheets: Sequence[RawSheet]) -> None:
        for sheet in sheets:
            self._refuse_marks(sheet)
        self.cells.take(sheets)
        self._remember(self.intake.mapping.get("remembered") or {})
        labels = {id: found.label for id, found in packs().vocabulary.indicators.items()}
        self.cells.apply(self.intake.edits, self.choices, labels)

    def _refuse_marks(self, sheet: RawSheet) -> None:
        for r, row in enumerate(sheet.rows):
            for c, value in enumerate(row):
                if isinstance(value, str) and "★" in value and _MARKS.search(value):
                    self.marked = sheet.place(r, c)
                    raise Refused("密级标志", "mark of classification")

    def _remember(self, chosen: Mapping[str, str]) -> None:
        """What the office chose for the same headings before, in the first rows of each sheet."""
        if not chosen:
            return
        for sheet in self.cells.sheets:
            if sheet.row_name is None:
                for r, row in enumerate(sheet.rows[:40]):
                    for c, value in enumerate(row):
                        text = " ".join(value.split()) if isinstance(value, str) else ""
                        if text in chosen:
                            self.choices.setdefault(sheet.place(r, c), {"to": chosen[text], "heading": text})


@handles("intake:check", "检查导入的表格", "Checking the sheets of an import", leads=_leads)
def check(job: Working) -> dict[str, Any]:
    """Read and judge the sheets in a staging folder, and compare with the record. Nothing is recorded."""
    intake = Intake.objects.get(pk=job.payload["intake"])
    if intake.version != job.payload["version"] or intake.state != "checking":
        return {"stale": True}
    stage = intake_files.staging(intake.pk)
    shutil.rmtree(stage, ignore_errors=True)
    (stage / "in").mkdir(parents=True)
    try:
        prepared = _Prepared(intake)
        report = _judge(job, intake, stage, prepared)
    except Refused:
        marked = prepared.marked
        if marked:
            intake_services.refuse_marked(job.actor, intake.pk, marked)
        raise
    except BaseException:
        shutil.rmtree(stage, ignore_errors=True)
        raise
    kept, around = report_of(report, prepared.cells, packs().vocabulary)
    (stage / "around.json").write_text(json.dumps(around, ensure_ascii=False), "utf-8")
    changes: dict[str, Any] = {}
    if not report.errors:
        job.step("与记录比较|Comparing with the record")
        changes = preview(job.actor, Snapshot.open(stage / SNAPSHOT), intake.source)
    shutil.rmtree(stage / "in", ignore_errors=True)
    intake_services.finish_check(
        job.actor, intake.pk, job.payload["version"], kept, changes, "" if report.errors else SNAPSHOT, prepared.choices
    )
    return {"errors": report.errors, "rows": report.rows}


def _judge(job: Working, intake: Intake, stage: Path, prepared: _Prepared) -> ImportReport:
    """The import itself, on links to the uploads that carry their own names."""
    paths = []
    for file in intake.files:
        path = stage / "in" / file["name"]
        os.link(intake_files.folder() / file["stored"], path)
        paths.append(path)
    try:
        return import_files(
            paths, vocabulary=packs().vocabulary, year=intake.year, as_of=intake.as_of, out=stage / SNAPSHOT,
            checks=vocabulary_checks(packs(), intake.as_of, intake.year), progress=_Steps(job), limits=intake_files.LIMITS,
            declared=declared_of(packs()), prepare=prepared,
        )  # fmt: skip
    except ImportRefused as refused:
        return refused.report


@handles("intake:commit", "写入记录", "Recording an import", leads=_leads)
def commit(job: Working) -> dict[str, Any]:
    """Record a checked import, then wipe its files."""
    intake = Intake.objects.get(pk=job.payload["intake"])
    job.step("写入记录|Recording", 0)
    batch = intake_services.record(job.actor, intake.pk)
    intake_files.wipe(intake.pk, intake.files)
    return {"batch": batch.pk, **{k: v for k, v in batch.counts.items() if k != "confirms"}}


@handles("intake:tidy", "清理旧的上传", "Wiping old uploads")
def tidy(job: Working) -> dict[str, Any]:
    """Wipe what rested too long."""
    return {"wiped": intake_services.tidy()}
