"""The synthetic city in the record: imported once into a snapshot, then recorded and put into two zones."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from keqiao.examples import CITY_LABEL, write_city
from keqiao.facts import Snapshot, import_files
from keqiao.facts.declared import declared_of
from keqiao.packs.loader import Packs, load_packs

AS_OF, YEAR = dt.date(2026, 11, 21), 2025
ENTERPRISES = 60


@pytest.fixture(scope="session")
def packs() -> Packs:
    return load_packs()


@pytest.fixture(scope="session")
def imported(tmp_path_factory: pytest.TempPathFactory, packs: Packs) -> Snapshot:
    """A small city as an import writes it."""
    folder = tmp_path_factory.mktemp("city")
    files = write_city(folder / "files", enterprises=ENTERPRISES)
    import_files(
        files, vocabulary=packs.vocabulary, year=YEAR, as_of=AS_OF, out=folder / "snapshot", label=CITY_LABEL, declared=declared_of(packs)
    )
    return Snapshot.open(folder / "snapshot", packs.vocabulary)


def record_city(town: dict[str, Any], imported: Snapshot) -> dict[str, Any]:
    """Record the city: its first 40 enterprises lie in the first zone, the others in the second."""
    from keqiao.platform.actor import Actor
    from keqiao.platform.audit.services import written
    from keqiao.platform.clock import now
    from keqiao.platform.enterprises.models import Batch, Enterprise, Residence
    from keqiao.platform.enterprises.recording import record_snapshot
    from keqiao.platform.enterprises.recording.belonging import Reach

    Enterprise.objects.all().delete()
    with written(Actor(system_task=True), "test:city"):
        batch = Batch.objects.create(kind="demo", source="", year=YEAR, recorded_at=now())
        record_snapshot(batch, imported, Reach())
    ids = list(Enterprise.objects.order_by("scheme", "code").values_list("pk", flat=True))
    Residence.objects.all().delete()
    for i, id in enumerate(ids):
        Residence.objects.create(enterprise_id=id, place=town["first"] if i < 40 else town["second"])
    Enterprise.objects.update(is_synthetic=True)
    return {**town, "batch": batch, "ids": ids}


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any, imported: Snapshot) -> Iterator[dict[str, Any]]:
    """The city with a run of its office and one of the first zone's, made once for a module; each test undoes its own."""
    import shutil

    from django.conf import settings
    from django.db import transaction

    from keqiao.platform.accounts.models import Membership, User
    from keqiao.platform.actor import Actor
    from keqiao.platform.assessments import services
    from keqiao.platform.assessments.models import Run
    from keqiao.platform.institutions.models import Office, Place
    from keqiao.platform.jobs.worker import run_jobs

    with django_db_blocker.unblock():
        whole = transaction.atomic()
        whole.__enter__()
        try:
            found: dict[str, Any] = {}
            for key, name, parent in (("city", "临澄市", None), ("first", "临澄高新区", "city"), ("second", "云滆高新区", "city")):
                above = found.get(parent or "")
                place = Place.objects.create(code=f"99{len(found):04d}", name=name, level="park" if above else "city", parent=above, path="")
                place.path = f"{above.path if above else '/'}{place.pk}/"
                place.save(update_fields=["path"])
                found[key] = place
            found |= record_city(found, imported)
            for key in ("city", "first"):
                office = Office.objects.create(name=f"{found[key].name}科技金融处")
                office.places.add(found[key])
                user = User.objects.create(username=f"world-{key}", name="林某", password="!")
                user.chosen = Membership.objects.create(user=user, role="authority", state="active", office=office)
                user.save(update_fields=["chosen"])
                found[f"{key}_officer"] = Actor(user, user.chosen, proved=True)
                run = services.start_run(found[f"{key}_officer"], as_of=AS_OF, year=YEAR)
                run_jobs(once=True)
                found[f"{key}_run"] = Run.objects.select_related("job").get(pk=run.pk)
            yield found
        finally:
            transaction.set_rollback(True)
            whole.__exit__(None, None, None)
            for path in settings.HOME.runs.iterdir():
                shutil.rmtree(path)


@pytest.fixture
def city(world: dict[str, Any]) -> dict[str, Any]:
    """Places and ids of enterprises."""
    return world


@pytest.fixture
def officer(world: dict[str, Any]) -> Any:
    """The city's officer."""
    return world["city_officer"]


@pytest.fixture
def zone_officer(world: dict[str, Any]) -> Any:
    """The first zone's officer, whose office has a run too."""
    return world["first_officer"]


@pytest.fixture
def done(world: dict[str, Any]) -> Any:
    """The run of the city's office."""
    run = world["city_run"]
    assert run.state == "done", run.job.problem if run.job else ""
    return run


@pytest.fixture
def runs_folder() -> Path:
    """The folder of runs."""
    from django.conf import settings

    return Path(settings.HOME.runs)
