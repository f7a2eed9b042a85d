"""The page that finds enterprises, policies and indicators: what is found by whom, and how it is shown."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from keqiao.platform.accounts.models import Membership
from keqiao.platform.actor import Actor
from keqiao.platform.enterprises.models import Enterprise, Residence
from keqiao.platform.web.searching import MOST, Group, cleaned, marked, search

pytestmark = pytest.mark.django_db
Member = Callable[..., Membership]
Acting = Callable[[Membership], Actor]
LoggedIn = Callable[[Membership], Client]


@pytest.fixture
def officer(town: dict[str, Any], member: Member) -> Membership:
    return member("authority", office=town["first_office"])


def place(name: str, where: Any, code: str) -> Enterprise:
    made = Enterprise.objects.create(code=code, name=name)
    Residence.objects.create(enterprise=made, place=where)
    return made


def group(groups: list[Group], key: str) -> Group:
    return next(one for one in groups if one.key == key)


def names(found: Group) -> list[str]:
    return [re.sub(r"<[^>]*>", "", str(hit.title)) for hit in found.hits]


def page(client: Client, **asked: str) -> str:
    found = client.get("/search", asked)
    assert found.status_code == 200
    return found.content.decode()


@pytest.mark.parametrize("asked", ["", "高", " 高 ", "x\x00"])
def test_less_than_two_characters_are_not_sought(asked: str, officer: Membership, acting: Acting) -> None:
    assert search(acting(officer), cleaned(asked)) == []


def test_two_characters_find_an_enterprise_by_name(officer: Membership, acting: Acting) -> None:
    assert names(group(search(acting(officer), "临澄"), "enterprises")) == ["临澄高新区示例有限公司"]


@pytest.mark.parametrize("asked", ["00001X", "00001x", "００００１Ｘ"])
def test_an_enterprise_is_found_by_a_part_of_its_code(asked: str, officer: Membership, acting: Acting) -> None:
    assert group(search(acting(officer), cleaned(asked)), "enterprises").total == 1


@pytest.mark.parametrize("asked", ["示例有限公司", "91990100MA00000020", "云滆"])
def test_an_enterprise_of_another_office_is_never_found(asked: str, town: dict[str, Any], officer: Membership, logged_in: LoggedIn) -> None:
    assert town["other"].name not in page(logged_in(officer), q=asked)


def test_an_enterprise_finds_only_itself_and_is_led_home(town: dict[str, Any], member: Member, acting: Acting) -> None:
    found = group(search(acting(member("enterprise", enterprise=town["own"])), "示例有限公司"), "enterprises")
    assert names(found) == [town["own"].name] and found.hits[0].url == "/own"


@pytest.mark.parametrize("role", ["institution", "analyst", "system", "security", "auditor"])
def test_other_roles_have_no_enterprises_to_look_among(role: str, town: dict[str, Any], member: Member, acting: Acting) -> None:
    assert [one.key for one in search(acting(member(role)), "高新")] == ["policies", "indicators"]


def test_a_visitor_finds_policies_and_indicators(town: dict[str, Any]) -> None:
    found = page(Client(), q="高新")
    assert 'id="policies"' in found and 'id="indicators"' in found and 'id="enterprises"' not in found and town["own"].name not in found


@pytest.mark.parametrize(("asked", "name"), [("%有", "百%有限公司"), ("A_B", "A_B有限公司")])
def test_percent_and_underscore_stand_for_themselves(asked: str, name: str, town: dict[str, Any], officer: Membership, acting: Acting) -> None:
    place(name, town["first"], "91990100MA00000047")
    place("AxB百有限公司", town["first"], "91990100MA00000055")
    assert names(group(search(acting(officer), asked), "enterprises")) == [name]


@pytest.mark.parametrize("asked", ["%%", "__", "'\"", "\\\\"])
def test_signs_alone_find_nothing(asked: str, officer: Membership, logged_in: LoggedIn) -> None:
    assert "没有找到" in page(logged_in(officer), q=asked)


def test_a_policy_is_found_by_its_title_and_leads_to_its_page() -> None:
    found = group(search(Actor(), "科技型中小企业"), "policies")
    assert "/rules/cn.tech_sme/" in [hit.url for hit in found.hits]


def test_an_indicator_is_found_by_an_alias_that_is_told() -> None:
    hits = {hit.url: str(hit.note) for hit in group(search(Actor(), "高企"), "indicators").hits}
    assert "又称" in hits["/definitions/title.hnte"]


def test_what_is_sought_is_marked_and_the_rest_escaped() -> None:
    assert marked("<b>高新</b>ＲＤ", "rd 高新") == '&lt;b&gt;<mark class="hit">高新</mark>&lt;/b&gt;<mark class="hit">ＲＤ</mark>'


def test_a_group_lists_ten_and_leads_to_all(town: dict[str, Any], officer: Membership, acting: Acting, logged_in: LoggedIn) -> None:
    for number in range(12):
        place(f"甲乙有限公司{number:02}", town["first"], f"91990100MB{number:08}")
    found = group(search(acting(officer), "甲乙"), "enterprises")
    assert len(found.hits) == MOST and found.total == 12 and "12 家" in found.stated
    assert "12 家" in logged_in(officer).get(found.more).content.decode()


def test_the_rest_of_the_indicators_stands_on_the_page_of_their_group() -> None:
    first = group(search(Actor(), "企业"), "indicators")
    (alone,) = search(Actor(), "企业", "indicators")
    assert first.total > MOST and len(alone.hits) == first.total


def test_the_question_stands_in_the_field_and_in_the_title(officer: Membership, logged_in: LoggedIn) -> None:
    found = page(logged_in(officer), q="临澄")
    assert re.search(r'<input[^>]* id="find"[^>]* value="临澄"', found) and "<title>临澄" in found


def test_the_bar_leads_here_and_the_page_has_one_field(officer: Membership, logged_in: LoggedIn) -> None:
    client = logged_in(officer)
    assert 'action="/search"' in client.get("/help").content.decode() and page(client, q="临澄").count('id="find"') == 1


@pytest.mark.parametrize("asked", ["", "高", "临澄", "没有这样的企业"])
@pytest.mark.usefixtures("town")
def test_the_page_speaks_english(asked: str) -> None:
    found = page(Client(), q=asked, lang="en")
    assert "Search" in found and "查找" not in found


def test_the_number_of_questions_to_the_database_does_not_grow_with_the_results(town: dict[str, Any], officer: Membership, logged_in: LoggedIn) -> None:
    client = logged_in(officer)
    page(client, q="甲乙")
    with CaptureQueriesContext(connection) as none:
        page(client, q="甲乙")
    for number in range(12):
        place(f"甲乙有限公司{number:02}", town["first"], f"91990100MB{number:08}")
    with CaptureQueriesContext(connection) as many:
        page(client, q="甲乙")
    assert len(many) == len(none)


def test_a_search_among_enterprises_takes_two_questions(officer: Membership, acting: Acting) -> None:
    actor = acting(officer)
    assert actor.places
    with CaptureQueriesContext(connection) as asked:
        search(actor, "临澄")
    assert len(asked) == 2
