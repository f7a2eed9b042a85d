"""Whether a site can be served: each check is one line, good, doubtful or bad."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import stat
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.conf import settings
from django.db import DatabaseError, connection

from keqiao.errors import KeqiaoError, say
from keqiao.platform.audit import heads, triggers
from keqiao.platform.home import CONFIG, FOLDERS, Home
from keqiao.platform.operating.starting import unknown_migrations, waiting_migrations
from keqiao.platform.secrets import NAMES, secret_of

GOOD, DOUBT, BAD = "good", "doubt", "bad"
#: a chart needs one of these; the Debian package that has them
_FONTS, _PACKAGE = (":lang=zh-cn", "fonts-noto-cjk")
#: less room than this on the disk is said, in bytes
_ROOM = 1 << 30
#: the database's clock and ours may differ by this, in seconds
_DRIFT = 60


@dataclass(frozen=True)
class Check:
    """One check: ``state`` is good, doubt or bad; ``name`` what was looked at, ``told`` what was found."""

    state: str
    name: str
    told: str


Look = Callable[[Home], Iterator[Check]]


def run_checks(home: Home) -> list[Check]:
    """All checks, the database's only while it answers."""
    found = [check for look in (_configuration, _keys, _folders, _font, _deployment) for check in look(home)]
    database = list(_database(home))
    found += database
    if not any(check.state == BAD for check in database):
        found += [check for look in (_migrations, _triggers, _clock, _head) for check in look(home)]
    return found


def serves(checks: list[Check]) -> bool:
    """Whether nothing is bad."""
    return all(check.state != BAD for check in checks)


def database_refusal() -> KeqiaoError | None:
    """Why this database cannot be used: it does not answer, or its role goes round row security; None where it can.

    Raises nothing of its own; the connection stays open.
    """
    try:
        connection.ensure_connection()
    except DatabaseError as error:
        told = " ".join(str(error).split())
        return KeqiaoError(f"连不上数据库：{told}", f"the database does not answer: {told}")
    if connection.vendor != "postgresql":
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        name, superuser, bypass = cursor.fetchone()
    if superuser or bypass:
        zh, en = ("超级用户", "a superuser") if superuser else ("可绕过行级安全的角色（BYPASSRLS）", "a role with BYPASSRLS")
        return KeqiaoError(
            f"数据库角色“{name}”是{zh}，站点不用它运行；建一个普通角色：CREATE ROLE keqiao LOGIN PASSWORD '…'",
            f"the database role {name!r} is {en}; the site does not run as it. Make a plain one: CREATE ROLE keqiao LOGIN PASSWORD '…'",
        )
    return None


def _configuration(home: Home) -> Iterator[Check]:
    name = say("设置", "settings")
    mode = stat.S_IMODE((home.path / CONFIG).stat().st_mode)
    if mode & 0o077:
        yield Check(DOUBT, name, say(f"{CONFIG} 别人也能读（{mode:o}）；chmod 600", f"others may read {CONFIG} ({mode:o}); chmod 600"))
    if not home.demo and "*" in home.hosts:
        yield Check(BAD, name, say("正式模式下 hosts 不能有 *，写上域名", "hosts must not hold * in production; name the hosts"))
    else:
        kind = say("示例模式，只用于演示", "demo mode, for demonstration only") if home.demo else say("正式模式", "production mode")
        yield Check(DOUBT if home.demo else GOOD, name, f"{home.path} · {kind}")


def _keys(home: Home) -> Iterator[Check]:
    name = say("密钥", "keys")
    bad = False
    for key in NAMES:
        try:
            secret_of(home, key)
        except KeqiaoError as error:
            bad = True
            yield Check(BAD, name, str(error))
            continue
        mode = stat.S_IMODE((home.keys / key).stat().st_mode)
        if mode & 0o077 and os.name == "posix":
            bad = True
            yield Check(BAD, name, say(f"{home.keys / key} 别人也能读（{mode:o}）；chmod 600", f"others may read {home.keys / key} ({mode:o}); chmod 600"))
    if not bad:
        yield Check(GOOD, name, say(f"{len(NAMES)} 个，只有本用户能读", f"{len(NAMES)}, readable by this user only"))


