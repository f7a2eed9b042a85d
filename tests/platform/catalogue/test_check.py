"""The self-check: a question a page, answers in the form alone, the result with reasons; nothing is stored."""

from __future__ import annotations

import io
import logging
import re
from typing import Any

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from keqiao.platform.audit.models import Event
from keqiao.platform.catalogue import asking
from keqiao.platform.catalogue.shipped import packs

pytestmark = pytest.mark.django_db

RULE = "cn.tech_sme"
ANSWERS = {
    "total_assets": "8000", "employees": "96", "revenue": "8000", "rd_expense": "460", "tech_staff": "20", "total_costs": "7000",
}  # fmt: skip


class Visitor:
    """A browser without scripts: remembers nothing but the page it shows."""

    def __init__(self, rule: str = RULE, language: str = "zh") -> None:
        self.client, self.rule = Client(), rule
        self.url = reverse("catalogue:check_rule", args=[rule])
        self.show(self.client.get(self.url, {"lang": language}))

    def show(self, answer: Any) -> None:
        self.answer, self.text = answer, answer.content.decode()

    def field(self, name: str) -> str:
        found = re.search(rf'name="{name}" value="([^"]*)"', self.text)
        return found[1] if found else ""

    def post(self, **data: Any) -> None:
        self.show(self.client.post(self.url, {"state": self.field("state"), "key": self.field("key"), **data}))

    def say(self, value: Any) -> None:
        self.post(act="answer", value=value)

    @property
    def key(self) -> str:
        return self.field("key")

    @property
    def h1(self) -> str:
        found = re.search(r"<h1[^>]*>(.*?)</h1>", self.text, re.S)
        return re.sub(r"<[^>]+>", "", found[1]).strip() if found else ""

    def go_on(self, **other: Any) -> int:
        """Answer as a company that meets everything would; how many pages there were."""
        pages = 0
        while self.key:
            pages += 1
            assert pages < 60
            answer = {**ANSWERS, **other}.get(self.key)
            if answer is not None:
                self.say(answer)
            elif 'type="checkbox"' in self.text:
                self.say("无")
            elif 'value="是"' in self.text:
                self.say("否" if "title." in self.key else "是")
            else:
                self.post(act="skip")
        return pages


def test_the_choice_names_every_rule_that_can_be_asked() -> None:
    text = Client().get(reverse("catalogue:check")).content.decode()
    for id in packs():
        found = reverse("catalogue:check_rule", args=[id]) in text
        assert found == (asking.length(id) is not None)
    assert "不是信用评分" in text.replace("也", "")


@pytest.mark.parametrize("id", [id for id in packs() if asking.length(id) is not None])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_rule_is_asked_to_its_end(id: str, language: str) -> None:
    visitor = Visitor(id, language)
    for _ in range(60):
        assert visitor.answer.status_code == 200
        assert visitor.text.count("<h1") == 1
        if not visitor.key:
            break
        visitor.post(act="skip")
    assert 'class="verdict' in visitor.text


def test_it_stops_as_soon_as_the_outcome_is_certain() -> None:
    visitor = Visitor()
    pages = visitor.go_on(employees="501")
    assert "不符合" in visitor.h1
    assert pages < (asking.length(RULE) or 0)
    assert "怎么答都不会改变结论" in visitor.text


def test_the_result_gives_margins_and_what_it_rests_on() -> None:
    visitor = Visitor()
    visitor.go_on(**{"title.hnte": "是"})
    assert visitor.h1 == "符合" or visitor.h1.endswith("符合")
    for words in ("余 404人", "余 1.2亿元", "国科发政〔2017〕115号", "待核", "不是信用评分", "您的答案没有被保存"):
        assert words in visitor.text.replace("也不是", "不是")


def test_what_was_skipped_is_told_as_missing() -> None:
    visitor = Visitor()
    while visitor.key:
        visitor.post(act="skip")
    assert "缺资料" in visitor.text
    assert "还缺什么" in visitor.text


def test_a_wrong_answer_is_told_and_kept() -> None:
    visitor = Visitor()
    while visitor.key != "employees":
        visitor.say(ANSWERS[visitor.key]) if visitor.key in ANSWERS else visitor.post(act="skip")
    visitor.say("九十六")
    assert visitor.answer.status_code == 422
    assert visitor.key == "employees"
    assert 'value="九十六"' in visitor.text
    assert 'role="alert"' in visitor.text
    assert "错误：" in visitor.text


def test_back_shows_the_question_before_with_its_answer() -> None:
    visitor = Visitor()
    first = visitor.key
    visitor.say(ANSWERS[first])
    assert visitor.key != first
    visitor.post(act="back")
    assert visitor.key == first
    assert f'value="{ANSWERS[first]}"' in visitor.text


def test_the_browsers_back_button_sends_the_same_form_and_shows_the_same_page() -> None:
    visitor = Visitor()
    sent = {"state": visitor.field("state"), "key": visitor.key, "act": "answer", "value": ANSWERS[visitor.key]}
    visitor.show(visitor.client.post(visitor.url, sent))
    key, shown = visitor.key, visitor.h1
    visitor.say(ANSWERS.get(key, "无"))
    visitor.show(visitor.client.post(visitor.url, sent))
    assert (visitor.key, visitor.h1) == (key, shown)


