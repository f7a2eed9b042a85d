"""What an uploaded file is, by its content and never by its name, and how large it may be."""

from __future__ import annotations

from typing import BinaryIO

from keqiao.facts.container import OLE_MAGIC, Container, elements
from keqiao.facts.sheets import Limits, Unreadable
from keqiao.platform.errors import Invalid

#: Bytes that one file may have.
MOST_BYTES = 20 * 1024 * 1024
#: What an Office file may unpack to.
OFFICE_LIMITS = Limits(unpacked_bytes=200 * 1024 * 1024, parts=4_000)

_MAIN = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": "xlsx",
}
#: The media type that a download is sent with.
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpeg": "image/jpeg",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_ENDINGS = {"pdf": (".pdf",), "png": (".png",), "jpeg": (".jpg", ".jpeg"), "docx": (".docx",), "xlsx": (".xlsx",)}
#: What the field of a form offers.
ACCEPT = ".pdf,.png,.jpg,.jpeg,.docx,.xlsx"


def sniff(file: BinaryIO) -> str:
    """The kind of an open file: ``pdf``, ``png``, ``jpeg``, ``docx`` or ``xlsx``; the position is at its start after.

    Raises `Invalid` where the file is empty, larger than `MOST_BYTES`, of another kind, with macros, locked by a
    password, or a zip bomb.
    """
    file.seek(0, 2)
    size = file.tell()
    file.seek(0)
    if size == 0:
        raise Invalid(zh="文件是空的，重新选择。", en="The file is empty; choose it again.")
    if size > MOST_BYTES:
        raise Invalid(
            zh=f"文件有 {size / 1048576:.1f} MB，上限 20 MB；压缩图片或分成几份。",
            en=f"The file has {size / 1048576:.1f} MB, the limit is 20 MB; shrink its images or split it.",
        )
    head = file.read(1024)
    file.seek(0)
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if b"%PDF-" in head:
        return "pdf"
    if head.startswith(b"PK\x03\x04"):
        return _office(file.read(), file)
    if head.startswith(OLE_MAGIC):
        raise Invalid(
            zh="旧版 Office 文件（.doc、.xls）或加了口令的文件查不了密级标志；另存为 .docx、.xlsx 或 PDF，不加口令。",
            en="Old Office files (.doc, .xls) and files with a password cannot be searched for marks; save as .docx, .xlsx or PDF without a password.",
        )
    raise _other()


def fitting_name(name: str, kind: str) -> str:
    """A file's name for the record: no folders, no control characters, at most 150 characters, ending as its kind does."""
    bare = "".join(c for c in name.replace("\\", "/").rpartition("/")[2] if c.isprintable()).strip() or "file"
    endings = _ENDINGS[kind]
    if not bare.lower().endswith(endings):
        bare += endings[0]
    stem, dot, ending = bare.rpartition(".")
    return stem[: 149 - len(ending)] + dot + ending


def office_parts(data: bytes) -> Container:
    """The parts of an Office file within `OFFICE_LIMITS`. Raises `Invalid`."""
    try:
        return Container(data, OFFICE_LIMITS)
    except Unreadable as error:
        raise Invalid(zh=error.zh, en=error.en) from None


def office_kind(container: Container) -> str:
    """``docx`` or ``xlsx`` by the main part that the file declares. Raises `Invalid` for anything else."""
    if "[Content_Types].xml" not in container.parts:
        raise _other()
    try:
        types = [attributes.get("ContentType", "") for _, attributes in elements(container.read("[Content_Types].xml"))]
    except Unreadable as error:
        raise Invalid(zh=error.zh, en=error.en) from None
    with_macros = any("macroenabled" in kind.lower() or "vbaproject" in kind.lower() for kind in types)
    if with_macros or any(name.lower().endswith("vbaproject.bin") for name in container.parts):
        raise Invalid(zh="文件带宏，不收；另存为不带宏的 .docx 或 .xlsx。", en="Files with macros are not accepted; save as .docx or .xlsx without macros.")
    found = {_MAIN[kind] for kind in types if kind in _MAIN}
    if len(found) != 1:
        raise _other()
    return found.pop()


def _office(data: bytes, file: BinaryIO) -> str:
    file.seek(0)
    return office_kind(office_parts(data))


def _other() -> Invalid:
    return Invalid(
        zh="这不是 PDF、PNG、JPEG、.docx 或 .xlsx 文件（按内容看，不看扩展名）。",
        en="This is not a PDF, PNG, JPEG, .docx or .xlsx file (by its content, not by its name).",
    )
