"""``rank``, ``misses``, ``whatif``, ``compare``, ``diff`` and ``profile`` as a user calls them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from assess.assess_sample import packs_of, run_of, snapshot_of
from assess.assess_world import PACKS, RULES, SHEET, TITLES
from cli.conftest import Keqiao
from keqiao.cli.main import build
from keqiao.errors import use_language

Call = Callable[..., Result]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("commands")


@pytest.fixture(scope="module")
def folder(home: Path) -> Path:
    """A run on disk."""
    packs = packs_of(home, PACKS)
    return run_of(home, snapshot_of(home, SHEET, packs, titles=TITLES, label="试验数据"), packs, RULES).path


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch) -> Call:
    """Run a command in this process, 80 columns wide."""
    monkeypatch.setenv("COLUMNS", "80")
    use_language("zh")

    def run(*arguments: object) -> Result:
        return CliRunner().invoke(build(), [str(one) for one in arguments])

    return run


def narrow(text: str) -> bool:
    """Whether no line of a table is wider than 80 columns; a Chinese character takes two."""
    tables = [line for line in text.splitlines() if line.startswith(" ")]
    return all(sum(2 if ord(ch) > 0x2E7F else 1 for ch in line.rstrip()) <= 80 for line in tables)


def test_misses(call: Call, folder: Path) -> None:
    done = call("misses", folder, "t.title", "--within", "5%")
    assert done.exit_code == 0, done.output
    for text in ("门槛移动5%以内", "试验数据", "105人", "0.2个百分点" if "0.2个" in done.output else "4%", "各条门槛"):
        assert text in done.output
    assert narrow(done.output)


def test_misses_as_json(call: Call, folder: Path) -> None:
    found = json.loads(call("misses", folder, "t.title", "--json").output)
    assert [(row["key"], row["share"]) for row in found["rows"]] == [("G", "0.04"), ("B", "0.05")]


def test_whatif(call: Call, folder: Path) -> None:
    done = call("whatif", folder, "t.title", "--set", "staff=105人", "--set", "revenue = 500万元")
    assert done.exit_code == 0, done.output
    for text in ("100人", "105人", "乙公司", "丙公司", "+2", "引用它的规则"):
        assert text in done.output
    assert narrow(done.output)


def test_rank_writes_the_list(call: Call, folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "list.xlsx"
    done = call("rank", folder, "--by", "t.card", "--top", 3, "--where", "职工人数 > 0人", "--cap", "place:1", "--tie", "职工人数 desc", "--out", out)
    assert done.exit_code == 0, done.output
    assert out.exists()
    for text in ("前 3 名", "含示例数字：不得公布", "已满 1", "再按职工人数由高到低", f"已写出 {out}"):
        assert text in done.output.replace("\n", "")
    assert narrow(done.output)
    assert call("rank", folder, "--by", "t.card", "--out", out).exit_code == 1


def test_compare(call: Call, folder: Path) -> None:
    done = call("compare", folder, folder, "--rules", "t.title")
    assert done.exit_code == 0, done.output
    assert "变化及原因：没有" in done.output
    assert narrow(done.output)


def test_diff_and_ranks(call: Call, folder: Path) -> None:
    done = call("diff", "cn.srdi_sme@2026-03-31", "cn.srdi_sme@2026-04-01", "--snapshot", folder)
    assert done.exit_code == 0, done.output
    assert "细分市场年限 >= 3年" in done.output.replace("\n", "")
    assert narrow(done.output)
    ranks = call("diff", "cn.tech_sme@2026-03-31", "cn.innovative_sme@2026-11-21", "--snapshot", folder, "--ranks")
    assert "斯皮尔曼" in ranks.output


def test_profile(call: Call, folder: Path) -> None:
    done = call("profile", folder, "A")
    assert done.exit_code == 0, done.output
    for text in ("甲公司", "试验称号", "梯度", "在同行中"):
        assert text in done.output
    assert narrow(done.output)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("misses", "RUN", "t.titel"), "t.title"), (("misses", "RUN", "t.title", "--within", "5"), "写作 10%"),
        (("misses", "RUN", "t.title", "--within", "500%"), "100%"), (("misses", "nowhere", "t.title"), "没有文件夹 nowhere"),
        (("misses", "RUN", "t.title", "--out", "a.pdf"), ".xlsx、.csv 或 .json"), (("whatif", "RUN", "t.title"), "--set"),
        (("whatif", "RUN", "t.title", "--set", "staff"), "条款编号=新的数"), (("whatif", "RUN", "t.title", "--set", "stuff=1人"), "staff"),
        (("whatif", "RUN", "t.title", "--set", "staff=1人", "--set", "staff=2人"), "写了两次"), (("rank", "RUN"), "--by"),
        (("rank", "RUN", "--by", "t.card", "--cap", "place"), "place:20"), (("rank", "RUN", "--by", "t.card", "--where", "营业收入 > 5"), "没有单位"),
        (("compare", "RUN", "RUN", "--rules", "t.titel"), "t.title"), (("diff", "cn.tech_sme", "cn.tech_sme"), "规则编号@日期"),
        (("diff", "cn.tech@2026-01-01", "cn.tech@2026-01-01"), "cn.tech_sme"), (("diff", "cn.tech_sme@today", "cn.tech_sme@today"), "2026-11-21"),
        (("diff", "cn.tech_sme@2026-01-01", "cn.tech_sme@2026-01-01", "--ranks"), "--snapshot"),
        (("diff", "cn.tech_sme@2026-01-01", "cn.tech_sme@2026-01-01", "--snapshot", "nowhere"), "没有快照"),
    ],
)  # fmt: skip
def test_wrong_usage_is_told_with_what_would_be_right(call: Call, folder: Path, arguments: tuple[str, ...], message: str) -> None:
    done = call(*(folder if one == "RUN" else one for one in arguments))
    assert done.exit_code == 2
    assert message in done.output.replace("\n", "")


def test_an_enterprise_that_is_not_in_the_run_is_an_answer_not_a_usage_error(call: Call, folder: Path) -> None:
    done = call("profile", folder, "Z")
    assert done.exit_code == 1
    assert "没有企业" in done.output


def test_a_folder_that_is_no_run_is_bad_data(call: Call, tmp_path: Path) -> None:
    done = call("misses", tmp_path, "t.title")
    assert done.exit_code == 1
    assert "keqiao assess" in done.output


def test_the_installed_command_in_english(keqiao: Keqiao, folder: Path) -> None:
    done = keqiao("misses", folder, "t.title", "--lang", "en")
    assert done.returncode == 0, done.stderr
    assert "105 people" in done.stdout
    assert "near misses within 10%" in done.stdout
