"""Pages of registration: the public form, what became of it, and the office's decision."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from keqiao.errors import say
from keqiao.platform.enterprises import queries, registration, registration_queries
from keqiao.platform.enterprises.evidence.kinds import ACCEPT
from keqiao.platform.enterprises.pages import Field, actor_of, shown, then
from keqiao.platform.errors import Invalid, NeedsLogin
from keqiao.platform.permissions import Act, page
from keqiao.platform.web.tables import Column, Empty, Link, Table

_STATES = {"pending": ("待核验", "to be verified"), "approved": ("已通过", "approved"), "refused": ("已退回", "refused")}


@page(Act.REGISTER, methods=("GET", "POST"))
def register(request: HttpRequest) -> HttpResponse:
    """Register an enterprise: the account, the enterprise, two files."""
    actor, typed, wrong = actor_of(request), request.POST, Invalid({})
    if request.method == "POST":
        names = ("code", "name", "place", "username", "person", "password", "again")
        claim = registration.Claim(**{name: typed.get(name, "") for name in names})
        try:
            registration.file(actor, claim, request.FILES.get("licence"), request.FILES.get("authorisation"))
        except Invalid as error:
            wrong = error
        else:
            return redirect("enterprises:registered" if actor.user is not None else "enterprises:register_done")
    context = {"parts": _form(typed, wrong.fields, actor.user is None), "fields": wrong.fields}
    return shown(request, "enterprises/register.html", context, 422 if wrong.fields else 200)


@page(Act.PUBLIC)
def register_done(request: HttpRequest) -> HttpResponse:
    """What happens next; the same for everyone."""
    return shown(request, "enterprises/register_done.html", {})


@page(Act.REGISTERED)
def registered(request: HttpRequest) -> HttpResponse:
    """What became of one's own registrations. Raises `NeedsLogin`."""
    actor = actor_of(request)
    if actor.user is None:
        raise NeedsLogin
    found = list(registration_queries.visible_to(actor).select_related("place").prefetch_related("files").order_by("-pk"))
    for one in found:
        one.word = say(*_STATES[one.state])  # type: ignore[attr-defined]
    may_again = actor.membership is None and not any(one.state == "pending" for one in found)
    return shown(request, "enterprises/registered.html", {"registrations": found, "may_again": may_again})


@page(Act.REGISTRATION_DECIDE)
def registrations(request: HttpRequest) -> HttpResponse:
    """The office's list: what is to be decided first, the oldest at the top."""
    state = request.GET.get("state", "pending")
    state = state if state in _STATES else "pending"
    found = registration_queries.visible_to(actor_of(request)).filter(state=state).select_related("user", "place")
    rows = [
        {
            "name": Link(one.name, reverse("enterprises:registration", args=[one.pk])), "code": one.code, "place": one.place.name,
            "person": one.user.name, "at": one.created_at,
        }
        for one in found.order_by("created_at" if state == "pending" else "-decided_at")[:500]
    ]  # fmt: skip
    columns = (
        Column("name", say("企业", "Enterprise"), "name"), Column("code", say("统一社会信用代码", "Code"), "code"),
        Column("place", say("片区", "Zone")), Column("person", say("申请人", "Applicant")), Column("at", say("提交", "Filed"), "time"),
    )  # fmt: skip
    empty = Empty(say("没有待核验的登记。", "No registration waits."), good=True) if state == "pending" else Empty(say("没有这样的登记。", "None."))
    stated = say(f"{len(rows)} 件，先到的在前", f"{len(rows)}, the earliest first")
    table = Table("t", say(*_STATES[state]), columns, rows, stated, empty=empty)
    tabs = [(key, say(*words), key == state) for key, words in _STATES.items()]
    return shown(request, "enterprises/registrations.html", {"table": table, "tabs": tabs})


@page(Act.REGISTRATION_DECIDE)
def one_registration(request: HttpRequest, id: int) -> HttpResponse:
    """One registration with its files and what the record knows of the code."""
    return _decision(request, id, {})


