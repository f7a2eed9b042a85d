"""Writing imports on their way: every change of a step, with one event each; the record itself only at the end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.core.files.uploadedfile import UploadedFile

from keqiao.facts.snapshot import Snapshot
from keqiao.platform.actor import Actor
from keqiao.platform.audit.services import written
from keqiao.platform.catalogue.shipped import packs
from keqiao.platform.clock import now, today
from keqiao.platform.enterprises import intake_files, intake_queries
from keqiao.platform.enterprises.intake_queries import stage
from keqiao.platform.enterprises.models import Batch, Intake
from keqiao.platform.enterprises.recording import record_snapshot, withdraw
from keqiao.platform.enterprises.recording.belonging import Reach
from keqiao.platform.enterprises.recording.precedence import source_name
from keqiao.platform.errors import Invalid, NeedsProof, NotVisible, Refused, SiteError
from keqiao.platform.institutions.models import Office
from keqiao.platform.jobs.services import enqueue
from keqiao.platform.web.formats import day as written_day
from keqiao.rules.vocabulary import Vocabulary

#: A second upload of the same files by the same office within this time is the first one.
TWICE = dt.timedelta(minutes=10)
KEPT_DAYS = 14
_LONGEST = 200


def start(actor: Actor, uploads: Sequence[UploadedFile], year: int, as_of: dt.date, source: str) -> Intake:
    """Keep the files and begin to check them; the same files again give the import that began already."""
    if not 2000 <= year <= today().year:
        raise Invalid({"year": f"2000 — {today().year}"}, f"评价年度应在 2000 至 {today().year} 之间。", f"The year lies between 2000 and {today().year}.")
    if as_of.year < year:
        raise Invalid({"as_of": str(year)}, "基准日不能早于评价年度。", "The as-of day cannot lie before the year.")
    if actor.office_id is None or actor.user is None:
        raise NotVisible
    files = intake_files.keep(list(uploads))
    again: Intake | None = None
    try:
        with written(actor, "enterprises:intake:start", files=len(files), year=year) as event:
            again = _same(actor, files, year, source)
            if again is None:
                remembered = intake_queries.remembered(actor)
                intake = Intake.objects.create(
                    office_id=actor.office_id, by=actor.user, state="checking", year=year, as_of=as_of, source=source_name("import", source)[:40],
                    files=files, mapping={"choices": {}, "remembered": remembered, "confirmed": False},
                )  # fmt: skip
                _enqueue_check(actor, intake)
                event.object = intake
            else:
                event.object = again
    except BaseException:
        for file in files:
            intake_files.drop(file)
        raise
    if again is not None:
        for file in files:
            intake_files.drop(file)
        return again
    return intake


def _same(actor: Actor, files: Sequence[Mapping[str, Any]], year: int, source: str) -> Intake | None:
    """An import of the same content that this office began a short while ago."""
    wanted = sorted(file["sha256"] for file in files)
    recent = intake_queries.visible_to(actor).filter(created_at__gte=now() - TWICE, year=year).exclude(state="abandoned")
    return next((one for one in recent if sorted(f["sha256"] for f in one.files) == wanted and one.source == source_name("import", source)), None)


@contextmanager
def _changing(actor: Actor, id: int, version: int, tag: str, **detail: Any) -> Iterator[Intake]:
    """A change of one step: refuses forms that are stale, and counts the version on."""
    with written(actor, tag, **detail) as event:
        intake = Intake.objects.select_for_update(of=("self",)).select_related("job", "batch").get(pk=intake_queries.get_intake(actor, id).pk)
        if intake.version != version:
            raise _stale(intake)
        if stage(intake) in ("committing", "committed", "abandoned"):
            raise Refused("这次导入已经提交或放弃，不能再改。", "This import is committed or abandoned and can no longer be changed.")
        event.object = intake
        yield intake
        intake.version += 1
        intake.save()


def _stale(intake: Intake) -> SiteError:
    last = intake_queries.last_change(intake)
    zh, en = intake_queries.DID.get(last.tag, ("改过这次导入", "changed it")) if last is not None else ("改过这次导入", "changed it")
    who, when = (last.actor_label, written_day(last.at, "time")) if last is not None else ("", "")
    return Refused(
        f"{who} {when} {zh}，您看到的已不是最新的，这一步没有保存。回到导入页看最新的内容，再做一次。",
        f"{who} {en} at {when}; what you see is no longer current and this step was not saved. Open the import again and repeat it.",
    )


def choose_headings(actor: Actor, id: int, version: int, choices: Mapping[str, str]) -> Intake:
    """Say what headings mean: place to an indicator, ``-`` (not imported) or empty (as read).

    Checks again where that changes anything. Raises `Invalid` for an unknown indicator.
    """
    words = packs().vocabulary
    named = {place: _indicator(to.strip(), words) for place, to in choices.items()}
    with _changing(actor, id, version, "enterprises:intake:headings", headings=len(named)) as intake:
        before = intake.mapping.get("choices", {})
        read = {m["place"]: m for m in intake.report.get("mapping", [])}
        made = {
            place: {"to": to, "heading": before.get(place, {}).get("heading") or read[place]["heading"]}
            for place, to in named.items()
            if to and place in read and (place in before or to != read[place]["indicator"])
        }
        changed = made != before
        intake.mapping = {"choices": made, "confirmed": True}
        if changed:
            _enqueue_check(actor, intake, ahead=1)
    return intake


def _indicator(text: str, words: Vocabulary) -> str:
    """The id of an indicator by id, label or alias; empty and ``-`` stay."""
    if text in ("", "-", "不导入"):
        return "-" if text else ""
    found = words.find_alias(text)
    if found is None or found.subject != "enterprise":
        near = "、".join(words.nearest(text))
        zh, en = (f"；相近的：{near}", f"; near: {near}") if near else ("", "")
        raise Invalid({"mapping": text}, f"没有指标“{text}”{zh}。", f"There is no indicator {text!r}{en}.")
    return found.id


def edit(actor: Actor, id: int, version: int, changes: Mapping[str, str]) -> Intake:
    """Change cells: place to the new text. They are applied to the sheets at the next check; the upload stays as it is."""
    with _changing(actor, id, version, "enterprises:intake:edit", cells=len(changes)) as intake:
        values = {p["place"]: "".join(p["value"] or ()) for found in intake.report.get("problems", {}).values() for p in found}
        for place, new in changes.items():
            if place not in values:
                raise Invalid({"place": place}, f"“{place}”不是有问题的单元格。", f"{place!r} is no cell with a problem.")
            if len(new) > _LONGEST:
                raise Invalid({"value": place}, f"一格最多 {_LONGEST} 个字。", f"A cell takes at most {_LONGEST} characters.")
            old = next((e["old"] for e in intake.edits if e["place"] == place), values[place])
            kept = [e for e in intake.edits if e["place"] != place]
            intake.edits = [*kept, {"place": place, "old": old, "new": new.strip(), "by": actor.user.name if actor.user else "", "at": now().isoformat()}]
        intake.report = {**intake.report, "dirty": True}
    return intake


def take_advice(actor: Actor, id: int, version: int) -> Intake:
    """Take all safe suggestions at once."""
    found = intake_queries.get_intake(actor, id)
    done = {e["place"] for e in found.edits}
    changes = {
        p["place"]: p["advice"][0]["to"]
        for p in found.report.get("problems", {}).get("error", [])
        if p["place"] not in done and p["advice"] and p["advice"][0]["safe"]
    }
    if not changes:
        raise Refused("没有可以一起采用的建议。", "There is no suggestion to take.")
    return edit(actor, id, version, changes)


def undo(actor: Actor, id: int, version: int, place: str = "") -> Intake:
    """Undo the change of one cell, or of all."""
    with _changing(actor, id, version, "enterprises:intake:undo", all=not place) as intake:
        intake.edits = [e for e in intake.edits if place and e["place"] != place]
        intake.report = {**intake.report, "dirty": True}
    return intake


def replace(actor: Actor, id: int, version: int, uploads: Sequence[UploadedFile]) -> Intake:
    """Take mended files instead of the ones before; changes made in the browser fall away with those."""
    files = intake_files.keep(list(uploads))
    old: list[dict[str, Any]] = []
    try:
        with _changing(actor, id, version, "enterprises:intake:replace", files=len(files)) as intake:
            old, intake.files, intake.edits = intake.files, files, []
            choices = {c["heading"]: c["to"] for c in intake.mapping.get("choices", {}).values()}
            intake.mapping = {"choices": {}, "remembered": choices, "confirmed": intake.mapping.get("confirmed", False)}
            _enqueue_check(actor, intake, ahead=1)
    except BaseException:
        for file in files:
            intake_files.drop(file)
        raise
    for file in old:
        intake_files.drop(file)
    return intake


def check(actor: Actor, id: int, version: int) -> Intake:
    """Check again: after changes of cells, or where the check before broke off."""
    with _changing(actor, id, version, "enterprises:intake:check") as intake:
        if stage(intake) == "checking":
            raise Refused("正在检查，不用再次开始。", "It is being checked already.")
        _enqueue_check(actor, intake, ahead=1)
    return intake


def _enqueue_check(actor: Actor, intake: Intake, ahead: int = 0) -> None:
    """``ahead`` is by how much the version will be counted on before the job runs."""
    intake.state = "checking"
    intake.job = enqueue(actor, "intake:check", {"intake": intake.pk, "version": intake.version + ahead}, lock=f"intake:{intake.pk}")
    intake.save(update_fields=["state", "job"])


def finish_check(
    actor: Actor, id: int, version: int, report: dict[str, Any], preview: dict[str, Any], staged: str, choices: Mapping[str, Any]
) -> None:
    """What the check found. Raises `Refused` where the import was changed meanwhile."""
    with written(actor, "enterprises:intake:checked", errors=report["errors"], warnings=report["warnings"], rows=report["rows"]) as event:
        intake = Intake.objects.select_for_update().get(pk=id)
        if intake.version != version or intake.state != "checking":
            raise Refused("检查的时候，这次导入改过了；会按新的内容再检查。", "The import was changed while it was checked.")
        intake.state, intake.report, intake.preview, intake.staged = "checked", report, preview, staged
        intake.mapping = {"choices": dict(choices), "confirmed": bool(intake.mapping.get("confirmed"))}
        intake.version += 1
        intake.save()
        event.object = intake


def commit(actor: Actor, id: int, version: int) -> Intake:
    """Begin to record what was checked; refused while there are errors or unchecked changes."""
    with _changing(actor, id, version, "enterprises:intake:commit") as intake:
        if stage(intake) != "preview":
            raise Refused("还有错误或没有检查的改动，不能提交。", "There are errors or unchecked changes; it cannot be committed.")
        if intake.preview.get("strangers"):
            raise Refused("有企业不在本处室的片区，不能提交。", "Some enterprises lie outside the places of your office.")
        intake.state = "committing"
        intake.job = enqueue(actor, "intake:commit", {"intake": intake.pk}, lock="record")
    return intake


def record(actor: Actor, id: int) -> Batch:
    """Record a checked import: one write, one event. Safe to repeat: a committed one gives its batch."""
    done = Intake.objects.select_related("batch").get(pk=id).batch
    if done is not None:  # the worker ended between the write and the end of its job
        return done
    with written(actor, "enterprises:batch:commit") as event:
        intake = Intake.objects.select_for_update().get(pk=id)
        if intake.state != "committing":
            raise Refused("这次导入不在提交中。", "This import is not being committed.")
        snapshot = Snapshot.open(intake_files.staging(id) / intake.staged)
        if not snapshot.verify():
            raise Refused("暂存的数据与检查时不同，没有写入；请重新检查。", "The staged data is not what was checked; nothing was recorded. Check it again.")
        batch = Batch.objects.create(
            kind="import", source=intake.source, office_id=intake.office_id, by=intake.by, year=intake.year, recorded_at=now(),
            files=[{"name": f["name"], "sha256": f["sha256"]} for f in intake.files],
        )  # fmt: skip
        home = Office.objects.get(pk=intake.office_id).places.order_by("pk").values_list("pk", flat=True).first()
        counts = record_snapshot(batch, snapshot, Reach(home, actor.places))
        Intake.objects.filter(pk=id).update(state="committed", batch=batch, version=intake.version + 1, changed_at=now())
        event.object = batch
        event.detail |= {"intake": id, "new": counts.new, "changed": counts.changed, "same": counts.same, "enterprises": counts.enterprises}
    return batch


def abandon(actor: Actor, id: int, version: int) -> None:
    """Give an import up: its files and staged data are wiped; nothing was in the record."""
    with _changing(actor, id, version, "enterprises:intake:abandon") as intake:
        files = intake.files
        intake.state, intake.report, intake.preview, intake.edits = "abandoned", {}, {}, []
    intake_files.wipe(id, files)


def refuse_marked(actor: Actor, id: int, place: str) -> None:
    """A sheet bears a mark of classification: no copy is kept, and the event says so."""
    with written(actor, "enterprises:intake:marked") as event:
        intake = Intake.objects.select_for_update().get(pk=id)
        files = intake.files
        intake.state, intake.report, intake.preview, intake.edits = "abandoned", {}, {}, []
        intake.save()
        event.object = intake
    intake_files.wipe(id, files)
    raise Refused(
        f"{place} 有密级标志（★），文件已删除，没有保留副本。不得上传国家秘密和工作秘密。",
        f"{place} bears a mark of classification (★); the file was wiped and no copy is kept.",
    )


def withdraw_batch(actor: Actor, id: int) -> Batch:
    """Withdraw a batch as a whole, within 30 days; asks for proof of identity first."""
    if not actor.proved:
        raise NeedsProof
    with written(actor, "enterprises:batch:withdraw") as event:
        batch = Batch.objects.select_for_update(of=("self",)).get(pk=intake_queries.get_batch(actor, id).pk)
        batch.withdrawn_by = actor.user
        event.object = batch
        event.detail["facts"] = withdraw(batch)
    return batch


def tidy() -> int:
    """Wipe imports that rested for `KEPT_DAYS`, and what nothing knows of in the upload folder; returns how many."""
    site = Actor(system_task=True)
    count = 0
    old = now() - dt.timedelta(days=KEPT_DAYS)
    for intake in Intake.objects.filter(changed_at__lt=old).exclude(state__in=("committed", "abandoned")):
        with written(site, "enterprises:intake:abandon", intake, rested=True):
            Intake.objects.filter(pk=intake.pk).update(state="abandoned", report={}, preview={}, edits=[], version=intake.version + 1)
        intake_files.wipe(intake.pk, intake.files)
        count += 1
    known: set[str] = set()
    for pk, files in Intake.objects.exclude(state__in=("committed", "abandoned")).values_list("pk", "files"):
        known |= {f"intake-{pk}", *(file["stored"] for file in files)}
    for path in intake_files.strays(known, dt.timedelta(days=2)):
        intake_files.remove(path)
        count += 1
    return count
