"""Invitations: a link that is shown once, seven days, one use.

One who accepts is a member in force at once, because the manager who invited has already decided; only one who asks
himself waits for an approval.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets

from keqiao.errors import say
from keqiao.platform.accounts.access import Scope, check_proved, check_scope
from keqiao.platform.accounts.limits import limits
from keqiao.platform.accounts.models import Invitation, Membership, User
from keqiao.platform.accounts.services import records
from keqiao.platform.actor import ADMINISTRATORS, Actor, Role
from keqiao.platform.audit.services import veiled, written
from keqiao.platform.clock import now
from keqiao.platform.errors import Invalid, NotAllowed, NotVisible, Refused


def invite(actor: Actor, name: str, username: str, *, is_manager: bool = False, role: Role | None = None, scope: Scope | None = None) -> str:
    """Invite someone into one's own body, or as system administrator the first member of any; the token, shown once."""
    check_proved(actor)
    if actor.user is None:
        raise NotAllowed("只有用户能邀请。", "Only a user may invite.")
    if actor.role is Role.SYSTEM and role is not None and role not in ADMINISTRATORS and scope is not None:
        wanted, body = role, scope
    elif actor.manages and actor.membership is not None:
        wanted, body = actor.role, Scope.of(actor.membership)
    else:
        raise NotAllowed("只有本单位的管理成员能邀请。", "Only a managing member of the body may invite.")
    check_scope(wanted, body)
    if not name.strip():
        raise Invalid({"name": say("写上姓名", "Give a name")}, "写上姓名。", "Give a name.")
    text = secrets.token_urlsafe(32)
    with written(actor, "account:invitation:create", role=wanted.value, manager=is_manager) as event:
        event.object = Invitation.objects.create(
            token_hash=_hash(text), name=name.strip(), username=records.clean_username(username), role=wanted.value,
            is_manager=is_manager, invited_by=actor.user, until=now() + dt.timedelta(days=limits().invitation_days), **body.filters,
        )  # fmt: skip
        event.detail["username"] = veiled(event.object.username)
    return text


def find_invitation(text: str) -> Invitation:
    """The open invitation of a token. Raises `NotVisible` where there is none, it was used, withdrawn or is too old."""
    found = Invitation.objects.filter(token_hash=_hash(text)).select_related("office", "institution", "enterprise", "invited_by").first()
    if found is None or found.used_at or found.withdrawn_at or found.until <= now():
        raise NotVisible
    return found


def accept_as_new(actor: Actor, text: str, username: str, name: str, password: str, again: str) -> Membership:
    """Accept as a new user with a password of one's own. Raises `Invalid`, `Refused` or `NotVisible`."""
    if password != again:
        raise Invalid(
            {"again": say("两次输入的密码不同", "The two passwords differ")}, "两次输入的密码不同。", "The two passwords differ."
        )
    with written(actor, "account:invitation:accept") as event:
        invitation = _taken(text)
        user = records.add_user(username, name, password)
        event.object = invitation
        event.detail = {"user": user.pk, "new": True}
        return _joined(invitation, user)


def accept_as_user(actor: Actor, text: str) -> Membership:
    """Accept as the user who is logged in."""
    user = actor.user
    if user is None:
        raise NotVisible
    with written(actor, "account:invitation:accept", user=user.pk, new=False) as event:
        event.object = invitation = _taken(text)
        return _joined(invitation, user)


def withdraw(actor: Actor, invitation: Invitation) -> None:
    """Take back an invitation that nobody has used."""
    with written(actor, "account:invitation:withdraw", invitation):
        changed = Invitation.objects.filter(pk=invitation.pk, used_at=None, withdrawn_at=None).update(withdrawn_at=now())
        if not changed:
            raise Refused("这份邀请已用过或已撤回。", "This invitation was used or withdrawn already.")


def _taken(text: str) -> Invitation:
    """Mark an invitation as used: the one statement that only one of two at a time can win."""
    invitation = find_invitation(text)
    if not Invitation.objects.filter(pk=invitation.pk, used_at=None, withdrawn_at=None).update(used_at=now()):
        raise NotVisible
    return invitation


def _joined(invitation: Invitation, user: User) -> Membership:
    scope = Scope(invitation.office_id, invitation.institution_id, invitation.enterprise_id)
    made = records.add_membership(
        user, invitation.role, scope, is_manager=invitation.is_manager, by=invitation.invited_by, invited_by=invitation.invited_by
    )
    if user.chosen_id is None:
        user.chosen = made
        user.save(update_fields=["chosen"])
    return made


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
