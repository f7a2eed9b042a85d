"""Folders and files that appear at once and complete, or not at all."""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from keqiao.errors import KeqiaoError
from keqiao.facts.snapshot import refuse_existing


@contextmanager
def new_folder(out: Path, *, replace: bool = False) -> Iterator[Path]:
    """A temporary folder beside ``out`` that becomes ``out`` when the block ends well.

    An interruption or an error leaves ``out`` as it was; what a killed process left behind is cleared
    first (see `recover`). Raises `KeqiaoError` where ``out`` exists, unless ``replace``, or the disk fails.
    """
    recover(out)
    if not replace:
        refuse_existing(out)
    temporary = _beside(out, "tmp")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with _locked(temporary):
            yield temporary
            _sync(temporary)
            _swap(temporary, out, replace)
    except OSError as problem:
        raise _cannot_write(out, problem) from problem
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


@contextmanager
def new_file(out: Path) -> Iterator[Path]:
    """A temporary file of the same ending that becomes ``out`` when the block ends well.

    It stands alone in a temporary folder beside ``out``, which may hold other scratch files. An
    interruption or an error leaves nothing. Raises `KeqiaoError` where ``out`` exists or cannot be
    written.
    """
    refuse_existing(out)
    scratch: Path | None = None
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        # beside the target, so that the last step is a rename within one disk
        scratch = Path(tempfile.mkdtemp(prefix=f".{out.name}.", suffix=".tmp", dir=out.parent))
        written = scratch / f"written{out.suffix.lower()}"
        yield written
        with written.open("rb+") as file:
            os.fsync(file.fileno())
        refuse_existing(out)
        os.rename(written, out)
    except OSError as problem:
        raise _cannot_write(out, problem) from problem
    finally:
        if scratch is not None:
            shutil.rmtree(scratch, ignore_errors=True)


def _cannot_write(out: Path, problem: OSError) -> KeqiaoError:
    return KeqiaoError(
        f"无法写入“{out}”：{problem.strerror or problem}，没有留下任何文件",
        f"cannot write {str(out)!r}: {problem.strerror or problem}; nothing was left behind",
    )


def recover(out: Path) -> None:
    """Undo what a process killed while it wrote ``out`` left beside it.

    A folder that was moved aside comes back where nothing took its place; half-written folders and
    folders that have a successor are removed. What another process is writing is left alone.
    """
    for path in sorted(out.parent.glob(f".{_escaped(out.name)}.*-*.old")):
        if out.exists():
            shutil.rmtree(path, ignore_errors=True)
        else:
            with suppress(OSError):  # another process was faster
                os.rename(path, out)
    for path in out.parent.glob(f".{_escaped(out.name)}.*-*.tmp"):
        if not _in_use(path):
            shutil.rmtree(path, ignore_errors=True)


def _escaped(name: str) -> str:
    """A name as a pattern that means only itself."""
    return "".join(f"[{c}]" if c in "*?[" else c for c in name)


def _beside(out: Path, ending: str) -> Path:
    return out.parent / f".{out.name}.{os.getpid()}-{secrets.token_hex(4)}.{ending}"


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Make a folder and hold a lock on it, which ends with this process however that ends."""
    folder.mkdir()
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _in_use(folder: Path) -> bool:
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(handle)
    return False


def _swap(temporary: Path, out: Path, replace: bool) -> None:
    """Put the finished folder in its place; an earlier one steps aside and goes last."""
    aside = _beside(out, "old") if replace and out.exists() else None
    if aside is not None:
        os.rename(out, aside)
    try:
        os.rename(temporary, out)
    except OSError:
        if aside is not None:
            os.rename(aside, out)
        raise
    _sync_one(out.parent)
    if aside is not None:
        shutil.rmtree(aside, ignore_errors=True)


def _sync(folder: Path) -> None:
    for path in [*folder.rglob("*"), folder]:
        _sync_one(path)


def _sync_one(path: Path) -> None:
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


def link_folder(source: Path, target: Path) -> None:
    """Every file of a folder at a second place (see `link_or_copy`)."""
    for path in sorted(source.rglob("*")):
        if path.is_file():
            link_or_copy(path, target / path.relative_to(source))


def file_hash(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
