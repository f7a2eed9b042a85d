"""The source keeps to the ways in: views read through queries, only services write, nothing leaves the frame unescaped."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import keqiao.platform

ROOT = Path(keqiao.platform.__path__[0])
#: Modules that write, besides ``services.py`` and what lies in ``services/``. Each writes inside `written`, or writes
#: what is no business record: progress of a job, marks of a session.
WRITERS = {
    "accounts/management.py", "audit/heads.py", "audit/services.py", "jobs/worker.py", "jobs/working.py", "operating/places.py", "operating/demo.py",
    "enterprises/declaring.py", "enterprises/objecting.py", "enterprises/registration.py", "enterprises/requesting.py", "assessments/work.py", "assessments/writing.py",
    "assessments/placing.py", "enterprises/work.py", "accounts/middleware.py", "api/throttling.py",
}  # fmt: skip
WRITER_FOLDERS = ("services/", "recording/", "intake/", "evidence/")
#: Modules that mark text as safe; each escapes first.
SAFE = {"web/templatetags/kq.py", "web/drawing.py", "web/icons.py", "accounts/services/factors.py"}
#: Where a token and no cookie says who calls.
NO_COOKIE = {"api/frame.py", "api/urls.py"}
WRITES = {"create", "bulk_create", "bulk_update", "get_or_create", "update_or_create", "update"}


def modules() -> list[Path]:
    return sorted(path for path in ROOT.rglob("*.py") if "migrations" not in path.parts)


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), str(path))


def is_view(path: Path, tree: ast.Module) -> bool:
    """Whether the module answers requests: it declares pages, or operations of the interface."""
    if "routers" in path.parts:
        return True
    decorated = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    return any(isinstance(d, ast.Call) and getattr(d.func, "id", "") == "page" for node in decorated for d in node.decorator_list)


def at_runtime(tree: ast.Module) -> Iterator[ast.AST]:
    """All nodes but annotations and those below ``if TYPE_CHECKING``."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            waiting.extend(node.orelse)
            continue
        annotations = {id(part) for part in (getattr(node, "annotation", None), getattr(node, "returns", None)) if part is not None}
        waiting.extend(child for child in ast.iter_child_nodes(node) if id(child) not in annotations)


VIEWS = [path for path in modules() if is_view(path, tree_of(path))]


def test_views_are_found():
    assert {"audit/views.py", "web/views.py"} <= {name_of(path) for path in VIEWS}


@pytest.mark.parametrize("path", VIEWS, ids=name_of)
def test_views_do_not_read_models(path):
    nodes = list(at_runtime(tree_of(path)))
    models = {
        alias.asname or alias.name
        for node in nodes
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("keqiao.") and (node.module or "").endswith(".models")
        for alias in node.names
        if not alias.name.isupper()
    }
    found = []
    for node in nodes:
        if isinstance(node, ast.Attribute) and node.attr in ("objects", "_default_manager", "_base_manager"):
            found.append(f"{name_of(path)}:{node.lineno}: .{node.attr}; read through queries.visible_to(actor)")
        if isinstance(node, ast.Name) and node.id in models:
            found.append(f"{name_of(path)}:{node.lineno}: {node.id}; a view takes records from queries, a model's name only in annotations")
    assert not found, "\n".join(found)


def chain(node: ast.AST) -> list[str]:
    """The attributes and calls before a method: ``A.objects.filter(x).update`` gives A, objects, filter, update."""
    found: list[str] = []
    while True:
        if isinstance(node, ast.Call):
            node = node.func
        elif isinstance(node, ast.Attribute):
            found.append(node.attr)
            node = node.value
        else:
            break
    if isinstance(node, ast.Name):
        found.append(node.id)
    return found[::-1]


def writes(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Calls that change the database: by a manager or query set, ``save()`` and ``delete()`` of a record."""
    imported = {(a.asname or a.name).split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom) for a in node.names}
    for node in at_runtime(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        words = chain(node.func)
        queried = {"objects", "filter", "exclude", "all"} & set(words[:-1])
        # a function of a module that is called so, and the session of a request, are no records
        record = words[0] not in imported and "session" not in words
        if (words[-1] in WRITES | {"delete"} and queried) or (words[-1] in ("save", "delete") and record):
            yield node.lineno, ".".join(words)


def may_write(path: Path) -> bool:
    name = name_of(path)
    return name.endswith("services.py") or name in WRITERS or any(folder in name for folder in WRITER_FOLDERS)


@pytest.mark.parametrize("path", [path for path in modules() if not may_write(path)], ids=name_of)
def test_only_services_write(path):
    found = [f"{name_of(path)}:{line}: {call}; write in services, inside written()" for line, call in writes(tree_of(path))]
    assert not found, "\n".join(found)


def test_writing_is_recognised():
    text = "A.objects.filter(b=1).update(c=2)\nx.save()\nA.objects.create()\nd.update(e)\nrequest.session.save()\nA.objects.filter().first()"
    assert [line for line, _ in sorted(writes(ast.parse(text)))] == [1, 2, 3]


@pytest.mark.parametrize("path", [path for path in modules() if name_of(path) not in NO_COOKIE], ids=name_of)
def test_forms_are_protected(path):
    names = {getattr(node, "attr", getattr(node, "id", "")) for node in ast.walk(tree_of(path))}
    assert "csrf_exempt" not in names, f"{name_of(path)}: csrf_exempt"


@pytest.mark.parametrize("path", [path for path in modules() if name_of(path) not in SAFE], ids=name_of)
def test_text_is_escaped(path):
    names = {getattr(node, "attr", getattr(node, "id", "")) for node in ast.walk(tree_of(path))}
    assert not names & {"mark_safe", "SafeText"}, f"{name_of(path)}: mark_safe; use format_html"


@pytest.mark.parametrize("path", sorted(ROOT.rglob("templates/**/*.html")), ids=name_of)
def test_templates_have_nothing_unsafe_or_inline(path):
    text = path.read_text("utf-8")
    found = [
        f"{name_of(path)}:{text[: hit.start()].count(chr(10)) + 1}: {hit[0]}"
        for hit in re.finditer(r"\|\s*safe(?:seq)?\b|{%\s*autoescape off|\sstyle=[\"']|<style|<script(?![^>]*\bsrc=)[^>]*>|\son[a-z]+=[\"']|href=[\"']javascript:", text)
    ]
    assert not found, "\n".join(found)
