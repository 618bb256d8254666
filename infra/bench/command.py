"""Whole commands by a real handler: permission, loading, fold of a 20-fact stream, decide and append."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, date, datetime
from functools import partial
from itertools import cycle
from typing import cast
from uuid import UUID, uuid4

from infra.bench.facts import HISTORY, append_of, streams_of
from infra.bench.measure import Operation, Row, Worker, rate, ratio_row, rounds
from infra.bench.peers.command import raw, shipped
from infra.bench.stores import Bench, Store
from portfolio.application.handler import CommandHandler
from portfolio.application.ports import Idempotency, Vault
from portfolio.application.state_cache import Cached, Name, StateCache
from portfolio.domain.competences import CompetenceRecorded, RecordCompetence
from portfolio.domain.person import GrantRole, PersonRegistered, RegisterPerson
from portfolio.domain.vocabulary import SYSTEM

DAY = date(2026, 11, 1)
DETAIL = "d" * 484
"""Makes the fact as long as the raw peer's."""

ROWS = {
    "PostgreSQL": ((32, 2.0, None), (8, 1.2, None), (1, 0.9, 0.4)),
    "SQLite": ((8, None, None), (1, None, None)),
}
"""By kind of store: threads, the goal with all states kept, and with none but that of the person who acts."""


Works = Callable[[Store, int], AbstractContextManager[Worker]]


class Cold(StateCache):
    """Keeps the state of the person who acts alone, so that every command reads the record that it is about."""

    def __init__(self, actor: UUID) -> None:
        super().__init__()
        self._actor = actor

    def get(self, name: Name) -> Cached | None:
        """Return what is kept of the person who acts."""
        return super().get(name) if name[1] == self._actor else None


@contextmanager
def ours(store: Store, threads: int, *, cold: bool) -> Iterator[Worker]:
    """Let an administrator record people's competences."""
    with store.journal() as journal:
        administrator = uuid4()
        cache = Cold(administrator) if cold else StateCache()
        handler = CommandHandler(journal, cast(Vault, None), lambda: datetime.now(UTC), uuid4, cache)
        handler.execute(RegisterPerson(person_id=administrator, name="A", works_for="assessment organisation"), SYSTEM)
        handler.execute(GrantRole(person_id=administrator, role="administrator"), SYSTEM)

        def record(person: UUID) -> None:
            command = RecordCompetence(person_id=person, kind="training", occurred_on=DAY, detail=DETAIL)
            key = Idempotency(key=str(uuid4()), fingerprint=b"f" * 32)
            handler.execute(command, administrator, idempotency=key)

        def worker() -> Operation:
            people = [uuid4() for _ in range(streams_of(threads))]
            for person in people:
                trained = CompetenceRecorded(kind="training", criteria_id=None, occurred_on=DAY, detail=DETAIL)
                facts = [PersonRegistered(name="P", works_for="centre"), *[trained] * (HISTORY - 2)]
                journal.append(*append_of(person, person, facts))
                record(person)
            turns = cycle(people)

            def operation() -> int:
                record(next(turns))
                return 1

            return operation

        yield worker


def command(bench: Bench) -> list[Row]:
    """Return the rows of whole commands."""

    def measured(work: Works, threads: int) -> float:
        with bench.scratch() as store:
            return rate(partial(work, store, threads), threads=threads, seconds=bench.seconds)

    def both(threads: int, goal: float | None, cold_goal: float | None) -> list[Row]:
        works: dict[str, Works] = {
            "portfolio": partial(ours, cold=False),
            f"raw {bench.driver} select + insert": raw,
            "eventsourcing as shipped": shipped,
            "cold": partial(ours, cold=True),
        }
        turns = {name: partial(measured, work, threads) for name, work in works.items()}
        rates = rounds(turns, bench.rounds)
        cold = {"portfolio": rates.pop("cold"), **{name: rate for name, rate in rates.items() if name != "portfolio"}}
        who = f"1 process x {threads} threads" if threads > 1 else "one alone"
        name = f"{bench.kind}, whole command, {who}"
        return [
            ratio_row(f"{name}, with kept states", rates, goal=goal),
            ratio_row(f"{name}, the record cold", cold, goal=cold_goal),
        ]

    return [row for each in ROWS[bench.kind] for row in both(*each)]
