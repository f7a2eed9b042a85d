"""Small packs, written as files, for the tests of this folder."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent, indent

from keqiao.packs.loader import Packs, load_packs

INVALID = Path(__file__).parent / "invalid"

RULE = """\
kind: standard
id: test.rule
title: {zh: 试验, en: Trial}
source: {document: 试验办法, date: 2020-01-01}
effective: {from: 2020-01-01}
recorded: 2026-01-01
"""

CLAUSE = """\
require:
  all:
    - id: size
      title: 规模
      when: 职工人数 >= 10人
      cite: 第一条
"""


def write(folder: Path, name: str, text: str) -> Path:
    """A pack file in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.yaml"
    path.write_text(dedent(text), encoding="utf-8")
    return path


def rule(body: str, **head: str) -> str:
    """A rule file with another body; ``head`` replaces lines of the head, ``""`` removes them."""
    lines = [line for line in RULE.splitlines() if line.partition(":")[0] not in head]
    lines += [f"{key}: {value}" for key, value in head.items() if value]
    return "\n".join(lines) + "\n" + dedent(body)


def clause(when: str, **head: str) -> str:
    """A rule of one clause called ``size``."""
    return rule(CLAUSE.replace("职工人数 >= 10人", when), **head)


def item(form: str, **head: str) -> str:
    """A rule of one score item called ``share``."""
    body = indent(dedent(form).strip("\n"), "    ")
    return rule(f"scores:\n  - id: share\n    title: 占比\n    cite: 附表\n{body}\n", **head)


def load(folder: Path, text: str, name: str = "rule") -> Packs:
    """The shipped packs with one file laid over them."""
    write(folder, name, text)
    return load_packs([folder])
