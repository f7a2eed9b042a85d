"""Appending to the chain, always together with the change that it tells of."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.conf import settings
from django.db import connection, models, transaction

from keqiao.platform.actor import Actor
from keqiao.platform.audit.chain import ALGORITHM, GENESIS, hash_of, hidden
from keqiao.platform.audit.models import Event
from keqiao.platform.clock import now
from keqiao.platform.secrets import secret_of

_writing: ContextVar[bool] = ContextVar("keqiao_writing", default=False)
#: a longer chain is checked by a job; this many take about two seconds
SHORT = 50_000
_LOCK = 0x4B51  # the advisory lock of PostgreSQL under which numbers are given


class Pending:
    """The event of a write that is going on: ``object`` and ``detail`` may still be set inside the block."""

    def __init__(self, object: models.Model | None, detail: dict[str, Any]) -> None:
        self.object, self.detail = object, detail


@contextmanager
def written(actor: Actor, tag: str, object: models.Model | None = None, **detail: Any) -> Iterator[Pending]:
    """One write: a transaction that ends with exactly one event.

    ``tag`` is ``subject:object:verb`` such as ``enterprises:batch:commit``. ``detail`` holds counts, ids and states;
    personal and business values go through `veiled`. Nested writes are refused: a service makes one event. What
    raises inside the block rolls back the change and the event alike.
    """
    if _writing.get():
        raise RuntimeError(f"{tag}: a write inside a write would make two events")
    mark = _writing.set(True)
    try:
        with transaction.atomic():
            pending = Pending(object, dict(detail))
            yield pending
            _append(actor, tag, pending.object, pending.detail, success=True)
    finally:
        _writing.reset(mark)


def writing() -> bool:
    """Whether a write is going on: what is added now belongs to its event."""
    return _writing.get()


def noted(actor: Actor, tag: str, object: models.Model | None = None, *, success: bool = True, **detail: Any) -> None:
    """An event without a change of data: a failed login, an export, a sensitive field that was opened."""
    with transaction.atomic():
        _append(actor, tag, object, detail, success=success)


def veiled(value: object) -> str:
    """A personal or business value as it may stand in ``detail``."""
    return hidden(secret_of(settings.HOME, "audit.salt"), str(value))


def _append(actor: Actor, tag: str, object: models.Model | None, detail: dict[str, Any], *, success: bool) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    last = Event.objects.order_by("-number").values_list("number", "hash").first()
    number, previous = last if last is not None else (0, GENESIS)
    fields: dict[str, Any] = {
        "number": number + 1,
        "at": now(),
        "actor_id": actor.user.pk if actor.user is not None else None,
        "actor_label": actor.label(),
        "role": actor.role.value,
        "tag": tag,
        "object_type": object._meta.label_lower if object is not None else "",
        "object_id": str(object.pk) if object is not None else "",
        "success": success,
        "address": actor.address,
        "request_id": actor.request_id,
        "detail": json.dumps(detail, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str),
        "algorithm": ALGORITHM,
        "previous": previous,
    }
    Event.objects.create(**fields, hash=hash_of(fields))


def check_now(actor: Actor, kept: str = "") -> bool:
    """Check the chain for an auditor, at once where it is short, else as a job; True where a job was made.

    ``kept`` is the text of a head kept elsewhere. Raises `KeqiaoError` where that is none.
    """
    from keqiao.platform.audit import checking, heads  # heads write through this module

    outside = heads.read_text(kept) if kept else None
    if heads.head_now().number > SHORT:
        from keqiao.platform.jobs.services import enqueue

        enqueue(actor, "audit.verify", {"head": [outside.number, outside.hash]} if outside else {}, lock="audit.verify")
        return True
    found = checking.verify(heads=[*heads.known_heads(), *([outside] if outside else [])])
    heads.record(actor, "verify", found.stored())
    return False
