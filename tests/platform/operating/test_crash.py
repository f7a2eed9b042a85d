"""SIGKILL under writes: the database is whole, the chain valid, and every acknowledged event there."""

from __future__ import annotations

import os
import random
import time

import pytest

KILLS = 50 if os.environ.get("KEQIAO_SOAK") else 2
#: Writes events and says each number after its transaction has ended.
WRITER = """
from keqiao.platform.actor import Actor
from keqiao.platform.audit.models import Event
from keqiao.platform.audit.services import written
from keqiao.platform.institutions.models import Office
n = Office.objects.count()
while True:
    n += 1
    with written(Actor(system_task=True), "institutions:office:create") as event:
        event.object = Office.objects.create(name=f"处 {n}")
    print(event.object.pk, flush=True)
"""


@pytest.mark.parametrize("seed", range(KILLS))
def test_acknowledged_writes_survive(site, seed):
    writers = [site.python(WRITER) for _ in range(2)]
    acknowledged: set[int] = set()
    try:
        acknowledged.update(int(writer.stdout.readline()) for writer in writers)
        time.sleep(random.Random(seed).uniform(0.0, 0.6))
    finally:
        for writer in writers:
            writer.kill()
    for writer in writers:
        whole, _, _ = writer.communicate()[0].rpartition("\n")
        acknowledged.update(int(line) for line in whole.splitlines())
    assert site.sql("PRAGMA integrity_check") == [("ok",)]
    kept = {row[0] for row in site.sql("SELECT id FROM institutions_office")}
    assert acknowledged <= kept
    assert "完整" in site("audit-verify")
    told = {int(row[0]) for row in site.sql("SELECT object_id FROM audit_event WHERE tag = 'institutions:office:create'")}
    assert told == kept
