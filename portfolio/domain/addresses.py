"""E-mail addresses: which texts are one, and that one is registered of a person, under a keyed hash alone."""

import re
from typing import Annotated, Protocol, assert_never
from uuid import UUID

from portfolio.domain.kernel import Command, Fact, Known, NotVisible, RuleBroken, Unreadable
from portfolio.domain.words import Words

LONGEST = 254
"""Characters of an address that mail servers deliver to (RFC 5321, 4.5.3.1)."""

ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
ADDRESS = re.compile(rf"(?=[^@]{{1,64}}@){ATOM}(?:\.{ATOM})*@(?:{LABEL}\.)+{LABEL}")
"""Letters without accents, figures and signs, as mail servers everywhere take them, and a dot in the domain.

What only looks like one of these letters stands in no address, so no two of them differ by a letter's script."""


def is_address(text: str) -> bool:
    """Tell whether a text is one e-mail address and nothing else."""
    return len(text) <= LONGEST and ADDRESS.fullmatch(text) is not None


def written(text: str) -> str:
    """Return an address as mails are sent to it: without space around it, its domain in small letters."""
    local, at, domain = text.strip().rpartition("@")
    return f"{local}{at}{domain.lower()}"


def compared(text: str) -> str:
    """Return an address as it is found again and told from others: all of it in small letters.

    Mail servers may tell Jo@ from jo@, and hardly any does: two people with those are too like to be told apart here.
    """
    return text.strip().lower()


class RegisterAddress(Command):
    """Let a person be written to, and known again, by an e-mail address, in the place of one that they have."""

    person_id: UUID
    address: Annotated[str, Words(1_000)]


class RemoveAddress(Command):
    """Forget the e-mail address of a person."""

    person_id: UUID


class AddressRegistered(Fact, tag="person.address-registered", omit_defaults=True):
    """The person has an e-mail address, of which this is a keyed hash; it ``replaces`` one that they had."""

    digest: str
    replaces: bool = False


class AddressRemoved(Fact, tag="person.address-removed"):
    """The person has no e-mail address here any more, and none is kept."""


class AddressUnreadable(Unreadable, rule="ADDRESS-1"):
    """This is no e-mail address that mail servers everywhere take: write it like jo.smith@college.example."""


class AddressOfAnother(RuleBroken, rule="ADDRESS-1"):
    """Somebody else has this e-mail address: one address is one person's."""


class AddressNotRegistered(RuleBroken, rule="ADDRESS-1"):
    """No e-mail address of this person is registered."""


class Addressed(Protocol):
    """A person, as far as rules about their address ask."""

    @property
    def name(self) -> str:
        """Return what they are called, empty for nobody that is known."""

    @property
    def address(self) -> str:
        """Return the keyed hash of their address, empty if they have none."""


class ForAddress(Known):
    """The keyed hash of the address, and whose it is."""

    digest: str
    holder: UUID | None


AddressFact = AddressRegistered | AddressRemoved


def register_address(person: Addressed, command: RegisterAddress, known: ForAddress) -> list[AddressFact]:
    """Register an address that nobody else has, in the place of one that the person has (ADDRESS-1)."""
    check_known(person)
    if not is_address(written(command.address)):
        raise AddressUnreadable
    if known.holder is not None and known.holder != command.person_id:
        raise AddressOfAnother(people=[str(known.holder)])  # only who lists people anyway registers addresses
    if known.digest == person.address:
        return []
    return [AddressRegistered(digest=known.digest, replaces=bool(person.address))]


def remove_address(person: Addressed, command: RemoveAddress, known: Known) -> list[AddressFact]:
    """Forget an address that the person has (ADDRESS-1)."""
    check_known(person)
    if not person.address:
        raise AddressNotRegistered
    return [AddressRemoved()]


def check_known(person: Addressed) -> None:
    """Refuse somebody who is not registered."""
    if not person.name:
        raise NotVisible


def address_after(fact: AddressFact) -> str:
    """Return the keyed hash of the address that a person has after a fact, empty for none."""
    match fact:
        case AddressRegistered(digest=digest):
            return digest
        case AddressRemoved():
            return ""
    assert_never(fact)
