"""Writing lowered expressions as SQL: columns in layers of derived tables, one per depth."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from keqiao.rules.sql.dialects import Dialect
from keqiao.rules.sql.ir import INT32, INT64, X

#: An expression longer than this becomes a column of its own, so that text never nests far.
LONGEST = 600


class Emitter:
    """Writes one query with the given outputs over a table."""

    def __init__(self, dialect: Dialect, table: str, keys: Iterable[str] = ()) -> None:
        self.dialect = dialect
        self.table = table
        self.keys = list(keys)
        self._uses: dict[int, int] = {}
        self._names: dict[int, str] = {}
        self._layer: dict[int, int] = {}
        self._below: dict[int, frozenset[str]] = {}
        self._text: dict[int, str] = {}
        self._columns: list[list[tuple[str, str, frozenset[str]]]] = []

    def query(self, outputs: Mapping[str, X]) -> str:
        """The SELECT that gives the key columns and the outputs, in order."""
        for x in outputs.values():
            self._count(x)
        rendered = {name: self._inline(x) for name, x in outputs.items()}
        needed: list[set[str]] = [set() for _ in range(len(self._columns) + 1)]
        top = len(self._columns)
        needed[top] |= {*self.keys, *(name for text, below, _ in rendered.values() for name in below)}
        for layer in range(top - 1, -1, -1):
            made = {name for name, _, _ in self._columns[layer]}
            needed[layer] |= needed[layer + 1] - made
            for name, _, below in self._columns[layer]:
                if name in needed[layer + 1]:
                    needed[layer] |= below
        q = self.dialect.quote
        source = self.table
        for layer, columns in enumerate(self._columns):
            new = {name: text for name, text, _ in columns if name in needed[layer + 1]}
            kept = [q(name) for name in sorted(needed[layer + 1] - set(new))]
            fresh = [f"{text} AS {q(name)}" for name, text in new.items()]
            source = f"(SELECT {', '.join([*kept, *fresh]) or '1 AS one'}\n FROM {source}{self.dialect.fence}) AS l{layer + 1}"
        selected = [q(key) for key in self.keys]
        selected += [f"{text} AS {q(name)}" for name, (text, _, _) in rendered.items()]
        return f"SELECT {', '.join(selected)}\nFROM {source}"

    def _count(self, root: X) -> None:
        pending = [root]
        while pending:
            x = pending.pop()
            self._uses[id(x)] = self._uses.get(id(x), 0) + 1
            if self._uses[id(x)] == 1:
                pending.extend(x.args)

    def _inline(self, x: X) -> tuple[str, frozenset[str], int]:
        """Text, columns read, and layer of an expression."""
        key = id(x)
        if key in self._text:
            return self._text[key], self._below[key], self._layer[key]
        parts = [self._inline(arg) for arg in x.args]
        below = frozenset().union(*(p[1] for p in parts)) if parts else frozenset()
        layer = max((p[2] for p in parts), default=0)
        if x.op == "col" and not x.extra[1]:
            below = frozenset([x.extra[0]])
        text = write(self.dialect, x, [p[0] for p in parts])
        if self._worth(x, text):
            name = f"v{len(self._names) + 1}"
            self._names[key] = name
            while len(self._columns) <= layer:
                self._columns.append([])
            self._columns[layer].append((name, text, below))
            text, below, layer = self.dialect.quote(name), frozenset([name]), layer + 1
        self._text[key], self._below[key], self._layer[key] = text, below, layer
        return text, below, layer

    def _worth(self, x: X, text: str) -> bool:
        """Whether an expression becomes a column: used twice and more than a word, or long."""
        if x.op in ("col", "lit", "text", "date", "null"):
            return False
        if x.op == "window":  # a window is over the rows of its own layer, and never inside another
            return True
        if x.op in ("isnull", "notnull") and x.args[0].op == "col":
            return False
        return self._uses.get(id(x), 0) > 1 or len(text) > LONGEST


def write(d: Dialect, x: X, args: list[str]) -> str:
    """One expression over the texts of its parts."""
    text: str = _WRITERS[x.op](d, x, args)
    return text


def _column(d: Dialect, x: X, args: list[str]) -> str:
    name, cast = x.extra
    return f"CAST(NULL AS {d.types[cast]})" if cast and cast != "titles" else d.quote(name)


def _literal(d: Dialect, x: X, args: list[str]) -> str:
    if isinstance(x.extra, bool):
        return "TRUE" if x.extra else "FALSE"
    return str(x.extra) if x.extra >= 0 else f"({x.extra})"


def _width(bound: int) -> int:
    return 0 if bound <= INT32 else (1 if bound <= INT64 else 2)


def _arithmetic(d: Dialect, x: X, args: list[str]) -> str:
    """Widen the first operand where the result may not fit the widest operand."""
    width = _width(x.bound)
    left, right = args
    # the declared bound of a column says nothing about its physical type: count it as 32 bits
    have = max(0 if a.op in ("col", "lit", "window") else _width(a.bound) for a in x.args)
    if width > have:
        left = f"CAST({left} AS {d.types['bigint' if width == 1 else 'wide']})"
    else:
        left = _wrap(x.args[0], left, x.op in "*")
    return f"{left} {x.op} {_wrap(x.args[1], right, True)}"


def _wrap(x: X, text: str, tight: bool) -> str:
    if (x.op in ("+", "-") and tight) or (x.op in ("cmp", "and", "or", "not", "in", "*") and tight):
        return f"({text})"
    return text


def _window(d: Dialect, x: X, args: list[str]) -> str:
    function, valued, over = x.extra
    head = f"{function.upper()}({args[0] if valued else ''})"
    parts = args[int(valued) :]
    inside = [f"PARTITION BY {', '.join(parts[:over])}"] if over else []
    if parts[over:]:
        inside.append("ORDER BY " + ", ".join(f"{key} NULLS LAST" for key in parts[over:]))
    return f"{head} OVER ({' '.join(inside)})"


def _quotient(d: Dialect, x: X, args: list[str]) -> str:
    return d.quotient(args[0], args[1], max(_width(a.bound) for a in x.args))


def _case(d: Dialect, x: X, args: list[str]) -> str:
    rows = " ".join(f"WHEN {args[i]} THEN {args[i + 1]}" for i in range(0, len(args) - 1, 2))
    return f"CASE {rows} ELSE {args[-1]} END"


def _logic(word: str) -> Any:
    def build(d: Dialect, x: X, args: list[str]) -> str:
        inside = [f"({t})" if a.op in ("and", "or") else t for a, t in zip(x.args, args, strict=True)]
        return f" {word} ".join(inside)

    return build


def _compare(d: Dialect, x: X, args: list[str]) -> str:
    return f"{args[0]} {x.extra} {args[1]}"


def _among(d: Dialect, x: X, args: list[str]) -> str:
    values = [d.text(value) for value in x.extra]
    return f"{args[0]} = {values[0]}" if len(values) == 1 else f"{args[0]} IN ({', '.join(values)})"


_WRITERS: dict[str, Any] = {
    "col": _column,
    "lit": _literal,
    "text": lambda d, x, a: d.text(x.extra),
    "date": lambda d, x, a: d.date(x.extra),
    "null": lambda d, x, a: f"CAST(NULL AS {d.types[{'int': 'bigint', 'bool': 'boolean'}.get(x.kind, x.kind)]})",
    "+": _arithmetic,
    "-": _arithmetic,
    "*": _arithmetic,
    "//": _quotient,
    "mod": lambda d, x, a: f"MOD({a[0]}, {a[1]})",
    "window": _window,
    "days": lambda d, x, a: d.days(x.extra, a[0]),
    "year": lambda d, x, a: f"EXTRACT(YEAR FROM {a[0]})" if d.name != "postgres" else f"CAST(EXTRACT(YEAR FROM {a[0]}) AS bigint)",
    "case": _case,
    "cmp": _compare,
    "in": _among,
    "prefix": lambda d, x, a: f"SUBSTRING({a[0]}, 1, {len(x.extra)}) = {d.text(x.extra)}",
    "holds": lambda d, x, a: d.holds(a[0], *x.extra),
    "and": _logic("AND"),
    "or": _logic("OR"),
    "not": lambda d, x, a: f"NOT ({a[0]})",
    "isnull": lambda d, x, a: f"({a[0]}) IS NULL",
    "notnull": lambda d, x, a: f"({a[0]}) IS NOT NULL",
}
