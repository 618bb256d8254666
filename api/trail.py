"""Trail: facts told to a person in order, shared by the audit trails and the chronology."""

from collections.abc import Iterable, Iterator
from typing import Any, cast, get_args
from uuid import UUID

from marshmallow import fields, validate
from msgspec import UNSET

from api.asked import note
from api.fields import PLACE, Cursor, Id, Moment, Position
from api.reads import Sight, page, wait_for
from api.schemas import ExportIn, PageOut, Schema
from api.services import caller, services, today
from api.shapes import OneOf
from portfolio.application.drafts import OF_EVIDENCE, drafts_among
from portfolio.application.ports import Unread
from portfolio.application.read_session import ReadSession
from portfolio.domain import permissions
from portfolio.domain.appeal.aggregate import APPEAL
from portfolio.domain.appeal.facts import (
    AppealLodged,
    DecisionSubject,
    DissentRecorded,
    OutcomeConfirmed,
    OutcomeProposed,
)
from portfolio.domain.appeal.state import Appeal
from portfolio.domain.assessment.aggregate import ASSESSMENT
from portfolio.domain.assessment.context import DecisionContext
from portfolio.domain.assessment.facts import DecisionVoided, GradeDecided
from portfolio.domain.calendar import london_day
from portfolio.domain.catalogue import FACTS
from portfolio.domain.enrolment.aggregate import ENROLMENT
from portfolio.domain.enrolment.facts import (
    AboutConsent,
    AppealForMe,
    ConsentAsked,
    ConsentDeclined,
    ConsentGiven,
    ConsentQuestionWithdrawn,
    UlnCorrected,
)
from portfolio.domain.evidence.aggregate import EVIDENCE
from portfolio.domain.evidence.facts import (
    EvidenceAnnotated,
    EvidenceFact,
    EvidenceRecorded,
    StatementClaimed,
    UploadOffered,
)
from portfolio.domain.evidence.selector import Selector
from portfolio.domain.kernel import Recorded, changed, ids_in, tag_of
from portfolio.domain.person import PERSON
from portfolio.domain.program.aggregate import PROGRAM
from portfolio.domain.sentences import NameOf, decision_in_words, sentence
from portfolio.domain.vocabulary import SYSTEM
from projections.audit_trail import audit_trail

KINDS = [tag_of(fact) for fact in FACTS]
"""What kinds of facts there are, by their stored names."""

WITHOUT_TITLE = OF_EVIDENCE - {UploadOffered, EvidenceRecorded}
"""Facts of evidence whose sentences do not say its title."""
TOLD_TO_SOME = frozenset({*get_args(AboutConsent), *APPEAL.facts})
"""Facts of which not everybody is told who reads a trail."""


class ActsIn(ExportIn):
    """Query of what one person did; ``since`` counts, ``until`` does not."""

    cursor = Cursor(PLACE, load_default=None)
    kind = fields.String(load_default=None, validate=validate.OneOf(KINDS))
    since = Moment(load_default=None)
    until = Moment(load_default=None)


class TrailIn(ActsIn):
    """Query of an audit trail; ``since`` counts, ``until`` does not."""

    actor = Id(load_default=None, metadata={"description": "Only what this person did."})


class EnrolmentTrailIn(TrailIn):
    """Query of the audit trail of an enrolment, or of one record in it."""

    record = Id(load_default=None, metadata={"description": "Only what happened to this evidence, attempt or appeal."})


class EntryOut(Schema):
    """One fact: ``sentence`` is to be read after ``name``; ``selector`` is the place it speaks of, for programs.

    ``program``: the one that acted for the person ``by``, null if they did it themselves; ``name`` says both.

    ``about`` is the title of the evidence that the sentence speaks of, where the sentence does not say it.
    """

    position = Position(required=True)
    at = Moment(required=True)
    by = Id(required=True)
    program = Id(required=True, allow_none=True)
    name = fields.String(required=True)
    sentence = fields.String(required=True)
    about = fields.String(required=True)
    kind = fields.String(required=True, metadata={"enum": KINDS})
    selector = OneOf(get_args(Selector), required=True, allow_none=True)
    stream = Id(required=True)


class TrailOut(PageOut):
    """Facts, oldest first."""

    items = fields.List(fields.Nested(EntryOut), required=True)


