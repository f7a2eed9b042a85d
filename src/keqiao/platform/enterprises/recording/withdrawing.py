"""Taking a batch back: its facts end, and those that it had ended stand again."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q

from keqiao.platform.audit.services import writing
from keqiao.platform.clock import now
from keqiao.platform.enterprises.models import Batch, Link, Record, Title
from keqiao.platform.enterprises.recording import loading
from keqiao.platform.enterprises.recording.copied import copy_to_enterprises
from keqiao.platform.enterprises.recording.facts import settle
from keqiao.platform.enterprises.recording.loading import GIVEN, rows, run
from keqiao.platform.errors import Refused

WITHDRAW_DAYS = 30


def parts_of(batch: Batch) -> list[int]:
    """The batch with those that were recorded together with it, one for each further source."""
    return [batch.pk, *Batch.objects.filter(part_of=batch).values_list("pk", flat=True)]


def may_withdraw(batch: Batch) -> Refused | None:
    """Why a batch can no longer be taken back; None where it can."""
    if batch.withdrawn_at is not None:
        return Refused("这一批已经撤回。", "This batch has been withdrawn already.")
    if batch.part_of_id is not None:
        return Refused("这是一次导入的一部分，请撤回整次导入。", "This is part of an import; withdraw the import as a whole.")
    if now() - batch.recorded_at > dt.timedelta(days=WITHDRAW_DAYS):
        return Refused(
            f"这一批已记录超过 {WITHDRAW_DAYS} 天，不能再整批撤回；有错的请导入更正。",
            f"This batch is older than {WITHDRAW_DAYS} days and can no longer be withdrawn; import a correction.",
        )
    later = _later(parts_of(batch))
    if later is not None:
        return Refused(
            f"之后的第 {later} 批改动或确认了其中的数据；先撤回第 {later} 批，或导入更正。",
            f"Batch {later} has changed or confirmed some of these facts since; withdraw batch {later} first, or import a correction.",
        )
    return None


def withdraw(batch: Batch) -> int:
    """Take a batch back, inside an open write; returns how many facts ended. Raises `Refused`."""
    if not writing():
        raise RuntimeError("a batch is withdrawn inside `written`")
    refused = may_withdraw(batch)
    if refused is not None:
        raise refused
    ids = parts_of(batch)
    marks = ", ".join(["%s"] * len(ids))
    touched = (
        "SELECT DISTINCT enterprise_id, indicator_id, year, CAST(NULL AS bigint), CAST(NULL AS varchar(400)) FROM enterprises_fact"
        f" WHERE batch_id IN ({marks}) OR ended_by_id IN ({marks})"
    )
    with loading.given(()):
        run(f"INSERT INTO {GIVEN} {touched}", [*ids, *ids])
        run(f"UPDATE enterprises_fact SET ended_by_id = NULL, prevails = %s WHERE ended_by_id IN ({marks}) AND batch_id NOT IN ({marks})", [True, *ids, *ids])
        ended = run(f"UPDATE enterprises_fact SET ended_by_id = batch_id, prevails = %s WHERE batch_id IN ({marks})", [False, *ids])
        settle(None)
        copy_to_enterprises(f"SELECT DISTINCT enterprise_id FROM {GIVEN}")
    for model in (Title, Record):
        model.objects.filter(ended_by__in=ids).exclude(batch__in=ids).update(ended_by=None)
        for id in ids:
            model.objects.filter(batch=id).update(ended_by=id)
    Link.objects.filter(batch__in=ids).delete()
    batch.withdrawn_at = now()
    batch.save(update_fields=["withdrawn_at", "withdrawn_by"])
    Batch.objects.filter(part_of=batch).update(withdrawn_at=batch.withdrawn_at)
    return ended


def _later(ids: list[int]) -> int | None:
    """The latest batch that has ended, confirmed or given again what these batches say; None where there is none."""
    marks = ", ".join(["%s"] * len(ids))
    found = [
        row[0]
        for sql in (
            f"SELECT max(ended_by_id) FROM enterprises_fact WHERE batch_id IN ({marks}) AND ended_by_id NOT IN ({marks})",
            f"SELECT max(ended_by_id) FROM enterprises_title WHERE batch_id IN ({marks}) AND ended_by_id NOT IN ({marks})",
            f"SELECT max(ended_by_id) FROM enterprises_record WHERE batch_id IN ({marks}) AND ended_by_id NOT IN ({marks})",
        )
        for row in rows(sql, [*ids, *ids])
        if row[0] is not None
    ]
    found += [
        row[0]
        for row in rows(  # a value that one of these ended without a new one, and the same source gave later
            "SELECT max(c.batch_id) FROM enterprises_fact o JOIN enterprises_batch ob ON ob.id = o.batch_id JOIN enterprises_fact c"
            " ON c.enterprise_id = o.enterprise_id AND c.indicator_id = o.indicator_id AND c.year = o.year AND c.ended_by_id IS NULL"
            " JOIN enterprises_batch cb ON cb.id = c.batch_id AND cb.source = ob.source AND cb.kind = ob.kind"
            f" WHERE o.ended_by_id IN ({marks}) AND o.batch_id NOT IN ({marks}) AND c.batch_id NOT IN ({marks}) AND c.batch_id <> o.batch_id",
            [*ids, *ids, *ids],
        )
        if row[0] is not None
    ]
    later = Batch.objects.filter(pk__gt=ids[0], withdrawn_at__isnull=True).exclude(Q(pk__in=ids) | Q(counts__confirms={}))
    for pk, counts in later.values_list("pk", "counts"):
        if any(str(id) in counts.get("confirms", {}) for id in ids):
            found.append(pk)
    parent = dict(Batch.objects.filter(pk__in=found).values_list("pk", "part_of_id"))
    return max((parent.get(pk) or pk for pk in found), default=None)
