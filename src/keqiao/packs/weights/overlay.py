"""The overlay pack of a filled-in sheet: the scorecard as it was, with the sheet's figures and source."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from keqiao.errors import PackError
from keqiao.packs import schema as s
from keqiao.packs.build import Builder
from keqiao.packs.loader import Packs, today
from keqiao.packs.messages import schema_error
from keqiao.packs.weights.card import Bounded, Card, card_of, figures, percent, refill
from keqiao.packs.weights.emit import emit
from keqiao.packs.weights.files import refuse_existing, write_new
from keqiao.packs.weights.reading import Filled, Reader
from keqiao.packs.weights.sheet import Book, read_bytes
from keqiao.packs.yaml import Document, parse_yaml

#: How a title says that its figures are ours, or not published.
_SAMPLE = re.compile(r"\s*[（(](?:示例|参数未公布|illustrative|parameters not published)[^（()）]*[）)]\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Origin:
    """What the officer says about the figures: their document and standing, and who typed them when."""

    document: str
    number: str
    status: str
    issuer: str | None
    date: dt.date | None
    effective_from: dt.date | None
    recorded: dt.date
    recorded_by: str | None


def read_template(
    packs: Packs,
    scorecard_id: str,
    file: Path,
    *,
    document: str,
    number: str,
    status: Literal["official", "local"],
    out: Path,
    issuer: str | None = None,
    date: dt.date | None = None,
    effective_from: dt.date | None = None,
    recorded: dt.date | None = None,
    recorded_by: str | None = None,
) -> Path:
    """Read a filled-in template and write it as an overlay pack; return the file written.

    ``out`` is a folder, or a file ending in ``.yaml``. The pack has the scorecard's id, the given
    source and status, ``effective.from`` of the original unless given, and ``verify: true`` until
    `confirm`. ``recorded`` defaults to today in China; ``recorded_by`` is who typed the figures.
    Raises `SheetError` with every wrong cell, or `PackError`; then nothing is written.
    """
    target = _target(out, scorecard_id)
    refuse_existing(target)
    raw = read_bytes(file)
    filled = Reader(packs, scorecard_id, Book(file, raw)).read()
    by = recorded_by.strip() if recorded_by and recorded_by.strip() else None
    origin = Origin(
        document.strip(), number.strip(), status, issuer, date, effective_from, recorded or today(), by
    )
    _check(origin, filled.card)
    data = _data(filled, origin)
    _check_bounds(packs, filled)
    text = emit(data, _comment(filled.card, data, file, raw, origin))
    _check_pack(packs, parse_yaml(text, target))
    write_new(target, text.encode())
    return target


def unchanged(packs: Packs, pack_file: Path) -> list[str]:
    """Titles of the items whose figures are all still those of the pack that they replace.

    ``packs`` are those before the overlay. A command shows them where the figures replaced are
    illustrative: they may be right, or may have been forgotten.
    """
    document = parse_yaml(pack_file.read_text(encoding="utf-8"), pack_file)
    return _unchanged(card_of(packs, str(document.data["id"])), document.data)


def _target(out: Path, scorecard_id: str) -> Path:
    if out.suffix in (".yaml", ".yml"):
        return out
    return out / f"{scorecard_id.partition('.')[2] or scorecard_id}.yaml"


def _check(origin: Origin, card: Card) -> None:
    if not origin.document or not origin.number:
        raise PackError("请写明文件名称（document）和文号（number）", "give the document's title and number")
    if origin.status not in ("official", "local"):
        raise PackError(
            f"status 应是 official（文件所列）或 local（本地自定），不是“{origin.status}”",
            f"status must be official or local, not {origin.status!r}",
        )
    first = origin.effective_from or card.pack.effective.from_
    last = card.pack.effective.to
    if first is not None and last is not None and first > last:
        raise PackError(
            f"生效日 {first} 晚于失效日 {last}", f"it takes effect on {first}, after it ends on {last}"
        )


# ---- the pack's data -------------------------------------------------------------------------


def _data(filled: Filled, origin: Origin) -> dict[str, Any]:
    card = filled.card
    first = origin.effective_from or card.pack.effective.from_
    last = card.pack.effective.to
    data: dict[str, Any] = {
        "kind": "scorecard",
        "id": card.pack.id,
        "title": {k: _SAMPLE.sub("", v) for k, v in card.pack.title.model_dump(exclude_none=True).items()},
        "source": {
            "document": origin.document,
            "number": origin.number,
            "issuer": origin.issuer,
            "date": _day(origin.date),
        },
        "effective": {"from": _day(first), "to": _day(last)},
        "recorded": _day(origin.recorded),
        "recorded_by": origin.recorded_by,
        "status": origin.status,
        "verify": True,
    }
    if origin.recorded_by is None:
        del data["recorded_by"]
    if card.pack.status not in ("illustrative", "stated") and card.pack.notes:
        data["notes"] = card.pack.notes
    # examples are of the old figures; notes of an illustrative or stated pack say that it is one
    skipped = {*data, "notes", "examples", "confirmed"}
    data |= {key: value for key, value in card.data.items() if key not in skipped}
    data["scores"] = [_item(item, filled) for item in card.data["scores"]]
    return data


def _item(item: Mapping[str, Any], filled: Filled) -> dict[str, Any]:
    id = str(item["id"])
    written = dict(item)
    if figures(item):
        written = refill(item, lambda key: filled.figures[key])
    elif "linear" in item:
        written["linear"] = {**item["linear"], "full": filled.fulls[id]}
    if "weight" in item:
        written["weight"] = _weight(item["weight"], (), filled.weights[id])
    return written


def _weight(
    written: Mapping[str, Any], row: tuple[str, ...], found: Mapping[tuple[str, ...], Decimal]
) -> dict[str, Any]:
    return {
        code: _weight(inner, (*row, code), found)
        if isinstance(inner, Mapping)
        else percent(found[(*row, code)])
        for code, inner in written.items()
    }


def _day(day: dt.date | None) -> str | None:
    return None if day is None else day.isoformat()


# ---- checks before anything is written -------------------------------------------------------


def _check_bounds(packs: Packs, filled: Filled) -> None:
    """Build the scorecard with each changed bound or condition alone, so that its error has its cell."""
    card = filled.card
    for index, item in enumerate(card.data["scores"]):
        written: dict[str, Bounded] = {
            f.key: (f.bound or "", f.low if f.high is None else [f.low, f.high]) for f in figures(item)
        }
        for key, (bound, points) in written.items():
            if filled.figures[key][0] == bound:
                continue
            one = {**written, key: (filled.figures[key][0], points)}
            scores = [*card.data["scores"]]
            scores[index] = refill(item, one.__getitem__)
            try:
                _check_pack(
                    packs, Document(card.document.path, {**card.data, "scores": scores}, card.document.places)
                )
            except PackError as problem:
                title = card.rule.items[index].title.zh
                place = filled.places[key]
                raise PackError(f"“{title}”：{problem.zh}", f"{item['id']}: {problem.en}", place) from None


def _check_pack(packs: Packs, document: Document) -> None:
    try:
        pack = s.RulePack.model_validate(document.data)
    except ValidationError as problem:
        raise schema_error(problem, document) from None
    Builder(pack, document, packs.vocabulary, packs.faces, packs.lists).build()


# ---- the comment -----------------------------------------------------------------------------


def _comment(card: Card, data: Mapping[str, Any], file: Path, raw: bytes, origin: Origin) -> list[str]:
    by = f"，录入人 {origin.recorded_by}" if origin.recorded_by else ""
    lines = [
        str(data["title"]["zh"]),
        "",
        "权重、满分参考值和分档取自填好的权重录入表：",
        f"  · 文件：{file.name}",
        f"  · SHA-256：{hashlib.sha256(raw).hexdigest()}",
        f"  · 录入：{origin.recorded.isoformat()}{by}",
        f"指标、口径、分组和赋分方式沿用 {card.pack.id}（{card.rule.version}，{card.rule.status}）。",
        "录入后须由第二人对照文件逐项核对；确认以前开头有 verify: true，确认记在 confirmed。",
    ]
    same = _unchanged(card, data) if card.illustrative else []
    if same:
        every = len(same) == len(data["scores"])
        names = f"全部 {len(same)} 项" if every else "、".join(same)
        lines.append(f"录入时数字与示例完全相同、须特别核对的指标：{names}。")
    return lines


def _unchanged(card: Card, data: Mapping[str, Any]) -> list[str]:
    old, new = card.data["scores"], data["scores"]
    return [i.title.zh for i, before, after in zip(card.rule.items, old, new, strict=True) if before == after]
