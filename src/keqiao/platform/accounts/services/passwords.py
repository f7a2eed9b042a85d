"""The rules of passwords: length, classes of signs, weak ones, names, the last five, age."""

from __future__ import annotations

import datetime as dt
from functools import cache

from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import CommonPasswordValidator

from keqiao.errors import say
from keqiao.platform.accounts.limits import limits
from keqiao.platform.accounts.models import PasswordHistory, User
from keqiao.platform.clock import now
from keqiao.platform.errors import Invalid

#: argon2 reads all of it; a limit only keeps requests small
LONGEST = 256


@cache
def _common() -> frozenset[str]:
    """Django's list of the 20,000 passwords used most."""
    return frozenset(CommonPasswordValidator().passwords)


def _classes(text: str) -> int:
    """How many of these occur: small letters, capitals, digits, anything else."""
    kinds = (str.islower, str.isupper, str.isdigit)
    known = sum(any(kind(sign) for sign in text) for kind in kinds)
    return known + any(not any(kind(sign) for kind in kinds) for sign in text)


def _is_weak(text: str) -> bool:
    """Whether the text, also without the signs at its end, is among the passwords used most, or repeats few signs."""
    low = text.lower()
    return low in _common() or low.rstrip("0123456789!@#$%^&*.-_?") in _common() or len(set(low)) < 5


def password_problems(text: str, user: User) -> list[str]:
    """What is wrong with a new password, as sentences in the current language; empty where nothing is."""
    rules, found = limits(), []
    if len(text) > LONGEST:
        found.append(say(f"密码最多 {LONGEST} 个字符。", f"A password has at most {LONGEST} characters."))
    kinds = _classes(text)
    if not ((len(text) >= rules.password_length and kinds >= 3) or (len(text) >= rules.phrase_length and kinds >= 2)):
        found.append(
            say(
                f"密码至少 {rules.password_length} 个字符并含小写、大写、数字、其他符号中的三类；"
                f"或至少 {rules.phrase_length} 个字符并含其中两类。",
                f"A password has at least {rules.password_length} characters of three kinds (small letters, capitals, digits, "
                f"other signs), or at least {rules.phrase_length} of two kinds.",
            )
        )
    if _is_weak(text):
        found.append(say("这个密码，或去掉末尾的数字和符号以后，太常见，很容易猜到。", "This password, or what is left without the digits and signs at its end, is too common."))
    if any(len(part) >= 2 and part.lower() in text.lower() for part in (user.username, user.name, user.username.partition("@")[0])):
        found.append(say("密码里不能有登录名或姓名。", "A password must not contain the login name or the name."))
    if user.pk is not None and _used_before(text, user):
        found.append(
            say(f"最近 {rules.password_history} 个密码不能再用。", f"The last {rules.password_history} passwords may not be used again.")
        )
    return found


def _used_before(text: str, user: User) -> bool:
    kept = PasswordHistory.objects.filter(user=user).order_by("-at", "-pk").values_list("encoded", flat=True)
    return any(check_password(text, encoded) for encoded in kept[: limits().password_history])


def check_password_rules(text: str, user: User, field: str = "password") -> None:
    """Raise `Invalid` with every rule that a new password breaks."""
    found = password_problems(text, user)
    if found:
        raise Invalid({field: " ".join(found)}, "密码不合规则。", "The password does not keep the rules.")


def set_password(user: User, text: str) -> None:
    """Save the user with a new password and keep its hash among the last ones; inside an open write."""
    user.set_password(text)
    user.password_changed_at = now()
    user.save()
    PasswordHistory.objects.create(user=user, encoded=user.password, at=now())
    kept = PasswordHistory.objects.filter(user=user).order_by("-at", "-pk").values_list("pk", flat=True)
    PasswordHistory.objects.filter(user=user).exclude(pk__in=list(kept[: limits().password_history])).delete()


def is_expired(user: User) -> bool:
    """Whether the password is older than the limit; one whose day of change is unknown is not."""
    changed = user.password_changed_at
    return changed is not None and now() - changed > dt.timedelta(days=limits().password_days)
