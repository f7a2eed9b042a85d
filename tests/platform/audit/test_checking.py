"""What an attacker does to the chain is found."""

from __future__ import annotations

from keqiao.platform.actor import Actor
from keqiao.platform.audit import checking, heads
from keqiao.platform.audit.chain import FIELDS, hash_of
from keqiao.platform.audit.models import Event


def kinds(found: checking.Findings) -> list[tuple[str, int]]:
    return [(problem.kind, problem.number) for problem in found.problems]


def test_whole(chain):
    chain(7)
    found = checking.verify()
    assert found.ok
    assert found.events == 7
    assert found.head == heads.head_now()


def test_empty_chain_is_whole(db):
    assert checking.verify().ok


def test_edited(chain, attacker):
    chain()
    attacker("UPDATE audit_event SET actor_label = 'x' WHERE number = 4")
    assert kinds(checking.verify()) == [("edited", 4)]


def test_edited_with_its_hash_made_anew(chain, attacker):
    chain()
    event = Event.objects.filter(number=4).values(*FIELDS).get()
    made = hash_of({**event, "actor_label": "x"})
    attacker(f"UPDATE audit_event SET actor_label = 'x', hash = '{made}' WHERE number = 4")
    assert kinds(checking.verify()) == [("replaced", 5)]


def test_deleted(chain, attacker):
    chain()
    attacker("DELETE FROM audit_event WHERE number IN (4, 5)")
    found = checking.verify()
    assert [(p.kind, p.number, p.more) for p in found.problems] == [("deleted", 4, "5")]


def test_reordered(chain, attacker):
    chain()
    attacker(
        "UPDATE audit_event SET number = 1000 WHERE number = 4",
        "UPDATE audit_event SET number = 4 WHERE number = 5",
        "UPDATE audit_event SET number = 5 WHERE number = 1000",
    )
    assert kinds(checking.verify())[:2] == [("reordered", 4), ("reordered", 5)]


def test_renumbered_after_a_deletion(chain, attacker):
    chain(6)
    attacker("DELETE FROM audit_event WHERE number = 3", *(f"UPDATE audit_event SET number = {n - 1} WHERE number = {n}" for n in (4, 5, 6)))
    assert not checking.verify().ok


def test_truncated_shows_against_a_head_kept_outside(chain, attacker):
    chain()
    outside = heads.head_now()
    attacker("DELETE FROM audit_event WHERE number > 6")
    assert checking.verify(heads=[]).ok
    assert kinds(checking.verify(heads=[outside])) == [("truncated", 6)]


def test_truncated_shows_against_the_head_in_the_folder(chain, attacker):
    chain()
    assert heads.keep()
    attacker("DELETE FROM audit_event WHERE number > 6")
    assert kinds(checking.verify()) == [("truncated", 6)]


def test_emptied(chain, attacker):
    chain(3)
    heads.keep()
    attacker("DELETE FROM audit_event")
    assert kinds(checking.verify()) == [("truncated", 0)]


def test_written_anew(chain, attacker):
    chain(5)
    heads.keep()
    attacker("DELETE FROM audit_event")
    chain(8)
    assert checking.verify(heads=[]).ok
    assert kinds(checking.verify()) == [("rewritten", 5)]


def test_from_a_head_on(chain, attacker):
    chain(5)
    middle = heads.head_now()
    chain(5)
    assert checking.verify(since=middle).events == 5
    attacker("UPDATE audit_event SET tag = 'x' WHERE number = 2")
    assert checking.verify(since=middle).ok
    assert not checking.verify().ok


def test_batches_join(chain, monkeypatch):
    monkeypatch.setattr(checking, "BATCH", 3)
    chain(10)
    found = checking.verify()
    assert (found.ok, found.events) == (True, 10)


def test_unreadable_algorithm_is_an_edit(chain, attacker):
    chain(3)
    attacker("UPDATE audit_event SET algorithm = 'MD5' WHERE number = 2")
    assert kinds(checking.verify()) == [("edited", 2)]


def test_long_list_is_cut(chain, attacker):
    chain(120)
    attacker("UPDATE audit_event SET tag = 'x'")
    found = checking.verify()
    assert (found.count, len(found.problems)) == (120, 100)
    assert "另有 20 处" in found.lines()[-1]


def test_record_of_a_check_is_an_event(chain):
    chain(2)
    made = heads.record(Actor(system_task=True), "verify", checking.verify().stored())
    assert made.number == 2
    assert Event.objects.get(number=3).tag == "audit:head:verify"
    assert checking.verify().ok
