"""The table of ASVS 5.0 and the security model: complete, countable, and true where a test can say so."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from docs_blocks import DOCS, ROOT

TABLE = DOCS / "reference" / "asvs.zh.md"
MODEL = DOCS / "explanation" / "security-model.md"
IDENTITY = DOCS / "reference" / "identity.zh.md"
PLATFORM, TESTS = ROOT / "src" / "keqiao" / "platform", ROOT / "tests" / "platform"

STATES = ("满足", "部分", "不适用", "未做")
#: Requirements of levels 1 and 2 in ASVS 5.0.0: section and the last number of each (those of level 3 come after, save in V6.5).
WANTED = {
    "5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3, "6.1": 3, "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3, "6.8": 4, "7.1": 3, "7.2": 4, "7.3": 2,
    "7.4": 5, "7.5": 2, "7.6": 2, "8.1": 2, "8.2": 3, "8.3": 1, "8.4": 1, "16.1": 1, "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3,
}  # fmt: skip
OTHERS = {f"V{n}" for n in (*range(1, 5), *range(9, 16), 17)}


@dataclass(frozen=True)
class Row:
    """One requirement: number, state, files and tests as named, the note."""

    number: str
    state: str
    files: tuple[str, ...]
    tests: tuple[str, ...]
    note: str


def cells_of(page: Path) -> Iterator[list[str]]:
    """The cells of every table row of a page, heads and rules included."""
    for line in page.read_text("utf-8").splitlines():
        if line.startswith("|"):
            yield [cell.strip() for cell in line.strip("|").split("|")]


def code(text: str) -> tuple[str, ...]:
    """What stands in backticks."""
    return tuple(re.findall(r"`([^`]+)`", text))


@cache
def rows() -> tuple[Row, ...]:
    """All requirements of the table."""
    found = [cells for cells in cells_of(TABLE) if re.fullmatch(r"\d+\.\d+\.\d+", cells[0])]
    return tuple(Row(number, state, code(files), code(tests), note) for number, _, state, files, tests, note in found)


def place(name: str, *roots: Path) -> Path | None:
    """A file by its name below one of the roots; None where there is none."""
    return next((root / name for root in roots if (root / name).is_file()), None)


@cache
def functions(path: Path) -> frozenset[str]:
    """The names of all functions of a module."""
    return frozenset(
        node.name for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.FunctionDef)
    )


def test_every_requirement_of_the_five_chapters_stands_once() -> None:
    wanted = [f"{section}.{n}" for section, last in WANTED.items() for n in range(1, last + 1)]
    assert [row.number for row in rows()] == wanted


def test_the_other_chapters_are_listed_as_open() -> None:
    assert {
        cells[0].split()[0] for cells in cells_of(TABLE) if re.match(r"V\d+ ", cells[0]) and len(cells) == 2
    } == OTHERS


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.number)
def test_a_row_says_what_it_must(row: Row) -> None:
    assert row.state in STATES
    assert row.files
    assert row.tests or row.state != "满足", "name a test, or say 部分"
    assert row.note or row.state == "满足", "say what is lacking, or why"


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.number)
def test_its_files_and_tests_exist(row: Row) -> None:
    missing = [name for name in row.files if place(name, PLATFORM, ROOT) is None]
    for name in row.tests:
        file, _, function = name.partition("::")
        path = place(file, TESTS, ROOT)
        if path is None or function not in functions(path):
            missing.append(name)
    assert missing == []


def test_the_totals_are_those_of_the_rows() -> None:
    counts: dict[str, Counter[str]] = {}
    for row in rows():
        counts.setdefault(row.number.partition(".")[0], Counter())[row.state] += 1
    shown = {
        match[1]: list(map(int, cells[1:]))
        for cells in cells_of(TABLE)
        if (match := re.match(r"V(\d+) ", cells[0])) and len(cells) == 6
    }
    assert shown == {chapter: [*(found[state] for state in STATES), found.total()] for chapter, found in counts.items()}


# ---- what the two pages say about the code -------------------------------------------------------


@pytest.mark.parametrize("page", [MODEL, TABLE], ids=lambda page: page.name)
def test_files_that_the_pages_name_exist(page: Path) -> None:
    named = {name for name in code(page.read_text("utf-8")) if re.fullmatch(r"[\w/]+\.(py|html)", name)}
    assert named
    assert sorted(name for name in named if place(name, PLATFORM, TESTS, ROOT) is None) == []


def test_documented_limits_are_those_in_force() -> None:
    pytest.importorskip("django")
    from dataclasses import asdict

    from keqiao.platform.accounts.limits import Limits

    shown = {
        name[0]: int(number[0])
        for cells in cells_of(IDENTITY)
        if len(cells) == 4 and (name := code(cells[1])) and (number := re.match(r"\d+", cells[2]))
    }
    assert shown == asdict(Limits())


def test_documented_uploads_are_those_in_force() -> None:
    pytest.importorskip("django")
    from keqiao.platform.enterprises import intake_files
    from keqiao.platform.enterprises.evidence import kinds, texts

    shown = {cells[0][:2]: cells for cells in cells_of(MODEL) if len(cells) == 5}
    evidence, sheets = shown["证据"], shown["导入"]
    assert code(evidence[1])[0] == kinds.ACCEPT
    assert evidence[2] == f"{kinds.MOST_BYTES >> 20} MB"
    assert (
        evidence[3]
        == f"{kinds.OFFICE_LIMITS.unpacked_bytes >> 20} MB，{kinds.OFFICE_LIMITS.parts} 个部件；PDF {texts.MOST_PAGES} 页"
    )
    assert code(sheets[1])[0] == intake_files.ACCEPT
    assert sheets[2].startswith(
        f"{intake_files.LIMITS.file_bytes >> 20} MB（json {intake_files.LIMITS.json_bytes >> 20} MB）"
    )
    assert sheets[3] == f"{intake_files.LIMITS.unpacked_bytes >> 20} MB"


def test_the_log_inventory_names_every_log() -> None:
    """Log files are opened in one place, and the tables that log are the audit's and that of failures."""
    texts = {path: path.read_text("utf-8") for path in (ROOT / "src" / "keqiao").rglob("*.py")}
    written = {f"logs/{name}.log" for text in texts.values() for name in re.findall(r"log_to\(home, \"(\w+)\"\)", text)}
    handlers = {
        path.name for path, text in texts.items() if re.search(r"(?:File|SysLog|Socket|HTTP|SMTP)Handler\(", text)
    }
    assert handlers == {"serving.py"}
    named = {name for cells in cells_of(MODEL) if len(cells) == 5 for name in code(cells[0])}
    assert named == written | {"audit_event", "audit_head", "accounts_failure"}


def password_fields() -> list[tuple[str, str]]:
    """Every field that asks for a password: the template's name and the tag."""
    tag = re.compile(r"{% include \"web/parts/field.html\" with name=\"(?:password|again|old|new)\"[^%]*%}")
    pages = PLATFORM.rglob("templates/**/*.html")
    return [(path.name, field) for path in pages for field in tag.findall(path.read_text("utf-8"))]


def test_password_fields_hide_what_is_typed() -> None:
    assert len(password_fields()) >= 5
    assert [name for name, field in password_fields() if 'kind="password"' not in field] == []
    assert "type=\"{{ kind|default:'text' }}\"" in (PLATFORM / "web/templates/web/parts/field.html").read_text("utf-8")


def test_nothing_forbids_pasting() -> None:
    pages = [*(PLATFORM / "web" / "static" / "web").glob("*.js"), *PLATFORM.rglob("templates/**/*.html")]
    assert [path.name for path in pages if re.search(r"onpaste|[\"']paste[\"']", path.read_text("utf-8"))] == []
    assert [name for name, field in password_fields() if 'autocomplete="off"' in field] == []
