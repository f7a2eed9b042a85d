"""Wrong usage and interruption as sentences in the user's language.

The messages of the option parser are English; here the common ones are said in Chinese as well.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from typer.exceptions import TyperException

from keqiao.cli.common import USAGE, err, fail
from keqiao.errors import say

#: What a shell expects of a program that was ended by Ctrl-C.
INTERRUPTED = 130

#: Messages of the parser and what they are in Chinese; groups of the pattern are filled in.
_CHINESE: tuple[tuple[str, str], ...] = (
    (r"No such command '(.+?)'\.", "没有命令“{0}”"),
    (r"No such option: (\S+)", "没有选项 {0}"),
    (r"Missing option '(.+?)'\.?", "缺少选项 {0}"),
    (r"Missing argument '(.+?)'\.?", "缺少参数 {0}"),
    (r"Missing command\.", "缺少命令"),
    (r"Got unexpected extra argument(?:s|\(s\))? \((.+)\)", "多出了“{0}”；含空格的值要加引号"),
    (r"Option '(.+?)' requires an argument\.?", "选项 {0} 后面要写值"),
    (r"Option '(.+?)' does not take a value\.?", "选项 {0} 后面不写值"),
    (r"Invalid value for '(.+?)': .*valid integer.*", "{0} 应是整数"),
    (r"Invalid value for '(.+?)': Input should be greater than or equal to (\S+)", "{0} 应不小于 {1}"),
    (r"Invalid value for '(.+?)': (.+)", "{0} 的值不对：{1}"),
)


def ended(run: Callable[[], object]) -> int:
    """Run the command line and give its exit code; what goes wrong before a command starts is told here."""
    try:
        code = run()
    except TyperException as problem:
        return _usage(problem)
    except KeyboardInterrupt:
        code = INTERRUPTED
    if code == INTERRUPTED:
        err().print(say("已中断，没有留下半成品。", "interrupted; nothing half-done was left behind."), style="yellow", markup=False)
    return code if isinstance(code, int) else 0


def _usage(problem: TyperException) -> int:
    """Tell wrong usage; a bare group of commands shows its help."""
    context = getattr(problem, "ctx", None)
    told: Callable[[], str] | None = getattr(problem, "format_message", None)
    message = told() if told is not None else str(problem)
    if type(problem).__name__ == "NoArgsIsHelpError":
        err().print(message, markup=False)
        return USAGE
    if context is not None:
        err().print(say(f"用法见 {context.command_path} --help", f"see {context.command_path} --help"), markup=False)
    fail(say(chinese(message), message), USAGE)
    return USAGE


def chinese(message: str) -> str:
    """A message of the parser in Chinese; as it is where it is not known. What is near is kept."""
    first, _, near = message.partition(" Did you mean ")
    if not near:
        first, _, near = message.partition(" (Possible options: ")
    said = next((zh.format(*found.groups()) for form, zh in _CHINESE if (found := re.fullmatch(form, first.strip()))), first)
    names = re.findall(r"[\w\-]+", near.replace(" or ", " "))
    return f"{said}；是不是 {'、'.join(names)}？" if names else said
