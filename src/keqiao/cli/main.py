"""The ``keqiao`` command: languages first, then the sub-commands."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import typer

from keqiao.cli.languages import choose_language
from keqiao.version import __version__


def main() -> None:
    """Run the command line; the entry point of the package."""
    for stream in (sys.stdout, sys.stderr, sys.stdin):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8")
    arguments = spread_rules(sys.argv[1:])
    choose_language(arguments)
    from keqiao.cli.wrong import ended  # reads modules that hold help texts

    try:
        code = ended(lambda: build()(args=arguments, prog_name="keqiao", standalone_mode=False))
        sys.stdout.flush()
    except BrokenPipeError:
        # the reader went away (head); tell the interpreter not to flush into the closed pipe
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 1
    raise SystemExit(code)


def _version(asked: bool) -> None:
    """Print the version and end."""
    if asked:
        sys.stdout.write(f"keqiao {__version__}\n")
        raise typer.Exit


def spread_rules(arguments: list[str]) -> list[str]:
    """``--rules a.b c.d`` as ``--rules a.b --rules c.d``: option values up to what is no rule id."""
    found: list[str] = []
    inside = False
    for word in arguments:
        if word == "--rules":
            inside = True
            found.append(word)
            continue
        is_id = bool(re.fullmatch(r"[A-Za-z][\w\-]*(\.[\w\-]+)+(,[\w.\-]+)*", word)) and not Path(word).exists()
        if inside and is_id:
            if found[-1] != "--rules":
                found.append("--rules")
            found.append(word)
            continue
        inside = False
        found.append(word)
    return found


def build() -> typer.Typer:
    """The typer application, built after the language is known, because help texts are in it."""
    from keqiao.cli import assess, check, compile, demo, explain, facts, packs, report, verify
    from keqiao.cli import compare, diff, misses, profile, rank, site, whatif  # isort: skip
    from keqiao.errors import say

    app = typer.Typer(
        add_completion=False,
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        help=say("科桥：从企业数据到融资，每个数字有解释，每条规则有出处", "Keqiao: from the facts of an enterprise to its financing"),
    )

    @app.callback(invoke_without_command=False)
    def _root(
        lang: str | None = typer.Option(None, "--lang", help=say("语言：zh 或 en", "language: zh or en")),
        version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help=say("版本", "the version")),
    ) -> None:
        pass

    app.command("demo", help=say("用两套示例数据走完全程", demo.demo.__doc__ or ""))(demo.demo)
    app.add_typer(facts.app, name="facts")
    app.command("assess", help=say("按规则评定每家企业，写出带原因的工作簿和 Parquet", assess.assess.__doc__ or ""))(assess.assess)
    app.command("verify", help=say("核验一次评价：文件有没有被改过，重算结果是否相同", verify.verify.__doc__ or ""))(verify.verify)
    app.command("report", help=say("把一次评价写成一个网页文件，可读、可打印、可转交", report.report.__doc__ or ""))(report.report)
    app.command("explain", help=say("说明一条结论：每个条件的值、界限、余量和出处，以及缺什么", explain.explain.__doc__ or ""))(explain.explain)
    app.command("profile", help=say("一家企业的画像：结论、梯度、最近的差距、优势、同行", profile.profile.__doc__ or ""))(profile.profile)
    app.command("rank", help=say("排名和选取：筛选、限额、同分办法，写成名单", rank.rank.__doc__ or ""))(rank.rank)
    app.command("misses", help=say("临界企业：门槛移动一点就符合的", misses.misses.__doc__ or ""))(misses.misses)
    app.command("whatif", help=say("移动门槛的测算：谁得到，谁失去", whatif.whatif.__doc__ or ""))(whatif.whatif)
    app.command("compare", help=say("比较两次评价：谁得到或失去哪个称号，为什么", compare.compare.__doc__ or ""))(compare.compare)
    app.command("diff", help=say("比较规则的两个版本：条款的变化，结论会变的企业", diff.diff.__doc__ or ""))(diff.diff)
    app.command("compile", help=say("把规则写成 SQL", compile.compile_.__doc__ or ""))(compile.compile_)
    app.command("check", help=say("检查规则包：格式、名称、单位、分档、日期、出处、示例、各编译器一致", check.check.__doc__ or ""))(check.check)
    app.add_typer(packs.app, name="packs")
    app.add_typer(site.app, name="site")
    return app


if __name__ == "__main__":
    main()
