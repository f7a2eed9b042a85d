"""Places by name, caps per park, and lists of one place, against memberships worked out by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from assess.assess_sample import AS_OF, Run, packs_of, run_of
from assess.assess_world import PACKS, RULES, SHEET
from keqiao.assess import compare, misses, profile, rank, whatif
from keqiao.errors import KeqiaoError
from keqiao.facts import Snapshot, import_files
from keqiao.facts.declared import declared_of

PARKS = """\
kind: places
id: t.parks
title: 试验园区
source: {document: null, number: null, issuer: null, date: null}
effective: {from: null}
recorded: 2026-11-21
status: local
nodes:
  - {id: t.park, name: 试验高新技术产业开发区, short: 试验高新区, level: park, parent: "110102"}
  - {id: t.block, name: 东片区, level: block, parent: t.park}
  - {id: t.other, name: 另一园区, level: park, parent: "330106"}
"""
#: A in two parks, B in the first, C has left it, E in its block, G (no place) in the other.
MEMBERS = """\
企业编号,园区,起始日,截止日
A,试验高新区,2020-01-01,
A,另一园区,,
B,试验高新技术产业开发区,,2026-11-21
C,t.park,2020-01-01,2026-11-20
E,东片区,,
G,另一园区,2026-11-21,
"""


@pytest.fixture(scope="module")
def parks(home: Path) -> Run:
    folder = home / "parks"
    folder.mkdir()
    packs = packs_of(home, PACKS | {"parks": PARKS})
    for name, text in (("main", SHEET), ("所属园区", MEMBERS)):
        (folder / f"{name}.csv").write_text("\ufeff" + text, "utf-8")
    import_files(
        sorted(folder.glob("*.csv")), vocabulary=packs.vocabulary, year=2025, as_of=AS_OF, out=folder / "snapshot",
        declared=declared_of(packs),
    )  # fmt: skip
    return run_of(home, Snapshot.open(folder / "snapshot", packs.vocabulary), packs, RULES)


def test_a_cap_per_park_counts_in_each_and_refuses_where_any_is_full(parks: Run) -> None:
    # A takes up both parks; B finds the first full; E is in the block alone; G finds the other full
    found = rank(parks, "t.card", caps=[("park", 1)])
    assert [row.key for row in found.rows] == ["A", "E", "C", "F", "D"]
    assert {row.key: row.reason for row in found.dropped} == {"B": "园区 试验高新区 已满 1 家", "G": "园区 另一园区 已满 1 家"}
    assert found.caps == (("park", "园区", 1),)
    assert any("不在任何园区的不受此限" in note for note in found.notes)


@pytest.mark.parametrize(
    ("place", "keys", "name"),
    [
        ("试验高新区", "ABE", "北京市西城区试验高新技术产业开发区"), ("t.block", "E", "北京市西城区试验高新技术产业开发区东片区"),
        ("西城区", "ABEFD", "北京市西城区"), ("110000", "ABECFD", "北京市"), ("浙江省", "AG", "浙江省"), ("上海市", "", "上海市"),
    ],
)  # fmt: skip
def test_a_list_of_one_place_has_who_lies_in_it_or_is_a_member(parks: Run, place: str, keys: str, name: str) -> None:
    found = rank(parks, "t.card", within=place)
    assert "".join(row.key for row in found.rows) == keys
    assert found.inside == name
    assert sum(found.left_out.values()) == 7 - len(keys)


def test_who_lies_nowhere_known_is_told_apart(run: Run) -> None:
    assert rank(run, "t.card", within="110102").left_out == {"不在所选地点": 3, "所在地未知": 1}


@pytest.mark.parametrize(("place", "message"), [("鼓楼区", "东城区（110101）"), ("试验高新", "试验高新区（t.park）")])
def test_an_unknown_or_ambiguous_place_is_refused_with_those_of_the_data(parks: Run, place: str, message: str) -> None:
    with pytest.raises(KeqiaoError, match=message):
        rank(parks, "t.card", within=place)


def test_parks_are_needed_to_cap_by_them(run: Run) -> None:
    with pytest.raises(KeqiaoError, match="没有“所属园区”表"):
        rank(run, "t.card", caps=[("park", 1)])


def test_answers_give_the_name_beside_the_code(run: Run) -> None:
    assert {row.place: row.place_name for row in rank(run, "t.card").rows} == {"110101": "东城区", "110102": "西城区", None: None}
    assert [(row.key, row.place_name) for row in misses(run, "t.title").rows] == [("G", None), ("B", "东城区")]
    assert whatif(run, "t.title", {"staff": "105人"}).gained[0].place_name == "东城区"
    assert profile(run, "A").place_name == "东城区"
    assert "东城区" in {one.value for one in profile(run, "A").peers}


def test_a_change_between_runs_names_the_place(run: Run, home: Path) -> None:
    changed = packs_of(home, PACKS | {"title": PACKS["title"].replace("<= 100人", "<= 105人")})
    found = compare(run, run_of(home, run.snapshot, changed, ["t.title"]))
    assert [(one.key, one.place, one.place_name) for one in found.rules[0].gained] == [("B", "110101", "东城区")]
