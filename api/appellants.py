"""Who is the appellant now: a coach who lodged for the apprentice, while they may, else the apprentice."""

from collections.abc import Iterable
from uuid import UUID

from api.services import services, today
from portfolio.application.read_session import ReadSession
from portfolio.domain.appeal.acting import appellant_now
from portfolio.domain.appeal.aggregate import APPEAL
from portfolio.domain.appeal.state import Appeal
from portfolio.domain.enrolment.aggregate import ENROLMENT
from portfolio.domain.kernel import changed
from portfolio.domain.person import PERSON
from projections.appeals_queue import OpenAppeal


def appellant_of(session: ReadSession, appeal: Appeal) -> UUID:
    """Return who is the appellant today."""
    enrolment = session.state(ENROLMENT, appeal.enrolment_id)
    return appellant_now(appeal, enrolment, session.state(PERSON, appeal.appellant), today())


def with_appellants(rows: Iterable[OpenAppeal]) -> list[OpenAppeal]:
    """Return the rows of the queue with who is the appellant of each today."""
    session = services().session()
    return [changed(row, appellant=appellant_of(session, session.state(APPEAL, row.appeal_id))) for row in rows]
