"""A chain of a few events, its triggers, and the hand of an attacker."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest


@pytest.fixture(autouse=True)
def no_head_file(home) -> Iterator[None]:
    """Each test begins and ends without a kept head."""
    (home / "audit.head").unlink(missing_ok=True)
    yield
    (home / "audit.head").unlink(missing_ok=True)


@pytest.fixture
def chain(db: None) -> Callable[[int], None]:
    """Append events."""
    from keqiao.platform.actor import Actor
    from keqiao.platform.audit.services import noted

    def grow(count: int = 10) -> None:
        for number in range(count):
            noted(Actor(), "login:failed", success=False, n=number)

    return grow


@pytest.fixture
def attacker(db: None) -> Callable[..., None]:
    """Runs SQL as who owns the database does, after dropping the triggers."""
    from django.db import connection

    from keqiao.platform.audit import triggers

    def run(*statements: str) -> None:
        triggers.remove(connection)
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    return run
