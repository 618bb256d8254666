"""Identity: an account at a provider where people sign in, and the person whom it signs in here."""

from typing import Literal, assert_never
from uuid import UUID

from portfolio.domain.kernel import NOBODY, Aggregate, Command, Fact, Known, NotVisible, RuleBroken, State, changed
from portfolio.domain.person import Person, check_registered
from portfolio.domain.standing import check_not_oneself
from portfolio.domain.words import Reason

Hindrance = Literal["another account", "taken away"]
"""Why an account does not sign its person in: they have another one there, or somebody took this one from them."""


class LinkIdentity(Command):
    """Let an account at a provider sign a person in, of whom it has a registered address that the provider verified.

    ``identity_id`` is made of a keyed hash of the provider (``issuer``) and its name for the account.
    """

    identity_id: UUID
    issuer: str
    person_id: UUID


class UnlinkIdentity(Command):
    """Take an account from its person: it does not sign them in any more."""

    identity_id: UUID
    reason: Reason


class AcceptIdentity(Command):
    """Let an account sign its person in after all, that was refused or taken away."""

    identity_id: UUID
    reason: Reason


class IdentityLinked(Fact, tag="identity.linked"):
    """The account signs this person in from here on: the provider has verified an address that is theirs."""

    person_id: UUID
    issuer: str


class IdentityRefused(Fact, tag="identity.refused"):
    """The account has a verified address of this person and does not sign them in: something speaks against it."""

    person_id: UUID
    issuer: str
    why: Hindrance


class IdentityUnlinked(Fact, tag="identity.unlinked"):
    """The account signs this person in no longer."""

    person_id: UUID
    issuer: str
    reason: str


class IdentityAccepted(Fact, tag="identity.accepted"):
    """The account signs this person in from here on, as an administrator found right."""

    person_id: UUID
    issuer: str
    reason: str


class IdentityUnknown(NotVisible):
    """No account of this number has tried to sign anybody in."""


class IdentityNotLinked(RuleBroken, rule="IDENTITY-3"):
    """This account signs nobody in: there is nothing to take away."""


class IdentityLinkedAlready(RuleBroken, rule="IDENTITY-3"):
    """This account signs its person in already."""


class AnotherIdentityLinked(RuleBroken, rule="IDENTITY-2"):
    """The person signs in with another account of this provider: take that one away first, or leave it at that."""


class Identity(State):
    """Whom an account signs in, or was refused to; ``taken_from`` are the people from whom it was taken away."""

    issuer: str = ""
    person_id: UUID = NOBODY
    linked: bool = False
    hindrance: Hindrance | None = None
    taken_from: frozenset[UUID] = frozenset()

    def subject(self) -> UUID | None:
        """Return the person whom it signs in, or would."""
        return self.person_id


class ForIdentity(Known):
    """The person, and every account that ever had a verified address of theirs."""

    person: Person
    theirs: dict[UUID, Identity]

    def another_at(self, issuer: str, identity_id: UUID) -> bool:
        """Return whether another account of this provider signs the person in."""
        return any(each.linked and each.issuer == issuer for other, each in self.theirs.items() if other != identity_id)


IdentityFact = IdentityLinked | IdentityRefused | IdentityUnlinked | IdentityAccepted


def link_identity(identity: Identity, command: LinkIdentity, known: ForIdentity) -> list[IdentityFact]:
    """Link an account to the person of its verified address, or record that it is refused, once (IDENTITY-1, -2, -3).

    One that is linked stays with its person, whatever address it has now: providers give addresses to others.
    """
    check_registered(known.person)
    if identity.linked:
        return []
    why = hindrance(identity, command, known)
    if why is None:
        return [IdentityLinked(person_id=command.person_id, issuer=command.issuer)]
    if (identity.person_id, identity.hindrance) == (command.person_id, why):
        return []
    return [IdentityRefused(person_id=command.person_id, issuer=command.issuer, why=why)]


def hindrance(identity: Identity, command: LinkIdentity, known: ForIdentity) -> Hindrance | None:
    """Return what speaks against linking an account to a person, None if nothing does."""
    if command.person_id in identity.taken_from:
        return "taken away"
    if known.another_at(command.issuer, command.identity_id):
        return "another account"
    return None


def unlink_identity(identity: Identity, command: UnlinkIdentity, known: Known) -> list[IdentityFact]:
    """Take an account from its person, for a reason (IDENTITY-3)."""
    check_known(identity)
    if not identity.linked:
        raise IdentityNotLinked
    return [IdentityUnlinked(person_id=identity.person_id, issuer=identity.issuer, reason=command.reason)]


def accept_identity(identity: Identity, command: AcceptIdentity, known: ForIdentity) -> list[IdentityFact]:
    """Let an account of somebody else sign them in that was refused or taken away (IDENTITY-2, -3, PERSON-4)."""
    check_known(identity)
    check_not_oneself(identity.person_id, known, "Another administrator can.")
    if identity.linked:
        raise IdentityLinkedAlready
    if known.another_at(identity.issuer, command.identity_id):
        raise AnotherIdentityLinked
    return [IdentityAccepted(person_id=identity.person_id, issuer=identity.issuer, reason=command.reason)]


def check_known(identity: Identity) -> None:
    """Refuse an account that never had a verified address of anybody."""
    if identity.person_id == NOBODY:
        raise IdentityUnknown


def evolve(identity: Identity, fact: IdentityFact) -> Identity:
    """Apply a fact."""
    match fact:
        case IdentityLinked(person_id=person_id, issuer=issuer):
            return changed(identity, person_id=person_id, issuer=issuer, linked=True, hindrance=None)
        case IdentityRefused(person_id=person_id, issuer=issuer, why=why):
            return changed(identity, person_id=person_id, issuer=issuer, hindrance=why)
        case IdentityUnlinked(person_id=person_id):
            taken = identity.taken_from | {person_id}
            return changed(identity, linked=False, hindrance="taken away", taken_from=taken)
        case IdentityAccepted(person_id=person_id):
            return changed(identity, linked=True, hindrance=None, taken_from=identity.taken_from - {person_id})
    assert_never(fact)


IDENTITY = Aggregate("identity_id", Identity(), (link_identity, unlink_identity, accept_identity), evolve)
