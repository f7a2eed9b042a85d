"""Fenced blocks of the documents, and a place in which they run as a reader would run them."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import keqiao

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"

_FENCE = re.compile(r"^```(?P<info>[^\n`]*)\n(?P<body>.*?)^```\s*$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A fenced block: language, ``key=value`` options, text, and the line it begins at."""

    language: str
    options: dict[str, str]
    body: str
    line: int


def blocks_of(path: Path) -> list[Block]:
    """The fenced blocks of a document in order."""
    text = path.read_text("utf-8")
    found = []
    for match in _FENCE.finditer(text):
        words = shlex.split(match["info"])
        options = dict(word.partition("=")[::2] for word in words[1:])
        line = text.count("\n", 0, match.start()) + 1
        found.append(Block(words[0] if words else "", options, match["body"], line))
    return found


def without_blocks(text: str) -> str:
    """A document's text with its fenced blocks taken out."""
    return _FENCE.sub("", text)


@dataclass
class Shell:
    """Runs commands in one folder with ``keqiao`` on the path, in one language."""

    folder: Path
    language: str
    output: str = ""
    environment: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        commands = self.folder / ".bin"
        commands.mkdir()
        for name, arguments in (("keqiao", "-m keqiao "), ("python", "")):
            program = commands / name
            program.write_text(f'#!/bin/sh\nexec "{sys.executable}" {arguments}"$@"\n', "utf-8")
            program.chmod(0o755)
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "COV_", "COVERAGE"))}
        self.environment = kept | {
            "PATH": f"{commands}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(Path(keqiao.__file__).parents[1]),
            "LANG": "zh_CN.UTF-8" if self.language == "zh" else "en_US.UTF-8",
            "LC_CTYPE": "C.UTF-8",
            "COLUMNS": "160",
        }

    def run(self, script: str) -> int:
        """Run a script as ``sh -e`` does; its output, both streams, is kept in ``output``."""
        done = subprocess.run(
            ["sh", "-ec", script], cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False
        )
        self.output = done.stdout + done.stderr
        return done.returncode


def follow(path: Path, shell: Shell) -> list[str]:
    """Do what a document says, in order; returns what did not come out as written.

    A block with ``file=NAME`` is written there; ``sh`` runs (``exit=1`` where that is meant);
    ``text`` after ``sh`` must occur in its output, line by line.
    """
    wrong = []
    ran = False
    for block in blocks_of(path):
        place = f"{path.name}:{block.line}"
        if "file" in block.options:
            target = shell.folder / block.options["file"]
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(block.body, "utf-8")
        elif block.language == "sh":
            code = shell.run(block.body)
            ran = True
            if code != int(block.options.get("exit", "0")):
                return [*wrong, f"{place}: exit {code}", shell.output]  # what follows rests on this
        elif block.language == "text" and ran:
            missing = absent(block.body, shell.output)
            if missing:
                wrong += [*(f"{place}: not printed: {line}" for line in missing), shell.output]
    return wrong


def absent(expected: str, printed: str) -> list[str]:
    """Lines of ``expected`` that do not come in ``printed`` in this order.

    White space counts as one blank, ``…`` stands for anything, and a line matches a part of a line.
    """
    lines = [" ".join(line.split()) for line in printed.splitlines()]
    missing = []
    at = 0
    for wanted in expected.splitlines():
        parts = [re.escape(" ".join(part.split())) for part in wanted.split("…")]
        if not any(parts):
            continue
        pattern = re.compile(".*".join(parts))
        found = next((i for i in range(at, len(lines)) if pattern.search(lines[i])), None)
        if found is None:
            missing.append(wanted)
        else:
            at = found + 1
    return missing
