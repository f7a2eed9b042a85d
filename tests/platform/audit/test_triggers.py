"""The database refuses to change what is written."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from keqiao.platform.actor import Actor
from keqiao.platform.audit import heads, triggers
from keqiao.platform.audit.models import Event

CHANGES = (
    "UPDATE audit_event SET success = NOT success WHERE number = 1",
    "DELETE FROM audit_event WHERE number = 1",
    "UPDATE audit_head SET number = 0",
    "DELETE FROM audit_head",
)


@pytest.mark.parametrize("change", CHANGES)
def test_change_is_refused(change, chain):
    triggers.install(connection)
    chain(2)
    heads.record(Actor(system_task=True), "export")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


def test_replacing_an_event_is_refused(chain):
    triggers.install(connection)
    chain(2)
    event = Event.objects.get(number=1)
    columns = [field.column for field in Event._meta.fields]
    values = [getattr(event, field.attname) for field in Event._meta.fields]
    word = "INSERT OR REPLACE" if connection.vendor == "sqlite" else "INSERT"
    statement = f"{word} INTO audit_event ({', '.join(columns)}) VALUES ({', '.join(['%s'] * len(columns))})"
    with pytest.raises(DatabaseError, match="follows the last"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_appending_goes_on(chain):
    triggers.install(connection)
    chain(3)
    assert Event.objects.count() == 3


def test_installed_says_whether_they_stand(db):
    triggers.install(connection)
    assert triggers.installed(connection)
    triggers.remove(connection)
    assert not triggers.installed(connection)
