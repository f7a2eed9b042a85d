"""Files that are complete or absent: written beside their place and then put there in one step."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from keqiao.errors import PackError


def refuse_existing(out: Path) -> None:
    """Raise `PackError` where something is already at ``out``; nothing is ever overwritten."""
    if os.path.lexists(out):
        raise PackError(
            f"“{out}”已经存在，请换一个名字或先移走它",
            f"{str(out)!r} already exists; choose another name or move it away",
        )


def write_new(out: Path, content: bytes) -> None:
    """Write a file that must not exist yet. Raises `PackError`; then nothing is left behind."""
    refuse_existing(out)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        temporary = _write_beside(out, content)
        try:
            _place(temporary, out)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise _cannot(out, error) from None


def replace(path: Path, content: bytes) -> None:
    """Give an existing file new content in one step. Raises `PackError`; then the old one stands."""
    try:
        temporary = _write_beside(path, content)
        try:
            temporary.chmod(path.stat().st_mode & 0o777)
            os.replace(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise _cannot(path, error) from None


def _write_beside(path: Path, content: bytes) -> Path:
    temporary = path.parent / f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}.tmp"
    try:
        with temporary.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def _place(temporary: Path, out: Path) -> None:
    """Move into place; a link, unlike a rename, never replaces what came there meanwhile."""
    try:
        os.link(temporary, out)
    except FileExistsError:
        refuse_existing(out)
        raise
    except OSError:  # a file system without links
        refuse_existing(out)
        os.replace(temporary, out)


def _cannot(path: Path, error: OSError) -> PackError:
    reason = error.strerror or str(error)
    return PackError(f"无法写入“{path}”：{reason}", f"cannot write {str(path)!r}: {reason}")
