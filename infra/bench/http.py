"""HTTP: the service under clients, beside what somebody would build instead, both real servers of one process."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import NamedTuple
from uuid import UUID, uuid4

import msgspec

from api.auth import cookie_of
from infra.bench.clients import Answered, Asking, Load, clients
from infra.bench.college import FACTS, Apprentice, College
from infra.bench.measure import Row, ceiling_row, ratio_row
from infra.bench.memory import cpu_seconds, family, memory
from infra.bench.service import free_port
from infra.bench.stores import Bench, Store
from infra.demo.client import Client, Unreachable
from infra.demo.show import server
from infra.deployment import create
from infra.errors import OperatorError
from infra.identity.keys import KeyFolder
from infra.identity.tokens import LocalTokens
from infra.main import now, open_record
from infra.previews import open_previews
from infra.settings import Settings
from infra.signing_in import open_sessions
from portfolio.application.originals import StoredFile
from portfolio.application.recipes import PAGE, making_of

OURS, PEER = "portfolio", "Flask and SQLAlchemy"
CLIENTS = (1, 8, 32)
GOAL_CLIENTS = 8
GOALS = {"claim": 3.0, "readiness": 3.0}
"""How many times as many requests a second, with so many clients."""
GOOD_FOR = timedelta(hours=3)
PATIENCE_SECONDS = 60
WARM_UP_SECONDS, LOOK_SECONDS = 0.3, 0.05


@dataclass(frozen=True)
class Service:
    """A server that runs, the number of its process, where its API lies and a trail in it, and how people sign in."""

    pid: int
    address: str
    api: str
    trail: str
    tokens: Mapping[UUID, str]
    cookies: Mapping[UUID, str]

    def asking(self, what: str, apprentice: Apprentice, college: College) -> Asking:
        """Return what one client asks: an apprentice or their assessor of their own, the administrator of the list."""
        enrolment = f"/enrolments/{apprentice.enrolment}"
        claims = tuple(f"{self.api}/evidence/{item}/claims" for item in apprentice.items)
        bodies = tuple(msgspec.json.encode({"version": 1, "codes": [code]}) for code in college.codes)
        own = self._token(apprentice.person)
        match what:
            case "claim":
                return Asking(own, "POST", claims, bodies, 201, again=False)
            case "refused claim":
                outside = msgspec.json.encode({"version": 1, "codes": ["K99"]})
                return Asking(own, "POST", claims, (outside,), 409, again=True)
            case "readiness":
                return asks(own, f"{self.api}{enrolment}/readiness")
            case "chronology":
                return asks(own, f"{self.api}{enrolment}/{self.trail}")
            case "list of enrolments":
                return asks(self._token(college.administrator), f"{self.api}/enrolments")
            case "page: board":
                return asks(self._cookie(apprentice.person), enrolment)
            case "page: item":
                shown = (f"/evidence/{item}?version=1&page=3&queue=sort%3Drecorded" for item in apprentice.waiting)
                return asks(self._cookie(apprentice.assessor), *shown)
            case "page: queue":
                return asks(self._cookie(apprentice.assessor), "/queue")
            case _:
                return asks(self._cookie(college.case.member), f"/appeals/{college.case.appeal}")

    def _token(self, person: UUID) -> tuple[str, str]:
        return "Authorization", f"Bearer {self.tokens[person]}"

    def _cookie(self, person: UUID) -> tuple[str, str]:
        return "Cookie", self.cookies[person]


def asks(who: tuple[str, str], *paths: str) -> Asking:
    """Return what a client asks that only looks."""
    return Asking(who, "GET", paths, (b"",), 200, again=True)


ONLY_OURS = "page: case"
"""What the other service does not keep: what was known when it was decided."""
WORK = (
    "claim",
    "refused claim",
    "readiness",
    "list of enrolments",
    "chronology",
    "page: board",
    "page: item",
    "page: queue",
    ONLY_OURS,
)


class Measured(NamedTuple):
    """What one round found, and the milliseconds of processor time of all of the service's processes for a request."""

    answered: Answered
    processor: float


