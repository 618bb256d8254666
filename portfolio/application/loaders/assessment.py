"""What the rules of attempts must know: who assesses, and what an attempt and its decisions rest on."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from msgspec import structs

from portfolio.application.copies import copies_seen
from portfolio.application.indexes import (
    ATTEMPTS_OF_ENROLMENT,
    ENROLMENTS_OF_PERSON,
    EVIDENCE_OF_ENROLMENT,
    HOLDERS_OF_ROLE,
)
from portfolio.application.loaders.appeal import cases_of
from portfolio.application.loaders.components import components_of
from portfolio.application.loaders.criteria import later_versions
from portfolio.application.loaders.enrolment import other_enrolments
from portfolio.application.read_session import ReadSession
from portfolio.domain.appeal.state import Appeal
from portfolio.domain.assessment.aggregate import ASSESSMENT
from portfolio.domain.assessment.assessor import ForAssessor
from portfolio.domain.assessment.attempt import Assessment
from portfolio.domain.assessment.closing import CloseAttempt
from portfolio.domain.assessment.confirming import ConfirmDecision, DeclineDecision, ForConfirming
from portfolio.domain.assessment.decisions import DecideGrade, ForSupersession, ForVoid, SupersedeDecision, VoidDecision
from portfolio.domain.assessment.findings import ForFindings, RecordFindings
from portfolio.domain.assessment.in_force import ForDecision
from portfolio.domain.assessment.opening import ForAttempt, OpenAttempt, OpenAttemptAfterAppeal
from portfolio.domain.calendar import london_day
from portfolio.domain.components import Components
from portfolio.domain.criteria import CRITERIA
from portfolio.domain.deployment import DEPLOYMENT, DEPLOYMENT_ID
from portfolio.domain.enrolment.aggregate import ENROLMENT
from portfolio.domain.evidence.aggregate import EVIDENCE
from portfolio.domain.evidence.item import Evidence
from portfolio.domain.form import FORM
from portfolio.domain.kernel import NOBODY
from portfolio.domain.person import PERSON, Person
from portfolio.domain.plan import PLAN
from portfolio.domain.vocabulary import LEAD_ASSESSOR, RESPONSIBLE_OFFICER

SOFTWARE = "portfolio 0.1.0"
"""Stored with every decision: the release whose rules judged it."""


def for_attempt(
    session: ReadSession, command: OpenAttempt | OpenAttemptAfterAppeal, by: UUID, at: datetime
) -> ForAttempt:
    """Return what an attempt at the component would rest on now."""
    today = london_day(at)
    enrolment = session.state(ENROLMENT, command.enrolment_id)
    form = session.state(FORM, enrolment.form_on(today))
    attempts, earlier = _attempts(session, command.enrolment_id), _earlier(session, command.enrolment_id)
    forms = {enrolment.form_on(today), *(each.form_id for each in earlier), *enrolment.forms_of_parts()}
    return ForAttempt(
        by=by,
        at=at,
        today=today,
        person=session.state(PERSON, by),
        enrolment=enrolment,
        other_enrolments=other_enrolments(session, command.enrolment_id),
        edition=session.state(PLAN, enrolment.plan_id),
        deployment=session.state(DEPLOYMENT, DEPLOYMENT_ID),
        form=form,
        criteria=session.state(CRITERIA, form.criteria_of(command.component)),
        attempts=tuple(attempts.values()),
        earlier=earlier,
        components=components_of(session, forms),
        appeals=_appeals(session, command.enrolment_id),
    )


def for_findings(session: ReadSession, command: RecordFindings, by: UUID, at: datetime) -> ForFindings:
    """Return who finds, and the evidence of the enrolment."""
    attempt = session.state(ASSESSMENT, command.assessment_id)
    enrolment = session.state(ENROLMENT, attempt.enrolment_id)
    earlier = _earlier(session, attempt.enrolment_id)
    return ForFindings(
        by=by,
        at=at,
        today=london_day(at),
        person=session.state(PERSON, by),
        enrolment=enrolment,
        other_enrolments=other_enrolments(session, attempt.enrolment_id),
        form=session.state(FORM, attempt.form_id),
        earlier=earlier,
        components=_components(session, attempt, earlier),
        appeals=_appeals(session, attempt.enrolment_id),
        edition=session.state(PLAN, enrolment.plan_id),
        criteria=session.state(CRITERIA, attempt.criteria_id),
        evidence=_evidence(session, attempt.enrolment_id),
        copies=_copies(session, attempt.enrolment_id, by),
    )


def for_attempt_as_it_is(
    session: ReadSession, command: CloseAttempt | DeclineDecision, by: UUID, at: datetime
) -> ForAssessor:
    """Return who closes the attempt or declines its decision, all attempts of the apprentice, and the form."""
    return for_assessor(session, command.assessment_id, by, at)


def for_confirming(session: ReadSession, command: ConfirmDecision, by: UUID, at: datetime) -> ForConfirming:
    """Return who confirms a decision and who made it, the apprentice's enrolments and attempts, and the form."""
    decider = session.state(ASSESSMENT, command.assessment_id).decider_of(command.decision_id)
    return ForConfirming(
        **structs.asdict(for_assessor(session, command.assessment_id, by, at)),  # type: ignore[arg-type]  # a Known is a Struct
        decider=session.state(PERSON, decider),
    )


