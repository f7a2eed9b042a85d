"""Reading users, memberships, sessions and tokens; what an actor may see starts from `visible_to`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from keqiao.platform.accounts.access import SCOPES, Scope, is_in_scope, is_open
from keqiao.platform.accounts.limits import limits
from keqiao.platform.accounts.models import ApiToken, Failure, Invitation, LoginSession, Membership, User
from keqiao.platform.accounts.services.logins import locked_until
from keqiao.platform.accounts.words import role_word
from keqiao.platform.actor import SECOND_FACTOR, Actor, Role
from keqiao.platform.clock import now
from keqiao.platform.errors import NotVisible
from keqiao.platform.web.context import Seat, register_seats

Row = TypeVar("Row", Membership, User, Invitation, ApiToken)
_RELATED = ("user", "office", "institution", "enterprise")


def visible_to(actor: Actor) -> QuerySet[Membership]:
    """The memberships that an actor may see.

    Members of an office or enterprise: those of the same one. Of an institution: its own and its branches'. The system
    and security administrators: all. Everyone: one's own.
    """
    if actor.user is None:
        return Membership.objects.none()
    own = Q(user=actor.user)
    if actor.role in (Role.SYSTEM, Role.SECURITY):
        own = Q()
    elif actor.office_id is not None:
        own |= Q(office=actor.office_id)
    elif actor.enterprise_id is not None:
        own |= Q(enterprise=actor.enterprise_id)
    elif actor.membership is not None and actor.membership.institution is not None:
        own |= Q(institution__path__startswith=actor.membership.institution.path)
    return Membership.objects.filter(own).select_related(*_RELATED)


def get_membership(actor: Actor, id: int) -> Membership:
    """One membership. Raises `NotVisible`."""
    return _one(visible_to(actor).filter(pk=id))


def members(actor: Actor) -> QuerySet[Membership]:
    """The members of the actor's own body, those who wait first, then by state and name."""
    own = actor.membership
    if own is None or Scope.of(own).empty:
        return Membership.objects.none()
    body = Q(institution__path__startswith=own.institution.path) if own.institution is not None else Q(**Scope.of(own).filters)
    return visible_to(actor).filter(body, role=actor.role.value).order_by("-state", "institution__path", "-is_manager", "user__name", "pk")


def own_memberships(actor: Actor) -> list[Membership]:
    """All memberships of the actor's user that are not over, those in force first."""
    found = visible_to(actor).filter(user=actor.user, state__in=("active", "pending")).order_by("pk")
    return sorted(found, key=lambda one: (not is_open(one), one.pk))


@register_seats
def seats(actor: Actor) -> Sequence[Seat]:
    """The memberships in force for the role switch of the frame."""
    now_in = actor.membership.pk if actor.membership else 0
    return [Seat(one.scope_name(), role_word(one.role), one.pk, one.pk == now_in) for one in own_memberships(actor) if is_open(one)]


def own_sessions(actor: Actor) -> QuerySet[LoginSession]:
    """The open sessions of the actor's user, the one used last first."""
    alive = now() - limits().absolute
    return LoginSession.objects.filter(user=actor.user, started_at__gt=alive, seen_at__gt=now() - limits().idle).order_by("-seen_at")


def invitations(actor: Actor) -> QuerySet[Invitation]:
    """Open invitations into the actor's own body; for the system administrator all."""
    found = Invitation.objects.filter(used_at=None, withdrawn_at=None, until__gt=now()).select_related("invited_by", "office", "institution", "enterprise")
    if actor.role is Role.SYSTEM:
        return found.order_by("until")
    if actor.membership is None or Scope.of(actor.membership).empty:
        return found.none()
    return found.filter(**Scope.of(actor.membership).filters).order_by("until")


def get_invitation(actor: Actor, id: int) -> Invitation:
    """An open invitation that the actor may withdraw. Raises `NotVisible`."""
    if not (actor.manages or actor.role is Role.SYSTEM):
        raise NotVisible
    return _one(invitations(actor).filter(pk=id))


def tokens(actor: Actor) -> QuerySet[ApiToken]:
    """The API tokens of the actor's membership; a manager sees those of the whole body."""
    found = ApiToken.objects.select_related("membership__user").order_by("revoked_at", "-created_at")
    if actor.membership is None:
        return found.none()
    if actor.manages and not Scope.of(actor.membership).empty:
        return found.filter(**{f"membership__{key}": value for key, value in Scope.of(actor.membership).filters.items()})
    return found.filter(membership=actor.membership)


def get_token(actor: Actor, id: int) -> ApiToken:
    """One of those tokens. Raises `NotVisible`."""
    return _one(tokens(actor).filter(pk=id))


