"""Files encrypted at rest, under random names outside the web root.

A file is ``KQE1``, a byte for the algorithm, the key's id (8 bytes), the wrapped file key (12-byte nonce, ciphertext,
16-byte tag), a 7-byte nonce prefix, then chunks of at most 64 KiB, each with its own tag. Each file has a random key of
its own, wrapped by a key derived (HKDF-SHA-256) from the site's ``files.key``. A chunk's nonce is prefix, number and a
last-chunk byte (the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár 2015), and everything is bound to the
stored name, so that chunks cannot be dropped, moved or swapped between files. Default: SM4-GCM (GB/T 32907,
RFC 8998); AES-256-GCM is read and written as well.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from keqiao.errors import KeqiaoError
from keqiao.platform.home import Home
from keqiao.platform.secrets import secret_of

MAGIC = b"KQE1"
SM4, AES = 1, 2
#: Bytes of the key of an algorithm.
_KEY_BYTES = {SM4: 16, AES: 32}
_CHUNK = 64 * 1024
_TAG = 16
_NAME = re.compile(r"[0-9a-f]{64}")
#: The next key while a rotation is under way.
NEXT_KEY = "files.key.next"
#: The key before the last rotation.
PREVIOUS_KEY = "files.key.previous"


class Damaged(KeqiaoError):
    """A stored file was changed, cut off, swapped, or its key is gone."""

    def __init__(self, stored: str) -> None:
        super().__init__(
            f"证据文件 {stored[:8]}… 已损坏或被改动，不能打开；从备份恢复。",
            f"the evidence file {stored[:8]}… is damaged or was changed and cannot be opened; restore it from a backup",
        )


@dataclass(frozen=True, slots=True)
class Kept:
    """A stored file: its random name, its size and the SHA-256 of its content."""

    stored: str
    size: int
    sha256: str


def keep(home: Home, source: BinaryIO, algorithm: int = SM4) -> Kept:
    """Encrypt what ``source`` holds into a new file, durably, or leave nothing. Raises `OSError` on a full disk."""
    stored = secrets.token_hex(32)
    master = next(_masters(home), None) or secret_of(home, "files.key")
    file_key, prefix = secrets.token_bytes(_KEY_BYTES[algorithm]), secrets.token_bytes(7)
    path, waiting = _path(home, stored), _path(home, stored).with_suffix(".part")
    found, size = hashlib.sha256(), 0
    home.files.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with _created(waiting) as out:
            out.write(_header(master, algorithm, file_key, stored) + prefix)
            source.seek(0)
            number, piece = 0, source.read(_CHUNK)
            while True:
                after = source.read(_CHUNK) if len(piece) == _CHUNK else b""
                found.update(piece)
                size += len(piece)
                out.write(_seal(algorithm, file_key, _nonce(prefix, number, not after), piece, stored.encode()))
                if not after:
                    break
                number, piece = number + 1, after
            _sync(out)
        os.replace(waiting, path)
        _sync_folder(home.files)
    except BaseException:
        waiting.unlink(missing_ok=True)
        raise
    return Kept(stored, size, found.hexdigest())


def read(home: Home, kept: Kept) -> Iterator[bytes]:
    """The content of a stored file in chunks, each authentic; at the end size and SHA-256 are compared.

    Raises `Damaged`, before anything is given where the header is wrong.
    """
    try:
        file = _path(home, kept.stored).open("rb")
    except OSError:
        raise Damaged(kept.stored) from None
    with file:
        algorithm, file_key = _open_header(home, file, kept.stored)
        prefix = file.read(7)
        found, size, number = hashlib.sha256(), 0, 0
        piece = file.read(_CHUNK + _TAG)
        while True:
            after = file.read(_CHUNK + _TAG) if len(piece) == _CHUNK + _TAG else b""
            plain = _unseal(algorithm, file_key, _nonce(prefix, number, not after), piece, kept.stored)
            found.update(plain)
            size += len(plain)
            if not after and (size != kept.size or found.hexdigest() != kept.sha256):
                raise Damaged(kept.stored)
            yield plain
            if not after:
                return
            number, piece = number + 1, after


def content(home: Home, kept: Kept) -> bytes:
    """The whole content, verified before the first byte is given away. Raises `Damaged`."""
    return b"".join(read(home, kept))


def wipe(home: Home, stored: str) -> None:
    """Remove a stored file for good: its header with the wrapped key is overwritten, then the file is unlinked."""
    path = _path(home, stored)
    try:
        with path.open("r+b") as file:
            file.write(secrets.token_bytes(_header_size(AES)))
            _sync(file)
    except FileNotFoundError:
        return
    path.unlink(missing_ok=True)
    _sync_folder(home.files)


def rotate_key(home: Home) -> int:
    """Make a new ``files.key`` and wrap the keys of all stored files anew; the number of files that were.

    Safe to repeat after a stop, and while files come in. The contents are not encrypted again. The key before stays as
    `PREVIOUS_KEY` for what was being written meanwhile, until the next rotation.
    """
    following = home.keys / NEXT_KEY
    if not following.exists():
        with _created(following.with_suffix(".part")) as out:
            out.write(secrets.token_hex(32).encode("ascii"))
            _sync(out)
        os.replace(following.with_suffix(".part"), following)
        _sync_folder(home.keys)
    fresh = secret_of(home, NEXT_KEY)
    number = sum(_wrapped_anew(home, path, fresh) for path in sorted(home.files.iterdir()) if _NAME.fullmatch(path.name))
    _sync_folder(home.files)
    os.replace(home.keys / "files.key", home.keys / PREVIOUS_KEY)
    os.replace(following, home.keys / "files.key")
    _sync_folder(home.keys)
    return number


def _wrapped_anew(home: Home, path: Path, fresh: bytes) -> bool:
    """Wrap one file's key with the fresh key; False where it is already."""
    with path.open("rb") as file:
        algorithm, file_key = _open_header(home, file, path.name)
        end = file.tell()
        file.seek(len(MAGIC) + 1)
        if file.read(8) == _key_id(fresh):
            return False
        file.seek(end)
        waiting = path.with_suffix(".part")
        with _created(waiting) as out:
            out.write(_header(fresh, algorithm, file_key, path.name))
            while piece := file.read(1 << 20):
                out.write(piece)
            _sync(out)
    os.replace(waiting, path)
    return True


