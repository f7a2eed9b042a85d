"""Memory and threads: what is asked, what the environment says, what holds otherwise."""

from __future__ import annotations

import os

import pytest

from keqiao.engine.settings import MEMORY, THREADS, Settings, settings_of
from keqiao.errors import KeqiaoError


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(MEMORY, raising=False)
    monkeypatch.delenv(THREADS, raising=False)


def test_one_gigabyte_and_every_core_without_a_word() -> None:
    assert settings_of() == Settings(10**9, os.cpu_count() or 1)


@pytest.mark.parametrize(("text", "size"), [("500MB", 500_000_000), ("1.5 GB", 1_500_000_000), ("1GiB", 2**30), ("200000kb", 200_000_000)])
def test_memory_with_units(text: str, size: int) -> None:
    assert settings_of(text).memory == size


def test_the_environment_is_asked_where_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(MEMORY, "2GB")
    monkeypatch.setenv(THREADS, "3")
    assert settings_of() == Settings(2 * 10**9, 3)
    assert settings_of("300MB", 1) == Settings(300_000_000, 1)


@pytest.mark.parametrize("text", ["1", "GB", "-1GB", "1PB", "50MB", "1e3GB"])
def test_other_sizes_are_refused(text: str) -> None:
    with pytest.raises(KeqiaoError, match="500MB"):
        settings_of(text)


@pytest.mark.parametrize("threads", [0, -1, 10_000])
def test_other_threads_are_refused(threads: int) -> None:
    with pytest.raises(KeqiaoError, match="线程"):
        settings_of(threads=threads)
