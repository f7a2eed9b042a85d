"""Accounting for the rows of a filled-in sheet by their hidden ids: none lost, added or mixed up."""

from __future__ import annotations

from collections.abc import Mapping

from keqiao.errors import PackError
from keqiao.packs.weights.card import BELOW, HEADER_ROW, ID_HEAD
from keqiao.packs.weights.sheet import Sheet


def find_rows(
    sheet: Sheet, titles: Mapping[str, str], title_column: int, problems: list[PackError]
) -> dict[str, int]:
    """The row of each key in ``titles`` (key to the title that must stand beside it).

    Rows that are unknown, twice, added, mixed up or missing are added to ``problems``. Raises
    `PackError` where the heading is not in its row.
    """
    found: dict[str, int] = {}
    told: set[str] = set()
    if sheet.cell(HEADER_ROW, 0).text != ID_HEAD:
        raise PackError(
            "表头不在原来的行，请勿在表头以上增删行；请重新生成模板填写",
            "the heading is not in its row; write a new template and add no rows above it",
            sheet.place(HEADER_ROW, 0),
        )
    below = False
    for row in range(HEADER_ROW + 1, sheet.rows):
        key = sheet.cell(row, 0).text
        below = below or key.startswith(BELOW)
        if key.startswith(BELOW) or (not key and _is_remark(sheet, row, below)):
            continue
        problem = _problem(sheet, row, key, titles, found, title_column)
        if problem is None:
            found[key] = row
        else:
            problems.append(problem)
            told.add(key)
    for index, (key, title) in enumerate(titles.items()):
        if key not in found and key not in told:
            zh, en = f"缺“{title}”这一行，请从模板复制回来", f"the row of {title} is missing; copy it back"
            problems.append(PackError(zh, en, sheet.place(HEADER_ROW + 1 + index, title_column)))
    return found


def _is_remark(sheet: Sheet, row: int, below: bool) -> bool:
    """An empty row, or words (a name, a date) below the sums."""
    cells = [sheet.cell(row, column) for column in range(sheet.columns)]
    return all(cell.is_empty or (below and isinstance(cell.value, str)) for cell in cells)


def _problem(
    sheet: Sheet, row: int, key: str, titles: Mapping[str, str], found: Mapping[str, int], title_column: int
) -> PackError | None:
    id, title = sheet.cell(row, 0), sheet.cell(row, title_column)
    if not key:
        return title.error(
            "这一行是新增的（没有编号）；本表不能增加指标或档次，请改规则包",
            "this row was added (it has no id); items and steps are added in the pack, not here",
        )
    if key not in titles:
        return id.error(
            f"隐藏列的编号“{key}”不在这张评分卡里，请从模板恢复",
            f"the hidden id {key!r} is not in the scorecard; restore it from the template",
        )
    if key in found:
        return id.error(
            f"编号“{key}”（{titles[key]}）出现了两次，另一处在第 {found[key] + 1} 行，请删去一行",
            f"the id {key!r} ({titles[key]}) stands twice, also in row {found[key] + 1}; remove one",
        )
    if title.text != titles[key]:
        return title.error(
            f"这一行的编号属于“{titles[key]}”，写的却是“{title.text}”；行可能错位，请从模板恢复",
            f"the id of this row belongs to {titles[key]}, not {title.text!r}; rows may be mixed up",
        )
    return None
