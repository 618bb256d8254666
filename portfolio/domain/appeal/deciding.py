"""Deciding: an outcome is proposed, and takes effect when enough members of the panel stand behind it."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from portfolio.domain.appeal.facts import (
    Answer,
    AppealDecided,
    AppealFact,
    DissentRecorded,
    Outcome,
    OutcomeConfirmed,
    OutcomeProposed,
    PanelDivided,
)
from portfolio.domain.appeal.fold import evolve
from portfolio.domain.appeal.lineage import ForPanel
from portfolio.domain.appeal.outcome import OutcomeIncomplete, check_complete
from portfolio.domain.appeal.panel import SMALLEST_PANEL, OfficerMayNotDecide, check_panel
from portfolio.domain.appeal.state import Appeal, check_waits
from portfolio.domain.assessment.attempt import Assessment
from portfolio.domain.kernel import Command, NotVisible, RuleBroken
from portfolio.domain.words import OptionalStatement


class ProposeOutcome(Command):
    """Propose the panel's outcome and stand behind it; ``cites`` are items of the decision that it rests on."""

    appeal_id: UUID
    outcome: Outcome
    reasons: OptionalStatement
    answers: tuple[Answer, ...]
    cites: tuple[UUID, ...] = ()


class ConfirmOutcome(Command):
    """Stand behind an outcome that another member proposed, with an account of one's own."""

    appeal_id: UUID
    proposal: int
    account: OptionalStatement


class DissentFromOutcome(Command):
    """Stand behind no outcome that was proposed, and say why."""

    appeal_id: UUID
    account: OptionalStatement


class ProposalUnknown(NotVisible, rule="APPEAL-8"):
    """There is no such proposal before the panel, or it lapsed."""


class OutcomeCitesElsewhere(RuleBroken, rule="APPEAL-3"):
    """An outcome cites items of the decision appealed against, and nothing else."""


def propose_outcome(appeal: Appeal, command: ProposeOutcome, known: ForPanel) -> list[AppealFact]:
    """Propose an outcome, which its proposer confirms with it (APPEAL-3, -5 to -8, -10, -11)."""
    _check_may_answer(appeal, known)
    check_complete(appeal.grounds, command.reasons, command.answers)
    if not frozenset(command.cites) <= items_of(appeal, known.attempts):
        raise OutcomeCitesElsewhere
    proposed = OutcomeProposed(
        proposal=appeal.last_proposal + 1,
        member=known.by,
        proposed_on=known.today,
        outcome=command.outcome,
        reasons=command.reasons,
        answers=command.answers,
        cites=command.cites,
    )
    return [proposed, *_what_follows(evolve(appeal, proposed))]


def confirm_outcome(appeal: Appeal, command: ConfirmOutcome, known: ForPanel) -> list[AppealFact]:
    """Stand behind a proposal, and behind no other any more (APPEAL-7, APPEAL-8)."""
    _check_may_answer(appeal, known)
    if all(each.proposal != command.proposal for each in appeal.proposals):
        raise ProposalUnknown
    _check_account(command.account)
    confirmed = OutcomeConfirmed(proposal=command.proposal, member=known.by, account=command.account)
    return [confirmed, *_what_follows(evolve(appeal, confirmed))]


def dissent_from_outcome(appeal: Appeal, command: DissentFromOutcome, known: ForPanel) -> list[AppealFact]:
    """Answer what was proposed by standing behind none of it (APPEAL-8)."""
    _check_may_answer(appeal, known)
    if not appeal.proposals:
        raise ProposalUnknown
    _check_account(command.account)
    dissent = DissentRecorded(member=known.by, account=command.account)
    return [dissent, *_what_follows(evolve(appeal, dissent))]


def items_of(appeal: Appeal, attempts: Iterable[Assessment]) -> frozenset[UUID]:
    """Return the items in the context of the decision appealed against."""
    decisions = (attempt.decision(appeal.decision_id) for attempt in attempts)
    return frozenset[UUID]().union(*(decided.context.items() for decided in decisions if decided))


def _check_may_answer(appeal: Appeal, known: ForPanel) -> None:
    check_waits(appeal, "with panel")
    if known.by not in appeal.members:
        raise OfficerMayNotDecide
    check_panel(appeal, appeal.members, known)


def _check_account(account: str) -> None:
    if not account.strip():
        raise OutcomeIncomplete("Each member gives an account of their own.")


def _what_follows(appeal: Appeal) -> Sequence[AppealFact]:
    """Return the outcome if one takes effect now, or that the panel is divided, once."""
    for proposed in appeal.proposals:
        behind = frozenset(answer.member for answer in appeal.answers if answer.proposal == proposed.proposal)
        if takes_effect(appeal, behind):
            decided = AppealDecided(
                outcome=proposed.outcome,
                reasons=proposed.reasons,
                answers=proposed.answers,
                proposal=proposed.proposal,
                behind=behind,
            )
            return [decided]
    all_answered = appeal.members <= {answer.member for answer in appeal.answers}
    return [PanelDivided()] if all_answered and not appeal.divided else []


def takes_effect(appeal: Appeal, behind: frozenset[UUID]) -> bool:
    """Return whether more than half, and the policy's minimum, stand behind it and an independent member answered."""
    heard = any(answer.member in appeal.independent for answer in appeal.answers)
    return heard and 2 * len(behind) > len(appeal.members) and len(behind) >= SMALLEST_PANEL
