"""Heads as text, and the head in the site's folder."""

from __future__ import annotations

import pytest

from keqiao.errors import KeqiaoError
from keqiao.platform.actor import Actor
from keqiao.platform.audit import heads
from keqiao.platform.audit.models import Event


def test_text_is_read_again(chain):
    chain(3)
    assert heads.read_text(heads.text_of(heads.head_now())) == heads.head_now()


@pytest.mark.parametrize("text", ["", "number: 3\n", "number: x\nhash: " + "0" * 64, "number: 3\nhash: short\n"])
def test_other_text_is_refused(text):
    with pytest.raises(KeqiaoError, match="审计链头"):
        heads.read_text(text)


def test_without_a_file_all_is_well(chain):
    chain(1)
    assert heads.standing().ok


def test_database_of_yesterday(chain, attacker, home):
    chain(5)
    heads.keep()
    kept = (home / "audit.head").read_text("utf-8")
    attacker("DELETE FROM audit_event WHERE number > 3")
    assert "链到第 3 条，留存的是第 5 条" in str(heads.standing())
    assert not heads.keep()
    assert (home / "audit.head").read_text("utf-8") == kept


def test_database_of_yesterday_that_has_gone_on(chain, attacker):
    chain(5)
    heads.keep()
    attacker("DELETE FROM audit_event WHERE number > 3")
    chain(6)
    assert "第 5 条审计事件与留存的链头不同" in str(heads.standing())


def test_accepted_state_is_the_new_one(chain, attacker):
    chain(5)
    heads.keep()
    attacker("DELETE FROM audit_event WHERE number > 3")
    heads.accept(Actor(system_task=True))
    assert heads.standing().ok
    assert heads.kept_head() == heads.head_now()
    assert '"number":5' in Event.objects.get(tag="audit:head:accept").detail


def test_spoilt_file_is_said(chain, home):
    (home / "audit.head").write_text("x", encoding="utf-8")
    assert "审计链头" in str(heads.standing())
