"""Tokens, callers, and an office's enterprises with facts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from keqiao.platform.accounts.access import token_scopes
from keqiao.platform.accounts.services.tokens import make_token
from keqiao.platform.actor import Role
from keqiao.platform.api import throttling

Call = Callable[..., Any]


@pytest.fixture(autouse=True)
def _no_limits() -> Iterator[None]:
    """Counts of earlier tests do not matter."""
    for buckets in (throttling.TOKENS, throttling.ADDRESSES, throttling.GUESSES):
        buckets.clear()
    yield
    for buckets in (throttling.TOKENS, throttling.ADDRESSES, throttling.GUESSES):
        buckets.clear()


@pytest.fixture
def officer(town: dict[str, Any], member: Any) -> Any:
    return member("authority", office=town["first_office"])


@pytest.fixture
def token(acting: Any) -> Callable[..., str]:
    """The text of a new token of a membership, with all scopes of its role or with those named."""

    def make(membership: Any, *scopes: str) -> str:
        every = scopes or tuple(token_scopes(Role(membership.role)))
        return make_token(acting(membership), "测试", every, 30)[1]

    return make


@pytest.fixture
def caller(token: Callable[..., str]) -> Callable[..., Call]:
    """Calls the interface as a membership: ``call("get", "/enterprises", …)``."""

    def of(membership: Any, *scopes: str) -> Call:
        return _calling(token(membership, *scopes))

    return of


@pytest.fixture
def anonymous() -> Call:
    return _calling("")


@pytest.fixture
def calling() -> Callable[[str], Call]:
    """Calls with the text of a token."""
    return _calling


def _calling(text: str) -> Call:
    client = Client(raise_request_exception=False)

    def call(method: str, path: str, data: Any = None, **headers: str) -> Any:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if text:
            sent["Authorization"] = f"Bearer {text}"
        more: dict[str, Any] = {}
        if data is not None:
            more = {"data": data, "content_type": "application/json"} if method != "get" else {"data": data}
        return getattr(client, method)(f"/api/v1{path}", headers=sent, **more)

    return call


@pytest.fixture
def day() -> dt.date:
    from keqiao.platform.clock import today

    return today()
