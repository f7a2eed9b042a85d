"""The demonstration: a synthetic city on a site in demo mode, made through the same services as the pages use.

Nothing here is real: the places do not exist, the codes begin with 9199, and the users' password is printed.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from keqiao.errors import KeqiaoError
from keqiao.examples.city import write_city
from keqiao.examples.codes import CITY_CODE, CITY_NAME, PLACES, uscc
from keqiao.platform.accounts.models import Membership, User
from keqiao.platform.accounts.services import memberships, users
from keqiao.platform.actor import Actor, Role
from keqiao.platform.assessments.models import Run, Standing
from keqiao.platform.assessments.services import publish, start_run
from keqiao.platform.audit import checking, heads
from keqiao.platform.clock import today
from keqiao.platform.enterprises import declaring, intake_queries, intake_services, objecting, registration, requesting
from keqiao.platform.enterprises.models import Enterprise, Fact
from keqiao.platform.enterprises.registration import Claim
from keqiao.platform.errors import Invalid
from keqiao.platform.institutions.models import Institution, Office, Place
from keqiao.platform.institutions.services import add_institution, add_office, add_place
from keqiao.platform.jobs.worker import run_jobs
from keqiao.platform.operating.demo_users import DONE, PASSWORD, USERS, Login

#: Enterprises of the demonstration: enough for full pages, few enough to be loaded in a minute.
ENTERPRISES = 600
#: The day of the synthetic sheets.
SHEETS = dt.date(2026, 11, 21)
ZONE = "919971"
_OFFICES = (
    ("city", "示例市科学技术局", "科技金融处", (CITY_CODE,)),
    ("zone", "示例高新区管委会", "科技金融处", (ZONE,)),
    ("yihe", "乙河区科学技术局", "科技金融科", ("919902",)),
    ("jiashan", "甲山区科学技术局", "科技金融科", ("919901",)),
)
Told = Callable[[str, int, int], None]
_SITE = Actor(system_task=True)


@dataclass
class Scene:
    """What has been made so far, for the steps that follow."""

    places: dict[str, Place]
    offices: dict[str, Office]
    bank: Institution
    actors: dict[str, Actor]


def load(enterprises: int = ENTERPRISES, told: Told = lambda step, done, total: None) -> list[Login]:
    """Load the demonstration into this process' site, which must be in demo mode and empty; gives the users.

    Raises `KeqiaoError` otherwise.
    """
    if not settings.HOME.demo:
        raise KeqiaoError("这是正式站点，不装示例数据和示例用户", "this is a production site; it takes no demonstration data or users")
    if User.objects.exists():
        raise KeqiaoError("站点里已有用户，示例数据只装进空站点", "the site has users; the demonstration goes into an empty site only")
    steps: list[tuple[str, Callable[[Scene], None]]] = [
        ("导入企业数据|importing facts", lambda scene: _import(scene, enterprises)),
        ("第一次评价|first assessment", lambda scene: _assess(scene, ("city", "zone"))),
        ("企业登记与申报|enterprises", _enterprise_side),
        ("第二次评价|second assessment", lambda scene: _assess(scene, ("city", "zone", "yihe"))),
        ("校验审计链|verifying the audit chain", _audit),
    ]
    told("片区、部门、用户|places, offices, users", 0, len(steps) + 1)
    scene = _people()
    for number, (name, step) in enumerate(steps, 1):
        told(name, number, len(steps) + 1)
        step(scene)
    (Path(settings.HOME.path) / DONE).write_text(json.dumps({"enterprises": enterprises}), encoding="utf-8")
    return list(USERS)


def _people() -> Scene:
    """Places, offices, a bank, and the users that need no enterprise."""
    places = {CITY_CODE: add_place(_SITE, CITY_CODE, CITY_NAME, "city")}
    for place in sorted(PLACES, key=lambda one: one.kind != "区县"):
        above = places[place.parent]
        places[place.code] = add_place(_SITE, place.code, place.name, "district" if place.kind == "区县" else "park", above)
    offices = {key: add_office(_SITE, name, department, [places[code] for code in codes]) for key, name, department, codes in _OFFICES}
    scene = Scene(places, offices, add_institution(_SITE, "bank", "示例科技银行"), {})
    for login in USERS:
        if login.role in (Role.SYSTEM, Role.SECURITY, Role.AUDITOR):
            scene.actors[login.username] = _actor(users.create_admin(login.username, PASSWORD, login.role, login.name))
        elif login.role is not Role.ENTERPRISE:
            office, institution = scene.offices.get(login.body), scene.bank if login.body == "bank" else None
            _user(scene, login, office=office, institution=institution)
    return scene


def _user(scene: Scene, login: Login, **scope: Any) -> None:
    user = users.create_user(_SITE, login.username, login.name, PASSWORD)
    scene.actors[login.username] = _actor(memberships.grant(_SITE, user, login.role, is_manager=login.manager, **scope))


def _actor(membership: Membership) -> Actor:
    return Actor(membership.user, membership, proved=True, address="127.0.0.1")


# ---- the office's side ------------------------------------------------------------------------------


def _import(scene: Scene, enterprises: int) -> None:
    """The city's workbook by the steps of the wizard: upload, headings, check, commit."""
    city = scene.actors["city"]
    with tempfile.TemporaryDirectory() as folder:
        (path,) = write_city(Path(folder), enterprises=enterprises)
        upload = SimpleUploadedFile("示例市企业数据2025.xlsx", path.read_bytes())
    intake = intake_services.start(city, [upload], 2025, min(SHEETS, today()), "统计")
    for step in (lambda at: intake_services.choose_headings(city, intake.pk, at, {}), lambda at: intake_services.commit(city, intake.pk, at)):
        run_jobs(once=True)
        step(intake_queries.get_intake(city, intake.pk).version)
    run_jobs(once=True)
    found = intake_queries.stage(intake_queries.get_intake(city, intake.pk))
    if found != "committed":
        raise KeqiaoError(f"示例数据没有导入：{found}", f"the demonstration's sheet was not imported: {found}")


