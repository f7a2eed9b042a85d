"""One client for each role, and the records of two zones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from keqiao.platform.actor import Role

#: Who asks: every role with its membership in the first zone, and nobody.
ASKERS = [role for role in Role if role is not Role.VISITOR]


@pytest.fixture
def scopes(town: dict[str, Any]) -> dict[Role, dict[str, Any]]:
    """What each role's membership belongs to."""
    from keqiao.platform.institutions.models import Institution

    bank = Institution.objects.create(kind="bank", name="示例银行")
    bank.path = f"/{bank.pk}/"
    bank.save(update_fields=["path"])
    return {
        Role.AUTHORITY: {"office": town["first_office"], "is_manager": True},
        Role.INSTITUTION: {"institution": bank, "is_manager": True},
        Role.ENTERPRISE: {"enterprise": town["own"], "is_manager": True},
        Role.OWNER: {"enterprise": town["own"]},
        Role.EXPERT: {"office": town["first_office"]},
        Role.ANALYST: {"office": town["first_office"]},
    }


@pytest.fixture
def browser(member: Callable[..., Any], logged_in: Callable[..., Client], scopes: dict[Role, dict[str, Any]]) -> Callable[..., Client]:
    """A client logged in with a role, identity proved; ``scope`` replaces the first zone's."""

    def enter(role: Role, **scope: Any) -> Client:
        client = logged_in(member(role.value, **(scope or scopes.get(role, {}))))
        client.raise_request_exception = False
        session = client.session
        from keqiao.platform.clock import now

        session["proved"] = now().timestamp()
        session.save()
        return client

    return enter
