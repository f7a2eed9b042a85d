"""The contract of ``keqiao explain``."""

from __future__ import annotations

import json
from pathlib import Path

from cli.conftest import Keqiao

CASE = {
    "id": "E1", "as_of": "2026-11-21", "year": 2025,
    "facts": {"size_industry": "工业", "职工人数": "500人", "营业收入": "2500万元"},
}  # fmt: skip


def test_json_lines_in_order_and_nothing_else(keqiao: Keqiao) -> None:
    lines = "\n".join(json.dumps({**CASE, "id": i}) for i in range(3)) + "\n\n"
    done = keqiao("explain", "cn.size_class", "--facts", "-", stdin=lines)
    assert done.returncode == 0
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == [0, 1, 2]
    assert done.stderr == ""


def test_answers_are_compact_single_lines(keqiao: Keqiao) -> None:
    done = keqiao("explain", "cn.size_class", "--facts", "-", stdin=json.dumps(CASE))
    assert done.stdout.count("\n") == 1
    assert json.dumps(json.loads(done.stdout), ensure_ascii=False, separators=(",", ":")) == done.stdout.strip()


def test_bad_case_gives_its_error_in_its_place_and_exit_1(keqiao: Keqiao) -> None:
    lines = [json.dumps(CASE), '{"id": "bad", "facts": {"职工人数": "五百"}}', "not json", json.dumps(CASE)]
    done = keqiao("explain", "cn.size_class", "--facts", "-", stdin="\n".join(lines))
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 1
    assert [("error" in a) for a in answers] == [False, True, True, False]
    assert answers[1]["id"] == "bad"
    assert set(answers[1]) == {"id", "error"}
    assert answers[2]["id"] is None


def test_day_of_the_line_beats_the_option(keqiao: Keqiao, tmp_path: Path) -> None:
    (tmp_path / "cases.jsonl").write_text(json.dumps(CASE) + "\n" + json.dumps({"facts": {}}), encoding="utf-8")
    done = keqiao("explain", "cn.size_class", "--facts", "cases.jsonl", "--as-of", "2020-05-01")
    assert [json.loads(line)["as_of"] for line in done.stdout.splitlines()] == ["2026-11-21", "2020-05-01"]
    assert json.loads(done.stdout.splitlines()[1])["year"] == 2019


def test_decimals_are_exact(keqiao: Keqiao) -> None:
    line = '{"as_of": "2026-11-21", "facts": {"size_industry": "农林牧渔业", "营业收入": 499.999999}}'
    done = keqiao("explain", "cn.size_class", "--facts", "-", stdin=line)
    assert json.loads(done.stdout)["class"] == "small"


def test_a_key_given_twice_is_refused(keqiao: Keqiao) -> None:
    done = keqiao("explain", "cn.size_class", "--facts", "-", stdin='{"id":1,"facts":{"职工人数":1,"职工人数":2}}')
    assert "写了两次" in json.loads(done.stdout)["error"]


def test_text_shows_value_threshold_margin_and_article(keqiao: Keqiao, tmp_path: Path) -> None:
    case = {"as_of": "2026-11-21", "facts": {"职工人数": "180人", "居民企业": True}}
    (tmp_path / "case.json").write_text(json.dumps(case), encoding="utf-8")
    done = keqiao("explain", "cn.tech_sme", "--facts", "case.json")
    assert done.returncode == 0
    assert "值 180人，界限 500人，余量 320人" in done.stdout
    assert "条件二" in done.stdout
    assert "官方" not in done.stdout  # not every point of the pack is confirmed


def test_english_on_request_or_by_locale(keqiao: Keqiao) -> None:
    by_option = keqiao("explain", "cn.size_class", "--facts", "-", "--lang", "en", stdin=json.dumps(CASE))
    by_locale = keqiao(
        "explain", "cn.size_class", "--facts", "-", stdin=json.dumps(CASE), env={"LC_ALL": "en_US.UTF-8"}
    )
    assert json.loads(by_option.stdout)["title"] == json.loads(by_locale.stdout)["title"] == "Enterprise size class"