@page(Act.REGISTRATION_DECIDE, methods=("POST",))
def decide(request: HttpRequest, id: int) -> HttpResponse:
    """Approve, or refuse with a reason."""
    actor = actor_of(request)
    if request.POST.get("decision") == "approve":
        found = registration.approve(actor, id)
        return then(request, say(f"已通过“{found.name}”的登记。", f"The registration of {found.name} is approved."), "enterprises:registrations")
    try:
        found = registration.refuse(actor, id, request.POST.get("reason", ""))
    except Invalid as error:
        return _decision(request, id, error.fields, request.POST.get("reason", ""))
    return then(request, say(f"已退回“{found.name}”的登记。", f"The registration of {found.name} is refused."), "enterprises:registrations")


def _decision(request: HttpRequest, id: int, wrong: dict[str, str], reason: str = "") -> HttpResponse:
    actor = actor_of(request)
    found = registration_queries.get_registration(actor, id)
    known = queries.visible_to(actor).filter(code=found.code).first()
    context = {
        "one": found, "known": known, "word": say(*_STATES[found.state]), "files": found.files.filter(wiped_at=None), "fields": wrong,
        "differs": known is not None and known.name != found.name,
        "managed": known is not None and known.memberships.filter(is_manager=True, state="active").exists(),
        "field": Field("reason", say("退回的理由", "Reason for refusing"), "textarea", say("申请人会看到这段话。", "The applicant reads it."),
                       reason, wrong.get("reason", ""), maxlength=400, rows=3),
        "crumbs": [Link(say("注册审核", "Registrations"), reverse("enterprises:registrations")), Link(found.name)],
    }  # fmt: skip
    return shown(request, "enterprises/registration.html", context, 422 if wrong else 200)


def _form(typed: object, wrong: dict[str, str], with_account: bool) -> list[tuple[str, list[Field]]]:
    """The parts of the form: a heading with its fields."""
    value = typed.get  # type: ignore[attr-defined]

    def field(name: str, zh: str, en: str, hint: tuple[str, str] = ("", ""), **more: object) -> Field:
        return Field(name, say(zh, en), hint=say(*hint), value=value(name, "") or "", error=wrong.get(name, ""), **more)  # type: ignore[arg-type]

    places = [(one.pk, one.name) for one in registration_queries.zones()]
    enterprise = [
        field("code", "统一社会信用代码", "Unified social credit code", ("18 位，在营业执照右上方", "18 characters, on the licence"), maxlength=30, autocomplete="off"),
        field("name", "企业名称", "Name of the enterprise", ("与营业执照一致的全称", "in full, as on the licence"), maxlength=160, autocomplete="organization"),
        field("place", "所在片区", "Zone", ("由该片区的主管部门核验", "its office verifies the registration"), kind="select", options=places),
    ]
    again = ("出错以后要重新选择文件", "choose the file again after an error") if wrong else ("", "")
    files = [
        field("licence", "营业执照", "Business licence", again, kind="file", accept=ACCEPT),
        field("authorisation", "法人授权书", "Authorisation by the legal representative", again, kind="file", accept=ACCEPT),
    ]
    account = [
        field("person", "您的姓名", "Your name", maxlength=80, autocomplete="name"),
        field("username", "登录名", "Login name", ("3 到 80 个字母、数字或 . _ - @，可用手机号或邮箱", "3 to 80 letters, digits or . _ - @"), maxlength=80, autocomplete="username"),
        field("password", "密码", "Password", kind="password", autocomplete="new-password"),
        field("again", "再输一次密码", "Password again", kind="password", autocomplete="new-password"),
    ]
    parts = [(say("企业", "Enterprise"), enterprise), (say("证明文件", "Proof"), files)]
    return [*parts, (say("您的账户", "Your account"), account)] if with_account else parts
