"""API tokens: made, found, rotated, revoked. The text is ``kq_PREFIX_SECRET``; only SHA-256 of the secret is kept."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets
from collections.abc import Sequence

from keqiao.errors import say
from keqiao.platform.accounts.access import check_proved, is_open, token_scopes
from keqiao.platform.accounts.limits import limits
from keqiao.platform.accounts.models import ApiToken
from keqiao.platform.actor import Actor
from keqiao.platform.audit.services import written
from keqiao.platform.clock import now
from keqiao.platform.errors import Invalid, NotAllowed, Refused

_NOBODY = hashlib.sha256(b"").hexdigest()


def make_token(actor: Actor, name: str, scopes: Sequence[str], days: int) -> tuple[ApiToken, str]:
    """A new token of the actor's membership and its text, which is shown once. Raises `Invalid`."""
    check_proved(actor)
    if actor.membership is None:
        raise NotAllowed("先选择一个身份。", "Choose a membership first.")
    wrong: dict[str, str] = {}
    if not name.strip():
        wrong["name"] = say("写上用途，例如“数据交换”", "Say what for, such as data exchange")
    known = token_scopes(actor.role)
    if not scopes or not set(scopes) <= set(known):
        wrong["scopes"] = say("至少选一项本身份可用的权限", "Choose at least one scope of this role")
    longest = limits().token_days
    if not 1 <= days <= longest:
        wrong["days"] = say(f"有效期为 1 到 {longest} 天", f"A token is valid for 1 to {longest} days")
    if wrong:
        raise Invalid(wrong)
    with written(actor, "account:token:create", scopes=sorted(scopes), days=days) as event:
        token, text = _new(name.strip(), actor.membership.pk, sorted(scopes), now() + dt.timedelta(days=days))
        event.object = token
    return token, text


def rotate_token(actor: Actor, token: ApiToken) -> tuple[ApiToken, str]:
    """A token in place of another, with the same name, scopes and span; the old one works for a week more at most."""
    check_proved(actor)
    with written(actor, "account:token:rotate", token) as event:
        old = ApiToken.objects.select_for_update().get(pk=token.pk)
        if old.revoked_at is not None or old.expires_at <= now():
            raise Refused("这个凭证已失效，新建一个。", "This token is no longer valid; make a new one.")
        if ApiToken.objects.filter(replaces=old).exists():
            raise Refused("这个凭证已轮换过。", "This token has been rotated already.")
        span = min(old.expires_at - old.created_at, dt.timedelta(days=limits().token_days))
        made, text = _new(old.name, old.membership_id, old.scopes, now() + span, old)
        old.expires_at = min(old.expires_at, now() + dt.timedelta(days=limits().token_overlap_days))
        old.save(update_fields=["expires_at"])
        event.detail["new_token"] = made.pk
    return made, text


def revoke_token(actor: Actor, token: ApiToken) -> None:
    """A token stops at once."""
    with written(actor, "account:token:revoke", token):
        if not ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=now()):
            raise Refused("这个凭证已撤销。", "This token has been revoked already.")


def find_token(text: str) -> ApiToken | None:
    """The valid token of a text, with its membership and user; None for every other text.

    Valid: known, its secret right (compared in constant time, also where the prefix is unknown), neither expired nor
    revoked, and its membership, user and body in force.
    """
    head, _, rest = text.partition("_")
    prefix, _, secret = rest.partition("_")
    found = None
    if head == "kq" and len(prefix) <= 12:
        related = ("membership__user", "membership__office", "membership__institution", "membership__enterprise")
        found = ApiToken.objects.select_related(*related).filter(prefix=prefix).first()
    matches = hmac.compare_digest(hashlib.sha256(secret.encode()).hexdigest(), found.secret_hash if found else _NOBODY)
    if found is None or not matches or found.revoked_at is not None or found.expires_at <= now():
        return None
    return found if is_open(found.membership) else None


def mark_used(token: ApiToken) -> None:
    """Note the use of a token; written at most once a minute."""
    if token.last_used is None or now() - token.last_used > dt.timedelta(minutes=1):
        ApiToken.objects.filter(pk=token.pk).update(last_used=now())


def _new(name: str, membership: int, scopes: list[str], until: dt.datetime, replaces: ApiToken | None = None) -> tuple[ApiToken, str]:
    prefix, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    made = ApiToken.objects.create(
        name=name[:80], prefix=prefix, secret_hash=hashlib.sha256(secret.encode()).hexdigest(),
        membership_id=membership, scopes=scopes, expires_at=until, replaces=replaces,
    )  # fmt: skip
    return made, f"kq_{prefix}_{secret}"
