"""Who took part in what is challenged: nobody of them hears the appeal or arranges its hearing."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from portfolio.domain.appeal.state import Appeal
from portfolio.domain.assessment.attempt import Assessment
from portfolio.domain.assessment.facts import DecisionVoided
from portfolio.domain.enrolment.conflict import conflicted
from portfolio.domain.enrolment.state import Enrolment
from portfolio.domain.kernel import Known, Recorded, RuleBroken
from portfolio.domain.person import Person


class WithLineage(Known):
    """The enrolment and all attempts under it, which say who took part, with what was ever recorded of these."""

    enrolment: Enrolment
    attempts: tuple[Assessment, ...]
    history: tuple[Recorded, ...] = ()


class ForPanel(WithLineage):
    """And who hears the appeal, is asked to, or acts, by id, with the apprentice's other enrolments."""

    people: dict[UUID, Person]
    other_enrolments: tuple[Enrolment, ...]


class OfficerNotFree(RuleBroken, rule="APPEAL-10"):
    """Who took part in the matter, or has an interest in the apprentice, leaves it to another officer."""


ANOTHER_OFFICER_HERE = (
    "You took part in the matter or had a part in the enrolment, or have an interest in the apprentice: another "
    "officer does it. Where none is free, an administrator grants somebody else that role."
)


def lineage(enrolment: Enrolment, attempts: Iterable[Assessment], today: date) -> frozenset[UUID]:
    """Return everybody who found, decided, sampled, managed or coached here: nobody of them hears an appeal."""
    parts = frozenset(part.person_id for part in enrolment.assigned if part.ran(today))
    return parts.union(*(attempt.took_part() for attempt in attempts), {enrolment.apprentice})


def who_set_aside(history: Iterable[Recorded]) -> frozenset[UUID]:
    """Return everybody who set a decision aside here."""
    return frozenset(entry.by for entry in history if isinstance(entry.fact, DecisionVoided))


def free(appeal: Appeal, person_id: UUID, known: ForPanel) -> bool:
    """Return whether a person took no part in the matter and has no interest in the apprentice (INTEREST-5)."""
    took_part = appeal.took_part | lineage(known.enrolment, known.attempts, known.today) | who_set_aside(known.history)
    enrolments = (known.enrolment, *known.other_enrolments)
    return person_id not in took_part and not conflicted(enrolments, known.people[person_id], person_id, known.today)


def check_officer(appeal: Appeal, known: ForPanel) -> None:
    """Refuse an officer who is not free of the matter; having handled an earlier case is no part in it (APPEAL-10)."""
    if not free(appeal, known.by, known):
        raise OfficerNotFree(ANOTHER_OFFICER_HERE)
