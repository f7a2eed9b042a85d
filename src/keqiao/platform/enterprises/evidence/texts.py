"""The text of PDF and Office files, as far as it can be read, for the search for marks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO
from xml.parsers import expat

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from keqiao.facts.container import Container, xml_parser
from keqiao.facts.sheets import Unreadable
from keqiao.platform.enterprises.evidence.kinds import office_kind, office_parts
from keqiao.platform.errors import Invalid

#: Pages that a PDF may have.
MOST_PAGES = 500
#: Elements whose runs belong to one line: paragraphs of Word and drawings, strings of Excel.
_LINES = frozenset({"p", "si", "is"})
_BREAKS = frozenset({"br", "cr", "tab"})
_NESTED = (".docx", ".xlsx")


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of text; ``readable`` is False where the file holds pictures or parts whose text cannot be read."""

    pieces: tuple[str, ...]
    readable: bool


def text_of(kind: str, file: BinaryIO) -> Text:
    """The text of an open file of a kind of `keqiao.platform.enterprises.evidence.kinds`.

    Raises `Invalid` where the file is damaged, locked, or larger inside than it may be.
    """
    file.seek(0)
    try:
        if kind == "pdf":
            return _pdf(file)
        if kind in ("docx", "xlsx"):
            return _office(office_parts(file.read()), 0)
        return Text((), False)
    finally:
        file.seek(0)


def _damaged() -> Invalid:
    return Invalid(zh="文件已损坏，读不了；重新导出后再传。", en="The file is damaged and cannot be read; export it again.")


def _pdf(file: BinaryIO) -> Text:
    try:
        reader = PdfReader(file)
        if reader.is_encrypted:
            raise Invalid(
                zh="PDF 加了口令或限制，查不了密级标志；去掉口令后再传。",
                en="The PDF is locked and cannot be searched for marks; remove the password or restriction first.",
            )
        if len(reader.pages) > MOST_PAGES:
            raise Invalid(
                zh=f"PDF 有 {len(reader.pages)} 页，上限 {MOST_PAGES} 页；分成几份再传。",
                en=f"The PDF has {len(reader.pages)} pages, the limit is {MOST_PAGES}; split it.",
            )
        pages = [page.extract_text() or "" for page in reader.pages]
        pieces = [*pages, *_pdf_margins(reader)]
        attached = bool(reader.attachments)
    except (PyPdfError, ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError, OSError):
        raise _damaged() from None
    return Text(tuple(pieces), bool(pages) and all(page.strip() for page in pages) and not attached)


def _pdf_margins(reader: PdfReader) -> Iterator[str]:
    """What is written outside the pages: properties, names of attachments, form fields, remarks."""
    yield from (str(value) for value in (reader.metadata or {}).values())
    yield from reader.attachments
    yield from (str(field.get("/V", "")) for field in (reader.get_fields() or {}).values())
    for page in reader.pages:
        for remark in page.get("/Annots") or ():
            held: Any = remark.get_object()
            yield str(held.get("/Contents", ""))


def _office(container: Container, depth: int) -> Text:
    pieces: list[str] = []
    readable = True
    for name in container.parts:
        lower = name.lower()
        try:
            if lower.endswith((".xml", ".rels", ".vml")):
                pieces.append(_xml(container.read(name)))
            elif lower.endswith(_NESTED) and depth < 2:
                inner = office_parts(container.read(name))
                office_kind(inner)
                found = _office(inner, depth + 1)
                pieces.extend(found.pieces)
                readable = readable and found.readable
            else:
                container.drain(name)
                readable = readable and not _hides_text(lower)
        except Unreadable as error:
            raise Invalid(zh=error.zh, en=error.en) from None
        except expat.ExpatError:
            raise _damaged() from None
    return Text(tuple(pieces), readable)


def _hides_text(name: str) -> bool:
    """Whether a part that is no XML may show text: pictures and embedded objects, not fonts or settings of printers."""
    return not name.endswith("/") and ("/media/" in name or "/embeddings/" in name)


def _xml(data: bytes) -> str:
    """The text of a part and of its attributes; the runs of a paragraph are joined, so that a mark in pieces is found."""
    out: list[str] = []
    attributes: list[str] = []
    open_lines = 0
    parser = xml_parser()

    def start(name: str, given: dict[str, str]) -> None:
        nonlocal open_lines
        local = name.rpartition(":")[2]
        attributes.extend(value for value in given.values() if not value.isascii())
        if local in _LINES:
            open_lines += 1
            out.append("\n")
        elif local in _BREAKS:
            out.append("\n")

    def end(name: str) -> None:
        nonlocal open_lines
        is_line = name.rpartition(":")[2] in _LINES
        open_lines -= is_line
        if is_line or not open_lines:
            out.append("\n")

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = out.append
    parser.Parse(data, True)
    return "".join(out) + "\n" + "\n".join(attributes)
