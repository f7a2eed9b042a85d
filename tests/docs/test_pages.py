"""Pages as a whole: links, the page of rules, and what must not stand in the repository."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType
from urllib.parse import unquote

import pytest
from docs_blocks import DOCS, ROOT, without_blocks

from keqiao import __version__, load_packs

PAGES = [*sorted(DOCS.rglob("*.md")), *sorted(ROOT.glob("*.md")), ROOT / "examples" / "README.md"]
TEXTS = {".md", ".py", ".yaml", ".yml", ".toml", ".txt", ".json", ".csv", ".cfg", ".sh", ""}


# ---- links ---------------------------------------------------------------------------------------


def anchors(path: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", without_blocks(path.read_text("utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_relative_links_lead_somewhere(page: Path) -> None:
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", without_blocks(page.read_text("utf-8"))):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = unquote(target).partition("#")
        there = (page.parent / file).resolve() if file else page
        if not there.exists() or (anchor and anchor not in anchors(there)):
            broken.append(target)
    assert broken == []


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=lambda page: page.relative_to(DOCS).as_posix())
def test_every_page_can_be_reached_from_the_front(page: Path) -> None:
    linked: set[Path] = set()
    pending = [ROOT / "README.md", ROOT / "README.zh.md"]
    while pending:
        at = pending.pop()
        if at in linked or at.suffix != ".md" or not at.exists():
            continue
        linked.add(at)
        targets = re.findall(r"\]\(([^)\s#]+)[^)]*\)", at.read_text("utf-8"))
        pending += [(at.parent / unquote(t)).resolve() for t in targets if not re.match(r"[a-z]+:", t)]
    assert page in linked


# ---- rules, versions -----------------------------------------------------------------------------


def rules_page() -> ModuleType:
    spec = importlib.util.spec_from_file_location("rules_page", ROOT / "tools" / "rules_page.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_of_rules_is_what_the_packs_say() -> None:
    tool = rules_page()
    assert tool.PAGE.read_text("utf-8") == tool.page(load_packs()), "run python tools/rules_page.py"


@pytest.mark.parametrize("id", load_packs())
def test_every_rule_is_on_the_page_of_rules(id: str) -> None:
    assert f"`{id}`" in (DOCS / "reference" / "rules.md").read_text("utf-8")


def test_the_changelog_names_the_version() -> None:
    assert __version__ in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_no_rule_is_called_official_while_something_is_to_be_verified() -> None:
    text = (DOCS / "reference" / "rules.md").read_text("utf-8")
    assert [
        row for row in text.splitlines() if "| 官方 |" in row and not row.endswith("| 0 |") and row.startswith("| `")
    ] == []


# ---- the repository ------------------------------------------------------------------------------


def repository_texts() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("not a git work tree")
    return [p for name in listed.stdout.split("\0") if name and (p := ROOT / name).is_file() and p.suffix in TEXTS]


# written in pieces, so that this file does not contain what it looks for
FORBIDDEN = [
    "/(?:home|root|Users)" + r"/\w",
    "/tm" + r"p/\w",
    "/wo" + "rk/",
    "pypi" + r"\.org",
    "files.python" + "hosted",
    "index" + "-url",
    r"\b(?:10|192\.168|172\.(?:1[6-9]|2\d|3[01]))(?:\.\d{1,3}){2,3}:\d+",
    "npm" + r"js\.(?:org|com)",
]


def test_no_machine_path_or_registry_stands_in_the_repository() -> None:
    pattern = re.compile("|".join(FORBIDDEN))
    found = []
    for path in repository_texts():
        for number, line in enumerate(path.read_text("utf-8", errors="replace").splitlines(), start=1):
            if (match := pattern.search(line)) is not None:
                found.append(f"{path.relative_to(ROOT)}:{number}: {match[0]}")
    assert found == []


def imported() -> set[str]:
    found = set()
    for path in (ROOT / "src").rglob("*.py"):
        found |= set(re.findall(r"^\s*(?:import|from) (\w+)", path.read_text("utf-8"), re.MULTILINE))
    return found - set(sys.stdlib_module_names) - {"keqiao"}


def test_whatever_is_imported_is_a_direct_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    # the site's modules are only reached where its extra is installed
    wanted = [*project["dependencies"], *project["optional-dependencies"]["platform"], *project["optional-dependencies"]["postgres"]]
    names = {re.split(r"[\[<>=]", r)[0].lower().replace("-", "_") for r in wanted}
    # pydantic names its core as the place of its error class and pins it exactly
    modules = {"stdnum": "python_stdnum", "yaml": "pyyaml", "pydantic_core": "pydantic", "ninja": "django_ninja", "argon2": "argon2_cffi"}
    assert {module for module in imported() if modules.get(module, module) not in names} - {"python_calamine"} == set()
