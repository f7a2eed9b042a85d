"""Objections (异议): an enterprise says that a fact is wrong, an office decides with a reason."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from keqiao.errors import KeqiaoError, say
from keqiao.platform.actor import Actor, Role
from keqiao.platform.audit.services import veiled, written
from keqiao.platform.clock import ZONE, now, today
from keqiao.platform.enterprises import wanted
from keqiao.platform.enterprises.evidence import services as evidence
from keqiao.platform.enterprises.evidence.services import Checked
from keqiao.platform.enterprises.models import Batch, Enterprise, Objection
from keqiao.platform.enterprises.objecting_queries import days, get_fact, get_objection
from keqiao.platform.enterprises.pages import surname
from keqiao.platform.enterprises.recording import Value, read_typed, record_values
from keqiao.platform.enterprises.recording.values import StoredValue, word_of
from keqiao.platform.errors import Invalid, NotVisible, Refused

#: The source of a value that an upheld objection brought.
SOURCE = "异议裁定"
_DONE = {"upheld": ("采纳", "upheld"), "rejected": ("不予采纳", "rejected"), "withdrawn": ("撤回", "withdrawn")}


def file(actor: Actor, fact: int, text: str, why: str, files: Sequence[Checked]) -> Objection:
    """Object to a current fact of the own enterprise; the day of the decision is `days` from today.

    A second objection to the same fact waits for the first. Raises `Invalid`, `NotVisible`, or `Refused` where this fact is
    disputed already.
    """
    if actor.role is not Role.ENTERPRISE:
        raise NotVisible
    found = get_fact(actor, fact)
    key = found.indicator.key
    if not wanted.may_declare(word_of(key)):
        raise Refused("这一项由主管部门评定，不在此提出异议。", "This value is judged by the office and cannot be objected to here.")
    value = _cleaned(key, text, why, StoredValue(found.number, found.text))
    with evidence.keeping() as stored, written(actor, "enterprises:objection:file") as event:
        Enterprise.objects.select_for_update().get(pk=found.enterprise_id)
        old = Objection.objects.filter(enterprise=found.enterprise_id, indicator=found.indicator, year=found.year, state="open").first()
        if old is not None:
            raise Refused("这一项已有异议在办，等裁定以后再提，或先撤回。", "An objection to this value is pending: wait for its decision, or withdraw it.")
        made = Objection.objects.create(
            enterprise_id=found.enterprise_id, fact=found, indicator=found.indicator, year=found.year, number=value.number, text=value.text,
            why=why.strip(), due=today() + dt.timedelta(days=days()), by=actor.person,
        )  # fmt: skip
        for one in files:
            evidence.add(stored, actor, one, "objection", enterprise_id=found.enterprise_id, objection=made, indicator=key)
        event.object, event.detail = made, {"enterprise": found.enterprise_id, "fact": found.pk, "files": len(files), "due": made.due}
    return made


def _cleaned(key: str, text: str, why: str, present: StoredValue) -> StoredValue:
    wrong: dict[str, str] = {}
    value = present
    try:
        value = read_typed(key, text)
        if value == present:
            wrong["value"] = say("与现值相同；写上您认为正确的值。", "The same as the present value; give the value that is right.")
    except KeqiaoError as error:
        wrong["value"] = error.message
    if not 4 <= len(why.strip()) <= 2000:
        wrong["why"] = say("说明为什么不对（4 到 2000 字）。", "Say why it is wrong (4 to 2000 characters).")
    if wrong:
        raise Invalid(wrong)
    return value


def withdraw(actor: Actor, id: int) -> Objection:
    """The enterprise takes its objection back before it is decided. Raises `Refused` afterwards."""
    if actor.role is not Role.ENTERPRISE:
        raise NotVisible
    with written(actor, "enterprises:objection:withdraw") as event:
        found = _open(actor, id)
        found.state, found.decided_by, found.decided_at = "withdrawn", actor.user, now()
        found.save(update_fields=["state", "decided_by", "decided_at"])
        event.object, event.detail = found, {"enterprise": found.enterprise_id}
    return found


def decide(actor: Actor, id: int, upheld: bool, reason: str) -> Objection:
    """Decide with a reason; an upheld value is recorded and prevails over all sources.

    Raises `Invalid` without a reason, `Refused` where it was decided or withdrawn meanwhile.
    """
    if actor.role is not Role.AUTHORITY:
        raise NotVisible
    if not 4 <= len(reason.strip()) <= 2000:
        zh, en = "写明裁定的理由（4 到 2000 字），企业会看到。", "Give the reason (4 to 2000 characters); the enterprise reads it."
        raise Invalid({"reason": say(zh, en)}, zh, en)
    with written(actor, "enterprises:objection:decide") as event:
        found = _open(actor, id)
        found.state, found.decision = "upheld" if upheld else "rejected", reason.strip()
        found.decided_by, found.decided_at = actor.user, now()
        if upheld:
            found.batch = _recorded(actor, found)
        found.save(update_fields=["state", "decision", "decided_by", "decided_at", "batch"])
        event.object = found
        event.detail = {
            "enterprise": found.enterprise_id, "state": found.state, "batch": found.batch_id, "late": found.due < today(), "reason": veiled(reason),
        }  # fmt: skip
    return found


def _recorded(actor: Actor, found: Objection) -> Batch:
    batch = Batch.objects.create(
        kind="objection", source=SOURCE, office_id=actor.office_id, enterprise=found.enterprise, by=actor.person,
        year=found.year or today().year - 1, recorded_at=now(),
    )  # fmt: skip
    record_values(batch, [Value(found.enterprise_id, found.indicator.key, found.year, found.number, found.text)])
    return batch


def _open(actor: Actor, id: int) -> Objection:
    """The objection, locked and still open. Raises `NotVisible` or `Refused` with who decided what and when."""
    get_objection(actor, id)
    found = Objection.objects.select_for_update(of=("self",)).select_related("decided_by", "indicator", "enterprise").get(pk=id)
    if found.state != "open":
        zh, en = _DONE[found.state]
        who = surname(found.decided_by.name if found.decided_by else "")
        at = f"{found.decided_at.astimezone(ZONE):%m-%d %H:%M}" if found.decided_at else ""
        raise Refused(f"{who} {at} 已{zh}这件异议，您的操作没有保存。", f"{who} has {en} this objection at {at}; what you did was not saved.")
    return found
