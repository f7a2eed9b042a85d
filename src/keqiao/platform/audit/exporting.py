"""Events as files: csv, or a workbook with the head of the chain and what the columns mean."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Iterator
from pathlib import Path

from keqiao.errors import language, say
from keqiao.platform.audit.heads import Known
from keqiao.platform.audit.models import Event
from keqiao.platform.clock import ZONE, now
from keqiao.reports.book import FORMULA_SIGNS, Book
from keqiao.reports.wording import Words

#: Events of one workbook; a csv has no limit.
SHEET_LIMIT = 200_000
_WIDTHS = (10, 20, 26, 12, 30, 26, 14, 8, 18, 20, 44, 10, 68, 68)


class _Line:
    """A file that keeps the last line written to it, for `csv.writer`."""

    def write(self, text: str) -> str:
        """Give back what was written."""
        return text


def heads_of_columns() -> list[str]:
    """The headings of an export."""
    return [
        say("链号", "Number"), say("时间", "Time"), say("人", "Who"), say("身份", "Role"), say("动作", "Act"), say("对象", "Object"), say("对象编号", "Object id"),
        say("成功", "Success"), say("地址", "Address"), say("请求", "Request"), say("内容", "Detail"), say("算法", "Algorithm"), say("前一条的哈希", "Previous hash"), say("哈希", "Hash"),
    ]  # fmt: skip


def cells(event: Event) -> list[str]:
    """An event as texts in the order of the headings; the detail as it is hashed."""
    done = say("是", "yes") if event.success else say("否", "no")
    return [
        str(event.number), event.at.astimezone(ZONE).isoformat(timespec="microseconds"), event.actor_label, event.role, event.tag, event.object_type, event.object_id,
        done, event.address, event.request_id, event.detail, event.algorithm, event.previous, event.hash,
    ]  # fmt: skip


def csv_lines(events: Iterable[Event], head: Known) -> Iterator[str]:
    """The lines of a csv with a byte order mark, an event at a time; the head of the chain is the last line."""
    writer = csv.writer(_Line())
    yield "\ufeff" + writer.writerow(heads_of_columns())
    for event in events:
        yield writer.writerow([_plain(cell) for cell in cells(event)])
    yield writer.writerow([say("链头", "head"), str(head.number), head.hash])


def _plain(cell: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return "'" + cell if cell and cell[0] in FORMULA_SIGNS else cell


def write_book(path: Path, events: Iterable[Event], head: Known, searched: str) -> int:
    """Write a workbook, ``path`` included its folder for scratch; gives the number of events."""
    words = Words(language())
    book = Book(path, words, path.parent)
    book.describe(say("审计事件", "Audit events"), searched, now().astimezone(ZONE).date())
    sheet = book.sheet(say("事件", "Events"), say("审计事件", "Audit events"), _WIDTHS, note=searched)
    titles = heads_of_columns()
    top, written = sheet.heads(titles), 0
    style = book.style("cell")
    for event in events:
        for col, cell in enumerate(cells(event)):
            sheet.string(sheet.row, col, cell, style)
        sheet.row, written = sheet.row + 1, written + 1
    sheet.table(top, len(titles), frozen=2)
    _explain(book, head, searched)
    book.close()
    return written


def _explain(book: Book, head: Known, searched: str) -> None:
    """The sheet 口径说明."""
    sheet = book.sheet(say("口径说明", "How to read"), say("口径说明", "How to read"), (24, 100))
    lines = (
        (say("检索条件", "Searched for"), searched),
        (say("导出时间", "Exported at"), now().astimezone(ZONE).isoformat(timespec="seconds")),
        (say("导出时的链头", "Head at the export"), f"{head.number}  {head.hash}"),
        (say("时间", "Time"), say("北京时间", "Beijing time (UTC+8)")),
        (say("内容", "Detail"), say("个人与业务的值只留加盐哈希（sm3:…），不能还原", "personal and business values stand as salted hashes (sm3:…) only")),
        (say("哈希", "Hash"), say("SM3，覆盖一条事件的全部字段和前一条的哈希", "SM3 over all fields of an event and the hash of the one before")),
        (say("校验", "To verify"), "keqiao site audit-verify --head " + say("链头文件", "HEAD-FILE")),
    )
    for label, text in lines:
        sheet.fit([(text, 100)])
        sheet.text(sheet.row, 0, label, "term")
        sheet.text(sheet.row, 1, text, "wrap")
        sheet.row += 1


def day_name(moment: dt.datetime) -> str:
    """A day for a file name."""
    return moment.astimezone(ZONE).strftime("%Y%m%d-%H%M")
