"""The faults of size, too large to keep: a zip bomb, a 200 MB sheet, a csv of a million rows."""

from __future__ import annotations

import struct
import zipfile
import zlib
from pathlib import Path

from dirty.model import HEADINGS, clean, code

#: What the bomb claims to unpack to.
BOMB = 4_000 * 2**20


def bomb(path: Path) -> None:
    """A workbook of a few MB with a part of nearly 4 GB of zeros.

    The packed megabyte is written again and again: a full flush makes each piece independent.
    """
    clean().write(path)
    machine = zlib.compressobj(9, zlib.DEFLATED, -15)
    head = machine.compress(b"\0" * 2**20) + machine.flush(zlib.Z_FULL_FLUSH)
    machine = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = head * (BOMB // 2**20) + machine.flush(zlib.Z_FINISH)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_STORED) as archive:
        archive.writestr("xl/media/image1.png", body)
    data = bytearray(path.read_bytes())
    for sign, method, size in ((b"PK\x01\x02", 10, 24), (b"PK\x03\x04", 8, 22)):
        at = _header(data, sign)
        struct.pack_into("<H", data, at + method, zipfile.ZIP_DEFLATED)
        struct.pack_into("<I", data, at + size, BOMB)
    path.write_bytes(bytes(data))


def _header(data: bytearray, sign: bytes) -> int:
    """Where the header of the bomb's part stands."""
    gap = 46 if sign[2] == 1 else 30
    name = b"xl/media/image1.png"
    at = data.find(sign)
    while data[at + gap : at + gap + len(name)] != name:
        at = data.find(sign, at + 1)
    return at


def sheet_200mb(path: Path) -> None:
    """A workbook whose main sheet is 200 MB of XML: 165,000 enterprises with long remarks."""
    import xlsxwriter

    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        page = book.add_worksheet("企业")
        for column, heading in enumerate(["统一社会信用代码", "企业名称", "职工人数", "营业收入（万元）", "备注"]):
            page.write_string(0, column, heading)
        remark = "备注" * 170
        for n in range(1, 165_001):
            page.write_string(n, 0, code(n % 9_000) if n < 9_000 else code(9_000 + n % 900_000))
            page.write_string(n, 1, f"合成样本{n}号企业")
            page.write_number(n, 2, 10 + n % 400)
            page.write_number(n, 3, 1_000 + n % 7_000)
            page.write_string(n, 4, remark)


def million_rows(path: Path) -> None:
    """A csv of 500,000 enterprises in two years each."""
    heads = [HEADINGS[i] for i in (0, 1, 2, 8, 9, 10, 11)]
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(",".join(heads) + "\n")
        for n in range(1, 500_001):
            key = code(n)
            staff = 10 + n % 400
            file.writelines(
                f"{key},合成样本{n}号企业,{year},{staff},{staff // 5},{1000 + n % 7000}.5,{50 + n % 300}\n"
                for year in (2024, 2025)
            )
