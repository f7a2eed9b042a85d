"""Everything that writes users, memberships, sessions, factors and tokens."""

from keqiao.platform.accounts.services.invitations import (
    accept_as_new,
    accept_as_user,
    find_invitation,
    invite,
    withdraw,
)
from keqiao.platform.accounts.services.logins import log_in, unlock
from keqiao.platform.accounts.services.memberships import (
    approve,
    end,
    grant,
    hand_over,
    refuse,
    request_membership,
    set_manager,
)
from keqiao.platform.accounts.services.records import add_membership, add_user
from keqiao.platform.accounts.services.tokens import find_token, make_token, mark_used, revoke_token, rotate_token
from keqiao.platform.accounts.services.users import (
    change_password,
    create_admin,
    create_user,
    reset_password,
    restore_user,
    set_preferences,
    stop_user,
)

__all__ = [
    "accept_as_new",
    "accept_as_user",
    "add_membership",
    "add_user",
    "approve",
    "change_password",
    "create_admin",
    "create_user",
    "end",
    "find_invitation",
    "find_token",
    "grant",
    "hand_over",
    "invite",
    "log_in",
    "make_token",
    "mark_used",
    "refuse",
    "request_membership",
    "reset_password",
    "restore_user",
    "revoke_token",
    "rotate_token",
    "set_manager",
    "set_preferences",
    "stop_user",
    "unlock",
    "withdraw",
]
