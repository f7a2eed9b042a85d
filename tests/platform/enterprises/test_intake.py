"""The import wizard from the upload to the batch and back, and what may go wrong on the way."""

from __future__ import annotations

import datetime as dt
import errno
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from stdnum.cn import uscc

from keqiao.platform.actor import Actor
from keqiao.platform.audit.models import Event
from keqiao.platform.enterprises import intake_files, intake_queries, intake_services, intake_work
from keqiao.platform.enterprises.models import Batch, Enterprise, Fact, Intake, Residence
from keqiao.platform.enterprises.recording import facts_of
from keqiao.platform.errors import Invalid, NotVisible, Refused
from keqiao.platform.jobs.models import Job
from keqiao.platform.jobs.worker import run_jobs

pytestmark = pytest.mark.django_db
HEADINGS = ["统一社会信用代码", "企业名称", "职工人数（人）", "营业收入（万元）", "备注"]


def code(number: int) -> str:
    base = f"91990100MA{number:07d}"
    return base + str(uscc.calc_check_digit(base))


def book(*rows: list[object], headings: list[str] | None = None, name: str = "企业统计表.xlsx") -> SimpleUploadedFile:
    made = openpyxl.Workbook()
    made.active.title = "企业"
    for row in (headings or HEADINGS, *rows):
        made.active.append(row)
    content = io.BytesIO()
    made.save(content)
    return SimpleUploadedFile(name, content.getvalue())


ROWS: tuple[list[object], ...] = ([code(1), "甲有限公司", 120, 900.5, "x"], [code(2), "乙有限公司", 30, 100, ""])


@pytest.fixture(autouse=True)
def _empty() -> None:
    """What earlier tests uploaded is not this one's."""
    for path in intake_files.folder().iterdir():
        intake_files.remove(path)


@pytest.fixture
def officer(town: Any, member: Any, acting: Any) -> Actor:
    found: Actor = acting(member("authority", office=town["first_office"]))
    return found


@pytest.fixture
def client(officer: Actor, logged_in: Callable[[Any], Client]) -> Client:
    return logged_in(officer.membership)


def begin(actor: Actor, *files: SimpleUploadedFile, source: str = "") -> Intake:
    """Upload and check."""
    intake = intake_services.start(actor, list(files), 2025, dt.date(2026, 11, 21), source)
    run_jobs(once=True)
    intake.refresh_from_db()
    return intake


def confirm(actor: Actor, intake: Intake, **choices: str) -> Intake:
    intake_services.choose_headings(actor, intake.pk, intake.version, choices)
    run_jobs(once=True)
    intake.refresh_from_db()
    return intake


def commit(actor: Actor, intake: Intake) -> Batch:
    intake_services.commit(actor, intake.pk, intake.version)
    run_jobs(once=True)
    intake.refresh_from_db()
    assert intake.batch is not None, intake.job and intake.job.problem
    return intake.batch


def imported(actor: Actor, *rows: list[object]) -> Batch:
    return commit(actor, confirm(actor, begin(actor, book(*rows))))


def employees(name: str) -> int | None:
    id = Enterprise.objects.get(name=name).pk
    held = facts_of([id])[id].get("employees", [])
    return held[0].number if held else None


def test_sheet_is_recorded_only_after_the_commit(officer: Actor) -> None:
    intake = confirm(officer, begin(officer, book(*ROWS)))
    assert intake_queries.stage(intake) == "preview"
    assert (intake.preview["created"], Fact.objects.count(), Batch.objects.count()) == (2, 0, 0)
    batch = commit(officer, intake)
    assert (batch.counts["created"], batch.counts["enterprises"], employees("甲有限公司")) == (2, 2, 1_200_000)
    assert Event.objects.filter(tag="enterprises:batch:commit").count() == 1
    assert not intake_files.staging(intake.pk).exists()
    assert not (intake_files.folder() / intake.files[0]["stored"]).exists()


