"""``keqiao demo``: the whole job on both examples."""

from __future__ import annotations

import datetime as dt
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from keqiao.cli.assess import WORKBOOK, summary
from keqiao.cli.common import LangOption, PacksOption, fail, lang_of, out, packs_of, progress, told
from keqiao.cli.narrate import narrate
from keqiao.cli.report import REPORT
from keqiao.errors import say
from keqiao.packs.loader import Packs

if TYPE_CHECKING:
    from keqiao.engine import Run

MARKER = ".keqiao-demo"
AS_OF = dt.date(2026, 11, 21)


def demo(
    out_: Annotated[Path, typer.Option("--out", help=say("写到哪个文件夹", "folder to write to"))] = Path("keqiao-demo"),
    serve: Annotated[bool, typer.Option("--serve", help=say("最后打开示例站点，到 Ctrl-C 为止", "end with the demonstration site open, until Ctrl-C"))] = False,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help=say("站点的端口", "the site's port"))] = 8000,
    packs: PacksOption = None,
    lang: LangOption = None,
) -> None:
    """Run the main job on a synthetic city and on real listed companies; replaces its own earlier output.

    With --serve it ends with the site open, the city loaded and a user for each role.
    """
    from keqiao.examples import CITY_LABEL, LISTED_LABEL, listed_files, write_city

    if out_.exists() and not (out_ / MARKER).exists() and (not out_.is_dir() or any(out_.iterdir())):
        raise fail(say(f"“{out_}”已存在且不是演示的结果，请换一个 --out", f"{out_} exists and is not a demo; choose another --out"))
    with told():
        known = packs_of(packs)
        out_.mkdir(parents=True, exist_ok=True)
        (out_ / MARKER).touch()
        started = time.monotonic()
        city = out_ / "city"
        _fresh(city)
        _say(say("一、合成城市：5,000 家企业、三年（全部为合成数据）", "1. a synthetic city: 5,000 enterprises, three years (all synthetic)"))
        with progress() as report:
            files = write_city(city, progress=lambda done, total: report(say("生成", "generating"), done, total))
        first = _run(files, city, 2025, CITY_LABEL, known, lang)
        listed = out_ / "listed"
        _fresh(listed)
        _say(say("二、上市公司：真实年报数据，按今日规则看 2014 年度", "2. listed companies: real accounts of 2014 under today's rules"))
        second = _run(listed_files(), listed, 2014, LISTED_LABEL, known, lang)
        _example(first, known, lang)
    _say("")
    _say(say(f"完成，用时 {time.monotonic() - started:.0f} 秒。报告（浏览器打开）和工作簿：", f"done in {time.monotonic() - started:.0f} s. The reports (open in a browser) and workbooks:"))
    for run in (first, second):
        for path in (run.path.parent / REPORT, run.path / WORKBOOK):
            out().print(f"  {path}", markup=False)
    _say(say("下一步：", "next:"))
    for line in _next(out_):
        out().print(f"  {line}", markup=False)
    if serve:
        from keqiao.cli.site_demo import open_demo

        open_demo(out_ / "site", port)
    else:
        out().print("  keqiao demo --serve   " + say("打开示例站点：各种身份的页面都有内容", "open the demonstration site, with content for every role"), markup=False)


def _fresh(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)


def _say(text: str) -> None:
    out().print(text, style="bold", markup=False)


def _run(files: list[Path], folder: Path, year: int, label: str, packs: Packs, lang: str | None) -> Run:
    from keqiao.engine import assess as run_rules
    from keqiao.facts import Snapshot, import_files
    from keqiao.facts.declared import declared_of
    from keqiao.facts.packchecks import vocabulary_checks
    from keqiao.reports import write_html, write_workbook

    with progress() as report:
        done = import_files(
            files, vocabulary=packs.vocabulary, year=year, as_of=AS_OF, out=folder / "snapshot", label=label,
            checks=vocabulary_checks(packs, AS_OF, year), progress=report, declared=declared_of(packs),
        )  # fmt: skip
    out().print(say(f"  导入 {done.enterprises} 家、{done.rows} 行，提醒 {done.warnings} 处", f"  imported {done.enterprises} enterprises, {done.rows} rows, {done.warnings} warnings"))
    with progress() as report:
        run = run_rules(
            Snapshot.open(folder / "snapshot"), packs, folder / "run", progress=report,
            finish=lambda made: write_workbook(made, made.path / WORKBOOK, language=lang_of(lang), progress=report),
        )  # fmt: skip
    with progress() as report:
        write_html(run, folder / REPORT, language=lang_of(lang), progress=report)
    out().print(summary(run))
    return run


def _example(run: Run, packs: Packs, lang: str | None) -> None:
    """One enterprise told in full: the first that is nearly a technology SME but not yet decided."""
    table = run.results("cn.tech_sme")
    rows = zip(table["id"].to_pylist(), table["outcome"].to_pylist(), strict=True)
    id = next((id for id, outcome in rows if outcome == 1), table["id"][0].as_py())
    _say(say(f"三、一家企业：{id}", f"3. one enterprise: {id}"))
    out().print(narrate(run.explain("cn.tech_sme", id), packs.vocabulary, lang_of(lang)), markup=False)


def _next(folder: Path) -> list[str]:
    run = folder / "city" / "run"
    return [
        say("打开上面的报告，看每个称号卡在哪一条、谁差一点", "open the reports above: where enterprises drop out, who is nearly there"),
        say("打开上面的工作簿，看“总览”“结论”“原因”", "open the workbooks above: overview, outcomes, reasons"),
        f"keqiao rank {run} --by cn.innovation_points --top 20 --cap place:5",
        f"keqiao explain cn.hnte --run {run} --enterprise " + say("代码", "CODE"),
        "keqiao packs show cn.tech_sme",
        "keqiao compile cn.tech_sme --dialect postgres",
        say("docs/tutorial/first-steps.zh.md：导入自己的表、写一条本地规则", "docs/tutorial/first-steps.md: import your own sheet, write a local rule"),
    ]
