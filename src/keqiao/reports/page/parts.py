"""The pieces that pages are made of: outcome marks, tables, figures, panels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from keqiao.reports.markup import Content, Markup, escape, join, tag
from keqiao.reports.wording import Words
from keqiao.rules.model import OUTCOMES

#: Shapes that tell the outcomes apart without colour, in a square of 18.
_SHAPES = {
    "yes": '<circle cx="9" cy="9" r="8" fill="currentColor"/><path d="M5 9.3l2.7 2.7L13 6.5" fill="none" stroke="#fff" stroke-width="2"/>',
    "no": '<rect x="1.5" y="1.5" width="15" height="15" rx="2" fill="currentColor"/><path d="M6 6l6 6M12 6l-6 6" stroke="#fff" stroke-width="2"/>',
    "unknown": '<circle cx="9" cy="9" r="7.5" fill="none" stroke="currentColor" stroke-width="1.8" stroke-dasharray="3.2 1.8"/>'
    '<path d="M6.8 7.2c0-3.2 4.6-3 4.6-.4 0 1.7-2.3 1.7-2.3 3.4" fill="none" stroke="currentColor" stroke-width="1.7"/>'
    '<circle cx="9.1" cy="13" r="1.1" fill="currentColor"/>',
    "refer": '<path d="M9 .8L17.2 9 9 17.2.8 9z" fill="currentColor"/><circle cx="9" cy="7" r="2" fill="#fff"/><path d="M5.5 12.2c.6-3 6.4-3 7 0z" fill="#fff"/>',
}


def outcome(words: Words, code: int, *, text: str | None = None, count: int | None = None) -> Markup:
    """An outcome as shape and word, with a count where one is given."""
    name = OUTCOMES[code]
    shape = tag("svg", Markup(_SHAPES[name]), viewBox="0 0 18 18", aria_hidden="true")
    said = text or words.outcome(code)
    return tag("span", shape, said if count is None else f"{said} {count:,}", class_=f"oc oc-{name}")


def sample_chip(words: Words) -> Markup:
    """The mark of what rests on illustrative figures."""
    return tag("span", words.say("示例", "illustrative"), class_="smp")


def titled(words: Words, title: Content, illustrative: bool) -> Markup:
    """A title, with the mark where it rests on illustrative figures."""
    return join([title, " ", sample_chip(words)]) if illustrative else escape(title)


@dataclass(frozen=True, slots=True)
class Head:
    """A column's head; numbers stand right, and short texts keep on one line."""

    text: str
    number: bool = False
    whole: bool = False

    @property
    def css(self) -> str | None:
        """The class of the column's cells."""
        return "n" if self.number else "w" if self.whole else None


def table(caption: str, heads: Sequence[Head], rows: Iterable[Sequence[Content]], *, foot: Sequence[Content] | None = None) -> Markup:
    """A table whose first column names the row; on a phone each row becomes a labelled list."""
    top = tag("tr", *(tag("th", head.text, scope="col", class_=head.css) for head in heads))
    body = [_row(heads, row) for row in rows]
    return tag(
        "div",
        tag("table", tag("caption", caption), tag("thead", top), tag("tbody", *body), tag("tfoot", _row(heads, foot)) if foot else None,
            class_="stack"),
        class_="scroll", tabindex=0, role="region", aria_label=caption,
    )  # fmt: skip


def _row(heads: Sequence[Head], row: Sequence[Content]) -> Markup:
    first = tag("th", row[0], scope="row")
    rest = (tag("td", cell, class_=head.css, data_l=head.text) for head, cell in zip(heads[1:], row[1:], strict=True))
    return tag("tr", first, *rest)


def figure(title: str, chart: Markup, caption: Content, *more: Content) -> Markup:
    """A chart with its heading and the sentence that says what it shows."""
    return tag("figure", tag("h4", title), chart, tag("figcaption", caption), *more)


def folded(summary: str, *content: Content, shut: bool = True) -> Markup:
    """What can be folded away; ``shut`` only for what stands elsewhere too, as a browser may print it shut."""
    return tag("details", tag("summary", summary), *content, open=not shut)


def panel(id: str, title: Content, *body: Content, sub: Content = None, level: int = 3, css: str = "panel") -> Markup:
    """A section with a heading."""
    head = tag("header", tag(f"h{level}", title, id=f"{id}-h"), tag("span", sub, class_="sub") if sub else None)
    return tag("section", head, tag("div", *body, class_="body"), class_=css, id=id, aria_labelledby=f"{id}-h")


def pairs(rows: Iterable[tuple[str, Content]]) -> Markup:
    """Labels and texts."""
    return tag("dl", join(join([tag("dt", label), tag("dd", text)]) for label, text in rows), class_="kv")


def note(*text: Content) -> Markup:
    """What a reader needs to know, under a table or chart."""
    return tag("p", *text, class_="note")


def share(count: int, whole: int) -> str:
    """A share in per cent with one decimal, or a dash where there is no whole; half away from zero."""
    if not whole:
        return "—"
    tenths = (2 * count * 1000 + whole) // (2 * whole)
    return f"{tenths // 10}.{tenths % 10}%"


def of(words: Words, count: int, whole: int) -> str:
    """A share with its numerator and denominator."""
    return words.say(f"{share(count, whole)}（{count:,} / {whole:,} 家）", f"{share(count, whole)} ({count:,} of {whole:,})")
