"""How wide a text is, and where it breaks."""

from __future__ import annotations

import unicodedata

_NARROW = frozenset("ijl.,:;'|!()[]I ")
_BROAD = frozenset("mwMW%@")


def width(text: str, size: float = 12) -> float:
    """The width of a text in units at a size, a little more than in the usual faces.

    Chinese characters and full-width signs take the size itself, as in every Chinese face; Latin
    letters and digits the upper end of what Noto Sans, YaHei and PingFang give them.
    """
    return size * sum(_share(ch) for ch in text)


def _share(ch: str) -> float:
    if unicodedata.combining(ch):
        return 0.0
    if unicodedata.east_asian_width(ch) in "WFA":
        return 1.0
    if ch in _NARROW:
        return 0.36
    if ch in _BROAD:
        return 0.92
    return 0.7 if ch.isupper() else 0.6


def wrap(text: str, room: float, size: float = 12) -> list[str]:
    """A text in lines of at most ``room`` units; never cut, broken at spaces or after any Chinese character.

    A word of Latin letters that is longer than the room is broken anywhere.
    """
    lines, line = [], ""
    for piece in _pieces(" ".join(text.split())):
        if width((line + piece).rstrip(), size) <= room or not line.strip():
            line += piece
        else:
            lines.append(line.strip())
            line = piece.lstrip()
        while width(line.rstrip(), size) > room and len(line) > 1:
            cut = _longest(line, room, size)
            lines.append(line[:cut])
            line = line[cut:]
    found = [*lines, line.strip()] if line.strip() or not lines else lines
    if len(found) > 1 and width(found[-1], size) < 2 * size and room > 8 * size:
        return wrap(text, room - 2 * size, size)  # one character alone on a line reads badly
    return found


def _longest(line: str, room: float, size: float) -> int:
    """How many characters of a line fit; at least one."""
    for count in range(len(line), 1, -1):
        if width(line[:count], size) <= room:
            return count
    return 1


#: Signs that must not begin a line stay with what stands before them.
_CLOSING = frozenset("，。、；：？！）》〉】〕”’%％,.;:?!)]}")


def _pieces(text: str) -> list[str]:
    """Where a line may break: after spaces and Chinese characters, not before closing signs."""
    pieces: list[str] = []
    for ch in text:
        glued = pieces and (ch in _CLOSING or (_latin(pieces[-1][-1]) and _latin(ch)))
        if glued:
            pieces[-1] += ch
        else:
            pieces.append(ch)
    return pieces


def _latin(ch: str) -> bool:
    return ch != " " and unicodedata.east_asian_width(ch) not in "WF"