def test_new_enterprises_lie_in_the_offices_place(officer: Actor, town: Any) -> None:
    imported(officer, *ROWS)
    assert Residence.objects.get(enterprise__name="甲有限公司").place == town["first"]


def test_preview_counts_and_orders_changes(officer: Actor) -> None:
    imported(officer, *ROWS)
    rows = ([code(1), "甲有限公司", 121, 1800.0, ""], [code(3), "丙有限公司", 5, 1, ""])
    found = confirm(officer, begin(officer, book(*rows))).preview
    assert (found["changed"], found["created"], found["same"]) == (2, 1, 1)
    assert [row["indicator"] for row in found["largest"]] == ["revenue", "employees"]
    assert found["not_given"] == 2  # 乙有限公司 and the one that the town has


def test_errors_keep_everything_out_of_the_record(officer: Actor) -> None:
    intake = confirm(officer, begin(officer, book(ROWS[0], [code(2), "乙有限公司", "1,26O", 100, ""])))
    assert intake_queries.stage(intake) == "errors"
    problem = intake.report["problems"]["error"][0]
    assert (problem["place"], problem["value"], problem["advice"]) == ("企业!C3", ["1,26", "O", ""], [{"to": "1,260", "safe": True}])
    with pytest.raises(Refused):
        intake_services.commit(officer, intake.pk, intake.version)
    assert Fact.objects.count() == 0


def test_suggestions_are_taken_together_undone_and_checked_again(officer: Actor) -> None:
    intake = confirm(officer, begin(officer, book(ROWS[0], [code(2), "乙有限公司", "1,26O", 100, ""])))
    intake = intake_services.take_advice(officer, intake.pk, intake.version)
    assert intake.edits[0]["new"] == "1,260"
    intake = intake_services.undo(officer, intake.pk, intake.version, "企业!C3")
    assert intake.edits == []
    intake = intake_services.take_advice(officer, intake.pk, intake.version)
    intake = intake_services.check(officer, intake.pk, intake.version)
    run_jobs(once=True)
    intake.refresh_from_db()
    assert intake_queries.stage(intake) == "preview"
    commit(officer, intake)
    assert employees("乙有限公司") == 12_600_000


def test_only_cells_with_a_problem_are_edited(officer: Actor) -> None:
    intake = confirm(officer, begin(officer, book(ROWS[0], [code(2), "乙有限公司", "待定", 100, ""])))
    with pytest.raises(Invalid):
        intake_services.edit(officer, intake.pk, intake.version, {"企业!C2": "9"})


def test_heading_is_given_another_meaning_and_remembered(officer: Actor) -> None:
    rows = [[code(1), "甲有限公司", 7]]
    heads = ["统一社会信用代码", "企业名称", "在册员工（人）"]
    intake = begin(officer, book(*rows, headings=heads))
    assert intake_queries.stage(intake) == "headings"
    with pytest.raises(Invalid, match="没有指标"):
        intake_services.choose_headings(officer, intake.pk, intake.version, {"企业!C1": "职工人头"})
    intake = confirm(officer, intake, **{"企业!C1": "职工人数"})
    commit(officer, intake)
    assert employees("甲有限公司") == 70_000
    again = begin(officer, book([code(1), "甲有限公司", 8], headings=heads))
    assert again.mapping["choices"]["企业!C1"]["to"] == "employees"


def test_heading_can_be_left_out(officer: Actor) -> None:
    intake = confirm(officer, begin(officer, book(*ROWS)), **{"企业!C1": "-"})
    commit(officer, intake)
    assert employees("甲有限公司") is None


def test_mended_file_replaces_the_upload(officer: Actor) -> None:
    intake = confirm(officer, begin(officer, book([code(1), "甲有限公司", "待定", 1, ""])))
    before = intake.files[0]["stored"]
    intake_services.replace(officer, intake.pk, intake.version, [book(*ROWS)])
    run_jobs(once=True)
    intake.refresh_from_db()
    assert intake_queries.stage(intake) == "preview"
    assert not (intake_files.folder() / before).exists()


