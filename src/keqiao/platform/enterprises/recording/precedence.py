"""Which source prevails where several say different things of one fact.

A decided objection stands before all; then the sources in the vocabulary's order, those declared for just some
indicators first; then all other sources, the latest recorded first. Values under a key that was renamed since come last.
"""

from __future__ import annotations

from functools import cache

from keqiao.platform.catalogue.shipped import packs

#: The suffix of the source of values that came under a key that was renamed since (`keqiao.facts.sources`).
OLD_KEY = "（原代码）"
_OLD_KEY_ALONE = "原代码"
_LAST = 9_999
#: Kinds of batches that are one source where their source has the same name; an objection is a source of its own.
SHEETS = ("import", "demo", "api")


def source_name(kind: str, source: str) -> str:
    """The source as the vocabulary names it; a declaration without a source is the enterprise's own word."""
    old = source.endswith(OLD_KEY)
    bare = source.removesuffix(OLD_KEY) if old else source
    if not bare and kind == "declaration":
        bare = "企业自报"
    return _labels().get(bare, bare) + (OLD_KEY if old else "")


@cache
def _labels() -> dict[str, str]:
    return {name: word.label for word in packs().sources_of_facts for name in word.names}


def rank(kind: str, source: str, indicator: str) -> int:
    """Where a source stands for an indicator; the least prevails, among equals the latest recorded."""
    if kind == "objection":
        return -1
    old = source.endswith(OLD_KEY) or source == _OLD_KEY_ALONE
    name = source_name(kind, source).removesuffix(OLD_KEY)
    best = _LAST
    for position, word in enumerate(packs().sources_of_facts):
        if name in word.names and (not word.indicators or indicator in word.indicators):
            best = min(best, position + (0 if word.indicators else 1_000))
    return best + (100_000 if old else 0)


def group(kind: str) -> tuple[str, ...]:
    """The kinds of batches that speak with the same voice as this one where the source is the same."""
    return SHEETS if kind in SHEETS else (kind,)
