"""What the rules of programs must know."""

from datetime import datetime
from uuid import UUID

from portfolio.application.read_session import ReadSession
from portfolio.domain.calendar import london_day
from portfolio.domain.person import PERSON
from portfolio.domain.program.aggregate import ForOwner
from portfolio.domain.program.facts import HandProgramOver, RegisterProgram


def for_owner(session: ReadSession, command: RegisterProgram | HandProgramOver, by: UUID, at: datetime) -> ForOwner:
    """Return the person who is to own the program."""
    return ForOwner(by=by, at=at, today=london_day(at), owner=session.state(PERSON, command.owner))
