"""The receipt of a run: what was computed from what, with hashes of every file and of their content."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb

from keqiao.engine.canonical import content_hash, data_hash
from keqiao.engine.deciding import Keep
from keqiao.engine.folders import file_hash
from keqiao.engine.settings import Settings
from keqiao.errors import KeqiaoError
from keqiao.facts.snapshot import Snapshot
from keqiao.packs.loader import Packs
from keqiao.packs.yaml import Document
from keqiao.rules.model import OUTCOMES, Rule
from keqiao.rules.references import effective_status, in_order
from keqiao.version import __version__

FORMAT = 2
RECEIPT = "receipt.json"
#: Folders of a run whose every file the receipt covers.
COVERED = ("packs", "peers", "results", "snapshot")
#: What the hash of a run rests on: not the software's versions, its settings or the bytes of files.
_IDENTITY = ("format", "as_of", "year", "label", "rows", "keep", "snapshot", "outcomes", "rules", "content")


def make_receipt(
    snapshot: Snapshot, packs: Packs, rules: Mapping[str, Any], keep: Keep, settings: Settings, folder: Path
) -> dict[str, Any]:
    """The receipt of the files that stand in a run's folder."""
    # of the packs as they were read: a file changed since then is found by the first verification
    known = {pack_name(i, document): data_hash(document.data) for i, (_, document) in enumerate(packs.files)}
    covered = [path for part in COVERED for path in sorted((folder / part).rglob("*")) if path.is_file()]
    names = [path.relative_to(folder).as_posix() for path in covered]
    receipt = {
        "format": FORMAT,
        "keqiao": __version__,
        "duckdb": duckdb.__version__,
        "settings": {"memory": settings.memory, "threads": settings.threads},
        "as_of": snapshot.as_of.isoformat(),
        "year": snapshot.year,
        "label": snapshot.label,
        "rows": snapshot.manifest["rows"],
        "keep": keep,
        "snapshot": snapshot.manifest["content_hash"],
        "outcomes": list(OUTCOMES),
        "rules": dict(rules),
        "files": {name: file_hash(folder / name) for name in names},
        "content": {name: known.get(name) or content_hash(folder / name) for name in names},
    }
    receipt["content_hash"] = run_hash(receipt)
    return signed(receipt)


def pack_name(place: int, document: Document) -> str:
    """Where a pack file stands in a run: numbered in the order in which they were laid over each other."""
    return f"packs/{place:04d}-{document.path.name}"


def with_other_files(receipt: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The receipt with the hashes of files that were added beside it, such as the workbook."""
    others = {
        path.relative_to(folder).as_posix(): file_hash(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path != folder / RECEIPT
    }
    return signed(receipt | {"files": receipt["files"] | others})


def rule_entry(rule: Rule, packs: Packs, snapshot: Snapshot, outcomes: Mapping[str, int]) -> dict[str, Any]:
    """What the receipt says of one rule."""
    return {
        "title": rule.title.zh,
        "version": rule.version,
        "status": effective_status(in_order(rule, lambda id: packs.version(id, snapshot.as_of))),
        "unconfirmed": rule.unconfirmed(),
        "outcomes": dict(outcomes),
    }


def run_hash(receipt: Mapping[str, Any]) -> str:
    """The hash that equal runs share, whatever machine, threads, compression or version made them."""
    return data_hash({key: receipt.get(key) for key in _IDENTITY})


def signed(receipt: Mapping[str, Any]) -> dict[str, Any]:
    """The receipt with the hash of itself as its last entry."""
    bare = {key: value for key, value in receipt.items() if key != "receipt_hash"}
    return bare | {"receipt_hash": data_hash(bare)}


def render(receipt: Mapping[str, Any]) -> str:
    """The receipt as it stands in its file."""
    return json.dumps(receipt, ensure_ascii=False, indent=1) + "\n"


def read_receipt(folder: Path) -> dict[str, Any]:
    """The receipt of a run's folder. Raises `KeqiaoError` where there is none of this format."""
    try:
        receipt = json.loads((folder / RECEIPT).read_text("utf-8"))
    except FileNotFoundError:
        raise KeqiaoError(
            f"“{folder}”不是一次评价的结果：里面没有 {RECEIPT}；先用 keqiao assess 生成",
            f"{str(folder)!r} is no run: it has no {RECEIPT}; make one with keqiao assess",
        ) from None
    except (OSError, ValueError, RecursionError) as problem:
        raise KeqiaoError(
            f"“{folder}”不是一次评价的结果（{problem}）；先用 keqiao assess 生成",
            f"{str(folder)!r} is not a run ({problem}); make one with keqiao assess",
        ) from None
    if not isinstance(receipt, dict) or receipt.get("format") != FORMAT:
        raise KeqiaoError(
            f"“{folder}”的格式不是 {FORMAT}，请用本版本重新评价", f"{str(folder)!r} is not of format {FORMAT}; assess again"
        )
    return receipt