def _assess(scene: Scene, offices: tuple[str, ...]) -> None:
    """A run of each office, published."""
    for office in offices:
        actor = scene.actors[office]
        run = start_run(actor, as_of=min(SHEETS, today()), year=2025)
        run_jobs(once=True)
        run = Run.objects.get(pk=run.pk)
        if run.state != "done":
            raise KeqiaoError(f"示例评价没有完成：{run.state}", f"the demonstration's run is not done: {run.state}")
        publish(actor, run)


# ---- the enterprise's side --------------------------------------------------------------------------


def _enterprise_side(scene: Scene) -> None:
    """Members of an enterprise, requests, a declaration, objections, and a registration that waits."""
    enterprise, asked = _telling(scene)
    for login in USERS:
        if login.role is Role.ENTERPRISE:
            _user(scene, login, enterprise=enterprise)
    due = today() + dt.timedelta(days=14)
    zone, member = scene.actors["zone"], scene.actors["enterprise"]
    requesting.create(zone, [enterprise.pk], asked[:2], due=due, year=2025, words="评价缺这两项，填好提交即可。")
    _declare(member, asked[:2])
    others = [standing.enterprise_id for standing in _standings(scene)[:20]]
    requesting.create(zone, {enterprise.pk, *others}, asked[2:5], due=due, year=2025, words="年度核对，缺的补上。")
    _object(zone, member, enterprise)
    _register(scene)


def _standings(scene: Scene) -> list[Standing]:
    """The zone's enterprises in its latest run, those that miss most first."""
    run = Run.objects.filter(office=scene.offices["zone"]).latest("number")
    return list(Standing.objects.filter(run=run, yes__gte=1).select_related("enterprise").order_by("-unknown", "-yes", "pk"))


