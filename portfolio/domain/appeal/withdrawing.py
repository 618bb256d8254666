"""Withdrawing: the apprentice takes the appeal back before its outcome, by their own command or on paper."""

from uuid import UUID

from portfolio.domain.appeal.facts import AppealFact, AppealWithdrawn
from portfolio.domain.appeal.lineage import ANOTHER_OFFICER_HERE, ForPanel, OfficerNotFree, check_officer
from portfolio.domain.appeal.state import Appeal, check_lodged, where_it_stands
from portfolio.domain.enrolment.facts import PaperReceived, PaperSealed, WithdrawnOnPaper
from portfolio.domain.kernel import Command, Fact, Known, Recorded, RuleBroken


class WithdrawAppeal(Command):
    """Take the appeal back before its outcome."""

    appeal_id: UUID


class WithdrawOnPaper(Command):
    """Take the appeal back for an apprentice who cannot sign in, as they said on a signed paper that is sealed."""

    appeal_id: UUID
    paper_id: UUID


class AppealAlreadyDecided(RuleBroken, rule="APPEAL-14"):
    """The appeal is over, and cannot be withdrawn any more."""


class AppealNotYours(RuleBroken, rule="APPEAL-14, CONSENT-2"):
    """Only the apprentice withdraws an appeal, also one that somebody lodged for them."""


class PaperSaysNothingOfIt(RuleBroken, rule="CONSENT-3"):
    """An appeal is withdrawn for the apprentice by a signed paper that says so of it, sealed with the enrolment."""


class PaperOvertaken(RuleBroken, rule="CONSENT-3"):
    """The apprentice acted on this appeal after the paper was received: what they say now needs a paper of its own."""


class ForWithdrawal(ForPanel):
    """And everything recorded of the appeal and of its enrolment."""

    recorded: tuple[Recorded, ...]


def withdraw_appeal(appeal: Appeal, command: WithdrawAppeal, known: Known) -> list[AppealFact]:
    """Take one's own appeal back before its outcome (APPEAL-14)."""
    check_not_over(appeal)
    if known.by != appeal.apprentice:
        raise AppealNotYours
    return [AppealWithdrawn()]


def withdraw_on_paper(appeal: Appeal, command: WithdrawOnPaper, known: ForWithdrawal) -> list[AppealFact]:
    """Take an appeal back by a sealed paper, as a free officer who is no part of the case (APPEAL-14, CONSENT-3)."""
    check_not_over(appeal)
    if known.by in appeal.parties():
        raise OfficerNotFree(ANOTHER_OFFICER_HERE)
    check_officer(appeal, known)
    paper = known.enrolment.paper(command.paper_id)
    if paper is None or not paper.sealed or paper.says != WithdrawnOnPaper(appeal_id=command.appeal_id):
        raise PaperSaysNothingOfIt
    received = (each.position for each in known.recorded if _takes(each.fact, command.paper_id))
    own = (
        each.position for each in known.recorded if each.by == appeal.apprentice and isinstance(each.fact, AppealFact)
    )
    if max(own, default=0) > min(received, default=0):
        raise PaperOvertaken
    return [AppealWithdrawn(paper_id=command.paper_id)]


def _takes(fact: Fact, paper_id: UUID) -> bool:
    """Return whether a fact takes a paper: earlier releases did so by sealing it alone."""
    return isinstance(fact, PaperReceived | PaperSealed) and fact.paper_id == paper_id


def check_not_over(appeal: Appeal) -> None:
    """Refuse an appeal that cannot be withdrawn any more."""
    check_lodged(appeal)
    if appeal.status in ("decided", "not admitted", "withdrawn"):
        raise AppealAlreadyDecided(where_it_stands(appeal))
