"""Admitting: an appeal is heard, or is not for a named reason, at which somebody else looks once more if asked."""

from uuid import UUID

from portfolio.domain.appeal.facts import AppealAdmitted, AppealFact, AppealNotAdmitted, NotHeardFor, SecondLookAsked
from portfolio.domain.appeal.hold import Cases, open_case_on
from portfolio.domain.appeal.lineage import ForPanel, check_officer
from portfolio.domain.appeal.lodging import (
    AppealAlreadyOpen,
    AppealSubjectNotAllowed,
    may_be_appealed,
    why_not_appealed,
)
from portfolio.domain.appeal.outcome import OutcomeIncomplete
from portfolio.domain.appeal.state import Appeal, check_waits
from portfolio.domain.assessment.attempt import Assessment
from portfolio.domain.kernel import Command, Known, RuleBroken
from portfolio.domain.words import OptionalStatement


class AdmitAppeal(Command):
    """Accept the appeal as one that will be heard."""

    appeal_id: UUID


class RefuseAppeal(Command):
    """Do not accept the appeal, which is a reasoned outcome of its own."""

    appeal_id: UUID
    because: NotHeardFor
    reason: OptionalStatement


class AskSecondLook(Command):
    """Ask that somebody else looks again at whether the appeal is heard."""

    appeal_id: UUID
    statement: OptionalStatement


class AdmitOnSecondLook(Command):
    """Accept the appeal at the second look."""

    appeal_id: UUID


class RefuseOnSecondLook(Command):
    """Do not accept the appeal at the second look either; the first answer stays beside this one."""

    appeal_id: UUID
    because: NotHeardFor
    reason: OptionalStatement


class ForSecondLook(Known):
    """The appeals of the enrolment, and the attempt of the decision appealed against."""

    cases: Cases
    attempt: Assessment


class SecondLookUsed(RuleBroken, rule="APPEAL-5"):
    """A second look can be asked for once, by the appellant; both answers stay on record."""


class SecondLookNotDifferent(RuleBroken, rule="APPEAL-5"):
    """Somebody other than who refused takes the second look: another appeals officer, or a responsible officer."""


def admit_appeal(appeal: Appeal, command: AdmitAppeal, known: ForPanel) -> list[AppealFact]:
    """Accept an appeal that was lodged, as an officer who is free of the matter (APPEAL-6, APPEAL-10)."""
    check_waits(appeal, "lodged")
    check_officer(appeal, known)
    return [AppealAdmitted(officer=known.by)]


def refuse_appeal(appeal: Appeal, command: RefuseAppeal, known: ForPanel) -> list[AppealFact]:
    """Do not accept an appeal that was lodged, and say why (APPEAL-5, APPEAL-6, APPEAL-10)."""
    check_waits(appeal, "lodged")
    check_officer(appeal, known)
    return [_not_admitted(command, known)]


def ask_second_look(appeal: Appeal, command: AskSecondLook, known: ForSecondLook) -> list[AppealFact]:
    """Ask once that somebody else answers whether the appeal is heard, which opens the case again (APPEAL-5)."""
    check_waits(appeal, "not admitted")
    if appeal.second_look_asked:
        raise SecondLookUsed
    if not command.statement.strip():
        raise OutcomeIncomplete("Say why somebody should look again.")
    if (other := open_case_on(appeal.attempt_id, known.cases)) is not None:
        raise AppealAlreadyOpen(appeals=[str(other)])
    if not may_be_appealed(appeal.decision_id, known.attempt, known.cases):
        raise AppealSubjectNotAllowed(why_not_appealed(appeal.decision_id, known.attempt))
    return [SecondLookAsked(decision_id=appeal.decision_id, statement=command.statement)]


def admit_on_second_look(appeal: Appeal, command: AdmitOnSecondLook, known: ForPanel) -> list[AppealFact]:
    """Accept an appeal that was refused, as somebody else who is free of the matter (APPEAL-5, APPEAL-10)."""
    _check_second_look(appeal, known)
    return [AppealAdmitted(officer=known.by)]


def refuse_on_second_look(appeal: Appeal, command: RefuseOnSecondLook, known: ForPanel) -> list[AppealFact]:
    """Refuse an appeal again, as somebody else who is free of the matter (APPEAL-5, APPEAL-10)."""
    _check_second_look(appeal, known)
    return [_not_admitted(command, known)]


def _check_second_look(appeal: Appeal, known: ForPanel) -> None:
    check_waits(appeal, "waits for a second look")
    if known.by == appeal.not_admitted_by:
        raise SecondLookNotDifferent
    check_officer(appeal, known)


def _not_admitted(command: RefuseAppeal | RefuseOnSecondLook, known: ForPanel) -> AppealNotAdmitted:
    if not command.reason.strip():
        raise OutcomeIncomplete
    return AppealNotAdmitted(reason=command.reason, because=command.because, officer=known.by)
