"""Memberships: granted, asked for, approved, refused, ended; at least one manager stays in every body."""

from __future__ import annotations

from keqiao.platform.accounts.access import Scope, check_manages, check_may_grant, check_proved
from keqiao.platform.accounts.models import Membership, User
from keqiao.platform.accounts.services import records
from keqiao.platform.actor import Actor, Role
from keqiao.platform.audit.services import written
from keqiao.platform.clock import now
from keqiao.platform.enterprises.models import Enterprise
from keqiao.platform.errors import NotAllowed, Refused
from keqiao.platform.institutions.models import Institution, Office


def grant(
    actor: Actor,
    user: User,
    role: Role | str,
    *,
    office: Office | None = None,
    institution: Institution | None = None,
    enterprise: Enterprise | None = None,
    is_manager: bool = False,
) -> Membership:
    """Give a user a membership in force at once.

    The site itself may give any; the system administrator business roles only. Raises `Refused` where roles exclude
    each other, `NotAllowed` where the actor may not.
    """
    wanted = Role(role)
    check_may_grant(actor, wanted)
    check_proved(actor)
    scope = Scope(
        office.pk if office is not None else None,
        institution.pk if institution is not None else None,
        enterprise.pk if enterprise is not None else None,
    )
    with written(actor, "account:membership:grant", role=wanted.value, manager=is_manager) as event:
        made = records.add_membership(user, wanted, scope, is_manager=is_manager, by=actor.user)
        _choose_first(user, made)
        event.object = made
        event.detail["user"] = user.pk
    return made


def request_membership(actor: Actor, user: User, role: Role | str, scope: Scope) -> Membership:
    """A user asks for a membership himself; it waits for a manager, or where there is none for the administrator."""
    with written(actor, "account:membership:request", role=Role(role).value, user=user.pk) as event:
        event.object = made = records.add_membership(user, role, scope, state="pending")
    return made


def approve(actor: Actor, membership: Membership, *, is_manager: bool = False) -> None:
    """A manager of the body, or the system administrator, approves one who waits."""
    with written(actor, "account:membership:approve", membership, manager=is_manager):
        found = _locked(actor, membership)
        if found.state != "pending":
            raise Refused("这项申请已有人处理。", "This request has been decided already.")
        found.state, found.is_manager, found.approved_by, found.decided_at = "active", is_manager, actor.user, now()
        found.save()
        _choose_first(found.user, found)


def refuse(actor: Actor, membership: Membership) -> None:
    """A manager of the body, or the system administrator, refuses one who waits."""
    with written(actor, "account:membership:refuse", membership):
        found = _locked(actor, membership)
        if found.state != "pending":
            raise Refused("这项申请已有人处理。", "This request has been decided already.")
        found.state, found.approved_by, found.decided_at = "refused", actor.user, now()
        found.save()


def end(actor: Actor, membership: Membership) -> None:
    """End a membership at once, with its API tokens. Raises `Refused` where it is the last manager's."""
    check_proved(actor)
    with written(actor, "account:membership:end", membership) as event:
        found = _locked(actor, membership)
        if found.state != "active":
            raise Refused("这个身份已不在有效状态。", "This membership is not in force any more.")
        _keep_one_manager(found)
        found.state, found.ended_at, found.is_manager = "ended", now(), False
        found.save()
        event.detail["tokens_revoked"] = found.tokens.filter(revoked_at=None).update(revoked_at=now())


def set_manager(actor: Actor, membership: Membership, is_manager: bool) -> None:
    """Let a member manage the others, or no longer. Raises `Refused` where no manager would stay."""
    check_proved(actor)
    with written(actor, "account:manager:change", membership, manager=is_manager):
        found = _locked(actor, membership)
        if found.state != "active":
            raise Refused("这个身份已不在有效状态。", "This membership is not in force any more.")
        if not is_manager:
            _keep_one_manager(found)
        found.is_manager = is_manager
        found.save(update_fields=["is_manager"])


def hand_over(actor: Actor, membership: Membership) -> None:
    """A manager gives the management to another member of the same body and stops managing."""
    check_proved(actor)
    own = actor.membership
    if own is None or not own.is_manager:
        raise NotAllowed("只有管理成员能移交管理。", "Only a managing member may hand over the management.")
    if own.pk == membership.pk or Scope.of(own) != Scope.of(membership):
        raise Refused("只能移交给本单位的另一位成员。", "Hand over to another member of your own body.")
    with written(actor, "account:manager:handover", membership, from_membership=own.pk):
        found = _locked(actor, membership)
        if found.state != "active" or not found.user.is_active:
            raise Refused("只能移交给有效的成员。", "Hand over to a member in force.")
        found.is_manager = True
        found.save(update_fields=["is_manager"])
        Membership.objects.filter(pk=own.pk).update(is_manager=False)
        own.is_manager = False


def _locked(actor: Actor, membership: Membership) -> Membership:
    """The membership as it is now, the actor allowed to manage it.

    The row of its body (of the user, where there is none) is locked first, so that of two managers who end each other
    at the same time the second sees what the first has done.
    """
    scope = Scope.of(membership)
    if scope.office is not None:
        Office.objects.select_for_update().get(pk=scope.office)
    elif scope.institution is not None:
        Institution.objects.select_for_update().get(pk=scope.institution)
    elif scope.enterprise is not None:
        Enterprise.objects.select_for_update().get(pk=scope.enterprise)
    else:
        User.objects.select_for_update().get(pk=membership.user_id)
    found = Membership.objects.select_related("user", "institution").get(pk=membership.pk)
    check_manages(actor, found)
    return found


def _keep_one_manager(membership: Membership) -> None:
    """Raise `Refused` where nobody else manages the body; bodies without managers and administrators have none to keep."""
    scope = Scope.of(membership)
    if not membership.is_manager or scope.empty:
        return
    others = Membership.objects.filter(**scope.filters, state="active", is_manager=True, user__is_active=True)
    if not others.exclude(pk=membership.pk).exists():
        raise Refused(
            "本单位至少要留一位管理成员：先把管理移交给另一位。", "A body keeps at least one manager: hand the management over first."
        )


def _choose_first(user: User, membership: Membership) -> None:
    if user.chosen_id is None:
        user.chosen = membership
        user.save(update_fields=["chosen"])
