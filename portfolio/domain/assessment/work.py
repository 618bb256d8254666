"""Work: what an attempt asks of one person today, by the rules that deciding and confirming ask."""

from uuid import UUID

from portfolio.domain.assessment.assessor import (
    ForAssessor,
    ForPart,
    barred,
    check_decider,
    check_not_declined,
    is_assigned,
)
from portfolio.domain.assessment.attempt import Assessment
from portfolio.domain.assessment.confirming import check_second_persons_answer
from portfolio.domain.assessment.facts import GradeDecided
from portfolio.domain.assessment.limits import check_route
from portfolio.domain.components import Placed
from portfolio.domain.form import code_order
from portfolio.domain.kernel import RuleBroken, Value


class Work(Value):
    """What waits: the attempt's codes to be judged, or a decision to be confirmed.

    ``missing``: the codes that need a judgement of this person. ``barred``: they took part in a decision that was set
    aside. ``why_not``: what keeps them from deciding or confirming today, "" for nothing.
    """

    codes: tuple[str, ...]
    missing: tuple[str, ...]
    barred: bool
    why_not: str
    confirms: GradeDecided | None = None


def work_of(attempt: Assessment, known: ForAssessor) -> Work | None:
    """Return what an attempt asks of who asks: to decide what they are assigned to, to confirm as second person."""
    opened, waiting = attempt.opening(), attempt.waiting()
    open_still = waiting is not None or not (attempt.decided() or attempt.closed)
    if not (open_still and is_asked(opened, waiting.decider if waiting else None, known)):
        return None
    missing = frozenset[str]() if waiting else opened.codes - attempt.judged_by(known.by)
    out = known.by in barred(opened, known)
    return Work(
        codes=tuple(sorted(opened.codes, key=code_order)),
        missing=tuple(sorted(opened.codes if out and waiting is None else missing, key=code_order)),
        barred=out,
        why_not=_why_not(attempt, known),
        confirms=waiting,
    )


def is_asked(opened: Placed, decider: UUID | None, known: ForPart) -> bool:
    """Return whether an open attempt asks anything of who asks.

    ``decider``: who made the decision that waits for the second person of its scrutiny route, None if none waits.
    """
    if decider is None:
        return is_assigned(opened, known)
    route = known.enrolment.scrutiny_route(decider, opened.form_id, opened.component)
    return route is not None and route.second_person == known.by


def _why_not(attempt: Assessment, known: ForAssessor) -> str:
    opened, waiting = attempt.opening(), attempt.waiting()
    try:
        if waiting is not None:
            check_second_persons_answer(attempt, waiting.decision_id, known)
        else:
            check_decider(opened, known)
            check_not_declined(attempt, known)
            check_route(opened, known)
    except RuleBroken as refusal:
        return str(refusal)
    return ""
