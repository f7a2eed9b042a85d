"""What was typed into a form whose session had ended: kept, sealed, in the login form itself, and offered again.

Nothing of it is stored on the server before the login. The text is encrypted (Fernet, a key drawn from the site's
secret), so that whoever finds the login page open reads nothing, and it names the user who typed it, so that nobody
else sends it. Files and passwords are not kept.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from keqiao.platform.accounts.limits import limits
from keqiao.platform.clock import now

_SECRET = frozenset({"csrfmiddlewaretoken", "password", "again", "old", "new", "kept"})
_HOURS = 8


@dataclass(frozen=True, slots=True)
class Kept:
    """A form that waits: the address it goes to, its fields, whose it is (0: unknown), and names of files left out."""

    path: str
    fields: tuple[tuple[str, str], ...]
    user: int = 0
    files: tuple[str, ...] = ()


def keep(request: HttpRequest) -> str:
    """The form of this request as sealed text; empty where there is none to keep or it is too large.

    Only what passed the check against forged requests is kept: otherwise another site could have its own text sent
    by the user's hand.
    """
    if request.method != "POST" or not getattr(request, "csrf_processing_done", False):
        return ""
    fields = [(name, value) for name, values in request.POST.lists() for value in values if name not in _SECRET]
    files = [file.name for name in request.FILES for file in request.FILES.getlist(name)]
    if not fields and not files:
        return ""
    user = getattr(request, "expired_user", 0) or (request.user.pk if request.user.is_authenticated else 0)
    return seal(Kept(request.get_full_path(), tuple(fields), user or 0, tuple(str(name) for name in files)))


def seal(kept: Kept) -> str:
    """Encrypt; empty where it is larger than the limit."""
    raw = json.dumps([kept.path, kept.fields, kept.user, kept.files], ensure_ascii=False, separators=(",", ":")).encode()
    if len(raw) > limits().kept_kilobytes * 1024:
        return ""
    return _cipher().encrypt_at_time(raw, int(now().timestamp())).decode()


def unseal(text: str, user: int) -> Kept | None:
    """What was kept; None where the text is not ours, older than eight hours, or another user's."""
    if not text:
        return None
    try:
        raw = _cipher().decrypt_at_time(text.encode(), _HOURS * 3600, int(now().timestamp()))
    except (InvalidToken, UnicodeEncodeError):
        return None
    path, fields, owner, files = json.loads(raw)
    if owner and owner != user:
        return None
    return Kept(path, tuple((name, value) for name, value in fields), owner, tuple(files))


def safe_next(request: HttpRequest, default: str = "/start") -> str:
    """The address in ``next`` where it is one of this site, else ``default``, by itself the role's first page."""
    found = request.POST.get("next") or request.GET.get("next") or ""
    fine = found.startswith("/") and url_has_allowed_host_and_scheme(found, {request.get_host()}, require_https=request.is_secure())
    return found if fine else default


def next_query(address: str) -> str:
    """``?next=…`` for a link, empty for the home page."""
    return f"?next={quote(address, safe='/')}" if address and address != "/" else ""


def _cipher() -> Any:
    derived = HKDF(hashes.SHA256(), 32, None, b"keqiao kept form").derive(settings.SECRET_KEY.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