def test_marked_workbook_can_be_downloaded_and_has_the_problem(officer: Actor, client: Client) -> None:
    intake = confirm(officer, begin(officer, book([code(1), "甲有限公司", "待定", 1, ""])))
    answer = client.get(f"/imports/{intake.pk}/marked")
    found = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    assert found["企业"]["C2"].fill.fgColor.rgb == "FFFF9999"


def test_double_submit_is_one_import(officer: Actor) -> None:
    first = begin(officer, book(*ROWS))
    stored = intake_files.folder() / first.files[0]["stored"]
    again = intake_services.start(officer, [SimpleUploadedFile("again.xlsx", stored.read_bytes())], 2025, dt.date(2026, 11, 21), "")
    assert again.pk == first.pk
    assert [path for path in intake_files.folder().iterdir() if path.is_file()] == [stored]


def test_stale_form_is_refused_and_says_who_did_what(officer: Actor, town: Any, member: Any, acting: Any) -> None:
    intake = confirm(officer, begin(officer, book([code(1), "甲有限公司", "1,26O", 1, ""])))
    colleague = acting(member("authority", office=town["first_office"], username="colleague"))
    intake_services.take_advice(colleague, intake.pk, intake.version)
    with pytest.raises(Refused, match=r"colleague.*改了单元格"):
        intake_services.edit(officer, intake.pk, intake.version, {"企业!C2": "1"})
    intake.refresh_from_db()
    assert intake.edits[0]["new"] == "1,260"


def test_other_office_sees_neither_import_nor_batch(officer: Actor, town: Any, member: Any, acting: Any) -> None:
    batch = imported(officer, *ROWS)
    other = acting(member("authority", office=town["second_office"]))
    with pytest.raises(NotVisible):
        intake_queries.get_intake(other, Intake.objects.get().pk)
    with pytest.raises(NotVisible):
        intake_queries.get_batch(other, batch.pk)


def test_enterprise_of_another_zone_is_not_written(officer: Actor, town: Any) -> None:
    Enterprise.objects.filter(pk=town["other"].pk).update(code=code(9))
    intake = confirm(officer, begin(officer, book([code(9), "别处有限公司", 1, 1, ""])))
    assert intake.preview["strangers"] == 1
    with pytest.raises(Refused, match="片区"):
        intake_services.commit(officer, intake.pk, intake.version)


def test_batch_is_withdrawn_only_after_proof(officer: Actor, client: Client, town: Any) -> None:
    batch = imported(officer, *ROWS)
    assert client.post(f"/batches/{batch.pk}/withdraw").status_code in (302, 403)
    assert Fact.objects.filter(ended_by__isnull=True).exists()
    intake_services.withdraw_batch(officer, batch.pk)
    assert not Fact.objects.filter(ended_by__isnull=True).exists()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("表.xlsx", b"%PDF-1.7 not a sheet"),
        ("表.xlsx", b"\x89PNG\r\n\x1a\n\x00\x00"),
        ("表.csv", b"MZ\x90\x00\x03"),
        ("表.xlsx", b"<html><table></table></html>"),
        ("机密名单.xlsx", b"a,b\n1,2\n"),
    ],
    ids=["pdf", "png", "program", "html", "marked name"],
)
def test_what_is_no_sheet_is_refused_whatever_its_name(officer: Actor, name: str, content: bytes) -> None:
    with pytest.raises(Invalid):
        intake_services.start(officer, [SimpleUploadedFile(name, content)], 2025, dt.date(2026, 11, 21), "")
    assert Intake.objects.count() == 0


def test_zip_bomb_is_refused_without_unpacking(officer: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * (20 * 2**20))
    monkeypatch.setattr(intake_files, "LIMITS", intake_files.Limits(unpacked_bytes=10 * 2**20))
    with pytest.raises(Invalid, match="解压"):
        intake_services.start(officer, [SimpleUploadedFile("b.xlsx", content.getvalue())], 2025, dt.date(2026, 11, 21), "")


