"""Ladders: titles in order, their rules, their days, and names that do not exist."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from packs_sample import load, write

from keqiao.errors import PackError
from keqiao.packs.ladders import LadderStep
from keqiao.packs.lint import check
from keqiao.packs.loader import load_packs, shipped

LADDER = """\
kind: ladder
id: test.ladder
title: {zh: 试验梯度, en: Trial ladder}
effective: {from: 2020-01-01, to: 2024-12-31}
recorded: 2026-01-01
steps:
  - title: 科技型中小企业
    rule: cn.tech_sme
  - title: title.hnte
"""
LATER = LADDER.replace("{from: 2020-01-01, to: 2024-12-31}", "{from: 2025-01-01}").replace("title.hnte", "title.gazelle")


def findings(folder: Path, code: str) -> list[str]:
    return [f"{one.where} {one.en}" for one in check([folder]).findings if one.code == code]


def test_steps_stand_lowest_first_by_the_ids_of_their_titles(tmp_path: Path) -> None:
    ladder = load(tmp_path, LADDER).ladders["test.ladder"]
    assert ladder.steps == (LadderStep("title.tech_sme", "cn.tech_sme"), LadderStep("title.hnte", None))
    assert (ladder.title.zh, ladder.title.en, ladder.status) == ("试验梯度", "Trial ladder", "official")


@pytest.mark.parametrize(
    ("day", "top"),
    [("2019-12-31", None), ("2020-01-01", "title.hnte"), ("2024-12-31", "title.hnte"), ("2025-01-01", "title.gazelle")],
)
def test_the_version_of_the_day_is_taken(tmp_path: Path, day: str, top: str | None) -> None:
    write(tmp_path, "later", LATER)
    found = load(tmp_path, LADDER).ladders_on(dt.date.fromisoformat(day)).get("test.ladder")
    assert (found.steps[-1].title if found else None) == top


def test_without_a_day_the_newest_version_is_meant(tmp_path: Path) -> None:
    write(tmp_path, "a_later", LATER)
    assert load(tmp_path, LADDER).ladders["test.ladder"].steps[-1].title == "title.gazelle"


def test_a_later_folder_replaces_the_version_of_the_same_day(tmp_path: Path) -> None:
    write(tmp_path / "one", "ladder", LADDER)
    write(tmp_path / "two", "ladder", LADDER.replace("title.hnte", "title.unicorn"))
    packs = load_packs([tmp_path / "one", tmp_path / "two"])
    assert [len(files) for id, files in packs.ladder_files.items() if id == "test.ladder"] == [1]
    assert packs.ladders["test.ladder"].steps[-1].title == "title.unicorn"


@pytest.mark.parametrize(
    ("text", "place", "says"),
    [
        (LADDER.replace("title.hnte", "title.hntr"), "ladder.yaml:9:12", "did you mean title.hnte"),
        (LADDER.replace("title.hnte", "营业收入"), "ladder.yaml:9:12", "the vocabulary has no title"),
        (LADDER.replace("title.hnte", "xyzw"), "ladder.yaml:9:12", "the vocabulary has no title 'xyzw'"),
        (LADDER.replace("cn.tech_sme", "cn.tech_smes"), "ladder.yaml:8:11", "did you mean cn.tech_sme"),
    ],
)
def test_a_name_that_does_not_exist_is_refused_at_its_place(tmp_path: Path, text: str, place: str, says: str) -> None:
    packs = load(tmp_path, text, "ladder")
    with pytest.raises(PackError) as caught:
        _ = packs.ladders
    assert caught.value.where == place
    assert says in caught.value.en
    assert findings(tmp_path, "name") == [f"{place} {caught.value.en}"]


def test_a_title_stands_on_a_ladder_once(tmp_path: Path) -> None:
    write(tmp_path, "ladder", LADDER.replace("title.hnte", "title.tech_sme"))
    assert findings(tmp_path, "duplicate") == ["ladder.yaml:9:12 the title 'title.tech_sme' is on the ladder twice"]


def test_one_step_is_no_ladder(tmp_path: Path) -> None:
    write(tmp_path, "ladder", LADDER.replace("  - title: title.hnte\n", ""))
    assert [where.split()[0] for where in findings(tmp_path, "schema")] == ["ladder.yaml:7:3"]


def test_an_unknown_key_of_a_step_is_refused_with_a_suggestion(tmp_path: Path) -> None:
    write(tmp_path, "ladder", LADDER.replace("    rule:", "    rules:"))
    assert findings(tmp_path, "schema") == ["ladder.yaml:8:12 'rules' is not a known key; did you mean rule?"]


def test_versions_that_share_a_day_are_found(tmp_path: Path) -> None:
    write(tmp_path, "ladder", LADDER.replace(", to: 2024-12-31", ""))
    write(tmp_path, "later", LATER)
    assert findings(tmp_path, "overlap") == ["ladder.yaml:4:12 overlaps later.yaml; set effective.to to 2024-12-31 or earlier"]


def test_ladders_are_counted(tmp_path: Path) -> None:
    write(tmp_path, "ladder", LADDER)
    assert check([tmp_path]).ladders == 1


def test_the_shipped_ladders_can_be_read_and_never_share_a_day() -> None:
    packs = load_packs()
    assert len(list(shipped().glob("ladders.*.yaml"))) == sum(map(len, packs.ladder_files.values()))
    assert {"cn.ladder_srdi", "cn.ladder_hightech", "hz.ladder_new_eaglet"} <= set(packs.ladders)
    for files in packs.ladder_files.values():
        ends = [pack.effective.to for pack, _ in files[:-1]]
        assert all(end and pack.effective.from_ and end < pack.effective.from_ for end, (pack, _) in zip(ends, files[1:], strict=True))


@pytest.mark.parametrize(("day", "lowest"), [("2026-03-31", "title.innovative_sme"), ("2026-04-01", "title.tech_innovative_sme")])
def test_the_lowest_step_of_quality_smes_changed_on_the_first_of_april(day: str, lowest: str) -> None:
    ladder = load_packs().ladders_on(dt.date.fromisoformat(day))["cn.ladder_srdi"]
    assert [step.title for step in ladder.steps[:3]] == [lowest, "title.srdi_sme", "title.little_giant"]
    assert [step.rule for step in ladder.steps[1:4]] == ["cn.srdi_sme", "cn.little_giant", None]
