"""Marks of state secrecy: what is one, what is not, and where in a file they are found."""

from __future__ import annotations

import importlib.util
import io
from pathlib import Path

import pytest

from keqiao.platform.enterprises.evidence.kinds import sniff
from keqiao.platform.enterprises.evidence.marks import bears_mark
from keqiao.platform.enterprises.evidence.services import marks
from keqiao.platform.errors import Invalid

_spec = importlib.util.spec_from_file_location("papers", Path(__file__).with_name("papers.py"))
assert _spec is not None and _spec.loader is not None
papers = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(papers)



YES = [
    "绝密★", "机密★", "秘密★", "绝密★长期", "秘密★5年", "机密 ★ 长期", "机密★１０年", "秘　密　★　1年", "机 密 ★ 2 0 年", "绝密 10年", "秘密十年",
    "机密30年 研发报告", "密级：机密", "密级:绝密", "★ 机密", "机密☆6个月", "秘密（5年）", "【机密】10年", "秘密_5年_可研报告", "绝密—长期",
    "机密，保密期限：5年", "公司报告\n机密 5年\n正文", "密级机密5年", "定密等级 秘密 6个月", "秘\u200b密★1年", "本件系机密★长期", "机密★\n20年", "秘密\n5年",
    "＊机密★５年＊", "绝密·三十年",
]  # fmt: skip
NO = [
    "", "商业秘密", "商业秘密★5年", "商 业 秘 密 5年", "秘密", "这是一个秘密。", "机密性、完整性和可用性", "双方应当保守秘密5年", "保守商业秘密10年", "不得泄露国家秘密",
    "绝密档案十年解密纪实的报道", "绝密 10年前的档案", "机密 5年来首次公开", "拒绝密切接触", "秘密武器", "★秘密武器", "★★★五星", "保密期限五年", "技术秘密5年内有效",
    "机密计算 2025年研发投入", "司机密集", "秘密级", "涉及国家秘密", "商业\n秘密 5年", "知悉秘密10年", "绝密 2025年", "机密 第5年",
]  # fmt: skip


@pytest.mark.parametrize("text", YES)
def test_is_a_mark(text: str) -> None:
    assert bears_mark(text)


@pytest.mark.parametrize("text", NO)
def test_is_no_mark(text: str) -> None:
    assert not bears_mark(text)


MARKED = {
    "pdf page": ("pdf", papers.pdf("第一页", "秘密★5年\n正文")),
    "pdf title": ("pdf", papers.pdf("正文", title="机密★长期")),
    "docx body": ("docx", papers.docx("机密★10年")),
    "docx runs": ("docx", papers.docx(("机", "密", "★10年"))),
    "docx header": ("docx", papers.docx("正文", header="绝密 10年")),
    "docx comment": ("docx", papers.docx("正文", comment="秘密★")),
    "docx core": ("docx", papers.docx("正文", core="秘密★5年")),
    "docx embedded": ("docx", papers.docx("正文", more={"word/embeddings/a.xlsx": papers.xlsx("机密★")})),
    "xlsx cell": ("xlsx", papers.xlsx("数据", "秘密★5年")),
    "xlsx neighbours": ("xlsx", papers.xlsx("秘密", "5年")),
    "xlsx sheet": ("xlsx", papers.xlsx("数据", sheet="机密★5年")),
    "xlsx comment": ("xlsx", papers.xlsx("数据", comment="绝密★")),
    "xlsx header": ("xlsx", papers.xlsx("数据", header="秘密★5年")),
}


@pytest.mark.parametrize("place", MARKED)
def test_mark_is_found_in_every_part(place: str) -> None:
    kind, data = MARKED[place]
    found = marks(kind, "报告." + kind, io.BytesIO(data))
    assert (found.marked, found.where) == (True, "text")


def test_mark_in_the_name() -> None:
    assert marks("png", "秘密★5年.png", io.BytesIO(papers.png())).where == "name"


CLEAN = {
    "pdf": (papers.pdf("商业秘密5年内不得外传"), True),
    "pdf scan": (papers.pdf("有字的一页", ""), False),
    "png": (papers.png(), False),
    "jpeg": (papers.jpeg(), False),
    "docx": (papers.docx("双方应当保守秘密"), True),
    "docx picture": (papers.docx("正文", more={"word/media/image1.png": papers.png()}), False),
    "xlsx": (papers.xlsx("营业收入", "5年"), True),
}


@pytest.mark.parametrize("case", CLEAN)
def test_says_whether_all_was_read(case: str) -> None:
    data, readable = CLEAN[case]
    found = marks(case.partition(" ")[0], "报告", io.BytesIO(data))
    assert (found.marked, found.readable) == (False, readable)


@pytest.mark.parametrize("kind", ["pdf", "png", "jpeg", "docx", "xlsx"])
def test_kind_is_read_from_the_content(kind: str) -> None:
    assert sniff(io.BytesIO(CLEAN[kind][0])) == kind


def _bomb() -> bytes:
    return papers.docx("正文", more={"word/media/big.bin": b"\0" * (201 * 1024 * 1024)})


REFUSED = {
    "empty": b"",
    "text": b"plain text",
    "program": b"MZ\x90\x00" + b"\0" * 100,
    "page": b"<html><script>alert(1)</script></html>",
    "old office": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
    "cut off": papers.docx("正文")[:-40],
    "macros": papers.docx("正文", main="application/vnd.ms-word.document.macroEnabled.main+xml"),
    "hidden macros": papers.docx("正文", more={"word/vbaProject.bin": b"x"}),
    "no office": papers.docx("正文", main="application/xml"),
    "large": b"%PDF-1.7" + b"\0" * (20 * 1024 * 1024),
}


@pytest.mark.parametrize("case", REFUSED)
def test_other_files_are_refused(case: str) -> None:
    with pytest.raises(Invalid):
        sniff(io.BytesIO(REFUSED[case]))


def test_zip_bomb_is_refused() -> None:
    data = _bomb()
    assert len(data) < 1024 * 1024
    with pytest.raises(Invalid, match="压缩炸弹"):
        sniff(io.BytesIO(data))


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("pdf", papers.pdf("正文", encrypt="口令")),
        ("pdf", b"%PDF-1.7 nothing more"),
        ("docx", papers.docx("正文", more={"word/x.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'})),
        ("docx", papers.docx("正文", more={"word/x.xml": b"<a><b></a>"})),
    ],
    ids=["locked", "torn", "entities", "not well-formed"],
)
def test_what_cannot_be_searched_is_refused(kind: str, data: bytes) -> None:
    with pytest.raises(Invalid):
        marks(kind, "报告", io.BytesIO(data))
