"""Heads of the chain: the last number and hash, kept where the database's owner does not rule.

A head is a few lines of text (`text_of`), good to print, to mail, to keep beside a backup. The site itself keeps the
newest one in the file ``audit.head`` of its folder: a database file of yesterday laid over today's does not know it,
and the site says so at its start and in its health (`standing`). The file is never replaced by a head of a chain that
does not contain the old one, so that the evidence stays until an operator accepts the older state (`accept`).
"""

from __future__ import annotations

import datetime as dt
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import transaction

from keqiao.errors import KeqiaoError, say
from keqiao.platform.actor import Actor
from keqiao.platform.audit.chain import ALGORITHM, GENESIS
from keqiao.platform.audit.models import Event, Head
from keqiao.platform.audit.services import written
from keqiao.platform.clock import ZONE, now

FILE = "audit.head"


@dataclass(frozen=True)
class Known:
    """A head: the number of the last event (0: none yet) and its hash."""

    number: int
    hash: str


def head_now() -> Known:
    """The head of the chain as it stands."""
    found = Event.objects.order_by("-number").values_list("number", "hash").first()
    return Known(*found) if found is not None else Known(0, GENESIS)


def text_of(head: Known, at: dt.datetime | None = None) -> str:
    """A head as text: a heading in both languages and ``name: value`` lines."""
    when = (at or now()).astimezone(ZONE).isoformat(timespec="seconds")
    return (
        "科桥审计链头，妥善保存在站点之外 · Keqiao audit head; keep it outside the site\n"
        f"site: {settings.HOME.title or settings.HOME.path.name}\nat: {when}\n"
        f"algorithm: {ALGORITHM}\nnumber: {head.number}\nhash: {head.hash}\n"
    )


def read_text(text: str) -> Known:
    """The head that a text states. Raises `KeqiaoError` where there is none in it."""
    number = re.search(r"^number: (\d{1,18})\s*$", text, re.MULTILINE)
    digest = re.search(r"^hash: ([0-9a-f]{64})\s*$", text, re.MULTILINE)
    if number is None or digest is None:
        raise KeqiaoError(
            "这不是审计链头文件：应有 number: 和 hash: 两行", "this is no audit head: it has the lines number: and hash:"
        )
    return Known(int(number[1]), digest[1])


def read_file(path: Path) -> Known:
    """The head in a file. Raises `KeqiaoError`."""
    try:
        return read_text(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise KeqiaoError(f"读不了 {path}：{error}", f"cannot read {path}: {error}") from None
    except KeqiaoError as error:
        raise error.at(str(path)) from None


def head_file() -> Path:
    """Where the site keeps its newest head."""
    return Path(settings.HOME.path) / FILE


def kept_head() -> Known | None:
    """The head in the site's folder; None where there is no such file yet. Raises `KeqiaoError` where it is spoilt."""
    path = head_file()
    return read_file(path) if path.exists() else None


def known_heads() -> list[Known]:
    """All heads that the site knows: those of the table and the one of the file."""
    found = [Known(*row) for row in Head.objects.order_by("number", "pk").values_list("number", "hash")]
    kept = kept_head()
    return [*found, kept] if kept is not None else found


def contains(head: Known) -> bool:
    """Whether the chain has this head in it."""
    if head.number == 0:
        return True
    return Event.objects.filter(number=head.number, hash=head.hash).exists()


@dataclass(frozen=True)
class Standing:
    """How the database stands against the kept head: ``ok``, and where not, the sentence for people."""

    ok: bool
    zh: str = ""
    en: str = ""

    def __str__(self) -> str:
        return say(self.zh, self.en)


def standing() -> Standing:
    """Compare the database with the head in the site's folder; two look-ups by key."""
    try:
        kept = kept_head()
    except KeqiaoError as error:
        return Standing(False, error.zh, error.en)
    if kept is None or contains(kept):
        return Standing(True)
    last = head_now().number
    if last < kept.number:
        return Standing(
            False,
            f"数据库比留存的审计链头旧：链到第 {last} 条，留存的是第 {kept.number} 条。可能恢复了旧的数据库文件。",
            f"the database is older than the kept audit head: the chain ends at event {last}, the head is event {kept.number}. An old database file may have been put back.",
        )
    return Standing(
        False,
        f"第 {kept.number} 条审计事件与留存的链头不同：恢复过旧的数据库文件，或审计链被重写。",
        f"audit event {kept.number} differs from the kept head: an old database file was put back, or the chain was written anew.",
    )


def keep(head: Known | None = None) -> bool:
    """Write the head into the site's folder, whole or not at all; False where the old head is not in this chain."""
    if not standing().ok:
        return False
    _write(head or head_now())
    return True


def record(actor: Actor, purpose: str, result: str = "") -> Head:
    """Record the head of this moment in the table, as one event, and keep it in the folder.

    ``purpose``: export, verify, backup, restore, daily, accept. ``result`` is JSON.
    """
    with written(actor, f"audit:head:{purpose}") as pending:
        at = head_now()
        made = Head.objects.create(number=at.number, hash=at.hash, at=now(), purpose=purpose, result=result)
        pending.object = made
        pending.detail["number"] = at.number
        if result:
            pending.detail["ok"] = bool(json.loads(result).get("ok"))
    # never a head of what may still be rolled back
    transaction.on_commit(_keep)
    return made


def accept(actor: Actor) -> None:
    """Take an older or other state of the database as the site's own: the old head goes into the event."""
    old = kept_head()
    with written(actor, "audit:head:accept", number=old.number if old else 0, hash=old.hash if old else ""):
        pass
    _write(head_now())


def _write(head: Known) -> None:
    path = head_file()
    part = path.with_suffix(f".{os.getpid()}.part")
    with part.open("w", encoding="utf-8") as file:
        file.write(text_of(head))
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def last_time() -> dt.datetime | None:
    """When the last event was written; None for an empty chain."""
    return Event.objects.order_by("-number").values_list("at", flat=True).first()


def _keep() -> None:
    keep()
