"""Marks of state secrecy (密级标志): 绝密, 机密, 秘密 with ★ or a term, in names and texts.

The form is that of 国家秘密标志: level, ★, term (GB/T 9704 writes ``机密★1年``; 长期 where there is no end). Names of
files and badly extracted text lose the star or gain blanks, so a term alone suffices where the level stands for
itself. Ordinary words (商业秘密, 保守秘密) are no marks.
"""

from __future__ import annotations

import re
import unicodedata

_STAR = r"[★☆⭐✩✪✫✬✭✮✯✰⋆٭]"
_LEVEL = r"(?P<level>绝[ \t]{0,3}密|机[ \t]{0,3}密|秘[ \t]{0,3}密)"
_NUMERAL = r"(?:\d[ \t]?\d?|[一二三四五六七八九十]{1,3})"
_TERM = rf"(?:长[ \t]{{0,3}}期|{_NUMERAL}[ \t]{{0,3}}(?:个[ \t]{{0,3}}月|年))"
_SIGNS = r"[\s_\-—–·.:,、;()\[\]【】《》〈〉|/*]{0,6}"
_BETWEEN = rf"{_SIGNS}(?:(?:保密)?[期年]限)?{_SIGNS}"
#: Level, then a star.
_STARRED = re.compile(rf"{_LEVEL}\s{{0,3}}(?P<star>{_STAR})")
#: A star, then the level by itself.
_STAR_FIRST = re.compile(rf"{_STAR}\s{{0,3}}{_LEVEL}(?![一-鿿])")
#: Level, then a term: not "绝密 10年前的档案".
_TERMED = re.compile(rf"{_LEVEL}{_BETWEEN}(?P<term>{_TERM})(?![ \t]*[前后来内间以之的多度里余\d])")
#: 密级：机密.
_NAMED = re.compile(rf"密[ \t]{{0,3}}级[ \t]{{0,3}}[:][ \t]{{0,3}}{_LEVEL}")

_HAN = re.compile(r"[一-鿿]")
#: What stands before the word where it is an ordinary one.
_COMMERCIAL = ("商业", "商务", "工作", "个人", "技术", "经营", "企业", "客户")
_ORDINARY = (*_COMMERCIAL, "保守", "国家", "严守", "泄露", "泄漏", "保护", "知悉", "属于", "涉及", "军事", "其他", "上述", "有关", "该")
#: What may stand directly before a mark.
_HEADING = ("密级", "标志", "等级", "级别", "定密", "定为")

#: Characters without width, which would hide a mark between its letters.
_INVISIBLE = dict.fromkeys([0x00AD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF], None) | {0x3000: " ", 0x00A0: " "}


def bears_mark(text: str) -> bool:
    """Whether a text bears a mark of state secrecy."""
    text = unicodedata.normalize("NFKC", text).translate(_INVISIBLE)
    if _NAMED.search(text) or _STAR_FIRST.search(text):
        return True
    return any(not _ends(text, found.start(), _COMMERCIAL) for found in _STARRED.finditer(text)) or any(
        _stands_alone(text, found.start()) for found in _TERMED.finditer(text)
    )


def _ends(text: str, end: int, words: tuple[str, ...]) -> bool:
    """Whether the text before a place ends with one of some words; blanks between letters do not matter."""
    return re.sub(r"\s", "", text[max(end - 12, 0) : end]).endswith(words)


def _stands_alone(text: str, start: int) -> bool:
    """Whether a level without star stands for itself: after a heading, or after what is no Chinese character."""
    if _ends(text, start, _HEADING):
        return True
    if _ends(text, start, _ORDINARY):
        return False
    return start == 0 or not _HAN.match(text[start - 1])