def _position(revenue: str, tmp_path: Path) -> str:
    facts = {
        "营业收入": {"2025": revenue, "2024": "2亿元", "2023": "1.6亿元"},
        "研发费用": {"2025": "1万元", "2024": "1万元", "2023": "1万元"},
    }
    path = tmp_path / "case.json"
    path.write_text(json.dumps({"as_of": "2026-11-21", "facts": facts}, ensure_ascii=False), encoding="utf-8")
    return str(path)


def test_text_names_the_document_and_what_is_to_be_judged(keqiao: Keqiao, tmp_path: Path) -> None:
    path = _position("3亿元", tmp_path)
    zh = keqiao("explain", "cn.chinext_position", "--facts", path).stdout
    assert "依据：《深圳证券交易所创业板企业发行上市申报及推荐暂行规定》\n" in zh
    assert "结论：转人工\n待人工判断：属于现代产业体系领域\n" in zh
    assert "☞ 标准三：现代产业体系领域：转人工（须全部满足）" in zh
    en = keqiao("explain", "cn.chinext_position", "--facts", path, "--lang", "en").stdout
    assert "Outcome: refer\nTo be judged: In a modern industry field\n" in en


def test_nothing_is_to_be_judged_where_the_answer_is_no(keqiao: Keqiao, tmp_path: Path) -> None:
    text = keqiao("explain", "cn.chinext_position", "--facts", _position("2亿元", tmp_path)).stdout
    assert "结论：否\n\n条件" in text


def test_text_tells_compound_growth_and_every_year(keqiao: Keqiao, tmp_path: Path) -> None:
    path = _position("2亿元", tmp_path)  # 2 / 1.6 is 1.25, its square root 1.11803
    assert "：否　值 11.8%，界限 25%，余量 -13.2%　" in keqiao("explain", "cn.chinext_position", "--facts", path).stdout
    facts = {"研发费用": {"2025": "4.1万元", "2024": "2.8万元"}, "营业收入": {"2025": "100万元", "2024": "100万元"}}
    case = tmp_path / "years.json"
    case.write_text(json.dumps({"as_of": "2026-11-21", "facts": facts}, ensure_ascii=False), encoding="utf-8")
    zh = keqiao("explain", "cn.srdi_sme", "--facts", str(case)).stdout
    assert "：否　2025年 4.1%、2024年 2.8%，界限 3%　" in zh
    en = keqiao("explain", "cn.srdi_sme", "--facts", str(case), "--lang", "en").stdout
    assert ": no  2025: 4.1%, 2024: 2.8%, threshold 3%  " in en


def test_unknown_rule_is_wrong_usage_and_lists_the_known(keqiao: Keqiao) -> None:
    done = keqiao("explain", "cn.nothing", "--facts", "-")
    assert done.returncode == 2
    assert "cn.tech_sme" in done.stderr
    assert done.stdout == ""


def test_missing_file_is_wrong_usage(keqiao: Keqiao) -> None:
    done = keqiao("explain", "cn.tech_sme", "--facts", "nothing.json")
    assert done.returncode == 2
    assert "nothing.json" in done.stderr


def test_needs_facts_or_run(keqiao: Keqiao) -> None:
    assert keqiao("explain", "cn.tech_sme").returncode == 2


def test_reader_that_goes_away_is_no_traceback(keqiao: Keqiao, tmp_path: Path) -> None:
    import subprocess
    import sys

    lines = (json.dumps(CASE) + "\n") * 3000
    (tmp_path / "many.jsonl").write_text(lines, encoding="utf-8")
    command = f"{sys.executable} -m keqiao explain cn.size_class --facts many.jsonl | head -1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, cwd=tmp_path)
    assert done.stdout.count("\n") == 1
    assert "Traceback" not in done.stderr
