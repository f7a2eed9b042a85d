"""Hostile and damaged archives: refused before they can fill memory."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path

import pytest
from facts_sample import CODE, A, book, facts, load, patch, sheet, the

from keqiao.facts import Limits


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return book(tmp_path / "a.xlsx", [[CODE, "职工人数"], [A, 1]])


def entry(data: bytes, name: str, central: bool) -> int:
    """Where a part's header stands: the central directory's, or the local one."""
    sign, gap = (b"PK\x01\x02", 46) if central else (b"PK\x03\x04", 30)
    at = data.find(sign)
    while data[at + gap : at + gap + len(name)] != name.encode():
        at = data.find(sign, at + 1)
    return at


def test_a_bomb_that_declares_its_size(path: Path) -> None:
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/bomb.bin", b"\0" * 50_000_000)
    found = the(load(path, limits=Limits(unpacked_bytes=40_000_000)), "too-large")
    assert "40,000,000" in found.zh


def test_too_many_parts(path: Path) -> None:
    assert the(load(path, limits=Limits(parts=3)), "too-large")


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "docProps/app.xml"])
def test_a_bomb_that_lies_about_its_size(path: Path, part: str) -> None:
    with zipfile.ZipFile(path) as archive:
        parts = {n: archive.read(n) for n in archive.namelist()}
    parts[part] += b" " * 5_000_000
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    data = bytearray(path.read_bytes())
    struct.pack_into("<I", data, entry(bytes(data), part, True) + 24, 1000)
    path.write_bytes(bytes(data))
    assert "size" in the(load(path), "corrupt").en


@pytest.mark.parametrize(
    ("offset", "value", "word"), [(16, 1, "checksum"), (24, 10_000_000, "checksum"), (20, 30, "truncated")]
)
def test_a_directory_that_does_not_fit(path: Path, offset: int, value: int, word: str) -> None:
    data = bytearray(path.read_bytes())
    struct.pack_into("<I", data, entry(bytes(data), "docProps/app.xml", True) + offset, value)
    path.write_bytes(bytes(data))
    assert word in the(load(path), "corrupt").en


def test_spoilt_bytes_in_a_part(path: Path) -> None:
    data = bytearray(path.read_bytes())
    at = entry(bytes(data), "docProps/app.xml", False) + 30 + len("docProps/app.xml")
    data[at : at + 8] = b"\xff" * 8
    path.write_bytes(bytes(data))
    assert the(load(path), "corrupt")


def test_a_directory_that_points_elsewhere(path: Path) -> None:
    data = bytearray(path.read_bytes())
    struct.pack_into("<I", data, entry(bytes(data), "docProps/app.xml", True) + 42, 7)
    path.write_bytes(bytes(data))
    assert "header" in the(load(path), "corrupt").en


def test_encrypted_parts(path: Path) -> None:
    data = bytearray(path.read_bytes())
    at = entry(bytes(data), "docProps/app.xml", True) + 8
    struct.pack_into("<H", data, at, 1)
    path.write_bytes(bytes(data))
    assert the(load(path), "password")


def test_an_unusual_compression(path: Path) -> None:
    with zipfile.ZipFile(path, "a", zipfile.ZIP_LZMA) as archive:
        archive.writestr("docProps/more.xml", b"x" * 100)
    assert the(load(path), "corrupt")


def test_stored_parts_are_fine(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        parts = {n: archive.read(n) for n in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    assert facts(load(path)) == {"employees": {"2025": "1人"}}


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/_rels/workbook.xml.rels"])
def test_an_archive_that_is_no_workbook(path: Path, part: str) -> None:
    with zipfile.ZipFile(path) as archive:
        parts = {n: archive.read(n) for n in archive.namelist() if n != part}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    assert part in the(load(path), "corrupt").en


def test_a_binary_workbook(path: Path) -> None:
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/workbook.bin", b"x")
    assert ".xlsx" in the(load(path), "corrupt").zh


def test_a_workbook_without_styles(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        parts = {n: archive.read(n) for n in archive.namelist() if n != "xl/styles.xml"}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    assert facts(load(path))


def test_a_value_in_the_last_corner(tmp_path: Path) -> None:
    def edit(_: object, page: object) -> None:
        page["XFD1048576"] = "x"  # type: ignore[index]

    report = load(book(tmp_path / "a.xlsx", [[CODE, "职工人数"], [A, 1]], edit=edit))
    assert "企业" in the(report, "too-large").zh


def test_a_csv_with_too_many_cells(tmp_path: Path) -> None:
    path = sheet(tmp_path / "a.csv", [[CODE, "职工人数"], [A, "1"]])
    assert the(load(path, limits=Limits(cells=3)), "too-large")


def test_a_file_that_is_too_large(path: Path) -> None:
    assert the(load(path, limits=Limits(file_bytes=100)), "too-large")


def test_cells_and_rows_without_references(path: Path) -> None:
    for old in (b' r="A1"', b' r="B1"', b' r="A2"', b' r="B2"', b' r="1"', b' r="2"'):
        patch(path, "xl/worksheets/sheet1.xml", old, b"")
    assert facts(load(path)) == {"employees": {"2025": "1人"}}


def test_prefixed_elements(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml")
    for tag in (b"worksheet", b"sheetData", b"row", b"c", b"v", b"is", b"t"):
        for old, new in ((b"<%s>", b"<x:%s>"), (b"<%s ", b"<x:%s "), (b"</%s>", b"</x:%s>")):
            xml = xml.replace(old % tag, new % tag)
    xml = xml.replace(b"xmlns=", b"xmlns:x=")
    xml = xml.replace(b"</x:sheetData>", b"</x:sheetData><x:mergeCells><x:mergeCell ref='A2:A2'/></x:mergeCells>")
    xml = xml[: xml.index(b"<sheetPr")] + xml[xml.index(b"<x:sheetData") :]
    xml = xml[: xml.index(b"</x:mergeCells>")] + b"</x:mergeCells></x:worksheet>"
    with zipfile.ZipFile(path) as archive:
        parts = {n: archive.read(n) for n in archive.namelist()}
    parts["xl/worksheets/sheet1.xml"] = xml
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    assert the(load(path), "merged").place == "企业!A2"
