"""From rule text to what sqlglot can read: signs normalised, quantities recognised.

``5000万元`` is not SQL. Each quantity literal is replaced by a name of the same length, and the
literal is remembered under its offset, so that every position that sqlglot reports is a position
in the user's own text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from keqiao.errors import RuleError
from keqiao.rules.dimensions import UNITS, Dimension
from keqiao.rules.quantities import normalise

MAX_LENGTH = 20_000
#: Characters of a number; no quantity needs more.
LONGEST = 40

_UNIT = "|".join(sorted((re.escape(u) for u in [*UNITS, "bp"]), key=len, reverse=True))
_LITERAL = re.compile(
    r"'(?:[^']|'')*'"  # quoted text is skipped
    r"|(?<![\w.])(?P<number>(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)\s?"
    rf"(?P<unit>{_UNIT})(?:/(?P<per>{_UNIT}))?(?!\w)"
)
_SIGNS = {"≥": ">=", "≤": "<=", "≠": "<>", "×": "*", "÷": "/"}
#: The placeholder is a run of this letter; the offset says which literal it stands for.
_FILL = "q"


@dataclass(frozen=True, slots=True)
class Literal:
    """A quantity literal: value in base units, dimension, and the text as normalised."""

    value: Fraction
    dimension: Dimension
    text: str


@dataclass(frozen=True, slots=True)
class Source:
    """A rule text made ready for parsing.

    ``text`` is what the user wrote, ``sql`` what is parsed; ``literals`` maps an offset in ``sql``
    to the literal there; ``offsets[i]`` is the offset in ``text`` of ``sql[i]``.
    """

    text: str
    sql: str
    literals: dict[int, Literal]
    offsets: list[int]

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column, from 1, of an offset in ``sql``."""
        start = self.offsets[min(max(offset, 0), len(self.offsets) - 1)] if self.offsets else 0
        line = self.text.count("\n", 0, start) + 1
        return line, start - (self.text.rfind("\n", 0, start) + 1) + 1


def read_source(text: str) -> Source:
    """Normalise signs and replace quantity literals.

    Raises `RuleError` for an empty or overlong text.
    """
    if not text.strip():
        raise RuleError("规则是空的，应写一个条件或算式", "the rule is empty; write a condition or a formula")
    if len(text) > MAX_LENGTH:
        raise RuleError(
            f"规则长 {len(text)} 字，超过 {MAX_LENGTH} 字，请拆成几条",
            f"the rule has {len(text)} characters, more than {MAX_LENGTH}; split it",
        )
    pieces: list[str] = []
    offsets: list[int] = []
    for i, char in enumerate(normalise(text)):
        piece = _SIGNS.get(char, char)
        pieces.append(piece)
        offsets.extend([i] * len(piece))
    plain = "".join(pieces)
    literals: dict[int, Literal] = {}

    def replace(match: re.Match[str]) -> str:
        if match["number"] is None:
            return match[0]
        try:
            literals[match.start()] = _literal(match)
        except RuleError as problem:
            problem.line, problem.column = Source(text, "", {}, offsets).place(match.start())
            raise
        return _FILL * len(match[0])

    return Source(text, _LITERAL.sub(replace, plain), literals, offsets)


def _literal(match: re.Match[str]) -> Literal:
    if len(match["number"]) > LONGEST:
        raise RuleError(
            f"数字“{match['number'][:20]}…”太长，请核对",
            f"the number {match['number'][:20]}… is too long; check it",
        )
    unit = UNITS["BP" if match["unit"] == "bp" else match["unit"]]
    value = Fraction(match["number"].replace(",", "")) * unit.factor
    dimension = unit.dimension
    if match["per"]:
        per = UNITS[match["per"]]
        value /= per.factor
        dimension = dimension.times(per.dimension, -1)
    return Literal(value, dimension, match[0].replace(",", "").replace(" ", ""))


def read_quantity(text: object) -> Literal:
    """One quantity literal standing alone, such as a band's bound ``6%``.

    Raises `RuleError` when the text is anything else.
    """
    plain = normalise(str(text)).strip()
    negative = plain.startswith("-")
    match = _LITERAL.fullmatch(plain[1:].lstrip() if negative else plain)
    if match is None or match["number"] is None:
        raise RuleError(
            f"“{text}”不是带单位的数量，应写作 5%、500人、2000万元 之类",
            f"{text!r} is not a quantity with a unit; write 5%, 500人, 2000万元 or the like",
        )
    literal = _literal(match)
    return Literal(-literal.value, literal.dimension, plain) if negative else literal
