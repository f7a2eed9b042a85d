"""The hidden fields that carry a form over a login, so that the page needs nothing but the request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.http import HttpRequest
from django.template import Context

from keqiao.errors import say
from keqiao.platform.accounts.keeping import keep, safe_next
from keqiao.platform.accounts.limits import limits

register = template.Library()
_OWN = ("accounts:login", "accounts:prove", "accounts:verify")


@register.inclusion_tag("accounts/parts/kept.html", takes_context=True)
def kept_form(context: Context) -> Mapping[str, Any]:
    """``next`` and ``kept`` as hidden fields with a sentence.

    On the login page itself they are what was sent to it; anywhere else this page is next and its form is kept.
    """
    request: HttpRequest = context["request"]
    match = request.resolver_match
    if match is not None and match.view_name in _OWN:
        kept, address, lost = request.POST.get("kept", ""), safe_next(request), False
    else:
        kept, address = keep(request), request.get_full_path() if request.method == "GET" else ""
        lost = request.method == "POST" and not kept
    return {"kept": kept, "next": address, "lost": lost, "files": bool(request.FILES) if request.method == "POST" else False}


@register.simple_tag(takes_context=True)
def ended(context: Context) -> str:
    """Why the session ended, as a sentence; empty where none did."""
    rules = limits()
    return {
        "idle": say(f"{rules.idle_minutes} 分钟没有操作，已退出登录。", f"You were logged out after {rules.idle_minutes} idle minutes."),
        "absolute": say(
            f"一次登录最长 {rules.absolute_hours} 小时，已退出登录。", f"A login lasts {rules.absolute_hours} hours at most; you were logged out."
        ),
    }.get(getattr(context["request"], "expired", ""), "")
