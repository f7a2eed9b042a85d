"""A clock that tests move, a browser's client, and what the chain of events says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from keqiao.platform.accounts.models import Membership, User
from keqiao.platform.actor import Actor
from keqiao.platform.audit.models import Event

PASSWORD = "Keqiao-2026"


class Clock:
    """The time of the site, standing still until it is moved."""

    def __init__(self) -> None:
        self.at = dt.datetime(2026, 11, 22, 1, 0, tzinfo=dt.UTC)

    def __call__(self) -> dt.datetime:
        return self.at

    def forward(self, **step: float) -> None:
        """Move on by days, hours, minutes, seconds."""
        self.at += dt.timedelta(**step)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The site's clock, frozen."""
    made = Clock()
    monkeypatch.setattr(timezone, "now", made)
    return made


@pytest.fixture
def enter(clock: Clock) -> Callable[..., Any]:
    """Post the login form: ``enter(client, username, password)``."""

    def post(client: Client, username: str, password: str = PASSWORD, **more: str) -> Any:
        return client.post("/login", {"username": username, "password": password, **more})

    return post


@pytest.fixture
def tags(db: None) -> Callable[[], list[str]]:
    """The tags of all events so far, in their order."""
    return lambda: list(Event.objects.order_by("number").values_list("tag", flat=True))


@pytest.fixture
def production(monkeypatch: pytest.MonkeyPatch) -> None:
    """Second factors are asked for, as outside demo mode."""
    monkeypatch.setattr(settings, "DEMO", False)


@pytest.fixture
def system() -> Actor:
    """The site itself."""
    return Actor(system_task=True)


@pytest.fixture
def somebody(db: None) -> User:
    """A user without memberships."""
    user = User(username="nobody.yet", name="周某")
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def manager(town: dict[str, Any], member: Callable[..., Membership]) -> Membership:
    """The managing member of the first zone's office."""
    return member("authority", office=town["first_office"], is_manager=True, username="guanli")
