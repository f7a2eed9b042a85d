"""The second person's confirmation of a pack's figures (four eyes)."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from pathlib import Path
from typing import Any

from keqiao.errors import PackError
from keqiao.packs import schema as s
from keqiao.packs.loader import read_pack
from keqiao.packs.weights.emit import scalar
from keqiao.packs.weights.files import replace
from keqiao.packs.yaml import Document, parse_yaml

_VERIFY = re.compile(r"verify:[ \t]+(true|True|TRUE)[ \t]*(#.*)?")


def confirm(pack_file: Path, by: str, on: dt.date) -> None:
    """Record that ``by`` compared the figures with the document on a day.

    Takes ``verify: true`` from the head and adds to ``confirmed``; every other line stays as it is.
    Raises `PackError` where nothing waits for confirmation, where it is not known who recorded the
    figures, or where the same person did; then the file is unchanged.
    """
    if not pack_file.is_file():
        raise PackError(f"没有文件“{pack_file}”", f"there is no file {str(pack_file)!r}")
    pack, document = read_pack(pack_file)
    if not isinstance(pack, s.Head):
        raise PackError("算例文件不需要确认", "a file of examples is not confirmed", pack_file.name)
    name = by.strip()
    _check(pack, document, name, on)
    text = pack_file.read_bytes().decode("utf-8-sig")
    entry = {"by": name, "on": on.isoformat()}
    changed = _edit(text, document, entry)
    expected: dict[str, Any] = {k: v for k, v in document.data.items() if k != "verify"}
    expected["confirmed"] = [*(document.data.get("confirmed") or []), entry]
    if changed is None or parse_yaml(changed, pack_file).data != expected:
        raise PackError(
            "开头的写法不是一行一键，无法改写；请把 verify 和 confirmed 写成块式",
            "the head is not written one key a line; write verify and confirmed in block style",
            document.where(("verify",)),
        )
    replace(pack_file, changed.encode())


def _check(pack: s.Head, document: Document, by: str, on: dt.date) -> None:
    if not by:
        raise PackError("请写明确认人", "say who confirms")
    if not pack.verify:
        done = "、".join(f"{c.get('by')} {c.get('on')}" for c in pack.confirmed)
        raise PackError(
            f"没有待确认的内容（开头没有 verify: true）{f'；已由 {done} 确认' if done else ''}",
            f"nothing waits for confirmation{f'; confirmed by {done}' if done else ''}",
            document.path.name,
        )
    if pack.recorded_by is None:
        raise PackError(
            "不知道是谁录入的，无法确认是第二人；请在开头写上 recorded_by: 录入人",
            "it is not known who recorded the figures; write recorded_by: at the head first",
            document.where(("recorded",)),
        )
    if _person(by) == _person(pack.recorded_by):
        raise PackError(
            f"“{by}”是录入人，须由另一人确认",
            f"{by!r} recorded the figures; another person must confirm them",
            document.where(("recorded_by",)),
        )
    if pack.recorded is not None and on < pack.recorded:
        raise PackError(
            f"确认日 {on} 早于录入日 {pack.recorded}",
            f"confirmed on {on}, before it was recorded on {pack.recorded}",
            document.where(("recorded",)),
        )


def _person(name: str) -> str:
    """A name without the differences that typing makes: width, case, spaces."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def _edit(text: str, document: Document, entry: dict[str, str]) -> str | None:
    """The file's text with the confirmation; None where its head is not in block style."""
    lines = text.splitlines(keepends=True)
    at = document.places[("verify",)][0] - 1
    if not _VERIFY.fullmatch(lines[at].rstrip("\r\n")):
        return None
    end = "\r\n" if lines[at].endswith("\r\n") else "\n"
    new = [f"  - by: {scalar(entry['by'])}{end}", f"    on: {entry['on']}{end}"]
    earlier = document.data.get("confirmed")
    if earlier == []:
        return None
    if earlier:
        last = document.places[("confirmed", len(earlier) - 1, list(earlier[-1])[-1])][0]
        lines[last - 1] = lines[last - 1].rstrip("\r\n") + end
        lines[last:last] = new
        del lines[at if at < last else at + len(new)]
    else:
        lines[at : at + 1] = [f"confirmed:{end}", *new]
    return "".join(lines)
