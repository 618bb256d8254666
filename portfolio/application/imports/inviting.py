"""Inviting: people whom an import registered are invited by mail, when somebody asks for it once the import is done."""

from collections.abc import Iterable
from uuid import UUID, uuid5

from portfolio.application.handler import FINAL, CommandHandler
from portfolio.application.imports.lines import Found
from portfolio.domain.imports import Import
from portfolio.domain.invitations import InvitePerson
from portfolio.domain.kernel import Rejected

AT_ONCE = 500
"""People who are invited in one go."""


def people_of(import_id: UUID, record: Import) -> list[UUID]:
    """Return under which ids the lines of an import registered people, if they did, in the order of the lines."""
    found = Found(import_id)
    return [found.id_of_line(line) for line in range(1, record.last_line + 1)]


def work_of(import_id: UUID) -> UUID:
    """Return by which id inviting is told from the import itself, among what goes on in a process."""
    return uuid5(import_id, "invitations")


def invite(handler: CommandHandler, people: Iterable[UUID], by: UUID) -> None:
    """Invite each of these people; whom the rules refuse is left as they are. Raises what refuses all of them."""
    for person in people:
        try:
            handler.execute(InvitePerson(person_id=person), by)
        except FINAL:
            raise
        except Rejected:
            continue
