"""Every URL × every role: what the declared act does not allow is refused; the default is no."""

from __future__ import annotations

import pytest
from django.test import Client

from isolation.walk import View, pages, views
from keqiao.platform.actor import Actor, Role
from keqiao.platform.permissions import Act

#: What anyone may open without logging in. A new open page must be added here on purpose.
OPEN = {
    "web:home", "web:search", "web:help", "web:components", "web:definition", "web:health",
    "accounts:login", "accounts:logout", "accounts:invite", "accounts:resume", "accounts:prove", "enterprises:register_done",
    "catalogue:rules", "catalogue:rules_book", "catalogue:rule", "catalogue:rule_book", "catalogue:rule_yaml", "catalogue:rule_sql", "catalogue:ladders",
    "catalogue:lists", "catalogue:check", "catalogue:check_rule", "catalogue:check_book",
}  # fmt: skip
#: An empty password is answered with 401 there.
ASKS_FOR_PASSWORD = {"accounts:login", "accounts:prove"}
#: Acts that a visitor may begin: only the registration of an enterprise.
FOR_VISITORS = {Act.PUBLIC, Act.REGISTER}


def ask(client: Client, view: View, method: str) -> int:
    """The status of a request without a body and with numbers of records that need not exist."""
    return client.generic(method, view.path()).status_code


def test_every_view_is_declared():
    # the operations of the interface declare theirs in its register: tests/platform/api/test_access.py
    bare = [f"{view.name} ({view.route})" for view in views() if view.act is None and not view.name.startswith("api:v1:")]
    assert not bare, "views without @page(Act.…):\n" + "\n".join(bare)


def test_every_view_has_a_name_of_its_own():
    names = [view.name for view in pages()]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.VISITOR])
def test_role_does_what_its_acts_allow(role, browser):
    client, wrong = browser(role), []
    for view in pages():
        for method in view.methods:
            if view.name in ("accounts:logout", "accounts:switch"):
                continue
            status = ask(client, view, method)
            allowed = view.act is not None and role in view.act.roles
            if status >= 500:
                wrong.append(f"{method} {view.name}: {status}")
            elif not allowed and status not in (401, 403, 404):
                wrong.append(f"{method} {view.name}: {status}, though the act is not {role.value}'s")
            elif allowed and status == 401 and view.name not in ASKS_FOR_PASSWORD:
                wrong.append(f"{method} {view.name}: 401, though the act is {role.value}'s")
    assert not wrong, "\n".join(wrong)


def test_visitor_gets_nothing_but_what_is_open(db):
    client, wrong = Client(raise_request_exception=False), []
    for view in pages():
        for method in view.methods:
            status = ask(client, view, method)
            if status >= 500:
                wrong.append(f"{method} {view.name}: {status}")
            elif view.name not in OPEN and view.act not in FOR_VISITORS - {Act.PUBLIC} and status not in (401, 403, 404):
                wrong.append(f"{method} {view.name}: {status}, though it is not among the open pages")
    assert not wrong, "\n".join(wrong)


def test_open_pages_exist():
    assert {view.name for view in pages()} >= OPEN


def test_wrong_method_is_refused(browser):
    client, wrong = browser(Role.AUDITOR), []
    for view in pages():
        if view.act is not None and Act.AUDIT_SEE is view.act and "DELETE" not in view.methods and ask(client, view, "DELETE") != 405:
            wrong.append(view.name)
    assert not wrong


@pytest.mark.parametrize("act", [act for act in Act if act.tag.startswith(("system:", "security:", "audit:"))])
def test_administrators_acts_are_theirs_alone(act):
    assert len(act.roles) == 1
    assert act.roles <= {Role.SYSTEM, Role.SECURITY, Role.AUDITOR}


@pytest.mark.parametrize("role", [Role.SYSTEM, Role.SECURITY, Role.AUDITOR])
def test_administrators_have_no_business_act(role):
    theirs = {act for act in Act if role in act.roles}
    general = {Act.PUBLIC, Act.ACCOUNT, Act.SWITCH, Act.JOBS}
    assert all(act in general or act.tag.startswith(("system:", "security:", "audit:")) for act in theirs)


def test_visitor_may_only_what_is_public():
    assert {act for act in Act if act.allowed(Actor())} <= {Act.PUBLIC, Act.REGISTER, Act.REGISTERED}
