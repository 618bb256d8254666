"""A college's record to ask a service about, told without running a command: apprentices with a log of evidence.

What an assessor has not answered yet is their queue; against one decision there is an appeal.
"""

from collections.abc import Iterator
from functools import partial
from importlib.resources import files
from typing import NamedTuple
from uuid import UUID, uuid4

from infra.bench.contested import Attempt, contest
from infra.bench.crowd import registered
from infra.bench.facts import DAY, Append, append_of, item, remark, waiting_item
from infra.bench.log import append_all, tell
from infra.store.journal import EventJournal
from portfolio.domain.criteria import CriteriaApproved, CriteriaDrafted, Criterion
from portfolio.domain.enrolment.facts import ApprenticeEnrolled, PersonAssigned
from portfolio.domain.evidence.facts import FileSealed
from portfolio.domain.form import Component, ComponentAdded, FormDrafted
from portfolio.domain.interests import InterestDeclared
from portfolio.domain.kernel import Fact
from portfolio.domain.person import RoleGranted
from portfolio.domain.plan import PlanImported
from portfolio.plan_reader.text import read_plan

ROUTE = "LET"
ITEMS, WAITING = 24, 4
"""Evidence of each apprentice that is answered, and that is not: of twelve facts each, the last of them the answer."""
FACTS = ITEMS * 12 + WAITING * 11
REMARKS, ASSESSORS = 3, 8


class Apprentice(NamedTuple):
    """An apprentice, their enrolment, their evidence, what of it waits, and for whom."""

    person: UUID
    enrolment: UUID
    items: tuple[UUID, ...]
    waiting: tuple[UUID, ...]
    assessor: UUID


class College:
    """Tells so many apprentices on one plan and one form; ``codes`` are those of their route.

    ``files`` are those of the evidence, and ``case`` is the appeal against a decision of the first apprentice.
    """

    def __init__(self, journal: EventJournal, size: int, administrator: UUID) -> None:
        self.plan, self.form, self.criteria, self.administrator = uuid4(), uuid4(), uuid4(), administrator
        self.assessors = [uuid4() for _ in range(min(ASSESSORS, size))]
        self.apprentices = [self._apprentice(number) for number in range(size)]
        self.files: dict[UUID, FileSealed] = {}
        text = files("portfolio").joinpath("plans/ST1297-V2.md").read_text(encoding="utf-8")
        plan = read_plan(text)
        self.codes = sorted(plan.codes_of(ROUTE))
        told = partial(tell, journal)
        told([(self.plan, [PlanImported(text=text, sha256="00" * 32, plan=plan, importer=administrator)])])
        told([(self.criteria, self._written()), (self.form, self._drafted())])
        told((each, self._assesses(each)) for each in self.assessors)
        told((each.person, self._known(number)) for number, each in enumerate(self.apprentices))
        told((each.enrolment, self._enrolled(each)) for each in self.apprentices)
        append_all(journal, (append for each in self.apprentices for append in self._handed_in(each)))
        append_all(journal, (append for each in self.apprentices for append in self._looked_at(each)))
        first = self.apprentices[0]
        attempt = Attempt(
            apprentice=first.person,
            enrolment=first.enrolment,
            assessor=first.assessor,
            items=first.items,
            form=self.form,
            criteria=self.criteria,
            component="C1",
            codes=self.codes[::2],
            route=ROUTE,
        )
        self.case = contest(journal, attempt, items_have=12)

    def people(self) -> list[UUID]:
        """Return everybody who asks for something."""
        apprentices = [each.person for each in self.apprentices]
        return [self.administrator, self.case.member, *self.assessors, *apprentices]

    def _apprentice(self, number: int) -> Apprentice:
        items, waiting = (tuple(uuid4() for _ in range(many)) for many in (ITEMS, WAITING))
        return Apprentice(uuid4(), uuid4(), items, waiting, self.assessors[number % len(self.assessors)])

    def _written(self) -> list[Fact]:
        lines = tuple(
            Criterion(key=f"A{each}", category="Evidence", level="pass", text="Shows the code safely and unaided.")
            for each in range(1, 9)
        )
        drafted = CriteriaDrafted(
            plan_id=self.plan, title="Criteria", version="1", scale=("pass",), criteria=lines, sha256="00" * 32
        )
        return [drafted, CriteriaApproved(sha256="00" * 32)]

    def _drafted(self) -> list[Fact]:
        halves = {"C1": frozenset(self.codes[::2]), "C2": frozenset(self.codes[1::2])}
        components = [
            Component(key=key, name=key, method="test", codes=codes, criteria_id=self.criteria)
            for key, codes in halves.items()
        ]
        drafted = FormDrafted(plan_id=self.plan, title="Form", routes=(ROUTE,))
        return [drafted, *(ComponentAdded(component=each) for each in components)]

    def _known(self, number: int) -> list[Fact]:
        return [registered(f"Mia {number}"), RoleGranted(role="apprentice")]

    def _assesses(self, assessor: UUID) -> list[Fact]:
        whose = [each.person for each in self.apprentices if each.assessor == assessor]
        declared = [InterestDeclared(apprentice=each, interest="none", detail="") for each in whose]
        return [registered("Ada"), RoleGranted(role="assessor"), *declared]

    def _enrolled(self, apprentice: Apprentice) -> list[Fact]:
        enrolled = ApprenticeEnrolled(
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
        assessed = PersonAssigned(
            person_id=apprentice.assessor, assignment="assessor", starts_on=DAY, components=frozenset()
        )
        return [enrolled, assessed]

    def _handed_in(self, apprentice: Apprentice) -> Iterator[Append]:
        for number, stream in enumerate((*apprentice.items, *apprentice.waiting)):
            facts = waiting_item(apprentice.enrolment, apprentice.person, number)
            self.files[stream] = next(fact for fact in facts if isinstance(fact, FileSealed))
            yield append_of(stream, apprentice.person, facts, by=apprentice.person)

    def _looked_at(self, apprentice: Apprentice) -> Iterator[Append]:
        *_, accepted = item(apprentice.enrolment, apprentice.person, 0)
        for stream in (*apprentice.items, *apprentice.waiting):
            facts = [*(remark() for _ in range(REMARKS)), *([accepted] if stream in apprentice.items else [])]
            yield append_of(stream, apprentice.person, facts, 8, by=apprentice.assessor)
