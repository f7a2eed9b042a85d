"""The words of levels of places and kinds of institutions, in the current language."""

from __future__ import annotations

from keqiao.errors import say

LEVEL_WORDS = {
    "province": ("省", "province"),
    "city": ("市", "city"),
    "district": ("区县", "district"),
    "park": ("园区", "park"),
    "area": ("片区", "area"),
}
KIND_WORDS = {
    "bank": ("银行", "bank"),
    "guarantor": ("担保", "guarantor"),
    "insurer": ("保险", "insurer"),
    "fund": ("基金", "fund"),
    "service": ("服务机构", "service provider"),
}


def level_word(level: str) -> str:
    """A level of the tree of places."""
    return say(*LEVEL_WORDS[level])


def kind_word(kind: str) -> str:
    """A kind of institution."""
    return say(*KIND_WORDS[kind])
