"""Lists: how long the service takes for a page, of many people and as many enrolments, from anywhere in every order."""

import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, NamedTuple, cast
from uuid import UUID, uuid4

from flask.testing import FlaskClient

from api.app import create_app
from api.fields import Cursor
from api.lists import NAMES, RECORDED
from api.services import Services
from infra.bench.crowd import PLANS, Crowd
from infra.bench.measure import Row, ceiling_row, elapsed
from infra.bench.stores import Bench
from infra.store.journal import EventJournal
from portfolio.application.handler import CommandHandler
from portfolio.application.previews import State
from portfolio.application.recipes import Asked as Preview
from projections.machinery.listing import sorted_as
from projections.machinery.runner import Projector
from projections.views import VIEWS

OK = 200
GOAL = 50.0
"""Milliseconds of server time of the slowest page."""
PLACES = 4
"""Pages that are asked for in one order with one set of filters, each from another place."""
TRIES = 3
"""How often a page is asked for; the shortest time counts: what else the machine does is not the list's."""


class Asked(NamedTuple):
    """A list as one person asks for it, in each of these orders with each of these sets of filters."""

    who: str
    person: UUID
    path: str
    sorts: Sequence[str]
    filters: Sequence[Mapping[str, object]]


class Named:
    """Takes a person's id for their token."""

    def bearer_of(self, token: str, source: str | None = None) -> UUID:  # noqa: ARG002 - as in ``Tokens``
        """Return the person."""
        return UUID(token)


def lists(bench: Bench) -> list[Row]:
    """Return the slowest page of each list in milliseconds, of as many people and enrolments as facts are asked for."""
    with bench.scratch() as store, store.journal() as journal, closing(store.views()) as views:
        crowd = Crowd(journal, bench.facts)
        projector = Projector(journal, views, VIEWS)
        projector.rebuild()
        return measured(f"{bench.kind}, {bench.facts:,} people and enrolments", crowd, journal, projector)


def measured(name: str, crowd: Crowd, journal: EventJournal, projector: Projector) -> list[Row]:
    """Return the rows of a crowd that is told and shown."""
    client = service(journal, projector)
    chance = random.Random(len(crowd.apprentices))  # noqa: S311 - which pages, the same ones in every run

    def page(asked: Asked, query: Mapping[str, object]) -> float:
        headers = {"Authorization": f"Bearer {asked.person}"}

        def get() -> None:
            answer = client.get(f"/v1{asked.path}", query_string=query, headers=headers)
            if answer.status_code != OK:
                raise RuntimeError(answer.text)

        return min(elapsed(get) for _ in range(TRIES)) * 1000

    def slowest(asked: Asked) -> tuple[float, str]:
        times = {
            " ".join((sort, *(f"{name}={value}" for name, value in filters.items()))): max(
                page(asked, {"sort": sort, **filters, **start}) for start in starts(sort, crowd, journal.head(), chance)
            )
            for sort in asked.sorts
            for filters in asked.filters
        }
        worst = max(times, key=lambda each: times[each])
        return times[worst], worst

    rows = [(asked, *slowest(asked)) for asked in all_lists(crowd)]
    return [
        ceiling_row(f"{name}: {list_of(asked)} to {asked.who}, slowest page in ms ({worst})", milliseconds, goal=GOAL)
        for asked, milliseconds, worst in rows
    ]


def service(journal: EventJournal, projector: Projector) -> FlaskClient:
    """Return a client of a service that only reads; a person's id is their token."""
    services = Services(
        handler=CommandHandler(journal, cast(Any, None), lambda: datetime.now(UTC), uuid4),
        views=projector,
        journal=journal,
        vault=cast(Any, SimpleNamespace(origin="")),
        checking=cast(Any, None),
        tokens=Named(),
        sign_in=cast(Any, None),
        programs=cast(Any, None),
        sessions=cast(Any, SimpleNamespace(shown_before=lambda *_: None)),
        now=lambda: datetime.now(UTC),
        mode="demo",
        base_url="http://localhost",
        checks={},
        previews=cast(Any, SimpleNamespace(state=all_made, is_there=lambda _: True)),
    )
    return create_app(services).test_client()


def all_made(asked: Preview) -> State:
    """Return that a part of a file was made to be looked at."""
    return State(part=asked.part, recipe="", state="made")


def list_of(asked: Asked) -> str:
    """Return what is listed."""
    return asked.path.rpartition("/")[2]


def starts(sort: str, crowd: Crowd, head: int, chance: random.Random) -> Iterator[dict[str, str]]:
    """Yield where a page begins: at the beginning, and at places anywhere in the order."""
    yield {}
    for _ in range(PLACES):
        person = chance.choice(crowd.apprentices)
        key = sorted_as(crowd.names[person]) if sort in NAMES else chance.randint(1, head)
        yield {"cursor": Cursor().write((sort, key, person))}


def all_lists(crowd: Crowd) -> list[Asked]:
    """Return every list as those ask for it who see most of it."""
    both, office = (*NAMES, *RECORDED), crowd.administrator
    assessor, quality = crowd.staff["assessor"][0], crowd.staff["internal quality assurer"][0]
    searches: list[dict[str, object]] = [{"search": text} for text in ("a", "mi", "ros", "amélie", "rosa gor", "zzz")]
    enrolments: list[dict[str, object]] = [
        {},
        *searches,
        {"employer": "employer 0 ltd"},
        {"employer": "Employer 1999 Ltd"},
        {"centre_ukprn": "10000000"},
        {"route": "LET"},
        {"plan_id": PLANS[0]},
        {"plan_id": PLANS[1]},
        {"assessor": assessor},
        {"route": "LET", "plan_id": PLANS[1]},
        {"employer": "employer 0 ltd", "route": "CVT", "search": "a"},
        {"search": "mi", "plan": "ST1297"},
        {"state": "running"},
        {"declared": True},
        {"declared": False},
    ]
    appeals: list[dict[str, object]] = [{}, {"open": True}, {"status": "decided"}]
    people: list[dict[str, object]] = [
        {},
        *searches,
        {"role": "coach"},
        {"state": "active", "works_for": "centre", "search": "b"},
    ]
    few: list[dict[str, object]] = [{}, {"search": "gor"}, {"plan_id": PLANS[0]}]
    first = f"/enrolments/{crowd.enrolments[0]}"
    return [
        Asked("an administrator", office, "/people", both, people),
        Asked("an administrator", office, "/enrolments", both, enrolments),
        Asked("a lead assessor who declared one in a hundred", crowd.lead, "/enrolments", both, enrolments),
        Asked("an assessor", assessor, "/enrolments", both, enrolments),
        Asked("a quality assurer of every tenth", quality, "/enrolments", both, enrolments),
        Asked("an administrator", office, "/appeals", RECORDED, appeals),
        Asked("a lead assessor who declared one in a hundred", crowd.lead, "/appeals", RECORDED, appeals),
        Asked("a quality assurer of every tenth", quality, "/appeals", RECORDED, appeals),
        Asked("an administrator", office, "/forms", both, [*few, {"route": "LET", "approved": False}]),
        Asked("an administrator", office, "/criteria", both, few),
        Asked("an administrator", office, f"{first}/evidence", both, [{}, {"code": "K1"}]),
        Asked("an administrator", office, f"{first}/attempts", RECORDED, [{}]),
        Asked("an administrator", office, f"{first}/decisions", RECORDED, [{}]),
    ]
