"""Projection: catching up with a log against a loop written by hand, and rebuilding views from a long log."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import msgspec

from infra.bench.facts import append_of, enrolment
from infra.bench.measure import Row, ceiling_row, elapsed, ratio_row, rounds
from infra.store.journal import EventJournal
from infra.store.views import LiteViews
from projections.audit_trail import AUDIT_TRAIL
from projections.readiness import READINESS
from projections.runner import Projector
from projections.views import VIEWS

CATCH_UP = 20_000
REBUILD = 200_000
"""Facts of the log that is rebuilt; the goal is for a million, so the time is multiplied up."""
GOAL_SECONDS = 10.0


@contextmanager
def long_log(folder: Path, facts: int) -> Iterator[EventJournal]:
    """Give a journal of this many facts and a few more."""
    journal = EventJournal.in_file(folder / "facts.db", secret=b"bench")
    plan_id, form_id = uuid4(), uuid4()
    try:
        while journal.head() < facts:
            for stream, apprentice, told in enrolment(plan_id, form_id):
                journal.append(append_of(stream, apprentice, told))
        yield journal
    finally:
        journal.close()


def by_hand(source: Path, target: Path) -> None:
    """Fold the same two views as a script would: one pass, untyped JSON, plain dictionaries, bulk inserts."""
    log = sqlite3.connect(source)
    views = sqlite3.connect(target)
    views.execute("PRAGMA journal_mode=WAL")
    views.execute("PRAGMA synchronous=NORMAL")
    views.execute("CREATE TABLE readiness (enrolment BLOB PRIMARY KEY, picture BLOB)")
    views.execute("CREATE TABLE trail (position INTEGER PRIMARY KEY, enrolment, stream, at, actor, kind, sentence)")
    owner: dict[bytes, bytes] = {}
    claims: dict[bytes, dict[str, int]] = {}
    rows = log.execute("SELECT position, originator_id, topic, state FROM facts ORDER BY position")
    while batch := rows.fetchmany(1000):
        trail, touched = [], set()
        for position, stream, topic, state in batch:
            body = msgspec.json.decode(state[57:])
            if topic == "enrolment.apprentice-enrolled":
                owner[stream] = stream
            elif topic == "evidence.upload-offered":
                owner[stream] = bytes.fromhex(body["enrolment_id"].replace("-", ""))
            enrolment_id = owner[stream]
            if topic == "evidence.statement-claimed":
                claims.setdefault(enrolment_id, {})[body["code"]] = position
            touched.add(enrolment_id)
            trail.append((position, enrolment_id, stream, state[1:9], state[9:25], topic, f"{topic}: {body}"))
        views.executemany("INSERT INTO trail VALUES (?, ?, ?, ?, ?, ?, ?)", trail)
        pictures = [(each, msgspec.json.encode(claims.get(each, {}))) for each in touched]
        views.executemany("INSERT OR REPLACE INTO readiness VALUES (?, ?)", pictures)
        views.commit()
    log.close()
    views.close()


def catch_up(journal: EventJournal, target: Path) -> None:
    """Fold readiness and audit trail with our runner."""
    views = LiteViews(target)
    try:
        projector = Projector(journal, views, (READINESS, AUDIT_TRAIL))
        while projector.step():
            pass
    finally:
        views.close()


def project(_: float, number: int) -> list[Row]:
    """Return the row of catching up on readiness and the audit trail."""
    with TemporaryDirectory() as name, long_log(Path(name), CATCH_UP) as journal:
        folder, facts = Path(name), journal.head()
        rates = rounds(
            {
                "portfolio": lambda: facts / elapsed(lambda: catch_up(journal, folder / f"{uuid4()}.db")),
                "loop by hand": lambda: facts / elapsed(lambda: by_hand(folder / "facts.db", folder / f"{uuid4()}.db")),
            },
            number,
        )
    return [ratio_row("Projection catch-up, readiness and audit trail", rates, goal=0.9)]


def rebuild(_: float, number: int) -> list[Row]:
    """Return the rows of rebuilding readiness with the audit trail, and every view, per million facts."""
    with TemporaryDirectory() as name, long_log(Path(name), REBUILD) as journal:
        views = LiteViews(Path(name) / "views.db")
        projector = Projector(journal, views, VIEWS)
        per_million = 1_000_000 / journal.head()
        together = (READINESS.name, AUDIT_TRAIL.name)

        def timed(*names: str) -> Callable[[], float]:
            return lambda: elapsed(lambda: projector.rebuild(*names)) * per_million

        try:
            both = rounds({"both": timed(*together)}, number)["both"]
            others = rounds({view.name: timed(view.name) for view in VIEWS if view.name not in together}, 1)
        finally:
            views.close()
    unit = f"seconds for 1,000,000 facts, multiplied up from {REBUILD}"
    return [
        ceiling_row(f"Rebuild of {' and '.join(together)}", both, goal=GOAL_SECONDS, unit=unit),
        *(
            Row(row=f"Rebuild of {view}", figure=round(seconds, 3), goal=None, met=None, peers={}, unit=unit)
            for view, seconds in others.items()
        ),
    ]
