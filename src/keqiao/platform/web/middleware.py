"""What happens around every request: headers, language, and problems as pages."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils import translation

from keqiao.errors import KeqiaoError, Language, language, use_language
from keqiao.platform.web import errors

Respond = Callable[[HttpRequest], HttpResponseBase]

LANGUAGE_COOKIE = "kq_lang"
_YEAR = 365 * 24 * 3600

#: Nothing from elsewhere and nothing inline; drawings in style sheets are ``data:`` images.
POLICY = "; ".join(
    (
        "default-src 'self'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "font-src 'self'",
        "connect-src 'self'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'", "object-src 'none'",
    )
)  # fmt: skip
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Headers:
    """Security headers on every answer, and a number by which a request is found in the log."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Number the request, answer it, and set what the answer does not set itself."""
        request.request_id = secrets.token_hex(8)  # type: ignore[attr-defined]
        response = self.respond(request)
        response.headers["X-Request-ID"] = request.request_id  # type: ignore[attr-defined]
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        if response.headers.get("Content-Type", "").startswith("text/html"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response


def wanted_language(request: HttpRequest) -> Language:
    """The language that the address names, else the cookie's, else Chinese."""
    for found in (request.GET.get("lang"), request.COOKIES.get(LANGUAGE_COOKIE)):
        if found in ("zh", "en"):
            return "en" if found == "en" else "zh"
    return "zh"


class Speak:
    """Sets the language of the request, for our texts and for Django's own messages."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Speak one language while the answer is made, then what was spoken before."""
        before, chosen = language(), wanted_language(request)
        use_language(chosen)
        request.language = chosen  # type: ignore[attr-defined]
        try:
            with translation.override("en" if chosen == "en" else "zh-hans"):
                response = self.respond(request)
        finally:
            use_language(before)
        if request.GET.get("lang") == chosen and request.COOKIES.get(LANGUAGE_COOKIE) != chosen:
            response.set_cookie(LANGUAGE_COOKIE, chosen, max_age=_YEAR, samesite="Lax", secure=request.is_secure(), httponly=True)
        response.headers.setdefault("Content-Language", "en" if chosen == "en" else "zh-Hans")
        return response


class Problems:
    """Turns what a view raises into a page or, for htmx, into the sentence alone."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer; `process_exception` is called by Django where a view raises."""
        return self.respond(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> Any:
        """A response for every exception but those of the API, which speaks for itself."""
        if request.path.startswith("/api/"):
            return None
        if isinstance(error, KeqiaoError):
            return errors.told(request, error)
        if isinstance(error, Http404):
            return errors.not_found(request, error)
        if isinstance(error, PermissionDenied):
            return errors.forbidden(request, error)
        return errors.broken(request, error)
