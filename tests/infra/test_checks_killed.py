"""A worker that is killed in the middle of a check gives its file to another when its lease has run out."""

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from threading import Event, Thread
from typing import Any, cast
from uuid import UUID

import pytest

from infra.checking import CheckPool
from infra.scanner.none import NoScanner
from infra.store.journal import EventJournal
from infra.store.postgres.leases import SharedLeases
from infra.store.postgres.views import PostgresViews
from portfolio.application.checking import Checker, Waiting
from portfolio.application.ports import Screen, Vault
from portfolio.domain.evidence.commands import CompleteUpload
from portfolio.domain.evidence.facts import FileSealed
from portfolio.domain.evidence.media import Sealed
from projections.machinery.runner import Projector
from projections.views import VIEWS
from tests.application.conftest import SECRET
from tests.application.stage import LOG, MIA, Shelf, Stage
from tests.application.test_uploads import OFFER
from tests.infra.store.given import wait_until

LEASE_SECONDS = 2


class Stuck(Shelf):
    """A vault that says when it begins to look at a file, and is never done."""

    def __init__(self, marker: Path) -> None:
        super().__init__()
        self._marker = marker

    def seal(self, object_id: UUID, *, size: int, sha256: str, media_type: str, screen: Screen) -> Sealed:
        self._marker.touch()
        Event().wait()
        raise AssertionError


def at_work(journal: EventJournal, shelf: Shelf) -> Stage:
    """Return the record with its hands, at a time that the database's server takes for one."""
    return Stage(journal, at=datetime.now(UTC), shelf=shelf)


@contextmanager
def machine(database: str, shelf: Shelf) -> Iterator[Stage]:
    """Give the record as a machine has it whose pool checks files, with these for its vault."""
    with ExitStack() as opened:
        journal = opened.enter_context(closing(EventJournal.in_database(database, secret=SECRET)))
        views = opened.enter_context(closing(PostgresViews(database)))
        leases = opened.enter_context(closing(SharedLeases(database, LEASE_SECONDS)))
        stage, projector, stop = at_work(journal, shelf), Projector(journal, views, VIEWS), Event()

        def check(file: Waiting) -> None:
            Checker(stage.handler, cast(Vault, shelf), NoScanner()).check(file)

        pool = CheckPool(check, journal, projector, leases)
        threads = [Thread(target=work, args=(stop,), daemon=True) for work in (projector.run, pool.run)]
        for thread in threads:
            thread.start()
        yield stage
        stop.set()
        for thread in threads:
            thread.join()


def work(database: str, marker: Path) -> None:
    """Check files until the end, in a process that may be killed."""
    with machine(database, Stuck(marker)):
        Event().wait()


def killed(process: Any) -> None:
    process.kill()
    process.join()


@pytest.mark.slow
def test_its_file_is_checked_by_another_machine(database: str, tmp_path: Path) -> None:
    with closing(EventJournal.in_database(database, secret=SECRET)) as journal:
        stage = at_work(journal, Shelf())
        stage.begin()
        stage.build_form()
        stage.enrol()
        stage.do(OFFER, MIA)
        stage.do(CompleteUpload(evidence_id=LOG, version=1), MIA)
        process = get_context("spawn").Process(target=work, args=(database, tmp_path / "begun"))
        process.start()
        try:
            wait_until((tmp_path / "begun").exists)
            shelf = Shelf()
            with machine(database, shelf) as other:
                assert other.facts(FileSealed) == []
                killed(process)
                wait_until(lambda: len(other.facts(FileSealed)) == 1)
            assert shelf.sealed == [OFFER.object_id]
        finally:
            killed(process)
