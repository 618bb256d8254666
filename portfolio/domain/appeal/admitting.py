"""Admitting: an appeal is accepted as one that will be heard, or it is not, with a reason."""

from uuid import UUID

from portfolio.domain.appeal.facts import AppealAdmitted, AppealFact, AppealNotAdmitted
from portfolio.domain.appeal.outcome import OutcomeIncomplete
from portfolio.domain.appeal.state import Appeal, check_lodged, check_waits
from portfolio.domain.kernel import Command, Known
from portfolio.domain.words import OptionalStatement


class AdmitAppeal(Command):
    """Accept the appeal as one that will be heard."""

    appeal_id: UUID


class RefuseAppeal(Command):
    """Do not accept the appeal, which is a reasoned outcome of its own."""

    appeal_id: UUID
    reason: OptionalStatement


def admit_appeal(appeal: Appeal, command: AdmitAppeal, known: Known) -> list[AppealFact]:
    """Accept an appeal that was lodged (APPEAL-6)."""
    check_lodged(appeal)
    check_waits(appeal, "lodged")
    return [AppealAdmitted()]


def refuse_appeal(appeal: Appeal, command: RefuseAppeal, known: Known) -> list[AppealFact]:
    """Do not accept an appeal that was lodged, and say why (APPEAL-5, APPEAL-6)."""
    check_lodged(appeal)
    check_waits(appeal, "lodged")
    if not command.reason.strip():
        raise OutcomeIncomplete
    return [AppealNotAdmitted(reason=command.reason)]