def for_assessor(session: ReadSession, assessment_id: UUID, by: UUID, at: datetime) -> ForAssessor:
    """Return who assesses or confirms an attempt, and what says whether they may."""
    attempt = session.state(ASSESSMENT, assessment_id)
    earlier = _earlier(session, attempt.enrolment_id)
    return ForAssessor(
        by=by,
        at=at,
        today=london_day(at),
        person=session.state(PERSON, by),
        enrolment=session.state(ENROLMENT, attempt.enrolment_id),
        other_enrolments=other_enrolments(session, attempt.enrolment_id),
        form=session.state(FORM, attempt.form_id),
        earlier=earlier,
        components=_components(session, attempt, earlier),
        appeals=_appeals(session, attempt.enrolment_id),
    )


def for_grade(session: ReadSession, command: DecideGrade, by: UUID, at: datetime) -> ForDecision:
    """Return what is in force for deciding."""
    return in_force(session, command.assessment_id, by, at)


def for_supersession(session: ReadSession, command: SupersedeDecision, by: UUID, at: datetime) -> ForSupersession:
    """Return what is in force for deciding again, and who else could."""
    session.state(DEPLOYMENT, DEPLOYMENT_ID)  # first: a superseding decision names it among the streams of its context
    known = in_force(session, command.assessment_id, by, at)
    attempt = session.state(ASSESSMENT, command.assessment_id)
    assigned = (part.person_id for part in known.enrolment.assigned)
    return ForSupersession(
        **structs.asdict(known),  # type: ignore[arg-type]  # a Known is a Struct by its metaclass
        others=_people(session, (*assigned, *attempt.assessors, *session.links(HOLDERS_OF_ROLE, LEAD_ASSESSOR))),
        later_criteria=later_versions(session, attempt.criteria_id),
    )


def for_void(session: ReadSession, command: VoidDecision, by: UUID, at: datetime) -> ForVoid:
    """Return who could set a decision aside, and what the reason for it is looked up in."""
    attempt = session.state(ASSESSMENT, command.assessment_id)
    return ForVoid(
        by=by,
        at=at,
        today=london_day(at),
        others=_people(session, session.links(HOLDERS_OF_ROLE, RESPONSIBLE_OFFICER)),
        enrolments=(
            session.state(ENROLMENT, attempt.enrolment_id),
            *other_enrolments(session, attempt.enrolment_id),
        ),
        later_criteria=later_versions(session, attempt.criteria_id),
        cases=cases_of(session, attempt.enrolment_id),
    )


def _people(session: ReadSession, ids: Iterable[UUID]) -> dict[UUID, Person]:
    return {person_id: session.state(PERSON, person_id) for person_id in ids}


