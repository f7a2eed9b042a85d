"""The limits of sessions, passwords and tokens; ``[accounts]`` in ``site.toml`` changes them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, fields

from django.conf import settings

from keqiao.errors import KeqiaoError


@dataclass(frozen=True, slots=True)
class Limits:
    """Whole numbers, each with its unit in its name; the defaults follow GB/T 22239-2019 level 3 practice."""

    idle_minutes: int = 15
    absolute_hours: int = 8
    proof_minutes: int = 10
    failures: int = 5
    failure_minutes: int = 15
    lock_minutes: int = 15
    address_failures: int = 30
    password_length: int = 10
    phrase_length: int = 16
    password_days: int = 90
    password_history: int = 5
    unused_days: int = 90
    invitation_days: int = 7
    token_days: int = 365
    token_overlap_days: int = 7
    kept_kilobytes: int = 200

    @property
    def idle(self) -> dt.timedelta:
        """How long a session may rest."""
        return dt.timedelta(minutes=self.idle_minutes)

    @property
    def absolute(self) -> dt.timedelta:
        """How long a session may last at all."""
        return dt.timedelta(hours=self.absolute_hours)

    @property
    def lock(self) -> dt.timedelta:
        """How long a login name stays locked after the last failure."""
        return dt.timedelta(minutes=self.lock_minutes)

    @property
    def window(self) -> dt.timedelta:
        """The time within which failures are counted together."""
        return dt.timedelta(minutes=self.failure_minutes)


def limits() -> Limits:
    """The limits in force. Raises `KeqiaoError` where ``site.toml`` has an unknown or impossible one."""
    found = settings.HOME.settings.get("accounts", {})
    known = {field.name for field in fields(Limits)}
    if not isinstance(found, dict) or not set(found) <= known:
        wrong = ", ".join(sorted(set(found) - known)) if isinstance(found, dict) else str(found)
        raise KeqiaoError(f"site.toml 的 [accounts] 没有 {wrong} 这一项", f"[accounts] in site.toml knows no {wrong}")
    for name, value in found.items():
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise KeqiaoError(
                f"site.toml 的 accounts.{name} 应为不小于 1 的整数", f"accounts.{name} in site.toml is a whole number of at least 1"
            )
    return Limits(**found)
