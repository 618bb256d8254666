"""Questions: what an apprentice was asked to let somebody do for them, and how each was answered."""

from typing import Literal
from uuid import UUID

from portfolio.domain.enrolment.facts import (
    ConsentAsked,
    ConsentDeclined,
    ConsentGiven,
    ConsentQuestionWithdrawn,
    Purpose,
    RouteChanged,
    RouteForMe,
)
from portfolio.domain.kernel import Value, changed

Answer = Literal["none yet", "given", "declined", "withdrawn", "overtaken"]
"""What became of a question; one about a route is overtaken once the route has changed."""


class Question(Value):
    """What a person asks the apprentice to let them do, why, and the answer, with a reason of its own if it has one."""

    question_id: UUID
    person_id: UUID
    purpose: Purpose
    reason: str
    answer: Answer = "none yet"
    why: str = ""


def questions_after(
    questions: tuple[Question, ...],
    fact: ConsentAsked | ConsentDeclined | ConsentQuestionWithdrawn | ConsentGiven | RouteChanged,
) -> tuple[Question, ...]:
    """Return the questions after a fact; a consent answers what was asked, also after a no."""
    match fact:
        case ConsentAsked():
            asked = Question(
                question_id=fact.question_id, person_id=fact.person_id, purpose=fact.purpose, reason=fact.reason
            )
            return (*questions, asked)
        case ConsentDeclined(question_id=question_id, reason=reason):
            return tuple(
                changed(each, answer="declined", why=reason) if each.question_id == question_id else each
                for each in questions
            )
        case ConsentQuestionWithdrawn(question_id=question_id):
            return tuple(
                changed(each, answer="withdrawn") if each.question_id == question_id else each for each in questions
            )
        case ConsentGiven(person_id=person_id, purpose=purpose):
            return tuple(
                changed(each, answer="given")
                if (each.person_id, each.purpose) == (person_id, purpose) and may_be_agreed_to(each)
                else each
                for each in questions
            )
        case RouteChanged():
            return tuple(
                changed(each, answer="overtaken")
                if isinstance(each.purpose, RouteForMe) and may_be_agreed_to(each)
                else each
                for each in questions
            )


def may_be_agreed_to(question: Question) -> bool:
    """Return whether a question waits for an answer, or was answered with a no that may become a yes."""
    return question.answer in {"none yet", "declined"}
