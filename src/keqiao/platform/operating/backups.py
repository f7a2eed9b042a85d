"""One consistent file of a whole site: database, frozen runs, evidence, waiting uploads; secrets only when asked for.

The database is taken first, so that every file it names exists; files are never changed in place.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import connection, transaction

from keqiao.errors import KeqiaoError
from keqiao.platform.audit import heads
from keqiao.platform.home import Home
from keqiao.platform.operating.archive import new_archive
from keqiao.platform.operating.starting import operator
from keqiao.version import __version__

#: folders of the home that go into a backup; exports can be made again
KEPT = ("files", "runs", "uploads")
SQLITE, DUMP = "site.sqlite3", "site.dump"
_PAGES = 4096


def backup(home: Home, out: Path, *, with_keys: bool = False, progress: Callable[[int, int], None] | None = None) -> dict[str, Any]:
    """Write a backup to ``out`` while the site goes on; gives the manifest.

    ``progress`` is told (pages done, pages) of an SQLite database. Raises `KeqiaoError` where ``out`` exists, the disk
    is full, or PostgreSQL's ``pg_dump`` is missing.
    """
    made = heads.record(operator(), "backup")
    with new_archive(out) as (archive, scratch):
        if connection.vendor == "sqlite":
            copy = scratch / SQLITE
            counts = _copy_sqlite(home.sqlite, copy, progress)
        else:
            copy = scratch / DUMP
            counts = _dump(copy)
        archive.add(copy, copy.name)
        copy.unlink()
        if (home.path / heads.FILE).exists():
            archive.add(home.path / heads.FILE, heads.FILE)
        for folder in KEPT:
            archive.add_folder(getattr(home, folder), folder)
        if with_keys:
            archive.add_folder(home.keys, "keys")
        manifest = {
            "version": __version__,
            "made_at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
            "database": connection.vendor,
            "mode": home.mode,
            "title": home.title,
            "hosts": list(home.hosts),
            "keys": with_keys,
            "head": {"number": made.number, "hash": made.hash},
            "counts": counts,
        }
        archive.close(manifest)
    return {**manifest, "files": archive.files}


def tables() -> list[str]:
    """The tables whose rows are counted: those of the site's models that the database has; sessions come and go.

    Before an upgrade the program may know tables that are still to be made.
    """
    found = {model._meta.db_table for model in apps.get_models(include_auto_created=True) if model._meta.managed}
    return sorted((found & set(connection.introspection.table_names())) - {"django_session"})


def _counted(execute: Callable[[str], Iterable[tuple[int]]]) -> dict[str, int]:
    return {table: next(iter(execute(f'SELECT COUNT(*) FROM "{table}"')))[0] for table in tables()}


def _copy_sqlite(source: Path, copy: Path, progress: Callable[[int, int], None] | None) -> dict[str, int]:
    """Copy the database by SQLite's online backup, which sees one moment; gives the rows of each table in the copy."""

    def told(status: int, remaining: int, total: int) -> None:
        if progress is not None:
            progress(total - remaining, total)

    try:
        here, there = sqlite3.connect(source), sqlite3.connect(copy)
        try:
            here.backup(there, pages=_PAGES, progress=told)
            # one file without a journal beside it
            there.execute("PRAGMA journal_mode=DELETE")
            return _counted(lambda query: there.execute(query).fetchall())
        finally:
            there.close()
            here.close()
    except sqlite3.Error as error:
        raise KeqiaoError(f"复制数据库没有成功：{error}，没有留下备份", f"the database could not be copied: {error}; no backup was left") from None


def program(name: str) -> str:
    """A program of PostgreSQL's client. Raises `KeqiaoError` with the package that has it."""
    found = shutil.which(name)
    if found is None:
        raise KeqiaoError(f"没有 {name}；PostgreSQL 的备份要它，Debian：apt install postgresql-client", f"there is no {name}; Debian: apt install postgresql-client")
    return found


def access() -> tuple[list[str], dict[str, str]]:
    """Options and environment with which PostgreSQL's programs reach the site's database; the password is no option."""
    found = connection.settings_dict
    options = [f"--{name}={value}" for name, value in (("host", found["HOST"]), ("port", found["PORT"]), ("username", found["USER"])) if value]
    password = {"PGPASSWORD": str(found["PASSWORD"])} if found["PASSWORD"] else {}
    return [*options, "--no-password", f"--dbname={found['NAME']}"], {**os.environ, **password}


def _dump(copy: Path) -> dict[str, int]:
    """Dump a PostgreSQL database; the counts and the dump see the same moment (an exported snapshot)."""
    dump = program("pg_dump")
    options, environment = access()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        (snapshot,) = cursor.fetchone()

        def execute(query: str) -> Iterable[tuple[int]]:
            cursor.execute(query)
            return cursor.fetchall()

        counts = _counted(execute)
        run(
            [dump, *options, "--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", f"--file={copy}"], environment,
            "导出数据库没有成功", "the database could not be dumped",
        )  # fmt: skip
    return counts


def run(command: list[str], environment: dict[str, str], zh: str, en: str) -> None:
    """Run a program; what it says on failure goes into the sentence. Raises `KeqiaoError`."""
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    if done.returncode:
        told = (done.stderr.strip().splitlines() or ["?"])[-1]
        raise KeqiaoError(f"{zh}：{told}", f"{en}: {told}")
