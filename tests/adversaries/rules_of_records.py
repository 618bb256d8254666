"""The naive rules of enrolments and evidence."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from tests.adversaries.calls import Call
from tests.adversaries.rules_of_attempts import assessor_may_not, declined
from tests.adversaries.rules_of_erasing import gone
from tests.adversaries.rules_of_people import party_to_a_case
from tests.adversaries.rules_of_redactions import kept_from, saw
from tests.adversaries.story import ROLES_FOR, Story
from tests.adversaries.words import AO, RO, SEES, acts_against, words

HANDED_IN = {"submitted", "returned", "accepted", "replaced"}


def enrol(story: Story, call: Call) -> set[str]:
    broken = {"enrolled-by-another"} if call.by == call.told.person else set()
    if "apprentice" not in story.roles(call.told.person):
        broken.add("role-not-held")
    if story.number_taken(call.told.uln, call.told.plan):
        broken.add("uln-already-enrolled")
    if story.on_the_standard(call.told.person, call.told.plan):
        broken.add("standard-already-taken")
    form = story.one("form drafted", form=call.told.form)
    if call.told.route not in form.routes or form.plan != call.told.plan:
        broken.add("form-not-for-route")
    if not story.any("form approved", form=call.told.form):
        broken.add("coverage-proof-missing")
    return broken


def change_route(story: Story, call: Call) -> set[str]:
    broken = set() if call.told.consent else {"consent-missing"}
    if story.ended(call.told.enrolment):
        broken.add("enrolment-has-ended")
    days = [each.since for each in story.all("route changed", enrolment=call.told.enrolment)]
    held = story.route(call.told.enrolment, call.told.since)
    another = (held.route, held.form) != (call.told.route, call.told.form)
    if any(day > call.told.since or (another and day == call.told.since) for day in days):
        broken.add("route-change-agreed")
    form, plan = (
        story.one("form drafted", form=call.told.form),
        story.one("enrolled", enrolment=call.told.enrolment).plan,
    )
    if call.told.route not in form.routes or form.plan != plan:
        broken.add("form-not-for-route")
    if not story.any("form approved", form=call.told.form):
        broken.add("coverage-proof-missing")
    return broken


def assign(story: Story, call: Call) -> set[str]:
    told = call.told
    broken = {"already-assigned"} if story.open_part(told.enrolment, told.person, told.part) else set()
    return broken | may_not_be_given(story, told, story.parts(told.enrolment))


def may_not_be_given(story: Story, told: Any, parts: list[tuple[Any, date | None]]) -> set[str]:
    """Return what forbids to give somebody a part beside those that there are."""
    broken = set()
    if any(
        (each.person, each.part) == (told.person, told.part)
        and ends is not None
        and each.since < ends
        and told.since < ends
        and story.share(each, told)
        for each, ends in parts
    ):
        broken.add("parts-overlap")
    if not ROLES_FOR[told.part] & story.roles(told.person):
        broken.add("role-not-held")
    if told.person == story.apprentice(told.enrolment):
        broken.add("apprentice-has-no-other-part")
    apprentice = story.apprentice(told.enrolment)
    if any(
        story.apprentice(each.enrolment) == apprentice
        and story.status(each.appeal) != "decided"
        and told.person in story.hearing(each.appeal) | story.officers(each.appeal)
        for each in story.cases_of(told.person)
    ):
        broken.add("hears-open-case")
    other = {"assessor": "internal quality assurer", "internal quality assurer": "assessor"}.get(told.part, "")
    checked = any(
        (each.person, each.part) == (told.person, other) and (ends is None or told.since < ends) for each, ends in parts
    )
    judged = any(told.person in story.took_part(each.attempt) for each in story.attempts(told.enrolment))
    judged |= any(
        each is story.scrutiny_route(told.enrolment, each.assessor, each.form, each.key)
        for each in story.all("scrutiny route recorded", enrolment=told.enrolment, second=told.person)
    )
    if checked or (judged and told.part == "internal quality assurer"):
        broken.add("assessor-is-quality-assurer")
    conflicted = told.part == "assessor" and story.conflicted(told.person, story.apprentice(told.enrolment))
    if conflicted and not _by_routes(story, told):
        broken.add("assessor-conflicted")
    return broken


def give_consent(story: Story, call: Call) -> set[str]:
    return set()


def take_consent_back(story: Story, call: Call) -> set[str]:
    gone = story.any("consent taken back", consent=call.told.consent)
    return {"consent-unknown"} if gone else set()


def _by_routes(story: Story, told: Any) -> bool:
    """Tell whether somebody who coached is assigned only to what a scrutiny route lets them assess."""
    form = story.route(told.enrolment).form
    routes = [story.scrutiny_route(told.enrolment, told.person, form, key) for key in told.components]
    return bool(routes) and all(routes) and story.coached_at_the_centre(told.person, story.apprentice(told.enrolment))


def release(story: Story, call: Call) -> set[str]:
    told = call.told
    goes_on = [
        part
        for part, ends in story.parts(told.enrolment)
        if (part.person, part.part, ends) == (told.person, told.part, None)
    ]
    if not goes_on:
        return {"not-assigned"} | party_to_a_case(story, call)
    broken = {"release-too-early"} if told.ends < may_end(story, told, *goes_on) else set()
    return broken | party_to_a_case(story, call)


def may_end(story: Story, told: Any, part: Any, ended: date = date.max) -> date:
    """Return the first day on which this part, which ended then, may end: it ran, unless nobody ever held it."""
    did = ["record written", "accepted", "returned", "annotated"]
    did += ["found", "decided"] if part.part == "assessor" else []
    own = [each for each in story.all(*did, enrolment=told.enrolment, by=told.person) if each.place > part.place]
    ends = story.all("released", "end brought forward", enrolment=told.enrolment, person=told.person, part=part.part)
    told_at = max((each.place for each in ends if each.ends == ended), default=0)
    done = [
        each.day
        for each in own
        if part.since <= each.day and (each.day < ended or (each.day == ended and each.place < told_at))
    ]
    ties = part.part in ("coach", "employer")
    if not done and (story.today < part.since if ties else story.today <= max(part.since, part.day)):
        return part.since  # type: ignore[no-any-return]
    return max([part.since + timedelta(days=1), *done])  # type: ignore[no-any-return]  # what was told has no types


# --- evidence ---------------------------------------------------------------------------------------------------------


def offer(story: Story, call: Call) -> set[str]:
    return set() if story.takes_work(call.told.enrolment) else {"enrolment-has-ended"}


def offer_version(story: Story, call: Call) -> set[str]:
    item = story.item(call.told.item)
    newest = max(story.versions(call.told.item))
    draft = story.stage(call.told.item, newest) in ("offered", "sealed")
    fixed = {"evidence-version-fixed"} if draft or item.what == "record written" else set()
    return fixed | offer(story, call)


def seal(story: Story, call: Call) -> set[str]:
    stage = story.stage(call.told.item, call.told.version)
    return {"evidence-version-fixed"} if stage not in ("offered", "sealed") else set()


def describe(story: Story, call: Call) -> set[str]:
    broken = {"production-date-invalid"} if call.told.produced > str(story.today) else set()
    draft = story.stage(call.told.item, call.told.version) in ("offered", "sealed")
    return broken if draft else broken | {"evidence-already-submitted"}


def submit(story: Story, call: Call) -> set[str]:
    stage = story.stage(call.told.item, call.told.version)
    day = story.last("version offered", "described", item=call.told.item, version=call.told.version)
    ready = set() if day is not None and day.produced else {"production-date-missing"}
    return {"offered": {"evidence-not-sealed"}, "sealed": ready}.get(stage, {"evidence-already-submitted"})


def give_back(story: Story, call: Call) -> set[str]:
    stage, assures = story.stage(call.told.item, call.told.version), "internal quality assurer"
    broken = set()
    if stage not in ("submitted", "accepted") or story.any("record written", item=call.told.item):
        broken.add("evidence-not-submitted")
    broken |= _only_as_assessor(story, call, *(["coach"] if stage != "accepted" else []), assures)
    if _cited_by_a_finding(story, call.told.item, call.told.version):
        broken.add("evidence-cited-by-finding")
    return broken


def _cited_by_a_finding(story: Story, item: str, version: int) -> bool:
    """Tell whether a finding in force cites a version: none is in an attempt that was closed or set aside."""
    return any(
        found.cites == (item, version)
        for attempt in story.all("attempt opened")
        if not story.any("attempt closed", attempt=attempt.attempt)
        and not (story.decided(attempt.attempt) and story.last_in_force(attempt.attempt) is None)
        for found in story.findings(attempt.attempt).values()
    )


def accept(story: Story, call: Call) -> set[str]:
    waits = story.stage(call.told.item, call.told.version) == "submitted"
    broken = set() if waits else {"evidence-not-submitted"}
    return broken | gone(story, call) | _only_as_assessor(story, call, "internal quality assurer")


def _only_as_assessor(story: Story, call: Call, *otherwise: str) -> set[str]:
    """Return that whoever answers as an assessor only has a tie to the apprentice, and no scrutiny route."""
    enrolment = call.told.enrolment
    others = {part for part in otherwise if story.assigned(enrolment, call.by, part)}
    if others - {"internal quality assurer"} or (others and not story.assigned(enrolment, call.by, "assessor")):
        return set()
    apprentice = story.apprentice(enrolment)
    routes = story.all("scrutiny route recorded", enrolment=enrolment, assessor=call.by)
    by_route = any(routes) and story.coached_at_the_centre(call.by, apprentice)
    return {"assessor-conflicted"} if story.conflicted(call.by, apprentice) and not by_route else set()


def claim(story: Story, call: Call) -> set[str]:
    told, broken = call.told, set()
    if call.by != story.apprentice(told.enrolment):
        broken.add("claim-needs-apprentice")
    if story.stage(told.item, told.version) in ("replaced", "withdrawn", "discarded"):
        broken.add("evidence-withdrawn-already")
    if "K30" in told.codes and story.route(told.enrolment).route == "LET":
        broken.add("outcome-not-in-route")
    return broken | gone(story, call)


def drop(story: Story, call: Call) -> set[str]:
    told = call.told
    (code,) = told.codes
    broken = set()
    if call.by != story.apprentice(told.enrolment):
        broken.add("claim-needs-apprentice")
    if code not in story.claims(told.item, told.version):
        broken.add("claim-version-mismatch")
    attempts = story.attempts(told.enrolment)
    if any(
        (found.code, found.cites) == (code, (told.item, told.version))
        for attempt in attempts
        for found in story.findings(attempt.attempt).values()
    ):
        broken.add("claim-already-answered")
    return broken


def annotate(story: Story, call: Call) -> set[str]:
    told = call.told
    handed_in = story.stage(told.item, told.version) in HANDED_IN
    broken = set() if handed_in else {"evidence-not-submitted"}
    return broken if saw(story, call.by, told.item, told.version, told.redaction) else broken | {"copy-not-seen"}


def write(story: Story, call: Call) -> set[str]:
    if call.by == story.apprentice(call.told.enrolment):
        return {"witness-is-apprentice"} | offer(story, call)
    if call.told.attempt is None:
        return offer(story, call)
    attempt = story.one("attempt opened", attempt=call.told.attempt)
    bars = assessor_may_not(story, call, attempt)
    broken = {"record-needs-assessor"} if "assessor-not-authorised" in bars else bars
    if story.any("attempt closed", attempt=attempt.attempt):
        broken.add("attempt-already-closed")
    if story.decided(attempt.attempt):
        broken.add("finding-fixed-by-decision")
    return broken | declined(story, call) | _unlike_the_component(call, attempt) | offer(story, call)


def _unlike_the_component(call: Call, attempt: Any) -> set[str]:
    return set() if set(call.told.seen) <= set(attempt.codes) else {"code-not-in-component"}


def correct(story: Story, call: Call) -> set[str]:
    first, told = story.item(call.told.item), call.told
    if first.what != "record written":
        return {"evidence-version-fixed"}
    broken = set() if first.by == call.by else {"record-of-another"}
    if (first.kind, first.attempt) != (told.kind, told.attempt):
        broken.add("record-made-another")
    if first.attempt is None:
        return broken
    attempt = story.one("attempt opened", attempt=first.attempt)
    decided = story.all("decided", enrolment=attempt.enrolment)
    cited = any(item == told.item for each in decided for item, _ in each.cited)
    if not cited and not story.decided(attempt.attempt) and not story.any("attempt closed", attempt=attempt.attempt):
        bars = assessor_may_not(story, call, attempt)
        broken |= {"record-needs-assessor"} if "assessor-not-authorised" in bars else bars | declined(story, call)
    return broken | (_unlike_the_component(call, attempt) if told.attempt else set())


def withdraw(story: Story, call: Call) -> set[str]:
    told, broken = call.told, set()
    if story.item(told.item).what == "record written":
        broken.add("record-not-yours")
    if any((told.item, told.version) in each.cited for each in story.all("decided", enrolment=told.enrolment)):
        broken.add("evidence-already-cited")
    if story.stage(told.item, told.version) in ("withdrawn", "discarded"):
        broken.add("evidence-withdrawn-already")
    return broken


def discard(story: Story, call: Call) -> set[str]:
    draft = story.stage(call.told.item, call.told.version) in ("offered", "sealed")
    decided = story.all("decided", enrolment=call.told.enrolment)
    if any((call.told.item, call.told.version) in each.lay_before and _contested(story, each) for each in decided):
        return {"record-on-hold"}
    return set() if draft else {"evidence-already-submitted"}


def _contested(story: Story, decided: Any) -> bool:
    """Tell whether a decision is appealed against now."""
    case = story.open_case(decided.attempt)
    return case is not None and case.decision == decided.decision


# --- reads of evidence ------------------------------------------------------------------------------------------------


def visible(story: Story, call: Call, version: int | None = None) -> bool:
    """Tell whether somebody sees an item or a version: the apprentice their drafts, others what was handed in.

    What lay before a decision stays there for whoever may replay that, or appeal against it.
    """
    item, own = call.told.item, call.by == story.apprentice(call.told.enrolment)
    replayed = {each for decided in _replays(story, call, own) for each in decided.lay_before}
    before = _before_the_case(story, call)
    return any(
        (item, each) in before
        if before is not None
        else story.stage(item, each) in HANDED_IN
        or (own and story.stage(item, each) != "discarded")
        or (item, each) in replayed
        for each in story.versions(item)
        if version in (None, each)
    )


def _before_the_case(story: Story, call: Call) -> set[tuple[str, int]] | None:
    """Return all that a member of a panel still reads once their case has ended, None for everybody else."""
    if words(story, call) & SEES["evidence"] != {"panel member here"}:
        return None
    heard = [each for each in story.appeals(call.told.enrolment) if call.by in story.members(each.appeal)]
    if any(story.is_open(each.appeal) for each in heard):
        return None
    cited = {each.decision for each in heard if each.item == call.told.item}
    decided = story.all("decided", enrolment=call.told.enrolment)
    return {version for each in decided if each.decision in cited for version in each.lay_before}


def _replays(story: Story, call: Call, own: bool) -> list[Any]:
    """Return the decisions that somebody may replay, or appeal against for the apprentice."""
    held = words(story, call)
    every = own or bool({AO, RO, "panel member here"} & held)
    decided = story.all("decided", enrolment=call.told.enrolment)
    coaches = "coach here" in held
    return [each for each in decided if every or (coaches and acts_against(story, call.by, each))]


def read_item(story: Story, call: Call) -> set[str]:
    return set() if visible(story, call) else {"not-visible"}


def read_bytes(story: Story, call: Call) -> set[str]:
    if not visible(story, call, call.told.version):
        return {"evidence-unknown", "not-visible"}
    return ({"original-redacted"} if kept_from(story, call) else set()) or read_previews(story, call)


def read_previews(story: Story, call: Call) -> set[str]:
    if not visible(story, call, call.told.version):
        return {"evidence-unknown", "not-visible"}
    item, version = call.told.item, call.told.version
    there = story.any("file sealed", item=item, version=version) or story.item(item).what == "record written"
    return gone(story, call) if there else {"evidence-not-sealed"}


def read_preview(story: Story, call: Call) -> set[str]:
    return read_previews(story, call) or {"no-preview", "not-visible"}


def read_upload(story: Story, call: Call) -> set[str]:
    item, version = call.told.item, call.told.version
    if not visible(story, call, version):
        return {"evidence-unknown", "not-visible"}
    if story.stage(item, version) == "withdrawn":
        return {"evidence-version-fixed", "not-visible"}  # it can still be read, and nothing was ever to be put there
    return set() if story.stage(item, version) == "offered" else {"evidence-version-fixed"}


BROKEN: dict[str, Callable[[Story, Call], set[str]]] = {
    "EnrolApprentice": enrol,
    "ChangeRoute": change_route,
    "GiveConsent": give_consent,
    "TakeConsentBack": take_consent_back,
    "AssignPerson": assign,
    "ReleasePerson": release,
    "OfferEvidence": offer,
    "OfferVersion": offer_version,
    "DescribeDraft": describe,
    "CompleteUpload": seal,
    "SubmitEvidence": submit,
    "ReturnEvidence": give_back,
    "AcceptEvidence": accept,
    "ClaimStatements": claim,
    "DropClaim": drop,
    "AnnotateEvidence": annotate,
    "WriteRecord": write,
    "CorrectRecord": correct,
    "WithdrawEvidence": withdraw,
    "DiscardDraft": discard,
    "read an item": read_item,
    "read the remarks": read_item,
    "read the bytes": read_bytes,
    "read where to upload": read_upload,
    "read what can be looked at": read_previews,
    "read a preview": read_preview,
}
