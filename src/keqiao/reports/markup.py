"""HTML and SVG as escaped strings.

Everything that is put into a tag is escaped unless it is already `Markup`, which only this module
makes from plain text. Names of enterprises, labels and citations come from strangers' sheets; none of
them can close a tag, open one, or end an attribute.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from decimal import Decimal

#: Characters that XML does not allow, and those that turn the direction of text around.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff\ud800-\udfff]")
_VOID = frozenset({"br", "col", "hr", "meta"})


class Markup(str):
    """Text that is markup already, with everything foreign in it escaped."""

    __slots__ = ()

    def __add__(self, other: str) -> Markup:
        """Markup and what follows it, which is escaped unless it is markup too."""
        return Markup(str(self) + str(escape(other)))


#: What may stand inside a tag: markup as it is, text and whole numbers escaped, nothing for None.
Content = Markup | str | int | None


def escape(value: Content) -> Markup:
    """Content as markup; characters that no document may hold become U+FFFD."""
    if isinstance(value, Markup):
        return value
    if value is None:
        return Markup("")
    return Markup(html.escape(_FORBIDDEN.sub("\ufffd", str(value)), quote=True))


def join(parts: Iterable[Content], between: Content = "") -> Markup:
    """Parts after each other."""
    return Markup(str(escape(between)).join(escape(part) for part in parts))


def tag(name: str, *content: Content, **attributes: str | int | float | Decimal | bool | None) -> Markup:
    """A tag with content and attributes.

    An attribute ``class_`` is ``class``, ``stroke_width`` is ``stroke-width``; True stands without a
    value, False and None are left out. SVG names in camel case are written as they are.
    """
    head = name + "".join(_attribute(key, value) for key, value in attributes.items())
    if name in _VOID:
        return Markup(f"<{head}>")
    return Markup(f"<{head}>{join(content)}</{name}>")


def _attribute(key: str, value: str | int | float | Decimal | bool | None) -> str:
    if value is None or value is False:
        return ""
    name = key.rstrip("_").replace("_", "-")
    if value is True:
        return f" {name}"
    text = f"{value:.4g}" if isinstance(value, float) and abs(value) < 1 else f"{value:.1f}" if isinstance(value, float) else str(value)
    return f' {name}="{escape(text)}"'
