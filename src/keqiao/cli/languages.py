"""The language of a process, chosen before anything else: help texts are in it when their modules are read."""

from __future__ import annotations

import locale
import os
import sys
from collections.abc import Sequence

from keqiao.errors import use_language


def choose_language(arguments: Sequence[str]) -> None:
    """Set the language from ``--lang``, else from the locale: English where it says so, else Chinese.

    Ends with exit code 2 where ``--lang`` names another.
    """
    chosen: str | None = None
    for i, word in enumerate(arguments):
        if word == "--lang" and i + 1 < len(arguments):
            chosen = arguments[i + 1]
        elif word.startswith("--lang="):
            chosen = word.removeprefix("--lang=")
    if chosen is not None and chosen not in ("zh", "en"):
        sys.stderr.write(f"错误 error: --lang {chosen}：只有 zh 和 en / zh and en only\n")
        raise SystemExit(2)
    if chosen is None:
        named = next((os.environ[v] for v in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(v)), "")
        chosen = "en" if (named or (locale.getlocale()[0] or "")).lower().startswith("en") else "zh"
    use_language("en" if chosen == "en" else "zh")
