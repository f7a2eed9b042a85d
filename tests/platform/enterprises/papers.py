"""Real files for tests of evidence, made without templates: PDF, pictures, Word and Excel."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

from openpyxl import Workbook
from openpyxl.comments import Comment
from pypdf import PdfReader, PdfWriter

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def pdf(*pages: str, encrypt: str = "", title: str = "") -> bytes:
    """A PDF with a page per text; an empty text is a page without any, as a scan has it."""
    made = _pdf(pages)
    if not encrypt and not title:
        return made
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(made)))
    if title:
        writer.add_metadata({"/Title": title})
    if encrypt:
        writer.encrypt(encrypt)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _pdf(pages: tuple[str, ...]) -> bytes:
    """Objects by hand: a composite font whose codes are UTF-16 (with a ToUnicode map), a content stream a page."""
    count = len(pages)
    kids = " ".join(f"{6 + 2 * n} 0 R" for n in range(count))
    cmap = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /U def /CMapType 2 def "
        "1 begincodespacerange <0000> <FFFF> endcodespacerange "
        + "".join(f"1 beginbfrange <{hi:02X}00> <{hi:02X}FF> <{hi:02X}00> endbfrange " for hi in range(256))
        + "endcmap CMapName currentdict /CMap defineresource pop end end"
    )
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {count} >>",
        "<< /Type /Font /Subtype /Type0 /BaseFont /A /Encoding /Identity-H /DescendantFonts [4 0 R] /ToUnicode 5 0 R >>",
        "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /A /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /DW 1000 >>",
        f"<< /Length {len(cmap)} >>\nstream\n{cmap}\nendstream",
    ]
    for n, text in enumerate(pages):
        lines = "".join(f"<{line.encode('utf-16-be').hex()}> Tj 0 -20 Td " for line in text.split("\n")) if text else ""
        content = f"BT /F1 12 Tf 50 700 Td {lines}ET"
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {7 + 2 * n} 0 R /Resources << /Font << /F1 3 0 R >> >> >>"
        )
        objects.append(f"<< /Length {len(content)} >>\nstream\n{content}\nendstream")
    out, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode("latin-1")
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{place:010d} 00000 n \n".encode() for place in places)
    return out + f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode()


def png() -> bytes:
    """A picture of one grey point."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\x00\x80")) + chunk(b"IEND", b"")


def jpeg() -> bytes:
    """The beginning and end of a JPEG file."""
    return b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xd9"


def docx(
    *paragraphs: str | tuple[str, ...], header: str = "", core: str = "", comment: str = "", more: Mapping[str, bytes] | None = None, main: str = _TYPE
) -> bytes:
    """A Word file; a paragraph given as a tuple has a run for each part."""

    def body(texts: tuple[str | tuple[str, ...], ...]) -> str:
        return "".join(
            "<w:p>" + "".join(f"<w:r><w:rPr><w:b/></w:rPr><w:t>{run}</w:t></w:r>" for run in ((p,) if isinstance(p, str) else p)) + "</w:p>"
            for p in texts
        )

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "[Content_Types].xml",
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            f'<Override PartName="/word/document.xml" ContentType="{main}"/></Types>',
        )
        archive.writestr("word/document.xml", f'<w:document xmlns:w="{_W}"><w:body>{body(paragraphs)}</w:body></w:document>')
        archive.writestr("word/header1.xml", f'<w:hdr xmlns:w="{_W}">{body((header,))}</w:hdr>')
        archive.writestr("word/comments.xml", f'<w:comments xmlns:w="{_W}"><w:comment>{body((comment,))}</w:comment></w:comments>')
        archive.writestr(
            "docProps/core.xml",
            '<cp:coreProperties xmlns:cp="c" xmlns:dc="d"><dc:creator>李</dc:creator>' f"<dc:title>{core}</dc:title></cp:coreProperties>",
        )
        for name, data in (more or {}).items():
            archive.writestr(name, data)
    return out.getvalue()


def xlsx(*cells: str, sheet: str = "表", comment: str = "", header: str = "") -> bytes:
    """An Excel file with texts below each other."""
    book = Workbook()
    page = book.active
    assert page is not None
    page.title = sheet
    for n, text in enumerate(cells or ("数据",), 1):
        page.cell(n, 1, text)
    if comment:
        page.cell(1, 1).comment = Comment(comment, "李")
    if header:
        page.oddHeader.center.text = header
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
