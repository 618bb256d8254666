"""Corrections of what is recorded of a person: what was written before stays on record."""

from uuid import UUID

from portfolio.domain.kernel import Command, Fact
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
