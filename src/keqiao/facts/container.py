"""The zip archive of a workbook, unpacked in pieces and never beyond its declared, bounded size."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from xml.parsers import expat

from keqiao.facts.sheets import Limits, Unreadable

_PIECE = 1 << 20
#: How an OLE file (.xls, or an encrypted .xlsx) begins.
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def corrupt(detail: str) -> Unreadable:
    """The error for a damaged workbook; ``detail`` is a technical word for support."""
    return Unreadable(
        "corrupt",
        f"工作簿已损坏或不完整（{detail}），请重新下载或在 Excel 中修复后另存",
        f"the workbook is damaged or truncated ({detail}); download it again or repair it in Excel",
    )


def _too_large(limit: int) -> Unreadable:
    return Unreadable(
        "too-large",
        f"工作簿解压后超过 {limit:,} 字节，可能是压缩炸弹；请拆分后再导入",
        f"the workbook unpacks to more than {limit:,} bytes (a zip bomb?); split it first",
    )


class Container:
    """A workbook's archive over its bytes.

    Raises `Unreadable` where the directory is damaged, lists encrypted parts, or declares more
    than the limits allow.
    """

    def __init__(self, data: bytes, limits: Limits) -> None:
        self._data = data
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                self.parts = {info.filename: info for info in archive.infolist()}
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, struct.error) as error:
            raise corrupt(str(error)) from None
        total = sum(info.file_size for info in self.parts.values())
        if total > limits.unpacked_bytes or len(self.parts) > limits.parts:
            raise _too_large(limits.unpacked_bytes)
        for info in self.parts.values():
            if info.flag_bits & 1:
                raise Unreadable(
                    "password",
                    "工作簿的内容已加密，请取消密码后另存",
                    "the workbook's parts are encrypted; remove the password and save again",
                )
            if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise corrupt(f"compression {info.compress_type}")

    def pieces(self, name: str) -> Iterator[bytes]:
        """A part's content in pieces; refuses one that does not end where the directory says."""
        info = self.parts[name]
        packed = self._packed(info)
        if info.compress_type == zipfile.ZIP_STORED:
            stream: Iterator[bytes] = iter([bytes(packed)])
        else:
            stream = _inflate(packed)
        size = checksum = 0
        try:
            for piece in stream:
                size += len(piece)
                if size > info.file_size:
                    raise corrupt(f"{name}: size")
                checksum = zlib.crc32(piece, checksum)
                yield piece
        except zlib.error as error:
            raise corrupt(f"{name}: {error}") from None
        if size != info.file_size or checksum != info.CRC:
            raise corrupt(f"{name}: checksum")

    def _packed(self, info: zipfile.ZipInfo) -> memoryview:
        head = self._data[info.header_offset : info.header_offset + 30]
        if len(head) < 30 or head[:4] != b"PK\x03\x04":
            raise corrupt(f"{info.filename}: header")
        name_length, extra_length = struct.unpack("<HH", head[26:30])
        start = info.header_offset + 30 + name_length + extra_length
        return memoryview(self._data)[start : start + info.compress_size]

    def read(self, name: str) -> bytes:
        """A whole part."""
        return b"".join(self.pieces(name))

    def drain(self, name: str) -> None:
        """Unpack a part only to know that it is what the directory says."""
        for _ in self.pieces(name):
            pass


def _inflate(packed: memoryview) -> Iterator[bytes]:
    machine = zlib.decompressobj(-15)
    rest: bytes | memoryview = packed
    while not machine.eof:
        piece = machine.decompress(rest, _PIECE)
        rest = machine.unconsumed_tail
        if not piece and not rest and not machine.eof:
            raise zlib.error("truncated")
        yield piece


def xml_parser() -> expat.XMLParserType:
    """An expat parser that refuses document types, and with them entity bombs."""
    parser = expat.ParserCreate()

    def doctype(*_: object) -> None:
        raise corrupt("DOCTYPE")

    parser.StartDoctypeDeclHandler = doctype
    return parser


def elements(data: bytes) -> list[tuple[str, dict[str, str]]]:
    """All elements of a small part in document order: local name and attributes."""
    found: list[tuple[str, dict[str, str]]] = []
    parser = xml_parser()

    def start(name: str, attributes: dict[str, str]) -> None:
        found.append((name.rpartition(":")[2], attributes))

    parser.StartElementHandler = start
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise corrupt(str(error)) from None
    return found
