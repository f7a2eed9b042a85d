"""A site from its backup, into an empty home; and the way to a new version."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from keqiao.errors import KeqiaoError
from keqiao.platform.home import FOLDERS, Home, database_settings, read_home
from keqiao.platform.operating.archive import unpack
from keqiao.platform.operating.making import write_config
from keqiao.platform.secrets import NAMES, make_secrets

if TYPE_CHECKING:
    from keqiao.platform.audit.checking import Findings


@dataclass(frozen=True)
class Restored:
    """What was restored: the home, the manifest, the findings of the chain, and migrations that still wait."""

    home: Home
    manifest: dict[str, Any]
    findings: Findings
    waiting: list[str]


def restore(archive: Path, path: Path, *, database: str = "", new_keys: bool = False) -> Restored:
    """Lay a backup into an empty home and check it: hashes, database, tables, counts, audit chain.

    The home may already hold ``keys/``. ``database`` names an empty PostgreSQL database for a backup of one.
    ``new_keys`` makes new secrets where there are none: evidence stays unreadable and all sessions end. Where
    anything is wrong nothing is left behind. Raises `KeqiaoError`.
    """
    there = {entry.name for entry in path.iterdir()} if path.is_dir() else set()
    if there - {"keys"}:
        raise KeqiaoError(f"“{path}”不是空的；恢复到空文件夹（只可以先放 keys）", f"{str(path)!r} is not empty; restore into an empty folder (keys may be there)")
    existed = path.is_dir()
    path.parent.mkdir(parents=True, exist_ok=True)
    stage = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
    try:
        manifest = unpack(archive, stage)
        _choose_keys(path, stage, manifest, new_keys)
        _choose_database(manifest, database)
        _settle(stage, path, manifest, database)
        try:
            return _checked(path, manifest)
        except BaseException:
            _take_back(path, existed, there)
            raise
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _choose_keys(path: Path, stage: Path, manifest: dict[str, Any], new_keys: bool) -> None:
    """Refuse where there are no secrets, before anything is laid."""
    in_home = all((path / "keys" / name).is_file() for name in NAMES)
    if in_home and (stage / "keys").is_dir():
        shutil.rmtree(stage / "keys")  # those of the home were put there on purpose
    if not in_home and not (stage / "keys").is_dir() and not new_keys:
        raise KeqiaoError(
            f"备份里没有密钥；先把 keys 文件夹放进“{path}”，或用 --new-keys（证据文件将打不开）",
            f"the backup holds no keys; put the keys folder into {str(path)!r} first, or use --new-keys (evidence files stay unreadable)",
        )


def _choose_database(manifest: dict[str, Any], database: str) -> None:
    """Refuse a database of the wrong kind."""
    if manifest["database"] == "postgresql" and not database:
        raise KeqiaoError("这是 PostgreSQL 的备份，用 --database 指明一个空库", "this is a backup of PostgreSQL; name an empty database with --database")
    if manifest["database"] == "sqlite" and database:
        raise KeqiaoError("这是 SQLite 的备份，不能恢复到 PostgreSQL", "this is a backup of SQLite; it cannot go into PostgreSQL")
    if database:
        database_settings(Home(Path(), database=database))


def _settle(stage: Path, path: Path, manifest: dict[str, Any], database: str) -> None:
    """Move the files into the home and write its settings."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    for entry in stage.iterdir():
        os.rename(entry, path / entry.name)
    for name in FOLDERS:
        (path / name).mkdir(mode=0o700, exist_ok=True)
    write_config(path, manifest["mode"], manifest["title"], tuple(manifest["hosts"]), database)
    make_secrets(read_home(path))