def in_force(session: ReadSession, assessment_id: UUID, by: UUID, at: datetime) -> ForDecision:
    """Return what is in force for a decision of this attempt by this person at this moment."""
    attempt = session.state(ASSESSMENT, assessment_id)
    enrolment = session.state(ENROLMENT, attempt.enrolment_id)
    person, form = session.state(PERSON, by), session.state(FORM, attempt.form_id)
    apprentice = session.state(PERSON, enrolment.apprentice)
    edition, criteria = session.state(PLAN, enrolment.plan_id), session.state(CRITERIA, attempt.criteria_id)
    evidence = _evidence(session, attempt.enrolment_id)
    histories = {evidence_id: session.history(evidence_id) for evidence_id in evidence}
    attempts = _attempts(session, attempt.enrolment_id)
    cases = cases_of(session, attempt.enrolment_id)
    streams = session.read_set(but=NOBODY).streams  # before the deployment, which no context of a first decision names
    earlier = _earlier(session, attempt.enrolment_id)
    return ForDecision(
        by=by,
        at=at,
        today=london_day(at),
        person=person,
        enrolment=enrolment,
        other_enrolments=other_enrolments(session, attempt.enrolment_id),
        form=form,
        edition=edition,
        evidence=evidence,
        copies=_copies(session, attempt.enrolment_id, by),
        apprentice=apprentice,
        deployment=session.state(DEPLOYMENT, DEPLOYMENT_ID),
        criteria=criteria,
        histories=histories,
        streams=tuple(sorted((str(stream), version) for stream, version in streams.items())),
        software=SOFTWARE,
        attempts_here=attempts,
        earlier=earlier,
        components=_components(session, attempt, earlier),
        appeals=_appeals(session, attempt.enrolment_id),
        cases=cases,
    )


def _attempts(session: ReadSession, enrolment_id: UUID) -> dict[UUID, Assessment]:
    attempts = session.links(ATTEMPTS_OF_ENROLMENT, enrolment_id)
    return {assessment_id: session.state(ASSESSMENT, assessment_id) for assessment_id in attempts}


def _earlier(session: ReadSession, enrolment_id: UUID) -> tuple[Assessment, ...]:
    """Return the attempts of all enrolments of the apprentice."""
    return tuple(each for one in _enrolments(session, enrolment_id) for each in _attempts(session, one).values())


def _enrolments(session: ReadSession, enrolment_id: UUID) -> list[UUID]:
    apprentice = session.state(ENROLMENT, enrolment_id).apprentice
    return sorted({enrolment_id, *session.links(ENROLMENTS_OF_PERSON, apprentice)})


def _appeals(session: ReadSession, enrolment_id: UUID) -> tuple[Appeal, ...]:
    """Return the cases of all enrolments of the apprentice."""
    return tuple(case for one in _enrolments(session, enrolment_id) for case in cases_of(session, one).values())


def _components(session: ReadSession, attempt: Assessment, earlier: tuple[Assessment, ...]) -> Components:
    """Return the components of the attempts' forms, and of those that parts of the enrolment are limited to."""
    named = session.state(ENROLMENT, attempt.enrolment_id).forms_of_parts()
    return components_of(session, {attempt.form_id, *(each.form_id for each in earlier), *named})


def _copies(session: ReadSession, enrolment_id: UUID, by: UUID) -> dict[tuple[UUID, int], frozenset[int]]:
    """Return which copies this person was shown of each version of which parts are or were hidden."""
    return {
        (evidence_id, number): copies
        for evidence_id in _evidence(session, enrolment_id)
        for number, copies in copies_seen(session, evidence_id, by).items()
    }


def _evidence(session: ReadSession, enrolment_id: UUID) -> dict[UUID, Evidence]:
    evidence = session.links(EVIDENCE_OF_ENROLMENT, enrolment_id)
    session.read_ahead(EVIDENCE, evidence, whole=True)
    return {evidence_id: session.state(EVIDENCE, evidence_id) for evidence_id in evidence}
