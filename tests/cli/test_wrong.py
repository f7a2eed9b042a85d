"""Wrong usage, the language of help, and interruption."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cli.conftest import Keqiao
from keqiao.cli.wrong import INTERRUPTED, chinese, ended
from keqiao.errors import use_language


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("No such command 'ranks'. Did you mean 'rank', 'packs'?", "没有命令“ranks”；是不是 rank、packs？"),
        ("Missing option '--year'.", "缺少选项 --year"),
        ("Got unexpected extra argument(s) (asc)", "多出了“asc”；含空格的值要加引号"),
        ("Invalid value for '--top': Input should be a valid integer, unable to parse string as an integer", "--top 应是整数"),
        ("Something new", "Something new"),
    ],
)
def test_messages_of_the_parser_in_chinese(message: str, said: str) -> None:
    assert chinese(message) == said


def test_an_interruption_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    def stopped() -> None:
        raise KeyboardInterrupt

    use_language("zh")
    assert ended(stopped) == INTERRUPTED
    assert "已中断" in capsys.readouterr().err


def test_wrong_usage_is_2_in_the_user_s_language(keqiao: Keqiao) -> None:
    done = keqiao("rank", "run", "--topp", 3)
    assert (done.returncode, done.stdout) == (2, "")
    assert "没有选项 --topp；是不是 --top？" in done.stderr


def test_english_help_is_english(keqiao: Keqiao) -> None:
    done = keqiao("facts", "import", "--help", "--lang", "en")
    assert done.returncode == 0
    assert not re.search("[一-鿿]", done.stdout)


def test_a_year_of_two_digits_is_refused(keqiao: Keqiao) -> None:
    done = keqiao("facts", "template", "--rules", "cn.tech_sme", "--year", 25, "--out", "t.xlsx")
    assert done.returncode == 2
    assert "四位年份" in done.stderr


def test_what_does_not_exist_is_wrong_usage(keqiao: Keqiao) -> None:
    for words in (("verify", "none"), ("report", "none", "--out", "r.html"), ("assess", "none", "--out", "run")):
        done = keqiao(*words)
        assert done.returncode == 2, words
        assert "none" in done.stderr


def test_the_version_is_told(keqiao: Keqiao) -> None:
    assert re.fullmatch(r"keqiao \d+\.\d+\.\d+\n", keqiao("--version").stdout)


def test_a_code_under_two_schemes_must_be_told_apart(keqiao: Keqiao, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("证券代码,职工人数\n300001,5\n", "utf-8")
    (tmp_path / "b.csv").write_text("企业编号,职工人数\n300001,6\n", "utf-8")
    assert keqiao("facts", "import", "a.csv", "b.csv", "--year", 2025, "--as-of", "2026-11-21", "--out", "snap").returncode == 0
    assert keqiao("assess", "snap", "--rules", "cn.size_class", "--out", "run").returncode == 0
    both = keqiao("explain", "cn.size_class", "--run", "run", "--enterprise", "300001")
    assert both.returncode == 1
    assert "other:300001、stock:300001" in both.stderr
    assert keqiao("explain", "cn.size_class", "--run", "run", "--enterprise", "stock:300001").returncode == 0
    none = keqiao("explain", "cn.size_class", "--run", "run", "--enterprise", "uscc:a科技")
    assert none.returncode == 1
    assert "请写企业代码" in none.stderr
