"""Every URL that names a record: one's own opens, another zone's is as if it were not, to the byte."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest

from isolation.walk import View, pages
from keqiao.platform.actor import Role
from keqiao.platform.clock import now

#: A number that no record has.
NONE = 9_999_999


class Zone:
    """The records of one zone, made as they are asked for; rows are made bare, since only who may see them matters."""

    def __init__(self, town: dict[str, Any], first: bool) -> None:
        from keqiao.platform.accounts.models import Membership, User

        self.office = town["first_office" if first else "second_office"]
        self.enterprise = town["own" if first else "other"]
        self.place = town["first" if first else "second"]
        self.user = User.objects.create(username=f"keeper{first}", name="经办", password="!")
        self.officer = Membership.objects.create(user=self.user, role="authority", office=self.office, state="active")
        self.member = Membership.objects.create(user=self.user, role="enterprise", enterprise=self.enterprise, state="active")

    def batch(self) -> Any:
        from keqiao.platform.enterprises.models import Batch

        return Batch.objects.create(kind="import", office=self.office, by=self.user, year=2025, recorded_at=now())

    def fact(self) -> Any:
        from keqiao.platform.enterprises.models import Fact, Indicator

        indicator, _ = Indicator.objects.get_or_create(key="employees")
        return Fact.objects.create(enterprise=self.enterprise, indicator=indicator, year=2025, number=960_000, batch=self.batch())

    def objection(self) -> Any:
        from keqiao.platform.enterprises.models import Objection

        fact = self.fact()
        due = dt.date(2099, 1, 1)
        return Objection.objects.create(enterprise=self.enterprise, fact=fact, indicator=fact.indicator, year=2025, number=1, why="数不对", due=due, by=self.user)

    def registration(self) -> Any:
        from keqiao.platform.enterprises.models import Registration

        return Registration.objects.create(user=self.user, code="91990100MA00000100", name="新企业", place=self.place)

    def request(self) -> Any:
        from keqiao.platform.enterprises.models import Asked, FactRequest

        made = FactRequest.objects.create(office=self.office, by=self.user, indicators=["employees"], year=2025, due=dt.date(2099, 1, 1))
        Asked.objects.create(request=made, enterprise=self.enterprise)
        return made

    def evidence(self) -> Any:
        from keqiao.platform.enterprises.models import Evidence

        return Evidence.objects.create(
            enterprise=self.enterprise, objection=self.objection(), purpose="objection", name="a.pdf", kind="pdf", size=1, sha256="0" * 64,
            stored=f"lost{self.enterprise.pk}", by=self.user,
        )  # fmt: skip

    def job(self, role: Role) -> Any:
        from keqiao.platform.jobs.models import Job

        return Job.objects.create(kind="none", membership=self.officer if role is Role.AUTHORITY else self.member, state="done")

    def run(self) -> Any:
        from keqiao.platform.assessments.models import Run

        return Run.objects.create(number=1, office=self.office, as_of=dt.date(2026, 11, 21), year=2025, state="done")

    def intake(self) -> Any:
        from keqiao.platform.enterprises.models import Intake

        return Intake.objects.create(office=self.office, by=self.user, year=2025, as_of=dt.date(2026, 11, 21))

    def token(self, role: Role) -> Any:
        from keqiao.platform.accounts.models import ApiToken

        membership = self.officer if role is Role.AUTHORITY else self.member
        return ApiToken.objects.create(name="x", prefix=f"p{membership.pk}", secret_hash="0" * 64, membership=membership, expires_at=now())


Maker = Callable[[Zone, Role], Any]
#: Which record a URL names: by its name with the app, else by the longest beginning of its route.
RECORDS: dict[str, Maker] = {
    "members/": lambda zone, role: zone.officer if role is Role.AUTHORITY else zone.member,
    "tokens/": lambda zone, role: zone.token(role),
    "own/objections/new/": lambda zone, role: zone.fact(),
    "own/objections/": lambda zone, role: zone.objection(),
    "own/requests/": lambda zone, role: zone.request(),
    "evidence/": lambda zone, role: zone.evidence(),
    "registrations/": lambda zone, role: zone.registration(),
    "objections/": lambda zone, role: zone.objection(),
    "requests/": lambda zone, role: zone.request(),
    "jobs/": lambda zone, role: zone.job(role),
    "runs/files/": lambda zone, role: zone.job(role),
    "runs/": lambda zone, role: zone.run(),
    "imports/": lambda zone, role: zone.intake(),
    "batches/": lambda zone, role: zone.batch(),
    "enterprises/": lambda zone, role: zone.enterprise,
}
#: Downloads of files, which the bare rows here do not have; the apps' own tests open them.
WITHOUT_FILE = {"enterprises:evidence", "assessments:file"}
#: Acts on records that belong to no zone.
SITEWIDE = ("system:", "security:", "audit:")


def maker(view: View) -> Maker | None:
    found = [begin for begin in RECORDS if view.route.startswith(begin)]
    return RECORDS[max(found, key=len)] if found else None


NAMED = [view for view in pages() if view.ids and view.act is not None and not view.act.tag.startswith(SITEWIDE)]
CASES = [
    pytest.param(view, role, id=f"{view.name}-{role.value}")
    for view in NAMED
    for role in (Role.AUTHORITY, Role.ENTERPRISE)
    if view.act is not None and role in view.act.roles
]


@pytest.fixture
def zones(town: dict[str, Any]) -> tuple[Zone, Zone]:
    return Zone(town, True), Zone(town, False)


@pytest.mark.parametrize("view", NAMED, ids=str)
def test_every_record_is_known_to_this_test(view):
    assert maker(view) is not None, f"{view.name} ({view.route}) names a record: add it to RECORDS"


def shown(answer: Any, path: str) -> str:
    """The body without what differs between any two answers: tokens of forms, the request's number, the address."""
    text = answer.content.decode() if not answer.streaming else ""
    return re.sub(r'((?:csrfmiddlewaretoken" value=|X-CSRFToken": )")[^"]+|class="mono">[0-9a-f]{16}<', "", text).replace(path, "#")


@pytest.mark.parametrize(("view", "role"), CASES)
def test_another_zones_record_is_as_if_it_were_not(view, role, browser, zones):
    client, record = browser(role), maker(view)
    assert record is not None
    theirs = record(zones[1], role).pk
    for method in view.methods:
        first, second = view.path(**dict.fromkeys(view.ids, theirs)), view.path(**dict.fromkeys(view.ids, NONE))
        # 422: an empty form is refused before the record is looked for, alike for both
        answer, missing = client.generic(method, first), client.generic(method, second)
        assert answer.status_code in (403, 404, 422), f"{method} {first}: {answer.status_code}"
        assert (answer.status_code, shown(answer, first)) == (missing.status_code, shown(missing, second))


@pytest.mark.parametrize(("view", "role"), [case for case in CASES if "GET" in case.values[0].methods and len(case.values[0].ids) == 1])
def test_ones_own_record_is_there(view, role, browser, zones):
    record = maker(view)
    assert record is not None
    mine = record(zones[0], role).pk
    answer = browser(role).get(view.path(**dict.fromkeys(view.ids, mine)))
    # what has no file behind it here is 404 as well
    if view.name not in WITHOUT_FILE:
        assert answer.status_code not in (401, 403, 404), answer.status_code
