"""A person to the office: what they are and were, since when and by whom, and what can be done for them."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from api.enrolment_list import parts_of
from api.pages.asking import judged
from api.pages.common import fresh, named, pages, render
from api.pages.narrowing import begun
from api.pages.people import accounts
from api.pages.people.acts import (
    ALWAYS,
    KINDS,
    criteria_called,
    waiting_to_be_confirmed,
)
from api.people import address_shown
from api.reads import Sight, see
from api.services import caller, services
from api.trail import done_by
from portfolio.application.notices import MailStanding
from portfolio.domain import permissions
from portfolio.domain.addresses import AddressRegistered, AddressRemoved
from portfolio.domain.competences import TakeCompetenceBack
from portfolio.domain.corrections import EmploymentCorrected, NameCorrected
from portfolio.domain.interests import ConfirmCorrection, InterestDeclared
from portfolio.domain.invitations import InvitationTakenUp, PersonInvited
from portfolio.domain.kernel import Recorded
from portfolio.domain.person import PERSON, Person, PersonRegistered, RoleEnded, RoleGranted
from portfolio.domain.standing import PersonReinstated, PersonSignedOut, PersonSuspended

MOST_ENROLMENTS = 20
"""Enrolments of which a person's page tells; the list of enrolments has all."""

INTERESTS = {
    "none": "No interest",
    "personal": "A personal interest",
    "trained": "Trained them",
    "managed": "Managed them",
    "coached": "Coached them",
}


class Held(NamedTuple):
    """A role since when and, if it ended, until when; by whom, and why, at the beginning and the end."""

    role: str
    since: datetime
    given_by: str
    given_why: str
    until: datetime | None = None
    ended_by: str = ""
    ended_why: str = ""


class Was(NamedTuple):
    """A value that was on record: what it was, until when, who changed it and why."""

    value: str
    was: str
    until: datetime
    by: str
    why: str


class Invited(NamedTuple):
    """When and by whom somebody was invited, when they signed in after it, and what became of the mail, if known."""

    at: datetime
    by: str
    came: datetime | None
    mail: MailStanding | None


@pages.get("/people/<uuid:person_id>")
def person(person_id: UUID) -> str:
    """Show a person."""
    fresh()
    sight = see(PERSON, person_id)
    history = sight.session.history(person_id)
    acts, why_not = judged([make(sight) for make in ALWAYS])
    registered = next(each for each in history if isinstance(each.fact, PersonRegistered))
    return render(
        "people/person.html",
        person_id=person_id,
        person=sight.state,
        registered=(registered.at, done_by(sight.session, registered)),
        suspended=standing(sight, history),
        address=address_shown(sight),
        has_address=address_told(history),
        invited=invitation_told(sight, history),
        shows_address=sight.shows("e-mail address"),
        signed_out=last_sign_out(history),
        roles=[*roles(sight, history)],
        competences=[*competences(sight)],
        corrects=TakeCompetenceBack in given(sight),
        interests=[*interests(sight, history)],
        was=[*was(sight, history)],
        accounts=accounts.shown(sight) if sight.shows("identities") else [],
        roles_left=accounts.roles_left(sight) if sight.shows("identities") else [],
        enrolments=parts_of(person_id, MOST_ENROLMENTS + 1),
        more=MOST_ENROLMENTS,
        acts=acts,
        why_not=why_not,
        lists=permissions.may(permissions.READS["people"], sight.held),
        trail=sight.shows("acts of a person"),
    )


def given(sight: Sight[Person]) -> frozenset[type]:
    """Return the acts on one of several things that the permission table lets the person at the page do here."""
    others = (TakeCompetenceBack, ConfirmCorrection)
    itself = caller() == sight.stream
    return frozenset(each for each in others if permissions.may(permissions.MAY[each], sight.held) and not itself)


def standing(sight: Sight[Person], history: Any) -> tuple[datetime, str, str] | None:
    """Return since when, by whom and why a person is suspended, None if they are not."""
    if not sight.state.suspended:
        return None
    last = next(each for each in reversed(history) if isinstance(each.fact, PersonSuspended))
    return last.at, done_by(sight.session, last), last.fact.reason


