"""E-mail addresses: the record holds a keyed hash of each; in clear they are kept where they can be forgotten.

What is kept counts only while the record says the same, so nothing that was left behind reaches anybody.
"""

from dataclasses import dataclass
from uuid import UUID

from portfolio.application.indexes import ADDRESS
from portfolio.application.ports import IndexRow, Journal
from portfolio.application.read_session import ReadSession
from portfolio.application.sign_in import Addresses
from portfolio.domain.addresses import RegisterAddress, RemoveAddress, compared, written
from portfolio.domain.kernel import Command
from portfolio.domain.person import PERSON

OF_ADDRESSES = (RegisterAddress, RemoveAddress)
"""The commands that something is kept beside the record for."""


def digest_of(journal: Journal, address: str) -> str:
    """Return the keyed hash under which an address is recorded, however its letters are written."""
    return journal.keyed(ADDRESS, compared(address).encode())


def holder_of(journal: Journal, digest: str) -> UUID | None:
    """Return the person who has the address of this keyed hash by the record, None if nobody has."""
    return journal.holder(IndexRow(name=ADDRESS, key=digest, unique=True))


@dataclass(frozen=True)
class AddressBook:
    """The addresses of people, as the record has them and as they are ``kept`` in clear."""

    journal: Journal
    kept: Addresses

    def person_of(self, address: str) -> UUID | None:
        """Return whose address this is, None if it is nobody's."""
        return holder_of(self.journal, digest_of(self.journal, address))

    def address_of(self, person: UUID) -> str:
        """Return a person's address in clear, empty if they have none by the record, or another one is kept."""
        digest = ReadSession(self.journal).state(PERSON, person).address
        kept = self.kept.address_of(person) if digest else None
        return kept if kept and digest_of(self.journal, kept) == digest else ""

    def follow(self, command: Command) -> None:
        """Keep or forget what a command that was carried out registers or removes; again changes nothing.

        A command that was overtaken by another one is not followed any more.
        """
        match command:
            case RegisterAddress(person_id=person, address=address):
                digest = digest_of(self.journal, address)
                if holder_of(self.journal, digest) == person:
                    self.kept.set_address(person, written(address), digest)
            case RemoveAddress(person_id=person):
                if not ReadSession(self.journal).state(PERSON, person).address:
                    self.kept.forget_address(person)
