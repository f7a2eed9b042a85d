"""A site in a folder of its own for the whole test process: demo mode, SQLite or KEQIAO_DATABASE_URL."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("django", reason="the site's libraries are not installed")

os.environ["DJANGO_SETTINGS_MODULE"] = "keqiao.platform.blank"

import django
from django.conf import settings

django.setup()

if TYPE_CHECKING:
    from django.test import Client

    from keqiao.platform.accounts.models import Membership
    from keqiao.platform.actor import Actor


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """Cheap hashing in tests; argon2 itself is tested once."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]


@pytest.fixture(scope="session")
def django_db_use_migrations() -> bool:
    """Tables from the models; the migrations are tested by themselves."""
    return False


@pytest.fixture(autouse=True)
def _no_head_of_another_test() -> Iterator[None]:
    """The kept head of the chain stands in the site's folder; the chain itself is rolled back after each test."""
    yield
    (Path(settings.HOME.path) / "audit.head").unlink(missing_ok=True)


@pytest.fixture
def home() -> Path:
    """The site's folder."""
    return Path(settings.HOME.path)


@pytest.fixture
def member(db: None) -> Callable[..., Membership]:
    """Make a user with a membership: ``member("authority", office=…)``; the password is ``Keqiao-2026``."""
    from keqiao.platform.accounts.models import Membership, User

    count = iter(range(1, 10_000))

    def make(role: str, **scope: Any) -> Membership:
        user = User(username=scope.pop("username", f"{role}{next(count)}"), name="测试")
        user.set_password("Keqiao-2026")
        user.save()
        made = Membership.objects.create(user=user, role=role, state="active", **scope)
        user.chosen = made
        user.save(update_fields=["chosen"])
        return made

    return make


@pytest.fixture
def acting() -> Callable[[Membership], Actor]:
    """The actor of a membership, identity proved."""
    from keqiao.platform.actor import Actor

    return lambda membership: Actor(membership.user, membership, proved=True)


@pytest.fixture
def logged_in() -> Callable[[Membership], Client]:
    """A browser's client in which the membership's user is logged in and acts in it."""
    from django.test import Client

    def enter(membership: Membership) -> Client:
        client = Client()
        client.force_login(membership.user)
        session = client.session
        session["membership"] = membership.pk
        session.save()
        return client

    return enter


@pytest.fixture
def town(db: None) -> dict[str, Any]:
    """Two sibling zones in one city, an office each and one for the city, and an enterprise in each zone."""
    from keqiao.platform.enterprises.models import Enterprise, Residence
    from keqiao.platform.institutions.models import Office, Place

    def place(code: str, name: str, level: str, parent: Place | None = None) -> Place:
        made = Place.objects.create(code=code, name=name, level=level, parent=parent, path="")
        made.path = f"{parent.path if parent else '/'}{made.pk}/"
        made.save(update_fields=["path"])
        return made

    city = place("990100", "临澄市", "city")
    first, second = place("990171", "临澄高新区", "park", city), place("990172", "云滆高新区", "park", city)
    found: dict[str, Any] = {"city": city, "first": first, "second": second}
    for key, where in (("city_office", city), ("first_office", first), ("second_office", second)):
        office = Office.objects.create(name=f"{where.name}科技金融处")
        office.places.add(where)
        found[key] = office
    for key, where, code in (("own", first, "91990100MA0000001X"), ("other", second, "91990100MA00000020")):
        enterprise = Enterprise.objects.create(code=code, name=f"{where.name}示例有限公司", is_synthetic=True)
        Residence.objects.create(enterprise=enterprise, place=where)
        found[key] = enterprise
    return found
