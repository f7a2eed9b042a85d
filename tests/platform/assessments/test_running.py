"""Runs: made whole or not at all, compared with the one before, seen by who may see them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.platform.assessments.conftest import AS_OF, YEAR

from keqiao.engine import Run as Files
from keqiao.platform.assessments import placing, queries, services, work
from keqiao.platform.assessments.models import Outcome, Run, Standing
from keqiao.platform.assessments.scoring import leading, titles_in
from keqiao.platform.audit.models import Event
from keqiao.platform.enterprises.models import Fact
from keqiao.platform.errors import Refused
from keqiao.platform.jobs.models import Job
from keqiao.platform.jobs.worker import run_jobs

pytestmark = pytest.mark.django_db


def make(actor: Any) -> Run:
    """A run from the queue to its end."""
    run = services.start_run(actor, as_of=AS_OF, year=YEAR)
    run_jobs(once=True)
    return Run.objects.select_related("job").get(pk=run.pk)


def test_run_is_done_with_its_folder(done: Run) -> None:
    run = done
    assert (run.state, run.rows) == ("done", 60), run.job.problem
    files = Files.open(services.folder_of(run))
    assert files.receipt["content_hash"] == run.content_hash
    assert not [path for path in services.folder_of(run).parent.iterdir() if path.name.startswith(".")]


def test_standings_are_the_results(done: Run) -> None:
    run = done
    files = Files.open(services.folder_of(run))
    points = dict(zip(*(files.results(leading(files) or "")[name].to_pylist() for name in ("id", "score_low")), strict=True))
    rows = Standing.objects.filter(run=run).select_related("enterprise")
    assert {row.enterprise.code: row.low for row in rows} == points
    outcomes = {row.enterprise.code: [0, 0, 0, 0] for row in rows}
    for id in titles_in(files):
        table = files.results(id)
        for code, outcome in zip(table["id"].to_pylist(), table["outcome"].to_pylist(), strict=True):
            outcomes[code][outcome] += 1
    assert {row.enterprise.code: [row.no, row.unknown, row.refer, row.yes] for row in rows} == outcomes
    assert Outcome.objects.filter(run=run).count() == 60 * len(titles_in(files))


def test_ranks_are_by_points(done: Run) -> None:
    rows = list(Standing.objects.filter(run=done))
    assert all(row.rank == 1 + sum(other.low > row.low for other in rows) for row in rows)


def test_one_event_for_the_end(done: Run) -> None:
    run = done
    tags = list(Event.objects.filter(object_type="assessments.run", object_id=str(run.pk)).values_list("tag", flat=True))
    assert sorted(tags) == ["assessments:run:done", "assessments:run:start"]


def test_compared_with_the_run_before(officer: Any, done: Run) -> None:
    first = done
    holder = Outcome.objects.filter(run=first, outcome=3, rule__key="cn.tech_sme").first()
    assert holder is not None
    revenue = Fact.objects.get(enterprise=holder.enterprise_id, indicator__key="revenue", year=YEAR, ended_by=None)
    Fact.objects.filter(pk=revenue.pk).update(number=10**12)
    second = make(officer)
    row = Outcome.objects.get(run=second, enterprise=holder.enterprise_id, rule=holder.rule_id)
    assert (row.before, row.outcome) == (3, 0)
    assert second.previous_id == first.pk
    assert second.summary["rules"]["cn.tech_sme"]["lost"] == 1
    told = second.summary["changes"]["titles"]["cn.tech_sme"]["lost"][0]
    assert told["enterprise"] == holder.enterprise_id
    assert "营业收入" in told["zh"]
    standing = Standing.objects.get(run=second, enterprise=holder.enterprise_id)
    assert standing.lost >= 1
    assert standing.low_before == Standing.objects.get(run=first, enterprise=holder.enterprise_id).low


def test_the_first_run_gains_nothing(done: Run) -> None:
    run = done
    assert not Outcome.objects.filter(run=run, before__isnull=False).exists()
    assert not Standing.objects.filter(run=run, gained__gt=0).exists()


def test_enterprises_of_other_zones_are_not_in_the_run(city: dict[str, Any]) -> None:
    assert set(Standing.objects.filter(run=city["first_run"]).values_list("enterprise_id", flat=True)) == set(city["ids"][:40])


@pytest.mark.parametrize("step", ["freeze", "assess", "placed", "summary_of", "finish", "rows", "rename"])
def test_what_breaks_off_leaves_nothing(step: str, officer: Any, runs_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise RuntimeError(step)

    where: dict[str, tuple[Any, str]] = {
        "finish": (services, "finish_run"), "rows": (services, "insert"), "rename": (services.os, "rename"),
    }  # fmt: skip
    owner, name = where.get(step, (work, step))
    run = services.start_run(officer, as_of=AS_OF, year=YEAR)
    with monkeypatch.context() as patched:
        patched.setattr(owner, name, broken)
        run_jobs(once=True)
    run.refresh_from_db()
    assert run.state == "failed"
    assert not Standing.objects.filter(run=run).exists()
    assert not Outcome.objects.filter(run=run).exists()
    assert not (runs_folder / f"run-{run.pk}").exists()
    assert not (runs_folder / f".work-{run.pk}").exists()


def test_an_attempt_that_was_killed_is_made_anew(officer: Any, runs_folder: Path) -> None:
    run = services.start_run(officer, as_of=AS_OF, year=YEAR)
    for name in (f"run-{run.pk}", f".work-{run.pk}"):
        (runs_folder / name / "results").mkdir(parents=True)
    Run.objects.filter(pk=run.pk).update(state="running")
    run_jobs(once=True)
    run.refresh_from_db()
    assert run.state == "done"
    assert Standing.objects.filter(run=run).count() == 60
    assert (runs_folder / f"run-{run.pk}" / "receipt.json").exists()
    assert not (runs_folder / f".work-{run.pk}").exists()


def test_a_repeated_job_changes_nothing(done: Run) -> None:
    run = done
    Job.objects.filter(pk=run.job_id).update(state="waiting", attempts=0)
    run_jobs(once=True)
    assert Standing.objects.filter(run=run).count() == 60
    assert Event.objects.filter(tag="assessments:run:done", object_id=str(run.pk)).count() == 1


def test_cancelled_in_the_middle(officer: Any, runs_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = services.start_run(officer, as_of=AS_OF, year=YEAR)
    real = work.assess

    def asked(*given: Any, **named: Any) -> Any:
        Job.objects.filter(pk=run.job_id).update(cancel_asked=True)
        return real(*given, **named)

    monkeypatch.setattr(work, "assess", asked)
    monkeypatch.setattr("keqiao.platform.jobs.working.WRITE_EVERY", 0.0)
    run_jobs(once=True)
    run.refresh_from_db()
    assert run.state == "cancelled"
    assert not Standing.objects.filter(run=run).exists()
    assert not (runs_folder / f"run-{run.pk}").exists()
    assert not (runs_folder / f".work-{run.pk}").exists()


def test_cancelled_before_it_began(officer: Any) -> None:
    from keqiao.platform.jobs.services import ask_to_cancel

    run = services.start_run(officer, as_of=AS_OF, year=YEAR)
    ask_to_cancel(officer, run.job)
    assert queries.state_of(Run.objects.select_related("job").get(pk=run.pk)) == "cancelled"
    assert services.start_run(officer, as_of=AS_OF, year=YEAR).number == run.number + 1


def test_one_run_at_a_time(officer: Any) -> None:
    services.start_run(officer, as_of=AS_OF, year=YEAR)
    with pytest.raises(Refused, match="次评价还在进行"):
        services.start_run(officer, as_of=AS_OF, year=YEAR)


def test_publishing_once_and_only_what_is_done(officer: Any, done: Run) -> None:
    with pytest.raises(Refused, match="还没有完成"):
        services.publish(officer, services.start_run(officer, as_of=AS_OF, year=YEAR))
    run = queries.get_run(officer, done.pk)
    services.publish(officer, run)
    run.refresh_from_db()
    assert run.published_at is not None
    with pytest.raises(Refused, match="已经发布"):
        services.publish(officer, run)
    assert Event.objects.filter(tag="assessments:run:publish").count() == 1


def test_replay_of_an_unchanged_run(officer: Any, done: Run) -> None:
    services.ask_verify(officer, done)
    run_jobs(once=True)
    assert Run.objects.get(pk=done.pk).summary["verified"]["ok"] is True


def test_replay_finds_a_changed_file(officer: Any) -> None:
    run = make(officer)
    path = services.folder_of(run) / "results" / "cn.tech_sme.parquet"
    path.write_bytes(path.read_bytes()[:-8] + b"12345678")
    services.ask_verify(officer, run)
    run_jobs(once=True)
    run.refresh_from_db()
    assert run.summary["verified"]["ok"] is False
    assert run.summary["verified"]["findings"]


def test_summary_counts_are_those_of_the_rows(done: Run) -> None:
    run = done
    for id in run.summary["titles"]:
        counts = run.summary["rules"][id]["outcomes"]
        for code, name in enumerate(("no", "unknown", "refer", "yes")):
            assert Outcome.objects.filter(run=run, rule__key=id, outcome=code).count() == counts[name]


def test_completeness_is_of_what_rules_ask(done: Run) -> None:
    run = done
    files = Files.open(services.folder_of(run))
    asked = placing.asked_of(files)
    import pyarrow.parquet as pq

    rows = {row["id"]: row for row in pq.read_table(files.snapshot.facts_path).to_pylist()}
    for standing in Standing.objects.filter(run=run).select_related("enterprise")[:5]:
        row = rows[standing.enterprise.code]
        assert standing.complete == sum(row.get(column) is not None for column in asked) * 1000 // len(asked)
