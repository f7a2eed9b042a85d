"""One shape for every error, in the caller's language."""

from __future__ import annotations

from typing import Any

import pytest

from keqiao.platform.api import throttling
from keqiao.platform.api.errors import KINDS, MEDIA_TYPE

_KEYS = {"type", "title", "status", "detail", "instance", "request_id", "errors"}


def _checked(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == MEDIA_TYPE
    found = answer.json()
    assert set(found) == _KEYS
    assert found["status"] == status
    assert found["type"] == f"urn:keqiao:problem:{KINDS[status][0]}"
    assert found["detail"]
    return dict(found)


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("get", "/nowhere", None, 404),
        ("get", "/", None, 404),
        ("get", "/catalogue/rules/none.such", None, 404),
        ("post", "/catalogue/rules", {}, 405),
        ("get", "/catalogue/rules?limit=1000", None, 422),
        ("get", "/catalogue/rules?as_of=yesterday", None, 422),
        ("get", "/catalogue/rules?cursor=%21%21", None, 422),
        ("get", "/catalogue/rules/cn.tech_sme/sql?dialect=oracle", None, 422),
        ("get", "/runs", None, 401),
    ],
)  # fmt: skip
def test_every_error_has_the_shape(method: str, path: str, body: Any, status: int, anonymous: Any, db: None) -> None:
    _checked(anonymous(method, path, body), status)


def test_a_body_that_is_no_json_is_refused(officer: Any, caller: Any) -> None:
    call = caller(officer)
    for body in ("{", '{"rule": "a", "rule": "b", "facts": {}}', '{"rule": "cn.tech_sme", "facts": {"x": NaN}}', "[" * 100_000):
        _checked(call("post", "/explain", body), 400)


def test_a_wrong_body_says_where(officer: Any, caller: Any) -> None:
    found = _checked(caller(officer)("post", "/explain", {"rule": "cn.tech_sme", "fact": {}}), 422)
    assert {tuple(one["loc"])[-1] for one in found["errors"]} == {"facts", "fact"}


def test_a_wrong_fact_is_a_sentence(officer: Any, caller: Any) -> None:
    found = _checked(caller(officer)("post", "/explain", {"rule": "cn.tech_sme", "facts": {"职工人数": "九十六"}}), 422)
    assert "职工人数" in found["detail"]


def test_the_language_is_the_callers(anonymous: Any, db: None) -> None:
    assert anonymous("get", "/nowhere").json()["title"] == "没有，或者不能看"
    for accepted in ("en", "en-GB,en;q=0.9", "fr, en;q=0.5, zh;q=0.1"):
        answer = anonymous("get", "/nowhere", Accept_Language=accepted)
        assert answer.json()["title"] == "Not found"
        assert answer.headers["Content-Language"] == "en"


def test_the_limit_is_told_with_the_time_to_wait(anonymous: Any, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(throttling._DEFAULTS, "address_per_minute", 2)
    assert [anonymous("get", "/catalogue/vocabulary").status_code for _ in range(3)] == [200, 200, 429]
    refused = anonymous("get", "/catalogue/vocabulary")
    _checked(refused, 429)
    assert 1 <= int(refused.headers["Retry-After"]) <= 60


def test_wrong_tokens_are_limited_by_address(calling: Any, officer: Any, token: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(throttling._DEFAULTS, "wrong_per_minute", 3)
    text = token(officer)
    wrong = calling("kq_000000000000_guess")
    assert [wrong("get", "/runs").status_code for _ in range(4)] == [401, 401, 401, 429]
    assert calling(text)("get", "/runs").status_code == 429


def test_a_bucket_fills_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(throttling._DEFAULTS, "token_per_minute", 60)
    time = [0.0]
    bucket = throttling.Buckets("token_per_minute", lambda: time[0])
    assert [bucket.take("a") for _ in range(61)] == [0] * 60 + [1]
    assert bucket.take("b") == 0
    time[0] += 1
    assert [bucket.take("a"), bucket.take("a")] == [0, 1]


def test_a_mistake_of_ours_tells_a_number_alone(anonymous: Any, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from keqiao.platform.api.routers import catalogue

    def broken(*_: Any) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(catalogue.queries, "find_rules", broken)
    answer = anonymous("get", "/catalogue/rules")
    found = _checked(answer, 500)
    assert "secret" not in answer.content.decode()
    assert "编号" in found["detail"]
