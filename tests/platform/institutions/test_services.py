"""Places, offices and institutions: the tree, what is still needed, who may write."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from keqiao.platform.actor import Actor
from keqiao.platform.audit.models import Event
from keqiao.platform.errors import Invalid, NotAllowed, Refused
from keqiao.platform.institutions import queries, services
from keqiao.platform.institutions.models import Institution, Office, Place

SITE = Actor(system_task=True)


@pytest.fixture
def admin(client: Client, member: Any, logged_in: Any) -> Client:
    """The system administrator, who has proved his identity."""
    from keqiao.platform.clock import now

    made: Client = logged_in(member("system"))
    session = made.session
    session["proved"] = now().timestamp()
    session.save()
    return made


def _tags() -> list[str]:
    return list(Event.objects.order_by("number").values_list("tag", flat=True))


def test_a_place_knows_its_way_from_the_top(db: None) -> None:
    city = services.add_place(SITE, "990100", "临澄市", "city")
    park = services.add_place(SITE, "990171", "临澄高新区", "park", city)
    assert (city.path, park.path) == (f"/{city.pk}/", f"/{city.pk}/{park.pk}/")
    assert _tags() == ["institution:place:add"] * 2


@pytest.mark.parametrize("level", ["city", "province"])
def test_a_place_lies_below_a_higher_level(level: str, town: Any) -> None:
    with pytest.raises(Refused):
        services.add_place(SITE, "990199", "别处", level, town["city"])


@pytest.mark.parametrize(("code", "name", "level"), [("", "某区", "park"), ("990199", " ", "park"), ("990199", "某区", "galaxy")])
def test_a_place_has_code_name_and_level(code: str, name: str, level: str, db: None) -> None:
    with pytest.raises(Invalid):
        services.add_place(SITE, code, name, level)


def test_a_code_is_unique(town: Any) -> None:
    with pytest.raises(Refused, match="990171"):
        services.add_place(SITE, "990171", "别处", "park", town["city"])
    assert _tags() == []


def test_a_place_ends_after_what_needs_it(town: Any) -> None:
    with pytest.raises(Refused, match="下级"):
        services.end_place(SITE, town["city"])
    with pytest.raises(Refused, match="处室"):
        services.end_place(SITE, town["first"])
    services.end_office(SITE, town["first_office"])
    services.end_place(SITE, town["first"])
    town["first"].refresh_from_db()
    assert town["first"].until is not None


def test_an_ended_place_takes_nothing_new(town: Any) -> None:
    services.end_office(SITE, town["first_office"])
    services.end_place(SITE, town["first"])
    with pytest.raises(Refused):
        services.add_place(SITE, "990173", "片区", "area", town["first"])
    with pytest.raises(Refused):
        services.add_office(SITE, "新处", "", [town["first"]])


def test_an_office_covers_places_with_all_below(town: Any) -> None:
    area = services.add_place(SITE, "990173", "一片区", "area", town["first"])
    office = services.add_office(SITE, "科技局", "科技局", [town["first"]])
    assert queries.places_of_office(office.pk) == {town["first"].pk, area.pk}
    services.change_office(SITE, office, "科技局", "", [town["second"]])
    assert queries.places_of_office(office.pk) == {town["second"].pk}


def test_a_branch_has_the_kind_of_its_head_and_ends_before_it(db: None) -> None:
    head = services.add_institution(SITE, "bank", "惠澄银行")
    branch = services.add_institution(SITE, "fund", "惠澄银行临澄支行", parent=head)
    assert (branch.kind, branch.path) == ("bank", f"/{head.pk}/{branch.pk}/")
    with pytest.raises(Refused, match="网点"):
        services.end_institution(SITE, head)
    services.end_institution(SITE, branch)
    services.end_institution(SITE, head)
    branch.refresh_from_db()
    with pytest.raises(Refused, match="上级"):
        services.restore_institution(SITE, branch)


@pytest.mark.parametrize("role", ["security", "auditor", "authority"])
def test_only_the_system_administrator_writes(role: str, member: Any, acting: Any, town: Any) -> None:
    actor = acting(member(role, **({"office": town["first_office"]} if role == "authority" else {})))
    for work in (
        lambda: services.add_place(actor, "990199", "别处", "park"),
        lambda: services.rename_place(actor, town["first"], "别名"),
        lambda: services.end_office(actor, town["first_office"]),
        lambda: services.add_institution(actor, "bank", "某行"),
    ):
        with pytest.raises(NotAllowed):
            work()


def test_the_tree_stands_in_order_of_codes_below_each_parent(town: Any, acting: Any, member: Any) -> None:
    services.add_place(SITE, "980000", "别省", "province")
    area = services.add_place(SITE, "990173", "一片区", "area", town["first"])
    found = [(place.code, depth) for place, depth in queries.tree(acting(member("system")))]
    assert found == [("980000", 0), ("990100", 0), ("990171", 1), (area.code, 2), ("990172", 1)]


def test_adding_on_the_pages(admin: Client, town: Any) -> None:
    place = {"code": "990173", "name": "一片区", "level": "area", "parent": str(town["first"].pk)}
    assert admin.post("/system/places", place).status_code == 303
    assert admin.post("/system/offices", {"name": "科技局", "places": [str(Place.objects.get(code="990173").pk)]}).status_code == 303
    assert admin.post("/system/institutions", {"name": "惠澄银行", "kind": "bank"}).status_code == 303
    assert Office.objects.get(name="科技局").places.get().code == "990173"
    assert Institution.objects.get().kind == "bank"
    assert "一片区" in admin.get("/system/places").content.decode()


def test_a_refused_form_keeps_what_was_typed(admin: Client, town: Any) -> None:
    page = admin.post("/system/places", {"code": "990171", "name": "新名字", "level": "park", "parent": str(town["city"].pk)})
    assert page.status_code == 409
    assert 'value="新名字"' in page.content.decode()


def test_changing_an_office_asks_for_proof(admin: Client, town: Any) -> None:
    session = admin.session
    session["proved"] = 0
    session.save()
    url = f"/system/offices/{town['first_office'].pk}"
    assert admin.post(url, {"name": "改名", "places": [str(town["first"].pk)]}).status_code == 403
    town["first_office"].refresh_from_db()
    assert town["first_office"].name == "临澄高新区科技金融处"


@pytest.mark.parametrize("url", ["/system/offices/999999", "/system/places/999999"])
def test_what_is_not_there_is_not_found(url: str, admin: Client) -> None:
    assert admin.get(url).status_code == 404
