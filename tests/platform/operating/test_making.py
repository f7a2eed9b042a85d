"""``keqiao site init`` and ``check``."""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Iterable
from pathlib import Path


def modes(paths: Iterable[Path]) -> set[int]:
    """The permissions of files."""
    return {path.stat().st_mode & 0o777 for path in paths}


def test_init_makes_all_of_it(at):
    site = at("new")
    told = site("init", "--title", "临澄", "--host", "keqiao.example")
    assert str(site.home) in told
    found = tomllib.loads((site.home / "site.toml").read_text("utf-8"))
    assert (found["mode"], found["title"], found["hosts"]) == ("production", "临澄", ["keqiao.example"])
    assert modes([*(site.home / "keys").iterdir(), site.home / "site.toml", site.home / "site.sqlite3"]) == {0o600}
    assert site.sql("SELECT COUNT(*) FROM institutions_place WHERE level = 'province'") == [(34,)]
    path = "SELECT parent.path || place.id || '/' = place.path FROM institutions_place place JOIN institutions_place parent ON parent.id = place.parent_id"
    assert set(site.sql(path)) == {(1,)}
    assert "√ 审计触发器" in site("check")


def test_init_refuses_an_existing_site(site):
    before = (site.home / "site.toml").read_bytes()
    assert "已有站点" in site("init", good=False)
    assert (site.home / "site.toml").read_bytes() == before


def test_init_that_fails_leaves_nothing(at):
    site = at("new")
    assert "连不上数据库" in site("init", "--database", "postgresql://nobody@127.0.0.1:1/none", good=False)
    assert not site.home.exists()


def test_wrong_address_is_refused(at):
    assert "postgresql://" in at("new")("init", "--database", "mysql://x", good=False)


def test_without_a_site_a_command_says_init(at):
    assert "keqiao site init" in at("none")("check", good=False)


def test_check_refuses_open_keys(site):
    (site.home / "keys" / "files.key").chmod(0o644)
    assert "chmod 600" in site("check", good=False)


def test_check_refuses_a_lost_key(site):
    (site.home / "keys" / "audit.salt").unlink()
    assert "audit.salt" in site("check", good=False)


def test_check_says_a_folder_is_missing(site):
    shutil.rmtree(site.home / "files")
    assert "写不进" in site("check", good=False)


def test_check_says_triggers_are_gone(site):
    site.sql("DROP TRIGGER audit_event_no_delete")
    assert "× 审计触发器" in site("check", good=False)


def test_star_is_no_host_in_production(site):
    config = site.home / "site.toml"
    config.write_text(config.read_text("utf-8").replace('"demo"', '"production"'), encoding="utf-8")
    assert "hosts 不能有 *" in site("check", good=False)


def test_django_finds_nothing_in_production(site):
    config = site.home / "site.toml"
    config.write_text(config.read_text("utf-8").replace('"demo"', '"production"').replace('["*"]', '["keqiao.example"]'), encoding="utf-8")
    assert "√ Django 检查" in site("check")


def test_wrong_setting_of_the_server_is_a_sentence(site):
    config = site.home / "site.toml"
    config.write_text(config.read_text("utf-8").replace("threads = 8", 'threads = "many"'), encoding="utf-8")
    assert "threads 应是整数" in site("serve", good=False)


def test_admin_is_made_and_weak_passwords_are_not(site):
    assert "审计管理员" in site("create-admin", "--role", "auditor", "--username", "shen", "--password-stdin", stdin="Ke-qiao.2026-示例\n")
    site("create-admin", "--role", "system", "--username", "xi", "--password-stdin", stdin="12345\n", good=False)
    site("create-admin", "--role", "king", "--username", "xi", "--password-stdin", stdin="Ke-qiao.2026-示例\n", good=False)
    assert site.sql("SELECT username FROM accounts_user") == [("shen",)]
