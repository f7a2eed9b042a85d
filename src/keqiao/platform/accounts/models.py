"""Users, their memberships, sessions and failures to log in."""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from keqiao.platform.actor import Role

ROLES = [(role.value, role.value) for role in Role if role is not Role.VISITOR]
STATES = [(s, s) for s in ("invited", "pending", "active", "refused", "ended")]


class Users(BaseUserManager["User"]):
    """Finds users by their login name, which is kept in lower case."""

    def get_by_natural_key(self, username: str | None) -> User:
        """The user with this login name."""
        return self.get(username=(username or "").strip().lower())


class User(AbstractBaseUser):
    """A person who logs in; what he may do is in the memberships."""

    username = models.CharField(max_length=80, unique=True)
    name = models.CharField(max_length=80)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=20, blank=True)
    is_active = models.BooleanField(default=True)
    must_change_password = models.BooleanField(default=False)
    password_changed_at = models.DateTimeField(null=True)
    last_seen = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    #: the membership chosen last, offered first at the next login
    chosen = models.ForeignKey("accounts.Membership", null=True, on_delete=models.SET_NULL, related_name="+")
    preferences = models.JSONField(default=dict)

    objects = Users()
    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        db_table = "accounts_user"


class PasswordHistory(models.Model):
    """Earlier password hashes, so that the last five are not used again."""

    user = models.ForeignKey(User, on_delete=models.CASCADE)
    encoded = models.CharField(max_length=256)
    at = models.DateTimeField()

    class Meta:
        db_table = "accounts_password_history"


class Membership(models.Model):
    """A user's place in an office, an institution or an enterprise; an administrator has none of the three."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=ROLES)
    office = models.ForeignKey("institutions.Office", null=True, on_delete=models.PROTECT, related_name="memberships")
    institution = models.ForeignKey("institutions.Institution", null=True, on_delete=models.PROTECT, related_name="memberships")
    enterprise = models.ForeignKey("enterprises.Enterprise", null=True, on_delete=models.PROTECT, related_name="memberships")
    is_manager = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=STATES, default="pending")
    invited_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    approved_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    decided_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "accounts_membership"
        indexes = [models.Index(fields=["user", "state"])]

    def scope_name(self) -> str:
        """The name of the office, institution or enterprise; empty for administrators."""
        scope = self.office or self.institution or self.enterprise
        return str(scope) if scope is not None else ""


class Invitation(models.Model):
    """An invitation by the manager of an office, institution or enterprise; the token is kept as a hash."""

    token_hash = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=80)
    username = models.CharField(max_length=80)
    role = models.CharField(max_length=20, choices=ROLES)
    office = models.ForeignKey("institutions.Office", null=True, on_delete=models.PROTECT)
    institution = models.ForeignKey("institutions.Institution", null=True, on_delete=models.PROTECT)
    enterprise = models.ForeignKey("enterprises.Enterprise", null=True, on_delete=models.PROTECT)
    is_manager = models.BooleanField(default=False)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT)
    until = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "accounts_invitation"


class Failure(models.Model):
    """A failed login, by login name and address, for the limits and for the security administrator.

    The same rows are made whether the login name exists or not. ``counted`` says that the failure still counts
    towards a lock: a login that succeeds and an administrator who unlocks set it to false.
    """

    username = models.CharField(max_length=80)
    address = models.CharField(max_length=64)
    at = models.DateTimeField(db_index=True)
    reason = models.CharField(max_length=20)  # password, factor, proof, locked
    counted = models.BooleanField(default=True)

    class Meta:
        db_table = "accounts_failure"
        indexes = [models.Index(fields=["username", "at"]), models.Index(fields=["address", "at"])]


class LoginSession(models.Model):
    """An open session of a user, so that he sees where he is logged in and can end the others.

    ``key`` is the key of Django's session; a row without such a session is over.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sessions")
    key = models.CharField(max_length=40, unique=True)
    address = models.CharField(max_length=64, blank=True)
    agent = models.CharField(max_length=200, blank=True)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    class Meta:
        db_table = "accounts_session"


class ApiToken(models.Model):
    """A program's key: shown once, kept as a hash; acts as a membership within its scopes until it expires."""

    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12, unique=True)
    secret_hash = models.CharField(max_length=64)
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="tokens")
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    last_used = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    replaces = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        db_table = "accounts_api_token"
