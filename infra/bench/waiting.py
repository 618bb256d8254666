"""What waits for an assessor, told without running a command: their apprentices, what waits of each, one at work."""

import random
from collections.abc import Iterator
from functools import partial
from importlib.resources import files
from typing import cast
from uuid import UUID, uuid4

from infra.bench.crowd import registered
from infra.bench.facts import DAY, item, remark, waiting_item
from infra.bench.log import tell
from infra.store.journal import EventJournal
from portfolio.domain.assessment.facts import AttemptOpened
from portfolio.domain.criteria import CriteriaApproved, CriteriaDrafted, Criterion
from portfolio.domain.deployment import DEPLOYMENT_ID, DeploymentCreated
from portfolio.domain.enrolment.facts import ApprenticeEnrolled, PersonAssigned
from portfolio.domain.evidence.facts import EvidenceAnnotated
from portfolio.domain.form import Component, ComponentAdded, FormDrafted
from portfolio.domain.interests import InterestDeclared
from portfolio.domain.kernel import Fact, changed
from portfolio.domain.person import RoleGranted
from portfolio.domain.plan import PlanImported
from portfolio.plan_reader.text import read_plan

APPRENTICES, EACH, OTHERS, OPEN = 250, 40, 20, 100
"""Apprentices of the assessor, the versions of each that wait, assessors with as many, and open attempts."""
ROUTE = "LET"
ITEMS, REMARKS, MARKS = 60, 500, 300
"""Items of the apprentice whose work fills the largest pages, remarks on all of them, and on one page of another."""


class Waiting:
    """Tells an assessor's apprentices and what waits of them, and as much again that waits for others."""

    def __init__(self, journal: EventJournal) -> None:
        self._tell = partial(tell, journal)
        self._chance = random.Random(APPRENTICES)  # noqa: S311 - the same in every run
        self.assessor, self.form, self.plan, self.criteria = (uuid4() for _ in range(4))
        self.busy, self.enrolment, self.marked, self.attempt = (uuid4() for _ in range(4))
        self.apprentices: list[UUID] = []
        text = files("portfolio").joinpath("plans/ST1297-V2.md").read_text(encoding="utf-8")
        plan = read_plan(text)
        self._tell([(DEPLOYMENT_ID, [DeploymentCreated(mode="demo")])])
        self._tell([(self.plan, [PlanImported(text=text, sha256="00" * 32, plan=plan, importer=self.assessor)])])
        codes = sorted(plan.codes_of(ROUTE))
        halves = {"C1": frozenset(codes[::2]), "C2": frozenset(codes[1::2]), "C3": frozenset(codes)}
        components = [Component(key=key, name=key, method="test", codes=of) for key, of in halves.items()]
        drafted = FormDrafted(plan_id=self.plan, title="Form", routes=(ROUTE,))
        self._tell([(self.form, [drafted, *(ComponentAdded(component=each) for each in components)])])
        for assessor in (self.assessor, *(uuid4() for _ in range(OTHERS))):
            self._tell(self._work(assessor, APPRENTICES if assessor == self.assessor else APPRENTICES // OTHERS))
        self.codes = len(codes)
        self._tell(self._at_work(frozenset(codes)))

    def _work(self, assessor: UUID, many: int) -> Iterator[tuple[UUID, list[Fact]]]:
        apprentices = [uuid4() for _ in range(many)]
        self.apprentices += apprentices
        whose = [*apprentices, *([self.busy] if assessor == self.assessor else [])]
        declared = [InterestDeclared(apprentice=each, interest="none", detail="") for each in whose]
        yield assessor, [registered(f"Ada {assessor}"), RoleGranted(role="assessor"), *declared]
        for number, apprentice in enumerate(apprentices):
            enrolment_id = uuid4()
            yield apprentice, [registered(f"Mia {self._chance.randint(1, 10_000)}")]
            yield enrolment_id, self._enrolled(apprentice, assessor)
            for each in range(EACH):
                number = self._chance.randint(1, 1_000) if each % 2 else each
                yield uuid4(), waiting_item(enrolment_id, apprentice, number)
            if number < OPEN:
                yield uuid4(), [self._opened(enrolment_id, apprentice)]

    def _at_work(self, codes: frozenset[str]) -> Iterator[tuple[UUID, list[Fact]]]:
        """Yield the record of one whose items are answered, with remarks, and an attempt that asks for every code."""
        lines = tuple(
            Criterion(key=f"A{each}", category="Evidence", level="pass", text="Shows the code safely and unaided.")
            for each in range(1, 9)
        )
        drafted = CriteriaDrafted(
            plan_id=self.plan, title="Criteria", version="1", scale=("pass",), criteria=lines, sha256="00" * 32
        )
        yield self.criteria, [drafted, CriteriaApproved(sha256="00" * 32)]
        yield self.busy, [registered("Mia Work")]
        yield self.enrolment, self._enrolled(self.busy, self.assessor)
        for number in range(ITEMS):
            facts = item(self.enrolment, self.busy, number)
            own = sum(isinstance(fact, EvidenceAnnotated) for fact in facts)
            more = REMARKS // ITEMS + (number < REMARKS % ITEMS) - own
            yield uuid4(), [*facts, *(remark() for _ in range(more))]
        yield self.marked, [*item(self.enrolment, self.busy, ITEMS), *(remark() for _ in range(MARKS))]
        opened = changed(
            cast(AttemptOpened, self._opened(self.enrolment, self.busy)),
            component="C3",
            criteria_id=self.criteria,
            evidence_kinds=frozenset({"work product"}),
            codes=codes,
        )
        yield self.attempt, [opened]

    def _enrolled(self, apprentice: UUID, assessor: UUID) -> list[Fact]:
        return [
            ApprenticeEnrolled(
                apprentice=apprentice,
                uln=str(apprentice),
                plan_id=self.plan,
                plan_reference="ST1297",
                form_id=self.form,
                route=ROUTE,
                centre_ukprn="10000001",
                employer="Stage Hands",
                starts_on=DAY,
            ),
            PersonAssigned(person_id=assessor, assignment="assessor", starts_on=DAY, components=frozenset()),
        ]

    def _opened(self, enrolment_id: UUID, apprentice: UUID) -> Fact:
        return AttemptOpened(
            enrolment_id=enrolment_id,
            apprentice=apprentice,
            form_id=self.form,
            component="C1",
            criteria_id=self.form,
            evidence_kinds=frozenset(),
            codes=frozenset({"K1"}),
            route=ROUTE,
            number=1,
            barred=frozenset(),
            after_appeal=None,
        )
