"""Reading json: a list of objects, or an object with lists of objects, as sheets with exact numbers.

An object is a row and its names are headings. A list inside an object (titles, patents) becomes a
sheet of its own whose rows carry the enterprise's key; an object of years
(``{"2024": 900, "2025": 1200}``) becomes a column per year.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, NoReturn

from keqiao.errors import say
from keqiao.facts.csvfile import encoding_of
from keqiao.facts.keys import is_key_heading
from keqiao.facts.sheets import Limits, RawSheet, Unreadable, too_many_cells

_YEAR = re.compile(r"(?:19|20)\d\d")
#: Names under which the rows of enterprises may stand.
_ROWS = ("rows", "data", "enterprises", "企业")
#: Names of lists of titles; a bare text in one is the title.
_TITLES = ("titles", "holds", "称号")
_TITLE_HEADING = "称号"
_Row = Mapping[str, Any]


class _Twice(ValueError):
    """A name that stands twice in one object."""


def looks_like_json(data: bytes) -> bool:
    """Whether a text file begins as json of objects does."""
    return re.match(rb"(?:\xef\xbb\xbf)?\s*(?:\{\s*[\"}]|\[\s*[\{\]])", data[:4096]) is not None


def read_json(path: Path, data: bytes, limits: Limits) -> list[RawSheet]:
    """The sheets of a json file: its rows, then the lists beside and inside them. Raises `Unreadable`."""
    if len(data) > limits.json_bytes:
        raise Unreadable(
            "too-large",
            f"json 文件有 {len(data):,} 字节，超过上限 {limits.json_bytes:,}；请改用 .csv 或 .parquet，或拆分",
            f"the json file has {len(data):,} bytes, more than {limits.json_bytes:,}; use .csv or .parquet, or split it",
        )
    tables = _tables(_parse(data))
    sheets: list[RawSheet] = []
    for name, rows in tables.items():
        main = _Table("" if name in _ROWS else name)
        nested: dict[str, _Table] = {}
        for number, row in enumerate(rows, 1):
            _add(main, row, _record(number), nested)
        _complete(nested, rows)
        for table in (main, *nested.values()):
            sheets.append(table.sheet(path, limits))
    return sheets


def _record(number: int) -> str:
    return say(f"第{number}条", f"record {number}")


def _bad(zh: str, en: str) -> NoReturn:
    raise Unreadable("json", zh, en)


def _parse(data: bytes) -> Any:
    text = data.decode(encoding_of(data))
    try:
        return json.loads(
            text, parse_float=Decimal, parse_int=_integer, parse_constant=_constant, object_pairs_hook=_object
        )
    except _Twice as error:
        _bad(f"同一对象里“{error}”写了两次，请只留一个", f"{str(error)!r} stands twice in one object; keep one")
    except (ValueError, RecursionError) as error:
        _bad(f"不是合法的 JSON（{error}）", f"this is not valid JSON ({error})")


def _integer(text: str) -> int | Decimal:
    return int(text) if len(text) < 40 else Decimal(text)


def _constant(text: str) -> NoReturn:
    raise ValueError(text)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise _Twice(next(n for n in names if names.count(n) > 1))
    return found


def _tables(content: Any) -> dict[str, Sequence[_Row]]:
    """The lists of objects of a file, by name."""
    if isinstance(content, list):
        content = {_ROWS[0]: content}
    if not isinstance(content, dict) or not any(isinstance(v, list) for v in content.values()):
        _bad(
            "json 应是对象的列表，或 {\"rows\": [对象, …]}，每个对象是一家企业（一年）",
            'json must be a list of objects, or {"rows": [object, …]}; an object is an enterprise (and year)',
        )
    tables: dict[str, Sequence[_Row]] = {name: value for name, value in content.items() if isinstance(value, list)}
    for name, rows in tables.items():
        for number, row in enumerate(rows, 1):
            if not isinstance(row, dict):
                _bad(
                    f"“{name}”{_record(number)}应是对象，如 {{\"统一社会信用代码\": …}}",
                    f'{name!r} record {number} must be an object such as {{"uscc": …}}',
                )
    return tables


@dataclass(slots=True)
class _Table:
    """Rows under construction: headings in the order of their first use."""

    name: str
    columns: dict[str, int] = field(default_factory=dict)
    rows: list[list[object]] = field(default_factory=list)
    places: list[str] = field(default_factory=list)

    def add(self, cells: Iterable[tuple[str, object]], place: str) -> None:
        """One row from its headings and values."""
        row: list[object] = [""] * len(self.columns)
        for name, value in cells:
            column = self.columns.setdefault(name, len(self.columns))
            row.extend([""] * (column + 1 - len(row)))
            row[column] = value
        self.rows.append(row)
        self.places.append(place)

    def sheet(self, path: Path, limits: Limits) -> RawSheet:
        """The table as a sheet with its headings in the first row."""
        width = len(self.columns)
        if width * len(self.rows) > limits.cells:
            raise too_many_cells(self.name or path.name, width * len(self.rows), limits)
        for row in self.rows:
            row.extend([""] * (width - len(row)))
        rows: list[list[object]] = [list(self.columns), *self.rows]
        return RawSheet(path, self.name, rows, is_csv=True, row_name=lambda r: self.places[r - 1] if r else "")


def _add(main: _Table, row: _Row, place: str, nested: dict[str, _Table]) -> None:
    cells: list[tuple[str, object]] = []
    for name, value in row.items():
        if isinstance(value, list):
            table = nested.setdefault(name, _Table(_TITLE_HEADING if name in _TITLES else name))
            _nest(table, name, value, _keys_of(row), place)
        elif isinstance(value, dict):
            cells.extend(_years(name, value, place))
        else:
            cells.append((name, "" if value is None else value))
    main.add(cells, place)


def _keys_of(row: _Row) -> list[tuple[str, object]]:
    """The keys of an enterprise: what its nested rows are told by."""
    return [(n, v) for n, v in row.items() if is_key_heading(n) and not isinstance(v, (dict, list))]


def _years(name: str, values: Mapping[str, Any], place: str) -> Iterable[tuple[str, object]]:
    for year, value in values.items():
        if not _YEAR.fullmatch(year) or isinstance(value, (dict, list)):
            _bad(
                f"{place} {name}：对象只能是按年份的值，如 {{\"2025\": 1200}}，这里有“{year}”",
                f'{place} {name}: an object must give values by year such as {{"2025": 1200}}, not {year!r}',
            )
        yield f"{year}年{name}", "" if value is None else value


def _nest(table: _Table, name: str, entries: Sequence[Any], keys: list[tuple[str, object]], place: str) -> None:
    for number, entry in enumerate(entries, 1):
        where = f"{place} {name} {say(f'第{number}项', f'entry {number}')}"
        if isinstance(entry, str) and name in _TITLES:
            entry = {_TITLE_HEADING: entry}
        if not isinstance(entry, dict) or any(isinstance(v, (dict, list)) for v in entry.values()):
            _bad(f"{where}应是没有嵌套的对象", f"{where} must be an object without further nesting")
        own = [(n, "" if v is None else v) for n, v in entry.items()]
        table.add([*(k for k in keys if k[0] not in entry), *own], where)
    if not entries and not table.columns:
        for heading, _ in (*keys, (_TITLE_HEADING if name in _TITLES else name, "")):
            table.columns.setdefault(heading, len(table.columns))


def _complete(nested: Mapping[str, _Table], rows: Sequence[_Row]) -> None:
    """Refuse a list that some objects have and others lack: absent would be read as none."""
    for name in nested:
        for number, row in enumerate(rows, 1):
            if not isinstance(row.get(name), list):
                _bad(
                    f"{_record(number)}没有“{name}”，而别的条有；没有就写 []，都不知道就全不写",
                    f"record {number} lacks {name!r}, which others have; write [] for none, or leave it out everywhere",
                )
