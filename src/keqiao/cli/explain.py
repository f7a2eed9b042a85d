"""``keqiao explain``: one rule, one or many cases, every condition."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from keqiao.cli.cases import explain_case, parse
from keqiao.cli.common import (
    BAD,
    USAGE,
    AsOfOption,
    LangOption,
    PacksOption,
    YearOption,
    day_of,
    fail,
    lang_of,
    packs_of,
    rule_of,
    told,
)
from keqiao.cli.narrate import narrate
from keqiao.errors import KeqiaoError, say
from keqiao.packs.loader import RuleHandle


def explain(
    rule: Annotated[str, typer.Argument(help=say("规则编号，如 cn.tech_sme", "rule id, such as cn.tech_sme"))],
    facts: Annotated[
        str | None,
        typer.Option("--facts", help=say("案例：.json（一个），.jsonl 或 -（每行一个）", "cases: .json (one), .jsonl or - (one per line)")),
    ] = None,
    run: Annotated[Path | None, typer.Option("--run", help=say("评价结果的文件夹", "folder of a run"))] = None,
    enterprise: Annotated[str | None, typer.Option("--enterprise", help=say("企业代码", "the enterprise's code"))] = None,
    as_of: AsOfOption = None,
    year: YearOption = None,
    format: Annotated[str | None, typer.Option("--format", help="text | json")] = None,
    packs: PacksOption = None,
    lang: LangOption = None,
) -> None:
    """Say why: every condition with value, threshold, margin and article; what is missing."""
    if format not in (None, "text", "json"):
        raise fail(say("--format 只有 text 和 json", "--format is text or json"), USAGE)
    if (facts is None) == (run is None):
        raise fail(say("--facts 与 --run 二选一", "give either --facts or --run"), USAGE)
    if run is not None:
        from keqiao.engine import Run  # only here: the database need not load for single cases

        if enterprise is None:
            raise fail(say("--run 要与 --enterprise 同用", "--run needs --enterprise"), USAGE)
        with told():
            opened = Run.open(run)
            trace = opened.explain(rule, enterprise)
            _print(trace, opened.packs, format or "text", lang_of(lang))
        return
    assert facts is not None
    with told():
        known = packs_of(packs)
        handle = known[rule_of(known, rule)]
        day = day_of(as_of)
        if facts == "-" or facts.endswith(".jsonl"):
            ok = _lines(handle, _read_lines(facts), day, year, lang_of(lang))
            raise typer.Exit(0 if ok else BAD)
        case = parse(_read(Path(facts)))
        cases = case if isinstance(case, list) else [case]
        for i, one in enumerate(cases):
            if i and format != "json":
                sys.stdout.write("\n")
            _print(explain_case(handle, one, day, year), known, format or "text", lang_of(lang))


def _print(trace: Any, packs: Any, format: str, language: str) -> None:
    text = trace.to_json(language) if format == "json" else narrate(trace, packs.vocabulary, language)
    sys.stdout.write(text + "\n")


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except FileNotFoundError:
        raise fail(say(f"没有文件 {path}", f"there is no file {path}"), USAGE) from None
    except (OSError, UnicodeDecodeError) as problem:
        raise KeqiaoError(f"读不了 {path}：{problem}", f"cannot read {path}: {problem}") from None


def _read_lines(facts: str) -> Iterable[str]:
    if facts == "-":
        return sys.stdin
    return _read(Path(facts)).split("\n")


def _lines(handle: RuleHandle, lines: Iterable[str], day: Any, year: int | None, language: str) -> bool:
    """One compact JSON object per line; a bad case gives its error in its place."""
    ok = True
    write = sys.stdout.write
    for line in lines:
        line = line.lstrip("\ufeff").strip()
        if not line:
            continue
        id: Any = None
        try:
            case = parse(line)
            id = case.get("id") if isinstance(case, dict) else None
            answer = explain_case(handle, case, day, year).to_json(language)
        except KeqiaoError as problem:
            ok = False
            answer = json.dumps(
                {"id": id, "error": str(problem)}, ensure_ascii=False, separators=(",", ":"), default=str
            )
        write(answer + "\n")
    return ok
