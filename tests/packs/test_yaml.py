"""YAML 1.2 core schema, places, and what is refused."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from keqiao.errors import PackError
from keqiao.packs.yaml import MAX_BYTES, MAX_VALUES, Document, parse_yaml, read_yaml


def parsed(text: str) -> Document:
    return parse_yaml(text, Path("pack.yaml"))


@pytest.mark.parametrize("word", ["yes", "no", "Yes", "NO", "on", "off", "y", "n"])
def test_words_that_yaml_1_1_took_for_booleans_are_text(word: str) -> None:
    assert parsed(f"a: {word}").data == {"a": word}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("12", 12),
        ("-3", -3),
        ("012", 12),
        ("1.50", Decimal("1.50")),
        (".5", Decimal("0.5")),
        ("1e3", Decimal("1000")),
        ("2026-11-21", "2026-11-21"),
        ("1:30", "1:30"),
        ("0x1F", "0x1F"),
        ("5%", "5%"),
        ("'12'", "12"),
        ('"true"', "true"),
    ],
)
def test_scalars_follow_the_core_schema(text: str, value: object) -> None:
    found = parsed(f"a: {text}").data["a"]
    assert (type(found), found) == (type(value), value)


def test_block_text_stays_text() -> None:
    assert parsed("a: |\n  12\n").data == {"a": "12\n"}


def test_a_whole_number_too_long_to_mean_anything_stays_text() -> None:
    assert parsed(f"a: {'9' * 41}").data == {"a": "9" * 41}


def test_keys_are_text_whatever_they_look_like() -> None:
    assert parsed("a: {2025: 1, true: 2}").data == {"a": {"2025": 1, "true": 2}}


def test_every_value_has_its_place() -> None:
    document = parsed("a: 1\nb:\n  - c: 2\n  - 3\n")
    assert [document.where(key) for key in [("a",), ("b", 0, "c"), ("b", 1)]] == [
        "pack.yaml:1:4",
        "pack.yaml:3:8",
        "pack.yaml:4:5",
    ]


def test_an_unknown_path_is_placed_at_its_nearest_parent() -> None:
    assert parsed("a:\n  b: 1\n").where(("a", "z", 3)) == "pack.yaml:2:3"


def test_an_empty_file_has_no_data() -> None:
    assert parsed("# nothing\n").data is None


@pytest.mark.parametrize(
    ("text", "where", "message"),
    [
        ("a: 1\nb: 2\na: 3\n", "pack.yaml:3:1", "is written twice"),
        ("a:\n  b: 1\n  b: 1\n", "pack.yaml:3:3", "is written twice"),
        ("a: &x 1\nb: 2\n", "pack.yaml:1:4", "no anchors or aliases"),
        ("a: *x\n", "pack.yaml:1:4", "no anchors or aliases"),
        ("a: [1, 2\n", "pack.yaml:2:1", "check indentation"),
        ("a: 1\n---\nb: 2\n", "pack.yaml:2:1", "check indentation"),
        ("a: !shell 1\n", "pack.yaml:1:4", "tags are not supported"),
        ("? [1, 2]\n: 3\n", "pack.yaml:1:1", "a key must be text"),
        ("a: " + "[" * 60 + "]" * 60, "pack.yaml:1:43", "nested more than 40 deep"),
    ],
)
def test_what_is_not_a_plain_document_is_refused_at_its_place(text: str, where: str, message: str) -> None:
    with pytest.raises(PackError) as caught:
        parsed(text)
    assert caught.value.where == where
    assert message in caught.value.en


def test_a_character_that_yaml_does_not_allow_is_refused() -> None:
    with pytest.raises(PackError, match="YAML"):
        parsed("a: \x07\n")


def test_a_bomb_is_refused_at_its_first_anchor() -> None:
    levels = [f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join(['*' + chr(97 + i)] * 9)}]" for i in range(9)]
    with pytest.raises(PackError) as caught:
        parsed("\n".join(["a: &a [x, x]", *levels]))
    assert caught.value.where == "pack.yaml:1:4"


def test_a_deep_document_is_refused_without_exhausting_the_stack() -> None:
    with pytest.raises(PackError, match="40"):
        parsed("[" * 100_000 + "]" * 100_000)


def test_a_document_of_endless_values_is_refused() -> None:
    with pytest.raises(PackError, match=str(MAX_VALUES)):
        parsed("a: [" + "x," * (MAX_VALUES + 1) + "]")


def test_a_file_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "pack.yaml"
    path.write_bytes("title: 规则".encode("gbk"))
    with pytest.raises(PackError, match="UTF-8") as caught:
        read_yaml(path)
    assert caught.value.where == "pack.yaml"


def test_a_byte_order_mark_is_not_part_of_the_first_key(tmp_path: Path) -> None:
    path = tmp_path / "pack.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\n")
    assert read_yaml(path).data == {"a": 1}


def test_a_file_that_is_too_large_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "pack.yaml"
    path.write_bytes(b"#" * (MAX_BYTES + 1))
    with pytest.raises(PackError, match=str(MAX_BYTES)):
        read_yaml(path)


def test_a_path_that_is_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PackError, match=r"gone\.yaml"):
        read_yaml(tmp_path / "gone.yaml")
