"""E5 异议 of the enterprise, and A16 异议处理 of the office."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from keqiao.errors import language, say
from keqiao.platform.clock import today
from keqiao.platform.enterprises import objecting, objecting_queries, wanted
from keqiao.platform.enterprises.evidence import services as evidence
from keqiao.platform.enterprises.evidence.kinds import ACCEPT
from keqiao.platform.enterprises.evidence.services import Checked
from keqiao.platform.enterprises.objecting_queries import STATES
from keqiao.platform.enterprises.pages import Field, actor_of, shown, then
from keqiao.platform.enterprises.recording import show
from keqiao.platform.enterprises.recording.precedence import source_name
from keqiao.platform.enterprises.recording.values import word_of
from keqiao.platform.errors import Invalid
from keqiao.platform.permissions import Act, page
from keqiao.platform.web.formats import unit_head
from keqiao.platform.web.tables import Column, Empty, Link, Table
from keqiao.rules.vocabulary import Indicator

_JOINED = ("enterprise", "indicator", "fact", "by", "decided_by")
#: Files that one objection may bring.
MOST_FILES = 10


@page(Act.OBJECT)
def objects(request: HttpRequest) -> HttpResponse:
    """The enterprise's objections, and its facts to object to."""
    actor = actor_of(request)
    given = request.GET.get("year", "")
    year = int(given) if given.isdigit() and len(given) == 4 else wanted.default_year()
    found = objecting_queries.told(objecting_queries.visible_to(actor).select_related(*_JOINED).order_by("-pk"))
    context = {
        "objections": found, "groups": objecting_queries.objectable(actor, year), "year": year,
        "years": range(today().year, today().year - 4, -1), "days": objecting_queries.days(),
    }  # fmt: skip
    return shown(request, "enterprises/objects.html", context)


@page(Act.OBJECT, methods=("GET", "POST"))
def object_new(request: HttpRequest, fact: int) -> HttpResponse:
    """Object to one fact."""
    actor, wrong = actor_of(request), Invalid({})
    found = objecting_queries.get_fact(actor, fact)
    if request.method == "POST":
        try:
            made = objecting.file(actor, fact, request.POST.get("value", ""), request.POST.get("why", ""), _files(request))
        except Invalid as error:
            wrong = error
        else:
            text = say(f"异议已提交，{made.due:%Y-%m-%d} 前答复。", f"The objection is filed; it is answered by {made.due:%Y-%m-%d}.")
            return then(request, text, "enterprises:own_objection", made.pk)
    word = word_of(found.indicator.key)
    label = wanted.label_of(word)
    hint = _hint(word)
    fields = [
        Field("value", say(f"我认为应为（{word.unit}）" if word.unit else "我认为应为", f"The right value ({unit_head(word.unit)})" if word.unit else "The right value"), hint=hint, value=request.POST.get("value", ""),
              error=wrong.fields.get("value", ""), autocomplete="off"),
        Field("why", say("为什么不对", "Why it is wrong"), "textarea", say("写明依据，如审计报告第几页", "Name the proof, such as a page of the audited accounts"),
              request.POST.get("why", ""), wrong.fields.get("why", ""), maxlength=2000),
        Field("file", say("证据", "Evidence"), "file", say("出错以后要重新选择", "choose again after an error") if wrong.fields else "", "",
              wrong.fields.get("file", ""), required=False, accept=ACCEPT),
    ]  # fmt: skip
    context = {
        "title": label, "year": found.year, "now": show(found.indicator.key, found.number, found.text, language()),
        "source": source_name(found.batch.kind, found.batch.source) or say("导入", "import"), "day": found.batch.recorded_at, "form": fields, "fields": wrong.fields,
        "rules": wanted.rules_using(found.indicator.key), "days": objecting_queries.days(),
        "crumbs": [Link(say("异议", "Objections"), reverse("enterprises:object")), Link(label)],
    }  # fmt: skip
    return shown(request, "enterprises/object_new.html", context, 422 if wrong.fields else 200)


def _hint(word: Indicator) -> str:
    """How a value of the indicator is written."""
    if word.values:
        return say("、".join(word.values[:12]), ", ".join(word.values[:12]))
    texts = {
        "date": say("写作 2026-11-21", "written as 2026-11-21"), "flag": say("写“是”或“否”", "是 or 否 (yes or no)"),
        "text": "", "code": say("写代码", "the code"),
    }  # fmt: skip
    return texts.get(word.type, say("写数值，可带单位", "a number, with its unit if you like"))


@page(Act.OBJECT)
def own_objection(request: HttpRequest, id: int) -> HttpResponse:
    """One objection of the own enterprise, with what became of it."""
    return _one(request, id, {}, own=True)


