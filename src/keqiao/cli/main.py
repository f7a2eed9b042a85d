"""The ``keqiao`` command: languages first, then the sub-commands."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import typer

from keqiao.cli.common import choose_language


def main() -> None:
    """Run the command line; the entry point of the package."""
    for stream in (sys.stdout, sys.stderr, sys.stdin):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8")
    arguments = spread_rules(sys.argv[1:])
    choose_language(arguments)
    try:
        build()(args=arguments, prog_name="keqiao")
    except BrokenPipeError:
        # the reader went away (head); tell the interpreter not to flush into the closed pipe
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(1) from None


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
    from keqiao.cli import assess, check, compile, demo, explain, facts, packs
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
    ) -> None:
        pass

    app.command("demo", help=say("用两套示例数据走完全程", demo.demo.__doc__ or ""))(demo.demo)
    app.add_typer(facts.app, name="facts")
    app.command("assess", help=say("按规则评定每家企业，写出带原因的工作簿和 Parquet", assess.assess.__doc__ or ""))(assess.assess)
    app.command("explain", help=say("说明一条结论：每个条件的值、界限、余量和出处，以及缺什么", explain.explain.__doc__ or ""))(explain.explain)
    app.command("compile", help=say("把规则写成 SQL", compile.compile_.__doc__ or ""))(compile.compile_)
    app.command("check", help=say("检查规则包：格式、名称、单位、分档、日期、出处、示例、各编译器一致", check.check.__doc__ or ""))(check.check)
    app.add_typer(packs.app, name="packs")
    return app


if __name__ == "__main__":
    main()
