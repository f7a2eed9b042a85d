"""The five stories of the site, in Chinese, in a real browser, each to its end."""

from __future__ import annotations

import io
import re
import time
from pathlib import Path

import openpyxl

from keqiao.examples import write_city
from keqiao.examples.codes import PLACES, uscc

PASSWORD = "Keqiao-Demo-2026"


def until(page, ready, seconds=120):
    """Load the page again until ``ready`` holds."""
    end = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < end, page.locator("main").inner_text()[:1000]
        page.wait_for_timeout(500)
        page.reload()


def step(page, button):
    """Press a button of the self-check and wait for what comes next: another question, a fault, or the result."""
    before = page.input_value("main input[name=state]")
    button.first.click()
    changed = "s => { const i = document.querySelector('main input[name=state]'); return !i || i.value !== s || document.querySelector('main .err') }"
    page.wait_for_function(changed, arg=before)
    page.wait_for_load_state()


def paper(name):
    """A page without content, as a scan is."""
    from pypdf import PdfWriter

    made, writer = io.BytesIO(), PdfWriter()
    writer.add_blank_page(595, 842)
    writer.write(made)
    return {"name": name, "mimeType": "application/pdf", "buffer": made.getvalue()}


def test_officer_imports_assesses_and_exports(visit, shoot, tmp_path: Path):
    (sheet,) = write_city(tmp_path, enterprises=220)
    page = visit("city")
    page.goto("/imports")
    page.set_input_files("input[name=files]", str(sheet))
    page.fill("input[name=year]", "2025")
    page.get_by_role("button", name="上传并检查").click()
    headings, commit = page.locator("form[action$='/headings'] button.btn-primary"), page.locator("form[action$='/commit'] button.btn-primary")
    until(page, lambda: headings.count() or commit.count())
    shoot(page, "story-import-headings")
    if headings.count():
        headings.first.click()
        until(page, commit.count)
    shoot(page, "story-import-preview")
    commit.first.click()
    until(page, lambda: "/batches/" in page.url or page.locator("a[href^='/batches/']").count())
    page.goto("/runs")
    page.get_by_role("button", name="开始评价").click()
    page.goto("/runs")
    page.locator("main a[href^='/runs/']").first.click()
    until(page, lambda: page.locator("form[action$='/publish']").count(), 240)
    shoot(page, "story-run")
    page.goto("/enterprises")
    name = page.locator("main th[scope=row] a[href^='/enterprises/']").first
    title = name.inner_text()
    name.click()
    assert title in page.locator("h1").inner_text()
    shoot(page, "story-profile")
    page.goto("/enterprises")
    with page.expect_download() as waiting:
        page.locator("a[href*='/enterprises/workbook']").first.click()
    book = openpyxl.load_workbook(io.BytesIO(Path(waiting.value.path()).read_bytes()))
    assert "口径说明" in book.sheetnames
    assert any(title in str(cell.value) for row in book.worksheets[0].iter_rows() for cell in row if cell.value)


def test_enterprise_registers_is_verified_and_declares(visit, shoot):
    zone = next(place for place in PLACES if place.code == "919971")
    page = visit(width=390, height=844)
    page.goto("/register")
    page.fill("input[name=code]", uscc(90_002, zone))
    page.fill("input[name=name]", "示例晨光精密仪器有限公司")
    page.select_option("select[name=place]", label="示例高新技术产业开发区")
    page.set_input_files("input[name=licence]", paper("营业执照.pdf"))
    page.set_input_files("input[name=authorisation]", paper("法人授权书.pdf"))
    for field, text in (("person", "辰光"), ("username", "chenguang"), ("password", PASSWORD), ("again", PASSWORD)):
        page.fill(f"input[name={field}]", text)
    shoot(page, "story-register")
    page.locator("main form button.btn-primary").click()
    page.wait_for_url("**/register/done")
    officer = visit("zone")
    officer.goto("/registrations")
    officer.get_by_role("link", name="示例晨光精密仪器有限公司").click()
    shoot(officer, "story-registration")
    officer.locator("button[value=approved], button:has-text('通过'), button:has-text('批准')").first.click()
    page.goto("/login")
    page.fill("input[name=username]", "chenguang")
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/own")
    page.goto("/own/facts")
    page.fill("[name='v:employees:2025']", "56")
    page.fill("[name='v:tech_staff:2025']", "21")
    shoot(page, "story-declare")
    page.get_by_role("button", name=re.compile("^提交")).first.click()
    page.goto("/own/facts")
    assert "56" in page.locator("main").inner_text() or page.input_value("[name='v:employees:2025']") == "56"


