"""Declaring: a draft that saves itself, and its submission as one batch of the enterprise's own word."""

from __future__ import annotations

from collections.abc import Mapping

from keqiao.errors import KeqiaoError, say
from keqiao.facts.packchecks import vocabulary_checks
from keqiao.platform.actor import Actor
from keqiao.platform.audit.services import written
from keqiao.platform.catalogue.shipped import packs
from keqiao.platform.clock import now, today
from keqiao.platform.enterprises import wanted
from keqiao.platform.enterprises.declaring_queries import Typed, get_draft, name_of, open_requests
from keqiao.platform.enterprises.evidence import services as evidence
from keqiao.platform.enterprises.evidence.services import Checked
from keqiao.platform.enterprises.models import Batch, Declaration, Enterprise, Evidence
from keqiao.platform.enterprises.recording import Value, facts_of, read_typed, record_values
from keqiao.platform.enterprises.recording.values import StoredValue, value_of, word_of
from keqiao.platform.errors import Invalid, NotVisible, Refused
from keqiao.rules.quantities import Stored

SOURCE = "企业申报"
#: Characters of one typed value, and files of one declaration.
MOST_CHARACTERS, MOST_FILES = 400, 40


class Stale(Refused):
    """A colleague has saved the draft meanwhile; ``draft`` is as it stands now."""

    def __init__(self, draft: Declaration) -> None:
        super().__init__(
            "同事刚改过这份申报，您的改动还没有保存，也没有丢。", "A colleague has just changed this declaration; your changes are not saved, and not lost."
        )
        self.draft = draft


def save(actor: Actor, year: int, version: int, typed: Typed) -> Declaration:
    """Keep what was typed, as it was typed; ``version`` is that of the draft it was typed into, 0 where there was none.

    Nothing is written where nothing changed. Raises `Stale`.
    """
    enterprise = _enterprise(actor)
    draft = get_draft(actor, year)
    if draft is not None and draft.version == version and _merged(draft.typed, typed) == draft.typed:
        return draft
    with written(actor, "enterprises:declaration:save", enterprise=enterprise) as event:
        draft = _locked_draft(actor, year, version)
        _put(actor, draft, typed)
        event.object, event.detail = draft, {"enterprise": enterprise, "version": draft.version, "values": _count(draft)}
    return draft


def attach(actor: Actor, year: int, version: int, typed: Typed, file: Checked, indicator: str) -> Evidence:
    """Keep what was typed and add a file to the draft; ``indicator`` is what it proves, empty for several. Raises `Stale`."""
    enterprise = _enterprise(actor)
    if indicator and indicator not in packs().vocabulary.indicators:
        raise NotVisible
    with evidence.keeping() as stored, written(actor, "evidence:file:add", enterprise=enterprise) as event:
        draft = _locked_draft(actor, year, version)
        if draft.files.filter(wiped_at=None).count() >= MOST_FILES:
            raise Refused(f"一次申报最多 {MOST_FILES} 个文件。", f"A declaration has at most {MOST_FILES} files.")
        _put(actor, draft, typed)
        made = evidence.add(stored, actor, file, "fact", enterprise_id=enterprise, declaration=draft, indicator=indicator)
        event.object, event.detail = made, {"enterprise": enterprise, "declaration": draft.pk, "size": made.size, "kind": made.kind}
    return made


def drop(actor: Actor, year: int, version: int, typed: Typed, file: int) -> None:
    """Keep what was typed and remove a file of the draft for good. Raises `NotVisible` or `Stale`."""
    with written(actor, "evidence:file:wipe") as event:
        draft = _locked_draft(actor, year, version)
        found = draft.files.filter(pk=file, wiped_at=None).first()
        if found is None:
            raise NotVisible
        _put(actor, draft, typed)
        evidence.wipe(found)
        event.object, event.detail = found, {"declaration": draft.pk}


def submit(actor: Actor, year: int, version: int) -> Declaration:
    """Record the draft as one batch. Raises `Invalid` with the fields that are wrong, `Stale`, or `Refused` where it is empty."""
    enterprise = _enterprise(actor)
    with written(actor, "enterprises:declaration:submit") as event:
        draft = _locked_draft(actor, year, version)
        values = _read(draft.typed)
        if not values:
            raise Refused("还没有填任何数据。", "Nothing has been filled in yet.")
        wrong = _contradictions(enterprise, values)
        if wrong:
            raise Invalid(wrong)
        batch = Batch.objects.create(
            kind="declaration", source=SOURCE, enterprise_id=enterprise, by=actor.user, year=year, recorded_at=now(),
        )  # fmt: skip
        counts = record_values(batch, [Value(enterprise, id, y, *found) for (id, y), found in values.items()])
        draft.state, draft.batch, draft.by, draft.saved_at = "submitted", batch, actor.person, now()
        draft.version += 1
        draft.save()
        answered = _answer(actor, draft)
        event.object = draft
        event.detail = {"enterprise": enterprise, "batch": batch.pk, "new": counts.new, "changed": counts.changed, "same": counts.same, "answered": answered}
    return draft