def trail(sight: Sight[Any], enrolment_id: UUID, query: dict[str, Any], stream: UUID | None = None) -> dict[str, Any]:
    """Return the page of an enrolment's audit trail, or of one stream in it, that was asked for."""
    wait_for(query["after"])
    facts = audit_trail(
        services().reads,
        services().journal,
        enrolment_id=enrolment_id,
        stream=stream,
        actor=query["actor"],
        kind=query["kind"],
        since=query["since"],
        until=query["until"],
        after=query["cursor"][0] if query["cursor"] else 0,
        limit=query["limit"] + 1,
    )
    answer = page(facts, query["limit"], lambda entry: (entry.position,))
    return {**answer, "items": entries(sight, answer["items"])}


def entries(sight: Sight[Any], facts: Iterable[Recorded | Unread]) -> list[dict[str, Any]]:
    """Return facts as the caller may read them."""
    told = [entry for entry in read_only(facts) if is_told(sight, entry)]
    sight.session.read_ahead(EVIDENCE, {entry.originator_id for entry in told if type(entry.fact) in OF_EVIDENCE})
    hidden = frozenset() if sight.shows("drafts") else drafts_among(sight.session, told)
    return [
        {
            "position": entry.position,
            "at": entry.at,
            "by": entry.by,
            "program": entry.program,
            "name": done_by(sight.session, entry),
            "sentence": sentence_for(sight, entry, hidden=entry.position in hidden),
            "about": title_for(sight, entry, hidden=entry.position in hidden),
            "kind": entry.tag,
            "selector": place_for(sight, entry, hidden=entry.position in hidden),
            "stream": entry.originator_id,
        }
        for entry in told
    ]


def read_only(facts: Iterable[Recorded | Unread]) -> Iterator[Recorded]:
    """Yield the facts that can be read; of the others the answer says that it lacks them."""
    for entry in facts:
        if isinstance(entry, Unread):
            note(f"{entry.in_words()} cannot be read: this is shown without it")
        else:
            yield entry


def place_for(sight: Sight[Any], entry: Recorded, *, hidden: bool) -> Selector | None:
    """Return the place in an evidence version that a fact tells the caller of, None if of none."""
    match entry.fact:
        case EvidenceAnnotated() as remark if not reads_remark(sight, remark, entry.by):
            return None
        case EvidenceAnnotated(selector=place):
            return place
        case StatementClaimed(place=place) if not hidden:
            return place
        case _:
            return None


def may_read_deliberation(sight: Sight[Any], appeal_id: UUID) -> bool:
    """Return whether the caller may read what members of a panel say to each other: all may once it decided."""
    appeal = sight.session.state(APPEAL, appeal_id)
    held = sight.session.held(caller(), appeal_id, appeal, appeal.enrolment_id, today())
    return appeal.status == "decided" or permissions.may(permissions.READS["panel's deliberation"], held)


def is_told(sight: Sight[Any], entry: Recorded) -> bool:
    """Return whether the caller is told of a fact at all: of appeals, consents and a panel's talk not everybody is."""
    fact = entry.fact
    if type(fact) not in TOLD_TO_SOME:
        return True
    if isinstance(fact, AboutConsent):
        return caller() in _concerned(sight, entry) or sight.shows("consents")
    if isinstance(fact, OutcomeProposed | OutcomeConfirmed | DissentRecorded):
        return sight.shows("appeals here") and may_read_deliberation(sight, entry.originator_id)
    return sight.shows("appeals here")


def _concerned(sight: Sight[Any], entry: Recorded) -> set[UUID]:
    """Return who is told of a fact about a consent: to whom it was given, and who asked what it is about."""
    match entry.fact:
        case ConsentGiven(person_id=person_id) | ConsentAsked(person_id=person_id):
            return {person_id}
        case ConsentDeclined(question_id=question_id) | ConsentQuestionWithdrawn(question_id=question_id):
            questions = sight.session.state(ENROLMENT, entry.originator_id).questions
            return {each.person_id for each in questions if each.question_id == question_id}
    return set()


def sentence_for(sight: Sight[Any], entry: Recorded, *, hidden: bool) -> str:
    """Return what a fact says to the caller: no remark for assessors to others, of a draft nothing to anybody else."""
    fact = entry.fact
    if isinstance(fact, EvidenceAnnotated) and not reads_remark(sight, fact, entry.by):
        return f"made a remark for assessors on version {fact.version}."
    if hidden and isinstance(fact, EvidenceFact):
        done = "announced" if isinstance(fact, UploadOffered) else "worked on the draft of"
        return f"{done} version {fact.version}."
    if isinstance(fact, UlnCorrected) and not sight.shows("learner number"):
        fact = changed(fact, uln="", was="")
    if isinstance(fact, DecisionVoided) and not sight.shows("audit trail"):
        fact = changed(fact, account=None)
    return sentence(fact, called(sight.session, entry), entry.subject, entry.originator_id)


