"""``keqiao site audit-verify`` on a site whose database an attacker had in his hands."""

from __future__ import annotations


def test_whole(site):
    assert "完整" in site("audit-verify")


def test_head_is_written_and_compared(site, tmp_path):
    site("audit-verify", "--export", tmp_path / "head.txt")
    assert "完整" in site("audit-verify", "--head", tmp_path / "head.txt")


def test_existing_file_is_not_overwritten(site, tmp_path):
    (tmp_path / "head.txt").write_text("x")
    site("audit-verify", "--export", tmp_path / "head.txt", good=False)
    assert (tmp_path / "head.txt").read_text() == "x"


def test_edit_is_found(site):
    site.tamper("UPDATE audit_event SET actor_label = '别人' WHERE number = 1")
    assert "第 1 条的内容被改过" in site("audit-verify", good=False)


def test_truncation_is_found_by_the_head_elsewhere(site, tmp_path):
    site("audit-verify", "--export", tmp_path / "head.txt")
    site.tamper("DELETE FROM audit_event WHERE number > 1", "DELETE FROM audit_head")
    (site.home / "audit.head").unlink()
    assert "断掉" in site("audit-verify", "--head", tmp_path / "head.txt", good=False)


def test_database_of_yesterday_is_said_until_it_is_accepted(site, tmp_path):
    (tmp_path / "yesterday").write_bytes((site.home / "site.sqlite3").read_bytes())
    for _ in range(2):
        site("audit-verify")
    (site.home / "site.sqlite3").write_bytes((tmp_path / "yesterday").read_bytes())
    assert "数据库比留存的审计链头旧" in site("check")
    assert "断掉" in site("audit-verify", good=False)
    assert "承认" in site("audit-verify", "--accept")
    assert "√ 审计链头" in site("check")
    assert "完整" in site("audit-verify")


def test_broken_chain_cannot_be_accepted(site):
    site.tamper("UPDATE audit_event SET actor_label = '别人' WHERE number = 1")
    assert "不能承认" in site("audit-verify", "--accept", good=False)


def test_file_that_is_no_head_is_refused(site, tmp_path):
    (tmp_path / "x.txt").write_text("x")
    assert "不是审计链头文件" in site("audit-verify", "--head", tmp_path / "x.txt", good=False)
