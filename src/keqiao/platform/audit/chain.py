"""The arithmetic of the chain: canonical text of an event, its hash, and what a check finds.

Hash = SM3 (GB/T 32905) over the UTF-8 text of the event's fields as compact JSON with sorted keys, ``previous``
included. Personal and business values enter ``detail`` only through `hidden`: HMAC-SM3 with the site's salt, so that
erasing the value leaves the chain whole.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives import hashes, hmac

GENESIS = "0" * 64
ALGORITHM = "SM3"
#: The fields of an event that its hash covers.
FIELDS = (
    "number", "at", "actor_id", "actor_label", "role", "tag", "object_type", "object_id", "success", "address",
    "request_id", "detail", "algorithm", "previous",
)  # fmt: skip


def digest(data: bytes, algorithm: str = ALGORITHM) -> str:
    """The hash of bytes as lower-case hexadecimal; ``SM3`` or ``SHA256``."""
    if algorithm == "SHA256":
        return hashlib.sha256(data).hexdigest()
    if algorithm != "SM3":
        raise ValueError(f"unknown algorithm {algorithm!r}")
    made = hashes.Hash(hashes.SM3())
    made.update(data)
    return made.finalize().hex()


def canonical(fields: Mapping[str, Any]) -> bytes:
    """The text of an event that is hashed; times in UTC with microseconds."""
    values = {name: fields[name] for name in FIELDS}
    at = values["at"]
    values["at"] = at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def hash_of(fields: Mapping[str, Any]) -> str:
    """The hash of an event with these fields."""
    return digest(canonical(fields), str(fields["algorithm"]))


def hidden(salt: bytes, value: str) -> str:
    """A value as it may stand in an event: HMAC-SM3 with the site's salt, hexadecimal."""
    made = hmac.HMAC(salt, hashes.SM3())
    made.update(value.encode())
    return "sm3:" + made.finalize().hex()
