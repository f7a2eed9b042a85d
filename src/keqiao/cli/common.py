"""What all commands share: languages, packs, progress, exit codes, errors."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from keqiao.errors import KeqiaoError, Language, language, say
from keqiao.packs.loader import Packs, load_packs, today

#: Exit codes: 0 done, 1 the data or the answer is bad, 2 wrong usage.
DONE, BAD, USAGE = 0, 1, 2

#: A step's name, how many are done, how many there are.
Report = Callable[[str, int, int], None]


def lang_of(value: str | None) -> Language:
    """The language of an answer: ``--lang``, else the language of messages."""
    return "en" if value == "en" else "zh" if value == "zh" else language()


def out() -> Console:
    """Standard output, for tables and sentences; never wraps a path or a code in two where piped."""
    return Console(highlight=False, emoji=False, soft_wrap=not sys.stdout.isatty())


def err() -> Console:
    """Standard error, for progress and warnings."""
    return Console(stderr=True, highlight=False, emoji=False, soft_wrap=not sys.stderr.isatty())


class Wrong(typer.Exit):
    """Ends with a code after the sentence was printed."""


def fail(message: str, code: int = BAD) -> Wrong:
    """Print a sentence to standard error and give the exit to raise."""
    err().print(f"{say('错误', 'error')}: {message}", style="red", markup=False)
    return Wrong(code)


@contextmanager
def progress() -> Iterator[Report]:
    """A progress bar on standard error that goes away when done; silent where no one looks."""
    console = err()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=None)

        def report(step: str, done: int, total: int) -> None:
            bar.update(task, description=_STEPS.get(step, (step, step))[0 if language() == "zh" else 1], completed=done, total=total)

        yield report


_STEPS = {
    "read": ("读取", "reading"),
    "check": ("检查", "checking"),
    "write": ("写入", "writing"),
    "copy": ("标注错误", "marking errors"),
}


def packs_of(folders: Sequence[Path] | None) -> Packs:
    """The shipped packs with the given folders laid over them."""
    for folder in folders or ():
        if not folder.exists():
            raise fail(say(f"没有文件夹 {folder}", f"there is no folder {folder}"), USAGE)
    return load_packs(list(folders or ()))


def rule_of(packs: Packs, id: str) -> str:
    """A known rule id; ends with a usage error that lists the known ones."""
    if id in packs:
        return id
    known = "、".join(packs)
    raise fail(say(f"没有规则“{id}”；已有：{known}", f"there is no rule {id!r}; known: {known}"), USAGE)


def day_of(text: str | None) -> dt.date:
    """A date option; today in China where absent."""
    if text is None:
        return today()
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise fail(
            say(f"“{text}”不是日期，应写作 2026-11-21", f"{text!r} is not a date; write it as 2026-11-21"), USAGE
        ) from None


def year_of(year: int, day: dt.date) -> int:
    """A case's year that can be meant on a day: not 25 for 2025, not after the day; ends with a usage error."""
    if not 1990 <= year <= day.year:
        raise fail(
            say(f"--year {year} 不对：应是 1990 至 {day.year} 之间的四位年份，不晚于评定日 {day}", f"--year {year}: write four digits, from 1990 to {day.year}, not after the day {day}"),
            USAGE,
        )
    return year


@contextmanager
def told() -> Iterator[None]:
    """Turn errors of the input into a sentence and exit code 1."""
    try:
        yield
    except KeqiaoError as problem:
        raise fail(str(problem)) from None


PacksOption = Annotated[
    list[Path] | None,
    typer.Option("--packs", help=say("叠加在内置规则包之上的文件夹，可重复", "folder of packs laid over the shipped ones; may be repeated")),
]
LangOption = Annotated[str | None, typer.Option("--lang", help=say("语言：zh 或 en", "language: zh or en"))]
AsOfOption = Annotated[
    str | None, typer.Option("--as-of", help=say("评定日，如 2026-11-21；缺省为今天", "the day that counts, such as 2026-11-21; default today"))
]
YearOption = Annotated[
    int | None, typer.Option("--year", help=say("评价年度；缺省为评定日的上一年", "the case's year; default the year before the day"))
]
OutOption = Annotated[Path, typer.Option("--out", help=say("写到哪里；已存在则拒绝", "where to write; refused where it exists"))]
