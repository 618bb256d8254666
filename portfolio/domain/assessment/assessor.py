"""Who may assess: assigned now, free of conflicts, and not barred by an earlier decision."""

from uuid import UUID

from portfolio.domain.appeal.state import Appeal
from portfolio.domain.assessment.attempt import Assessment
from portfolio.domain.assessment.facts import AttemptOpened
from portfolio.domain.components import Components, Placed
from portfolio.domain.enrolment.conflict import (
    A_SCRUTINY_ROUTE,
    ANOTHER_ASSESSOR,
    YOURS,
    coached_at_the_centre,
    conflicted,
)
from portfolio.domain.enrolment.facts import ScrutinyRouteRecorded
from portfolio.domain.enrolment.refusals import AssessorConflicted, AssessorIsQualityAssurer
from portfolio.domain.enrolment.state import Enrolment
from portfolio.domain.form import Form
from portfolio.domain.kernel import Known, RuleBroken
from portfolio.domain.person import Person
from portfolio.domain.vocabulary import ASSESSOR, CENTRE_ASSESSOR, LEAD_ASSESSOR, Role

ANOTHER_DECIDES_AGAIN = "another assigned assessor, or the lead assessor, who is free and standardised decides again"


class ForPart(Known):
    """The person who is asked for something, the enrolment, the form, and what tells components of forms apart."""

    person: Person
    enrolment: Enrolment
    form: Form
    components: Components


class ForAssessor(ForPart):
    """And the apprentice's other enrolments, with the attempts of all of them, ``earlier``, and the ``appeals``.

    ``components`` knows what the attempts were at.
    """

    other_enrolments: tuple[Enrolment, ...]
    earlier: tuple[Assessment, ...]
    appeals: tuple[Appeal, ...] = ()


class AssessorNotAuthorised(RuleBroken, rule="DECISION-1"):
    """Only an assessor assigned to this apprentice and component now may open attempts, find and decide."""


class AssessorNotStandardised(RuleBroken, rule="DECISION-1"):
    """The assessor must be standardised on this criteria version first."""


class AssessorDeclined(RuleBroken, rule="INTEREST-2"):
    """Your decision of this attempt was declined by the second person: another assessor judges it."""


class RemarkerNotDifferent(RuleBroken, rule="APPEAL-10"):
    """Who took part in a decision that was set aside leaves the component of this apprentice to another assessor."""


def check_assessor(opened: AttemptOpened, known: ForAssessor) -> None:
    """Refuse a person who may not assess this attempt (DECISION-1, INTEREST-3, APPEAL-10)."""
    if not is_assigned(opened, known):
        raise AssessorNotAuthorised(_why_not_assigned(opened, known))
    if has_a_tie(known) and scrutiny_route(opened, known) is None:
        open_to_a_route = marking_role(opened, known.form) == CENTRE_ASSESSOR and coached(known)
        raise AssessorConflicted(f"{YOURS}{ANOTHER_ASSESSOR}{A_SCRUTINY_ROUTE if open_to_a_route else ''}.")
    check_not_barred(opened, known, ANOTHER_ASSESSOR)


def check_free(opened: AttemptOpened, known: ForAssessor) -> None:
    """Refuse a person who has an interest in the apprentice, or is barred from the attempt, to decide it again."""
    if has_a_tie(known):
        raise AssessorConflicted(f"{YOURS}{ANOTHER_DECIDES_AGAIN}.")
    check_not_barred(opened, known, ANOTHER_DECIDES_AGAIN)


def check_not_barred(opened: AttemptOpened, known: ForAssessor, otherwise: str) -> None:
    """Refuse who took part in a decision on this component that was set aside in a way that bars them (APPEAL-10)."""
    if known.by in barred(opened, known):
        raise RemarkerNotDifferent(f"You took part in a decision on this component that was set aside: {otherwise}.")


def barred(opened: AttemptOpened, known: ForAssessor) -> frozenset[UUID]:
    """Return who never judges this component of this apprentice again, by what is known now, whatever its key.

    An upheld appeal orders another assessor, also where the setting aside itself bars nobody, and whichever attempt is
    the new one.
    """
    component = known.form.component(opened.component)
    attempts = [
        attempt
        for attempt in known.earlier
        if attempt.opened and component and known.components.may_be_at(attempt.opened, component, known.form)
    ]
    upheld = {appeal.decision_id for appeal in known.appeals if appeal.upheld()}
    ordered = [attempt.answerable() for attempt in attempts if attempt.voided & upheld]
    return frozenset[UUID]().union(*(attempt.barred() for attempt in attempts), *ordered)