def recovery_left(actor: Actor) -> int:
    """How many recovery codes the actor's user still has."""
    return StaticToken.objects.filter(device__user=actor.user).count()


def manages_member(actor: Actor, membership: Membership) -> bool:
    """Whether the page offers acts on this member."""
    return actor.manages and is_in_scope(actor, membership)


# ---- pages of the administrators ----------------------------------------------------------------------


def users(actor: Actor, text: str = "") -> QuerySet[User]:
    """Users with their memberships, found by login name or name; system and security administrators."""
    if actor.role not in (Role.SYSTEM, Role.SECURITY):
        return User.objects.none()
    found = User.objects.prefetch_related("memberships__office", "memberships__institution", "memberships__enterprise").order_by("username")
    text = text.strip()
    return found.filter(Q(username__icontains=text.lower()) | Q(name__icontains=text)) if text else found


def get_user(actor: Actor, id: int) -> User:
    """One user. Raises `NotVisible`."""
    return _one(users(actor).filter(pk=id))


def memberships_of(actor: Actor, user: User) -> QuerySet[Membership]:
    """All memberships of a user that the actor may see, past ones too."""
    return visible_to(actor).filter(user=user).order_by("pk")


def first_requests(actor: Actor) -> QuerySet[Membership]:
    """Who waits for an office or institution that nobody manages yet: the system administrator decides."""
    if actor.role is not Role.SYSTEM:
        return Membership.objects.none()
    managers = Membership.objects.filter(state="active", is_manager=True, user__is_active=True)
    return visible_to(actor).filter(
        ~Exists(managers.filter(office=OuterRef("office"))) | Q(office=None),
        ~Exists(managers.filter(institution=OuterRef("institution"))) | Q(institution=None),
        Q(office__isnull=False) | Q(institution__isnull=False),
        state="pending",
    ).order_by("created_at")


def without_factor(actor: Actor) -> QuerySet[User]:
    """Users with a role that needs a second factor and none set up; the security administrator."""
    if actor.role is not Role.SECURITY:
        return User.objects.none()
    roles = [role.value for role in SECOND_FACTOR]
    return (
        User.objects.filter(is_active=True, memberships__state="active", memberships__role__in=roles)
        .exclude(Exists(TOTPDevice.objects.filter(user=OuterRef("pk"), confirmed=True)))
        .distinct()
        .order_by("username")
    )


def users_with_factor(actor: Actor) -> QuerySet[User]:
    """Users with a second factor; the security administrator, who takes away a lost one."""
    if actor.role is not Role.SECURITY:
        return User.objects.none()
    return User.objects.filter(Exists(TOTPDevice.objects.filter(user=OuterRef("pk"), confirmed=True))).order_by("username")


@dataclass(frozen=True, slots=True)
class Locked:
    """A login name that is locked, whether a user has it or not."""

    username: str
    until: datetime
    name: str


def locked_names(actor: Actor) -> list[Locked]:
    """The login names locked now; the security administrator."""
    if actor.role is not Role.SECURITY:
        return []
    rules = limits()
    many = (
        Failure.objects.filter(counted=True, at__gt=now() - rules.window - rules.lock)
        .values("username").annotate(n=Count("pk")).filter(n__gte=rules.failures).order_by("username")
    )  # fmt: skip
    names = dict(User.objects.filter(username__in=[row["username"] for row in many]).values_list("username", "name"))
    found = [(row["username"], locked_until(row["username"])) for row in many]
    return [Locked(name, until, names.get(name, "")) for name, until in found if until is not None]


def failures_by_address(actor: Actor, hours: int = 24) -> list[Any]:
    """Failures of the last hours by address, as dicts: ``address``, ``n``, ``names`` (how many login names), ``last``."""
    if actor.role is not Role.SECURITY:
        return []
    recent = Failure.objects.filter(at__gt=now() - timedelta(hours=hours))
    rows = recent.values("address").annotate(n=Count("pk"), names=Count("username", distinct=True), last=Max("at"))
    return list(rows.order_by("-n", "address")[:50])


def holders(actor: Actor, role: Role) -> QuerySet[Membership]:
    """Who holds a role now; the security administrator."""
    if actor.role is not Role.SECURITY:
        return Membership.objects.none()
    return visible_to(actor).filter(role=role.value, state="active").order_by("user__username")


def scope_field(role: Role) -> str:
    """The kind of body that a role belongs to: ``office``, ``institution``, ``enterprise`` or empty."""
    return SCOPES.get(role, "")


def _one(found: QuerySet[Row]) -> Row:
    row = found.first()
    if row is None:
        raise NotVisible
    return row
