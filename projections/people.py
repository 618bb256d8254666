"""People: who is registered, by name, and with which roles."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from uuid import UUID

from portfolio.domain.addresses import AddressRegistered, AddressRemoved
from portfolio.domain.corrections import EmploymentCorrected, NameCorrected
from portfolio.domain.invitations import InvitationTakenUp, PersonInvited
from portfolio.domain.kernel import Entry, Value, changed
from portfolio.domain.person import PersonRegistered, RoleEnded, RoleGranted
from portfolio.domain.standing import PersonReinstated, PersonSuspended
from portfolio.domain.vocabulary import Role, WorksFor
from projections.machinery.database import Reads
from projections.machinery.listing import EVERYTHING, Card, Filing, Listed, Listing, sorted_as

BATCH_SIZE = 500
"""Names of one question."""


class PersonCard(Value):
    """A person as a list shows them; while they are ``suspended`` their ``roles`` count for nothing.

    ``addressed``: whether an e-mail address is registered. ``invited``: when they were invited to it last, null if they
    were not, or have ``signed_in`` since.
    """

    name: str
    works_for: WorksFor
    position: int
    roles: tuple[Role, ...] = ()
    suspended: bool = False
    addressed: bool = False
    invited: datetime | None = None
    signed_in: bool = False


def changes(entry: Entry, owner: UUID | None, card: Card[PersonCard]) -> Iterator[tuple[UUID, PersonCard]]:  # noqa: ARG001 - people belong to no enrolment
    """Yield the card of a person whom a fact changes."""
    fact, person = entry.fact, entry.originator_id
    if isinstance(fact, PersonRegistered):
        yield person, PersonCard(name=fact.name, works_for=fact.works_for, position=entry.position)
        return
    before = card(person)
    if before is None:
        return
    match fact:
        case NameCorrected(name=name):
            yield person, changed(before, name=name)
        case EmploymentCorrected(works_for=works_for):
            yield person, changed(before, works_for=works_for)
        case RoleGranted(role=role):
            yield person, changed(before, roles=tuple(sorted({*before.roles, role})))
        case RoleEnded(role=role):
            yield person, changed(before, roles=tuple(sorted({*before.roles} - {role})))
        case PersonSuspended():
            yield person, changed(before, suspended=True)
        case PersonReinstated():
            yield person, changed(before, suspended=False)
        case PersonInvited():
            yield person, changed(before, invited=entry.at)
        case InvitationTakenUp():
            yield person, changed(before, invited=None, signed_in=True)
        case AddressRegistered() | AddressRemoved():
            addressed = isinstance(fact, AddressRegistered)
            yield person, changed(before, addressed=addressed, invited=None, signed_in=False)


def listed(person: UUID, card: PersonCard) -> Listed:  # noqa: ARG001 - the card says all
    """Return how a person is listed."""
    return Listed(
        card.name,
        card.position,
        (
            Filing(f"state={'suspended' if card.suspended else 'active'}"),
            Filing(f"works_for={card.works_for}"),
            *([Filing("state=invited")] if card.invited else []),
            *(Filing(f"role={role}") for role in card.roles),
        ),
    )


PEOPLE = Listing(
    "people",
    5,
    PersonCard,
    (
        PersonRegistered,
        NameCorrected,
        EmploymentCorrected,
        RoleGranted,
        RoleEnded,
        PersonSuspended,
        PersonReinstated,
        PersonInvited,
        InvitationTakenUp,
        AddressRegistered,
        AddressRemoved,
    ),
    changes,
    listed,
)


def to_invite(reads: Reads, people_ids: Sequence[UUID]) -> tuple[list[UUID], int]:
    """Return those of these people who can be invited and were not, and how many have not signed in since they were."""
    found, waiting = list[UUID](), 0
    for first in range(0, len(people_ids), BATCH_SIZE):
        cards = PEOPLE.cards(reads, people_ids[first : first + BATCH_SIZE])
        waiting += sum(card.invited is not None for card in cards.values())
        found += [
            person
            for person in people_ids[first : first + BATCH_SIZE]
            if (card := cards.get(person)) and card.addressed and not (card.invited or card.signed_in or card.suspended)
        ]
    return found, waiting


def names(reads: Reads, ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return the names of those of these people who are registered."""
    people_ids = sorted(set(ids))
    names_by_id: dict[UUID, str] = {}
    for first in range(0, len(people_ids), BATCH_SIZE):
        cards = PEOPLE.cards(reads, people_ids[first : first + BATCH_SIZE])
        names_by_id |= {person: card.name for person, card in cards.items()}
    return names_by_id


def names_taken(reads: Reads, called: Iterable[str]) -> set[str]:
    """Return those of these names that people are registered by, whatever their accents and case."""
    wanted = {sorted_as(name): name for name in called}
    keys, taken = sorted(wanted), set[str]()
    for first in range(0, len(keys), BATCH_SIZE):
        asked = {f"n{number}": key for number, key in enumerate(keys[first : first + BATCH_SIZE])}
        among = ", ".join(f":{name}" for name in asked)
        sql = f"SELECT DISTINCT name FROM {PEOPLE.view.table} WHERE filed = :every AND name IN ({among})"  # noqa: S608 - names of parameters only
        taken |= {wanted[name] for (name,) in reads.query(sql, every=EVERYTHING, **asked)}
    return taken
