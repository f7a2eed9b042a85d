"""Uploaded sheets: limits, what a file really is, where it waits, and when it is wiped."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import re
import secrets
import shutil
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponseBase

from keqiao.errors import say
from keqiao.facts.container import OLE_MAGIC, Container
from keqiao.facts.sheets import Limits, Unreadable
from keqiao.platform.errors import Invalid
from keqiao.platform.web.errors import problem

MIB = 2**20
#: What a site reads of a sheet; less than the command line, because several may be read at once.
LIMITS = Limits(file_bytes=100 * MIB, json_bytes=50 * MIB, unpacked_bytes=1024 * MIB)
ACCEPT = ".xlsx,.xlsm,.xls,.csv,.json,.parquet"
_MOST_FILES = 20
_MARKS = re.compile(r"(?:绝密|机密|秘密)\s*★|★\s*(?:绝密|机密|秘密)")


def request_limit() -> int:
    """Bytes of one request: setting ``upload_limit_mb``, 200."""
    return int(str(settings.HOME.settings.get("upload_limit_mb", 200))) * MIB


class UploadLimit:
    """Refuses a request that is too large by its stated length, before a byte of it is read."""

    def __init__(self, respond: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """413 where ``Content-Length`` is above the limit; without it a request has no body."""
        try:
            length = int(request.META.get("CONTENT_LENGTH") or 0)
        except ValueError:
            length = 0
        limit = request_limit()
        if length <= limit:
            return self.respond(request)
        sentence = say(
            f"上传的内容有 {length // MIB:,} MB，一次最多 {limit // MIB:,} MB，没有读取。请拆成几个文件，或另存为 .csv、.parquet。",
            f"The upload has {length // MIB:,} MB; at most {limit // MIB:,} MB are taken at once, and none was read. Split the file.",
        )
        answer = problem(request, 413, sentence)
        answer.headers["Connection"] = "close"
        return answer


def folder() -> Path:
    """Where uploads wait."""
    path: Path = settings.HOME.uploads
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def staging(intake: int) -> Path:
    """The folder in which an intake is checked; the record is never touched from there."""
    return folder() / f"intake-{intake}"


def keep(uploads: list[UploadedFile]) -> list[dict[str, Any]]:
    """Keep uploaded sheets under random names: name, stored, sha256, size of each.

    Raises `Invalid` for none, too many, a file that is no sheet, or a full disk; then nothing is kept.
    """
    if not uploads:
        raise _wrong("还没有选文件。", "No file was chosen.")
    if len(uploads) > _MOST_FILES:
        raise _wrong(f"一次最多 {_MOST_FILES} 个文件。", f"At most {_MOST_FILES} files at once.")
    kept: list[dict[str, Any]] = []
    try:
        for upload in uploads:
            kept.append(_keep(upload, {file["name"] for file in kept}))
    except BaseException:
        for file in kept:
            drop(file)
        raise
    return kept


def _keep(upload: UploadedFile, taken: set[str]) -> dict[str, Any]:
    name = clean_name(upload.name or "")
    if _MARKS.search(name) or re.search(r"绝密|机密|秘密", name):
        raise _wrong(f"“{name}”带有密级标志，没有保存。不得上传国家秘密和工作秘密。", f"{name!r} carries a mark of classification and was not kept.")
    if (upload.size or 0) > LIMITS.file_bytes:
        raise _wrong(f"“{name}”超过 {LIMITS.file_bytes // MIB} MB，请拆分。", f"{name!r} is larger than {LIMITS.file_bytes // MIB} MB; split it.")
    if name in taken:
        raise _wrong(f"有两个文件都叫“{name}”，请先改名。", f"Two files are named {name!r}; rename one.")
    stored = secrets.token_hex(16)
    path, digest, size = folder() / stored, hashlib.sha256(), 0
    try:
        with path.open("xb") as out:
            for chunk in upload.chunks(MIB):
                digest.update(chunk)
                size += len(chunk)
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
        path.chmod(0o600)
        refuse_no_sheet(path, name)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise _wrong(
            f"服务器存不下“{name}”（{error.strerror}），没有保存；请告诉管理员。", f"The server could not keep {name!r} ({error.strerror}); tell your administrator."
        ) from None
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return {"name": name, "stored": stored, "sha256": digest.hexdigest(), "size": size}


def refuse_no_sheet(path: Path, name: str) -> None:
    """Raise `Invalid` where a file's content is no sheet, whatever its name says."""
    with path.open("rb") as file:
        head = file.read(4096)
    if head.startswith(b"PK"):
        try:
            parts = Container(path.read_bytes(), LIMITS).parts
        except Unreadable as error:
            raise _wrong(f"“{name}”：{error.zh}", f"{name!r}: {error.en}") from None
        if not any(part in parts for part in ("xl/workbook.xml", "xl/workbook.bin")):
            raise _no_sheet(name)
    elif not (head.startswith((OLE_MAGIC, b"PAR1", b"\xff\xfe", b"\xfe\xff")) or _is_text(head)):
        raise _no_sheet(name)


def _is_text(head: bytes) -> bool:
    """Text without the control characters of pictures, programs and documents; no PDF, no HTML."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith((b"%PDF", b"{\\rtf")) or re.match(rb"<(?:!doctype|\?xml|html|head|meta|table)", start, re.IGNORECASE):
        return False
    return not any(byte < 9 or 13 < byte < 32 for byte in head)


def clean_name(name: str) -> str:
    """A file's name as it may be shown and used: without folders and control characters, at most 80 characters."""
    bare = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    bare = "".join(c for c in bare if unicodedata.category(c)[0] != "C" and c not in '<>:"|?*[]!\'').strip(". ")
    stem, dot, suffix = bare.rpartition(".")
    return f"{stem[: 79 - len(suffix)]}.{suffix}" if dot and stem and len(suffix) <= 8 else (bare[:80] or "sheet")


def drop(file: dict[str, Any]) -> None:
    """Wipe one upload."""
    (folder() / file["stored"]).unlink(missing_ok=True)


def wipe(intake: int, files: list[dict[str, Any]]) -> None:
    """Wipe the uploads and the staging folder of an intake."""
    for file in files:
        drop(file)
    shutil.rmtree(staging(intake), ignore_errors=True)


def strays(known: set[str], older_than: dt.timedelta) -> list[Path]:
    """Files and folders of the upload folder that nothing knows of and that are old."""
    limit = dt.datetime.now(dt.UTC).timestamp() - older_than.total_seconds()
    return [path for path in folder().iterdir() if path.name not in known and path.lstat().st_mtime < limit]


def _no_sheet(name: str) -> Invalid:
    return _wrong(
        f"“{name}”不是表格文件。可用：.xlsx、.xls、.csv、.json、.parquet；其他格式请在 Excel 中另存为 .xlsx。",
        f"{name!r} is no sheet. Use .xlsx, .xls, .csv, .json or .parquet.",
    )


def _wrong(zh: str, en: str) -> Invalid:
    return Invalid({"files": say(zh, en)}, zh, en)


def remove(path: Path) -> None:
    """Remove a file or folder of the upload folder."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
