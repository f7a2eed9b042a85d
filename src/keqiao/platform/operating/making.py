"""Making a site: its folder, ``site.toml``, secrets, tables, places."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

from keqiao.errors import KeqiaoError
from keqiao.platform.home import CONFIG, FOLDERS, Home, database_settings, read_home
from keqiao.platform.secrets import make_secrets

_GUIDE = """\
# 科桥站点的设置，改后重启 keqiao site serve · settings of a Keqiao site; restart after a change
mode = "{mode}"  # production 或 or demo
title = {title}  # 页头的名称 the name in the header
hosts = {hosts}  # 浏览器里用的域名 names that browsers use
upload_limit_mb = 200  # 一次上传的上限 the most of one upload
{database}
[server]
host = "127.0.0.1"
port = 8000
threads = 8
workers-jobs = 1
trusted-proxy = ""  # TLS 代理的地址，如 "127.0.0.1" the TLS proxy's address
"""


def make_home(path: Path, *, demo: bool = False, database: str = "", title: str = "", hosts: tuple[str, ...] = ()) -> Home:
    """Write the folder with ``site.toml`` and secrets. Raises `KeqiaoError` where there is a site already."""
    if (path / CONFIG).exists():
        raise KeqiaoError(f"“{path}”里已有站点；要另建，换一个 KEQIAO_HOME", f"there is a site in {str(path)!r} already; set another KEQIAO_HOME")
    database_settings(Home(path, database=database))  # refuses a wrong address before anything is made
    if not database and (path / "site.sqlite3").exists():
        raise KeqiaoError(f"“{path}”里有数据库但没有 {CONFIG}；先移走或恢复", f"{str(path)!r} has a database but no {CONFIG}; move it away or restore")
    names = hosts or (("*",) if demo else ("127.0.0.1", "localhost"))
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in FOLDERS:
            (path / name).mkdir(mode=0o700, exist_ok=True)
        write_config(path, "demo" if demo else "production", title, names, database)
    except OSError as error:
        raise KeqiaoError(f"建不了“{path}”：{error}", f"cannot make {str(path)!r}: {error}") from None
    home = read_home(path)
    make_secrets(home)
    return home


def write_config(path: Path, mode: str, title: str, hosts: tuple[str, ...], database: str) -> None:
    """Write ``site.toml``, readable by its owner only, since a database address may hold a password."""
    line = f"database = {_text(database)}\n" if database else ""
    listed = "[" + ", ".join(map(_text, hosts)) + "]"
    text = _GUIDE.format(mode=mode, title=_text(title), hosts=listed, database=line)
    handle = os.open(path / CONFIG, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)


def _text(value: str) -> str:
    """A basic string of TOML, which JSON's is where nothing beyond the plane is escaped."""
    return json.dumps(value, ensure_ascii=False)


def init(path: Path, *, demo: bool = False, database: str = "", title: str = "", hosts: tuple[str, ...] = ()) -> Home:
    """Make a whole site: folder, secrets, tables, triggers, places; nothing is left where it fails. Django is set up here."""
    from keqiao.platform.operating.starting import migrate, operator, ready

    there = {entry.name for entry in path.iterdir()} if path.is_dir() else None
    home = make_home(path, demo=demo, database=database, title=title, hosts=hosts)
    try:
        ready(path)
        # models can be imported only now
        from keqiao.platform.audit.heads import record
        from keqiao.platform.operating.checks import database_refusal
        from keqiao.platform.operating.places import load_places

        refusal = database_refusal()
        if refusal is not None:
            raise refusal
        migrate()
        if not demo:
            load_places(operator())
        record(operator(), "export")
    except BaseException:
        _undo(path, there)
        raise
    return home


def _undo(path: Path, there: set[str] | None) -> None:
    """Remove what was made; what stood there before stays."""
    for entry in path.iterdir():
        if entry.name in (there or ()):
            continue
        shutil.rmtree(entry, ignore_errors=True) if entry.is_dir() else entry.unlink(missing_ok=True)
    if there is None:
        shutil.rmtree(path, ignore_errors=True)
