"""The store in a PostgreSQL database, which any number of processes may read and write."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

import psycopg

from infra.store.chain import Chain
from infra.store.contents import Contents
from infra.store.journal import EventJournal
from infra.store.postgres import copies, machines, mending, migrate, standby
from infra.store.postgres.fitness import check_server
from infra.store.postgres.leases import SharedLeases
from infra.store.postgres.outbox import SharedOutbox
from infra.store.postgres.recorder import FORMAT
from infra.store.postgres.server import reach
from infra.store.postgres.sign_in import SharedSignIn
from infra.store.postgres.views import STANDINGS, PostgresViews
from infra.store.postgres.views_place import looking_at_views, views_fault
from infra.store.recorder import IndexGroup
from infra.store.refusals import CannotOpen
from infra.store.store import Work
from portfolio.application.ports import Busy, Clock
from projections.machinery.database import Standing, View, ViewsDatabase
from projections.machinery.runner import Projector, Reactor

if TYPE_CHECKING:
    from infra.store.postgres.counts import SharedCounts


@dataclass(frozen=True)
class PostgresStore:
    """Facts and views in two schemas of the database at ``url`` (``infra.store.store.Store``)."""

    url: str = field(repr=False)  # it may hold a password
    kind: ClassVar[str] = "postgres"
    shared: ClassVar[bool] = True
    format: ClassVar[int] = FORMAT
    copy_name: ClassVar[str] = "facts.dump"
    read_errors: ClassVar[tuple[type[Exception], ...]] = (Busy,)
    view_errors: ClassVar[tuple[type[Exception], ...]] = (psycopg.Error,)

    def variables(self) -> Mapping[str, str]:
        """Return the setting that names the database."""
        return {"PORTFOLIO_DATABASE_URL": self.url}

    def may_exist(self) -> bool:
        """Answer yes: the database is asked when it is opened."""
        return True

    def open_journal(self, secret: bytes, *, read_only: bool = False) -> EventJournal:
        """See ``Store.open_journal``: a standby may be read."""
        if not read_only:
            check_server(self.url)
        return EventJournal.in_database(self.url, secret=secret)

    def open_views(self) -> AbstractContextManager[PostgresViews]:
        """See ``Store.open_views``."""
        return closing(PostgresViews(self.url))

    def views_snapshot(self) -> AbstractContextManager[PostgresViews]:
        """See ``Store.views_snapshot``: one transaction, which no rebuild may run beside."""
        return closing(PostgresViews(self.url, snapshot=True))

    def views_fault(self) -> CannotOpen | None:
        """See ``Store.views_fault``: also where another role keeps them."""
        return views_fault(self.url)

    def standings(self) -> Mapping[str, Standing]:
        """See ``Store.standings``."""
        with reach(self.url) as connection, looking_at_views(self.url):
            if connection.execute("SELECT to_regclass('views.positions')").fetchone() == (None,):
                return {}
            rows = connection.execute(STANDINGS).fetchall()
        return {follower: Standing.stored(position, mark) for follower, position, mark in rows}

    def connections(self) -> int:
        """See ``Store.connections``: all databases of the server share them."""
        with reach(self.url) as connection:
            return int(connection.execute("SELECT current_setting('max_connections')").fetchall()[0][0])

    def open_counts(self) -> "AbstractContextManager[SharedCounts]":
        """See ``Store.open_counts``: a table."""
        from infra.store.postgres.counts import SharedCounts  # here: only who serves waits for its library

        return closing(SharedCounts(self.url))

    def open_leases(self) -> AbstractContextManager[SharedLeases]:
        """See ``Store.open_leases``: a table."""
        return closing(SharedLeases(self.url))

    def open_sign_in(self, keys: Path, now: Clock) -> AbstractContextManager[SharedSignIn]:  # noqa: ARG002 - not there
        """See ``Store.open_sign_in``: tables that all machines share."""
        return closing(SharedSignIn(self.url, now))

    def open_outbox(self) -> AbstractContextManager[SharedOutbox]:
        """See ``Store.open_outbox``: tables that all machines share."""
        return closing(SharedOutbox(self.url))

    def note_machine(self, known_as: UUID, name: str, goes_by: Mapping[str, str]) -> machines.ByMachine:
        """See ``Store.note_machine``: a table."""
        return machines.note(self.url, known_as, name, goes_by)

    def machines(self) -> machines.ByMachine:
        """See ``Store.machines``."""
        return machines.at_work(self.url)

    def projecting(self, projector: Projector, views: Sequence[View]) -> Work:
        """See ``Store.projecting``: one process works, and when it ends another takes over."""
        return partial(standby.project, self.url, [view.table for view in views], projector.run, projector.stand_by)

    def reacting(self, reactor: Reactor) -> Work:
        """See ``Store.reacting``: one process works, and when it ends another takes over."""
        return partial(standby.one_at_a_time, self.url, standby.REACTOR_LOCK, reactor.run)

    def chaining(self, chain: Chain) -> Work:
        """See ``Store.chaining``: one process works, and when it ends another takes over."""
        return partial(standby.one_at_a_time, self.url, standby.CHAIN_LOCK, chain.run)

    def sending(self, work: Work) -> Work:
        """See ``Store.sending``: one process works, and when it ends another takes over."""
        return partial(standby.one_at_a_time, self.url, standby.OUTBOX_LOCK, work)

    def writing(self) -> AbstractContextManager[None]:
        """See ``Store.writing``: a database takes the writes of any number."""
        return nullcontext()

    def migrate(self, role: str | None) -> bool:
        """See ``Store.migrate``."""
        return migrate.migrate(self.url, role)

    def log_bytes(self) -> Mapping[str, int]:
        """See ``Store.log_bytes``: the server has its own."""
        return {}

    def lacks_views(self) -> bool:
        """See ``Store.lacks_views``: the schema for them is there."""
        return False

    def renew_views(self, fill: Callable[[ViewsDatabase], None]) -> None:
        """See ``Store.renew_views``: a rebuild puts its tables beside those that are there."""
        with self.open_views() as views:
            fill(views)

    def mend_index(self, head: int, groups: Sequence[IndexGroup]) -> bool:
        """See ``Store.mend_index``."""
        return mending.mend_index(self.url, head, groups)

    def copy_facts(self, to: Path) -> Contents:
        """See ``Store.copy_facts``."""
        return copies.copy(self.url, to)

    def contents_of_copy(self, file: Path) -> Contents:
        """See ``Store.contents_of_copy``."""
        return copies.contents(file)

    def holds_nothing(self) -> bool:
        """See ``Store.holds_nothing``."""
        return copies.holds_nothing(self.url)

    def put_back(self, file: Path) -> None:
        """See ``Store.put_back``; the tables are then made those of this release."""
        copies.put_back(self.url, file)
        self.migrate(None)
