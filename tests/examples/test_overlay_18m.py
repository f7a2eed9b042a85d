"""The example overlay 18+M: it is clean, comes out as computed by hand, and its page can be followed."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from docs.docs_blocks import Shell, blocks_of, follow
from keqiao import load_packs
from keqiao.packs.lint import check
from keqiao.packs.loader import Packs

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "examples" / "overlay-18m"
CASE: dict[str, Any] = json.loads(next(b.body for b in blocks_of(FOLDER / "README.md") if b.options.get("file") == "case.json"))["facts"]
DAY = "2026-11-21"


@pytest.fixture(scope="module")
def packs() -> Packs:
    """The shipped packs with the overlay."""
    return load_packs([FOLDER])


def points(packs: Packs, **changes: Any) -> tuple[Any, Any]:
    facts = {name: value for name, value in (CASE | changes).items() if value is not None}
    score = packs["zone.points_18m"].explain(facts, as_of=DAY).to_dict()["score"]
    return score["low"], score["high"]


def test_the_overlay_is_clean() -> None:
    report = check([FOLDER])
    assert report.errors == []
    assert {note.code for note in report.notes} == {"illustrative"}
    assert (report.rules, report.examples) == (2, 49)


@pytest.mark.parametrize("rule", ["zone.points_18m", "zone.recommended"])
def test_every_result_says_that_its_figures_are_illustrative(packs: Packs, rule: str) -> None:
    told = packs[rule].explain(CASE, as_of=DAY).to_dict()
    assert told["status"] == "illustrative"
    assert "示例" in told["title"]


# By hand: the 18 items give 100 but for R&D intensity, 10 % of 15 % of a weight of 8 (5.3333);
# local items 4 + 3 + 2 + 2 + 3 + 3 = 17; 信用异常 -5.
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, (109.3333, 109.3333)),
        ({"高新技术领域": "电子信息"}, (112, 112)),
        ({"公共信用等级": "守信"}, (114.3333, 114.3333)),
        ({"公共信用等级": "严重失信", "环保安全处罚次数": "3次"}, (64.3333, 64.3333)),
        ({"本地成果转化金额": "500万元", "区级以上创新人才数": "5人"}, (112.3333, 112.3333)),  # 23 local points, 20 count
        ({"高新技术领域": "先进制造与自动化"}, (109, 109)),  # 5000 of 8000 万元 of a weight of 8 is 5; R&D full again
        ({"公共信用等级": None}, (74.3333, 114.3333)),
        ({"校企联合实验室数": None}, (106.3333, 111.3333)),
    ],
)
def test_points_are_those_computed_by_hand(packs: Packs, changes: dict[str, Any], expected: tuple[Any, Any]) -> None:
    assert tuple(float(one) for one in points(packs, **changes)) == expected


@pytest.mark.parametrize(("credit", "outcome"), [("信用异常", "yes"), ("一般失信", "no"), (None, "unknown")])
def test_bad_credit_excludes_from_the_list_whatever_the_points(packs: Packs, credit: str | None, outcome: str) -> None:
    facts = {name: value for name, value in (CASE | {"公共信用等级": credit}).items() if value is not None}
    assert packs["zone.recommended"].explain(facts, as_of=DAY).outcome == outcome


def test_the_eighteen_items_weigh_the_same_as_the_core_they_extend(packs: Packs) -> None:
    ours, core = (packs[id].at(dt.date(2026, 11, 21)) for id in ("zone.points_18m", "cn.innovation_points"))
    assert {i.id: i.weights for i in ours.items if i.weights} == {i.id: i.weights for i in core.items}


def test_the_page_can_be_followed(tmp_path: Path) -> None:
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    assert follow(FOLDER / "README.md", Shell(tmp_path, "zh")) == []
