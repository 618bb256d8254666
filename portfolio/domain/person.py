"""Person: who somebody is to the organisation, with roles, interests and competences as recorded facts."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import TypeVar, assert_never
from uuid import UUID

from portfolio.domain import addresses, competences, interests, invitations, kernel, notices, providers, standing
from portfolio.domain.competences import CompetenceRecorded, CorrectCompetence, ForCompetence
from portfolio.domain.corrections import CorrectEmployment, CorrectName, EmploymentCorrected, NameCorrected
from portfolio.domain.interests import CorrectionUnknown, InterestDeclared
from portfolio.domain.kernel import Aggregate, Command, Fact, Known, NotVisible, Recorded, RuleBroken, changed
from portfolio.domain.standing import cases_left, check_none_open, check_not_oneself, check_other_administrator
from portfolio.domain.vocabulary import (
    APPEALS_OFFICER,
    NEEDS_ROLE,
    PANEL_MEMBER,
    STAYS_WHEN_SUSPENDED,
    SYSTEM,
    TIES,
    Assignment,
    Role,
    WorksFor,
)
from portfolio.domain.words import Name, OptionalReason

W = TypeVar("W", bound=str)


class RegisterPerson(Command):
    """Make a person known."""

    person_id: UUID
    name: Name
    works_for: WorksFor


class GrantRole(Command):
    """Let a person hold a role from now on."""

    person_id: UUID
    role: Role
    reason: OptionalReason = ""


class EndRole(Command):
    """End a role a person holds."""

    person_id: UUID
    role: Role
    reason: OptionalReason = ""


class PersonRegistered(Fact, tag="person.registered"):
    """A person is known by this name."""

    name: str
    works_for: WorksFor


class RoleGranted(Fact, tag="person.role-granted", omit_defaults=True):
    """The person holds the role from here on; ``on_server``: by whoever runs the server, not by an administrator.

    ``provider``: the issuer from whose word it follows, empty if people gave it.
    """

    role: Role
    reason: str = ""
    on_server: bool = False
    provider: str = ""


class RoleEnded(Fact, tag="person.role-ended", omit_defaults=True):
    """The person holds the role no longer; ``cases`` are the open appeals that they are part of.

    ``provider``: the issuer from whose word it followed and that says so no more, empty if people ended it.
    """

    role: Role
    reason: str = ""
    cases: tuple[UUID, ...] = ()
    provider: str = ""


class PersonUnknown(NotVisible):
    """This person is not registered: register them first."""


class PersonAlreadyRegistered(RuleBroken):
    """This person is registered already."""


class RoleAlreadyHeld(RuleBroken):
    """The person holds this role already."""


class RoleNotHeld(RuleBroken):
    """The person does not hold this role."""


class Person(interests.Declaring):
    """Who the person is, what they hold now and ever held, and what they declared.

    ``roles`` are those that count now: none while the person is ``suspended``, when ``waiting`` keeps them.
    ``signed_out``: when they signed out everywhere last. ``mails``: how often they are told by mail. ``address``: the
    keyed hash of theirs, ``invited`` too while they are invited to it. ``provided``: what providers say of their roles.
    """

    name: str = ""
    works_for: WorksFor = "assessment organisation"
    roles: frozenset[Role] = frozenset()
    waiting: frozenset[Role] = frozenset()
    suspended: bool = False
    signed_out: datetime = kernel.EPOCH
    ever_roles: frozenset[Role] = frozenset()
    competences: tuple[CompetenceRecorded, ...] = ()
    mails: notices.Mails = notices.DEFAULT_MAILS
    address: str = ""
    provided: providers.Provided = providers.NOTHING_SAID
    invited: str = ""

    def keeps(self, words: Iterable[W]) -> frozenset[W]:
        """Return those of these words that hold now: a part lasts only as long as a role for it (PERSON-1, -2, -3)."""
        if self.suspended:
            return frozenset(word for word in words if word in STAYS_WHEN_SUSPENDED)
        return frozenset(word for word in words if word not in NEEDS_ROLE or NEEDS_ROLE[word] & self.roles)

    def granted(self) -> frozenset[Role]:
        """Return the roles the person was given and that did not end, whether or not they count now."""
        return self.roles | self.waiting

    def standardised_on(self, criteria_id: UUID, today: date) -> bool:
        """Return whether the person was standardised on this criteria version by today (PERSON-6)."""
        return any(
            known.kind == "standardised" and known.criteria_id == criteria_id and known.occurred_on <= today
            for known in self.competences
        )

    def prepared_for_panels(self, today: date) -> bool:
        """Return whether a competence for appeals panels, gained by today, is on record (PERSON-6)."""
        return any(known.kind == "appeals panel" and known.occurred_on <= today for known in self.competences)

    def ever_appeals_officer(self) -> bool:
        """Return whether the person holds, or ever held, the role of appeals officer."""
        return APPEALS_OFFICER in self.ever_roles

    def outside_the_organisation(self) -> bool:
        """Return whether no tie to the assessment organisation is on record: no employment, no role but the panel's."""
        return self.works_for == "none of these" and self.ever_roles <= {PANEL_MEMBER}