class NoPeer(OperatorError):
    """The library that the other service is written with is not installed."""


def http(bench: Bench) -> list[Row]:
    """Return the rows of each kind of request with 1, 8 and 32 clients, and of what the processes take for them."""
    if find_spec("sqlalchemy") is None:
        raise NoPeer(
            "What is measured beside the service needs SQLAlchemy: install the product with its extra `bench`."
        )
    with bench.scratch() as store, TemporaryDirectory(prefix="portfolio-bench-") as name:
        folder = Path(name)
        settings = Settings.read(
            {
                "PORTFOLIO_FOLDER": str(folder / "data"),
                "PORTFOLIO_PORT": str(free_port()),
                "PORTFOLIO_SCANNER": "none",
                **store.settings(),
            }
        )
        settings.folder.mkdir()
        administrator = create(settings, "live", "An administrator")[0]
        with open_record(settings) as record:
            size = max(sum(CLIENTS) * bench.rounds, bench.facts // FACTS)
            college = College(record.journal, size, administrator)
        with ours(settings, college) as portfolio, theirs(store, folder, college) as peer, clients() as load:
            services = {OURS: portfolio, PEER: peer}
            fresh = iter(college.apprentices)  # a code is claimed once
            rows: list[Row] = []
            processor: dict[str, float] = {}
            for what in WORK:
                asked_of = {OURS: portfolio} if what == ONLY_OURS else services
                for number in CLIENTS:
                    asked = [
                        [next(fresh) for _ in range(number)] if what == "claim" else college.apprentices[:number]
                        for _ in range(bench.rounds)
                    ]
                    found = rounds(load, asked_of, what, asked, college, bench.seconds)
                    rows += rows_of(f"{bench.kind}, {what}, {number} clients", what, number, found)
                    if number == GOAL_CLIENTS:
                        processor[what] = median(each.processor for each in found[OURS])
            refused = processor["refused claim"] / processor["claim"]
            what = f"{bench.kind}, processor time of a refused claim to that of an accepted one"
            rows.append(ceiling_row(what, refused, goal=1.0))
            rows.append(
                compared(
                    f"{bench.kind}, memory of all processes in MB", {each: held(services[each]) for each in services}
                )
            )
        return rows


def rounds(
    load: Load,
    services: Mapping[str, Service],
    what: str,
    asked: Sequence[Sequence[Apprentice]],
    college: College,
    seconds: float,
) -> dict[str, list[Measured]]:
    """Return what each service's rounds found, taking turns; ``asked`` are those who ask in each."""
    found: dict[str, list[Measured]] = {name: [] for name in services}
    for apprentices in asked:
        for name, service in services.items():
            asking = [service.asking(what, each, college) for each in apprentices]
            if what != "claim":
                load(service.address, asking, WARM_UP_SECONDS)
            begun = cpu_seconds(service.pid)
            answered = load(service.address, asking, seconds)
            processor = (cpu_seconds(service.pid) - begun) / answered.requests * 1000
            found[name].append(Measured(answered, processor))
    return found


def rows_of(row: str, what: str, number: int, found: Mapping[str, Sequence[Measured]]) -> list[Row]:
    """Return the rows of one kind of request with so many clients."""

    def each(figure: Callable[[Measured], float]) -> dict[str, float]:
        return {name: median(map(figure, measured)) for name, measured in found.items()}

    rates = each(lambda one: one.answered.requests / one.answered.seconds)
    goal = GOALS.get(what) if number == GOAL_CLIENTS else None
    return [
        *([ratio_row(f"{row}: requests a second", rates, goal=goal)] if PEER in rates else []),
        compared(f"{row}: requests a second, as such", rates),
        compared(f"{row}: half of the answers within so many ms", each(lambda one: one.answered.p50 * 1000)),
        compared(f"{row}: all but 1 in 100 within so many ms", each(lambda one: one.answered.p99 * 1000)),
        compared(f"{row}: processor time of the service for each, in ms", each(lambda one: one.processor)),
    ]


def compared(row: str, figures: Mapping[str, float]) -> Row:
    """Return the row of a figure that has a unit, ours first."""
    ours, *others = figures
    peers = {name: round(figures[name], 3) for name in others}
    return Row(row=row, figure=round(figures[ours], 3), goal=None, met=None, peers=peers)


def held(service: Service) -> float:
    """Return the megabytes that all processes of a service have."""
    return sum(memory(pid, "VmRSS") for pid in family(service.pid)) / 1000


@contextmanager
def ours(settings: Settings, college: College) -> Iterator[Service]:
    """Run our server over the college's record."""
    given = LocalTokens(KeyFolder(settings.keys), now)
    tokens = {person: given.issue(person, GOOD_FOR) for person in college.people()}
    with open_sessions(settings, now) as sessions:
        cookies = {person: f"{cookie_of(settings.base_url)}={sessions.begin(person)}" for person in college.people()}
    lay_previews(settings, college)
    with server(settings) as process:
        client = Client(settings.base_url, tokens[college.administrator], PATIENCE_SECONDS)
        wait_until_answered(lambda: caught_up(client.get("/metrics")))
        yield Service(process.pid, settings.base_url, "/v1", "audit-trail", tokens, cookies)


def caught_up(told: bytes) -> bool:
    """Tell whether all that follow the log have taken what the college was told by, by what ``/metrics`` tells."""
    behind = [line for line in told.splitlines() if line.startswith(b"portfolio_behind_facts{")]
    return bool(behind) and all(line.endswith(b" 0.0") for line in behind)


def lay_previews(settings: Settings, college: College) -> None:
    """Lay something for each picture of what assessors look at, where it lies once it is made."""
    store = open_previews(settings)
    for item in (item for apprentice in college.apprentices for item in apprentice.waiting):
        sealed = college.files[item]
        file = StoredFile(object_id=sealed.object_id, sha256=sealed.sha256, size=sealed.size)
        making = making_of(file, sealed.bounds.media_type, PAGE)
        for name in making.names:
            store.keep(f"{making.folder}/{name}", BytesIO(b"4"))


@contextmanager
def theirs(store: Store, folder: Path, college: College) -> Iterator[Service]:
    """Run the other one over the same, with gunicorn's threads as it recommends for waiting for a database."""
    from infra.bench.peers.conventional import fill, service

    fill.fill(store.peers.address, college)
    key, port = uuid4().hex, free_port()
    tokens = {person: service.token(key, person) for person in college.people()}
    cookies = {person: service.cookie(key, person) for person in college.people()}
    variables = {service.ADDRESS: store.peers.address, service.KEY: key}
    with (
        (folder / "peer.log").open("wb") as log,
        subprocess.Popen(  # noqa: S603 - our own interpreter and peer
            [
                sys.executable,
                "-P",
                "-m",
                "gunicorn",
                "-k",
                "gthread",
                "--threads",
                "16",
                "-b",
                f"127.0.0.1:{port}",
                "infra.bench.peers.conventional.service:application()",
            ],
            env=os.environ | variables,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        ) as process,
    ):
        try:
            client = Client(f"http://127.0.0.1:{port}", tokens[college.administrator], PATIENCE_SECONDS)
            wait_until_answered(lambda: len(client.get("/enrolments")["items"]) > 0)
            yield Service(process.pid, f"http://127.0.0.1:{port}", "", "audit", tokens, cookies)
        finally:
            process.terminate()


def wait_until_answered(answered: Callable[[], bool]) -> None:
    """Wait until a service answers with what there is; raise ``TimeoutError``."""
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        with suppress(Unreachable):
            if answered():
                return
        time.sleep(LOOK_SECONDS)
    raise TimeoutError("The service that is measured does not answer.")
