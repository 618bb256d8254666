"""Invitations: somebody is asked by mail to sign in, at the address that is registered of them."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol, assert_never
from uuid import UUID

from portfolio.domain.addresses import Addressed, AddressNotRegistered, check_known
from portfolio.domain.kernel import Command, Fact, Known, Recorded, RuleBroken

AGAIN_AFTER = timedelta(days=1)
"""How long the same address of somebody is not invited again, and within which nobody is ``MOST_IN_A_DAY`` times."""
MOST_IN_A_DAY = 3


class InvitePerson(Command):
    """Ask a person by mail to sign in."""

    person_id: UUID


class TakeInvitationUp(Command):
    """Note that somebody who was invited has signed in."""

    person_id: UUID


class PersonInvited(Fact, tag="person.invited"):
    """The person is invited to sign in, by a mail to the address of which this is a keyed hash."""

    digest: str


class InvitationTakenUp(Fact, tag="person.invitation-taken-up"):
    """The person has signed in for the first time since they were invited."""


class NoMailServer(RuleBroken, rule="ADDRESS-2"):
    """No mail can be sent from here, so nobody is invited: a sign-in link can be made on the server."""


class InviteeSuspended(RuleBroken, rule="ADDRESS-2"):
    """The person is suspended and could not sign in: reinstate them first."""


class InvitedLately(RuleBroken, rule="ADDRESS-2"):
    """This person was invited within the last day: wait until it is over, or ask them whether the mail came."""


class Invitee(Addressed, Protocol):
    """A person, as far as rules about invitations ask."""

    @property
    def suspended(self) -> bool:
        """Return whether they may do nothing now."""

    @property
    def invited(self) -> str:
        """Return the keyed hash of the address to which an invitation holds, empty if none does."""


class ForInvitation(Known):
    """Whether mails are sent from here, and everything recorded of the person."""

    mails: bool
    history: tuple[Recorded, ...]


InvitationFact = PersonInvited | InvitationTakenUp


def invite_person(person: Invitee, command: InvitePerson, known: ForInvitation) -> list[InvitationFact]:
    """Invite somebody to the address that they have, not again too soon (ADDRESS-2)."""
    check_known(person)
    if not known.mails:
        raise NoMailServer
    if not person.address:
        raise AddressNotRegistered
    if person.suspended:
        raise InviteeSuspended
    lately = invitations_lately(known.history, known)
    if len(lately) >= MOST_IN_A_DAY or person.address in lately:
        raise InvitedLately
    return [PersonInvited(digest=person.address)]


def take_invitation_up(person: Invitee, command: TakeInvitationUp, known: Known) -> list[InvitationFact]:
    """Note it once for an invitation that holds."""
    return [InvitationTakenUp()] if person.invited else []


def invitations_lately(history: Sequence[Recorded], known: Known) -> list[str]:
    """Return the keyed hashes of the addresses to which somebody was invited within the last day."""
    return [
        each.fact.digest
        for each in history
        if isinstance(each.fact, PersonInvited) and known.at - each.at < AGAIN_AFTER
    ]


def invited_after(fact: InvitationFact) -> str:
    """Return the keyed hash of the address to which an invitation holds after a fact, empty for none."""
    match fact:
        case PersonInvited(digest=digest):
            return digest
        case InvitationTakenUp():
            return ""
    assert_never(fact)
