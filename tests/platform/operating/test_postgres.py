"""A site on PostgreSQL, as a plain role: made, tampered with, backed up, restored; a superuser is refused."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlparse

import pytest

if TYPE_CHECKING:
    import psycopg

pytestmark = pytest.mark.postgres
URL = os.environ.get("KEQIAO_DATABASE_URL", "postgresql://postgres@127.0.0.1:5432/postgres")


class Server:
    """The server with a plain role of our own; databases are made on demand and dropped at the end."""

    def __init__(self, admin: psycopg.Connection[Any]) -> None:
        self.admin, self.made = admin, list[str]()
        self.role, self.password = f"keqiao_{secrets.token_hex(4)}", secrets.token_hex(8)
        admin.execute(f"CREATE ROLE {self.role} LOGIN PASSWORD '{self.password}'")

    def database(self) -> str:
        """The address of a new, empty database of the role."""
        name = f"keqiao_{secrets.token_hex(4)}"
        self.admin.execute(f"CREATE DATABASE {name} OWNER {self.role} TEMPLATE template0 ENCODING 'UTF8'")
        self.made.append(name)
        found = urlparse(URL)
        return f"postgresql://{self.role}:{self.password}@{found.hostname}:{found.port or 5432}/{name}"

    def close(self) -> None:
        for name in self.made:
            self.admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
        self.admin.execute(f"DROP ROLE {self.role}")
        self.admin.close()


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    psycopg = pytest.importorskip("psycopg", reason="psycopg is not installed")
    try:
        admin = psycopg.connect(URL, autocommit=True)
    except psycopg.OperationalError as problem:
        pytest.skip(f"no PostgreSQL server answers at KEQIAO_DATABASE_URL ({problem})")
    found = Server(admin)
    yield found
    found.close()


@pytest.fixture
def stored(server, at):
    """A site on a database of its own, and the database's address."""
    site, url = at("home"), server.database()
    site("init", "--demo", "--database", url)
    return site, url


def test_check_is_good(stored):
    told = stored[0]("check")
    assert "√ 数据库：PostgreSQL" in told
    assert "√ 审计触发器" in told


@pytest.mark.parametrize("change", ["UPDATE audit_event SET tag = 'x'", "DELETE FROM audit_event", "TRUNCATE audit_event", "TRUNCATE audit_head"])
def test_changes_of_the_chain_are_refused(stored, change):
    import psycopg

    with psycopg.connect(stored[1]) as connection, pytest.raises(psycopg.Error, match="append-only"):
        connection.execute(change)


def test_tampering_is_found(stored):
    import psycopg

    with psycopg.connect(stored[1]) as connection:
        connection.execute("DROP TRIGGER audit_event_no_update ON audit_event")
        connection.execute("UPDATE audit_event SET actor_label = 'x' WHERE number = 1")
    assert "第 1 条的内容被改过" in stored[0]("audit-verify", good=False)
    assert "× 审计触发器" in stored[0]("check", good=False)


@pytest.mark.parametrize(("power", "named"), [("SUPERUSER", "超级用户"), ("BYPASSRLS", "BYPASSRLS")])
def test_role_with_too_much_power_is_refused(server, stored, power, named):
    server.admin.execute(f"ALTER ROLE {server.role} {power}")
    try:
        assert named in stored[0]("check", good=False)
        assert named in stored[0]("serve", "--port", "0", good=False)
        assert named in stored[0]("run-jobs", "--once", good=False)
    finally:
        server.admin.execute(f"ALTER ROLE {server.role} NO{power}")


def test_superuser_makes_no_site(server, at):
    server.admin.execute(f"ALTER ROLE {server.role} SUPERUSER")
    try:
        assert "超级用户" in at("none")("init", "--database", server.database(), good=False)
        assert not at("none").home.exists()
    finally:
        server.admin.execute(f"ALTER ROLE {server.role} NOSUPERUSER")


@pytest.mark.skipif(shutil.which("pg_dump") is None, reason="pg_dump is not installed")
def test_restored_site_is_the_same(server, stored, at, tmp_path):
    site, other = stored[0], at("other")
    site("backup", tmp_path / "all.tar", "--with-keys")
    assert "--database" in other("restore", tmp_path / "all.tar", good=False)
    url = server.database()
    assert "完整" in other("restore", tmp_path / "all.tar", "--database", url)
    assert "×" not in other("check")
    assert "已有" in at("third")("restore", tmp_path / "all.tar", "--database", url, good=False)


def test_the_demonstration_loads(stored):
    program = "from keqiao.platform.operating.demo import load; load(enterprises=200)"
    process = stored[0].python(program)
    process.communicate(timeout=600)
    assert process.returncode == 0
    assert "完整" in stored[0]("audit-verify")
