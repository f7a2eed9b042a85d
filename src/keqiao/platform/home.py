"""Where a site keeps its state: the folder ``KEQIAO_HOME`` and the file ``site.toml`` in it."""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlparse

from keqiao.errors import KeqiaoError

CONFIG = "site.toml"
MODES = ("demo", "production")
#: folders of a site besides ``keys``
FOLDERS = ("files", "uploads", "runs", "exports")


@dataclass(frozen=True, slots=True)
class Home:
    """The folder of a site. ``mode`` is ``demo`` or ``production``; ``database`` a URL, empty for SQLite in the folder."""

    path: Path
    mode: str = "production"
    hosts: tuple[str, ...] = ("127.0.0.1", "localhost")
    database: str = ""
    title: str = ""
    settings: dict[str, object] = field(default_factory=dict)

    @property
    def demo(self) -> bool:
        """Whether demonstration users and illustrative lists are allowed."""
        return self.mode == "demo"

    @property
    def keys(self) -> Path:
        """Secrets: owner-only files, never in a backup of the database."""
        return self.path / "keys"

    @property
    def files(self) -> Path:
        """Encrypted evidence files, under random names."""
        return self.path / "files"

    @property
    def uploads(self) -> Path:
        """Workbooks that wait for their import."""
        return self.path / "uploads"

    @property
    def runs(self) -> Path:
        """Frozen snapshots and runs, a folder each."""
        return self.path / "runs"

    @property
    def exports(self) -> Path:
        """Files made by jobs, for download by whom they were made."""
        return self.path / "exports"

    @property
    def sqlite(self) -> Path:
        """The database file where no other database is named."""
        return self.path / "site.sqlite3"


def home_path() -> Path:
    """The folder of the site: ``KEQIAO_HOME``, else ``.keqiao`` in the user's home."""
    return Path(os.environ.get("KEQIAO_HOME") or Path.home() / ".keqiao").absolute()


def read_home(path: Path | None = None) -> Home:
    """Read ``site.toml``. Raises `KeqiaoError` where it is missing or wrong."""
    path = path or home_path()
    try:
        found = tomllib.loads((path / CONFIG).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise KeqiaoError(
            f"“{path}”里没有站点；先运行 keqiao site init", f"there is no site in {str(path)!r}; run keqiao site init first"
        ) from None
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise KeqiaoError(f"读不了 {path / CONFIG}：{error}", f"cannot read {path / CONFIG}: {error}") from None
    mode = str(found.pop("mode", "production"))
    if mode not in MODES:
        raise KeqiaoError(f"{path / CONFIG} 的 mode 应为 demo 或 production", f"mode in {path / CONFIG} is demo or production")
    database = os.environ.get("KEQIAO_DATABASE_URL") or str(found.pop("database", ""))
    hosts = tuple(str(host) for host in found.pop("hosts", ("127.0.0.1", "localhost")))
    return Home(path, mode, hosts, database, str(found.pop("title", "")), dict(found))


def database_settings(home: Home) -> dict[str, object]:
    """Django's settings of the database: SQLite in WAL mode with full sync, or PostgreSQL."""
    if not home.database:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(home.sqlite),
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 60,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY; PRAGMA mmap_size=268435456; PRAGMA cache_size=-65536",
            },
        }
    url = urlparse(home.database)
    if url.scheme not in ("postgres", "postgresql"):
        raise KeqiaoError(
            "数据库地址应写作 postgresql://用户@主机:端口/库", "a database address is written postgresql://user@host:port/name"
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(url.path.lstrip("/")),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": url.hostname or "",
        "PORT": str(url.port or ""),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
    }
