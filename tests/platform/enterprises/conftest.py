"""What the tests of this app share: the makers of real files, and people in their places."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from keqiao.platform.actor import Actor


@pytest.fixture(scope="session")
def papers() -> ModuleType:
    """The module that makes PDF, Word, Excel files and pictures."""
    spec = importlib.util.spec_from_file_location("papers", Path(__file__).with_name("papers.py"))
    assert spec is not None and spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


@pytest.fixture
def upload(papers: ModuleType) -> Callable[..., SimpleUploadedFile]:
    """An uploaded PDF; ``upload("名.pdf", "text of the page")``."""
    return lambda name="证明.pdf", text="正文": SimpleUploadedFile(name, papers.pdf(text))


@pytest.fixture
def people(town: dict[str, Any], member: Callable[..., Any]) -> dict[str, Any]:
    """Memberships: two colleagues of the first enterprise, one of the other; an officer of each office."""
    return {
        "own": member("enterprise", enterprise=town["own"], is_manager=True),
        "colleague": member("enterprise", enterprise=town["own"]),
        "foreign": member("enterprise", enterprise=town["other"]),
        "officer": member("authority", office=town["first_office"]),
        "second": member("authority", office=town["first_office"]),
        "sibling": member("authority", office=town["second_office"]),
        "city": member("authority", office=town["city_office"]),
    }


@pytest.fixture
def actors(people: dict[str, Any], acting: Callable[[Any], Actor]) -> dict[str, Actor]:
    """The actors of `people`, by the same names."""
    return {name: acting(one) for name, one in people.items()}


@pytest.fixture
def imported(town: dict[str, Any], actors: dict[str, Actor]) -> Any:
    """A batch of the office: revenue and employees of the first enterprise in 2025; gives the batch."""
    from keqiao.platform.audit.services import written
    from keqiao.platform.clock import now
    from keqiao.platform.enterprises.models import Batch
    from keqiao.platform.enterprises.recording import Value, record_values

    year = _year()
    with written(actors["officer"], "test:batch:make"):
        batch = Batch.objects.create(kind="import", source="税务", office=town["first_office"], year=year, recorded_at=now())
        record_values(batch, [Value(town["own"].pk, "revenue", year, 5_000 * 10**6), Value(town["own"].pk, "employees", year, 100 * 10**4)])
    return batch


def _year() -> int:
    from keqiao.platform.enterprises.wanted import default_year

    return default_year()
