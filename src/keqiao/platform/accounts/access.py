"""Who may do what to whom: roles that exclude each other, scopes that roles need, managers and their members."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from keqiao.platform.accounts.models import Membership
from keqiao.platform.accounts.words import role_word
from keqiao.platform.actor import ADMINISTRATORS, Actor, Role
from keqiao.platform.errors import NeedsProof, NotAllowed, Refused
from keqiao.platform.institutions.models import Institution, Office

#: the scope that a role needs; the others have none
SCOPES = {Role.AUTHORITY: "office", Role.INSTITUTION: "institution", Role.ENTERPRISE: "enterprise"}
#: what a program may be allowed to do for a membership of these roles
TOKEN_SCOPES: dict[str, tuple[str, str, frozenset[Role]]] = {
    "catalogue:read": ("读规则库", "read the catalogue", frozenset({Role.AUTHORITY, Role.INSTITUTION, Role.ENTERPRISE})),
    "enterprises:read": ("读企业", "read enterprises", frozenset({Role.AUTHORITY, Role.ENTERPRISE})),
    "facts:read": ("读数据", "read facts", frozenset({Role.AUTHORITY, Role.ENTERPRISE})),
    "facts:write": ("写数据", "write facts", frozenset({Role.AUTHORITY})),
    "snapshots:read": ("读快照", "read snapshots", frozenset({Role.AUTHORITY})),
    "runs:read": ("读评价", "read assessments", frozenset({Role.AUTHORITY})),
    "runs:write": ("开始评价", "start assessments", frozenset({Role.AUTHORITY})),
    "explain:read": ("读判定理由", "read reasons", frozenset({Role.AUTHORITY, Role.ENTERPRISE})),
}


@dataclass(frozen=True, slots=True)
class Scope:
    """One office, institution or enterprise by its id, or none of them."""

    office: int | None = None
    institution: int | None = None
    enterprise: int | None = None

    @classmethod
    def of(cls, membership: Membership) -> Scope:
        """The scope of a membership."""
        return cls(membership.office_id, membership.institution_id, membership.enterprise_id)

    @property
    def filters(self) -> dict[str, int | None]:
        """As keyword arguments of a filter."""
        return {"office_id": self.office, "institution_id": self.institution, "enterprise_id": self.enterprise}

    @property
    def empty(self) -> bool:
        """Whether there is none."""
        return self == Scope()


def check_scope(role: Role, scope: Scope) -> None:
    """Raise `Refused` where a role has not exactly the scope it needs."""
    wanted = SCOPES.get(role)
    given = [name for name in ("office", "institution", "enterprise") if getattr(scope, name) is not None]
    if given != ([wanted] if wanted else []):
        raise Refused(f"“{role_word(role)}”这一身份的所属单位不对。", f"The role {role_word(role)} does not belong to such a body.")


def check_conflict(role: Role, held: Iterable[str]) -> None:
    """Raise `Refused` where the new role and those held exclude each other (三员分离)."""
    others = {Role(name) for name in held} - {role}
    if role in ADMINISTRATORS and others:
        one = sorted(others)[0]
        if one in ADMINISTRATORS:
            raise Refused(
                f"三类管理员不能由一人兼任：这位用户已是{role_word(one)}。",
                f"Nobody holds two of the three administrators' roles: this user is {role_word(one)} already.",
            )
        raise Refused(
            "管理员不能兼任业务身份：先终止这位用户的业务身份。", "An administrator holds no business role: end the user's business roles first."
        )
    if role not in ADMINISTRATORS and others & ADMINISTRATORS:
        raise Refused("管理员不能兼任业务身份：换一个用户。", "An administrator holds no business role: choose another user.")


def check_may_grant(actor: Actor, role: Role) -> None:
    """Raise `NotAllowed` unless the site itself grants, or the system administrator a business role.

    Administrators' roles are given by command on the server alone, so that no administrator makes another.
    """
    if actor.system_task or (actor.role is Role.SYSTEM and role not in ADMINISTRATORS):
        return
    raise NotAllowed("管理员身份只能在服务器上用命令授予。", "Administrators' roles are given by command on the server only.")


def is_in_scope(actor: Actor, membership: Membership) -> bool:
    """Whether a membership belongs to the actor's own office, institution (branches too) or enterprise."""
    if membership.enterprise_id is not None and membership.enterprise_id == actor.enterprise_id:
        return True
    if membership.office_id is not None and membership.office_id == actor.office_id:
        return True
    own, other = (actor.membership.institution if actor.membership else None), membership.institution
    return own is not None and other is not None and other.path.startswith(own.path)


def check_manages(actor: Actor, membership: Membership) -> None:
    """Raise `NotAllowed` unless the actor manages the members of this body, or is the system administrator."""
    if actor.system_task or (actor.role is Role.SYSTEM and Role(membership.role) not in ADMINISTRATORS):
        return
    if not (actor.manages and is_in_scope(actor, membership)):
        raise NotAllowed("只有本单位的管理成员能做这一步。", "Only a managing member of the body may do this.")


def check_proved(actor: Actor) -> None:
    """Raise `NeedsProof` unless the user has proved a short while ago who he is."""
    if not (actor.proved or actor.system_task):
        raise NeedsProof


def is_open(membership: Membership) -> bool:
    """Whether a membership is in force: active, of an active user, in an active body."""
    body: Office | Institution | None = membership.office or membership.institution
    return membership.state == "active" and membership.user.is_active and (body is None or body.is_active)


def token_scopes(role: Role) -> dict[str, tuple[str, str]]:
    """The scopes that a program's key of this role may have, with their words."""
    return {name: (zh, en) for name, (zh, en, roles) in TOKEN_SCOPES.items() if role in roles}
