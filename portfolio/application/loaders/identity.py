"""What the rules of accounts at providers must know."""

from datetime import datetime
from uuid import UUID

from portfolio.application.indexes import IDENTITIES_OF_PERSON
from portfolio.application.read_session import ReadSession
from portfolio.domain.calendar import london_day
from portfolio.domain.identity import IDENTITY, AcceptIdentity, ForIdentity, LinkIdentity
from portfolio.domain.person import PERSON


def for_linking(session: ReadSession, command: LinkIdentity, by: UUID, at: datetime) -> ForIdentity:
    """Return the person of the address and their accounts."""
    return of_person(session, command.person_id, by, at)


def for_acceptance(session: ReadSession, command: AcceptIdentity, by: UUID, at: datetime) -> ForIdentity:
    """Return the person of the account and their accounts."""
    return of_person(session, session.state(IDENTITY, command.identity_id).person_id, by, at)


def of_person(session: ReadSession, person_id: UUID, by: UUID, at: datetime) -> ForIdentity:
    """Return a person and every account that ever had a verified address of theirs."""
    return ForIdentity(
        by=by,
        at=at,
        today=london_day(at),
        person=session.state(PERSON, person_id),
        theirs={each: session.state(IDENTITY, each) for each in session.links(IDENTITIES_OF_PERSON, person_id)},
    )
