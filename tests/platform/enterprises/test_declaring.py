"""Declarations: typed text is kept, checked, submitted once, and stands beside other sources."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from keqiao.platform.actor import Actor
from keqiao.platform.audit.models import Event
from keqiao.platform.enterprises import declaring, declaring_queries
from keqiao.platform.enterprises.declaring import Stale
from keqiao.platform.enterprises.models import Batch, Declaration, Evidence, Fact
from keqiao.platform.enterprises.wanted import default_year
from keqiao.platform.errors import Invalid, NotVisible, Refused

YEAR = default_year()
URL = "enterprises:declare"


def _typed(**values: str) -> dict[str, dict[str, str]]:
    return {id: {str(YEAR): text} for id, text in values.items()}


def _tags() -> list[str]:
    return list(Event.objects.order_by("number").values_list("tag", flat=True))


def test_what_is_typed_is_kept_as_typed(actors: dict[str, Actor]) -> None:
    draft = declaring.save(actors["own"], YEAR, 0, _typed(revenue="不知道 五千万"))
    draft.refresh_from_db()
    assert draft.typed == _typed(revenue="不知道 五千万")
    assert (draft.version, _tags()) == (1, ["enterprises:declaration:save"])


def test_nothing_is_written_where_nothing_changed(actors: dict[str, Actor]) -> None:
    draft = declaring.save(actors["own"], YEAR, 0, _typed(revenue="1"))
    declaring.save(actors["own"], YEAR, draft.version, _typed(revenue="1"))
    assert len(_tags()) == 1


def test_an_emptied_field_goes(actors: dict[str, Actor]) -> None:
    draft = declaring.save(actors["own"], YEAR, 0, _typed(revenue="1", employees="2"))
    draft = declaring.save(actors["own"], YEAR, draft.version, _typed(revenue=""))
    assert draft.typed == _typed(employees="2")


def test_a_colleague_who_saved_is_not_overwritten(actors: dict[str, Actor]) -> None:
    declaring.save(actors["own"], YEAR, 0, _typed(revenue="1"))
    with pytest.raises(Stale):
        declaring.save(actors["colleague"], YEAR, 0, _typed(revenue="2"))
    assert Declaration.objects.get().typed == _typed(revenue="1")
    assert len(_tags()) == 1


def test_the_conflict_page_shows_both_and_saves_the_choice(people: dict[str, Any], logged_in: Callable[..., Client], actors: dict[str, Actor]) -> None:
    declaring.save(actors["own"], YEAR, 0, _typed(revenue="1111", employees="7"))
    client = logged_in(people["colleague"])
    form = {"year": YEAR, "version": 0, "act": "save", f"v:revenue:{YEAR}": "2222", f"v:employees:{YEAR}": "8"}
    response = client.post(reverse(URL), form)
    page = response.content.decode()
    assert response.status_code == 409 and "1111" in page and "2222" in page
    choice = {**form, "version": 1, f"keep:revenue:{YEAR}": "", f"keep:v:revenue:{YEAR}": "mine", f"keep:v:employees:{YEAR}": "theirs"}
    assert client.post(reverse(URL), choice).status_code == 302
    assert Declaration.objects.get().typed == _typed(revenue="2222", employees="7")


def test_submission_is_one_batch_of_the_own_word(actors: dict[str, Actor], town: dict[str, Any]) -> None:
    draft = declaring.save(actors["own"], YEAR, 0, _typed(revenue="5,000万元", employees="100人"))
    declaring.submit(actors["own"], YEAR, draft.version)
    batch = Batch.objects.get()
    assert (batch.kind, batch.source, batch.enterprise) == ("declaration", "企业申报", town["own"])
    assert dict(Fact.objects.values_list("indicator__key", "number")) == {"revenue": 5_000 * 10**6, "employees": 100 * 10**4}
    assert _tags() == ["enterprises:declaration:save", "enterprises:declaration:submit"]


def test_submitted_twice_it_is_recorded_once(actors: dict[str, Actor]) -> None:
    draft = declaring.save(actors["own"], YEAR, 0, _typed(revenue="5000"))
    declaring.submit(actors["own"], YEAR, draft.version)
    with pytest.raises(Refused):
        declaring.submit(actors["own"], YEAR, draft.version)
    assert Batch.objects.count() == 1


def test_an_empty_declaration_is_refused(actors: dict[str, Actor]) -> None:
    with pytest.raises(Refused):
        declaring.submit(actors["own"], YEAR, 0)
    assert not Declaration.objects.exists() and not _tags()


def test_all_that_cannot_be_read_is_named(actors: dict[str, Actor]) -> None:
    draft = declaring.save(actors["own"], YEAR, 0, _typed(revenue="很多", employees="5万元", rd_expense="10万元"))
    with pytest.raises(Invalid) as error:
        declaring.submit(actors["own"], YEAR, draft.version)
    assert set(error.value.fields) == {f"v:revenue:{YEAR}", f"v:employees:{YEAR}"}
    assert not Batch.objects.exists()


def test_a_part_above_its_whole_in_the_record_is_refused(actors: dict[str, Actor], imported: Batch) -> None:
    draft = declaring.save(actors["own"], YEAR, 0, _typed(tech_staff="101"))
    with pytest.raises(Invalid, match="有内容要改") as error:
        declaring.submit(actors["own"], YEAR, draft.version)
    assert "科技人员" in error.value.fields[f"v:tech_staff:{YEAR}"]


def test_sources_that_differ_stand_side_by_side(actors: dict[str, Actor], imported: Batch) -> None:
    draft = declaring.save(actors["own"], YEAR, 0, _typed(revenue="6000"))
    declaring.submit(actors["own"], YEAR, draft.version)
    lines = declaring_queries.sheet(actors["own"], YEAR, {}, {}).lines
    cell = next(line for line in lines if line.indicator.id == "revenue").cells[-1]
    assert [(voice.shown, voice.source, voice.prevails) for voice in cell.voices] == [("5,000万元", "税务", True), ("6,000万元", "企业自报", False)]
    assert cell.differs


def test_what_an_enterprise_may_not_say_is_dropped() -> None:
    form = {f"v:revenue:{YEAR}": "1", f"v:title.hnte:{YEAR}": "是", "v:nothing:2025": "1", "v:revenue:x": "1", "v:hnte_innovation_score:2025": "99", "v:name:0": "他人"}
    assert declaring.typed_of(form) == _typed(revenue="1")


def test_a_failed_submission_loses_nothing(people: dict[str, Any], logged_in: Callable[..., Client]) -> None:
    client = logged_in(people["own"])
    response = client.post(reverse(URL), {"year": YEAR, "version": 0, "act": "submit", f"v:revenue:{YEAR}": "很多", f"v:employees:{YEAR}": "12"})
    page = response.content.decode()
    assert response.status_code == 422 and 'value="很多"' in page and 'value="12"' in page
    assert f'href="#id_v:revenue:{YEAR}"' in page
    assert Declaration.objects.get().typed == _typed(revenue="很多", employees="12")


def test_the_draft_saves_itself_and_says_what_it_understood(people: dict[str, Any], logged_in: Callable[..., Client]) -> None:
    client = logged_in(people["own"])
    form = {"year": YEAR, "version": 0, f"v:revenue:{YEAR}": "2亿元", f"v:employees:{YEAR}": "5万元"}
    response = client.post(reverse("enterprises:declare_save"), form, headers={"HX-Request": "true"})
    page = response.content.decode()
    assert response.status_code == 200 and 'value="1"' in page and "20,000万元" in page
    assert Declaration.objects.get().typed["employees"] == {str(YEAR): "5万元"}
    stale = client.post(reverse("enterprises:declare_save"), form | {f"v:revenue:{YEAR}": "3"}, headers={"HX-Request": "true"})
    assert stale.status_code == 409 and "没有丢" in stale.content.decode()


def test_evidence_goes_with_the_draft_and_can_be_removed(people: dict[str, Any], logged_in: Callable[..., Client], upload: Callable[..., Any], home: Any) -> None:
    client = logged_in(people["own"])
    form = {"year": YEAR, "version": 0, "act": "attach", "indicator": "revenue", f"v:revenue:{YEAR}": "5000", "file": upload("审计报告.pdf")}
    assert client.post(reverse(URL), form).status_code == 302
    file = Evidence.objects.get()
    assert (file.indicator, file.name, Declaration.objects.get().typed) == ("revenue", "审计报告.pdf", _typed(revenue="5000"))
    assert _tags() == ["evidence:file:add"]
    assert (home / "files" / file.stored).exists()


@pytest.mark.django_db(transaction=True)
def test_a_removed_file_is_wiped(actors: dict[str, Actor], upload: Callable[..., Any], home: Any) -> None:
    from keqiao.platform.enterprises.evidence.services import checked

    file = declaring.attach(actors["own"], YEAR, 0, {}, checked(actors["own"], upload(), "file"), "")
    declaring.drop(actors["own"], YEAR, 1, {}, file.pk)
    assert not (home / "files" / file.stored).exists()
    assert _tags() == ["evidence:file:add", "evidence:file:wipe"]


def test_a_draft_is_the_enterprises_own_business(people: dict[str, Any], actors: dict[str, Actor], logged_in: Callable[..., Client], upload: Callable[..., Any]) -> None:
    from keqiao.platform.enterprises.evidence.services import checked

    file = declaring.attach(actors["own"], YEAR, 0, _typed(revenue="1"), checked(actors["own"], upload(), "file"), "")
    url = reverse("enterprises:evidence", args=[file.pk])
    codes = {who: logged_in(people[who]).get(url).status_code for who in ("own", "colleague", "foreign", "officer", "sibling")}
    assert codes == {"own": 200, "colleague": 200, "foreign": 404, "officer": 404, "sibling": 404}
    declaring.submit(actors["own"], YEAR, 1)
    codes = {who: logged_in(people[who]).get(url).status_code for who in ("foreign", "officer", "sibling")}
    assert codes == {"foreign": 404, "officer": 200, "sibling": 404}
    assert Client().get(url).status_code == 401


def test_a_download_is_an_attachment_that_is_logged(people: dict[str, Any], actors: dict[str, Actor], logged_in: Callable[..., Client], papers: Any, upload: Callable[..., Any]) -> None:
    from keqiao.platform.enterprises.evidence.services import checked

    file = declaring.attach(actors["own"], YEAR, 0, {}, checked(actors["own"], upload("审计 报告.pdf"), "file"), "")
    response = logged_in(people["own"]).get(reverse("enterprises:evidence", args=[file.pk]))
    assert response.content == papers.pdf("正文")
    assert response["Content-Disposition"].startswith("attachment;") and response["X-Content-Type-Options"] == "nosniff"
    assert Event.objects.order_by("-number")[0].tag == "evidence:file:read"


def test_a_damaged_file_is_not_sent(people: dict[str, Any], actors: dict[str, Actor], logged_in: Callable[..., Client], upload: Callable[..., Any], home: Any) -> None:
    from keqiao.platform.enterprises.evidence.services import checked

    file = declaring.attach(actors["own"], YEAR, 0, {}, checked(actors["own"], upload(), "file"), "")
    path = home / "files" / file.stored
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    response = logged_in(people["own"]).get(reverse("enterprises:evidence", args=[file.pk]))
    assert response.status_code == 422 and "已损坏" in response.content.decode()


@pytest.mark.parametrize("who", ["officer", "city"])
def test_an_officer_does_not_declare(actors: dict[str, Actor], people: dict[str, Any], logged_in: Callable[..., Client], who: str) -> None:
    with pytest.raises(NotVisible):
        declaring.save(actors[who], YEAR, 0, _typed(revenue="1"))
    assert logged_in(people[who]).get(reverse(URL)).status_code == 403
