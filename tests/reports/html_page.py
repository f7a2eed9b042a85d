"""Reading a report back: a small tree of the page, and its tables by caption."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"br", "col", "hr", "meta"}


@dataclass
class Node:
    name: str
    attributes: dict[str, str]
    content: list[Node | str] = field(default_factory=list)

    def all(self, *names: str) -> list[Node]:
        found = []
        for part in self.content:
            if isinstance(part, Node):
                if part.name in names:
                    found.append(part)
                found += part.all(*names)
        return found

    def every(self) -> list[Node]:
        found = []
        for part in self.content:
            if isinstance(part, Node):
                found += [part, *part.every()]
        return found

    @property
    def text(self) -> str:
        return "".join(part if isinstance(part, str) else part.text for part in self.content)


class Page(HTMLParser):
    """A page whose every tag is closed by its own end; anything else fails."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.source = source
        self.root = Node("", {})
        self._open = [self.root]
        self.feed(source)
        self.close()
        assert self._open == [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {key: value or "" for key, value in attrs})
        assert len(node.attributes) == len(attrs)
        self._open[-1].content.append(node)
        if tag not in VOID:
            self._open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open[-1].content.append(Node(tag, {key: value or "" for key, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self._open[-1].name == tag, (self._open[-1].name, tag)
        self._open.pop()

    def handle_data(self, data: str) -> None:
        self._open[-1].content.append(data)

    def by_id(self, id: str) -> Node:
        return next(node for node in self.nodes if node.attributes.get("id") == id)

    @property
    def nodes(self) -> list[Node]:
        return self.root.every()

    def table(self, caption: str) -> list[dict[str, str]]:
        for table in self.root.all("table"):
            if table.all("caption")[0].text == caption:
                heads = [cell.text for cell in table.all("thead")[0].all("th")]
                return [dict(zip(heads, (cell.text for cell in row.all("th", "td")), strict=True)) for row in table.all("tbody")[0].all("tr")]
        raise AssertionError(f"no table {caption}")
