"""Who acts: one user in one membership, with what that membership reaches."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from keqiao.platform.accounts.models import Membership, User


class Role(StrEnum):
    """What a membership is for. The three administrators see no business data and exclude each other."""

    VISITOR = "visitor"
    AUTHORITY = "authority"
    INSTITUTION = "institution"
    ENTERPRISE = "enterprise"
    OWNER = "owner"
    EXPERT = "expert"
    ANALYST = "analyst"
    SYSTEM = "system"
    SECURITY = "security"
    AUDITOR = "auditor"


ADMINISTRATORS = frozenset({Role.SYSTEM, Role.SECURITY, Role.AUDITOR})
#: roles that must have a second factor (demo mode may skip it)
SECOND_FACTOR = ADMINISTRATORS | {Role.AUTHORITY, Role.INSTITUTION}


@dataclass(frozen=True)
class Actor:
    """A user in one of the memberships, or a visitor (both None), or the site itself (``system_task``).

    ``proved`` says that the user has shown a password or second factor a short while ago; ``address`` and
    ``request_id`` go into the audit events.
    """

    user: User | None = None
    membership: Membership | None = None
    proved: bool = False
    address: str = ""
    request_id: str = ""
    system_task: bool = False

    @property
    def role(self) -> Role:
        """The role in force; `Role.VISITOR` where nobody is logged in or no membership is chosen."""
        return Role(self.membership.role) if self.membership is not None else Role.VISITOR

    @property
    def person(self) -> User:
        """The user, where the act has been checked to need one."""
        if self.user is None:
            raise RuntimeError("an act without a user")
        return self.user

    @property
    def office_id(self) -> int | None:
        """The authority office of the membership."""
        return self.membership.office_id if self.membership else None

    @property
    def institution_id(self) -> int | None:
        """The institution of the membership."""
        return self.membership.institution_id if self.membership else None

    @property
    def enterprise_id(self) -> int | None:
        """The enterprise of the membership."""
        return self.membership.enterprise_id if self.membership else None

    @property
    def manages(self) -> bool:
        """Whether the membership approves other members of its office, institution or enterprise."""
        return bool(self.membership and self.membership.is_manager)

    @cached_property
    def places(self) -> frozenset[int]:
        """Ids of all places that the membership's office covers, with all below them; empty for others."""
        if self.office_id is None:
            return frozenset()
        from keqiao.platform.institutions.queries import places_of_office

        return places_of_office(self.office_id)

    def label(self) -> str:
        """The name shown in audit events: the user's name and role, or 访客, or 系统任务."""
        if self.system_task:
            return "系统任务"
        return f"{self.user.username}（{self.role.value}）" if self.user is not None else "访客"


def task_actor(actor: Actor | None = None) -> Actor:
    """The site itself, as in scheduled jobs."""
    return Actor(system_task=True) if actor is None else actor
