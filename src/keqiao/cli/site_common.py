"""What the commands of the site share: the libraries, the open site, the list of checks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from keqiao.cli.common import USAGE, fail, out, told
from keqiao.errors import say

if TYPE_CHECKING:
    from keqiao.platform.home import Home
    from keqiao.platform.operating.checks import Check

#: Modules of the extra; where one of ours is missing the error is our own and is not hidden.
_EXTRA = ("django", "ninja", "django_htmx", "django_otp", "js_lib_bootstrap5", "argon2", "cryptography", "waitress", "whitenoise", "pypdf", "segno", "psycopg")
_LOOKS = {"good": ("√", "green"), "doubt": ("!", "yellow"), "bad": ("×", "red")}


@contextmanager
def platform() -> Iterator[None]:
    """Imports of the site; says which extra to install where its libraries are missing."""
    try:
        yield
    except ModuleNotFoundError as error:
        name = (error.name or "").split(".")[0]
        if name not in _EXTRA:
            raise
        extra = "postgres" if name == "psycopg" else "platform"
        command = f"pip install 'keqiao[{extra}]'"
        raise fail(say(f"站点用的库没有安装（缺 {name}）；运行 {command}", f"the site's libraries are not installed ({name} is missing); run {command}"), USAGE) from None


def opened() -> Home:
    """The site in KEQIAO_HOME with Django set up; ends with a sentence where there is none."""
    with platform(), told():
        from keqiao.platform.operating.starting import ready

        return ready()


def show_checks(checks: Sequence[Check]) -> None:
    """A line a check: a sign, what was looked at, what was found."""
    for check in checks:
        sign, colour = _LOOKS[check.state]
        out().print(f"{sign} {check.name}：{check.told}" if say("zh", "en") == "zh" else f"{sign} {check.name}: {check.told}", style=colour if check.state != "good" else "", markup=False)
