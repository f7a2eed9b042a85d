"""Every page of each role's navigation in a real browser: no error, nothing wider than the screen, axe finds nothing."""

from __future__ import annotations

import pytest

USERS = ("", "zone", "city", "enterprise", "bank", "analyst", "system", "security", "auditor")
#: Pages that no navigation leads to.
MORE = {"": ("/", "/help", "/login", "/register", "/check/", "/rules/", "/rules/cn.tech_sme/")}


def pages_of(page) -> list[str]:
    """The addresses of the side navigation."""
    return page.eval_on_selector_all("nav.side a", "links => links.map(link => link.getAttribute('href'))")


def addresses(page, username: str) -> list[str]:
    """Those of the page that the login leads to, and what no navigation has; the home page has none."""
    return list(dict.fromkeys([*pages_of(page), *MORE.get(username, ("/", "/help", "/todos"))]))


@pytest.mark.parametrize("username", USERS)
def test_pages_open_and_fit(username, visit, shoot):
    page, wrong = visit(username), []
    for address in addresses(page, username):
        answer = page.goto(address)
        if answer is None or answer.status >= 400:
            wrong.append(f"{address}: {answer and answer.status}")
            continue
        if page.locator("h1").count() != 1:
            wrong.append(f"{address}: {page.locator('h1').count()} h1")
        shoot(page, f"{username or 'visitor'}{address.replace('/', '-')}1366")
        for width in (390, 320):
            page.set_viewport_size({"width": width, "height": 800})
            over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            if over > 0:
                wrong.append(f"{address}: {over} px wider than {width}")
            if width == 390:
                shoot(page, f"{username or 'visitor'}{address.replace('/', '-')}390")
        page.set_viewport_size({"width": 1366, "height": 900})
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("username", USERS)
@pytest.mark.parametrize("width", [1366, 390])
def test_axe_finds_nothing(username, width, visit, axe):
    page, wrong = visit(username, width=width), []
    for address in addresses(page, username):
        page.goto(address)
        wrong += [f"{address}: {one}" for one in axe(page)]
    assert not wrong, "\n".join(wrong)
