"""Corrections of what is recorded of a person: what was written before stays on record."""

from uuid import UUID

from portfolio.domain.kernel import Command, Fact
from portfolio.domain.vocabulary import WorksFor
from portfolio.domain.words import Name, Reason


class CorrectName(Command):
    """Call a person by another name from now on: it was mistyped, or is a new one."""

    person_id: UUID
    name: Name
    reason: Reason


class NameCorrected(Fact, tag="person.name-corrected"):
    """The person is called so from here on, and no longer ``was``."""

    name: str
    was: str
    reason: str


class CorrectEmployment(Command):
    """Put right whom a person works for, which panels and scrutiny routes rest on, or let them move on from now."""

    person_id: UUID
    works_for: WorksFor
    reason: Reason


class EmploymentCorrected(Fact, tag="person.employment-corrected"):
    """From here on the person is known to work for somebody else than ``was``."""

    works_for: WorksFor
    was: WorksFor
    reason: str
