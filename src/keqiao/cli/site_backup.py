"""``keqiao site backup``, ``restore`` and ``upgrade``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from keqiao.cli.common import BAD, LangOption, Wrong, err, out, progress, told
from keqiao.cli.site_common import opened, platform
from keqiao.errors import say

if TYPE_CHECKING:
    from keqiao.platform.audit.checking import Findings


def add(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("backup", help=say("把整个站点写成一个文件，站点照常运行", "write the whole site into one file while it goes on"))(backup)
    app.command("restore", help=say("把备份恢复到空的 KEQIAO_HOME，并核对", "restore a backup into an empty KEQIAO_HOME and check it"))(restore)
    app.command("upgrade", help=say("换新版程序后：备份、升级表、核对", "after a new version: back up, migrate, verify"))(upgrade)


def backup(
    file: Annotated[Path, typer.Argument(help=say("写到哪个文件；已存在则拒绝", "file to write; refused where it exists"))],
    with_keys: Annotated[
        bool, typer.Option("--with-keys", help=say("连密钥一起；这个文件就能解开证据，要锁好", "with the secrets; the file then opens evidence, lock it away"))
    ] = False,
    lang: LangOption = None,
) -> None:
    """Database, runs, evidence and uploads as of one moment, with hashes; secrets only with --with-keys."""
    home = opened()
    from keqiao.platform.operating.backups import backup as make

    with told(), progress() as report:
        made = make(home, file, with_keys=with_keys, progress=lambda done, total: report(say("复制数据库", "copying the database"), done, total))
    size = file.stat().st_size / (1 << 20)
    rows = sum(made["counts"].values())
    out().print(
        say(f"备份写到 {file}：{len(made['files'])} 个文件、{rows:,} 行、{size:.1f} MB", f"the backup is {file}: {len(made['files'])} files, {rows:,} rows, {size:.1f} MB"),
        style="bold", markup=False,
    )  # fmt: skip
    if with_keys:
        err().print(say("文件里有密钥：谁拿到它，谁就能读证据、冒充会话。锁好。", "the file holds the secrets: who has it reads evidence and forges sessions. Lock it away."), style="yellow", markup=False)
    else:
        out().print(say(f"密钥不在其中；另行保存 {home.keys}", f"the secrets are not in it; keep {home.keys} apart"), markup=False)


def restore(
    file: Annotated[Path, typer.Argument(help=say("备份文件", "the backup"))],
    database: Annotated[str, typer.Option("--database", help=say("PostgreSQL 备份恢复到的空库", "the empty database for a backup of PostgreSQL"), metavar="URL")] = "",
    new_keys: Annotated[bool, typer.Option("--new-keys", help=say("没有密钥时新做；证据文件将打不开", "make new secrets where there are none; evidence stays unreadable"))] = False,
    lang: LangOption = None,
) -> None:
    """Compare hashes, load, compare counts and the audit chain; nothing is left where anything differs."""
    with platform():
        from keqiao.platform.home import home_path
        from keqiao.platform.operating.restoring import restore as lay
    with told():
        done = lay(file, home_path(), database=database, new_keys=new_keys)
    out().print(
        say(f"恢复到 {done.home.path}：{done.manifest['made_at']} 的备份，{len(done.manifest['files'])} 个文件", f"restored to {done.home.path}: the backup of {done.manifest['made_at']}, {len(done.manifest['files'])} files"),
        style="bold", markup=False,
    )  # fmt: skip
    _findings(done.findings)
    if done.waiting:
        out().print(say("备份来自旧版本；运行 keqiao site upgrade", "the backup is of an older version; run keqiao site upgrade"), style="yellow", markup=False)
    out().print(say("核对 site.toml 的 hosts，然后 keqiao site check", "look at hosts in site.toml, then keqiao site check"), markup=False)


def upgrade(
    file: Annotated[Path | None, typer.Option("--backup", help=say("先备份到哪个文件；缺省在 backups 里", "where the backup before it goes; default in backups"))] = None,
    lang: LangOption = None,
) -> None:
    """Back up, migrate, put the audit triggers back, verify."""
    home = opened()
    from keqiao.platform.operating.restoring import upgrade as run

    with told(), progress() as report:
        made, findings = run(home, file, lambda done, total: report(say("复制数据库", "copying the database"), done, total))
    if made is not None:
        out().print(say(f"先备份到 {made}", f"the backup before it is {made}"), markup=False)
    _findings(findings)
    if made is None:
        err().print(say("审计链有断点，没有升级。", "the audit chain has breaks; nothing was upgraded."), style="red", markup=False)
        raise Wrong(BAD)
    out().print(say("表结构与程序一致。", "the tables are as this version wants them."), style="bold", markup=False)


def _findings(findings: Findings) -> None:
    for line in findings.lines():
        out().print(line, markup=False)
