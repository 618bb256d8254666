"""Person: who somebody is to the organisation, with roles, interests and competences as recorded facts."""

from collections.abc import Iterable
from datetime import date
from typing import Literal, TypeVar, assert_never
from uuid import UUID

from portfolio.domain.kernel import Aggregate, Command, Fact, Known, NotVisible, RuleBroken, State, changed
from portfolio.domain.vocabulary import APPEALS_OFFICER, NEEDS_ROLE, PANEL_MEMBER, Role, WorksFor
from portfolio.domain.words import Name, OptionalReason

W = TypeVar("W", bound=str)

Interest = Literal["none", "personal", "trained", "managed", "coached"]
CompetenceKind = Literal["training", "standardised", "appeals panel"]


class RegisterPerson(Command):
    """Make a person known."""

    person_id: UUID
    name: Name
    works_for: WorksFor


class GrantRole(Command):
    """Let a person hold a role from now on."""

    person_id: UUID
    role: Role


class EndRole(Command):
    """End a role a person holds."""

    person_id: UUID
    role: Role


class DeclareInterest(Command):
    """Say, before the first view of the work, what one is to an apprentice; "none" is an answer too."""

    person_id: UUID
    apprentice: UUID
    interest: Interest
    detail: OptionalReason = ""


class RecordCompetence(Command):
    """Keep that a person was trained, standardised on a criteria version, or prepared for appeals panels."""

    person_id: UUID
    kind: CompetenceKind
    criteria_id: UUID | None = None
    occurred_on: date
    detail: OptionalReason = ""


class PersonRegistered(Fact, tag="person.registered"):
    """A person is known by this name."""

    name: str
    works_for: WorksFor


class RoleGranted(Fact, tag="person.role-granted"):
    """The person holds the role from here on."""

    role: Role


class RoleEnded(Fact, tag="person.role-ended"):
    """The person holds the role no longer."""

    role: Role


class InterestDeclared(Fact, tag="person.interest-declared"):
    """The person said what they are to an apprentice."""

    apprentice: UUID
    interest: Interest
    detail: str


class CompetenceRecorded(Fact, tag="person.competence-recorded"):
    """The person was trained or standardised on the day given."""

    kind: CompetenceKind
    criteria_id: UUID | None
    occurred_on: date
    detail: str


class PersonUnknown(NotVisible):
    """This person is not registered: register them first."""


class PersonAlreadyRegistered(RuleBroken):
    """This person is registered already."""


class RoleAlreadyHeld(RuleBroken):
    """The person holds this role already."""


class RoleNotHeld(RuleBroken):
    """The person does not hold this role."""


class CompetenceNeedsCriteria(RuleBroken, rule="DECISION-1"):
    """Standardisation is always on one criteria version: name it."""


class Person(State):
    """Who the person is, what they hold now and ever held, and what they declared."""

    name: str = ""
    works_for: WorksFor = "assessment organisation"
    roles: frozenset[Role] = frozenset()
    ever_roles: frozenset[Role] = frozenset()
    interests: tuple[InterestDeclared, ...] = ()
    competences: tuple[CompetenceRecorded, ...] = ()

    def keeps(self, words: Iterable[W]) -> frozenset[W]:
        """Return those of these words that hold now: a part lasts only as long as a role for it (PERSON-1)."""
        return frozenset(word for word in words if word not in NEEDS_ROLE or NEEDS_ROLE[word] & self.roles)

    def declared(self, apprentice: UUID) -> tuple[InterestDeclared, ...]:
        """Return what the person declared about this apprentice."""
        return tuple(declared for declared in self.interests if declared.apprentice == apprentice)

    def standardised_on(self, criteria_id: UUID) -> bool:
        """Return whether the person was standardised on this criteria version."""
        return any(known.kind == "standardised" and known.criteria_id == criteria_id for known in self.competences)

    def prepared_for_panels(self) -> bool:
        """Return whether a competence for appeals panels is on record."""
        return any(known.kind == "appeals panel" for known in self.competences)

    def ever_appeals_officer(self) -> bool:
        """Return whether the person holds, or ever held, the role of appeals officer."""
        return APPEALS_OFFICER in self.ever_roles

    def outside_the_organisation(self) -> bool:
        """Return whether no tie to the assessment organisation is on record: no employment, no role but the panel's."""
        return self.works_for == "none of these" and self.ever_roles <= {PANEL_MEMBER}


PersonFact = PersonRegistered | RoleGranted | RoleEnded | InterestDeclared | CompetenceRecorded


def register_person(person: Person, command: RegisterPerson, known: Known) -> list[PersonFact]:
    """Make a person known, once."""
    if person.name:
        raise PersonAlreadyRegistered
    return [PersonRegistered(name=command.name, works_for=command.works_for)]


def grant_role(person: Person, command: GrantRole, known: Known) -> list[PersonFact]:
    """Grant a role that the person does not hold."""
    check_registered(person)
    if command.role in person.roles:
        raise RoleAlreadyHeld
    return [RoleGranted(role=command.role)]


def end_role(person: Person, command: EndRole, known: Known) -> list[PersonFact]:
    """End a role that the person holds."""
    check_registered(person)
    if command.role not in person.roles:
        raise RoleNotHeld
    return [RoleEnded(role=command.role)]


def declare_interest(person: Person, command: DeclareInterest, known: Known) -> list[PersonFact]:
    """Record what a registered person says of themselves, whatever it is (INTEREST-1)."""
    check_registered(person)
    return [InterestDeclared(apprentice=command.apprentice, interest=command.interest, detail=command.detail)]


def record_competence(person: Person, command: RecordCompetence, known: Known) -> list[PersonFact]:
    """Record a competence; one of standardisation names its criteria (DECISION-1)."""
    check_registered(person)
    if command.kind == "standardised" and command.criteria_id is None:
        raise CompetenceNeedsCriteria
    recorded = CompetenceRecorded(
        kind=command.kind,
        criteria_id=command.criteria_id,
        occurred_on=command.occurred_on,
        detail=command.detail,
    )
    return [recorded]


def check_registered(person: Person) -> None:
    """Refuse somebody who is not known."""
    if not person.name:
        raise PersonUnknown


def evolve(person: Person, fact: PersonFact) -> Person:
    """Apply a fact."""
    match fact:
        case PersonRegistered(name=name, works_for=works_for):
            return changed(person, name=name, works_for=works_for)
        case RoleGranted(role=role):
            return changed(person, roles=person.roles | {role}, ever_roles=person.ever_roles | {role})
        case RoleEnded(role=role):
            return changed(person, roles=person.roles - {role})
        case InterestDeclared():
            return changed(person, interests=(*person.interests, fact))
        case CompetenceRecorded():
            return changed(person, competences=(*person.competences, fact))
    assert_never(fact)


PERSON = Aggregate(
    "person_id", Person(), (register_person, grant_role, end_role, declare_interest, record_competence), evolve
)
