"""What the rules of enrolments must know."""

from datetime import datetime
from uuid import UUID

from msgspec import structs

from portfolio.application.indexes import (
    APPEALS_OF_ENROLMENT,
    ATTEMPTS_OF_ENROLMENT,
    ENROLMENTS_OF_PERSON,
    EVIDENCE_OF_ENROLMENT,
    HOLDERS_OF_ROLE,
)
from portfolio.application.loaders.components import components_of
from portfolio.application.loaders.person import cases_of_person, standing
from portfolio.application.read_session import ReadSession
from portfolio.domain.appeal.aggregate import APPEAL
from portfolio.domain.assessment.aggregate import ASSESSMENT
from portfolio.domain.assessment.attempt import Assessment
from portfolio.domain.calendar import london_day
from portfolio.domain.deployment import DEPLOYMENT, DEPLOYMENT_ID
from portfolio.domain.enrolment.aggregate import ENROLMENT
from portfolio.domain.enrolment.assignment_corrections import (
    BringEndForward,
    ConfirmTakingBack,
    CorrectAssignment,
    ForAssignmentCorrection,
    ForConfirmation,
    TakeAssignmentBack,
)
from portfolio.domain.enrolment.assignments import AssignPerson, ForAssignment, ForRelease, ReleasePerson
from portfolio.domain.enrolment.consent import AskConsent, ForConsent, ForQuestion, GiveConsent
from portfolio.domain.enrolment.corrections import CorrectStart
from portfolio.domain.enrolment.ending import EndEnrolment, ForDays, ForTakingBack, TakeEndBack
from portfolio.domain.enrolment.enrolling import EnrolApprentice, ForEnrolment
from portfolio.domain.enrolment.papers import AnnouncePaper, CompletePaper, ForPaper, SealPaper
from portfolio.domain.enrolment.routes import ChangeRoute, ForRoute
from portfolio.domain.enrolment.scrutiny import ForScrutinyRoute, RecordScrutinyRoute
from portfolio.domain.enrolment.state import Enrolment
from portfolio.domain.form import FORM
from portfolio.domain.kernel import NOBODY, Recorded, changed
from portfolio.domain.person import PERSON
from portfolio.domain.plan import PLAN
from portfolio.domain.vocabulary import RESPONSIBLE_OFFICER


def for_enrolment(session: ReadSession, command: EnrolApprentice, by: UUID, at: datetime) -> ForEnrolment:
    """Return the person with their enrolments, the plan edition and the form named, and the deployment."""
    return ForEnrolment(
        by=by,
        at=at,
        today=london_day(at),
        person=session.state(PERSON, command.apprentice),
        enrolments=tuple(
            session.state(ENROLMENT, enrolment) for enrolment in session.links(ENROLMENTS_OF_PERSON, command.apprentice)
        ),
        edition=session.state(PLAN, command.plan_id),
        deployment=session.state(DEPLOYMENT, DEPLOYMENT_ID),
        form=session.state(FORM, command.form_id),
    )


def for_route(session: ReadSession, command: ChangeRoute, by: UUID, at: datetime) -> ForRoute:
    """Return the plan edition of the enrolment, and the form named; no command issues a result yet."""
    enrolment = session.state(ENROLMENT, command.enrolment_id)
    return ForRoute(
        by=by,
        at=at,
        today=london_day(at),
        edition=session.state(PLAN, enrolment.plan_id),
        form=session.state(FORM, command.form_id),
        result_issued=False,
    )


def for_assignment(session: ReadSession, command: AssignPerson, by: UUID, at: datetime) -> ForAssignment:
    """Return the person named, the apprentice's other enrolments, the attempts of this one, and the form taken."""
    return _assigning(session, command, by, at)


