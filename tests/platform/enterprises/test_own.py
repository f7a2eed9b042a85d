"""The enterprise's own pages: what they say without a run, and to whom."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

PAGES = ("home", "points", "declare", "object", "requests")


@pytest.mark.parametrize("name", PAGES)
def test_own_pages_open_for_the_enterprise_alone(people: dict[str, Any], logged_in: Callable[..., Client], name: str) -> None:
    url = reverse(f"enterprises:{name}")
    assert logged_in(people["own"]).get(url).status_code == 200
    assert logged_in(people["officer"]).get(url).status_code == 403
    assert Client().get(url).status_code == 401


@pytest.mark.parametrize("name", ["home", "points"])
def test_without_a_published_run_the_page_says_so(people: dict[str, Any], logged_in: Callable[..., Client], name: str) -> None:
    assert "还没有发布评价结果" in logged_in(people["own"]).get(reverse(f"enterprises:{name}")).content.decode()


def test_without_a_run_there_is_no_why(people: dict[str, Any], logged_in: Callable[..., Client]) -> None:
    assert logged_in(people["own"]).get(reverse("enterprises:why", args=["cn.tech_sme"])).status_code == 404
