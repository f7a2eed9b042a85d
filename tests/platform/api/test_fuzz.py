"""Requests made up from the description: none breaks the site, every answer is as described."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from keqiao.platform.api import throttling
from keqiao.platform.api.api import api
from keqiao.platform.wsgi import application

SCHEMA = schemathesis.openapi.from_dict(api.get_openapi_schema())
SCHEMA.app = application
OPERATIONS = [found.ok() for found in SCHEMA.get_all_operations()]
CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_no_request_breaks_the_interface(operation: Any, town: Any, officer: Any, token: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in throttling._DEFAULTS:
        monkeypatch.setitem(throttling._DEFAULTS, name, 100_000)
    real = {"scheme": "uscc", "code": town["own"].code, "rule": "cn.tech_sme", **({"id": "cn.tech_sme"} if "catalogue" in operation.path else {})}
    headers = {"Authorization": f"Bearer {token(officer)}"}

    @settings(
        max_examples=20, derandomize=True, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(data=st.data())
    def run(data: Any) -> None:
        case = data.draw(operation.as_strategy())
        case.headers = {**(case.headers or {}), **headers}
        if data.draw(st.booleans()):  # what exists, so that more than 404 is seen
            case.path_parameters = {name: real.get(name, value) for name, value in (case.path_parameters or {}).items()}
            if isinstance(case.body, dict) and "rule" in case.body:
                case.body["rule"] = "cn.tech_sme"
        response = case.call()
        case.validate_response(response, checks=list(CHECKS))

    run()
