"""``keqiao site create-admin``: the first users of a site."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from keqiao.cli.common import USAGE, LangOption, fail, out, told
from keqiao.cli.site_common import opened
from keqiao.errors import say

ROLES = {"system": ("系统管理员", "system administrator"), "security": ("安全管理员", "security administrator"), "auditor": ("审计管理员", "audit administrator")}


def add(app: typer.Typer) -> None:
    """Add the command."""
    app.command("create-admin", help=say("建一个管理员：系统、安全或审计（三者各一人，不能兼任）", "make an administrator: system, security or auditor, three persons"))(create_admin)


def create_admin(
    role: Annotated[str, typer.Option("--role", help=say("system、security 或 auditor", "system, security or auditor"))],
    username: Annotated[str, typer.Option("--username", help=say("登录名", "login name"))],
    name: Annotated[str, typer.Option("--name", help=say("姓名", "the person's name"))] = "",
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help=say("从标准输入读密码的一行", "read the password as one line of standard input"))
    ] = False,
    lang: LangOption = None,
) -> None:
    """Make an administrator; the password is typed twice and never an option, since others see a command's options."""
    if role not in ROLES:
        raise fail(say(f"--role “{role}”不对：应是 system、security 或 auditor", f"--role {role!r}: write system, security or auditor"), USAGE)
    opened()
    from keqiao.platform.accounts.services.users import create_admin as make

    password = _read(password_stdin)
    from keqiao.platform.errors import Invalid

    with told():
        try:
            made = make(username, password, role, name)
        except Invalid as problem:
            raise fail("；".join(problem.fields.values()) or str(problem)) from None
    out().print(
        say(f"建好{ROLES[role][0]}“{made.user.username}”；第一次登录时绑定动态码", f"made the {ROLES[role][1]} {made.user.username!r}; the first login sets up the second factor"),
        style="bold", markup=False,
    )  # fmt: skip


def _read(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise fail(say("这里不能输入密码；用 --password-stdin", "no password can be typed here; use --password-stdin"), USAGE)
    import getpass

    first = getpass.getpass(say("密码：", "password: "))
    if first != getpass.getpass(say("再输一次：", "again: ")):
        raise fail(say("两次输入不一样", "the two differ"))
    return first