def test_word_document_in_a_zip_is_refused(officer: Actor) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    with pytest.raises(Invalid, match="不是表格"):
        intake_services.start(officer, [SimpleUploadedFile("b.xlsx", content.getvalue())], 2025, dt.date(2026, 11, 21), "")


def test_two_gigabytes_are_refused_before_they_are_read(client: Client) -> None:
    class Unread(io.RawIOBase):
        def readinto(self, buffer: Any) -> int:
            raise AssertionError("the body was read")

    answer = client.generic("POST", "/imports", b"", content_type="multipart/form-data; boundary=x", CONTENT_LENGTH=str(2 * 2**30), **{"wsgi.input": Unread()})
    assert answer.status_code == 413
    assert "2,048 MB" in answer.content.decode()


def test_heading_that_maps_twice_is_an_error_at_its_place(officer: Actor) -> None:
    heads = [*HEADINGS[:4], "销售收入（万元）"]
    intake = confirm(officer, begin(officer, book([code(1), "甲有限公司", 1, 2, 3], headings=heads)))
    assert [(p["place"], p["code"]) for p in intake.report["problems"]["error"]] == [("企业!E1", "heading-twice")]


def test_killed_check_leaves_the_import_checkable(officer: Actor) -> None:
    intake = intake_services.start(officer, [book(*ROWS)], 2025, dt.date(2026, 11, 21), "")
    (intake_files.staging(intake.pk) / "in").mkdir(parents=True)  # what a killed worker leaves
    Job.objects.filter(pk=intake.job_id).update(state="failed", problem={"zh": "断了", "en": "broke"})
    found = intake_queries.get_intake(officer, intake.pk)
    assert intake_queries.stage(found) == "stopped"
    intake_services.check(officer, found.pk, found.version)
    run_jobs(once=True)
    assert intake_queries.stage(intake_queries.get_intake(officer, intake.pk)) == "headings"


def test_commit_that_was_killed_after_its_write_is_not_done_twice(officer: Actor) -> None:
    intake = confirm(officer, begin(officer, book(*ROWS)))
    intake_services.commit(officer, intake.pk, intake.version)
    first = intake_services.record(officer, intake.pk)
    run_jobs(once=True)
    assert Batch.objects.get() == first
    assert Event.objects.filter(tag="enterprises:batch:commit").count() == 1


