"""Whole commands on SQLite: permission, lookups, fold of a 20-fact stream, decide and append, by a real handler."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast
from uuid import UUID, uuid4

from infra.bench.append import RAW_INSERT, RAW_TABLE, connect_raw
from infra.bench.facts import TOPIC, raw_state
from infra.bench.measure import Operation, Row, rate, ratio_row, rounds
from infra.store.journal import EventJournal
from portfolio.application.handler import CommandHandler
from portfolio.application.lookups import Lookups
from portfolio.application.ports import Idempotency, Vault
from portfolio.application.state_cache import StateCache
from portfolio.domain.person import GrantRole, RecordCompetence, RegisterPerson
from portfolio.domain.vocabulary import SYSTEM

HISTORY = 20
"""Facts of the stream before the command."""


class NoCache(StateCache):
    """Keeps nothing, so that every command reads its streams."""

    def get(self, name: tuple[str, UUID]) -> None:
        """Return nothing."""


def ours(threads: int, seconds: float, cache: type[StateCache]) -> float:
    """Return commands a second: an administrator records competences of one person a thread."""
    with TemporaryDirectory() as folder:
        journal = EventJournal.in_file(Path(folder) / "facts.db", secret=b"bench")
        handler = CommandHandler(journal, Lookups(cast(Vault, None)), lambda: datetime.now(UTC), uuid4, cache())
        administrator = uuid4()
        handler.execute(RegisterPerson(person_id=administrator, name="A", works_for="assessment organisation"), SYSTEM)
        handler.execute(GrantRole(person_id=administrator, role="administrator"), SYSTEM)

        def worker() -> Operation:
            person = uuid4()
            handler.execute(RegisterPerson(person_id=person, name="P", works_for="centre"), administrator)
            command = RecordCompetence(
                person_id=person, kind="training", occurred_on=date(2026, 11, 1), detail="d" * 300
            )

            def operation() -> int:
                key = Idempotency(key=str(uuid4()), fingerprint=b"bench")
                handler.execute(command, administrator, idempotency=key)
                return 1

            for _ in range(HISTORY - 1):
                operation()
            return operation

        try:
            return rate(worker, threads, seconds)
        finally:
            journal.close()


def raw(threads: int, seconds: float) -> float:
    """Return transactions a second that select a stream's last 20 rows and insert one, by hand."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "raw.db"
        connect_raw(path).execute(RAW_TABLE)

        def worker() -> Operation:
            connection, stream, version = connect_raw(path), uuid4().bytes, HISTORY
            with connection:
                connection.executemany(RAW_INSERT, [(stream, n, TOPIC, raw_state()) for n in range(1, HISTORY + 1)])

            def operation() -> int:
                nonlocal version
                connection.execute(
                    "SELECT version, state FROM stored WHERE stream = ? AND version > ? ORDER BY version",
                    (stream, version - HISTORY),
                ).fetchall()
                version += 1
                connection.execute("BEGIN IMMEDIATE")
                connection.execute(RAW_INSERT, (stream, version, TOPIC, raw_state()))
                connection.execute("COMMIT")
                return 1

            return operation

        return rate(worker, threads, seconds)


def command(seconds: float, number: int) -> list[Row]:
    """Return the rows of whole commands on SQLite."""

    def row(name: str, threads: int) -> Row:
        candidates: dict[str, Callable[[], float]] = {
            "portfolio": lambda: ours(threads, seconds, StateCache),
            "raw sqlite3 select + insert": lambda: raw(threads, seconds),
            "portfolio without the state cache": lambda: ours(threads, seconds, NoCache),
        }
        return ratio_row(name, rounds(candidates, number), goal=None)

    return [
        row("SQLite, whole command, 8 threads", 8),
        row("SQLite, whole command, one alone", 1),
    ]
