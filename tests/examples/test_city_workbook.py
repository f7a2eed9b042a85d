"""The synthetic city as a workbook: the same bytes, headings with units, importable, labelled."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl  # type: ignore[import-untyped, unused-ignore]
import pytest

from keqiao.examples import CITY_LABEL, city_rows, city_titles, write_city
from keqiao.facts import import_files
from keqiao.rules.vocabulary import Vocabulary

COUNT = 40


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    (path,) = write_city(tmp_path_factory.mktemp("city"), enterprises=COUNT)
    return path


@pytest.fixture
def book(file: Path) -> Iterator[Any]:
    opened = openpyxl.load_workbook(file, read_only=True)
    yield opened
    opened.close()


def test_the_same_seed_gives_the_same_bytes(file: Path, tmp_path: Path) -> None:
    (again,) = write_city(tmp_path, enterprises=COUNT)
    assert again.read_bytes() == file.read_bytes()


def test_another_seed_gives_other_bytes(file: Path, tmp_path: Path) -> None:
    (other,) = write_city(tmp_path, enterprises=COUNT, seed=7)
    assert other.read_bytes() != file.read_bytes()


def test_an_earlier_workbook_is_replaced_and_nothing_else_is_left(tmp_path: Path) -> None:
    (tmp_path / "city.xlsx").write_text("old")
    assert write_city(tmp_path, enterprises=2) == [tmp_path / "city.xlsx"]
    assert [path.name for path in tmp_path.iterdir()] == ["city.xlsx"]
    assert (tmp_path / "city.xlsx").read_bytes()[:2] == b"PK"


def test_an_interruption_leaves_the_earlier_workbook_alone(tmp_path: Path) -> None:
    (tmp_path / "city.xlsx").write_text("old")

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_city(tmp_path, enterprises=2, progress=stop)
    assert [path.name for path in tmp_path.iterdir()] == ["city.xlsx"]
    assert (tmp_path / "city.xlsx").read_text() == "old"


def test_progress_ends_at_the_number_of_enterprises(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    write_city(tmp_path, enterprises=120, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(50, 120), (100, 120), (120, 120)]


def test_headings_carry_units(book: Any) -> None:
    headings = [cell.value for cell in next(book["企业"].iter_rows(max_row=1))]
    assert headings[:3] == ["统一社会信用代码", "企业名称", "年度"]
    assert "研发费用（万元）" in headings
    assert "加权平均净资产收益率（%）" in headings
    assert "成立日期" in headings


def test_there_is_a_row_per_enterprise_and_year(book: Any) -> None:
    written = [(row[0], row[2]) for row in book["企业"].iter_rows(min_row=2, values_only=True)]
    assert written == [(row["uscc"], row["year"]) for row in city_rows(enterprises=COUNT)]


def test_titles_have_dates(book: Any, vocabulary: Vocabulary) -> None:
    head, *lines = book["称号"].iter_rows(values_only=True)
    assert head == ("统一社会信用代码", "称号", "起始日", "截止日")
    first = next(iter(city_titles(enterprises=COUNT)))
    assert lines[0][:2] == (first[0], vocabulary.indicators[first[1].title].label)
    assert lines[0][2].date() == first[1].start


def test_the_workbook_says_that_it_is_synthetic(book: Any) -> None:
    text = "".join(str(value) for row in book["说明"].iter_rows(values_only=True) for value in row)
    assert "合成数据" in text
    assert "Synthetic" in text
    assert "合成数据" in str(book.properties.title)
    assert "synthetic" in CITY_LABEL


def test_the_workbook_is_imported_without_errors(file: Path, tmp_path: Path, vocabulary: Vocabulary) -> None:
    report = import_files(
        [file],
        vocabulary=vocabulary,
        year=2025,
        as_of=dt.date(2026, 11, 21),
        out=tmp_path / "snapshot",
        label=CITY_LABEL,
    )
    assert report.enterprises == COUNT