def _checked(path: Path, manifest: dict[str, Any]) -> Restored:
    """Load the database and compare it with the manifest."""
    from keqiao.platform.operating.starting import operator, ready, unknown_migrations, waiting_migrations

    if manifest["database"] == "sqlite":
        _whole(path / "site.sqlite3")
    home = ready(path)
    # models can be imported only now
    from django.db import connection

    from keqiao.platform.audit import checking, heads
    from keqiao.platform.operating.backups import DUMP, tables
    from keqiao.platform.operating.checks import database_refusal

    refusal = database_refusal()
    if refusal is not None:
        raise refusal
    if manifest["database"] == "postgresql":
        _load_dump(path / DUMP)
    unknown = unknown_migrations()
    if unknown:
        raise KeqiaoError(
            f"备份来自更新的版本 {manifest['version']}；先装那个版本", f"the backup is of the newer version {manifest['version']}; install that first"
        )
    counts = {}
    with connection.cursor() as cursor:
        for table in tables():
            cursor.execute(f'SELECT COUNT(*) FROM "{table}"')
            counts[table] = cursor.fetchone()[0]
    wrong = [table for table, count in manifest["counts"].items() if table in counts and counts[table] != count]
    if wrong:
        raise KeqiaoError(f"表 {wrong[0]} 的行数与清单不同", f"the rows of {wrong[0]} differ from the manifest")
    head = heads.Known(manifest["head"]["number"], manifest["head"]["hash"])
    findings = checking.verify(heads=[head])
    waiting = waiting_migrations()
    if not waiting:
        heads.record(operator(), "restore", findings.stored())
        heads.keep()
    return Restored(home, manifest, findings, waiting)


def _whole(path: Path) -> None:
    """SQLite's own check of a file."""
    try:
        database = sqlite3.connect(path)
        with contextlib.closing(database):
            (told,) = database.execute("PRAGMA integrity_check").fetchone()
    except sqlite3.Error as error:
        told = str(error)
    if told != "ok":
        raise KeqiaoError(f"备份里的数据库坏了：{told}", f"the database in the backup is broken: {told}")


def _load_dump(dump: Path) -> None:
    """Load a dump into an empty PostgreSQL database, all or nothing."""
    from django.db import connection

    from keqiao.platform.operating.backups import access, program, run

    present = connection.introspection.table_names()
    if present:
        raise KeqiaoError(f"数据库里已有 {len(present)} 张表；恢复要一个空库", f"the database has {len(present)} tables already; restore wants an empty one")
    options, environment = access()
    connection.close()
    run(
        [program("pg_restore"), *options, "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error", str(dump)], environment,
        "装入数据库没有成功", "the database could not be loaded",
    )  # fmt: skip
    dump.unlink()


def _take_back(path: Path, existed: bool, there: set[str]) -> None:
    """Remove what was laid; a PostgreSQL database is left as its own transaction left it."""
    for entry in path.iterdir():
        if entry.name in there:
            continue
        shutil.rmtree(entry, ignore_errors=True) if entry.is_dir() else entry.unlink(missing_ok=True)
    if not existed:
        shutil.rmtree(path, ignore_errors=True)


def upgrade(home: Home, out: Path | None = None, progress: Callable[[int, int], None] | None = None) -> tuple[Path | None, Findings]:
    """Back up, bring the tables to this version, put the triggers back, verify; gives the backup and the findings.

    The backup goes to ``out``, else to ``backups/`` in the home. Where the chain has breaks nothing is changed and
    there is no backup: an upgrade must not hide them.
    """
    from keqiao.platform.audit import checking, heads
    from keqiao.platform.operating.backups import backup
    from keqiao.platform.operating.starting import migrate, operator, unknown_migrations
    from keqiao.version import __version__

    unknown = unknown_migrations()
    if unknown:
        raise KeqiaoError(f"数据库比程序新（{unknown[-1]}）；装上新版程序", f"the database is newer than the program ({unknown[-1]}); install the newer version")
    before = checking.verify()
    if not before.ok:
        return None, before
    target = out or home.path / "backups" / f"before-{__version__}-{dt.datetime.now():%Y%m%d-%H%M%S}.tar"
    backup(home, target, progress=progress)
    migrate()
    findings = checking.verify()
    heads.record(operator(), "verify", findings.stored())
    return target, findings
