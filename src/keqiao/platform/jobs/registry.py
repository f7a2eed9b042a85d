"""Kinds of jobs: the function that does the work, its name in both languages, and where its result is seen.

An app declares its kinds in its module ``work``, which is imported when the first kind is looked up.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.module_loading import autodiscover_modules

if TYPE_CHECKING:
    from keqiao.platform.jobs.models import Job
    from keqiao.platform.jobs.working import Working

Work = Callable[["Working"], dict[str, Any]]


@dataclass(frozen=True)
class Kind:
    """A kind of job. ``leads`` gives the address of what the job is about; empty where there is none."""

    key: str
    work: Work
    zh: str
    en: str
    leads: Callable[[Job], str]


_kinds: dict[str, Kind] = {}
_loaded: list[bool] = []


def handles(kind: str, zh: str = "", en: str = "", *, leads: Callable[[Job], str] | None = None) -> Callable[[Work], Work]:
    """Declare the function that does jobs of a kind. Raises ValueError where another does already."""

    def declare(work: Work) -> Work:
        other = _kinds.get(kind)
        if other is not None and other.work.__qualname__ != work.__qualname__:
            raise ValueError(f"two functions do jobs of the kind {kind}: {other.work.__qualname__}, {work.__qualname__}")
        _kinds[kind] = Kind(kind, work, zh or kind, en or zh or kind, leads or (lambda job: ""))
        return work

    return declare


def find(kind: str) -> Kind | None:
    """The kind of this name, or None."""
    if not _loaded:
        _loaded.append(True)
        autodiscover_modules("work")
    return _kinds.get(kind)