# ---- the form of a file -----------------------------------------------------------------------------


def _path(home: Home, stored: str) -> Path:
    if not _NAME.fullmatch(stored):
        raise ValueError("not the name of a stored file")
    return home.files / stored


def _key_id(master: bytes) -> bytes:
    return hashlib.sha256(b"keqiao files key" + master).digest()[:8]


def _wrapping_key(master: bytes, algorithm: int) -> bytes:
    return HKDF(SHA256(), _KEY_BYTES[algorithm], None, b"keqiao evidence %d" % algorithm).derive(master)


def _header_size(algorithm: int) -> int:
    return len(MAGIC) + 1 + 8 + 12 + _KEY_BYTES[algorithm] + _TAG


def _header(master: bytes, algorithm: int, file_key: bytes, stored: str) -> bytes:
    start = MAGIC + bytes([algorithm]) + _key_id(master)
    nonce = secrets.token_bytes(12)
    return start + nonce + _seal(algorithm, _wrapping_key(master, algorithm), nonce, file_key, start + stored.encode())


def _open_header(home: Home, file: BinaryIO, stored: str) -> tuple[int, bytes]:
    """The algorithm and the key of an open file, whose position is then behind the header."""
    start = file.read(len(MAGIC) + 1 + 8)
    algorithm = start[4] if len(start) == 13 and start.startswith(MAGIC) else 0
    if algorithm not in _KEY_BYTES:
        raise Damaged(stored)
    master = next((key for key in _masters(home) if _key_id(key) == start[5:]), None)
    if master is None:
        raise Damaged(stored)
    nonce, wrapped = file.read(12), file.read(_KEY_BYTES[algorithm] + _TAG)
    return algorithm, _unseal(algorithm, _wrapping_key(master, algorithm), nonce, wrapped, stored, start)


def _masters(home: Home) -> Iterator[bytes]:
    """The keys that may have wrapped a file, the one for new files first."""
    for name in (NEXT_KEY, "files.key", PREVIOUS_KEY):
        if (home.keys / name).exists():
            yield secret_of(home, name)


def _nonce(prefix: bytes, number: int, last: bool) -> bytes:
    return prefix + number.to_bytes(4, "big") + bytes([last])


def _cipher(algorithm: int, key: bytes) -> algorithms.SM4 | algorithms.AES:
    return algorithms.SM4(key) if algorithm == SM4 else algorithms.AES(key)


def _seal(algorithm: int, key: bytes, nonce: bytes, plain: bytes, bound: bytes) -> bytes:
    machine = Cipher(_cipher(algorithm, key), modes.GCM(nonce)).encryptor()
    machine.authenticate_additional_data(bound)
    return machine.update(plain) + machine.finalize() + machine.tag


def _unseal(algorithm: int, key: bytes, nonce: bytes, sealed: bytes, stored: str, start: bytes = b"") -> bytes:
    if len(sealed) < _TAG or len(nonce) != 12:
        raise Damaged(stored)
    machine = Cipher(_cipher(algorithm, key), modes.GCM(nonce, sealed[-_TAG:])).decryptor()
    machine.authenticate_additional_data(start + stored.encode())
    try:
        return machine.update(sealed[:-_TAG]) + machine.finalize()
    except InvalidTag:
        raise Damaged(stored) from None


def _created(path: Path) -> BinaryIO:
    path.unlink(missing_ok=True)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _sync(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
