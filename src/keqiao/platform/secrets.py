"""The site's secrets: owner-only files in ``keys/``, made by ``keqiao site init``.

``session.key`` signs sessions and forms; ``files.key`` encrypts evidence files; ``audit.salt`` hides personal values
in the audit chain. Nothing else reads them.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from keqiao.errors import KeqiaoError
from keqiao.platform.home import Home

NAMES = ("session.key", "files.key", "audit.salt")


def make_secrets(home: Home) -> None:
    """Write the secrets that do not exist yet: 32 random bytes each, as hexadecimal text."""
    home.keys.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in NAMES:
        try:
            handle = os.open(home.keys / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            continue
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(32))
            file.flush()
            os.fsync(file.fileno())


def secret_of(home: Home, name: str) -> bytes:
    """A secret as 32 bytes. Raises `KeqiaoError` where the file is missing or not such a secret."""
    path: Path = home.keys / name
    try:
        found = bytes.fromhex(path.read_text("ascii").strip())
    except (OSError, ValueError) as error:
        raise KeqiaoError(f"读不了密钥 {path}：{error}", f"cannot read the key {path}: {error}") from None
    if len(found) != 32:
        raise KeqiaoError(f"密钥 {path} 不是32字节", f"the key {path} is not 32 bytes")
    return found


def secret_key(home: Home) -> str:
    """Django's SECRET_KEY."""
    return secret_of(home, "session.key").hex()
