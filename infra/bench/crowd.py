"""Many people, each with an enrolment of theirs, to list: told without running a command."""

import random
from collections.abc import Iterator
from datetime import date
from functools import partial
from typing import cast
from uuid import UUID, uuid4

from infra.bench.facts import ACTOR, item
from infra.bench.log import tell
from infra.store.journal import EventJournal
from portfolio.domain.appeal.facts import AppealLodged, DecisionSubject, Ground
from portfolio.domain.assessment.facts import AttemptOpened
from portfolio.domain.criteria import CriteriaDrafted
from portfolio.domain.deployment import DEPLOYMENT_ID, DeploymentCreated
from portfolio.domain.enrolment.facts import ApprenticeEnrolled, PersonAssigned
from portfolio.domain.form import FormDrafted
from portfolio.domain.interests import InterestDeclared
from portfolio.domain.kernel import Fact
from portfolio.domain.person import PersonRegistered, RoleGranted
from portfolio.domain.vocabulary import Assignment, Role

DAY = date(2026, 9, 1)
FIRST = "Adé Amélie Björn Chloë Dáire Eszter Fatima Gwen Hugo Ines Jakub José Kofi Leïla Mia Noor Olu Priya Quinn Rosa"
LAST = "Ab Bar Cor Dun El Fair Gor Hol Ing Jar Kel Lan Mor Nor Ow Pen Quil Ros Stan Tor Ul Van Wal Xan York Zim"
ENDS = "son ley ton worth field man berg ssen ová ić er by wick ham stein"
EMPLOYERS, CENTRES = 2_000, 300
ROUTES = ("LET", "CVT", "AVT")
NEEDED: dict[Assignment, tuple[Role, int]] = {
    "assessor": ("assessor", 200),
    "coach": ("coach", 300),
    "internal quality assurer": ("internal quality assurer", 10),
}
"""Who has a part in each enrolment: the role for it, and how many people share all enrolments."""
PLANS = (UUID(int=11), UUID(int=12))
APPEALED = 50
"""Of so many enrolments one has an appeal."""
ITEMS, ATTEMPTS = 60, 12
"""Evidence and attempts of the first enrolment."""


class Crowd:
    """Tells ``size`` people, each with an enrolment of theirs, and those who work with them."""

    def __init__(self, journal: EventJournal, size: int) -> None:
        self._tell = partial(tell, journal)
        self._chance = random.Random(size)  # noqa: S311 - the same crowd in every run
        self.staff: dict[str, list[UUID]] = {name: [uuid4() for _ in range(many)] for name, (_, many) in NEEDED.items()}
        self.administrator, self.lead = uuid4(), uuid4()
        self.apprentices = [uuid4() for _ in range(size)]
        self.names = {person: self._name() for person in self.apprentices}
        self._tell([(DEPLOYMENT_ID, [DeploymentCreated(mode="demo")])])
        self._tell(self._workers())
        self._tell((person, [registered(name)]) for person, name in self.names.items())
        self.enrolments = [uuid4() for _ in range(size)]
        self._tell(map(self._enrolled, self.enrolments, self.apprentices))
        self._tell(self._written(max(1, size // 200)))
        self._tell(self._work(self.enrolments[0], self.apprentices[0]))
        self._tell(map(self._appealed, self.enrolments[::APPEALED], self.apprentices[::APPEALED]))

    def _workers(self) -> Iterator[tuple[UUID, list[Fact]]]:
        roles: dict[str, Role] = {name: role for name, (role, _) in NEEDED.items()}
        for name, people in self.staff.items():
            for person in people:
                yield person, [registered(self._name()), RoleGranted(role=roles[name])]
        yield self.administrator, [registered(self._name()), RoleGranted(role="administrator")]
        declared = [InterestDeclared(apprentice=each, interest="none", detail="") for each in self.apprentices[::100]]
        yield self.lead, [registered(self._name()), RoleGranted(role="lead assessor"), *declared]

    def _name(self) -> str:
        last = self._chance.choice(LAST.split()) + self._chance.choice(ENDS.split())
        return f"{self._chance.choice(FIRST.split())} {last}"

    def _enrolled(self, enrolment_id: UUID, apprentice: UUID) -> tuple[UUID, list[Fact]]:
        chance = self._chance
        enrolled = ApprenticeEnrolled(
            apprentice=apprentice,
            uln=str(apprentice),
            plan_id=PLANS[0] if chance.random() < 0.9 else PLANS[1],
            plan_reference="ST1297",
            form_id=ACTOR,
            route=chance.choice(ROUTES),
            centre_ukprn=str(10_000_000 + int(CENTRES * chance.random() ** 2)),
            employer=f"Employer {int(EMPLOYERS * chance.random() ** 3)} Ltd",
            starts_on=DAY,
        )
        parts = [
            PersonAssigned(
                person_id=chance.choice(people),
                assignment=cast(Assignment, name),
                starts_on=DAY,
                components=frozenset(),
            )
            for name, people in self.staff.items()
        ]
        return enrolment_id, [enrolled, *parts]

    def _written(self, many: int) -> Iterator[tuple[UUID, list[Fact]]]:
        for number in range(many):
            plan_id, title = PLANS[number % 2], f"{self._chance.choice(LAST.split())} {number}"
            yield uuid4(), [FormDrafted(plan_id=plan_id, title=title, routes=ROUTES[:2])]
            yield (
                uuid4(),
                [
                    CriteriaDrafted(
                        plan_id=plan_id, title=title, version="1", scale=("pass",), criteria=(), sha256="00" * 32
                    )
                ],
            )

    def _work(self, enrolment_id: UUID, apprentice: UUID) -> Iterator[tuple[UUID, list[Fact]]]:
        for number in range(ITEMS):
            yield uuid4(), item(enrolment_id, apprentice, number)
        for number in range(ATTEMPTS):
            yield uuid4(), [self._opened(enrolment_id, apprentice, number)]

    def _opened(self, enrolment_id: UUID, apprentice: UUID, number: int) -> Fact:
        return AttemptOpened(
            enrolment_id=enrolment_id,
            apprentice=apprentice,
            form_id=ACTOR,
            component=f"C{number % 6}",
            criteria_id=ACTOR,
            evidence_kinds=frozenset(),
            codes=frozenset({"K1"}),
            route="LET",
            number=1 + number // 6,
            barred=frozenset(),
            after_appeal=None,
        )

    def _appealed(self, enrolment_id: UUID, apprentice: UUID) -> tuple[UUID, list[Fact]]:
        lodged = AppealLodged(
            subject=DecisionSubject(assessment_id=uuid4(), decision_id=uuid4()),
            enrolment_id=enrolment_id,
            apprentice=apprentice,
            appellant=apprentice,
            grounds=(Ground(ground="evidence", statement="It was left out.", items=()),),
            consent="",
            took_part=frozenset(),
        )
        return uuid4(), [lodged]


def registered(name: str) -> Fact:
    """Return how a person begins."""
    return PersonRegistered(name=name, works_for="centre")
