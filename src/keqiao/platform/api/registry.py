"""Which operation is which act, and which scope of a token it needs; the isolation tests read `ACTS`."""

from __future__ import annotations

from typing import Any

from keqiao.platform.api.auth import Bearer
from keqiao.platform.api.throttling import Limit
from keqiao.platform.permissions import Act

#: operation id to the act that it is
ACTS: dict[str, Act] = {}
#: operation id to the scope that a token needs; empty where no token is needed
SCOPES: dict[str, str] = {}


def declared(operation_id: str, act: Act, scope: str = "") -> dict[str, Any]:
    """The arguments of a route: its id, its act, who may call it, and the limit of requests.

    Without a scope the operation is open to anyone. Raises ValueError for an id that is declared twice, and for an
    operation without scope whose act is not public.
    """
    if operation_id in ACTS:
        raise ValueError(f"{operation_id} is declared twice")
    if not scope and act is not Act.PUBLIC:
        raise ValueError(f"{operation_id} needs a scope")
    ACTS[operation_id], SCOPES[operation_id] = act, scope
    return {
        "operation_id": operation_id,
        "auth": Bearer(act, scope) if scope else None,
        "throttle": [Limit()],
        "openapi_extra": {"x-act": act.tag, "x-scope": scope},
    }
