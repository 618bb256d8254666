"""What the rules of appeals must know."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from msgspec import structs

from portfolio.application.indexes import APPEALS_OF_ENROLMENT, ATTEMPTS_OF_ENROLMENT
from portfolio.application.loaders.enrolment import other_enrolments
from portfolio.application.read_session import ReadSession
from portfolio.domain.appeal.admitting import (
    AdmitAppeal,
    AdmitOnSecondLook,
    AskSecondLook,
    ForSecondLook,
    RefuseAppeal,
    RefuseOnSecondLook,
)
from portfolio.domain.appeal.aggregate import APPEAL
from portfolio.domain.appeal.consequences import CloseConsequence
from portfolio.domain.appeal.deciding import ConfirmOutcome, DissentFromOutcome, ProposeOutcome
from portfolio.domain.appeal.hold import Cases
from portfolio.domain.appeal.lineage import ForPanel
from portfolio.domain.appeal.lodging import ForLodging, LodgeAppeal
from portfolio.domain.appeal.panel import AddMember, ConvenePanel, ReplaceMember
from portfolio.domain.appeal.withdrawing import ForWithdrawal, WithdrawOnPaper
from portfolio.domain.assessment.aggregate import ASSESSMENT
from portfolio.domain.calendar import london_day
from portfolio.domain.enrolment.aggregate import ENROLMENT
from portfolio.domain.person import PERSON

Hears = (
    AdmitAppeal
    | RefuseAppeal
    | AdmitOnSecondLook
    | RefuseOnSecondLook
    | ProposeOutcome
    | ConfirmOutcome
    | DissentFromOutcome
    | CloseConsequence
)
"""Commands of an officer or a member that name no further person."""


def for_lodging(session: ReadSession, command: LodgeAppeal, by: UUID, at: datetime) -> ForLodging:
    """Return the attempt of the decision challenged, its enrolment with all attempts and appeals, and who asks."""
    attempt = session.state(ASSESSMENT, command.attempt_id)
    attempts = session.links(ATTEMPTS_OF_ENROLMENT, attempt.enrolment_id)
    return ForLodging(
        by=by,
        at=at,
        today=london_day(at),
        attempt=attempt,
        enrolment=session.state(ENROLMENT, attempt.enrolment_id),
        attempts=tuple(session.state(ASSESSMENT, each) for each in attempts),
        cases=cases_of(session, attempt.enrolment_id),
        person=session.state(PERSON, by),
    )


def for_second_look(session: ReadSession, command: AskSecondLook, by: UUID, at: datetime) -> ForSecondLook:
    """Return the appeals of the enrolment and the attempt of the decision appealed against."""
    appeal = session.state(APPEAL, command.appeal_id)
    return ForSecondLook(
        by=by,
        at=at,
        today=london_day(at),
        cases=cases_of(session, appeal.enrolment_id),
        attempt=session.state(ASSESSMENT, appeal.attempt_id),
    )


def for_hearing(session: ReadSession, command: Hears, by: UUID, at: datetime) -> ForPanel:
    """Return who asks and the panel, the apprentice's enrolment and all attempts under it."""
    return _hearing(session, command.appeal_id, (), by, at)


def for_withdrawal(session: ReadSession, command: WithdrawOnPaper, by: UUID, at: datetime) -> ForWithdrawal:
    """Return who asks and the panel, the apprentice's enrolment, and everything recorded of it and of the appeal."""
    hearing, appeal = _hearing(session, command.appeal_id, (), by, at), session.state(APPEAL, command.appeal_id)
    return ForWithdrawal(
        **structs.asdict(hearing),  # type: ignore[arg-type]  # a Known is a Struct by its metaclass
        recorded=(*session.history(command.appeal_id), *session.history(appeal.enrolment_id)),
    )


def for_panel(session: ReadSession, command: ConvenePanel, by: UUID, at: datetime) -> ForPanel:
    """Return the officer and the people named, the apprentice's enrolment and all attempts under it."""
    return _hearing(session, command.appeal_id, command.members, by, at)


def for_addition(session: ReadSession, command: AddMember, by: UUID, at: datetime) -> ForPanel:
    """Return the officer, the panel and the person named, the apprentice's enrolment and all attempts under it."""
    return _hearing(session, command.appeal_id, (command.member,), by, at)


def for_replacement(session: ReadSession, command: ReplaceMember, by: UUID, at: datetime) -> ForPanel:
    """Return the officer, the panel and the person named, the apprentice's enrolment and all attempts under it."""
    return _hearing(session, command.appeal_id, (command.member, command.replacement), by, at)


def cases_of(session: ReadSession, enrolment_id: UUID) -> Cases:
    """Return the appeals of an enrolment."""
    return {case: session.state(APPEAL, case) for case in session.links(APPEALS_OF_ENROLMENT, enrolment_id)}


def _hearing(session: ReadSession, appeal_id: UUID, named: Iterable[UUID], by: UUID, at: datetime) -> ForPanel:
    appeal = session.state(APPEAL, appeal_id)
    attempts = session.links(ATTEMPTS_OF_ENROLMENT, appeal.enrolment_id)
    return ForPanel(
        by=by,
        at=at,
        today=london_day(at),
        enrolment=session.state(ENROLMENT, appeal.enrolment_id),
        attempts=tuple(session.state(ASSESSMENT, attempt) for attempt in attempts),
        other_enrolments=other_enrolments(session, appeal.enrolment_id),
        people={person: session.state(PERSON, person) for person in (by, *appeal.members, *named)},
        history=tuple(entry for attempt in attempts for entry in session.history(attempt)),
    )
