"""Questions for consents: what an apprentice is asked to let others do, and what became of it."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import msgspec

from api.decided import appeal_against, decision_called
from api.judging import refusal_of
from api.pages.common import named
from api.pages.said import route_named
from api.reads import Sight
from api.services import caller, services, today
from api.to_do import part_of
from portfolio.application.indexes import APPEALS_OF_ENROLMENT
from portfolio.domain.appeal.aggregate import APPEAL
from portfolio.domain.enrolment.consent import consent_to, would_use
from portfolio.domain.enrolment.facts import AppealForMe, ConsentAsked, Purpose, RouteForMe
from portfolio.domain.enrolment.questions import Question, may_be_agreed_to
from portfolio.domain.enrolment.refusals import ConsentMissing
from portfolio.domain.enrolment.state import Enrolment
from portfolio.domain.person import PERSON
from portfolio.domain.sentences import FROM


class Asked(NamedTuple):
    """A question for a consent; ``fields`` are what a yes posts, and ``mine`` tells whether the person here asked it.

    ``late`` says why a yes would lead to nothing any more, empty while it may lead to something.
    """

    enrolment_id: UUID
    question: Question
    at: datetime
    who: str
    part: str
    what: str
    mine: bool
    late: str
    fields: dict[str, str]

    @property
    def waits(self) -> bool:
        """Tell whether it waits for an answer."""
        return self.question.answer == "none yet"

    @property
    def about_appeal(self) -> bool:
        """Tell whether it is about an appeal."""
        return isinstance(self.question.purpose, AppealForMe)


def asked(sight: Sight[Enrolment]) -> Iterator[Asked]:
    """Yield the questions that the person at the page may read, the newest first."""
    days = {
        entry.fact.question_id: entry.at
        for entry in sight.session.history(sight.stream)
        if isinstance(entry.fact, ConsentAsked)
    }
    names = named(each.person_id for each in sight.state.questions)
    for each in reversed(sight.state.questions):
        if sight.shows("consents") or each.person_id == caller():
            yield Asked(
                enrolment_id=sight.stream,
                question=each,
                at=days[each.question_id],
                who=names.get(each.person_id, ""),
                part=whose(sight, each.person_id),
                what=in_words(sight, each.purpose),
                mine=each.person_id == caller(),
                late=too_late(sight, each) if may_be_agreed_to(each) else "",
                fields=posted_as(each.person_id, each.purpose),
            )


def too_late(sight: Sight[Enrolment], question: Question) -> str:
    """Return why a yes would lead to nothing any more, as the rules say, empty while it may lead to something."""
    person = sight.session.state(PERSON, question.person_id)
    if not would_use(sight.state, question.purpose, question.person_id, person, today()):
        return "Who asked could not do it any more."
    if isinstance(question.purpose, AppealForMe) and caller() == sight.state.apprentice:
        against = appeal_against(question.purpose.assessment_id, question.purpose.decision_id)
        refusal = refusal_of(against, services().deciding())
        return str(refusal) if refusal else ""
    return ""


def whose(sight: Sight[Enrolment], person_id: UUID) -> str:
    """Return what somebody is to the apprentice, or else whom they work for."""
    part = part_of(sight.state, person_id) if caller() == sight.state.apprentice else ""
    return part or FROM[sight.session.state(PERSON, person_id).works_for].removeprefix(", ")


def used_in_appeals(sight: Sight[Enrolment]) -> frozenset[UUID]:
    """Return the consents by which somebody has appealed."""
    return frozenset(case.consent_id for _, case in sight.session.each(APPEAL, APPEALS_OF_ENROLMENT, sight.stream))


def holds(sight: Sight[Enrolment], person_id: UUID, purpose: Purpose) -> bool:
    """Tell whether a person has a consent to this that is not used up."""
    with suppress(ConsentMissing):
        consent_to(sight.state, person_id, purpose, used_in_appeals(sight))
        return True
    return False


def in_words(sight: Sight[Enrolment], purpose: Purpose) -> str:
    """Return what is to be done, after "may"."""
    whom = "you" if caller() == sight.state.apprentice else "the apprentice"
    if isinstance(purpose, RouteForMe):
        return f"move {whom} to the route {route_named(sight, purpose.route)}"
    decision = decision_called(sight.session, purpose.assessment_id, purpose.decision_id)
    return f"appeal for {whom} against {decision}"


def posted_as(person_id: UUID, purpose: Purpose) -> dict[str, str]:
    """Return a question as the fields that a yes posts."""
    return {"person_id": str(person_id), **purpose_as(purpose)}


def purpose_as(purpose: Purpose) -> dict[str, str]:
    """Return a purpose as the fields of a form."""
    return {f"purpose.{name}": str(value) for name, value in msgspec.to_builtins(purpose).items()}
