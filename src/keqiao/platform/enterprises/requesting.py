"""Requests for facts: an office asks enterprises, they answer by declaring."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

from keqiao.errors import say
from keqiao.platform.actor import Actor, Role
from keqiao.platform.audit.services import written
from keqiao.platform.catalogue.shipped import packs
from keqiao.platform.clock import now, today
from keqiao.platform.enterprises import queries, wanted
from keqiao.platform.enterprises.models import Asked, FactRequest
from keqiao.platform.enterprises.requesting_queries import get_asked, get_request, known_of
from keqiao.platform.errors import Invalid, NotVisible, Refused

#: Enterprises of one request, facts of one request, days ahead.
MOST_ENTERPRISES, MOST_FACTS, MOST_DAYS = 20_000, 60, 365
_PIECE = 900


def create(
    actor: Actor, enterprises: Collection[int], indicators: Sequence[str], *, due: dt.date | None, year: int, words: str = "", rule: str = ""
) -> FactRequest:
    """Ask enterprises for facts of a year until a day; those that lack none of them are left out.

    Sent twice within a minute it is made once. Raises `Invalid`, or `NotVisible` for an enterprise out of sight.
    """
    if actor.role is not Role.AUTHORITY or actor.office_id is None:
        raise NotVisible
    ids = sorted(set(enterprises))
    facts = [id for id in packs().vocabulary.sort(indicators) if id in packs().vocabulary.indicators]
    wrong: dict[str, str] = {}
    if not 1 <= len(ids) <= MOST_ENTERPRISES:
        wrong["who"] = say(f"选择 1 到 {MOST_ENTERPRISES:,} 家企业。", f"Choose 1 to {MOST_ENTERPRISES:,} enterprises.")
    if not 1 <= len(facts) <= MOST_FACTS or not all(wanted.may_declare(packs().vocabulary.indicators[id]) for id in facts):
        wrong["indicators"] = say(f"选择 1 到 {MOST_FACTS} 项企业能申报的指标。", f"Choose 1 to {MOST_FACTS} facts that enterprises may declare.")
    if due is None or not today() < due <= today() + dt.timedelta(days=MOST_DAYS):
        wrong["due"] = say("期限应在明天到一年之内。", "The day lies between tomorrow and a year from now.")
    if len(words) > 400:
        wrong["words"] = say("说明最多 400 字。", "At most 400 characters.")
    if not today().year - 5 <= year <= today().year:
        wrong["year"] = say("年度应在近五年之内。", "The year is one of the last five.")
    if wrong or due is None:
        raise Invalid(wrong)
    _all_visible(actor, ids)
    known = known_of(ids, facts, year)
    ids = [id for id in ids if len(known.get(id, ())) < len(facts)]
    if not ids:
        raise Invalid({"who": say("所选企业的这些资料都已有，不用再补。", "All of these facts are known already.")})
    values = {"office_id": actor.office_id, "rule": rule, "indicators": facts, "year": year, "words": words.strip(), "due": due}
    with written(actor, "enterprises:request:create") as event:
        recent = FactRequest.objects.filter(**values, by=actor.user, created_at__gte=now() - dt.timedelta(minutes=1), withdrawn_at=None).first()
        if recent is not None and set(recent.asked.values_list("enterprise_id", flat=True)) == set(ids):
            raise Refused("同样的通知刚刚已经发出，没有重复发送。", "The same request was sent a moment ago; it was not sent twice.")
        made = FactRequest.objects.create(**values, by=actor.person)
        Asked.objects.bulk_create([Asked(request=made, enterprise_id=id) for id in ids], batch_size=300)
        event.object, event.detail = made, {"enterprises": len(ids), "facts": facts, "due": due, "rule": rule}
    return made


def _all_visible(actor: Actor, ids: Sequence[int]) -> None:
    seen = 0
    for start in range(0, len(ids), _PIECE):
        seen += queries.visible_to(actor).filter(pk__in=ids[start : start + _PIECE]).count()
    if seen != len(ids):
        raise NotVisible


def withdraw(actor: Actor, id: int) -> FactRequest:
    """Take a request back; it leaves the enterprises' to-dos. Raises `Refused` where it is withdrawn already."""
    with written(actor, "enterprises:request:withdraw") as event:
        get_request(actor, id)
        found = FactRequest.objects.select_for_update().get(pk=id)
        if found.withdrawn_at is not None:
            raise Refused("这份通知已经撤回。", "This request has been withdrawn already.")
        found.withdrawn_at = now()
        found.save(update_fields=["withdrawn_at"])
        event.object, event.detail = found, {"open": found.asked.filter(answered_at__isnull=True).count()}
    return found


def see(actor: Actor, id: int) -> Asked:
    """The enterprise opens a request; the first time is written down.

    Where all its facts have come by other ways meanwhile, it is answered. Raises `NotVisible`.
    """
    found = get_asked(actor, id)
    request = found.request
    known = known_of([found.enterprise_id], request.indicators, request.year).get(found.enterprise_id, set())
    done = found.answered_at is None and set(request.indicators) <= known
    if found.seen_at is None or done:
        with written(actor, "enterprises:request:see", found, request=request.pk, enterprise=found.enterprise_id, answered=done):
            found.seen_at = found.seen_at or now()
            found.answered_at = now() if done else found.answered_at
            found.save(update_fields=["seen_at", "answered_at"])
    return found