def _assigning(
    session: ReadSession, command: AssignPerson | CorrectAssignment, by: UUID, at: datetime
) -> ForAssignment:
    enrolment, attempts = session.state(ENROLMENT, command.enrolment_id), attempts_of(session, command.enrolment_id)
    form_id = enrolment.form_on(max(command.starts_on, london_day(at)))
    return ForAssignment(
        by=by,
        at=at,
        today=london_day(at),
        cases=cases_of_person(session, command.person_id),
        person=session.state(PERSON, command.person_id),
        other_enrolments=other_enrolments(session, command.enrolment_id),
        attempts=attempts,
        form_id=form_id,
        components=components_of(
            session,
            {
                form_id,
                *(each.form_id for each in attempts),
                *(each.form_id for each in enrolment.scrutiny_routes),
                *enrolment.forms_of_parts(),
            },
        ),
    )


def for_scrutiny_route(session: ReadSession, command: RecordScrutinyRoute, by: UUID, at: datetime) -> ForScrutinyRoute:
    """Return the two people named, the responsible officers, the apprentice's other enrolments, and the form."""
    enrolment = session.state(ENROLMENT, command.enrolment_id)
    return ForScrutinyRoute(
        by=by,
        at=at,
        today=london_day(at),
        assessor=session.state(PERSON, command.assessor),
        second_person=session.state(PERSON, command.second_person),
        officers={each: session.state(PERSON, each) for each in session.links(HOLDERS_OF_ROLE, RESPONSIBLE_OFFICER)},
        other_enrolments=other_enrolments(session, command.enrolment_id),
        form=session.state(FORM, command.form_id),
        components=components_of(session, {command.form_id, *enrolment.forms_of_parts()}),
        attempts=attempts_of(session, command.enrolment_id),
    )


def for_days(session: ReadSession, command: EndEnrolment | CorrectStart, by: UUID, at: datetime) -> ForDays:
    """Return everything recorded of the attempts of the enrolment."""
    attempts = session.links(ATTEMPTS_OF_ENROLMENT, command.enrolment_id)
    history = tuple(entry for attempt in attempts for entry in session.history(attempt))
    return ForDays(by=by, at=at, today=london_day(at), history=history)


def for_taking_back(session: ReadSession, command: TakeEndBack, by: UUID, at: datetime) -> ForTakingBack:
    """Return the apprentice's other enrolments."""
    others = other_enrolments(session, command.enrolment_id)
    return ForTakingBack(by=by, at=at, today=london_day(at), other_enrolments=others)


def other_enrolments(session: ReadSession, enrolment_id: UUID) -> tuple[Enrolment, ...]:
    """Return the enrolments that the apprentice of this one has beside it."""
    apprentice = session.state(ENROLMENT, enrolment_id).apprentice
    others = set(session.links(ENROLMENTS_OF_PERSON, apprentice)) - {enrolment_id}
    return tuple(session.state(ENROLMENT, other) for other in sorted(others))


def attempts_of(session: ReadSession, enrolment_id: UUID) -> tuple[Assessment, ...]:
    """Return the attempts of an enrolment, in the order in which they were opened."""
    return tuple(session.state(ASSESSMENT, attempt) for attempt in session.links(ATTEMPTS_OF_ENROLMENT, enrolment_id))


def for_consent(session: ReadSession, command: GiveConsent, by: UUID, at: datetime) -> ForConsent:
    """Return the person named, the plan edition and the attempts of the enrolment."""
    return _consent(session, command.enrolment_id, command.person_id, by, at)


def for_question(session: ReadSession, command: AskConsent, by: UUID, at: datetime) -> ForQuestion:
    """Return the same of the person who asks, and the appeals of the enrolment."""
    cases = session.links(APPEALS_OF_ENROLMENT, command.enrolment_id)
    return ForQuestion(
        **structs.asdict(_consent(session, command.enrolment_id, by, by, at)),  # type: ignore[arg-type]  # as above
        cases={case: session.state(APPEAL, case) for case in cases},
    )