def test_an_answer_can_be_changed_from_the_result() -> None:
    visitor = Visitor()
    visitor.go_on(**{"title.hnte": "是"})
    visitor.post(act="change:employees")
    assert visitor.key == "employees"
    assert 'value="96"' in visitor.text
    visitor.say("501")
    assert "不符合" in visitor.h1


def test_the_echo_says_what_was_understood() -> None:
    visitor = Visitor()
    assert visitor.key in ("total_assets", "employees", "revenue")
    visitor.post(act="echo", value="460")
    assert visitor.text.startswith("即 4,600,000 元")


@pytest.mark.parametrize("spoil", ["change", "empty", "other", "old"])
def test_a_form_that_was_tampered_with_starts_again(spoil: str) -> None:
    visitor = Visitor()
    visitor.say(ANSWERS[visitor.key])
    state = visitor.field("state")
    if spoil == "change":
        state = state[:-2] + ("AA" if not state.endswith("AA") else "BB")
    elif spoil == "empty":
        state = ""
    elif spoil == "other":
        state = asking.seal(asking.start("cn.hnte"))
    else:
        state = signing.TimestampSigner(salt="another").sign("x")
    answer = visitor.client.post(visitor.url, {"state": state, "key": visitor.key, "act": "answer", "value": "1"})
    assert answer.status_code == 400
    assert "从头开始" in answer.content.decode()


def test_a_date_can_be_said_or_denied() -> None:
    visitor = Visitor()
    while 'name="no"' not in visitor.text:
        assert visitor.key
        visitor.say(ANSWERS[visitor.key]) if visitor.key in ANSWERS and visitor.key not in ("rd_expense", "tech_staff") else visitor.post(act="skip")
    key, state = visitor.key, visitor.field("state")
    visitor.post(no="否", value="2025-03-31")
    assert asking.opened(visitor.field("state"), RULE).answers[key] == "否"
    visitor.show(visitor.client.post(visitor.url, {"state": state, "key": key, "act": "answer", "value": "2025-03-31"}))
    assert asking.opened(visitor.field("state"), RULE).answers[key] == "2025-03-31"


def test_a_script_gets_the_sentence_where_the_form_cannot_be_read() -> None:
    visitor = Visitor()
    answer = visitor.client.post(visitor.url, {"state": "x"}, headers={"HX-Request": "true"})
    assert answer.status_code == 400
    assert answer.headers["KQ-Problem"] == "1"
    assert "从头开始" in answer.content.decode()


def test_an_unknown_question_is_not_there() -> None:
    visitor = Visitor()
    for act in ("answer", "skip"):
        assert visitor.client.post(visitor.url, {"state": visitor.field("state"), "key": "name", "act": act, "value": "1"}).status_code == 404


def test_nothing_is_stored_nor_logged(caplog: pytest.LogCaptureFixture) -> None:
    events, secret = Event.objects.count(), "8123.45"
    with caplog.at_level(logging.INFO):
        visitor = Visitor()
        visitor.say(secret)
        visitor.say("无")
    assert Event.objects.count() == events
    assert secret not in caplog.text
    assert not visitor.client.cookies.keys() - {"csrftoken", "kq_lang"}
    assert "no-store" in visitor.answer.headers["Cache-Control"]
    assert secret not in visitor.answer.request["PATH_INFO"] + visitor.answer.request.get("QUERY_STRING", "")


def test_the_workbook_has_conclusion_conditions_and_answers() -> None:
    visitor = Visitor()
    visitor.go_on(employees="501")
    answer = visitor.client.post(reverse("catalogue:check_book", args=[RULE]), {"state": visitor.field("state")})
    assert "no-store" in answer.headers["Cache-Control"]
    book = load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == ["条件", "得分", "您的回答", "口径说明"]
    cells = {str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value}
    assert {"职工不超过500人", "501 人", "不符合"} <= cells
    assert any("不是信用评分" in text for text in cells)


def test_an_illustrative_rule_says_so_all_the_way() -> None:
    visitor = Visitor("cn.innovation_points")
    assert "数字为演示自拟" in visitor.text
    while visitor.key:
        visitor.post(act="skip")
    assert "数字为演示自拟" in visitor.text


def test_a_rule_without_published_weights_cannot_be_asked() -> None:
    answer = Client().get(reverse("catalogue:check_rule", args=["zgc.pilot_points"]))
    assert answer.status_code == 422
    assert "权重没有公布" in answer.content.decode()


def test_no_get_address_takes_answers() -> None:
    client = Client()
    url = reverse("catalogue:check_rule", args=[RULE])
    plain, asked = client.get(url).content.decode(), client.get(url, {"state": "x", "value": "1"}).content.decode()
    assert re.findall(r"<h1.*?</h1>", plain, re.S) == re.findall(r"<h1.*?</h1>", asked, re.S)
    assert client.get(reverse("catalogue:check_book", args=[RULE])).status_code == 405
