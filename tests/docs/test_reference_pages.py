"""Commands, checks, the trace, snapshots and dependencies: what there is stands in the reference."""

from __future__ import annotations

import json
import re
import tomllib
from importlib import metadata, resources
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import typer.main
from docs_blocks import DOCS, ROOT, blocks_of

from keqiao import load_packs
from keqiao.cli.main import build
from keqiao.packs.lint.report import CODES

REFERENCE = DOCS / "reference"
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
EXTRAS: dict[str, list[str]] = PYPROJECT["project"]["optional-dependencies"]


def read(name: str) -> str:
    return (REFERENCE / name).read_text("utf-8")


# ---- commands ------------------------------------------------------------------------------------


def commands(command: Any, path: tuple[str, ...] = ("keqiao",)) -> list[tuple[str, list[str]]]:
    """Every command that does something, with its long options."""
    below = getattr(command, "commands", None)
    if below:
        return [found for name, part in below.items() for found in commands(part, (*path, name))]
    options = [opt for param in command.params for opt in param.opts if opt.startswith("--")]
    return [(" ".join(path), options)]


COMMANDS = commands(typer.main.get_command(build()))


def section(command: str) -> str:
    text = read("cli.md")
    start = text.index(f"\n## {command}\n")
    end = text.find("\n## ", start + 1)
    return text[start : end if end > 0 else len(text)]


@pytest.mark.parametrize(("command", "options"), COMMANDS, ids=[name for name, _ in COMMANDS])
def test_every_command_has_a_section_with_all_its_options(command: str, options: list[str]) -> None:
    text = section(command)
    assert [opt for opt in options if opt != "--help" and not re.search(rf"{opt}\b", text)] == []


def test_no_option_is_described_that_does_not_exist() -> None:
    known = {opt for _, options in COMMANDS for opt in options} | {"--help", "--version"}
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", read("cli.md"))) - known == set()


def test_no_command_is_described_that_does_not_exist() -> None:
    sections = re.findall(r"^## (keqiao .+)$", read("cli.md"), re.MULTILINE)
    assert sections == [name for name, _ in sorted(COMMANDS, key=lambda c: sections.index(c[0]))]


# ---- checks, trace -------------------------------------------------------------------------------


def test_every_finding_of_the_check_is_explained_under_its_severity() -> None:
    errors, notes = read("errors.md").split("## 说明")
    assert [
        c for c, (severity, *_) in CODES.items() if f"| `{c}` |" not in (errors if severity == "error" else notes)
    ] == []


def keys_of(value: object) -> set[str]:
    if isinstance(value, dict):
        return set(value) | {key for part in value.values() for key in keys_of(part)}
    return {key for part in value for key in keys_of(part)} if isinstance(value, list) else set()


def test_every_key_of_a_trace_is_explained() -> None:
    packs = load_packs()
    facts = {"职工人数": 80, "发展阶段": "初创期", "划型行业": "工业"}
    found: set[str] = set()
    for id in packs:
        found |= keys_of(packs[id].explain(facts, as_of="2026-11-21").to_dict())
        found |= keys_of(packs[id].explain(facts, as_of="1990-01-01").to_dict())
    assert {key for key in found if f"`{key}`" not in read("trace.md")} == set()


def properties_of(schema: object) -> set[str]:
    if isinstance(schema, dict):
        own = set(schema.get("properties", {})) if isinstance(schema.get("properties"), dict) else set()
        return own | {name for part in schema.values() for name in properties_of(part)}
    return {name for part in schema for name in properties_of(part)} if isinstance(schema, list) else set()


def test_every_property_of_the_schema_is_explained() -> None:
    file = resources.files("keqiao.rules") / "trace.schema.json"
    assert {
        name for name in properties_of(json.loads(file.read_text("utf-8"))) if f"`{name}`" not in read("trace.md")
    } == set()


def test_the_example_of_a_trace_is_one() -> None:
    schema = json.loads((resources.files("keqiao.rules") / "trace.schema.json").read_text("utf-8"))
    example = next(block for block in blocks_of(REFERENCE / "trace.md") if block.language == "json")
    jsonschema.validate(json.loads(example.body), schema)


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=lambda page: page.name)
def test_json_examples_are_json(page: Path) -> None:
    for block in blocks_of(page):
        if block.language == "json":
            json.loads(block.body)


# ---- dependencies --------------------------------------------------------------------------------


def name_of(requirement: str) -> str:
    return re.split(r"[\[<>=!~; ]", requirement)[0]


DIRECT = sorted(
    {name_of(r) for rs in (PYPROJECT["project"]["dependencies"], *EXTRAS.values()) for r in rs} - {"keqiao"}
)
ROWS = {cells[1].strip("` "): cells for row in read("dependencies.md").splitlines() if len(cells := row.split("|")) > 4}


@pytest.mark.parametrize("name", DIRECT)
def test_every_direct_dependency_has_a_reason(name: str) -> None:
    assert ROWS[name][2].strip()


def test_no_dependency_is_explained_that_is_not_there() -> None:
    files = [ROOT / "requirements" / name for name in ("dev.txt", "browser.txt")]
    tools = [name_of(line) for file in files for line in file.read_text().splitlines() if line[0] != "#"]
    assert set(ROWS) - {*DIRECT, *tools, *PYPROJECT["build-system"]["requires"][0].split(">")[:1], "包", "---"} == set()


@pytest.mark.parametrize("name", sorted({name_of(r) for r in PYPROJECT["project"]["dependencies"]}))
def test_licences_are_those_of_the_installed_packages(name: str) -> None:
    about = metadata.metadata(name)
    told = " ".join(
        [about.get("License-Expression") or "", (about.get("License") or "")[:80], *about.get_all("Classifier", [])]
    )
    family = ROWS[name][3].split("-")[0].strip()
    assert family.casefold() in told.casefold()
