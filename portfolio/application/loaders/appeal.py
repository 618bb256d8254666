"""What the rules of appeals must know."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from portfolio.application.indexes import ATTEMPTS_OF_ENROLMENT
from portfolio.application.loaders.enrolment import other_enrolments
from portfolio.application.read_session import ReadSession
from portfolio.domain.appeal.aggregate import APPEAL
from portfolio.domain.appeal.lodging import ForLodging, LodgeAppeal
from portfolio.domain.appeal.outcome import DecideAppeal
from portfolio.domain.appeal.panel import ConvenePanel, ForPanel
from portfolio.domain.appeal.state import Appeal
from portfolio.domain.assessment.aggregate import ASSESSMENT
from portfolio.domain.assessment.attempt import Assessment
from portfolio.domain.calendar import london_day
from portfolio.domain.enrolment.aggregate import ENROLMENT
from portfolio.domain.person import PERSON


def for_lodging(session: ReadSession, command: LodgeAppeal, by: UUID, at: datetime) -> ForLodging:
    """Return the attempt of the decision challenged, its enrolment and all attempts under that."""
    attempt = session.state(ASSESSMENT, command.attempt_id)
    return ForLodging(
        by=by,
        at=at,
        today=london_day(at),
        attempt=attempt,
        enrolment=session.state(ENROLMENT, attempt.enrolment_id),
        attempts=_attempts(session, attempt.enrolment_id),
    )


def for_panel(session: ReadSession, command: ConvenePanel, by: UUID, at: datetime) -> ForPanel:
    """Return the people named, the apprentice's enrolments and all attempts under the one appealed in."""
    return _panel(session, session.state(APPEAL, command.appeal_id), command.members, by, at)


def for_outcome(session: ReadSession, command: DecideAppeal, by: UUID, at: datetime) -> ForPanel:
    """Return the members of the panel, the apprentice's enrolments and all attempts under the one appealed in."""
    appeal = session.state(APPEAL, command.appeal_id)
    return _panel(session, appeal, appeal.members, by, at)


def _panel(session: ReadSession, appeal: Appeal, members: Iterable[UUID], by: UUID, at: datetime) -> ForPanel:
    return ForPanel(
        by=by,
        at=at,
        today=london_day(at),
        enrolment=session.state(ENROLMENT, appeal.enrolment_id),
        attempts=_attempts(session, appeal.enrolment_id),
        other_enrolments=other_enrolments(session, appeal.enrolment_id),
        people={member: session.state(PERSON, member) for member in members},
    )


def _attempts(session: ReadSession, enrolment_id: UUID) -> tuple[Assessment, ...]:
    return tuple(session.state(ASSESSMENT, attempt) for attempt in session.links(ATTEMPTS_OF_ENROLMENT, enrolment_id))
