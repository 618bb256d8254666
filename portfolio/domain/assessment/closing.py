"""Closing an attempt that is not to be decided: its findings stay on record, and it uses up none (DECISION-11)."""

from uuid import UUID

from portfolio.domain.assessment.assessor import ForAssessor, barred, check_assessor, is_assigned
from portfolio.domain.assessment.attempt import Assessment
from portfolio.domain.assessment.decisions import DecisionFixed, DecisionWaits
from portfolio.domain.assessment.facts import AssessmentFact, AttemptClosed
from portfolio.domain.enrolment.conflict import conflicted
from portfolio.domain.enrolment.refusals import AssessorConflicted
from portfolio.domain.kernel import Command, RuleBroken
from portfolio.domain.vocabulary import ADMINISTRATOR, LEAD_ASSESSOR, RESPONSIBLE_OFFICER
from portfolio.domain.words import Reason


class CloseAttempt(Command):
    """End an attempt undecided: it was opened in error, or broken off."""

    assessment_id: UUID
    reason: Reason


class ClosingNotYours(RuleBroken, rule="DECISION-11"):
    """Its assessor or an administrator closes what is not judged nor ordered on appeal, an officer or lead the rest."""


def close_attempt(attempt: Assessment, command: CloseAttempt, known: ForAssessor) -> list[AssessmentFact]:
    """Close an attempt that is not decided, as somebody who cannot spare themselves a result by it (DECISION-11)."""
    attempt.opening()
    attempt.check_open()
    if attempt.waiting() is not None:
        raise DecisionWaits
    if attempt.decided():
        raise DecisionFixed(attempt.how_decided())
    ordered = attempt.opening().after_appeal or any(case.new_attempt == command.assessment_id for case in known.appeals)
    if attempt.judged or ordered:
        _check_officer(attempt, known)
    elif ADMINISTRATOR not in known.person.roles:
        _check_assigned(attempt, known)
    return [AttemptClosed(reason=command.reason)]


def _check_officer(attempt: Assessment, known: ForAssessor) -> None:
    had_a_part = attempt.took_part() | barred(attempt.opening(), known)
    if known.by in had_a_part or not known.person.roles & {RESPONSIBLE_OFFICER, LEAD_ASSESSOR}:
        raise ClosingNotYours
    if conflicted((known.enrolment, *known.other_enrolments), known.person, known.by, known.today):
        raise AssessorConflicted(
            "You have an interest in this apprentice, or taught or employed them: another responsible officer or "
            "lead assessor closes the attempt."
        )


def _check_assigned(attempt: Assessment, known: ForAssessor) -> None:
    opened = attempt.opening()
    if not is_assigned(opened, known):
        raise ClosingNotYours
    check_assessor(opened, known)
