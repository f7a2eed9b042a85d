"""``keqiao site``: making, checking, serving and keeping a site. Its libraries are an extra; each command says so."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from keqiao.cli import site_audit, site_backup, site_people
from keqiao.cli.common import BAD, LangOption, Wrong, out, told
from keqiao.cli.site_common import opened, platform, show_checks
from keqiao.errors import say

if TYPE_CHECKING:
    from keqiao.platform.home import Home

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help=say("站点：建立、检查、运行、备份、恢复（位置由 KEQIAO_HOME 定）", "the site: make, check, serve, back up, restore (KEQIAO_HOME says where)"),
)


@app.command("init", help=say("建一个站点：文件夹、密钥、数据库、片区", "make a site: folder, secrets, database, places"))
def init(
    demo: Annotated[bool, typer.Option("--demo", help=say("示例模式：可用示例数据和示例用户", "demo mode: example data and users allowed"))] = False,
    database: Annotated[
        str, typer.Option("--database", help=say("PostgreSQL 的地址；缺省用 SQLite", "address of PostgreSQL; SQLite by default"), metavar="URL")
    ] = "",
    title: Annotated[str, typer.Option("--title", help=say("页头的名称", "the name in the header"))] = "",
    host: Annotated[
        list[str] | None, typer.Option("--host", help=say("浏览器里用的域名，可重复", "a name that browsers use; may be repeated"))
    ] = None,
    lang: LangOption = None,
) -> None:
    """Make a site in KEQIAO_HOME; refuses where there is one."""
    with platform():
        from keqiao.platform.home import home_path
        from keqiao.platform.operating.making import init as make
    with told():
        home = make(home_path(), demo=demo, database=database, title=title, hosts=tuple(host or ()))
    out().print(say(f"站点建在 {home.path}", f"the site is made in {home.path}"), style="bold", markup=False)
    out().print(say(f"密钥在 {home.keys}，另行备份，丢了就打不开证据文件", f"the secrets are in {home.keys}; back them up apart, evidence files need them"), markup=False)
    for line in (
        say("keqiao site create-admin   建系统、安全、审计三个管理员", "keqiao site create-admin   make the three administrators"),
        say("keqiao site check          检查", "keqiao site check          check"),
        say("keqiao site serve          运行", "keqiao site serve          serve"),
    ):
        out().print(f"  {line}", markup=False)


@app.command("check", help=say("检查站点能不能运行：设置、密钥、数据库、表、字体、时钟、审计链头", "check whether the site can be served"))
def check(lang: LangOption = None) -> None:
    """Check settings, secrets, database, tables, font, clock and audit head; exit code 1 where something is bad."""
    home = opened()
    from keqiao.platform.operating.checks import run_checks, serves

    with told():
        found = run_checks(home)
    show_checks(found)
    if not serves(found):
        raise Wrong(BAD)


@app.command("serve", help=say("运行站点，到 Ctrl-C 为止", "serve the site until Ctrl-C"))
def serve(
    host: Annotated[str | None, typer.Option("--host", help=say("监听的地址；缺省 127.0.0.1", "address to listen on; default 127.0.0.1"))] = None,
    port: Annotated[int | None, typer.Option("--port", min=0, max=65535, help=say("端口；缺省 8000，0 为任意空闲端口", "port; default 8000, 0 for any free one"))] = None,
    threads: Annotated[int | None, typer.Option("--threads", min=1, max=64, help=say("同时答复几个请求；缺省 8", "requests answered at a time; default 8"))] = None,
    workers: Annotated[
        int | None, typer.Option("--workers-jobs", min=0, max=8, help=say("任务进程数；缺省 1，0 为不在这里做任务", "processes for jobs; default 1, 0 for none here"))
    ] = None,
    lang: LangOption = None,
) -> None:
    """Check, then serve; a doubtful check is said and does not stop it."""
    serve_site(opened(), host=host, port=port, threads=threads, workers=workers)


def serve_site(home: Home, **chosen: Any) -> None:
    """Check and serve a site whose Django is set up; ends with exit code 1 where a check is bad."""
    from keqiao.platform.operating.checks import GOOD, run_checks, serves
    from keqiao.platform.operating.serving import serve as run
    from keqiao.platform.operating.serving import serving_of

    with told():
        how = serving_of(home, **chosen)
        checks = run_checks(home)
    show_checks([check for check in checks if check.state != GOOD])
    if not serves(checks):
        raise Wrong(BAD)
    with told():
        run(home, how, _opened)
    out().print(say("已停止。", "stopped."), markup=False)


def _opened(address: str) -> None:
    """Say the address, at once also where the output is a file."""
    out().print(say(f"站点开在 {address}（Ctrl-C 停止）", f"the site is open at {address} (Ctrl-C stops it)"), style="bold", markup=False)
    sys.stdout.flush()


@app.command("run-jobs", help=say("做任务：导入、评价、导出（serve 会自己开一个）", "do jobs: imports, runs, exports (serve starts one itself)"))
def run_jobs(
    once: Annotated[bool, typer.Option("--once", help=say("做完到期的就结束", "end when none is due"))] = False,
    lang: LangOption = None,
) -> None:
    """Do jobs until Ctrl-C, or with --once until none is due."""
    home = opened()
    from keqiao.platform.operating.checks import database_refusal
    from keqiao.platform.operating.working import work

    with told():
        refusal = database_refusal()
        if refusal is not None:
            raise refusal
        done = work(home, once=once)
    if once:
        out().print(say(f"做了 {done} 项任务", f"{done} jobs done"), markup=False)


site_audit.add(app)
site_backup.add(app)
site_people.add(app)
