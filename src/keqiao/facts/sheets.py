"""A sheet as it was read, with everything that the file says about its cells."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from keqiao.errors import KeqiaoError

#: What a worksheet can hold.
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes beyond which a file is refused, so that none can exhaust the machine.

    ``file_bytes`` of the file itself, ``unpacked_bytes`` of a workbook's parts together,
    ``parts`` in its archive, ``cells`` in the rectangle that holds a sheet's values, ``json_bytes``
    of a json file, which needs many times its size in memory.
    """

    file_bytes: int = 300 * 2**20
    json_bytes: int = 100 * 2**20
    unpacked_bytes: int = 1536 * 2**20
    parts: int = 10_000
    cells: int = 20_000_000


class Unreadable(KeqiaoError):
    """A file that cannot be read as a sheet; ``code`` names the kind of trouble."""

    def __init__(self, code: str, zh: str, en: str) -> None:
        super().__init__(zh, en)
        self.code = code


def too_many_cells(name: str, area: int, limits: Limits) -> Unreadable:
    """The error for a sheet beyond the limit of cells."""
    return Unreadable(
        "too-large",
        f"工作表“{name}”的数据区有 {area:,} 个单元格，超过上限 {limits.cells:,}；请删去远处的零散单元格或拆分工作表",
        f"sheet {name!r} spans {area:,} cells, more than {limits.cells:,}; "
        "delete stray cells far away or split the sheet",
    )


@dataclass(slots=True, eq=False)
class RawSheet:
    """One sheet of a workbook, a csv file, or a table of a json or Parquet file.

    ``rows`` are lists of cell values from A1 on (float, int, str, bool, date, …; ``""`` is
    empty). Rows and columns count from 0 everywhere. ``errors`` maps cells to Excel error
    values, ``no_value`` are formulas that were never calculated, ``percent`` holds per column
    the rows whose number format is a percentage, ``merges`` are (row, column, row, column).
    ``is_csv`` is any file without worksheets; there and in tables ISO dates are the natural form.
    ``row_name`` names the rows of a file that has no cells (第3条); its headings are row 0.
    """

    file: Path
    name: str
    rows: list[list[object]]
    is_csv: bool = False
    prefix: str = ""
    hidden: bool = False
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    no_value: set[tuple[int, int]] = field(default_factory=set)
    percent: dict[int, set[int]] = field(default_factory=dict)
    date1904: bool = False
    row_name: Callable[[int], str] | None = None

    def place(self, row: int, column: int) -> str:
        """The cell as a user names it: ``企业!D7``, in a single csv file ``D7``, in json ``a.json 第3条 研发费用``."""
        if self.row_name is not None:
            head = " ".join(text_of(self.rows[0][column]).split())
            return " ".join(word for word in (self.prefix, self.row_name(row), head) if word)
        return f"{self.prefix}{column_letters(column)}{row + 1}"

    def is_broken(self, row: int, column: int) -> bool:
        """Whether the cell holds an Excel error or a formula without value (reported as such)."""
        return (row, column) in self.errors or (row, column) in self.no_value

    @property
    def title(self) -> str:
        """The sheet's name for a reader; a csv file's is its file name."""
        return self.name or self.file.name


def column_letters(column: int) -> str:
    """0 to ``A``, 25 to ``Z``, 26 to ``AA``."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_index(letters: str) -> int:
    """``A`` to 0, ``AA`` to 26; the inverse of `column_letters`."""
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1


def text_of(value: object) -> str:
    """A cell's content as text without spaces around it; whole numbers without ``.0``."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return "" if value is None else str(value)


def is_blank(row: Iterable[object]) -> bool:
    """Whether a row holds nothing but empty text."""
    return not any(v != "" and not (isinstance(v, str) and not v.strip()) for v in row)


def name_places(sheets: Iterable[RawSheet], files: int) -> None:
    """Give every sheet the prefix of its places, with the file's name where it is needed."""
    listed = list(sheets)
    books = {s.file for s in listed if not s.is_csv}
    for sheet in listed:
        if sheet.row_name is not None:
            sheet.prefix = sheet.file.name
        elif sheet.is_csv:
            sheet.prefix = f"{sheet.file.name}!" if files > 1 else ""
        else:
            book = f"[{sheet.file.name}]" if len(books) > 1 else ""
            sheet.prefix = f"{book}{sheet.name}!"
