"""The description of the interface does not change by accident."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from keqiao.platform.api.api import api
from keqiao.platform.api.registry import SCOPES

SNAPSHOT = Path(__file__).with_name("openapi.json")


def _text() -> str:
    return json.dumps(api.get_openapi_schema(), ensure_ascii=False, indent=1, sort_keys=True, default=str) + "\n"


def test_the_description_is_as_recorded() -> None:
    """After a wanted change: KEQIAO_RENEW=1 python -m pytest tests/platform/api/test_openapi.py, then read the diff."""
    if os.environ.get("KEQIAO_RENEW") == "1":
        SNAPSHOT.write_text(_text(), "utf-8")
    assert SNAPSHOT.is_file(), "renew it: KEQIAO_RENEW=1 python -m pytest tests/platform/api/test_openapi.py"
    assert SNAPSHOT.read_text("utf-8") == _text(), "the interface changed; if wanted, renew the file with KEQIAO_RENEW=1 and read the diff"


def test_anyone_gets_it_without_redirect(anonymous: Any, db: None) -> None:
    answer = anonymous("get", "/openapi.json")
    assert answer.status_code == 200
    assert answer.json()["openapi"].startswith("3.1")


def test_no_float_leaves_or_enters() -> None:
    assert '"type": "number"' not in _text()


def test_every_operation_tells_its_errors_as_problems() -> None:
    for methods in api.get_openapi_schema()["paths"].values():
        for operation in methods.values():
            for status, answer in operation["responses"].items():
                if status >= "400":
                    assert list(answer["content"]) == ["application/problem+json"]


def test_the_page_lists_every_operation(anonymous: Any, db: None) -> None:
    page = anonymous("get", "/docs").content.decode()
    for address, methods in api.get_openapi_schema()["paths"].items():
        assert address in page
        assert all(f'id="{operation["operationId"]}"' in page for operation in methods.values())
    assert "<script>" not in page


def test_the_reference_names_every_operation_and_scope() -> None:
    reference = (Path(__file__).resolve().parents[3] / "docs" / "reference" / "api.zh.md").read_text("utf-8")
    for address in api.get_openapi_schema()["paths"]:
        assert address.removeprefix("/api/v1") in reference
    assert all(f"`{scope}`" in reference for scope in SCOPES.values() if scope)
