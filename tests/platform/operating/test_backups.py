"""``keqiao site backup``, ``restore``, ``upgrade``: what comes back is what was there, or nothing comes back."""

from __future__ import annotations

import io
import json
import shutil
import tarfile

import pytest


@pytest.fixture
def saved(site, tmp_path):
    """A backup of a site with an evidence file and a run."""
    (site.home / "files" / "ab12").write_bytes(b"sealed" * 1000)
    (site.home / "runs" / "3").mkdir()
    (site.home / "runs" / "3" / "receipt.json").write_text("{}")
    (site.home / "exports" / "big.xlsx").write_bytes(b"made again")
    site("backup", tmp_path / "all.tar")
    return tmp_path / "all.tar"


def with_keys(site, other):
    shutil.copytree(site.home / "keys", other.home / "keys")


def test_restored_site_is_the_same(site, at, saved):
    other = at("other")
    with_keys(site, other)
    told = other("restore", saved)
    assert "完整" in told
    assert (other.home / "files" / "ab12").read_bytes() == b"sealed" * 1000
    assert (other.home / "runs" / "3" / "receipt.json").exists()
    assert not list((other.home / "exports").iterdir())
    last = "SELECT hash FROM audit_event WHERE number = 2"
    assert other.sql(last) == site.sql(last)
    assert "×" not in other("check")
    assert "完整" in other("audit-verify")


def test_backup_is_for_its_owner_and_without_keys(saved):
    assert saved.stat().st_mode & 0o777 == 0o600
    with tarfile.open(saved) as tar:
        names = tar.getnames()
    assert not [name for name in names if name.startswith(("keys", "exports"))]


def test_keys_only_when_asked_for(site, at, tmp_path):
    assert "锁好" in site("backup", tmp_path / "keys.tar", "--with-keys")
    other = at("other")
    other("restore", tmp_path / "keys.tar")
    assert (other.home / "keys" / "files.key").read_bytes() == (site.home / "keys" / "files.key").read_bytes()


def test_restore_without_keys_is_refused_unless_new_ones_are_wanted(at, saved):
    other = at("other")
    assert "--new-keys" in other("restore", saved, good=False)
    assert not other.home.exists()
    other("restore", saved, "--new-keys")
    assert (other.home / "keys" / "session.key").exists()


def test_restore_into_a_site_is_refused(site, saved):
    before = (site.home / "site.sqlite3").read_bytes()
    assert "不是空的" in site("restore", saved, good=False)
    assert (site.home / "site.sqlite3").read_bytes() == before


def test_existing_file_is_not_overwritten(site, saved):
    before = saved.read_bytes()
    site("backup", saved, good=False)
    assert saved.read_bytes() == before


def changed(archive, out, change):
    """The archive with one file's bytes changed."""
    with tarfile.open(archive) as source, tarfile.open(out, "w:") as target:
        for entry in source:
            data = change(entry.name, source.extractfile(entry).read())
            if data is not None:
                entry.size = len(data)
                target.addfile(entry, io.BytesIO(data))
    return out


CHANGES = {
    "a file differs": lambda name, data: data[:-1] + b"x" if name == "files/ab12" else data,
    "a file is gone": lambda name, data: None if name == "files/ab12" else data,
    "no manifest": lambda name, data: None if name == "manifest.json" else data,
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_spoilt_backup_restores_nothing(at, saved, tmp_path, change):
    other = at("other")
    other("restore", changed(saved, tmp_path / "bad.tar", change), "--new-keys", good=False)
    assert not other.home.exists()


def test_cut_backup_restores_nothing(at, saved, tmp_path):
    (tmp_path / "cut.tar").write_bytes(saved.read_bytes()[:-30_000])
    other = at("other")
    other("restore", tmp_path / "cut.tar", "--new-keys", good=False)
    assert not other.home.exists()


def test_file_that_would_lie_outside_is_refused(at, tmp_path):
    with tarfile.open(tmp_path / "evil.tar", "w:") as tar:
        entry = tarfile.TarInfo("../evil")
        entry.size = 1
        tar.addfile(entry, io.BytesIO(b"x"))
    at("other")("restore", tmp_path / "evil.tar", "--new-keys", good=False)
    assert not (tmp_path / "evil").exists()


def test_lost_rows_are_found(at, saved, tmp_path):
    def forge(name, data):
        """A manifest that counts a row more."""
        if name != "manifest.json":
            return data
        manifest = json.loads(data)
        manifest["counts"]["audit_event"] += 1
        return json.dumps(manifest).encode()

    other = at("other")
    assert "audit_event" in other("restore", changed(saved, tmp_path / "less.tar", forge), "--new-keys", good=False)
    assert not other.home.exists()


def test_upgrade_backs_up_first_and_puts_triggers_back(site):
    site.sql("DROP TRIGGER audit_event_no_delete")
    told = site("upgrade")
    assert "完整" in told
    assert len(list((site.home / "backups").glob("before-*.tar"))) == 1
    assert "√ 审计触发器" in site("check")


def test_upgrade_does_not_hide_a_broken_chain(site):
    site.tamper("UPDATE audit_event SET actor_label = '别人' WHERE number = 1")
    assert "没有升级" in site("upgrade", good=False)
    assert not (site.home / "backups").exists()