def last_sign_out(history: Any) -> datetime | None:
    """Return when everything that a person was signed in with ended last, None if it never did."""
    return next((each.at for each in reversed(history) if isinstance(each.fact, PersonSignedOut)), None)


def address_told(history: Any) -> datetime | None:
    """Return since when a person has the e-mail address that they have, None if they have none."""
    last = next((each for each in reversed(history) if isinstance(each.fact, AddressRegistered | AddressRemoved)), None)
    return last.at if last and isinstance(last.fact, AddressRegistered) else None


def invitation_told(sight: Sight[Person], history: Any) -> Invited | None:
    """Return how a person was invited last, None if they never were, or not to the address that they have."""
    kinds = (PersonInvited, InvitationTakenUp, AddressRegistered, AddressRemoved)
    told: list[Recorded] = [each for each in history if isinstance(each.fact, kinds)]
    came = told.pop() if told and isinstance(told[-1].fact, InvitationTakenUp) else None
    if not told or not isinstance(told[-1].fact, PersonInvited):
        return None
    sent = told[-1]
    mail = services().mail_stands(sight.stream, sent.position)
    return Invited(sent.at, done_by(sight.session, sent), came.at if came else None, mail)


def roles(sight: Sight[Person], history: Any) -> Iterator[Held]:
    """Yield the roles a person holds, then those that they held, each with its days."""
    held: dict[str, Held] = {}
    over: list[Held] = []
    for entry in history:
        by = done_by(sight.session, entry)
        match entry.fact:
            case RoleGranted(role=role, reason=why, provider=issuer):
                held[role] = Held(role, entry.at, sign_in_at(issuer) or by, why)
            case RoleEnded(role=role, reason=why, provider=issuer) if role in held:
                ended_by = sign_in_at(issuer) or by
                over.append(held.pop(role)._replace(until=entry.at, ended_by=ended_by, ended_why=why))
    yield from held.values()
    yield from reversed(over)


def sign_in_at(issuer: str) -> str:
    """Return by which sign-in a role was given or ended, empty if by people."""
    return f"sign-in at {services().providers.name_of(issuer)}" if issuer else ""


def competences(sight: Sight[Person]) -> Iterator[dict[str, Any]]:
    """Yield the competences on record, each with its number in the order of recording."""
    for number, each in enumerate(sight.state.competences, 1):
        yield {
            "n": number,
            "kind": KINDS[each.kind],
            "on": criteria_called(sight, each.criteria_id) if each.criteria_id else "",
            "day": each.occurred_on,
            "detail": each.detail,
        }


def interests(sight: Sight[Person], history: Any) -> Iterator[dict[str, Any]]:
    """Yield what a person said last to be to each apprentice, and whether a correction waits to be confirmed."""
    last: dict[UUID, Recorded] = {each.fact.apprentice: each for each in history if said(each)}
    waiting, confirms = set(waiting_to_be_confirmed(sight)), ConfirmCorrection in given(sight)
    names = named(last)
    for apprentice, entry in sorted(last.items(), key=lambda each: names.get(each[0], "")):
        fact: Any = entry.fact
        yield {
            "apprentice": apprentice,
            "name": names.get(apprentice, ""),
            "said": INTERESTS[fact.interest],
            "detail": fact.detail,
            "late": fact.late,
            "at": entry.at,
            "waits": apprentice in waiting,
            "confirms": apprentice in waiting and confirms,
        }


def said(entry: Any) -> bool:
    """Tell whether a fact is what somebody said to be to an apprentice."""
    return isinstance(entry.fact, InterestDeclared)


def was(sight: Sight[Person], history: Any) -> Iterator[Was]:
    """Yield what was on record before, the newest first."""
    for entry in reversed(history):
        by = done_by(sight.session, entry)
        match entry.fact:
            case NameCorrected(was=before, reason=why):
                yield Was("Name", before, entry.at, by, why)
            case EmploymentCorrected(was=before, reason=why):
                yield Was("Works for", begun(before), entry.at, by, why)
            case PersonSuspended(reason=why):
                yield Was("State", "Active", entry.at, by, why)
            case PersonReinstated(reason=why):
                yield Was("State", "Suspended", entry.at, by, why)
