"""Folders that appear at once and complete, or not at all."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from keqiao.errors import KeqiaoError
from keqiao.facts.snapshot import refuse_existing


@contextmanager
def new_folder(out: Path, *, replace: bool = False) -> Iterator[Path]:
    """A temporary folder beside ``out`` that becomes ``out`` when the block ends well.

    An interruption or an error leaves ``out`` as it was. Raises `KeqiaoError` where ``out`` exists,
    unless ``replace``.
    """
    if not replace:
        refuse_existing(out)
    temporary = out.parent / f".{out.name}.{os.getpid()}-{secrets.token_hex(4)}.tmp"
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        temporary.mkdir()
        yield temporary
        _sync(temporary)
        if replace and out.exists():
            shutil.rmtree(out)
        os.rename(temporary, out)
    except OSError as problem:
        raise KeqiaoError(
            f"无法写入“{out}”：{problem.strerror or problem}，没有留下任何文件",
            f"cannot write {str(out)!r}: {problem.strerror or problem}; nothing was left behind",
        ) from problem
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _sync(folder: Path) -> None:
    for path in [*folder.rglob("*"), folder]:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def link_or_copy(source: Path, target: Path) -> None:
    """The same immutable file at a second place: a hard link where the disk allows, else a copy."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def file_hash(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
