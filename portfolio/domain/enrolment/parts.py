"""Parts: what a person is to an enrolment, from a day to a day, and how a correction changes that."""

from collections.abc import Iterable
from datetime import date
from typing import assert_never
from uuid import UUID

from portfolio.domain.components import Place
from portfolio.domain.enrolment.facts import (
    AssignmentCorrected,
    AssignmentTakenBack,
    EndBroughtForward,
    TakingBackConfirmed,
)
from portfolio.domain.kernel import NOBODY, Value, changed
from portfolio.domain.vocabulary import Assignment

Correction = EndBroughtForward | AssignmentCorrected | AssignmentTakenBack | TakingBackConfirmed


class Assigned(Value):
    """One person's part and its days; ``ends_on`` None means it goes on.

    ``components`` are keys on the form ``form_id``; none means all, on whatever form. ``taken_back``: it was never
    held, and ties the person to the apprentice all the same until a responsible officer has confirmed that.
    """

    person_id: UUID
    assignment: Assignment
    starts_on: date
    components: frozenset[str]
    form_id: UUID = NOBODY
    ends_on: date | None = None
    taken_back: bool = False

    def on(self, today: date) -> bool:
        """Return whether the part is held on this day: the day it ends no longer counts."""
        return self.starts_on <= today and (self.ends_on is None or today < self.ends_on)

    def ran(self, today: date) -> bool:
        """Return whether the part was held on some day up to this one: not one that was taken back before it began."""
        never = self.ends_on is not None and self.ends_on <= self.starts_on
        return self.taken_back or (self.starts_on <= today and not never)

    def places(self) -> tuple[Place, ...]:
        """Return the components that the part is limited to, none if it is for all."""
        return tuple(Place(form_id=self.form_id, component=key) for key in sorted(self.components))


def is_open(part: Assigned, person_id: UUID, assignment: Assignment) -> bool:
    """Return whether this is the person's part and has no end yet."""
    return part.person_id == person_id and part.assignment == assignment and part.ends_on is None


def begun(parts: Iterable[Assigned], person_id: UUID, assignment: Assignment, day: date) -> Assigned | None:
    """Return the person's part that begins on a day, of several the last given; one that was taken back is none."""
    named = (person_id, assignment, day, False)
    theirs = [part for part in parts if (part.person_id, part.assignment, part.starts_on, part.taken_back) == named]
    return theirs[-1] if theirs else None


def parts_after(parts: tuple[Assigned, ...], fact: Correction) -> tuple[Assigned, ...]:
    """Return the parts of an enrolment after a correction; one that was never held is gone."""
    after = (_after(part, parts, fact) for part in parts)
    return tuple(part for part in after if part is not None)


def _after(part: Assigned, parts: tuple[Assigned, ...], fact: Correction) -> Assigned | None:
    if (part.person_id, part.assignment) != (fact.person_id, fact.assignment):
        return part
    match fact:
        case TakingBackConfirmed(began_on=day):
            return None if part.taken_back and part.starts_on == day else part
        case _ if part.taken_back:
            return part
        case EndBroughtForward(was=was, ends_on=ends_on):
            return changed(part, ends_on=ends_on) if part.ends_on == was else part
        case _ if part is not begun(parts, fact.person_id, fact.assignment, fact.began_on):
            return part
        case AssignmentTakenBack(waits=waits):
            return changed(part, ends_on=part.starts_on, taken_back=True) if waits else None
        case AssignmentCorrected(starts_on=starts_on, components=components):
            return changed(part, starts_on=starts_on, components=components, form_id=fact.form_id)
    assert_never(fact)