def may_judge(attempt: Assessment, known: ForAssessor) -> bool:
    """Return whether what this person finds in the attempt counts now."""
    try:
        check_assessor(attempt.opening(), known)
        check_not_declined(attempt, known)
    except RuleBroken:
        return False
    return True


def check_not_declined(attempt: Assessment, known: ForAssessor) -> None:
    """Refuse who decided here by a scrutiny route and was declined: the attempt is another assessor's (INTEREST-2)."""
    if attempt.declined_of(known.by):
        raise AssessorDeclined


def has_a_tie(known: ForAssessor) -> bool:
    """Return whether who asks has a tie to the apprentice on any enrolment, or declared one."""
    return conflicted((known.enrolment, *known.other_enrolments), known.person, known.by, known.today)


def scrutiny_route(opened: AttemptOpened, known: ForAssessor) -> ScrutinyRouteRecorded | None:
    """Return the scrutiny route by which who asks, having coached, assesses what the centre marks, or None."""
    centre_marks = marking_role(opened, known.form) == CENTRE_ASSESSOR
    route = known.enrolment.scrutiny_route(known.by, opened.form_id, opened.component)
    return route if centre_marks and coached(known) and has_a_tie(known) else None


def coached(known: ForAssessor) -> bool:
    """Return whether who asks is a centre's own assessor, whose only tie is having coached."""
    return coached_at_the_centre((known.enrolment, *known.other_enrolments), known.person, known.by, known.today)


def check_decider(opened: AttemptOpened, known: ForAssessor) -> None:
    """Refuse a person who may not assess this attempt, or is not standardised on its criteria (DECISION-1)."""
    check_assessor(opened, known)
    _check_standardised(opened, known)


def check_superseder(opened: AttemptOpened, known: ForAssessor) -> None:
    """Refuse who may not decide again: it is an assigned assessor or the lead assessor, standardised and free.

    Whoever assures the quality of the component would assure their own decision (INTEREST-4).
    """
    check_assesses_or_leads(opened, known)
    if known.enrolment.assures(known.by, opened, known.components, known.today):
        raise AssessorIsQualityAssurer(f"You assure the quality of this component: {ANOTHER_DECIDES_AGAIN}.")
    check_free(opened, known)
    _check_standardised(opened, known)


def check_assesses_or_leads(opened: AttemptOpened, known: ForAssessor) -> None:
    """Refuse who has no part in the attempt now, whatever became of it: it is told to nobody else (DECISION-1)."""
    if not is_assigned(opened, known) and LEAD_ASSESSOR not in known.person.roles:
        raise AssessorNotAuthorised(
            "You are neither assigned to this component now, in the role that marks it, nor a lead assessor: "
            f"{ANOTHER_DECIDES_AGAIN}."
        )


def may_supersede(opened: AttemptOpened, known: ForAssessor) -> bool:
    """Return whether this person may decide the attempt again."""
    try:
        check_superseder(opened, known)
    except RuleBroken:
        return False
    return True


def _check_standardised(opened: AttemptOpened, known: ForAssessor) -> None:
    if not known.person.standardised_on(opened.criteria_id, known.today):
        raise AssessorNotStandardised(
            "You are not standardised on the criteria of this attempt: an administrator or a lead assessor records it "
            "once you are, or somebody who is decides."
        )


def _why_not_assigned(opened: AttemptOpened, known: ForAssessor) -> str:
    role = marking_role(opened, known.form)
    if known.enrolment.assesses(known.by, opened, known.components, known.today):
        return f"You do not hold the role {role} now, which marks this component: {ANOTHER_ASSESSOR}."
    return f"You are not assigned to this component of this apprentice now: {ANOTHER_ASSESSOR}."


def is_assigned(opened: Placed, known: ForPart) -> bool:
    """Return whether the person is assigned to the component today and holds the role of who marks it."""
    assigned = known.enrolment.assesses(known.by, opened, known.components, known.today)
    return assigned and marking_role(opened, known.form) in known.person.roles


def marking_role(opened: Placed, form: Form) -> Role:
    """Return the role that marks the component: the centre's assessor where the form says that the centre marks it."""
    component = form.component(opened.component)
    return CENTRE_ASSESSOR if component and component.marker == "centre" else ASSESSOR
