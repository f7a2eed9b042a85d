"""Errors that a user reads: one sentence in Chinese, the same in English, and the place.

Every error that can be caused by a rule, a pack, a sheet or a command derives from
`KeqiaoError`. The language is chosen once per process (`use_language`), because the
command line and the site both speak one language per request.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import Literal

Language = Literal["zh", "en"]

_language: ContextVar[Language] = ContextVar("keqiao_language", default="zh")


def use_language(language: Language) -> None:
    """Choose the language of messages for the current context: ``"zh"`` or ``"en"``."""
    _language.set(language)


def language() -> Language:
    """Return the language of messages in the current context."""
    return _language.get()


def say(zh: str, en: str) -> str:
    """Return the text that belongs to the current language."""
    return zh if _language.get() == "zh" else en


class KeqiaoError(Exception):
    """A mistake in the input, told in a sentence with its place and remedy.

    ``zh`` and ``en`` are whole sentences without the place; ``where`` is the place as the
    user knows it, such as ``rules.yaml:12:9`` or ``企业表!D7``.
    """

    def __init__(self, zh: str, en: str, where: str | None = None) -> None:
        super().__init__(zh)
        self.zh, self.en, self.where = zh, en, where

    @property
    def message(self) -> str:
        """The sentence in the current language, without the place."""
        return say(self.zh, self.en)

    def at(self, where: str) -> KeqiaoError:
        """Put ``where`` before the place already known and return the error itself."""
        self.where = where if self.where is None else f"{where}:{self.where}"
        return self

    def __str__(self) -> str:
        return self.message if self.where is None else f"{self.where}: {self.message}"


class FactError(KeqiaoError):
    """A fact of a case cannot be read."""


class PackError(KeqiaoError):
    """A pack file, its schema or a rule in it is wrong."""


class RuleError(PackError):
    """A rule text is wrong at a known place.

    ``line`` and ``column`` count from 1 within the rule text as the user wrote it.
    """

    def __init__(self, zh: str, en: str, line: int = 1, column: int = 1) -> None:
        super().__init__(zh, en)
        self.line, self.column = line, column

    def __str__(self) -> str:
        place = say(f"第{self.line}行第{self.column}列", f"line {self.line} column {self.column}")
        text = f"{place}: {self.message}"
        return text if self.where is None else f"{self.where}: {text}"