def typed_of(form: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """The typed values of a form: fields ``v:<indicator>:<year>`` of known indicators, cut to a sane length."""
    found: dict[str, dict[str, str]] = {}
    known = packs().vocabulary.indicators
    for name in form:
        mark, _, rest = name.partition(":")
        id, _, year = rest.rpartition(":")
        if mark == "v" and id in known and wanted.may_declare(known[id]) and year.isdigit() and len(year) <= 4:
            found.setdefault(id, {})[str(int(year))] = str(form[name])[:MOST_CHARACTERS]
    return found


# ---- steps ------------------------------------------------------------------------------------------


def _enterprise(actor: Actor) -> int:
    if actor.enterprise_id is None:
        raise NotVisible
    return actor.enterprise_id


def _locked_draft(actor: Actor, year: int, version: int) -> Declaration:
    """The draft, made where there is none; the enterprise's row is locked, so that two colleagues make one draft."""
    Enterprise.objects.select_for_update().get(pk=_enterprise(actor))
    draft = get_draft(actor, year)
    if draft is None:
        if version:
            raise Refused("这份申报已经提交。刷新本页看已记录的数据。", "This declaration has been submitted. Reload the page to see the record.")
        return Declaration.objects.create(enterprise_id=_enterprise(actor), year=year, by=actor.person, saved_at=now(), version=0)
    if draft.version != version:
        raise Stale(draft)
    return draft



def _put(actor: Actor, draft: Declaration, typed: Typed) -> None:
    draft.typed = _merged(draft.typed, typed)
    draft.by, draft.saved_at = actor.person, now()
    draft.version += 1
    draft.save(update_fields=["typed", "by", "saved_at", "version"])


def _merged(old: Typed, new: Typed) -> dict[str, dict[str, str]]:
    """What was typed, over what stood there; emptied fields go."""
    found = {id: dict(years) for id, years in old.items()}
    for id, years in new.items():
        for year, text in years.items():
            if text.strip():
                found.setdefault(id, {})[year] = text
            elif id in found:
                found[id].pop(year, None)
    return {id: years for id, years in found.items() if years}


def _count(draft: Declaration) -> int:
    return sum(len(years) for years in draft.typed.values())


def _read(typed: Typed) -> dict[tuple[str, int], StoredValue]:
    """The typed values as facts. Raises `Invalid` with all that cannot be read."""
    found: dict[tuple[str, int], StoredValue] = {}
    wrong: dict[str, str] = {}
    for id, years in typed.items():
        for year, text in years.items():
            try:
                found[id, int(year)] = read_typed(id, text)
            except KeqiaoError as error:
                wrong[name_of(id, int(year))] = error.message
    if wrong:
        raise Invalid(wrong)
    return found


def _contradictions(enterprise: int, values: Mapping[tuple[str, int], StoredValue]) -> dict[str, str]:
    """Checks of the vocabulary that the typed values, with what the record has beside them, certainly break."""
    wrong: dict[str, str] = {}
    held = facts_of([enterprise]).get(enterprise, {})
    for year in sorted({year for _, year in values if year}):
        facts: dict[str, Stored | None] = {
            id: value_of(word_of(id), one.number, one.text) for id, found in held.items() for one in found if one.year in (0, year)
        }
        facts |= {id: value_of(word_of(id), *found) for (id, y), found in values.items() if y in (0, year)}
        for check in vocabulary_checks(packs(), today(), year):
            mine = [id for id in check.reads if (id, year) in values]
            if check.severity == "error" and mine and check.fails(facts):
                title = say(check.title, check.title_en or check.title)
                wrong.setdefault(name_of(mine[0], year), say(f"{title}（{check.when}），现在不成立；核对这一项。", f"{title} ({check.when}) does not hold; check this value."))
    return wrong


def _answer(actor: Actor, draft: Declaration) -> int:
    """Mark the requests whose facts are now all known; how many."""
    held = facts_of([draft.enterprise_id]).get(draft.enterprise_id, {})
    number = 0
    for asked in open_requests(actor):
        known = {id for id, found in held.items() for one in found if one.year in (0, asked.request.year)}
        if set(asked.request.indicators) <= known:
            asked.answered_at, asked.declaration = now(), draft
            asked.seen_at = asked.seen_at or now()
            asked.save(update_fields=["answered_at", "declaration", "seen_at"])
            number += 1
    return number
