"""The limits of ``site.toml``."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings

from keqiao.errors import KeqiaoError
from keqiao.platform.accounts.limits import Limits, limits


def _given(monkeypatch: pytest.MonkeyPatch, value: Any) -> None:
    monkeypatch.setattr(settings, "HOME", replace(settings.HOME, settings={"accounts": value}))


def test_the_site_may_change_one(monkeypatch: pytest.MonkeyPatch) -> None:
    _given(monkeypatch, {"idle_minutes": 5})
    assert limits() == replace(Limits(), idle_minutes=5)


@pytest.mark.parametrize("value", [{"idle_minuts": 5}, {"idle_minutes": 0}, {"idle_minutes": "5"}, {"failures": True}, [1]])
def test_a_wrong_one_is_named(value: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    _given(monkeypatch, value)
    with pytest.raises(KeqiaoError, match="accounts"):
        limits()
