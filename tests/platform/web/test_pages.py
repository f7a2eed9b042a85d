"""The pages of the frame, the parts in every state, problems, headers, language."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

import keqiao.platform as platform
from keqiao.errors import KeqiaoError, language
from keqiao.platform.accounts.models import Membership
from keqiao.platform.actor import Actor, Role
from keqiao.platform.errors import Invalid, NeedsLogin, NotVisible, Refused
from keqiao.platform.web import errors, navigation, todo
from keqiao.platform.web.middleware import Headers, Problems, Speak
from keqiao.platform.web.samples import LONGEST

ROOT = Path(platform.__file__).parent
TEMPLATES = sorted(ROOT.glob("*/templates/**/*.html"))
PARTS = sorted(path.stem for path in (ROOT / "web/templates/web/parts").glob("*.html"))
#: parts of other parts, and those that the frame itself shows
INNER = {"cell", "pager", "sort_head", "table_body", "trace_row", "trace_cells", "figure", "logo", "smp", "demo_strip", "messages", "role_switch", "outcome", "prov", "carried", "definition"}

pytestmark = pytest.mark.django_db


def page(path: str) -> str:
    found = Client().get(path)
    assert found.status_code == 200
    return found.content.decode()


def request_of(path: str = "/x", method: str = "get", **more: object) -> HttpRequest:
    made: HttpRequest = getattr(RequestFactory(), method)(path, **more)
    made.actor = Actor()  # type: ignore[attr-defined]
    return made


def test_home_says_its_name_to_anyone() -> None:
    assert "科桥" in page("/")


def test_home_has_three_ways_in() -> None:
    assert page("/").count('class="door"') == 3


@pytest.mark.parametrize("path", ["/", "/help", "/components", "/definitions/revenue"])
def test_pages_have_one_heading_one_provenance_and_their_language(path: str, tongue: str) -> None:
    found = page(f"{path}?lang={tongue}")
    assert len(re.findall("<h1[ >]", found)) == 1 and found.count('class="prov"') == 1
    assert f'lang="{"en" if tongue == "en" else "zh-Hans-CN"}"' in found


def test_every_part_is_shown_on_the_list_of_components() -> None:
    shown = set(re.findall(r'data-part="(\w+)"', page("/components"))) | {"empty", "partial", "stale", "no_permission", "verdict"}
    assert set(PARTS) - INNER == shown - {"values", "outcome", "states"}


def test_the_list_shows_the_longest_name_the_largest_amount_and_the_four_marks() -> None:
    found = page("/components")
    assert len(LONGEST) == 40 and LONGEST in found and "99,999.9" in found
    assert all(mark in found for mark in ("缺", "—", "****", "********"))


def test_no_id_stands_twice() -> None:
    twice = [id for id, count in Counter(re.findall(r'\sid="([^"]+)"', page("/components"))).items() if count > 1]
    assert [id for id in twice if not re.fullmatch(r"[td][0-9a-f]{10}|h[0-9a-f]{10}", id)] == []


def test_a_header_has_at_most_one_primary_act() -> None:
    assert all(head.count("btn-primary") <= 1 for head in re.findall(r'<div class="acts">.*?</div>', page("/components"), re.S))


def test_every_figure_has_a_sentence_a_name_and_a_table() -> None:
    figures = re.findall("<figure>.*?</figure>", page("/components"), re.S)
    assert figures
    for figure in figures:
        assert 'role="img"' in figure and re.search("<figcaption>[^<]", figure) and "<table" in figure


def test_english_pages_leave_no_chinese_of_their_own() -> None:
    found = page("/help?lang=en")
    assert re.findall(r">[^<]*[\u4e00-\u9fff]+[^<]*<", re.sub(r"<a[^>]*>中文</a>|<a class=\"def\".*?</a>", "", found)) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_templates_have_nothing_inline(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|hx-on|javascript:|hx-vals=.js:", text)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", text))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_forms_that_write_carry_their_token(path: Path) -> None:
    for form in re.findall(r'<form[^>]*method="post".*?</form>', path.read_text(encoding="utf-8"), re.S):
        assert "{% csrf_token %}" in form


def test_a_definition_is_a_page_without_script_and_a_part_with_it() -> None:
    whole, part = page("/definitions/revenue"), Client().get("/definitions/revenue", headers={"HX-Request": "true"}).content.decode()
    assert "<html" in whole and "营业收入" in whole
    assert "<html" not in part and "营业收入" in part


def test_an_unknown_definition_is_the_page_of_nothing() -> None:
    found = Client().get("/definitions/nothing-of-this-name")
    assert found.status_code == 404 and "没有这一页" in found.content.decode()


def test_health_says_what_works_and_no_more() -> None:
    found = Client().get("/health")
    state = found.json()
    assert found.status_code == 200 and set(state) >= {"ok", "database", "queue", "disk"} and all(type(value) is bool for value in state.values())


def test_todos_need_a_login() -> None:
    assert Client().get("/todos").status_code == 401


def test_an_unknown_address_is_told_in_the_frame() -> None:
    found = Client().get("/no/such/page")
    assert found.status_code == 404 and 'class="bar"' in found.content.decode()


def test_every_answer_forbids_what_is_inline_and_from_elsewhere() -> None:
    found = Client().get("/")
    policy = found.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
    assert found.headers["Referrer-Policy"] == "same-origin" and found.headers["Cache-Control"] == "no-store"


def test_each_request_has_a_number_of_its_own() -> None:
    one, two = (Client().get("/health").headers["X-Request-ID"] for _ in range(2))
    assert re.fullmatch("[0-9a-f]{16}", one) and one != two


def test_the_choice_of_language_is_kept() -> None:
    client = Client()
    client.get("/?lang=en")
    assert client.get("/").headers["Content-Language"] == "en"


def test_the_language_of_a_request_ends_with_it() -> None:
    spoken: list[str] = []

    def respond(request: HttpRequest) -> HttpResponse:
        spoken.append(language())
        return HttpResponse()

    Speak(respond)(request_of("/?lang=en"))
    assert (spoken, language()) == (["en"], "zh")


def test_the_language_ends_also_where_the_view_fails() -> None:
    def respond(request: HttpRequest) -> HttpResponse:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        Speak(respond)(request_of("/?lang=en"))
    assert language() == "zh"


def test_an_unknown_language_is_chinese() -> None:
    assert Client().get("/?lang=xx").headers["Content-Language"] == "zh-Hans"


@pytest.mark.parametrize(
    ("error", "status"),
    [(NotVisible(), 404), (NeedsLogin(), 401), (Refused("已经裁定。", "Already decided."), 409), (Invalid({"staff": "应为整数"}), 422), (KeqiaoError("读不了", "cannot read"), 422)],
)
def test_expected_errors_are_pages_with_their_status(error: KeqiaoError, status: int) -> None:
    found = Problems(lambda request: HttpResponse()).process_exception(request_of(), error)
    assert found.status_code == status and 'class="bar"' in found.content.decode()


def test_for_htmx_a_problem_is_the_sentence_alone() -> None:
    found = errors.told(request_of(headers={"HX-Request": "true"}), Refused("已经裁定。", "Already decided."))
    text = found.content.decode()
    assert found.status_code == 409 and found.headers["KQ-Problem"] == "1" and "已经裁定。" in text and "<html" not in text


def test_our_own_mistake_is_told_with_a_number_that_the_log_has(caplog: pytest.LogCaptureFixture) -> None:
    found = Problems(lambda request: HttpResponse()).process_exception(request_of(), RuntimeError("secret detail"))
    text = found.content.decode()
    number = re.search("编号 ([0-9A-F]{4})", text)
    assert found.status_code == 500 and number is not None and f"problem {number[1]}" in caplog.text
    assert "secret detail" not in text


def test_the_api_tells_its_problems_itself() -> None:
    assert Problems(lambda request: HttpResponse()).process_exception(request_of("/api/v1/x"), RuntimeError()) is None


def test_what_was_typed_outlives_the_session_but_secrets_do_not() -> None:
    request = request_of("/own/facts", "post", data={"staff": "180", "password": "x", "csrfmiddlewaretoken": "t"})
    assert errors.carried(request) == [("staff", "180")]


def test_an_expired_form_offers_what_was_typed() -> None:
    found = errors.csrf_failed(request_of("/own/facts", "post", data={"staff": "1 & 2"})).content.decode()
    assert "表单已过期" in found and 'name="staff" value="1 &amp; 2"' in found


def test_headers_do_not_replace_what_an_answer_says_itself() -> None:
    def respond(request: HttpRequest) -> HttpResponse:
        return HttpResponse(headers={"Cache-Control": "private, max-age=60"})

    assert Headers(respond)(request_of()).headers["Cache-Control"] == "private, max-age=60"


@pytest.mark.parametrize("role", list(Role))
def test_every_role_has_a_navigation_whose_pages_exist(role: Role) -> None:
    urls = [entry.url for _, entries in navigation.shown(role, "/") for entry in entries]
    assert len(urls) == len(set(urls)) and role in navigation.NAVIGATION


def test_at_most_one_entry_is_the_present_one() -> None:
    entries = [entry for _, part in navigation.shown(Role.AUTHORITY, "/enterprises/7/facts") for entry in part if entry.current]
    assert len(entries) <= 1


def test_a_visitor_has_nothing_to_do() -> None:
    source = todo.register(lambda actor: [todo.Todo("x", "/")])
    try:
        assert todo.count(Actor()) == 0 and len(todo.todos(Actor())) >= 1
    finally:
        todo._sources.remove(source)


def test_the_bar_names_the_seat_and_offers_the_others(member: Callable[..., Any], logged_in: Callable[..., Client], town: dict[str, Any]) -> None:
    first = member("authority", office=town["first_office"])
    Membership.objects.create(user=first.user, role="authority", office=town["second_office"], state="active")
    found = logged_in(first).get("/todos").content.decode()
    assert str(town["first_office"]) in found and str(town["second_office"]) in found
    assert "切换身份，当前" in found and found.count('aria-current="true"') == 1


def test_the_todo_page_of_someone_with_nothing_to_do_says_so(member: Callable[..., Any], logged_in: Callable[..., Client]) -> None:
    found = logged_in(member("analyst")).get("/todos")
    assert found.status_code == 200 and "没有待办" in found.content.decode()


def test_single_keys_are_off_until_switched_on(member: Callable[..., Any], logged_in: Callable[..., Client]) -> None:
    made = member("analyst")
    before = logged_in(made).get("/todos").content.decode()
    made.user.preferences = {"keys": True}
    made.user.save()
    assert "data-keys" not in before and "data-keys" in logged_in(made).get("/todos").content.decode()
