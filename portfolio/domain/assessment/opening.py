"""Opening an attempt: on an approved form, plan and criteria, while none goes on and the component allows another."""

from uuid import UUID

from portfolio.domain.assessment.assessor import ForAssessor, check_assessor
from portfolio.domain.assessment.attempt import Assessment
from portfolio.domain.assessment.facts import AssessmentFact, AttemptOpened
from portfolio.domain.assessment.limits import AttemptNotAllowed, attempts_at, check_limit, met_codes
from portfolio.domain.criteria import Criteria, CriteriaNotApproved
from portfolio.domain.deployment import Deployment
from portfolio.domain.enrolment.ending import check_may_begin
from portfolio.domain.enrolment.refusals import EnrolmentUnknown
from portfolio.domain.enrolment.state import RouteFrom, route_codes
from portfolio.domain.form import ComponentUnknown, CoverageProofMissing, OutcomeNotInRoute
from portfolio.domain.kernel import Command, RuleBroken
from portfolio.domain.plan import PlanEdition, PlanNotApproved, may_rest_on_plan, recorded_plan
from portfolio.domain.vocabulary import ADMINISTRATOR
from portfolio.domain.words import Key


class OpenAttempt(Command):
    """Begin an attempt at a component of the form the apprentice takes."""

    assessment_id: UUID
    enrolment_id: UUID
    component: Key


class OpenAttemptAfterAppeal(Command):
    """Begin an attempt in the place of one whose decision was set aside by an appeal."""

    assessment_id: UUID
    enrolment_id: UUID
    component: Key
    appeal_id: UUID


class ForAttempt(ForAssessor):
    """Who opens it, what the attempt would rest on, and every attempt of the enrolment so far."""

    edition: PlanEdition
    deployment: Deployment
    criteria: Criteria
    attempts: tuple[Assessment, ...]


class AttemptExists(RuleBroken):
    """This attempt is open already."""


def open_attempt(attempt: Assessment, command: OpenAttempt, known: ForAttempt) -> list[AssessmentFact]:
    """Open an attempt, once, with the codes of the apprentice's route, as its assessor or the office (DECISION-9)."""
    opened = _opened(attempt, command, known, None)
    check_may_begin(known.enrolment, known.today)
    if ADMINISTRATOR not in known.person.roles:
        check_assessor(opened, known)
    return [opened]


def open_attempt_after_appeal(
    attempt: Assessment, command: OpenAttemptAfterAppeal, known: ForAttempt
) -> list[AssessmentFact]:
    """Open an attempt under the same rules but the limit, and name the appeal it follows from (APPEAL-10).

    It is opened in an enrolment that is paused or has ended all the same (ENROLMENT-7).
    """
    return [_opened(attempt, command, known, command.appeal_id)]


def _opened(
    attempt: Assessment, command: OpenAttempt | OpenAttemptAfterAppeal, known: ForAttempt, after_appeal: UUID | None
) -> AttemptOpened:
    if attempt.opened is not None:
        raise AttemptExists
    route = known.enrolment.route_on(known.today)
    if route is None:
        raise EnrolmentUnknown
    if known.form.proof is None:
        raise CoverageProofMissing
    if not may_rest_on_plan(known.edition, known.deployment):
        raise PlanNotApproved
    component = known.form.component(command.component)
    if component is None or component.criteria_id is None:
        raise ComponentUnknown
    if not known.criteria.approved:
        raise CriteriaNotApproved
    codes = component.codes & route_codes(known.enrolment, known.edition, known.today)
    if not codes:
        raise OutcomeNotInRoute("The component covers no code of the apprentice's route.")
    earlier = attempts_at(component, known.form, known.attempts, known.components)
    if any(goes_on(each, route) and each.waiting() for each in earlier):
        raise AttemptNotAllowed("One waits for its second person, who confirms or declines its decision first.")
    if any(goes_on(each, route) for each in earlier):
        raise AttemptNotAllowed("One goes on: it is decided or closed first.")
    if after_appeal is None:
        check_limit(component, earlier)
    plan = recorded_plan(known.edition)
    if codes <= met_codes(component, known.form, route.route, earlier, known.components, plan):
        raise AttemptNotAllowed("Every code of the component is met: nothing is left to attempt.")
    return AttemptOpened(
        enrolment_id=command.enrolment_id,
        apprentice=known.enrolment.apprentice,
        form_id=route.form_id,
        component=command.component,
        criteria_id=component.criteria_id,
        evidence_kinds=component.evidence_kinds,
        codes=codes,
        route=route.route,
        number=len(earlier) + 1,
        barred=barred_by(earlier),
        after_appeal=after_appeal,
    )


def goes_on(attempt: Assessment, route: RouteFrom) -> bool:
    """Return whether the attempt can still be decided: one that was closed, or opened for another route, cannot."""
    opened = attempt.opened
    return attempt.goes_on() and opened is not None and opened.route == route.route


def barred_by(earlier: tuple[Assessment, ...]) -> frozenset[UUID]:
    """Return everybody whom earlier attempts bar by now; it is asked again when deciding (APPEAL-10)."""
    return frozenset[UUID]().union(*(attempt.barred() for attempt in earlier))
