"""The self-check: choose a rule, one question a page, the result. Answers are in POST bodies alone and are not kept."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.views.decorators.debug import sensitive_post_parameters

from keqiao.errors import KeqiaoError, say
from keqiao.platform.catalogue import asking, books, queries, verdict
from keqiao.platform.clock import today
from keqiao.platform.errors import NotVisible
from keqiao.platform.permissions import Act, page
from keqiao.platform.web import errors
from keqiao.platform.web.drawing import score_range


def _private(answer: HttpResponse) -> HttpResponse:
    """Kept nowhere on the way."""
    patch_cache_control(answer, no_store=True, private=True)
    return answer


# ---- V2: which rule --------------------------------------------------------------------------------


@page(Act.PUBLIC)
def choose(request: HttpRequest) -> HttpResponse:
    """V2: which title may I have?"""
    return _chooser(request)


def _chooser(request: HttpRequest, sentence: str = "", status: int = 200) -> HttpResponse:
    cards = [
        {"found": found, "most": asking.length(found.id), "ladders": [ladder.title.get(say("zh", "en")) for ladder, _ in queries.ladders_with(found.id, today())]}
        for found in queries.find_rules(queries.Wanted())
    ]  # fmt: skip
    context = {"cards": [card for card in cards if card["most"] is not None], "others": [card for card in cards if card["most"] is None], "sentence": sentence}
    return _private(render(request, "catalogue/check.html", context, status=status))


def _again(request: HttpRequest, broken: asking.Broken) -> HttpResponse:
    """The way back to the start after a form that cannot be read; for htmx the sentence alone."""
    if errors.is_htmx(request):
        return errors.problem(request, 400, str(broken))
    return _chooser(request, str(broken), 400)


# ---- V3 and V4 -------------------------------------------------------------------------------------


@sensitive_post_parameters()
@page(Act.PUBLIC, methods=("GET", "POST"))
def check_rule(request: HttpRequest, id: str) -> HttpResponse:
    """V3, V4: one question, or the result once the outcome is certain."""
    found = queries.get_rule(id)
    try:
        state = asking.opened(request.POST.get("state", ""), id) if request.method == "POST" else asking.start(id)
    except asking.Broken as broken:
        return _again(request, broken)
    except KeqiaoError as problem:
        return _chooser(request, str(problem), 422)
    if request.method != "POST":
        return _asked(request, found, state)
    return _private(_acted(request, found, state))


def _acted(request: HttpRequest, found: queries.Found, state: asking.State) -> HttpResponse:
    """What the pressed button asks for: answer, skip, back, change, echo, or nothing but to see the page."""
    act, key, typed = request.POST.get("act", "answer"), request.POST.get("key", ""), request.POST.getlist("value")
    if "no" in request.POST:  # the button that says no beside the field of a date
        act, typed = "answer", [request.POST["no"]]
    if act == "echo":
        return _echo(state, key, typed)
    if act == "back":
        before, last = asking.back(state)
        return _asked(request, found, before, Shown(key=last, typed=_typed(state, last)))
    if act.startswith("change:"):
        key = act.removeprefix("change:")
        if key in dict(state.replies):
            return _asked(request, found, state, Shown(key=key, typed=_typed(state, key)))
    try:
        if act == "skip":
            state = asking.skip(state, key)
        elif act == "answer":
            state = asking.reply(state, key, typed)
    except KeqiaoError as problem:
        if not asking.known(state, key):
            raise NotVisible from None
        return _asked(request, found, state, Shown(key, typed, str(problem)))
    return _asked(request, found, state)


def _typed(state: asking.State, key: str | None) -> list[str]:
    """The earlier reply of a question as typed, to be shown again."""
    text = dict(state.replies).get(key or "")
    return text.split(",") if text else []


def _echo(state: asking.State, key: str, typed: list[str]) -> HttpResponse:
    """What was understood, or what would be right, while typing."""
    try:
        words = say("即 ", "that is ") + asking.echo(state, key, typed) if any(part.strip() for part in typed) else ""
    except KeqiaoError as problem:
        words = problem.message
    return HttpResponse(words, content_type="text/plain; charset=utf-8")


@dataclass(frozen=True)
class Shown:
    """A question that is shown although the engine would choose another: its key, what was typed, what is wrong with it."""

    key: str | None = None
    typed: list[str] | None = None
    error: str = ""


def _asked(request: HttpRequest, found: queries.Found, state: asking.State, shown: Shown | None = None) -> HttpResponse:
    """The page of the next question, or of the one to be shown again; the result where nothing is left to ask."""
    shown = shown or Shown()
    now = asking.step(state)
    question = asking.question(state, shown.key) if shown.key else now.question
    if question is None:
        return _private(_result(request, found, state, now))
    chart = None
    if now.low is not None and now.high is not None:
        chart = score_range(float(now.low), float(now.high), None if now.pass_mark is None else float(now.pass_mark), asking.full_marks(state), verdict.so_far(found, now))
    left = max(now.at_most_left - 1, 0)
    return _private(render(request, "catalogue/question.html", {
        "found": found, "question": question, "state": asking.seal(state), "typed": shown.typed or [], "error": shown.error, "now": now,
        "number": now.asked + 1, "left": left, "certain": _certain(now), "chart": chart, "sentence": verdict.so_far(found, now), "why": verdict.why_first(question, now),
        "replied": asking.replied(state), "echo": _understood(state, question.key, shown),
    }, status=422 if shown.error else 200))  # fmt: skip


def _understood(state: asking.State, key: str, shown: Shown) -> str:
    """The echo beside a question that is shown again."""
    return "" if shown.error or not shown.typed else say("即 ", "that is ") + asking.echo(state, key, shown.typed)


def _certain(now: asking.Step) -> int:
    """The share of questions behind, in percent."""
    whole = now.asked + now.at_most_left
    return now.asked * 100 // whole if whole else 100


def _result(request: HttpRequest, found: queries.Found, state: asking.State, now: asking.Step) -> HttpResponse:
    return render(request, "catalogue/result.html", {
        "found": found, "state": asking.seal(state), "now": now, "result": verdict.result_of(found, state, now), "replied": asking.replied(state),
        "saved": verdict.saved(now), "tree": verdict.tree(state, now), "statement": verdict.statement(), "rest_on": books.facts_of(found), "as_of": state.as_of, "year": state.year,
    })  # fmt: skip


@sensitive_post_parameters()
@page(Act.PUBLIC, methods=("POST",))
def check_book(request: HttpRequest, id: str) -> HttpResponse:
    """The result as a workbook, made in memory."""
    found = queries.get_rule(id)
    try:
        state = asking.opened(request.POST.get("state", ""), id)
    except asking.Broken as broken:
        return _again(request, broken)
    paper = verdict.paper_of(found, state, asking.step(state))
    mark = say("（示例）", " (illustrative)") if found.stands.illustrative else ""
    return _private(books.attachment(books.workbook(paper), say(f"自测 {found.title}{mark} {state.as_of}.xlsx", f"self-check {found.id} {state.as_of}.xlsx")))