def test_objection_is_decided(visit, shoot):
    page = visit("enterprise")
    page.goto("/own/objections")
    closed = page.locator("main details:not([open]) > summary")
    while closed.count():
        closed.first.click()
    page.locator("a[href^='/own/objections/new/']", has_text="职工人数").first.click()
    page.fill("input[name=value], input[name=text]", "137")
    page.fill("textarea[name=why]", "年末在册人数有误，以社保缴费人数为准。")
    shoot(page, "story-objection")
    page.get_by_role("button", name="提交异议").click()
    page.wait_for_url(lambda url: "/new/" not in url)
    officer = visit("zone")
    officer.goto("/objections")
    officer.locator("tr", has_text="职工人数").locator("a[href^='/objections/']").first.click()
    officer.wait_for_url(re.compile(r"/objections/\d+$"))
    target = officer.url
    officer.check("input[name=decision][value=upheld]")
    officer.fill("textarea[name=reason]", "与社保缴费记录一致，采纳。")
    officer.get_by_role("button", name="作出裁定").click()
    officer.wait_for_load_state()
    officer.goto(target)
    assert "与社保缴费记录一致" in officer.locator("main").inner_text()
    page.goto("/own/objections")
    page.locator("main a", has_text="职工人数").first.click()
    assert "与社保缴费记录一致" in page.locator("main").inner_text()


def test_visitor_checks_a_standard(visit, shoot):
    page = visit(width=390, height=844)
    page.goto("/check/cn.tech_sme/")
    for asked in range(40):
        skip = page.locator("button[name=act][value=skip]")
        if not skip.count():
            break
        if asked == 0:
            shoot(page, "story-check-question")
        typed, chosen = page.locator("main input[name=value][inputmode], main input[name=value][type=date]"), page.locator("main input[name=value]")
        if typed.count():
            typed.first.fill("2015-06-01" if typed.first.get_attribute("type") == "date" else "100")
        elif chosen.count():
            chosen.first.check()
        answer = page.locator("button[name=act][value=answer]")
        step(page, answer if answer.count() else page.locator("main button[name=value], button[name=act][value=skip]"))
        if page.locator("main .err").count():
            step(page, page.locator("button[name=act][value=skip]"))
    shoot(page, "story-check-result")
    assert re.search("符合|不符合|不能判定|缺资料|可能", page.locator("main").inner_text())
    assert not page.locator("button[name=act][value=skip]").count()
    with page.expect_download() as waiting:
        page.locator("form[action$='/workbook'] button").first.click()
    assert openpyxl.load_workbook(io.BytesIO(Path(waiting.value.path()).read_bytes())).sheetnames


def test_auditor_verifies_and_exports(visit, shoot):
    page = visit("auditor")
    page.goto("/audit/events?act=account")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="导出工作簿").click()
    book = openpyxl.load_workbook(io.BytesIO(Path(waiting.value.path()).read_bytes()))
    assert book.sheetnames == ["事件", "口径说明"]
    assert any(str(row[4].value).startswith("account:") for row in book["事件"].iter_rows())
    page.goto("/audit/verify")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="导出链头").click()
    head = Path(waiting.value.path())
    page.set_input_files("input[name=head]", {"name": "head.txt", "mimeType": "text/plain", "buffer": head.read_bytes()})
    page.get_by_role("button", name="校验", exact=True).click()
    page.wait_for_load_state()
    shoot(page, "story-audit")
    assert "完整" in page.locator("section.answer").inner_text()


def test_home_and_description_are_open_to_anyone(site):
    import urllib.request

    for address, part in (("/", "科桥"), ("/api/v1/openapi.json", "openapi")):
        with urllib.request.urlopen(site + address, timeout=30) as answer:
            assert answer.status == 200
            assert answer.geturl() == site + address
            assert part in answer.read().decode()


