"""Sites of their own, made and kept by the ``keqiao`` command as an operator does."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

SETTINGS = Path(__file__).parent / "settings"
PASSWORD = "Ke-qiao.2026-示例"


def environment(home: Path) -> dict[str, str]:
    """The environment of a command on the site in ``home``."""
    kept = {name: value for name, value in os.environ.items() if name not in ("KEQIAO_DATABASE_URL", "KEQIAO_PARENT")}
    return {
        **kept, "KEQIAO_HOME": str(home), "DJANGO_SETTINGS_MODULE": "site_settings", "PYTHONPATH": str(SETTINGS),
        "LANG": "zh_CN.UTF-8", "LC_ALL": "zh_CN.UTF-8",
    }  # fmt: skip


@dataclass(frozen=True)
class Site:
    """A site's folder and the commands on it."""

    home: Path

    def __call__(self, *arguments: object, stdin: str = "", good: bool = True) -> str:
        """Run ``keqiao site …``; gives what it printed, both streams. Fails where it ends unlike ``good``."""
        done = subprocess.run(
            [sys.executable, "-m", "keqiao", "site", *map(str, arguments)], input=stdin, capture_output=True, text=True, encoding="utf-8",
            env=environment(self.home), timeout=120,
        )  # fmt: skip
        told = done.stdout + done.stderr
        assert (done.returncode == 0) is good, told
        assert "Traceback" not in told, told
        return told

    def start(self, *arguments: object) -> subprocess.Popen[str]:
        """Start ``keqiao site …`` and go on."""
        return subprocess.Popen(
            [sys.executable, "-u", "-m", "keqiao", "site", *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, encoding="utf-8", env=environment(self.home),
        )  # fmt: skip

    def python(self, program: str) -> subprocess.Popen[str]:
        """Start a program with Django set up for the site."""
        begin = "from keqiao.platform.operating.starting import ready; ready()\n"
        return subprocess.Popen(
            [sys.executable, "-u", "-c", begin + program], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, encoding="utf-8", env=environment(self.home)
        )

    def sql(self, *statements: str) -> list[tuple[object, ...]]:
        """Run SQL on the database file, the last statement's rows."""
        database = sqlite3.connect(self.home / "site.sqlite3")
        rows: list[tuple[object, ...]] = []
        try:
            for statement in statements:
                rows = database.execute(statement).fetchall()
            database.commit()
        finally:
            database.close()
        return rows

    def tamper(self, *statements: str) -> None:
        """Run SQL as an attacker does, who drops the triggers and puts them back."""
        names = [str(name) for (name,) in self.sql("SELECT name FROM sqlite_master WHERE type = 'trigger'")]
        texts = [str(text) for (text,) in self.sql("SELECT sql FROM sqlite_master WHERE type = 'trigger'")]
        self.sql(*(f"DROP TRIGGER {name}" for name in names), *statements, *texts)


@pytest.fixture(scope="session")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site in demo mode as ``init`` makes it."""
    home = tmp_path_factory.mktemp("pattern") / "home"
    Site(home)("init", "--demo", "--title", "示例站点")
    return home


@pytest.fixture
def site(pattern: Path, tmp_path: Path) -> Site:
    """A copy of it."""
    shutil.copytree(pattern, tmp_path / "home")
    return Site(tmp_path / "home")


@pytest.fixture
def at(tmp_path: Path) -> Callable[[str], Site]:
    """A site in a folder that does not exist yet."""
    return lambda name: Site(tmp_path / name)