def _consent(session: ReadSession, enrolment_id: UUID, person_id: UUID, by: UUID, at: datetime) -> ForConsent:
    return ForConsent(
        by=by,
        at=at,
        today=london_day(at),
        person=session.state(PERSON, person_id),
        edition=session.state(PLAN, session.state(ENROLMENT, enrolment_id).plan_id),
        attempts={
            attempt: session.state(ASSESSMENT, attempt)
            for attempt in session.links(ATTEMPTS_OF_ENROLMENT, enrolment_id)
        },
    )


def for_release(
    session: ReadSession, command: ReleasePerson | BringEndForward | TakeAssignmentBack, by: UUID, at: datetime
) -> ForRelease:
    """Return who asks, the person's cases, the administrators, and what is recorded of the enrolment."""
    return ForRelease(
        **structs.asdict(standing(session, command.person_id, by, at)),  # type: ignore[arg-type]  # a Known is a Struct
        history=_history(session, command.enrolment_id),
    )


def for_assignment_correction(
    session: ReadSession, command: CorrectAssignment, by: UUID, at: datetime
) -> ForAssignmentCorrection:
    """Return what giving the part so would rest on, and what is recorded of the enrolment."""
    return ForAssignmentCorrection(
        **structs.asdict(_assigning(session, command, by, at)),  # type: ignore[arg-type]  # a Known is a Struct
        history=_history(session, command.enrolment_id),
    )


def for_confirmation(session: ReadSession, command: ConfirmTakingBack, by: UUID, at: datetime) -> ForConfirmation:
    """Return the responsible officers, the apprentice's other enrolments, and what is recorded of this one."""
    return ForConfirmation(
        by=by,
        at=at,
        today=london_day(at),
        officers={each: session.state(PERSON, each) for each in session.links(HOLDERS_OF_ROLE, RESPONSIBLE_OFFICER)},
        other_enrolments=other_enrolments(session, command.enrolment_id),
        history=session.history(command.enrolment_id),
    )


def _history(session: ReadSession, enrolment_id: UUID) -> tuple[Recorded, ...]:
    """Return everything recorded of an enrolment, its attempts, evidence and appeals."""
    kinds = (ATTEMPTS_OF_ENROLMENT, EVIDENCE_OF_ENROLMENT, APPEALS_OF_ENROLMENT)
    streams = (enrolment_id, *(each for name in kinds for each in session.links(name, enrolment_id)))
    return tuple(entry for each in streams for entry in session.history(each))


def for_paper(session: ReadSession, command: AnnouncePaper, by: UUID, at: datetime) -> ForPaper:
    """Return the officer, the person named, the plan edition, and what there is of the enrolment and beside it."""
    return _paper(session, command.enrolment_id, command.named, by, at)


def for_completed_paper(session: ReadSession, command: CompletePaper | SealPaper, by: UUID, at: datetime) -> ForPaper:
    """Return the same with the officer who announced the paper, whoever asks."""
    officer = session.state(ENROLMENT, command.enrolment_id).officer_of(command.paper_id)
    return changed(_paper(session, command.enrolment_id, NOBODY, by, at), officer=session.state(PERSON, officer))


def _paper(session: ReadSession, enrolment_id: UUID, named: UUID, by: UUID, at: datetime) -> ForPaper:
    attempts = session.links(ATTEMPTS_OF_ENROLMENT, enrolment_id)
    cases = session.links(APPEALS_OF_ENROLMENT, enrolment_id)
    return ForPaper(
        by=by,
        at=at,
        today=london_day(at),
        person=session.state(PERSON, named),
        edition=session.state(PLAN, session.state(ENROLMENT, enrolment_id).plan_id),
        attempts={attempt: session.state(ASSESSMENT, attempt) for attempt in attempts},
        officer=session.state(PERSON, by),
        other_enrolments=other_enrolments(session, enrolment_id),
        cases={case: session.state(APPEAL, case) for case in cases},
        history=tuple(entry for attempt in attempts for entry in session.history(attempt)),
    )
