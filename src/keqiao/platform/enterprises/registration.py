"""Registration: a person claims to act for an enterprise, and the office of its zone decides."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from stdnum.cn import uscc
from stdnum.exceptions import ValidationError

from keqiao.errors import say
from keqiao.platform.accounts.access import Scope
from keqiao.platform.accounts.models import Membership, User
from keqiao.platform.accounts.services import records
from keqiao.platform.accounts.services.logins import is_password_of
from keqiao.platform.accounts.services.passwords import check_password_rules
from keqiao.platform.actor import Actor, Role
from keqiao.platform.audit.models import Event
from keqiao.platform.audit.services import veiled, written
from keqiao.platform.clock import ZONE, now, today
from keqiao.platform.enterprises import queries, registration_queries
from keqiao.platform.enterprises.evidence import services as evidence
from keqiao.platform.enterprises.evidence.services import Checked
from keqiao.platform.enterprises.models import Enterprise, Registration, Residence
from keqiao.platform.enterprises.pages import surname
from keqiao.platform.errors import Invalid, Refused, TooMany
from keqiao.platform.institutions.models import Place
from keqiao.rules.quantities import normalise

#: Registrations from one address in an hour.
MOST_AN_HOUR = 20
#: The region that no real enterprise has, which demonstration codes use.
DEMO_REGION = "99"


@dataclass(frozen=True)
class Claim:
    """What an applicant typed; the account's fields stay empty for somebody who is logged in."""

    code: str
    name: str
    place: str
    username: str = ""
    person: str = ""
    password: str = ""
    again: str = ""


def clean_code(text: str) -> str:
    """A 统一社会信用代码 in its standard form. Raises `Invalid`."""
    found = "".join(normalise(text).split()).replace("-", "").upper()
    try:
        found = uscc.validate(found)
    except ValidationError:
        zh = f"“{text.strip()}”不是有效的统一社会信用代码：应为 18 位，末位是校验码；照营业执照抄写。"
        en = f"{text.strip()!r} is not a valid unified social credit code: 18 characters, the last one checks the others; copy it from the licence."
        raise Invalid({"code": say(zh, en)}, zh, en) from None
    if found[2:4] == DEMO_REGION and not settings.HOME.demo:
        zh, en = "地区码 99 只用于演示站点，没有这样的企业。", "Region 99 belongs to demonstration sites; there is no such enterprise."
        raise Invalid({"code": say(zh, en)}, zh, en)
    return found


def file(actor: Actor, claim: Claim, licence: UploadedFile | None, authorisation: UploadedFile | None) -> Registration:
    """File a registration, with a new user where nobody is logged in.

    The answer is the same whether the enterprise is known to the site or not. Sent twice with the same password it is
    filed once. Raises `Invalid` with all fields that are wrong, or `TooMany`.
    """
    _limit(actor)
    again = _filed_already(actor, claim) if actor.user is None else None
    if again is not None:
        return again
    place, code, files = _cleaned(actor, claim, licence, authorisation)
    if actor.user is not None and Registration.objects.filter(user=actor.user, state="pending").exists():
        raise Refused("您的登记还在核验，不用再交一次。", "Your registration is being verified; there is no need to send it again.")
    with evidence.keeping() as stored, written(actor, "enterprises:registration:file") as event:
        user = actor.user or records.add_user(claim.username, claim.person, claim.password)
        made = Registration.objects.create(user=user, code=code, name=claim.name.strip(), place=place)
        for purpose, one in files.items():
            evidence.add(stored, Actor(user=user), one, purpose, registration=made)
        event.object, event.detail = made, {"code": veiled(code), "place": place.pk, "user": user.pk}
    return made


def _limit(actor: Actor) -> None:
    """Refuse an address that registers again and again, to fill the queue or to try out login names."""
    hour = now() - dt.timedelta(hours=1)
    if actor.address and Event.objects.filter(tag="enterprises:registration:file", at__gte=hour, address=actor.address).count() >= MOST_AN_HOUR:
        raise TooMany(3600)


def _filed_already(actor: Actor, claim: Claim) -> Registration | None:
    """The registration that the same form made within ten minutes; None where it is new.

    A wrong password counts towards the lock of the login name, so that this is no way round the login page.
    """
    recent = Registration.objects.filter(
        user__username=claim.username.strip().lower(), state="pending", created_at__gt=now() - dt.timedelta(minutes=10)
    )
    try:
        found = recent.filter(code=clean_code(claim.code)).select_related("user").first()
    except Invalid:
        return None
    return found if found is not None and is_password_of(actor, found.user, claim.password) else None


