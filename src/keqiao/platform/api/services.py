"""Writing facts through the interface: once for each idempotency key, all values or none."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError

from keqiao.errors import KeqiaoError, say
from keqiao.platform.accounts.models import Membership
from keqiao.platform.actor import Actor
from keqiao.platform.api.errors import Stale, Wrong
from keqiao.platform.api.models import Answered
from keqiao.platform.api.queries import state_tag
from keqiao.platform.api.schemas.enterprises import FactIn, FactsIn
from keqiao.platform.audit.services import written
from keqiao.platform.catalogue.shipped import packs
from keqiao.platform.clock import now, today
from keqiao.platform.enterprises.models import Batch, Enterprise
from keqiao.platform.enterprises.recording import Value, read_typed, record_values
from keqiao.platform.errors import Refused

_EARLIEST = 1990
#: how long a key is remembered
KEPT = dt.timedelta(days=30)


def put_facts(actor: Actor, enterprise: Enterprise, given: FactsIn, key: str, match: str | None) -> tuple[dict[str, Any], bool]:
    """Record values of one source; what was answered, and whether it is a repetition of an earlier answer.

    ``match`` is the state that the caller has read (`state_tag`), None where he does not mind. Raises `Wrong` with a
    place for each wrong value, `Stale`, and `Refused` for a key that was used for something else.
    """
    asked = _hash(enterprise, given)
    earlier = _earlier(actor, key, asked)
    if earlier is not None:
        return earlier, True
    values = _values(enterprise, given.values)
    try:
        return _record(actor, enterprise, given, values, key, asked, match), False
    except IntegrityError:  # the same key in two requests at once: the other one has won
        earlier = _earlier(actor, key, asked)
        if earlier is None:
            raise
        return earlier, True


def _record(
    actor: Actor, enterprise: Enterprise, given: FactsIn, values: Sequence[Value], key: str, asked: str, match: str | None
) -> dict[str, Any]:  # fmt: skip
    with written(actor, "api:facts:put", source=given.source, values=len(values)) as event:
        locked = Enterprise.objects.select_for_update().get(pk=enterprise.pk)
        if match is not None and match.strip() not in ("*", state_tag(locked)):
            raise Stale
        batch = Batch.objects.create(
            kind="api", source=given.source, office_id=actor.office_id, enterprise=locked, by=actor.user,
            year=max((value.year for value in values if value.year), default=today().year - 1), recorded_at=now(),
        )  # fmt: skip
        counts = record_values(batch, values)
        answer = {"batch": batch.pk, "new": counts.new, "changed": counts.changed, "gone": counts.gone, "same": counts.same, "status": "recorded"}
        Answered.objects.filter(at__lt=now() - KEPT).delete()
        Answered.objects.create(membership=_membership(actor), key=key, asked=asked, status=200, body=answer, at=now())
        event.object = batch
    return answer


def _membership(actor: Actor) -> Membership:
    """The membership that a token acts as; a token always has one."""
    assert actor.membership is not None
    return actor.membership


def _earlier(actor: Actor, key: str, asked: str) -> dict[str, Any] | None:
    """What was answered under a key. Raises `Refused` where something else was asked under it."""
    found = Answered.objects.filter(membership=actor.membership, key=key).first()
    if found is None:
        return None
    if found.asked != asked:
        raise Refused("这个 Idempotency-Key 用于过另一个请求，换一个。", "This Idempotency-Key was used for another request; use a new one.")
    return dict(found.body)


def _hash(enterprise: Enterprise, given: FactsIn) -> str:
    body = json.dumps([enterprise.pk, given.model_dump()], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(body.encode()).hexdigest()


def _values(enterprise: Enterprise, given: Sequence[FactIn]) -> list[Value]:
    """Every value as stored. Raises `Wrong` with all that is wrong, each with its place."""
    faults: list[dict[str, Any]] = []
    found: list[Value] = []
    seen: set[tuple[str, int]] = set()
    for number, one in enumerate(given):
        try:
            value = _value(enterprise, one)
            if (value.indicator, value.year) in seen:
                raise KeqiaoError("同一指标同一年度给了两次，请只留一个。", "The same indicator and year is given twice; keep one.")
            seen.add((value.indicator, value.year))
            found.append(value)
        except KeqiaoError as problem:
            faults.append({"loc": ["body", "values", str(number), one.indicator], "message": problem.message, "type": "value"})
    if faults:
        raise Wrong(faults)
    return found


def _value(enterprise: Enterprise, one: FactIn) -> Value:
    vocabulary = packs().vocabulary
    indicator = vocabulary.find(one.indicator)
    if indicator is None or indicator.subject != "enterprise":
        near = say("、", ", ").join(vocabulary.nearest(one.indicator))
        zh, en = f"没有指标“{one.indicator}”", f"There is no indicator {one.indicator!r}"
        raise KeqiaoError(zh + (f"；是不是：{near}？" if near else "。"), en + (f"; did you mean {near}?" if near else "."))
    if indicator.is_title:
        raise KeqiaoError(f"“{indicator.label}”是称号，用导入的“称号”表写。", f"{indicator.id} is a title; titles come with the sheet of titles.")
    year = _year(one, indicator.period == "static", indicator.label)
    if one.value is None:
        return Value(enterprise.pk, indicator.id, year)
    if isinstance(one.value, bool) and indicator.type != "flag":
        raise KeqiaoError(f"“{indicator.label}”不是是否指标。", f"{indicator.id} is no flag.")
    text = ("是" if one.value else "否") if isinstance(one.value, bool) else one.value
    stored = read_typed(indicator.id, text)
    return Value(enterprise.pk, indicator.id, year, stored.number, stored.text)


def _year(one: FactIn, static: bool, label: str) -> int:
    """The year as recorded, 0 for what belongs to every year."""
    last = today().year
    if static:
        if one.year is not None:
            raise KeqiaoError(f"“{label}”不分年度，去掉 year。", "This fact does not vary by year; leave out year.")
        return 0
    if one.year is None or not _EARLIEST <= one.year <= last:
        raise KeqiaoError(f"“{label}”要写 year，{_EARLIEST} 至 {last}。", f"Write year, from {_EARLIEST} to {last}.")
    return one.year