def test_full_disk_while_checking_is_said_and_nothing_is_left(officer: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Path, *_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    intake = intake_services.start(officer, [book(*ROWS)], 2025, dt.date(2026, 11, 21), "")
    with monkeypatch.context() as patch:
        patch.setattr(intake_work.os, "link", full)
        run_jobs(once=True)
    found = intake_queries.get_intake(officer, intake.pk)
    assert "磁盘满了" in found.job.problem["zh"]
    assert intake_queries.stage(found) == "stopped"
    assert not intake_files.staging(intake.pk).exists()


def test_staged_data_that_was_touched_is_not_committed(officer: Actor) -> None:
    intake = confirm(officer, begin(officer, book(*ROWS)))
    manifest = intake_files.staging(intake.pk) / "snapshot" / "manifest.json"
    manifest.write_text(manifest.read_text("utf-8").replace('"content_hash": "', '"content_hash": "0'), "utf-8")
    intake_services.commit(officer, intake.pk, intake.version)
    run_jobs(once=True)
    found = intake_queries.get_intake(officer, intake.pk)
    assert "重新检查" in found.job.problem["zh"]
    assert (intake_queries.stage(found), Fact.objects.count()) == ("preview", 0)


def test_mark_of_classification_in_a_cell_wipes_the_file(officer: Actor) -> None:
    intake = begin(officer, book([code(1), "机密★1年", 1, 1, ""]))
    assert intake.state == "abandoned"
    assert "密级标志" in Job.objects.get(pk=intake.job_id).problem["zh"]
    assert not (intake_files.folder() / intake.files[0]["stored"]).exists()
    assert Event.objects.filter(tag="enterprises:intake:marked").count() == 1


def test_abandoned_import_leaves_no_file(officer: Actor) -> None:
    intake = begin(officer, book(*ROWS))
    intake_services.abandon(officer, intake.pk, intake.version)
    assert not intake_files.staging(intake.pk).exists()
    assert not (intake_files.folder() / intake.files[0]["stored"]).exists()


def test_old_imports_and_strays_are_wiped(officer: Actor) -> None:
    import os

    intake = begin(officer, book(*ROWS))
    Intake.objects.filter(pk=intake.pk).update(changed_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    stray = intake_files.folder() / "0123456789abcdef"
    stray.write_bytes(b"x")
    os.utime(stray, (1, 1))
    assert intake_services.tidy() == 2
    assert not stray.exists()
    intake.refresh_from_db()
    assert intake.state == "abandoned"


def test_values_of_several_sources_are_kept_side_by_side(officer: Actor) -> None:
    heads = ["统一社会信用代码", "职工人数（人）", "数据来源"]
    intake = confirm(officer, begin(officer, book([code(1), 5, "统计"], [code(1), 6, "社保"], headings=heads)))
    batch = commit(officer, intake)
    id = Enterprise.objects.get(code=code(1)).pk
    held = facts_of([id], rivals=True)[id]["employees"]
    assert [(h.source, h.number, h.prevails) for h in held] == [("社保", 60_000, True), ("统计", 50_000, False)]
    intake_services.withdraw_batch(officer, batch.pk)
    assert facts_of([id]) == {}


def test_every_page_of_the_wizard_opens_and_the_import_waits_under_to_do(officer: Actor, client: Client) -> None:
    intake = intake_services.start(officer, [book(*ROWS, headings=[*HEADINGS[:2], "在册员工", *HEADINGS[3:]])], 2025, dt.date(2026, 11, 21), "")
    page = f"/imports/{intake.pk}"
    assert "every 2s" in client.get(page).content.decode()
    run_jobs(once=True)
    headings = client.get(page).content.decode()
    assert "在册员工" in headings
    assert "企业统计表.xlsx" in client.get("/todos").content.decode()
    intake.refresh_from_db()
    answer = client.post(f"{page}/headings", {"version": intake.version, "to:企业!C1": "职工人数", "to:企业!D1": "营业收入", "to:企业!B1": "企业名称"})
    assert answer.headers["Location"] == page
    run_jobs(once=True)
    assert "提交 2 家企业" in client.get(page).content.decode()
    intake.refresh_from_db()
    client.post(f"{page}/commit", {"version": intake.version})
    run_jobs(once=True)
    batch = client.get(page, follow=True)
    assert batch.redirect_chain[-1][0] == f"/batches/{Batch.objects.get().pk}"
    assert "撤回第" in batch.content.decode()
    assert client.get("/batches").status_code == client.get("/imports").status_code == 200


def test_errors_page_shows_the_cell_and_takes_an_edit(officer: Actor, client: Client) -> None:
    intake = confirm(officer, begin(officer, book(ROWS[0], [code(2), "乙有限公司", "1,26O", 100, ""])))
    page = client.get(f"/imports/{intake.pk}").content.decode()
    assert "<mark>O</mark>" in page
    assert "cell-bad" in page
    answer = client.post(f"/imports/{intake.pk}/edit?version={intake.version}&place=企业!C3", {"value": "1260"})
    assert "step=errors" in answer.headers["Location"]
    assert "重新检查" in client.get(answer.headers["Location"]).content.decode()


def test_upload_without_a_file_keeps_what_was_typed(client: Client) -> None:
    answer = client.post("/imports", {"year": "2025", "as_of": "2026-11-21", "source": "税务"})
    assert answer.status_code == 422
    assert 'value="税务"' in answer.content.decode()


def test_template_holds_what_the_rules_need(client: Client) -> None:
    answer = client.get("/imports/template?rules=cn.tech_sme&year=2025")
    found = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert "企业" in found.sheetnames
    assert client.get("/imports/template").status_code == 422