def reads_remark(sight: Sight[Any], remark: EvidenceAnnotated, author: UUID) -> bool:
    """Return whether a remark is for the caller, who may be its author."""
    return remark.audience != "assessors" or author == caller() or may_read_remarks(sight)


def may_read_remarks(sight: Sight[Any]) -> bool:
    """Return whether the caller reads remarks for assessors, or has to decide on what they say."""
    return sight.shows("remarks for assessors") or sight.shows("remarks to decide on")


def name_of(session: ReadSession, person_id: UUID) -> str:
    """Return the name of a person, or of a program, for an answer to somebody who may see the record they acted on."""
    if person_id == SYSTEM:
        return "The system"
    program = "" if (name := session.state(PERSON, person_id).name) else session.state(PROGRAM, person_id).name
    return f"the program {program}" if program else name


def done_by(session: ReadSession, entry: Recorded) -> str:
    """Return who did what a fact tells of: a person's name, or which program did it for them."""
    name = name_of(session, entry.by)
    return name if entry.program is None else f"The program {session.state(PROGRAM, entry.program).name} for {name}"


def called(session: ReadSession, entry: Recorded) -> NameOf:
    """Return what the sentence of a fact calls people, and the attempt that it speaks of with its decisions."""

    def name(id_: UUID) -> str:
        match entry.fact:
            case ConsentGiven(purpose=AppealForMe(assessment_id=attempt_id)):
                pass
            case ConsentAsked(purpose=AppealForMe(assessment_id=attempt_id)):
                pass
            case AppealLodged(subject=DecisionSubject(assessment_id=attempt_id)):
                pass
            case _:
                attempt_id = entry.originator_id
        opened = session.state(ASSESSMENT, attempt_id).opened
        if opened is None:
            return name_of(session, id_)
        return opened.in_words() if id_ == attempt_id else decision_named(session, attempt_id, id_)

    return name


def decision_named(session: ReadSession, attempt_id: UUID, decision_id: UUID) -> str:
    """Return what people call a decision of an attempt; the name of a person of that id where there is none."""
    opened = session.state(ASSESSMENT, attempt_id).opened
    for entry in session.history(attempt_id):
        if opened and isinstance(entry.fact, GradeDecided) and entry.fact.decision_id == decision_id:
            return decision_in_words(opened, name_of(session, entry.fact.decider), london_day(entry.at))
    return name_of(session, decision_id)


def contested_by(session: ReadSession, appeal: Appeal) -> str:
    """Return what people call that which an appeal is against: a decision, or its setting aside."""
    decision = decision_named(session, appeal.attempt_id, appeal.decision_id)
    return f"the setting aside of {decision}" if appeal.set_aside else decision


def title_for(sight: Sight[Any], entry: Recorded, *, hidden: bool) -> str:
    """Return the title of the evidence a fact is about; empty if the sentence says it, or hides a draft."""
    if hidden or type(entry.fact) not in WITHOUT_TITLE:
        return ""
    version = sight.session.state(EVIDENCE, entry.originator_id).version(cast(EvidenceFact, entry.fact).version)
    return version.title if version else ""


def names_in(session: ReadSession, context: DecisionContext) -> dict[str, str]:
    """Return the names of the people whose ids stand in a context, by id, also of those that stand in a sentence."""
    people = {
        context.apprentice,
        context.decider.person_id,
        *ids_in(context.decider.scrutiny_route),
        *(found.assessor for found in context.findings),
        *(version.written_by for version in context.available if version.written_by is not UNSET),
    }
    return {str(each): name_of(session, each) for each in sorted(people)}


def context_for(sight: Sight[Any], context: DecisionContext) -> DecisionContext:
    """Return a stored context as the caller may read it: perhaps without the remarks for assessors."""
    if may_read_remarks(sight):
        return context
    return changed(
        context,
        available=tuple(
            changed(
                version,
                annotations=tuple(remark for remark in version.annotations if remark.audience != "assessors"),
            )
            for version in context.available
        ),
    )
