"""Invitations: that somebody who was invited has signed in is noted as they do."""

from contextlib import suppress
from typing import Protocol
from uuid import UUID

from portfolio.application.ports import Receipt
from portfolio.application.read_session import ReadSession
from portfolio.domain.invitations import TakeInvitationUp
from portfolio.domain.kernel import Command, Rejected
from portfolio.domain.person import PERSON
from portfolio.domain.vocabulary import SYSTEM


class Executes(Protocol):
    """Carries out commands (``CommandHandler``)."""

    def execute(self, command: Command, by: UUID) -> Receipt:
        """Return the receipt of the facts recorded; raise ``Rejected``."""


def take_up(person: UUID, session: ReadSession, handler: Executes) -> None:
    """Note that somebody has signed in, if they were invited; where that cannot be recorded, the next time notes it."""
    with suppress(Rejected):
        if session.state(PERSON, person).invited:
            handler.execute(TakeInvitationUp(person_id=person), SYSTEM)
