"""Queue: how long the service takes for a page of an assessor's queue, however narrowed and wherever it begins."""

import random
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from importlib.resources import files
from uuid import UUID, uuid4

from api.lists import NAMES, RECORDED
from infra.bench.crowd import registered
from infra.bench.facts import DAY, append_of, item
from infra.bench.lists import GOAL, TRIES, service
from infra.bench.log import WRITERS
from infra.bench.measure import Row, ceiling_row, elapsed
from infra.bench.stores import Bench
from infra.store.journal import EventJournal
from portfolio.domain.assessment.facts import AttemptOpened
from portfolio.domain.deployment import DEPLOYMENT_ID, DeploymentCreated
from portfolio.domain.enrolment.facts import ApprenticeEnrolled, PersonAssigned
from portfolio.domain.evidence.facts import EvidenceSubmitted
from portfolio.domain.form import Component, ComponentAdded, FormDrafted
from portfolio.domain.interests import InterestDeclared
from portfolio.domain.kernel import Fact
from portfolio.domain.person import RoleGranted
from portfolio.domain.plan import PlanImported
from portfolio.plan_reader.text import read_plan
from projections.machinery.runner import Projector
from projections.views import VIEWS

APPRENTICES, EACH, OTHERS, OPEN = 250, 40, 20, 100
"""Apprentices of the assessor, the versions of each that wait, assessors with as many, and open attempts."""
ROUTE = "LET"


class Waiting:
    """Tells an assessor's apprentices and what waits of them, and as much again that waits for others."""

    def __init__(self, journal: EventJournal) -> None:
        self._journal = journal
        self._chance = random.Random(APPRENTICES)  # noqa: S311 - the same in every run
        self.assessor, self.form, self.plan = uuid4(), uuid4(), uuid4()
        self.apprentices: list[UUID] = []
        text = files("portfolio").joinpath("plans/ST1297-V2.md").read_text(encoding="utf-8")
        plan = read_plan(text)
        self._tell([(DEPLOYMENT_ID, [DeploymentCreated(mode="demo")])])
        self._tell([(self.plan, [PlanImported(text=text, sha256="00" * 32, plan=plan, importer=self.assessor)])])
        codes = sorted(plan.codes_of(ROUTE))
        halves = {"C1": frozenset(codes[::2]), "C2": frozenset(codes[1::2])}
        components = [Component(key=key, name=key, method="test", codes=of) for key, of in halves.items()]
        drafted = FormDrafted(plan_id=self.plan, title="Form", routes=(ROUTE,))
        self._tell([(self.form, [drafted, *(ComponentAdded(component=each) for each in components)])])
        for assessor in (self.assessor, *(uuid4() for _ in range(OTHERS))):
            self._tell(self._work(assessor, APPRENTICES if assessor == self.assessor else APPRENTICES // OTHERS))

    def _work(self, assessor: UUID, many: int) -> Iterator[tuple[UUID, list[Fact]]]:
        apprentices = [uuid4() for _ in range(many)]
        self.apprentices += apprentices
        declared = [InterestDeclared(apprentice=each, interest="none", detail="") for each in apprentices]
        yield assessor, [registered(f"Ada {assessor}"), RoleGranted(role="assessor"), *declared]
        for number, apprentice in enumerate(apprentices):
            enrolment_id = uuid4()
            yield apprentice, [registered(f"Mia {self._chance.randint(1, 10_000)}")]
            yield enrolment_id, self._enrolled(apprentice, assessor)
            for each in range(EACH):
                facts = item(enrolment_id, apprentice, self._chance.randint(1, 1_000) if each % 2 else each)
                handed_in = next(place for place, fact in enumerate(facts) if isinstance(fact, EvidenceSubmitted))
                yield uuid4(), facts[: handed_in + 1]
            if number < OPEN:
                yield uuid4(), [self._opened(enrolment_id, apprentice)]

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

    def _tell(self, streams: Sequence[tuple[UUID, list[Fact]]] | Iterator[tuple[UUID, list[Fact]]]) -> None:
        told = [append_of(stream, stream, facts) for stream, facts in streams]
        with ThreadPoolExecutor(WRITERS) as pool:
            list(pool.map(lambda each: self._journal.append(*each), told))


def queue(bench: Bench) -> list[Row]:
    """Return the slowest page of a queue of 10,000 rows in milliseconds of server time, and of its number."""
    with bench.scratch() as store, store.journal() as journal, closing(store.views()) as views:
        waiting = Waiting(journal)
        projector = Projector(journal, views, VIEWS)
        projector.rebuild()
        client = service(journal, projector)
        headers = {"Authorization": f"Bearer {waiting.assessor}"}

        def timed(path: str, query: Mapping[str, object]) -> float:
            def get() -> None:
                answer = client.get(f"/v1{path}", query_string=query, headers=headers)
                if answer.status_code != 200:
                    raise RuntimeError(answer.text)

            return min(elapsed(get) for _ in range(TRIES)) * 1000

        name = f"{bench.kind}, {APPRENTICES * EACH:,} versions and {OPEN} attempts"
        times = {
            " ".join(f"{key}={value}" for key, value in query.items()): timed("/queues/assessor", query)
            for query in asked(waiting, client.get("/v1/queues/assessor", headers=headers).get_json())
        }
        worst = max(times, key=lambda each: times[each])
        return [
            ceiling_row(f"{name}: slowest page in ms ({worst})", times[worst], goal=GOAL),
            ceiling_row(f"{name}: who one is and what waits, in ms", timed("/me", {}), goal=GOAL),
        ]


def asked(waiting: Waiting, first: Mapping[str, object]) -> Iterator[dict[str, object]]:
    """Yield what is asked of the queue: every order, every filter, and pages from further on."""
    counts: list[dict[str, str]] = first["counts"]  # type: ignore[assignment]  # as the service answers
    outcome = next(row["value"] for row in counts if row["filter"] == "outcome")
    narrowed: list[dict[str, object]] = [
        {},
        {"kind": "PDF"},
        {"kind": "attempt"},
        {"apprentice": waiting.apprentices[0]},
        {"outcome": outcome},
        {"component": "C2"},
        {"component": "C1", "outcome": outcome, "kind": "PDF"},
        {"age": 7},
    ]
    for sort in (*RECORDED, *NAMES):
        for each in narrowed:
            yield {"sort": sort, **each}
    yield {"cursor": first["next"]}
