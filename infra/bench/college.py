"""A college's record to ask a service about, told without running a command: apprentices with a log of evidence."""

from functools import partial
from importlib.resources import files
from typing import NamedTuple
from uuid import UUID, uuid4

from infra.bench.crowd import registered
from infra.bench.facts import DAY, item
from infra.bench.log import tell
from infra.store.journal import EventJournal
from portfolio.domain.enrolment.facts import ApprenticeEnrolled
from portfolio.domain.form import Component, ComponentAdded, FormDrafted
from portfolio.domain.kernel import Fact
from portfolio.domain.person import RoleGranted
from portfolio.domain.plan import PlanImported
from portfolio.plan_reader.text import read_plan

ROUTE = "LET"
ITEMS = 24
"""Evidence of each apprentice, of twelve facts each."""


class Apprentice(NamedTuple):
    """An apprentice, their enrolment and their evidence."""

    person: UUID
    enrolment: UUID
    items: tuple[UUID, ...]


class College:
    """Tells so many apprentices on one plan and one form; ``codes`` are those of their route."""

    def __init__(self, journal: EventJournal, size: int, administrator: UUID) -> None:
        self._tell = partial(tell, journal)
        self.plan, self.form, self.administrator = uuid4(), uuid4(), administrator
        self.apprentices = [Apprentice(uuid4(), uuid4(), tuple(uuid4() for _ in range(ITEMS))) for _ in range(size)]
        text = files("portfolio").joinpath("plans/ST1297-V2.md").read_text(encoding="utf-8")
        plan = read_plan(text)
        self.codes = sorted(plan.codes_of(ROUTE))
        halves = {"C1": frozenset(self.codes[::2]), "C2": frozenset(self.codes[1::2])}
        components = [Component(key=key, name=key, method="test", codes=codes) for key, codes in halves.items()]
        drafted = FormDrafted(plan_id=self.plan, title="Form", routes=(ROUTE,))
        self._tell([(self.plan, [PlanImported(text=text, sha256="00" * 32, plan=plan, importer=administrator)])])
        self._tell([(self.form, [drafted, *(ComponentAdded(component=each) for each in components)])])
        self._tell((each.person, self._known(number)) for number, each in enumerate(self.apprentices))
        self._tell((each.enrolment, [self._enrolled(each)]) for each in self.apprentices)
        self._tell(
            (stream, item(each.enrolment, each.person, number))
            for each in self.apprentices
            for number, stream in enumerate(each.items)
        )

    def _known(self, number: int) -> list[Fact]:
        return [registered(f"Mia {number}"), RoleGranted(role="apprentice")]

    def _enrolled(self, apprentice: Apprentice) -> Fact:
        return ApprenticeEnrolled(
            apprentice=apprentice.person,
            uln=str(apprentice.person),
            plan_id=self.plan,
            plan_reference="ST1297",
            form_id=self.form,
            route=ROUTE,
            centre_ukprn="10000001",
            employer="Stage Hands",
            starts_on=DAY,
        )