def _telling(scene: Scene) -> tuple[Enterprise, list[str]]:
    """An enterprise of the zone that has titles and lacks most of what it can answer, with the facts that it lacks."""
    found = {standing.enterprise_id: standing.enterprise for standing in _standings(scene)}
    has: dict[int, set[str]] = {id: set() for id in found}
    facts = Fact.objects.filter(enterprise__in=found, year=2025, ended_by=None, indicator__key__in=_TYPED)
    for id, key in facts.values_list("enterprise_id", "indicator__key"):
        has[id].add(key)
    least = min(has, key=lambda id: (len(has[id]), id), default=None)
    if least is None or len(_TYPED) - len(has[least]) < _ASKED:
        raise KeqiaoError("示例高新区没有合适的企业", "the demonstration's zone has no enterprise that fits")
    return found[least], [key for key in _TYPED if key not in has[least]]


#: What the enterprise answers; none of these can contradict another fact.
_ASKED = 3
_TYPED = {
    "tech_contract_value": "60万元", "equity_raised": "200万元", "standards_participated": "2", "invention_applications": "3", "tech_conversions": "4",
    "rd_tax_relief": "12万元", "pct_applications": "1", "provincial_platforms_2y": "1", "provincial_awards_2y": "1", "provincial_projects_2y": "1",
    "venture_capital": "200万元", "talent_d_or_above": "2", "standards_led": "1",
}  # fmt: skip


def _declare(member: Actor, indicators: list[str]) -> None:
    """The enterprise answers the first request."""
    typed = {id: {"2025": _TYPED[id]} for id in indicators}
    draft = declaring.save(member, 2025, 0, typed)
    try:
        declaring.submit(member, 2025, draft.version)
    except Invalid as error:
        raise KeqiaoError(f"示例申报与数据矛盾：{error.fields}", f"the demonstration's declaration contradicts: {error.fields}") from None


def _object(zone: Actor, member: Actor, enterprise: Enterprise) -> None:
    """Two objections: one decided, one open."""
    from keqiao.platform.catalogue.shipped import packs
    from keqiao.platform.enterprises.wanted import may_declare

    known = packs().vocabulary.indicators
    facts = Fact.objects.filter(enterprise=enterprise, year=2025, ended_by=None, prevails=True, number__isnull=False, batch__kind="import")
    money = [f for f in facts.select_related("indicator").order_by("pk") if known[f.indicator.key].unit in ("元", "万元") and may_declare(known[f.indicator.key])]
    for fact, factor, why in zip(money, (11, 9), ("报表合并范围不同，附审计报告第 3 页。", "统计口径含税，应为不含税。"), strict=False):
        value = f"{(fact.number or 0) * factor // 10 // 1_000_000 + 1}万元"
        made = objecting.file(member, fact.pk, value, why, [])
        if factor == 11:
            objecting.decide(zone, made.pk, True, "审计报告与所附数值一致，采纳。")


def _register(scene: Scene) -> None:
    """An enterprise that the site does not know asks to be let in."""
    place = next(one for one in PLACES if one.code == ZONE)
    code = uscc(90_001, place)
    claim = Claim(code, "示例新芽传感科技有限公司", str(scene.places[ZONE].pk), "newcomer", "林新", PASSWORD, PASSWORD)
    registration.file(Actor(address="127.0.0.1"), claim, _paper("营业执照.pdf"), _paper("法人授权书.pdf"))


def _paper(name: str) -> SimpleUploadedFile:
    """A page without content, as a scan would be."""
    from pypdf import PdfWriter

    made, writer = io.BytesIO(), PdfWriter()
    writer.add_blank_page(595, 842)
    writer.write(made)
    return SimpleUploadedFile(name, made.getvalue(), content_type="application/pdf")


def _audit(scene: Scene) -> None:
    heads.record(scene.actors["auditor"], "verify", checking.verify().stored())
