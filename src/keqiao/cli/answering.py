"""What the commands about a run share: opening it, reading their options, showing and writing an answer."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich import box
from rich.markup import escape
from rich.table import Table as Grid

from keqiao.cli.common import USAGE, fail, out, told
from keqiao.errors import KeqiaoError, RuleError, say
from keqiao.rules.source import read_quantity

if TYPE_CHECKING:
    from keqiao.engine import Run
    from keqiao.reports.papers import Table

#: Rows of a table that the terminal shows; files hold all.
SHOWN = 20
#: A text without spaces up to this long, such as an enterprise's code, is not broken.
_CODE = 18

RunArgument = Annotated[Path, typer.Argument(help=say("评价结果的文件夹", "folder of a run"))]
FileOption = Annotated[
    Path | None,
    typer.Option("--out", help=say("另写成 .xlsx、.csv 或 .json；已存在则拒绝", "also write .xlsx, .csv or .json; refused where it exists")),
]
JsonOption = Annotated[bool, typer.Option("--json", help=say("输出一行 JSON", "print one line of JSON"))]


def opened(path: Path) -> Run:
    """An open run; ends with a sentence where there is none."""
    from keqiao.engine import Run

    if not path.exists():
        raise fail(say(f"没有文件夹 {path}；先用 keqiao assess 生成", f"there is no folder {path}; make one with keqiao assess"), USAGE)
    with told():
        return Run.open(path)


def rule_in(run: Run, id: str) -> str:
    """A rule of the run; ends with a usage error that lists what it has."""
    if id in run.rules:
        return id
    known = "、".join(run.rules)
    raise fail(say(f"这次评价没有规则“{id}”；有：{known}", f"this run has no rule {id!r}; it has {known}"), USAGE)


@contextmanager
def asked() -> Iterator[None]:
    """Turn what is wrong with the options into a sentence and exit code 2."""
    try:
        yield
    except KeqiaoError as problem:
        raise fail(str(problem), USAGE) from None


def share_of(text: str, option: str) -> Fraction:
    """A share such as 10%; ends with a usage error."""
    try:
        literal = read_quantity(text)
    except RuleError:
        literal = None
    if literal is None or literal.dimension.name != "ratio":
        raise fail(say(f"{option} “{text}”不是比率，应写作 10%", f"{option} {text!r} is not a share; write it as 10%"), USAGE)
    return literal.value


def file_of(path: Path | None) -> Path | None:
    """An output file that can be written; ends with a usage error where its ending is unknown."""
    if path is not None and path.suffix.lower() not in (".xlsx", ".csv", ".json"):
        raise fail(say(f"--out “{path}”应以 .xlsx、.csv 或 .json 结尾", f"--out {str(path)!r} must end in .xlsx, .csv or .json"), USAGE)
    if path is not None:
        from keqiao.facts.snapshot import refuse_existing

        with told():
            refuse_existing(path)
    return path


def answer(found: Any, file: Path | None, json: bool, language: str, *, write: Any = None) -> None:
    """Write an answer to a file where one is named, and print it as text or as JSON."""
    from keqiao.reports.written import json_of, write_answer

    if file is not None:
        with told():
            (write or write_answer)(found, file, language=language)
    if json:
        sys.stdout.write(json_of(found) + "\n")
        return
    show(found, language)
    if file is not None:
        out().print(say(f"已写出 {file}", f"wrote {file}"), style="bold", markup=False)


def show(found: Any, language: str) -> None:
    """Print an answer as text that is readable at 80 columns."""
    from keqiao.reports.papers import paper_of

    paper, console = paper_of(found, language), out()
    console.print(paper.title, style="bold", markup=False)
    for warning in paper.warnings:
        console.print(warning, style="yellow", markup=False)
    for label, text in paper.facts:
        console.print(f"{label}：{text}" if language == "zh" else f"{label}: {text}", markup=False)
    for table in paper.tables:
        _print(table, language)
    for note in paper.notes:
        console.print(note, style="dim", markup=False)


def _print(table: Table, language: str) -> None:
    from keqiao.reports.written import text_of

    console = out()
    if not table.rows:
        console.print(f"\n{table.name}：没有" if language == "zh" else f"\n{table.name}: none", markup=False)
        return
    columns: Sequence[int] = table.brief or range(len(table.heads))
    console.print(f"\n{table.name}", style="bold", markup=False)
    grid = Grid(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1))
    rows = [[text_of(row[col]) for col in columns] for row in table.rows]
    for at, col in enumerate(columns):
        numbers = all(isinstance(row[col], int | Fraction) for row in table.rows)
        code = all(row[at].isascii() and len(row[at]) <= _CODE and " " not in row[at] for row in rows)
        grid.add_column(table.heads[col], overflow="fold", justify="right" if numbers else "left", no_wrap=numbers or code)
    listed = _few(rows, table.per)
    above: list[str] = []
    for row in listed:
        same = [i < table.lead and above[: i + 1] == row[: i + 1] for i in range(len(row))]
        grid.add_row(*("" if repeated else escape(text) for text, repeated in zip(row, same, strict=True)))
        above = row
    console.print(grid)
    more = len(rows) - len(listed)
    if more:
        console.print(say(f"……另有 {more} 行，用 --out 或 --json 看全部", f"… {more} more rows; --out and --json have all"), style="dim", markup=False)
    if table.note:
        console.print(table.note, style="dim", markup=False)


def _few(rows: list[list[str]], per: int) -> list[list[str]]:
    """The first rows, or the first of each value of the first column."""
    if not per:
        return rows[:SHOWN]
    seen: Counter[str] = Counter()
    found = []
    for row in rows:
        seen[row[0]] += 1
        if seen[row[0]] <= per:
            found.append(row)
    return found