def _cleaned(
    actor: Actor, claim: Claim, licence: UploadedFile | None, authorisation: UploadedFile | None
) -> tuple[Place, str, dict[str, Checked]]:
    """Everything that can be checked before a write; all that is wrong at once."""
    wrong: dict[str, str] = {}
    code = ""
    try:
        code = clean_code(claim.code)
    except Invalid as error:
        wrong |= error.fields
    if not 2 <= len(claim.name.strip()) <= 160:
        wrong["name"] = say("企业名称照营业执照写全称。", "Give the full name as the licence has it.")
    place = next((one for one in registration_queries.zones() if str(one.pk) == claim.place), None)
    if place is None:
        wrong["place"] = say("选择企业所在的片区。", "Choose the zone in which the enterprise lies.")
    if actor.user is None:
        wrong |= _account_problems(claim)
    files: dict[str, Checked] = {}
    for field, upload in (("licence", licence), ("authorisation", authorisation)):
        try:
            files[field] = evidence.checked(actor, upload, field)
        except Invalid as error:
            wrong |= {name: text or error.message for name, text in error.fields.items()}
    if wrong or place is None:
        raise Invalid(wrong)
    return place, code, files


def _account_problems(claim: Claim) -> dict[str, str]:
    found: dict[str, str] = {}
    if claim.password != claim.again:
        found["again"] = say("两次输入的密码不同。", "The two passwords differ.")
    try:
        username = records.clean_username(claim.username)
        if User.objects.filter(username=username).exists():
            found["username"] = say("这个登录名已有人用，换一个。", "This login name is taken; choose another.")
        check_password_rules(claim.password, User(username=username, name=claim.person.strip()))
    except Invalid as error:
        found |= {name: text or error.message for name, text in error.fields.items()} or {"username": error.message}
    if not claim.person.strip():
        found["person"] = say("写上您的姓名。", "Give your name.")
    return found


# ---- the office decides -----------------------------------------------------------------------------


def approve(actor: Actor, id: int) -> Registration:
    """Confirm a registration: the enterprise is made or linked, and the applicant becomes its manager or member.

    Raises `Refused` where it was decided meanwhile, or where the enterprise lies in the zones of other offices alone.
    """
    with written(actor, "enterprises:registration:approve") as event:
        found = _open(actor, id)
        enterprise = _enterprise_of(actor, found)
        manager = not Membership.objects.filter(enterprise=enterprise, is_manager=True, state="active").exists()
        membership = records.add_membership(found.user, Role.ENTERPRISE, Scope(enterprise=enterprise.pk), is_manager=manager, by=actor.user)
        found.user.chosen = membership
        found.user.save(update_fields=["chosen"])
        found.enterprise = enterprise
        _decide(actor, found, "approved", "")
        found.files.update(enterprise=enterprise)
        event.object = found
        event.detail = {"enterprise": enterprise.pk, "membership": membership.pk, "manager": manager}
    return found


def refuse(actor: Actor, id: int, reason: str) -> Registration:
    """Send a registration back with a reason that the applicant reads. Raises `Invalid` without one, `Refused` where decided."""
    reason = reason.strip()
    if not 4 <= len(reason) <= 400:
        zh, en = "写明退回的理由（4 到 400 字），申请人会看到。", "Give the reason (4 to 400 characters); the applicant reads it."
        raise Invalid({"reason": say(zh, en)}, zh, en)
    with written(actor, "enterprises:registration:refuse") as event:
        found = _open(actor, id)
        _decide(actor, found, "refused", reason)
        event.object, event.detail = found, {"reason": veiled(reason)}
    return found


def _open(actor: Actor, id: int) -> Registration:
    """The registration, locked and still to be decided. Raises `NotVisible` or `Refused`."""
    registration_queries.get_registration(actor, id)
    found = Registration.objects.select_for_update(of=("self",)).select_related("user", "decided_by").get(pk=id)
    if found.state != "pending":
        who, when = surname(found.decided_by.name if found.decided_by else ""), found.decided_at
        at = f"{when.astimezone(ZONE):%m-%d %H:%M}" if when else ""
        done = say(*{"approved": ("通过", "approved")}.get(found.state, ("退回", "refused")))
        raise Refused(f"{who} {at} 已{done}这件登记，您的决定没有保存。", f"{who} has {done} this registration at {at}; your decision was not saved.")
    return found


def _decide(actor: Actor, found: Registration, state: str, reason: str) -> None:
    found.state, found.reason, found.decided_by, found.decided_at = state, reason, actor.user, now()
    found.save(update_fields=["state", "reason", "decided_by", "decided_at", "enterprise"])


def _enterprise_of(actor: Actor, found: Registration) -> Enterprise:
    """The enterprise of the code, made where the site has none.

    An office that could pull an enterprise of another zone into its own would thereby come to see all its facts.
    """
    enterprise = Enterprise.objects.filter(scheme="uscc", code=found.code).first()
    if enterprise is None:
        enterprise = Enterprise.objects.create(code=found.code, name=found.name, is_synthetic=found.code[2:4] == DEMO_REGION)
    elif not queries.visible_to(actor).filter(pk=enterprise.pk).exists() and enterprise.residences.exists():
        raise Refused(
            "本处室不能核验这家企业；退回并告诉申请人选择企业所在的片区。",
            "Your office cannot verify this enterprise; refuse, and tell the applicant to choose the zone in which it lies.",
        )
    if not enterprise.residences.exists():
        Residence.objects.create(enterprise=enterprise, place=found.place, since=today())
    if enterprise.verified_at is None:
        enterprise.verified_at = now()
        enterprise.save(update_fields=["verified_at"])
    return enterprise
