"""The second factor: time-based codes (RFC 6238) by django-otp, and recovery codes for one use each."""

from __future__ import annotations

import django_otp
import segno
from django.http import HttpRequest
from django.utils.safestring import SafeString, mark_safe
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from keqiao.errors import say
from keqiao.platform.accounts.access import check_proved
from keqiao.platform.accounts.models import LoginSession, User
from keqiao.platform.accounts.services import logins, sessions
from keqiao.platform.actor import Actor
from keqiao.platform.audit.services import written
from keqiao.platform.errors import Invalid, NotAllowed, NotVisible
from keqiao.platform.web.context import site_title

RECOVERY_CODES = 10


def has_factor(user: User) -> bool:
    """Whether the user has finished to set up a second factor."""
    return TOTPDevice.objects.filter(user=user, confirmed=True).exists()


def open_device(user: User) -> TOTPDevice:
    """The device that the user is setting up; made at the first call, the same until it is confirmed."""
    found = TOTPDevice.objects.filter(user=user, confirmed=False).first()
    return found or TOTPDevice.objects.create(user=user, name="totp", confirmed=False)


def address_of(device: TOTPDevice) -> str:
    """The ``otpauth`` address that a phone's program reads from the picture."""
    from urllib.parse import quote, urlencode

    issuer = site_title()
    values = {"secret": secret_of(device), "issuer": issuer, "algorithm": "SHA1", "digits": device.digits, "period": device.step}
    return f"otpauth://totp/{quote(issuer)}:{quote(device.user.get_username())}?{urlencode(values, quote_via=quote)}"


def secret_of(device: TOTPDevice) -> str:
    """The key as base32 for typing."""
    import base64

    return base64.b32encode(device.bin_key).decode().rstrip("=")


def picture_of(device: TOTPDevice) -> SafeString:
    """The address as a QR code, drawn in the page itself."""
    return mark_safe(segno.make(address_of(device), error="m").svg_inline(scale=4, border=4, light="#fff"))


def confirm(actor: Actor, request: HttpRequest, code: str) -> list[str]:
    """Finish the set-up with the first code: older devices end, the session is verified. The recovery codes, shown once."""
    user = _self(actor)
    check_proved(actor)
    with written(actor, "account:factor:enrol", user):
        device = TOTPDevice.objects.filter(user=user, confirmed=False).first()
        if device is None:
            raise NotVisible
        if not device.verify_token(_digits(code)):
            raise _wrong()
        TOTPDevice.objects.filter(user=user).exclude(pk=device.pk).delete()
        device.confirmed = True
        device.save()
        codes = _new_codes(user)
    _verified(request, device)
    return codes


def renew_codes(actor: Actor) -> list[str]:
    """Ten new recovery codes in place of the old ones, shown once."""
    user = _self(actor)
    check_proved(actor)
    if not has_factor(user):
        raise NotAllowed("先设置动态码。", "Set up the codes first.")
    with written(actor, "account:factor:codes", user):
        return _new_codes(user)


def verify(actor: Actor, request: HttpRequest, code: str) -> None:
    """Show the second factor after the password: a code of the phone or a recovery code.

    Raises `Invalid`; failures count towards the lock of the login name.
    """
    user = _self(actor)
    until = logins.locked_until(user.username)
    if until is not None:
        raise logins.locked(until)
    device = match(user, code)
    if device is None:
        failed = logins.fail(request, user.username, "factor")
        raise failed if logins.locked_until(user.username) else _wrong()
    with written(actor, "account:factor:verify", user, kind=device.model_label().split(".")[0]):
        logins.forgive(user.username)
    _verified(request, device)


def match(user: User, code: str) -> TOTPDevice | StaticDevice | None:
    """The device that accepts a code; a code is accepted once only."""
    text = _digits(code)
    for device in (*TOTPDevice.objects.filter(user=user, confirmed=True), *StaticDevice.objects.filter(user=user, confirmed=True)):
        found = django_otp.verify_token(user, device.persistent_id, text)
        if found is not None:
            return found
    return None


def remove(actor: Actor, user: User) -> None:
    """A security administrator takes away a lost second factor; the user sets up a new one. All sessions end."""
    check_proved(actor)
    if actor.user is not None and actor.user.pk == user.pk:
        raise NotAllowed("不能对自己做这一步。", "You may not do this to yourself.")
    with written(actor, "account:factor:remove", user) as event:
        for kind in (TOTPDevice, StaticDevice):
            kind.objects.filter(user=user).delete()
        event.detail["sessions_ended"] = sessions.drop_sessions(LoginSession.objects.filter(user=user))


def _verified(request: HttpRequest, device: TOTPDevice | StaticDevice) -> None:
    sessions.renew_key(request)
    django_otp.login(request, device)


def _new_codes(user: User) -> list[str]:
    StaticDevice.objects.filter(user=user).delete()
    device = StaticDevice.objects.create(user=user, name="recovery")
    codes = [StaticToken.random_token() for _ in range(RECOVERY_CODES)]
    StaticToken.objects.bulk_create(StaticToken(device=device, token=code) for code in codes)
    return codes


def _digits(code: str) -> str:
    return "".join(code.split()).replace("-", "").lower()[:16]


def _wrong() -> Invalid:
    return Invalid(
        {"code": say("动态码不对或已用过，等下一个再试。", "The code is wrong or used; wait for the next one.")},
        "动态码不对或已用过，等下一个再试。", "The code is wrong or used; wait for the next one.",
    )  # fmt: skip


def _self(actor: Actor) -> User:
    assert actor.user is not None, "the view asks for a login"
    return actor.user