class ForStanding(standing.WithCases):
    """And who asks, and all who hold the role of administrator."""

    actor: Person
    administrators: dict[UUID, Person]


class ForCorrection(Known):
    """Who asks, and every part that they ever had in an enrolment of the apprentice."""

    actor: Person
    parts: frozenset[Assignment]


class ForDeclaration(Known):
    """The apprentices named and everything recorded of their evidence, by the apprentice."""

    people: dict[UUID, Person]
    evidence: dict[UUID, tuple[Recorded, ...]]


PersonFact = (
    PersonRegistered
    | NameCorrected
    | EmploymentCorrected
    | RoleGranted
    | RoleEnded
    | standing.StandingFact
    | interests.InterestFact
    | competences.CompetenceFact
    | notices.NoticesChosen
    | addresses.AddressFact
    | providers.ProviderSaid
    | invitations.InvitationFact
)


def register_person(person: Person, command: RegisterPerson, known: Known) -> list[PersonFact]:
    """Make a person known, once."""
    if person.name:
        raise PersonAlreadyRegistered
    return [PersonRegistered(name=command.name, works_for=command.works_for)]


def correct_name(person: Person, command: CorrectName, known: Known) -> list[PersonFact]:
    """Call a person by another name (PERSON-9)."""
    check_registered(person)
    if command.name == person.name:
        return []
    return [NameCorrected(name=command.name, was=person.name, reason=command.reason)]


def correct_employment(person: Person, command: CorrectEmployment, known: standing.WithCases) -> list[PersonFact]:
    """Put right whom somebody else works for, unless they sit on a panel (PERSON-4, PERSON-5, PERSON-9)."""
    check_registered(person)
    check_not_oneself(command.person_id, known, "Another responsible officer can.")
    check_none_open(case for case in known.cases if command.person_id in case.members)
    if command.works_for == person.works_for:
        return []
    return [EmploymentCorrected(works_for=command.works_for, was=person.works_for, reason=command.reason)]


def grant_role(person: Person, command: GrantRole, known: standing.WithCases) -> list[PersonFact]:
    """Grant a role that the person does not hold, never to oneself nor to who sits on a panel (PERSON-4, PERSON-5)."""
    check_registered(person)
    check_not_oneself(command.person_id, known, "Another administrator can, or `portfolio grant` on the server.")
    if command.role in person.granted():
        raise RoleAlreadyHeld
    standing.check_may_get(command.person_id, command.role, known)
    return [RoleGranted(role=command.role, reason=command.reason, on_server=known.by == SYSTEM)]


def end_role(person: Person, command: EndRole, known: ForStanding) -> list[PersonFact]:
    """End a role that the person holds (PERSON-2, PERSON-5)."""
    check_registered(person)
    if command.role not in person.granted():
        raise RoleNotHeld
    cases = standing.cases_without(command.person_id, command.role, command.reason, known)
    return [RoleEnded(role=command.role, reason=command.reason, cases=cases)]


def follow_provider(person: Person, command: providers.FollowProvider, known: ForStanding) -> list[PersonFact]:
    """Give and end what follows from a provider's word, as far as an administrator could (IDENTITY-4, -5, -6)."""
    check_registered(person)
    before = person.provided.said.get(command.issuer)
    if before is not None and command.said_at < before.said_at:
        return []
    said = providers.ProviderSaid(issuer=command.issuer, roles=command.roles, said_at=command.said_at)
    facts: list[PersonFact] = [said] if command.roles != (before.roles if before else frozenset()) else []
    for step in providers.steps(person, command, known):
        if step.refusal is None:
            kind = RoleGranted if step.gives else RoleEnded
            facts.append(kind(role=step.role, provider=command.issuer))
    return facts


def suspend_person(person: Person, command: standing.SuspendPerson, known: ForStanding) -> list[PersonFact]:
    """Stop everything somebody else may do and see, with a reason (PERSON-2, PERSON-5)."""
    check_registered(person)
    check_not_oneself(command.person_id, known, "Another administrator or responsible officer can.")
    if person.suspended:
        raise standing.AlreadySuspended
    check_other_administrator(command.person_id, known)
    cases = cases_left(command.person_id, command.reason, known)
    return [standing.PersonSuspended(reason=command.reason, cases=cases)]


def reinstate_person(person: Person, command: standing.ReinstatePerson, known: Known) -> list[PersonFact]:
    """Let a suspended person go on (PERSON-2)."""
    check_registered(person)
    if not person.suspended:
        raise standing.NotSuspended
    return [standing.PersonReinstated(reason=command.reason)]


def sign_out(person: Person, command: standing.SignOut, known: Known) -> list[PersonFact]:
    """End whatever the person signed in with until now; each time is later than the last (PERSON-11)."""
    check_registered(person)
    return [standing.PersonSignedOut(before=max(known.at, person.signed_out + timedelta(microseconds=1)))]


