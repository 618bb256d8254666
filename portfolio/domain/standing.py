"""Standing: people are suspended, reinstated and signed out, and what rules about their roles refuse."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from portfolio.domain.kernel import NOBODY, Command, Fact, Known, NotPermitted, RuleBroken, Value
from portfolio.domain.vocabulary import ADMINISTRATOR, PANEL_MEMBER, RESPONSIBLE_OFFICER, Role
from portfolio.domain.words import Reason

if TYPE_CHECKING:  # the state of a person imports this file
    from portfolio.domain.person import ForStanding


class SuspendPerson(Command):
    """Stop everything a person may do and see, until they are reinstated."""

    person_id: UUID
    reason: Reason


class ReinstatePerson(Command):
    """Let a suspended person go on with the roles they hold."""

    person_id: UUID
    reason: Reason


class SignOut(Command):
    """End whatever a person signed in with until now, wherever it is: links, sessions and tokens."""

    person_id: UUID


class Case(Value):
    """An appeal, as far as rules about its people ask: whether it is open, whose it is, and who is part of it.

    ``members`` are those of the panel who did not step aside, ``officers`` those who acted in it. ``decided``: it
    has its outcome, and the panel hears nothing any more.
    """

    appeal_id: UUID
    is_open: bool
    parties: frozenset[UUID]
    apprentice: UUID = NOBODY
    members: frozenset[UUID] = frozenset()
    officers: frozenset[UUID] = frozenset()
    decided: bool = False


class WithCases(Known):
    """Every case that the person is part of."""

    cases: tuple[Case, ...]


class PersonSuspended(Fact, tag="person.suspended"):
    """Everything the person may do and see has stopped; ``cases`` are the open appeals that they are part of."""

    reason: str
    cases: tuple[UUID, ...]


class PersonReinstated(Fact, tag="person.reinstated"):
    """The person goes on with the roles they hold."""

    reason: str


class PersonSignedOut(Fact, tag="person.signed-out"):
    """Nothing holds any more that the person signed in with before: no link, no session, no token."""

    before: datetime


StandingFact = PersonSuspended | PersonReinstated | PersonSignedOut


class AccessSuspended(NotPermitted, rule="PERSON-2"):
    """You are suspended: an administrator or a responsible officer can reinstate you."""


class AlreadySuspended(RuleBroken, rule="PERSON-2"):
    """The person is suspended already."""


class NotSuspended(RuleBroken, rule="PERSON-2"):
    """The person is not suspended."""


class LastAdministrator(RuleBroken, rule="PERSON-2"):
    """There is no other administrator at work: grant that role to somebody else first."""


class OwnStanding(RuleBroken, rule="PERSON-4"):
    """Nobody grants themselves a role, records their own competence, or suspends or reinstates themselves."""


class PartyToOpenCase(RuleBroken, rule="PERSON-5"):
    """Somebody who is part of an open case goes only by a responsible officer who is not, and for a reason."""


class HearsOpenCase(RuleBroken, rule="PERSON-5"):
    """Whoever hears an open case is given nothing that could end that: choose somebody else, or await its outcome."""


def check_not_oneself(person_id: UUID, known: Known, who_can: str) -> None:
    """Refuse who would do this for themselves, and say who can (PERSON-4)."""
    if known.by == person_id:
        raise OwnStanding(f"{OwnStanding.title()} {who_can}")


def check_none_open(heard: Iterable[Case]) -> None:
    """Refuse to give somebody what would end that they hear these cases, if any waits for its outcome (PERSON-5)."""
    if cases := [str(case.appeal_id) for case in heard if case.is_open and not case.decided]:
        raise HearsOpenCase(appeals=cases)


def check_may_get(person_id: UUID, role: Role, known: WithCases) -> None:
    """Refuse a role that would end that somebody hears an open case (PERSON-5)."""
    if role != PANEL_MEMBER:
        check_none_open(case for case in known.cases if person_id in case.members)


def check_other_administrator(person_id: UUID, known: "ForStanding") -> None:
    """Refuse to let the last administrator go (PERSON-2)."""
    if not any(ADMINISTRATOR in person.roles for each, person in known.administrators.items() if each != person_id):
        raise LastAdministrator


def cases_left(person_id: UUID, reason: str, known: "ForStanding") -> tuple[UUID, ...]:
    """Return the open cases that the person is part of; only an officer who is part of none lets them go (PERSON-5)."""
    cases = [case for case in known.cases if case.is_open and person_id in case.parties]
    parties = frozenset[UUID]().union(*(case.parties for case in cases))
    if cases and (RESPONSIBLE_OFFICER not in known.actor.roles or known.by in parties or not reason.strip()):
        raise PartyToOpenCase(
            f"{PartyToOpenCase.title()} Where none is free, an administrator grants somebody else that role.",
            appeals=[str(case.appeal_id) for case in cases],
        )
    return tuple(case.appeal_id for case in cases)


def cases_without(person_id: UUID, role: Role, reason: str, known: "ForStanding") -> tuple[UUID, ...]:
    """Return the open cases of a person whose role ends; refuse where it may not (PERSON-2, PERSON-5)."""
    if role == ADMINISTRATOR:
        check_other_administrator(person_id, known)
    return cases_left(person_id, reason, known)
