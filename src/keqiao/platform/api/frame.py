"""Around every answer of the interface: its language, its headers, and problems also where no operation was found."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import parse_accept_lang_header

from keqiao.errors import Language, language, say, use_language
from keqiao.platform.api import errors
from keqiao.platform.permissions import Act

View = Callable[..., HttpResponseBase]


def wanted_language(request: HttpRequest) -> Language:
    """The first of Chinese and English that the caller accepts; Chinese where neither."""
    for name, _ in parse_accept_lang_header(request.headers.get("Accept-Language", "")[:200]):
        if name.split("-")[0] in ("zh", "en"):
            return "en" if name.startswith("en") else "zh"
    return "zh"


def framed(view: View, act: Act | None = None) -> View:
    """The view in the caller's language, with problems as JSON; ``act`` is marked on it for the tests that walk URLs."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        before, chosen = language(), wanted_language(request)
        use_language(chosen)
        try:
            with translation.override("en" if chosen == "en" else "zh-hans"):
                response = _answered(view, request, args, kwargs)
        finally:
            use_language(before)
        response.headers["Content-Language"] = "en" if chosen == "en" else "zh-Hans"
        response.headers.setdefault("Cache-Control", "no-store")
        patch_vary_headers(response, ("Accept-Language", "Authorization"))
        return response

    answer.csrf_exempt = True  # type: ignore[attr-defined]
    if act is not None:
        answer.act = act  # type: ignore[attr-defined]
    return answer


def _answered(view: View, request: HttpRequest, args: Any, kwargs: Any) -> HttpResponseBase:
    try:
        response = view(request, *args, **kwargs)
    except Exception as error:
        return errors.told(request, error)
    if response.status_code == 405 and response.headers.get("Content-Type") != errors.MEDIA_TYPE:
        allowed = response.headers.get("Allow", "")
        detail = say(f"这个地址只能用 {allowed}。", f"This address takes {allowed}.")
        return errors.problem(request, 405, detail, headers={"Allow": allowed})
    return response


def unknown(request: HttpRequest, rest: str = "") -> HttpResponseBase:
    """Every address that no operation has."""
    raise Http404