def declare_interest(person: Person, command: interests.DeclareInterest, known: ForDeclaration) -> list[PersonFact]:
    """Record what a person says of themselves, whatever it is and however often, of registered people (INTEREST-1)."""
    check_registered(person)
    for apprentice in known.people.values():
        check_registered(apprentice)
    return [
        InterestDeclared(
            apprentice=apprentice,
            interest=command.interest,
            detail=command.detail,
            late=interests.viewed(known.by, known.evidence[apprentice])
            and not person.said_in_time(apprentice, command.interest),
        )
        for apprentice in sorted(known.people)
    ]


def confirm_correction(person: Person, command: interests.ConfirmCorrection, known: ForCorrection) -> list[PersonFact]:
    """Let another person's correction count, which frees them of a conflict, with a reason (INTEREST-1)."""
    check_registered(person)
    interests.check_may_confirm(
        command, known.by, tied=bool(known.parts & TIES) or known.actor.interested_in(command.apprentice)
    )
    if not person.corrected(command.apprentice):
        raise CorrectionUnknown
    return [interests.CorrectionConfirmed(apprentice=command.apprentice, reason=command.reason)]


def record_competence(person: Person, command: competences.RecordCompetence, known: ForCompetence) -> list[PersonFact]:
    """Record a competence of somebody else, on criteria that exist (DECISION-1, PERSON-4, PERSON-6, -12)."""
    check_registered(person)
    check_not_oneself(command.person_id, known, "Another administrator can.")
    return [competences.recorded(command, known)]


def correct_competence(person: Person, command: CorrectCompetence, known: ForCompetence) -> list[PersonFact]:
    """Put a competence of somebody else right, on criteria that exist (PERSON-4, PERSON-6, PERSON-10)."""
    check_registered(person)
    check_not_oneself(command.person_id, known, "Another administrator can.")
    return [*competences.corrected(person.competences, command, known)]


def take_competence_back(person: Person, command: competences.TakeCompetenceBack, known: Known) -> list[PersonFact]:
    """Take back a competence that somebody else never got (PERSON-4, PERSON-10)."""
    check_registered(person)
    check_not_oneself(command.person_id, known, "Another administrator can.")
    return [competences.taken_back(person.competences, command)]


def choose_notices(person: Person, command: notices.ChooseNotices, known: Known) -> list[PersonFact]:
    """Record how often somebody wants to be told by mail, if that is another choice than the one that holds."""
    check_registered(person)
    return [] if command.mails == person.mails else [notices.NoticesChosen(mails=command.mails)]


def check_registered(person: Person) -> None:
    """Refuse somebody who is not known."""
    if not person.name:
        raise PersonUnknown


def evolve(person: Person, fact: PersonFact) -> Person:
    """Apply a fact."""
    match fact:
        case PersonRegistered(name=name, works_for=works_for):
            return changed(person, name=name, works_for=works_for)
        case NameCorrected(name=name):
            return changed(person, name=name)
        case EmploymentCorrected(works_for=works_for):
            return changed(person, works_for=works_for)
        case RoleGranted(role=role, provider=provider):
            field = "waiting" if person.suspended else "roles"
            provided = person.provided.after_giving(role, provider)
            ever = person.ever_roles | {role}
            return changed(person, ever_roles=ever, provided=provided, **{field: getattr(person, field) | {role}})
        case RoleEnded(role=role, provider=provider):
            provided = person.provided.after_ending(role, provider)
            return changed(person, roles=person.roles - {role}, waiting=person.waiting - {role}, provided=provided)
        case providers.ProviderSaid():
            return changed(person, provided=person.provided.after_word(fact))
        case standing.PersonSuspended():
            return changed(person, suspended=True, roles=frozenset(), waiting=person.roles)
        case standing.PersonReinstated():
            return changed(person, suspended=False, roles=person.waiting, waiting=frozenset())
        case standing.PersonSignedOut(before=before):
            return changed(person, signed_out=before)
        case InterestDeclared():
            return changed(person, interests=(*person.interests, fact))
        case interests.CorrectionConfirmed(apprentice=apprentice):
            declarations = len(person.declared(apprentice))
            return changed(person, confirmed={**person.confirmed, apprentice: declarations})
        case CompetenceRecorded() | competences.CompetenceCorrected() | competences.CompetenceTakenBack():
            return changed(person, competences=competences.competences_after(person.competences, fact))
        case notices.NoticesChosen(mails=mails):
            return changed(person, mails=mails)
        case addresses.AddressRegistered() | addresses.AddressRemoved():
            return changed(person, address=addresses.address_after(fact), invited="")
        case invitations.PersonInvited() | invitations.InvitationTakenUp():
            return changed(person, invited=invitations.invited_after(fact))
    assert_never(fact)


PERSON = Aggregate(
    "person_id",
    Person(),
    (
        register_person,
        correct_name,
        correct_employment,
        grant_role,
        end_role,
        follow_provider,
        suspend_person,
        reinstate_person,
        sign_out,
        declare_interest,
        confirm_correction,
        record_competence,
        correct_competence,
        take_competence_back,
        choose_notices,
        addresses.register_address,
        addresses.remove_address,
        invitations.invite_person,
        invitations.take_invitation_up,
    ),
    evolve,
)
