"""Taking in evidence files, and removing them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from keqiao.platform.actor import Actor
from keqiao.platform.audit.services import noted
from keqiao.platform.clock import now
from keqiao.platform.enterprises.evidence import vault
from keqiao.platform.enterprises.evidence.kinds import fitting_name, sniff
from keqiao.platform.enterprises.evidence.marks import bears_mark
from keqiao.platform.enterprises.evidence.texts import text_of
from keqiao.platform.enterprises.models import Evidence
from keqiao.platform.errors import Invalid


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that may be kept: its name for the record, its kind, whether its whole text was searched."""

    file: BinaryIO
    name: str
    kind: str
    readable: bool


@dataclass(frozen=True, slots=True)
class Found:
    """What the search for marks found: whether there is one, where (``name`` or ``text``), and whether all was read."""

    marked: bool
    where: str
    readable: bool


def marks(kind: str, name: str, file: BinaryIO) -> Found:
    """Search a file's name and text for marks of state secrecy. Raises `Invalid` where the file cannot be read."""
    if bears_mark(name.rpartition(".")[0] or name):
        return Found(True, "name", True)
    text = text_of(kind, file)
    return Found(any(bears_mark(piece) for piece in text.pieces), "text", text.readable)


def checked(actor: Actor, upload: UploadedFile | None, field: str) -> Checked:
    """Look at an upload before anything is kept; ``field`` is the form's field that a sentence belongs to.

    Raises `Invalid` for a file that is missing, of a wrong kind, too large or damaged; a mark of state secrecy leaves
    an event without the text as well.
    """
    if upload is None:
        raise Invalid({field: ""}, "还没有选择文件。", "No file has been chosen.")
    file: Any = upload.file
    try:
        kind = sniff(file)
        name = fitting_name(upload.name or "", kind)
        found = marks(kind, upload.name or "", file)
    except Invalid as error:
        raise _of_field(error, field) from None
    if found.marked:
        noted(actor, "evidence:file:refused", success=False, reason="classification-mark", where=found.where, kind=kind)
        raise _of_field(
            Invalid(
                zh="文件带有国家秘密标志，没有收下，也没有留副本。涉密资料不得上传到本平台，按保密规定报送。",
                en="The file bears a mark of state secrecy. It was not accepted and no copy was kept; send it as the rules on secrecy say.",
            ),
            field,
        )
    return Checked(file, name, kind, found.readable)


def _of_field(error: Invalid, field: str) -> Invalid:
    return Invalid({field: error.message}, error.zh, error.en)


@contextmanager
def keeping() -> Iterator[list[str]]:
    """Files kept inside the block are wiped where it does not come to its end; give the list to `add`."""
    stored: list[str] = []
    try:
        yield stored
    except BaseException:
        for name in stored:
            vault.wipe(settings.HOME, name)
        raise


def add(stored: list[str], actor: Actor, file: Checked, purpose: str, **owner: Any) -> Evidence:
    """Encrypt a checked file and record it, inside an open write and `keeping`; ``owner`` names its one owner object."""
    kept = vault.keep(settings.HOME, file.file)
    stored.append(kept.stored)
    return Evidence.objects.create(
        purpose=purpose, name=file.name, kind=file.kind, size=kept.size, sha256=kept.sha256, stored=kept.stored,
        readable=file.readable, by=actor.user, **owner,
    )  # fmt: skip


def wipe(evidence: Evidence) -> None:
    """Remove a file's content and keep its record, inside an open write; the content goes once the write stands."""
    evidence.wiped_at = now()
    evidence.save(update_fields=["wiped_at"])
    transaction.on_commit(lambda: vault.wipe(settings.HOME, evidence.stored))


def kept_of(evidence: Evidence) -> vault.Kept:
    """Where the content lies and what it must be."""
    return vault.Kept(evidence.stored, evidence.size, evidence.sha256)
