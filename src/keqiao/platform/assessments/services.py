"""Writing runs: started, ended with all their rows, published."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Max

from keqiao.platform.actor import Actor
from keqiao.platform.assessments.models import RuleKey, Run, Standing
from keqiao.platform.assessments.placing import STANDING, Placed
from keqiao.platform.assessments.queries import state_of
from keqiao.platform.assessments.writing import insert
from keqiao.platform.audit.services import written
from keqiao.platform.clock import now, today
from keqiao.platform.enterprises.queries import visible_to as visible_enterprises
from keqiao.platform.errors import Invalid, Refused
from keqiao.platform.jobs.models import Job
from keqiao.platform.jobs.services import enqueue

#: What can be made of a run for download: the ending of the file.
EXPORTS = {"workbook": ".xlsx", "html": ".html", "reasons": ".parquet"}


def folder_of(run: Run) -> Path:
    """Where the run's files are."""
    return Path(settings.HOME.runs) / (run.folder or f"run-{run.pk}")


def start_run(actor: Actor, *, as_of: dt.date | None = None, year: int | None = None) -> Run:
    """Put a run of the actor's office into the queue: all its enterprises under all rules.

    ``as_of`` is today, ``year`` the year before where not given. Raises `Invalid` for a day to come or a year that
    cannot be meant, `Refused` where a run is under way or there is no enterprise.
    """
    day = as_of or today()
    meant = year if year is not None else day.year - 1
    if day > today():
        raise Invalid({"as_of": "口径日不能晚于今天。"}, "口径日不能晚于今天。", "The day cannot lie in the future.")
    if not 1990 <= meant <= day.year:
        raise Invalid({"year": f"评价年度应在 1990 与 {day.year} 之间。"}, f"评价年度应在 1990 与 {day.year} 之间。", f"The year lies between 1990 and {day.year}.")
    if not visible_enterprises(actor).exists():
        raise Refused("本机构还没有企业，先导入数据。", "Your office has no enterprises yet; import data first.")
    with written(actor, "assessments:run:start", as_of=day.isoformat(), year=meant) as event:
        for other in Run.objects.select_for_update().filter(office=actor.office_id, state__in=("waiting", "running")):
            state = state_of(other)
            if state not in ("failed", "cancelled"):
                raise Refused(f"第 {other.number} 次评价还在进行，做完再开始下一次。", f"Run {other.number} is still under way; start the next when it is done.")
            Run.objects.filter(pk=other.pk).update(state=state, ended_at=now())
        last = Run.objects.filter(office=actor.office_id).aggregate(last=Max("number"))["last"] or 0
        run = Run.objects.create(number=last + 1, office_id=int(actor.office_id or 0), by=actor.user, as_of=day, year=meant)
        run.job = enqueue(actor, "assessments:run", {"run": run.pk}, lock=f"run:{actor.office_id}")
        run.save(update_fields=["job"])
        event.object = run
    return run


def finish_run(actor: Actor, run: Run, placed: Placed, summary: dict[str, Any], made: Path) -> None:
    """End a run: its rows, its summary and its folder appear together, or nothing does.

    ``made`` is the folder as it was written; it is renamed in as the last act before the end of the transaction.
    """
    receipt, final = placed.run.receipt, folder_of(run)
    try:
        with written(actor, "assessments:run:done", run, rows=receipt["rows"], snapshot=receipt["snapshot"], content=receipt["content_hash"]):
            done = Run.objects.filter(pk=run.pk, state__in=("waiting", "running")).update(
                state="done", folder=final.name, rows=receipt["rows"], snapshot_hash=receipt["snapshot"], content_hash=receipt["content_hash"],
                summary=summary, previous=run.previous, ended_at=now(),
            )  # fmt: skip
            if not done:
                raise Refused("这次评价已经结束。", "The run has ended already.")
            _write_rows(run, placed)
            os.rename(made, final)
    except BaseException:
        if not made.exists() and final.exists():
            shutil.rmtree(final, ignore_errors=True)
        raise


def _write_rows(run: Run, placed: Placed) -> None:
    keys = dict(RuleKey.objects.filter(key__in=placed.titles).values_list("key", "pk"))
    for title in placed.titles:
        keys[title] = keys.get(title) or RuleKey.objects.create(key=title).pk

    def outcomes() -> Iterator[tuple[Any, ...]]:
        for rule, title in sorted((keys[title], title) for title in placed.titles):
            for enterprise, outcome, before in placed.outcomes(title):
                yield run.pk, enterprise, rule, outcome, before

    insert(Standing._meta.db_table, ("run_id", "enterprise_id", *STANDING), ((run.pk, *row) for row in placed.standings()))
    insert("assessments_outcome", ("run_id", "enterprise_id", "rule_id", "outcome", "before"), outcomes())


def end_run(run: Run, state: str) -> None:
    """Say that a run ended without a result: ``failed`` or ``cancelled``; its job writes the event."""
    Run.objects.filter(pk=run.pk, state__in=("waiting", "running")).update(state=state, ended_at=now())


def publish(actor: Actor, run: Run) -> None:
    """Make a run what enterprises see. Raises `Refused` where it is not done, or published already."""
    if state_of(run) != "done":
        raise Refused("评价还没有完成，不能发布。", "The run is not done and cannot be published.")
    with written(actor, "assessments:run:publish", run, number=run.number, rows=run.rows):
        if not Run.objects.filter(pk=run.pk, published_at__isnull=True).update(published_at=now(), published_by=actor.user):
            raise Refused("这次评价已经发布。", "The run is published already.")


def ask_verify(actor: Actor, run: Run) -> Job:
    """Put the check of a run into the queue: files compared, everything decided again. Raises `Refused` where not done."""
    _needs_done(run)
    return enqueue(actor, "assessments:verify", {"run": run.pk}, lock=f"verify:{run.pk}")


def note_verified(actor: Actor, run: Run, found: dict[str, Any]) -> None:
    """Keep what a check of a run found beside its summary."""
    with written(actor, "assessments:run:verify", run, ok=found["ok"], findings=len(found["findings"])):
        current = Run.objects.select_for_update().get(pk=run.pk)
        current.summary = {**current.summary, "verified": found}
        current.save(update_fields=["summary"])


def ask_export(actor: Actor, run: Run, what: str, language: str) -> Job:
    """Put a file of a run into the queue: one of `EXPORTS`. Raises `Refused` where the run is not done."""
    _needs_done(run)
    if what not in EXPORTS:
        raise Invalid({"what": "没有这种文件。"}, "没有这种文件。", "There is no such file.")
    return enqueue(actor, "assessments:export", {"run": run.pk, "what": what, "language": language})


def _needs_done(run: Run) -> None:
    if state_of(run) != "done":
        raise Refused("评价还没有完成。", "The run is not done yet.")