@page(Act.OBJECT, methods=("POST",))
def object_withdraw(request: HttpRequest, id: int) -> HttpResponse:
    """Take an objection back."""
    objecting.withdraw(actor_of(request), id)
    return then(request, say("异议已撤回。", "The objection is withdrawn."), "enterprises:own_objection", id)


@page(Act.OBJECTION_DECIDE)
def objections(request: HttpRequest) -> HttpResponse:
    """The office's objections: the open ones by day due."""
    state = request.GET.get("state", "open")
    state = state if state in STATES else "open"
    query = objecting_queries.visible_to(actor_of(request)).filter(state=state).select_related(*_JOINED)
    found = objecting_queries.told(query.order_by("due" if state == "open" else "-decided_at", "pk")[:500])
    rows = [
        {
            "name": Link(one.objection.enterprise.name, reverse("enterprises:objection", args=[one.pk])), "what": f"{one.label} {one.year}",
            "was": one.was, "mine": one.mine, "due": one.objection.due if state == "open" else None, "at": one.objection.decided_at or one.objection.created_at,
        }
        for one in found
    ]  # fmt: skip
    columns = (
        Column("name", say("企业", "Enterprise"), "name"), Column("what", say("指标", "Fact")), Column("was", say("现值", "Recorded"), "number"),
        Column("mine", say("企业主张", "Claimed"), "number"),
        Column("due", say("答复期限", "Due"), "due") if state == "open" else Column("at", say("办结", "Closed"), "time"),
    )  # fmt: skip
    stated = say(f"{len(rows)} 件，先到期的在前", f"{len(rows)}, the first due at the top") if state == "open" else say(f"{len(rows)} 件", f"{len(rows)}")
    empty = Empty(say("没有待裁定的异议。", "No objection waits."), good=True) if state == "open" else Empty(say("没有这样的异议。", "None."))
    table = Table("t", say(*STATES[state]), columns, rows, stated, empty=empty)
    tabs = [(key, say(*words), key == state) for key, words in STATES.items()]
    return shown(request, "enterprises/objections.html", {"table": table, "tabs": tabs})


@page(Act.OBJECTION_DECIDE)
def objection(request: HttpRequest, id: int) -> HttpResponse:
    """Both values with their proof, and the decision."""
    return _one(request, id, {}, own=False)


@page(Act.OBJECTION_DECIDE, methods=("POST",))
def objection_decide(request: HttpRequest, id: int) -> HttpResponse:
    """Uphold or reject with a reason."""
    upheld = request.POST.get("decision") == "upheld"
    if request.POST.get("decision") not in ("upheld", "rejected"):
        return _one(request, id, {"decision": say("选择采纳或不予采纳。", "Choose to uphold or to reject.")}, own=False)
    try:
        objecting.decide(actor_of(request), id, upheld, request.POST.get("reason", ""))
    except Invalid as error:
        return _one(request, id, error.fields, own=False)
    done = say("已采纳：企业主张的值已记入，优先于其他来源。", "Upheld: the claimed value is recorded and prevails.")
    return then(request, done if upheld else say("未采纳，理由已告知企业。", "Rejected; the enterprise sees the reason."), "enterprises:objection", id)


def _one(request: HttpRequest, id: int, wrong: dict[str, str], *, own: bool) -> HttpResponse:
    found = objecting_queries.get_objection(actor_of(request), id)
    one = objecting_queries.told([found])[0]
    list_url = "enterprises:object" if own else "enterprises:objections"
    context = {
        "one": one, "files": found.files.filter(wiped_at=None), "own": own, "fields": wrong, "rules": wanted.rules_using(found.indicator.key),
        "reason": Field("reason", say("裁定的理由", "Reason"), "textarea", say("企业会看到这段话", "the enterprise reads it"),
                        request.POST.get("reason", ""), wrong.get("reason", ""), maxlength=2000),
        "decision": request.POST.get("decision", ""),
        "crumbs": [Link(say("异议", "Objections"), reverse(list_url)), Link(one.label)], "days": objecting_queries.days(),
    }  # fmt: skip
    return shown(request, "enterprises/objection.html", context, 422 if wrong else 200)


def _files(request: HttpRequest) -> list[Checked]:
    uploads = request.FILES.getlist("file")
    if len(uploads) > MOST_FILES:
        text = say(f"最多 {MOST_FILES} 个文件。", f"At most {MOST_FILES} files.")
        raise Invalid({"file": text})
    return [evidence.checked(actor_of(request), one, "file") for one in uploads]
