"""Whether the site can work: database, queue, disk. Says nothing that helps an attacker."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection

#: Below this many free bytes the site is not well.
LEAST_FREE = 200 * 1024 * 1024

_queue: list[Callable[[], bool]] = []
_more: dict[str, Callable[[], bool]] = {}


def register_part(name: str, check: Callable[[], bool]) -> None:
    """Add a part that an app looks after, asked while the database answers."""
    _more[name] = check


def register_queue(check: Callable[[], bool]) -> Callable[[], bool]:
    """Name the function that says whether the queue is worked on; the jobs app does."""
    _queue[:] = [check]
    return check


def state() -> dict[str, object]:
    """``ok`` and one flag per part."""
    parts = {"database": _database(), "queue": all(check() for check in _queue), "disk": _disk()}
    if parts["database"]:
        parts |= {name: check() for name, check in _more.items()}
    return {"ok": all(parts.values()), **parts}


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return bool(cursor.fetchone() == (1,))
    except DatabaseError:
        return False


def _disk() -> bool:
    home = getattr(settings, "HOME", None)
    try:
        return shutil.disk_usage(home.path if home is not None else Path.cwd()).free >= LEAST_FREE
    except OSError:
        return False
