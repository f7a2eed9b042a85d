"""The file of a backup: a tar with every file's hash in a manifest at its end; it appears complete or not at all."""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from keqiao.engine.folders import new_file
from keqiao.errors import KeqiaoError

MANIFEST = "manifest.json"
FORMAT = "keqiao-backup-1"
_CHUNK = 1 << 20


class _Hashing(io.RawIOBase):
    """A file that is hashed while it is read."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.digest = file, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        data = self.file.read(size)
        self.digest.update(data)
        return data


class Writer:
    """Adds files to an archive and keeps the list of them for the manifest."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self.tar = tar
        self.files: list[dict[str, Any]] = []

    def add(self, path: Path, name: str) -> None:
        """Add a file under a name. Raises `KeqiaoError` where it changes its size meanwhile or cannot be read."""
        try:
            with path.open("rb") as file:
                entry = tarfile.TarInfo(name)
                entry.size, entry.mtime, entry.mode = os.fstat(file.fileno()).st_size, int(path.stat().st_mtime), 0o600
                hashing = _Hashing(file)
                self.tar.addfile(entry, hashing)
        except OSError as error:
            raise KeqiaoError(f"读不了 {path}：{error}，没有留下备份", f"cannot read {path}: {error}; no backup was left") from None
        self.files.append({"name": name, "size": entry.size, "sha256": hashing.digest.hexdigest()})

    def add_folder(self, folder: Path, name: str) -> int:
        """Add all files below a folder; gives how many. What is being written (``.tmp``, ``.part``) is left out."""
        count = 0
        for path in sorted(folder.rglob("*")):
            inside = path.relative_to(folder)
            if not path.is_file() or path.is_symlink() or any(part.endswith((".tmp", ".part")) for part in inside.parts):
                continue
            self.add(path, f"{name}/{inside.as_posix()}")
            count += 1
        return count

    def close(self, manifest: Mapping[str, Any]) -> None:
        """Write the manifest, the last file."""
        data = json.dumps({"format": FORMAT, **manifest, "files": self.files}, ensure_ascii=False, indent=1).encode()
        entry = tarfile.TarInfo(MANIFEST)
        entry.size, entry.mode = len(data), 0o600
        self.tar.addfile(entry, io.BytesIO(data))


@contextmanager
def new_archive(out: Path) -> Iterator[tuple[Writer, Path]]:
    """A writer, and a scratch folder on the same disk; ``out`` appears when the block ends well. Owner-only."""
    with new_file(out) as part:
        os.close(os.open(part, os.O_CREAT | os.O_WRONLY, 0o600))
        with tarfile.open(part, "w:") as tar:
            yield Writer(tar), part.parent


def unpack(archive: Path, folder: Path) -> dict[str, Any]:
    """Lay all files of a backup into a folder, each compared with its hash; gives the manifest.

    Raises `KeqiaoError` for a file that is no backup, is cut short, or differs from its manifest.
    """
    found: dict[str, tuple[int, str]] = {}
    manifest: dict[str, Any] | None = None
    try:
        with tarfile.open(archive, "r:") as tar:
            for entry in tar:
                source = tar.extractfile(entry) if entry.isreg() else None
                if source is None or manifest is not None:
                    raise _spoilt(archive, entry.name)
                if entry.name == MANIFEST:
                    manifest = json.loads(source.read())
                    continue
                found[entry.name] = _lay(source, _inside(folder, entry.name, archive))
    except (OSError, tarfile.TarError, ValueError) as error:
        raise KeqiaoError(f"“{archive}”不是完整的备份：{error}", f"{str(archive)!r} is no complete backup: {error}") from None
    if manifest is None or manifest.get("format") != FORMAT:
        raise KeqiaoError(f"“{archive}”没有清单，备份不完整或不是科桥的备份", f"{str(archive)!r} has no manifest: cut short, or no backup of Keqiao")
    wanted = {file["name"]: (file["size"], file["sha256"]) for file in manifest["files"]}
    for name in sorted(wanted.keys() | found.keys()):
        if wanted.get(name) != found.get(name):
            raise _spoilt(archive, name)
    return manifest


def _inside(folder: Path, name: str, archive: Path) -> Path:
    """Where a file of the archive goes; never outside the folder."""
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise _spoilt(archive, name)
    return path


def _lay(source: IO[bytes], path: Path) -> tuple[int, str]:
    """Copy a file, synced; gives its size and hash."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        while data := source.read(_CHUNK):
            file.write(data)
            digest.update(data)
            size += len(data)
        file.flush()
        os.fsync(file.fileno())
    return size, digest.hexdigest()


def _spoilt(archive: Path, name: str) -> KeqiaoError:
    return KeqiaoError(f"备份“{archive}”里的 {name} 与清单不符，没有恢复任何东西", f"{name} in {str(archive)!r} differs from the manifest; nothing was restored")
