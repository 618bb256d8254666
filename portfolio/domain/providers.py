"""What providers where people sign in say of their roles, where the organisation has chosen to follow them."""

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from portfolio.domain.kernel import Command, Fact, RuleBroken, Value, changed
from portfolio.domain.standing import cases_without, check_may_get
from portfolio.domain.vocabulary import Role

if TYPE_CHECKING:  # the state of a person imports this file
    from portfolio.domain.person import ForStanding, Person


class FollowProvider(Command):
    """Give and end the roles that follow from what a provider (``issuer``) said of a person as it signed them in.

    ``roles`` are all that follow from it, by what the organisation has chosen; ``said_at`` is by the provider's clock.
    """

    person_id: UUID
    issuer: str
    roles: frozenset[Role]
    said_at: datetime


class ProviderSaid(Fact, tag="person.provider-said"):
    """These roles follow from what a provider says of the person from here on, whether or not they could be given."""

    issuer: str
    roles: frozenset[Role]
    said_at: datetime


class RoleEndedHere(RuleBroken, rule="IDENTITY-6"):
    """This role of theirs was ended here, so no provider's word gives it: an administrator can give it again."""


class Step(NamedTuple):
    """A role that a provider's word gives (``gives``) or ends, and what refuses that, if anything does."""

    role: Role
    gives: bool
    refusal: RuleBroken | None


class Provided(Value):
    """What each provider ``said`` last of somebody, by issuer, and what became of it.

    ``gave`` are the roles they hold because a provider said so, with its issuer; ``ended`` those that people ended
    here and have not given again.
    """

    said: dict[str, ProviderSaid] = {}
    gave: dict[Role, str] = {}
    ended: frozenset[Role] = frozenset()

    def after_word(self, said: ProviderSaid) -> "Provided":
        """Return this after a provider's word."""
        return changed(self, said={**self.said, said.issuer: said})

    def after_giving(self, role: Role, provider: str) -> "Provided":
        """Return this after a role was given, by a provider's word or, where that is empty, by people."""
        return changed(
            self, gave=self._others(role) | ({role: provider} if provider else {}), ended=self.ended - {role}
        )

    def after_ending(self, role: Role, provider: str) -> "Provided":
        """Return this after a role was ended, by a provider's word or, where that is empty, by people."""
        return changed(self, gave=self._others(role), ended=self.ended if provider else self.ended | {role})

    def _others(self, role: Role) -> dict[Role, str]:
        return {each: giver for each, giver in self.gave.items() if each != role}


NOTHING_SAID = Provided()


def steps(person: "Person", command: FollowProvider, known: "ForStanding") -> list[Step]:
    """Return what a provider's word would give and end, each with what refuses it (PERSON-2, -5, IDENTITY-5, -6).

    It ends only what it gave, and leaves what people gave, or another provider's word.
    """
    return [
        *(Step(role, True, against_giving(person, command, role, known)) for role in gives(person, command)),
        *(Step(role, False, against_ending(command, role, known)) for role in ends(person, command)),
    ]


def gives(person: "Person", command: FollowProvider) -> list[Role]:
    """Return the roles that a provider speaks of and the person does not hold."""
    return sorted(command.roles - person.granted())


def ends(person: "Person", command: FollowProvider) -> list[Role]:
    """Return the roles that the provider's word gave and that it does not speak of any more (IDENTITY-5)."""
    given = (role for role, giver in person.provided.gave.items() if giver == command.issuer)
    return sorted(frozenset(given) - command.roles)


def against_giving(person: "Person", command: FollowProvider, role: Role, known: "ForStanding") -> RuleBroken | None:
    """Return what refuses to give a role, None if nothing does (PERSON-5, IDENTITY-6)."""
    try:
        if role in person.provided.ended:
            raise RoleEndedHere
        check_may_get(command.person_id, role, known)
    except RuleBroken as refusal:
        return refusal
    return None


def against_ending(command: FollowProvider, role: Role, known: "ForStanding") -> RuleBroken | None:
    """Return what refuses to end a role, None if nothing does (PERSON-2, PERSON-5)."""
    try:
        cases_without(command.person_id, role, "", known)
    except RuleBroken as refusal:
        return refusal
    return None