def _folders(home: Home) -> Iterator[Check]:
    name, bad = say("文件夹", "folders"), False
    for folder in ("", *FOLDERS):
        path = home.path / folder
        if not path.is_dir() or not os.access(path, os.W_OK | os.X_OK):
            bad = True
            yield Check(BAD, name, say(f"写不进 {path}", f"cannot write into {path}"))
    free = shutil.disk_usage(home.path).free
    if not bad:
        room = f"{free / (1 << 30):.1f} GB"
        yield Check(DOUBT if free < _ROOM else GOOD, name, say(f"可写，磁盘余 {room}", f"writable, {room} left on the disk"))


def _font(home: Home) -> Iterator[Check]:
    name = say("中文字体", "Chinese font")
    program = shutil.which("fc-list")
    found = ""
    if program:
        found = subprocess.run([program, _FONTS, "family"], capture_output=True, text=True, check=False).stdout.strip()
    if found:
        yield Check(GOOD, name, found.splitlines()[0].split(",")[0])
    else:
        yield Check(DOUBT, name, say(f"没有找到；图表的汉字会是方框。Debian：apt install {_PACKAGE}", f"none found; charts will show boxes. Debian: apt install {_PACKAGE}"))


def _deployment(home: Home) -> Iterator[Check]:
    """Django's own checks; those of deployment in production mode."""
    from django.core.checks import ERROR, WARNING
    from django.core.checks import run_checks as django_checks

    name = say("Django 检查", "Django's checks")
    found = [m for m in django_checks(include_deployment_checks=not home.demo) if m.level >= WARNING and not m.is_silenced()]
    for message in found:
        yield Check(BAD if message.level >= ERROR else DOUBT, name, f"{message.id}: {' '.join(str(message.msg).split())}")
    if not found:
        yield Check(GOOD, name, say("没有问题", "nothing found"))


def _database(home: Home) -> Iterator[Check]:
    name = say("数据库", "database")
    refusal = database_refusal()
    if refusal is not None:
        yield Check(BAD, name, str(refusal))
        return
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA journal_mode")
            told = f"SQLite, {cursor.fetchone()[0]}, {settings.DATABASES['default']['NAME']}"
        else:
            cursor.execute("SHOW server_version")
            told = f"PostgreSQL {cursor.fetchone()[0].split()[0]}, {connection.settings_dict['NAME']}"
    yield Check(GOOD, name, told)


def _migrations(home: Home) -> Iterator[Check]:
    name = say("表结构", "tables")
    waiting, unknown = waiting_migrations(), unknown_migrations()
    if unknown:
        yield Check(BAD, name, say(f"数据库比程序新（{unknown[-1]}）；装上新版程序", f"the database is newer than the program ({unknown[-1]}); install the newer version"))
    elif waiting:
        yield Check(BAD, name, say(f"有 {len(waiting)} 个升级没有做；运行 keqiao site upgrade", f"{len(waiting)} migrations wait; run keqiao site upgrade"))
    else:
        yield Check(GOOD, name, say("与程序一致", "as this version wants them"))


def _triggers(home: Home) -> Iterator[Check]:
    name = say("审计触发器", "audit triggers")
    if triggers.installed(connection):
        yield Check(GOOD, name, say("在位", "in place"))
    else:
        yield Check(BAD, name, say("被去掉了；核对审计链后运行 keqiao site upgrade 装回", "gone; verify the chain, then keqiao site upgrade puts them back"))


def _clock(home: Home) -> Iterator[Check]:
    name = say("时钟", "clock")
    last = heads.last_time()
    here = dt.datetime.now(dt.UTC)
    if last is not None and (last - here).total_seconds() > _DRIFT:
        yield Check(DOUBT, name, say(f"比最后一条审计事件早（{last:%Y-%m-%d %H:%M} UTC）；校准时间", f"before the last audit event ({last:%Y-%m-%d %H:%M} UTC); set the time"))
        return
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            drift = abs((cursor.fetchone()[0] - dt.datetime.now(dt.UTC)).total_seconds())
        if drift > _DRIFT:
            yield Check(DOUBT, name, say(f"与数据库相差 {drift:.0f} 秒", f"differs from the database's by {drift:.0f} s"))
            return
    yield Check(GOOD, name, f"{here:%Y-%m-%d %H:%M} UTC")


def _head(home: Home) -> Iterator[Check]:
    name, stand = say("审计链头", "audit head"), heads.standing()
    # doubtful, not bad: a site that was put back on purpose must start so that it can be looked at
    yield Check(GOOD if stand.ok else DOUBT, name, say(f"第 {heads.head_now().number:,} 条", f"event {heads.head_now().number:,}") if stand.ok else str(stand))

