"""Writing places, offices and institutions; the system administrator and the commands do."""

from __future__ import annotations

from collections.abc import Iterable

from keqiao.errors import say
from keqiao.platform.actor import Actor, Role
from keqiao.platform.audit.services import written
from keqiao.platform.clock import today
from keqiao.platform.errors import Invalid, NotAllowed, Refused
from keqiao.platform.institutions.models import KINDS, LEVELS, Institution, Office, Place

_ORDER = [level for level, _ in LEVELS]


def add_place(actor: Actor, code: str, name: str, level: str, parent: Place | None = None) -> Place:
    """A place below another, or at the top. Raises `Invalid` or `Refused` (code taken, level not below its parent's)."""
    _check(actor)
    code, name = _said("code", code, "代码", "code"), _said("name", name, "名称", "name")
    if level not in _ORDER:
        raise Invalid({"level": say("级别应为省、市、区县、园区、片区之一", "The level is province, city, district, park or area")})
    if parent is not None and (_ORDER.index(level) <= _ORDER.index(parent.level) or parent.until is not None):
        raise Refused("下级区域的级别应低于上级，且上级仍在用。", "A place lies below one of a higher level that is in use.")
    with written(actor, "institution:place:add", code=code) as event:
        if Place.objects.filter(code=code).exists():
            raise Refused(f"代码 {code} 已有区域在用。", f"The code {code} belongs to a place already.")
        made = Place.objects.create(code=code, name=name, level=level, parent=parent, path="")
        made.path = f"{parent.path if parent else '/'}{made.pk}/"
        made.save(update_fields=["path"])
        event.object = made
    return made


def rename_place(actor: Actor, place: Place, name: str) -> None:
    """Give a place another name."""
    _check(actor)
    name = _said("name", name, "名称", "name")
    with written(actor, "institution:place:rename", place, old=place.name, new=name):
        place.name = name
        place.save(update_fields=["name"])


def end_place(actor: Actor, place: Place) -> None:
    """A place is used no longer; what lies or lay in it stays on record. Raises `Refused` where it is still needed."""
    _check(actor)
    with written(actor, "institution:place:end", place):
        if place.children.filter(until=None).exists():
            raise Refused("先停用它的下级区域。", "End the places below it first.")
        if place.offices.filter(is_active=True).exists():
            raise Refused("还有处室管着这个区域：先改处室的区域。", "An office still covers this place: change the office first.")
        place.until = today()
        place.save(update_fields=["until"])


def add_office(actor: Actor, name: str, department: str = "", places: Iterable[Place] = ()) -> Office:
    """An office of an authority with the places that it covers."""
    _check(actor)
    name, covered = _said("name", name, "名称", "name"), _covered(places)
    with written(actor, "institution:office:add", places=[place.pk for place in covered]) as event:
        event.object = made = Office.objects.create(name=name, department=department.strip())
        made.places.set(covered)
    return made


def change_office(actor: Actor, office: Office, name: str, department: str, places: Iterable[Place]) -> None:
    """Another name or other places of an office; its members see other enterprises from now on."""
    _check(actor)
    name, covered = _said("name", name, "名称", "name"), _covered(places)
    with written(actor, "institution:office:change", office, places=[place.pk for place in covered]):
        office.name, office.department = name, department.strip()
        office.save(update_fields=["name", "department"])
        office.places.set(covered)


def end_office(actor: Actor, office: Office) -> None:
    """An office stops: none of its memberships is in force any more."""
    _check(actor)
    with written(actor, "institution:office:end", office):
        office.is_active = False
        office.save(update_fields=["is_active"])


def restore_office(actor: Actor, office: Office) -> None:
    """An office works again."""
    _check(actor)
    with written(actor, "institution:office:restore", office):
        office.is_active = True
        office.save(update_fields=["is_active"])


def add_institution(actor: Actor, kind: str, name: str, code: str = "", parent: Institution | None = None) -> Institution:
    """A bank, guarantor, insurer, fund or service provider; with ``parent`` a branch, of the same kind as it."""
    _check(actor)
    name = _said("name", name, "名称", "name")
    if parent is not None:
        kind = parent.kind
    if kind not in dict(KINDS):
        raise Invalid({"kind": say("类型应为银行、担保、保险、基金、服务机构之一", "The kind is bank, guarantor, insurer, fund or service")})
    if parent is not None and not parent.is_active:
        raise Refused("上级机构已停用。", "The parent institution has stopped.")
    with written(actor, "institution:institution:add", kind=kind) as event:
        made = Institution.objects.create(kind=kind, name=name, code=code.strip(), parent=parent)
        made.path = f"{parent.path if parent else '/'}{made.pk}/"
        made.save(update_fields=["path"])
        event.object = made
    return made


def end_institution(actor: Actor, institution: Institution) -> None:
    """An institution or branch stops. Raises `Refused` while branches work."""
    _check(actor)
    with written(actor, "institution:institution:end", institution):
        if institution.branches.filter(is_active=True).exists():
            raise Refused("先停用它的网点。", "End its branches first.")
        institution.is_active = False
        institution.save(update_fields=["is_active"])


def restore_institution(actor: Actor, institution: Institution) -> None:
    """An institution or branch works again. Raises `Refused` while its parent has stopped."""
    _check(actor)
    with written(actor, "institution:institution:restore", institution):
        if institution.parent is not None and not institution.parent.is_active:
            raise Refused("先恢复上级机构。", "Restore the parent institution first.")
        institution.is_active = True
        institution.save(update_fields=["is_active"])


def _check(actor: Actor) -> None:
    """Only the system administrator and the site itself write here."""
    if not (actor.system_task or actor.role is Role.SYSTEM):
        raise NotAllowed("只有系统管理员能做这一步。", "Only the system administrator may do this.")


def _said(field: str, text: str, zh: str, en: str) -> str:
    cleaned = " ".join(text.split())
    if not cleaned:
        raise Invalid({field: say(f"写上{zh}", f"Give a {en}")}, f"写上{zh}。", f"Give a {en}.")
    return cleaned


def _covered(places: Iterable[Place]) -> list[Place]:
    found = list(places)
    if any(place.until is not None for place in found):
        raise Refused("处室不能管已停用的区域。", "An office does not cover a place that has ended.")
    return found
