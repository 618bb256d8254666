"""What the rules of people must know."""

from datetime import datetime
from uuid import UUID

from portfolio.application.addresses import digest_of, holder_of
from portfolio.application.indexes import (
    CASES_OF_PERSON,
    ENROLMENTS_OF_PERSON,
    EVIDENCE_OF_ENROLMENT,
    HOLDERS_OF_ROLE,
)
from portfolio.application.read_session import ReadSession
from portfolio.domain.addresses import ForAddress, RegisterAddress
from portfolio.domain.appeal.aggregate import APPEAL
from portfolio.domain.calendar import london_day
from portfolio.domain.competences import CorrectCompetence, ForCompetence, RecordCompetence
from portfolio.domain.corrections import CorrectEmployment
from portfolio.domain.criteria import CRITERIA
from portfolio.domain.enrolment.aggregate import ENROLMENT
from portfolio.domain.interests import ConfirmCorrection, DeclareInterest
from portfolio.domain.invitations import ForInvitation, InvitePerson
from portfolio.domain.kernel import Recorded
from portfolio.domain.person import (
    PERSON,
    EndRole,
    ForCorrection,
    ForDeclaration,
    ForStanding,
    GrantRole,
)
from portfolio.domain.program.aggregate import PROGRAM
from portfolio.domain.providers import FollowProvider
from portfolio.domain.standing import Case, SuspendPerson, WithCases
from portfolio.domain.vocabulary import ADMINISTRATOR, Assignment
from portfolio.domain.webhooks import ForWebhook, RegisterWebhook


def for_webhook(session: ReadSession, command: RegisterWebhook, by: UUID, at: datetime) -> ForWebhook:
    """Return whom the webhook is for."""
    program = session.state(PROGRAM, command.for_id)
    return ForWebhook(
        by=by,
        at=at,
        today=london_day(at),
        person=session.state(PERSON, command.for_id),
        program=program,
        owner=session.state(PERSON, program.owner),
    )


def for_grant(session: ReadSession, command: GrantRole | CorrectEmployment, by: UUID, at: datetime) -> WithCases:
    """Return the person's cases."""
    return WithCases(by=by, at=at, today=london_day(at), cases=cases_of_person(session, command.person_id))


def for_end(session: ReadSession, command: EndRole | FollowProvider, by: UUID, at: datetime) -> ForStanding:
    """Return who asks, the person's cases, and the administrators."""
    return standing(session, command.person_id, by, at)


def for_suspension(session: ReadSession, command: SuspendPerson, by: UUID, at: datetime) -> ForStanding:
    """Return who asks, the person's cases, and the administrators."""
    return standing(session, command.person_id, by, at)


def for_competence(
    session: ReadSession, command: RecordCompetence | CorrectCompetence, by: UUID, at: datetime
) -> ForCompetence:
    """Return the criteria named, and the roles of who asks."""
    criteria, roles = session.state(CRITERIA, command.criteria_named), session.state(PERSON, by).roles
    return ForCompetence(by=by, at=at, today=london_day(at), criteria=criteria, roles=roles)


def for_address(session: ReadSession, command: RegisterAddress, by: UUID, at: datetime) -> ForAddress:
    """Return the keyed hash of the address, and whose it is."""
    digest = digest_of(session.journal, command.address)
    return ForAddress(by=by, at=at, today=london_day(at), digest=digest, holder=holder_of(session.journal, digest))


def for_invitation(session: ReadSession, command: InvitePerson, by: UUID, at: datetime) -> ForInvitation:
    """Return whether mails are sent from here, and everything recorded of the person."""
    history = tuple(session.history(command.person_id))
    return ForInvitation(by=by, at=at, today=london_day(at), mails=session.mails, history=history)


def for_correction(session: ReadSession, command: ConfirmCorrection, by: UUID, at: datetime) -> ForCorrection:
    """Return who asks, and every part that they ever had in an enrolment of the apprentice."""
    today = london_day(at)
    enrolments = session.links(ENROLMENTS_OF_PERSON, command.apprentice)
    parts = (session.state(ENROLMENT, enrolment).ever(by, today) for enrolment in enrolments)
    return ForCorrection(
        by=by, at=at, today=today, actor=session.state(PERSON, by), parts=frozenset[Assignment]().union(*parts)
    )


def standing(session: ReadSession, person_id: UUID, by: UUID, at: datetime) -> ForStanding:
    """Return who asks, every case that a person is part of, and the administrators."""
    return ForStanding(
        by=by,
        at=at,
        today=london_day(at),
        actor=session.state(PERSON, by),
        cases=cases_of_person(session, person_id),
        administrators={each: session.state(PERSON, each) for each in session.links(HOLDERS_OF_ROLE, ADMINISTRATOR)},
    )


def cases_of_person(session: ReadSession, person_id: UUID) -> tuple[Case, ...]:
    """Return every case that a person is part of."""
    return tuple(_case(session, appeal) for appeal in session.links(CASES_OF_PERSON, person_id))


def _case(session: ReadSession, appeal_id: UUID) -> Case:
    appeal = session.state(APPEAL, appeal_id)
    return Case(
        appeal_id=appeal_id,
        is_open=appeal.is_open(),
        parties=appeal.parties(),
        apprentice=appeal.apprentice,
        members=appeal.members - appeal.recused,
        officers=appeal.officers,
        decided=appeal.decided(),
    )


def for_declaration(session: ReadSession, command: DeclareInterest, by: UUID, at: datetime) -> ForDeclaration:
    """Return the apprentices named and what is recorded of their evidence."""
    chosen = command.also | {command.apprentice}
    return ForDeclaration(
        by=by,
        at=at,
        today=london_day(at),
        people={apprentice: session.state(PERSON, apprentice) for apprentice in chosen},
        evidence={apprentice: _evidence(session, apprentice) for apprentice in chosen},
    )


def _evidence(session: ReadSession, apprentice: UUID) -> tuple[Recorded, ...]:
    return tuple(
        entry
        for enrolment in session.links(ENROLMENTS_OF_PERSON, apprentice)
        for item in session.links(EVIDENCE_OF_ENROLMENT, enrolment)
        for entry in session.history(item)
    )
