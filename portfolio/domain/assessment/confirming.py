"""Confirming: a decision by a scrutiny route counts once the second person confirms it (INTEREST-2)."""

from collections.abc import Iterable
from uuid import UUID

from portfolio.domain.assessment.assessor import ForAssessor, RemarkerNotDifferent, barred, check_not_barred
from portfolio.domain.assessment.attempt import Assessment
from portfolio.domain.assessment.decisions import DecisionUnknown
from portfolio.domain.assessment.facts import AssessmentFact, DecisionConfirmed, DecisionDeclined
from portfolio.domain.enrolment.conflict import only_coached
from portfolio.domain.enrolment.refusals import AssessorConflicted
from portfolio.domain.enrolment.scrutiny import (
    ANOTHER_SECOND_PERSON,
    check_assures_not,
    check_judged_nothing,
    check_second_person,
)
from portfolio.domain.enrolment.state import Enrolment
from portfolio.domain.kernel import NOBODY, Command, RuleBroken
from portfolio.domain.person import Person
from portfolio.domain.words import Statement

DECLINE_IT = "decline it, and another assessor judges the attempt."


class ConfirmDecision(Command):
    """Let a decision by a scrutiny route count, as its second person."""

    assessment_id: UUID
    decision_id: UUID


class DeclineDecision(Command):
    """Do not let a decision by a scrutiny route count, as its second person; another assessor judges the attempt."""

    assessment_id: UUID
    decision_id: UUID
    reason: Statement


class DecisionDoesNotWait(RuleBroken, rule="INTEREST-2"):
    """The decision waits for nobody: it was decided without a scrutiny route, or it was answered or set aside."""


class NotTheSecondPerson(RuleBroken, rule="INTEREST-2"):
    """Only the second person that the scrutiny route names now confirms or declines the decision."""


class ForConfirming(ForAssessor):
    """And who decided."""

    decider: Person


def confirm_decision(attempt: Assessment, command: ConfirmDecision, known: ForConfirming) -> list[AssessmentFact]:
    """Confirm a decision that waits, as the second, free, standardised person (INTEREST-2).

    Whoever decided it may have come to be barred since, or to have another tie than having coached: it is declined.
    """
    check_second_persons_answer(attempt, command.decision_id, known)
    decider, enrolments = attempt.decider_of(command.decision_id), (known.enrolment, *known.other_enrolments)
    if decider in barred(attempt.opening(), known):
        raise RemarkerNotDifferent(f"Whoever decided it took part in a decision that was set aside: {DECLINE_IT}")
    if not only_coached(enrolments, known.decider, decider, known.today):
        raise AssessorConflicted(f"Whoever decided it has a tie that no scrutiny route is open to: {DECLINE_IT}")
    return [DecisionConfirmed(decision_id=command.decision_id, second_person=known.by)]


def decline_decision(attempt: Assessment, command: DeclineDecision, known: ForAssessor) -> list[AssessmentFact]:
    """Decline a decision that waits, with a reason: the attempt is open again for another assessor (INTEREST-2)."""
    check_second_persons_answer(attempt, command.decision_id, known)
    return [DecisionDeclined(decision_id=command.decision_id, second_person=known.by, reason=command.reason)]


def check_second_persons_answer(attempt: Assessment, decision_id: UUID, known: ForAssessor) -> None:
    """Refuse an answer to a decision that does not wait, or by who is not the second person or not free any more."""
    opened = attempt.opening()
    if attempt.decision(decision_id) is None:
        raise DecisionUnknown
    decision = attempt.waiting()
    if decision is None or decision.decision_id != decision_id:
        raise DecisionDoesNotWait
    if known.by != second_person_of(attempt, known.enrolment):
        raise NotTheSecondPerson
    enrolments = (known.enrolment, *known.other_enrolments)
    check_second_person(enrolments, known.person, known.by, opened.criteria_id, known.today)
    check_assures_not(known.enrolment, known.person, known.by, opened, known.components, known.today)
    check_not_barred(opened, known, ANOTHER_SECOND_PERSON)
    check_judged_nothing([attempt], known.person, known.by)


def second_person_of(attempt: Assessment, enrolment: Enrolment) -> UUID:
    """Return for whom the decision of the attempt waits, by the route that is now on record; ``NOBODY`` for nobody."""
    opened, decision = attempt.opening(), attempt.waiting()
    route = decision and enrolment.scrutiny_route(decision.decider, opened.form_id, opened.component)
    return route.second_person if route else NOBODY


def asks_second_person(person_id: UUID, enrolment: Enrolment, attempts: Iterable[Assessment]) -> bool:
    """Return whether a decision waits for this second person, or an attempt that may come to them is undecided."""
    return any(_asks(person_id, enrolment, attempt) for attempt in attempts)


def _asks(person_id: UUID, enrolment: Enrolment, attempt: Assessment) -> bool:
    if attempt.waiting() is not None:
        return second_person_of(attempt, enrolment) == person_id
    opened = attempt.opening()
    named = (
        route.second_person
        for route in enrolment.scrutiny_routes
        if (route.form_id, route.component) == (opened.form_id, opened.component)
    )
    return person_id in named and not attempt.decided() and attempt.closed is None
