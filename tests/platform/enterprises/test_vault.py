"""Encryption at rest: what goes in comes out, and nothing else does."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from keqiao.platform.enterprises.evidence import vault
from keqiao.platform.enterprises.evidence.vault import AES, SM4, Damaged, Kept
from keqiao.platform.home import Home
from keqiao.platform.secrets import make_secrets

SIZES = [0, 1, 64 * 1024 - 1, 64 * 1024, 64 * 1024 + 1, 3 * 64 * 1024]


@pytest.fixture
def place(tmp_path: Path) -> Home:
    made = Home(tmp_path)
    make_secrets(made)
    return made


def _keep(place: Home, data: bytes, algorithm: int = SM4) -> Kept:
    return vault.keep(place, io.BytesIO(data), algorithm)


@pytest.mark.parametrize("algorithm", [SM4, AES])
@pytest.mark.parametrize("size", SIZES)
def test_reads_back_what_was_kept(place: Home, size: int, algorithm: int) -> None:
    data = bytes(range(256)) * (size // 256 + 1)
    assert vault.content(place, _keep(place, data[:size], algorithm)) == data[:size]


def test_nothing_readable_lies_in_the_folder(place: Home) -> None:
    kept = _keep(place, b"business value" * 100)
    path = place.files / kept.stored
    assert b"business value" not in path.read_bytes()
    assert path.stat().st_mode & 0o077 == 0
    assert [p.name for p in place.files.iterdir()] == [kept.stored]


@pytest.mark.parametrize("at", [0, 4, 5, 20, 40, 60, 70, 200, -1])
def test_a_changed_byte_is_refused(place: Home, at: int) -> None:
    kept = _keep(place, b"x" * 1000)
    path = place.files / kept.stored
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)
    with pytest.raises(Damaged):
        vault.content(place, kept)


def test_a_cut_file_is_refused(place: Home) -> None:
    kept = _keep(place, b"x" * (64 * 1024 * 2))
    path = place.files / kept.stored
    path.write_bytes(path.read_bytes()[: -(64 * 1024 + 16)])
    with pytest.raises(Damaged):
        vault.content(place, kept)


def test_swapped_files_are_refused(place: Home) -> None:
    one, two = _keep(place, b"1" * 100), _keep(place, b"2" * 100)
    (place.files / one.stored).write_bytes((place.files / two.stored).read_bytes())
    with pytest.raises(Damaged):
        vault.content(place, Kept(one.stored, two.size, two.sha256))


def test_another_content_than_recorded_is_refused(place: Home) -> None:
    kept = _keep(place, b"x")
    with pytest.raises(Damaged):
        vault.content(place, Kept(kept.stored, kept.size, "0" * 64))


def test_rotation_changes_the_key_and_keeps_the_contents(place: Home) -> None:
    kept = [_keep(place, b"a" * 70_000), _keep(place, b"b", AES)]
    before = (place.keys / "files.key").read_text()
    assert vault.rotate_key(place) == 2
    assert (place.keys / "files.key").read_text() != before
    (place.keys / vault.PREVIOUS_KEY).unlink()
    assert [vault.content(place, one)[:1] for one in kept] == [b"a", b"b"]


def test_a_rotation_that_stopped_is_taken_up(place: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = [_keep(place, bytes([n])) for n in range(3)]
    wrap, calls = vault._wrapped_anew, iter([True, False])

    def stop(home: Home, path: Path, fresh: bytes) -> bool:
        if not next(calls):
            raise OSError("full")
        return wrap(home, path, fresh)

    with monkeypatch.context() as patched:
        patched.setattr(vault, "_wrapped_anew", stop)
        with pytest.raises(OSError, match="full"):
            vault.rotate_key(place)
    assert [vault.content(place, one) for one in kept] == [b"\0", b"\1", b"\2"]
    later = _keep(place, b"later")
    assert vault.rotate_key(place) == 2
    assert vault.content(place, later) == b"later"
    assert [vault.content(place, one) for one in kept] == [b"\0", b"\1", b"\2"]


def test_wiped_files_are_gone(place: Home) -> None:
    kept = _keep(place, b"x")
    vault.wipe(place, kept.stored)
    assert list(place.files.iterdir()) == []
    with pytest.raises(Damaged):
        vault.content(place, kept)


class _Full(io.BytesIO):
    """A source that fails half-way, as a full disk makes the copy fail."""

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell() > 0:
            raise OSError("no space left")
        return super().read(size)


def test_a_failed_copy_leaves_nothing(place: Home) -> None:
    with pytest.raises(OSError, match="no space"):
        vault.keep(place, _Full(b"x" * 200_000))
    assert list(place.files.iterdir()) == []
