"""Decided: a decision as it stands on record, read only and to be printed, and what may be done about it."""

from typing import Any
from uuid import UUID

from api.assessments import decisions_shown, is_contested
from api.decided import appeal_against, may_be_written
from api.ids import new_id
from api.judging import TYPED, refusal_of
from api.pages.attempt.deciding import Recorded, titles_of
from api.pages.attempt.judge import attempt_of
from api.pages.attempt.shown import Attempt
from api.pages.common import fresh, pages, render
from api.trail import context_for, names_in
from portfolio.domain.assessment.confirming import ConfirmDecision, DeclineDecision
from portfolio.domain.assessment.coverage import by_outcome
from portfolio.domain.assessment.decisions import (
    DecisionUnknown,
    SupersedeDecision,
    SupersessionNeedsReason,
    VoidDecision,
)
from portfolio.domain.assessment.facts import Account, ReasonCode
from portfolio.domain.kernel import Command

REASON_CODES: tuple[ReasonCode, ...] = (
    "marking error",
    "criteria change",
    "malpractice",
    "moderation",
    "second mark",
    "review",
    "appeal",
)
"""Why a decision is superseded or set aside, those first that most often are; which are open, the rules say."""


@pages.get("/assessments/<uuid:assessment_id>/decisions/<uuid:decision_id>")
def decided(assessment_id: UUID, decision_id: UUID) -> str:
    """Show a decision: grade, reasons, findings, what it was decided in, what became of it."""
    fresh()
    shown = attempt_of(assessment_id)
    decision = shown.sight.state.decision(decision_id)
    if decision is None:
        raise DecisionUnknown
    told = told_of(shown, decision_id)
    findings = {each.finding.code: each for each in decision.context.findings}
    context = context_for(shown.sight, decision.context) if reads_context(shown, decision_id) else None
    return render(
        "attempt/decided.html",
        attempt=shown,
        assessment_id=assessment_id,
        decision=decision,
        told=told,
        findings=findings,
        groups=by_outcome(findings, shown.plan, shown.opened.route),
        recorded=Recorded(context, titles_of(shown)) if context else None,
        titles=titles_of(shown),
        names=names_in(shown.sight.session, decision.context),
        can=acts_on(assessment_id, decision_id),
        others=[each for each in decisions_shown(shown.sight) if each["decision_id"] != decision_id],
    )


def told_of(shown: Attempt, decision_id: UUID) -> dict[str, Any]:
    """Return a decision of the attempt with what became of it."""
    return next(each for each in decisions_shown(shown.sight) if each["decision_id"] == decision_id)


def reads_context(shown: Attempt, decision_id: UUID) -> bool:
    """Tell whether the person at the page may read in what the decision was made."""
    allowed = shown.sight.shows("stored contexts") or is_contested(shown.sight, decision_id)
    return shown.sight.shows("stored context") and allowed


def acts_on(assessment_id: UUID, decision_id: UUID) -> dict[str, bool]:
    """Ask the rules what the person at the page may do about a decision."""
    answers: tuple[Command, ...] = (
        ConfirmDecision(assessment_id=assessment_id, decision_id=decision_id),
        DeclineDecision(assessment_id=assessment_id, decision_id=decision_id, reason=TYPED),
    )
    return {
        "supersede": may_supersede(assessment_id, decision_id),
        "set_aside": bool(reasons_to_set_aside(assessment_id, decision_id)),
        "appeal": may_be_written(refusal_of(appeal_against(assessment_id, decision_id))),
        "answer": any(refusal_of(answer) is None for answer in answers),
    }


def may_supersede(assessment_id: UUID, decision_id: UUID) -> bool:
    """Tell whether nothing but what is still to be typed keeps the person at the page from deciding again."""
    return isinstance(refusal_of(without_authority(assessment_id, decision_id)), SupersessionNeedsReason)


def without_authority(assessment_id: UUID, decision_id: UUID) -> SupersedeDecision:
    """Return a decision in the place of one as the form has it before anything is typed.

    The rule asks who gives it, and of what, before it asks for the authority.
    """
    return SupersedeDecision(
        assessment_id=assessment_id,
        supersedes=decision_id,
        decision_id=new_id(),
        grade=TYPED,
        reasons=TYPED,
        reason_code="marking error",
        authority_cited="",
        context_hash="",
    )


def reasons_to_set_aside(assessment_id: UUID, decision_id: UUID) -> list[ReasonCode]:
    """Return the reasons for which the person at the page may set a decision aside now."""
    return [code for code in REASON_CODES if refusal_of(setting_aside_for(code, assessment_id, decision_id)) is None]


def setting_aside_for(code: ReasonCode, assessment_id: UUID, decision_id: UUID) -> VoidDecision:
    """Return the setting aside of a decision for a reason, as it would be once all of it is typed."""
    return VoidDecision(
        assessment_id=assessment_id,
        decision_id=decision_id,
        reason_code=code,
        reason=TYPED,
        account=Account(found=TYPED, heard=TYPED) if code == "malpractice" else None,
        bars=True,
        bars_because=TYPED,
    )
