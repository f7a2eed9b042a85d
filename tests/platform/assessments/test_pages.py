"""The pages of authorities: who is on them, that downloads are what the screen shows, and what they cost."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.platform.assessments.conftest import AS_OF, YEAR

from keqiao.platform.assessments import services
from keqiao.platform.assessments.listing import SIZE, Listing, Wanted
from keqiao.platform.assessments.models import Outcome, Run, Standing
from keqiao.platform.assessments.profile import standing_of, trace_of
from keqiao.platform.enterprises.models import Batch, Enterprise, Fact, Indicator, Objection, Residence
from keqiao.platform.enterprises.recording import show
from keqiao.platform.jobs.worker import run_jobs

pytestmark = pytest.mark.django_db


@pytest.fixture
def no_run(world: dict[str, Any]) -> None:
    """As before the first run."""
    Run.objects.all().delete()


@pytest.fixture
def client_of(logged_in: Callable[[Any], Client]) -> Callable[[Any], Client]:
    return lambda actor: logged_in(actor.membership)


def _text(client: Client, url: str, status: int = 200) -> str:
    answer = client.get(url)
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer.content.decode()


def _listed(text: str) -> list[int]:
    return [int(id) for id in re.findall(r'<a href="/enterprises/(\d+)">', text)]


# ---- who is on the list -----------------------------------------------------------------------------


def test_list_holds_the_office_s_enterprises_in_order(done: Run, officer: Any, client_of: Any) -> None:
    found = _listed(_text(client_of(officer), "/enterprises"))
    rows = list(Standing.objects.filter(run=done).order_by("-low", "-enterprise_id").values_list("enterprise_id", flat=True))
    assert found == rows[:SIZE]


def test_list_search_and_count_leave_out_other_zones(done: Run, city: dict[str, Any], zone_officer: Any, client_of: Any) -> None:
    client, foreign = client_of(zone_officer), Enterprise.objects.get(pk=city["ids"][-1])
    text = _text(client, "/enterprises?sort=name")
    assert "共 40 条" in text
    assert not set(_listed(text)) & set(city["ids"][40:])
    assert foreign.name not in _text(client, f"/enterprises?q={foreign.name}").replace(f'value="{foreign.name}"', "").replace(f"查找 {foreign.name}", "")
    assert _listed(_text(client, f"/enterprises?q={foreign.code}")) == []
    assert client.get(f"/enterprises/{foreign.pk}").status_code == 404
    assert client.get(f"/enterprises/{foreign.pk}/workbook").status_code == 404


def test_an_enterprise_that_moved_away_is_no_longer_listed(done: Run, city: dict[str, Any], officer: Any, client_of: Any) -> None:
    gone = city["ids"][0]
    Residence.objects.filter(enterprise=gone).update(until="2020-01-01")
    assert Listing(officer, Wanted()).total == 59
    assert client_of(officer).get(f"/enterprises/{gone}").status_code == 404


def test_a_run_of_another_office_is_not_found(done: Run, zone_officer: Any, client_of: Any) -> None:
    client = client_of(zone_officer)
    assert client.get(f"/runs/{done.pk}").status_code == 404
    for act in ("publish", "verify", "export"):
        assert client.post(f"/runs/{done.pk}/{act}", {"what": "html"}).status_code == 404


@pytest.mark.parametrize("sign", ["%", "_", "\\"])
def test_signs_of_patterns_are_looked_for_as_they_are(sign: str, done: Run, city: dict[str, Any], officer: Any) -> None:
    Enterprise.objects.filter(pk=city["ids"][3]).update(name=f"甲{sign}乙公司")
    found = Listing(officer, Wanted.of({"q": f"甲{sign}"}))
    assert [row["id"] for row in found.rows(0, 10)] == [city["ids"][3]]
    assert Listing(officer, Wanted.of({"q": f"{sign}{sign}"})).total == 0


def test_one_character_is_no_search(done: Run, officer: Any, client_of: Any) -> None:
    assert Wanted.of({"q": "合"}).q == ""
    assert "查找从两个字起" in _text(client_of(officer), "/enterprises?q=合")


def test_filter_by_outcome(done: Run, officer: Any) -> None:
    for code, outcome in enumerate(("no", "unknown", "refer", "yes")):
        found = Listing(officer, Wanted.of({"title": "cn.hnte", "outcome": outcome}))
        expected = set(Outcome.objects.filter(run=done, rule__key="cn.hnte", outcome=code).values_list("enterprise_id", flat=True))
        assert {row["id"] for row in found.rows(0, 100)} == expected
        assert found.total == len(expected)


def test_filter_by_place(done: Run, city: dict[str, Any], officer: Any) -> None:
    found = Listing(officer, Wanted.of({"place": str(city["second"].pk)}))
    assert {row["id"] for row in found.rows(0, 100)} == set(city["ids"][40:])


def test_filter_by_a_place_outside_finds_nobody(city: dict[str, Any], zone_officer: Any) -> None:
    assert Listing(zone_officer, Wanted.of({"place": str(city["second"].pk)})).total == 0


def test_new_enterprises_are_told_apart(done: Run, city: dict[str, Any], officer: Any, client_of: Any) -> None:
    new = Enterprise.objects.create(code="91990100MA0000009X", name="新来有限公司")
    Residence.objects.create(enterprise=new, place=city["first"])
    assert "另有 1 家" in _text(client_of(officer), "/enterprises")
    assert _listed(_text(client_of(officer), "/enterprises?change=new")) == [new.pk]
    assert "还没有评价结果" in _text(client_of(officer), f"/enterprises/{new.pk}")


# ---- downloads --------------------------------------------------------------------------------------


def test_download_is_the_list_on_screen(done: Run, officer: Any, client_of: Any) -> None:
    answer = client_of(officer).get("/enterprises/workbook?title=cn.tech_sme&outcome=no&sort=name")
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert "口径说明" in book.sheetnames[-1] or "口径说明" in book.sheetnames
    sheet = book["企业"]
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    head = next(i for i, row in enumerate(rows) if "代码" in row)
    codes = [row[rows[head].index("代码")] for row in rows[head + 1 :] if row[rows[head].index("代码")]]
    listing = Listing(officer, Wanted.of({"title": "cn.tech_sme", "outcome": "no", "sort": "name"}))
    assert codes == [row["who"].note for row in listing.rows(0, 100)]
    points = [row[rows[head].index("积分（示例）")] for row in rows[head + 1 :][: len(codes)]]
    assert [round(float(value) * 10_000) for value in points] == [row["points"] for row in listing.rows(0, 100)]


def test_illustrative_stands_in_file_names(done: Run, officer: Any, city: dict[str, Any], client_of: Any) -> None:
    from urllib.parse import unquote

    for url in ("/enterprises/workbook", f"/enterprises/{city['ids'][0]}/workbook", "/near/workbook?rule=cn.hnte&within=30%25"):
        assert "示例" in unquote(client_of(officer).get(url).headers["Content-Disposition"]), url


@pytest.mark.parametrize(("what", "ending"), [("workbook", ".xlsx"), ("html", ".html"), ("reasons", ".parquet")])
def test_files_of_a_run(what: str, ending: str, done: Run, officer: Any, zone_officer: Any, client_of: Any) -> None:
    job = services.ask_export(officer, done, what, "zh")
    run_jobs(once=True)
    answer = client_of(officer).get(f"/runs/files/{job.pk}")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].rstrip('"').endswith(ending)
    assert len(b"".join(answer.streaming_content)) > 1000
    assert client_of(zone_officer).get(f"/runs/files/{job.pk}").status_code == 404


# ---- the page of an enterprise ----------------------------------------------------------------------


def test_profile_tells_outcomes_and_reasons(done: Run, city: dict[str, Any], officer: Any, client_of: Any) -> None:
    text = _text(client_of(officer), f"/enterprises/{city['ids'][5]}?rule=cn.hnte")
    assert "为什么：高新技术企业" in text
    assert text.count("<h1") == 1
    assert "示例" in text


def test_htmx_asks_for_the_reasons_alone(done: Run, city: dict[str, Any], officer: Any, client_of: Any) -> None:
    answer = client_of(officer).get(f"/enterprises/{city['ids'][5]}?rule=cn.hnte", headers={"HX-Request": "true", "HX-Target": "why"})
    assert answer.content.decode().lstrip().startswith('<div id="why">')


def test_a_rule_that_is_not_there_is_not_found(done: Run, city: dict[str, Any], officer: Any, client_of: Any) -> None:
    assert client_of(officer).get(f"/enterprises/{city['ids'][5]}?rule=cn.nothing").status_code == 404


def test_open_objections_show_both_values(done: Run, city: dict[str, Any], officer: Any, client_of: Any) -> None:
    fact = Fact.objects.filter(indicator__key="employees", year=YEAR, ended_by=None, number__isnull=False).first()
    assert fact is not None
    Objection.objects.create(
        enterprise_id=fact.enterprise_id, fact=fact, indicator=Indicator.objects.get(key="employees"), year=YEAR, number=1_234_0000, why="漏了外派",
        due="2026-12-10", by=officer.user,
    )  # fmt: skip
    text = _text(client_of(officer), f"/enterprises/{fact.enterprise_id}?rule=cn.tech_sme")
    assert "异议中" in text
    assert show("employees", 1_234_0000, None) in text
    assert show("employees", fact.number, None).removesuffix("人") in text


def test_stale_data_is_told(done: Run, officer: Any, client_of: Any) -> None:
    from keqiao.platform.clock import now

    Batch.objects.create(kind="import", source="年报", year=YEAR, recorded_at=now(), office=officer.membership.office)
    assert "此后导入 1 批" in _text(client_of(officer), "/enterprises")


# ---- enterprises see what is published --------------------------------------------------------------


def test_unpublished_runs_do_not_reach_enterprises(done: Run, city: dict[str, Any], officer: Any, member: Any, acting: Any) -> None:
    enterprise = Enterprise.objects.get(pk=city["ids"][5])
    own = acting(member("enterprise", enterprise=enterprise))
    assert standing_of(own, enterprise) is None
    assert trace_of(own, enterprise, "cn.hnte") is None
    services.publish(officer, done)
    view = standing_of(own, enterprise)
    assert view is not None
    assert view.run == done
    assert standing_of(own, Enterprise.objects.get(pk=city["ids"][6])) is None


def test_an_earlier_published_run_stays_what_enterprises_see(done: Run, city: dict[str, Any], officer: Any, member: Any, acting: Any) -> None:
    services.publish(officer, done)
    services.start_run(officer, as_of=AS_OF, year=YEAR)
    run_jobs(once=True)
    enterprise = Enterprise.objects.get(pk=city["ids"][5])
    view = standing_of(acting(member("enterprise", enterprise=enterprise)), enterprise)
    assert view is not None
    assert view.run == done


def test_an_office_elsewhere_does_not_publish_for_an_enterprise(done: Run, city: dict[str, Any], officer: Any, member: Any, acting: Any) -> None:
    services.publish(officer, done)
    Residence.objects.filter(enterprise=city["ids"][5]).delete()
    enterprise = Enterprise.objects.get(pk=city["ids"][5])
    assert standing_of(acting(member("enterprise", enterprise=enterprise)), enterprise) is None


# ---- empty and cost ---------------------------------------------------------------------------------


@pytest.mark.parametrize("url", ["/desk", "/enterprises", "/runs", "/near"])
@pytest.mark.usefixtures("no_run")
def test_pages_without_a_run(url: str, officer: Any, client_of: Any) -> None:
    text = _text(client_of(officer), url)
    assert text.count("<h1") == 1
    assert "评价" in text


@pytest.mark.usefixtures("no_run")
def test_pages_of_an_office_without_enterprises(officer: Any, client_of: Any) -> None:
    Residence.objects.all().delete()
    client = client_of(officer)
    for url in ("/desk", "/enterprises", "/runs", "/near"):
        assert client.get(url).status_code == 200
    assert client.post("/runs/start", {}).status_code == 409


@pytest.mark.parametrize(
    ("url", "most"), [("/enterprises", 17), ("/enterprises?q=合成&stage=成长期", 17), ("/enterprises/{id}", 20), ("/runs/{run}", 15), ("/desk", 19), ("/near", 13)]
)
def test_pages_ask_few_questions(url: str, most: int, done: Run, city: dict[str, Any], officer: Any, client_of: Any) -> None:
    client = client_of(officer)
    client.get("/desk")  # the session's first page also writes when it was last used
    with CaptureQueriesContext(connection) as asked:
        assert client.get(url.format(id=city["ids"][5], run=done.pk)).status_code == 200
    assert len(asked) <= most, [query["sql"][:120] for query in asked]


def test_questions_do_not_grow_with_rows(done: Run, officer: Any, client_of: Any) -> None:
    client = client_of(officer)
    client.get("/enterprises")
    counts = []
    for url in ("/enterprises?sort=name", "/enterprises?sort=name&page=2"):
        with CaptureQueriesContext(connection) as asked:
            client.get(url)
        counts.append(len(asked))
    assert counts[0] == counts[1]
