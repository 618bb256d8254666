"""The store in files of the deployment's folder, which one process at a time may write."""

import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar
from uuid import UUID

from infra.lock import folder_lock
from infra.store.address import log_size
from infra.store.chain import Chain
from infra.store.contents import Contents
from infra.store.journal import EventJournal
from infra.store.recorder import IndexGroup
from infra.store.refusals import NothingToMigrate, ViewsUnreadable
from infra.store.sqlite import copies, mending
from infra.store.sqlite.leases import SqliteLeases
from infra.store.sqlite.outbox import SqliteOutbox
from infra.store.sqlite.recorder import SqliteRecorder
from infra.store.sqlite.schema import FORMAT
from infra.store.sqlite.sign_in import SqliteSignIn
from infra.store.sqlite.views import SqliteViews, unreadable
from infra.store.store import Work
from portfolio.application.ports import Busy, Clock
from projections.machinery.database import Standing, View, ViewsDatabase
from projections.machinery.runner import Projector, Reactor

FACTS_FILE = "facts.db"
VIEWS_FILE = "views.db"


@dataclass(frozen=True)
class SqliteStore:
    """Facts and views in two files of ``folder`` (``infra.store.store.Store``)."""

    folder: Path
    kind: ClassVar[str] = "sqlite"
    shared: ClassVar[bool] = False
    format: ClassVar[int] = FORMAT
    copy_name: ClassVar[str] = FACTS_FILE
    read_errors: ClassVar[tuple[type[Exception], ...]] = (sqlite3.Error, Busy)
    view_errors: ClassVar[tuple[type[Exception], ...]] = (sqlite3.Error,)

    def variables(self) -> Mapping[str, str]:
        """Return none: files lie in the deployment's folder."""
        return {}

    def may_exist(self) -> bool:
        """Tell whether there is a facts file."""
        return (self.folder / FACTS_FILE).exists()

    def open_journal(self, secret: bytes, *, read_only: bool = False) -> EventJournal:
        """See ``Store.open_journal``. Unless ``read_only``, a missing file is made and missing links are filled in."""
        journal = EventJournal.in_file(self.folder / FACTS_FILE, secret=secret, read_only=read_only)
        if not read_only and isinstance(journal.store, SqliteRecorder):
            journal.store.fill_links()
        return journal

    def open_views(self) -> AbstractContextManager[SqliteViews]:
        """See ``Store.open_views``; a damaged file is set aside, and they are folded again."""
        return closing(mending.opened_views(self.folder / VIEWS_FILE))

    @contextmanager
    def views_snapshot(self) -> Iterator[SqliteViews | None]:
        """See ``Store.views_snapshot``: a copy of the file, made in one transaction."""
        file = self.folder / VIEWS_FILE
        if self.lacks_views():
            yield None
            return
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / VIEWS_FILE
            try:
                with closing(SqliteViews(file, read_only=True)) as original:
                    original.copy(copy)
                views = SqliteViews(copy)
            except sqlite3.DatabaseError as error:
                raise unreadable(file, error) from error
            with closing(views):
                yield views

    def standings(self) -> Mapping[str, Standing]:
        """See ``Store.standings``."""
        if self.lacks_views() or self.views_fault():  # whoever opens them to use them says so
            return {}
        with closing(SqliteViews(self.folder / VIEWS_FILE, read_only=True)) as views:
            return views.standings()

    def views_fault(self) -> ViewsUnreadable | None:
        """See ``Store.views_fault``."""
        file = self.folder / VIEWS_FILE
        if self.lacks_views():
            return None
        try:
            with closing(SqliteViews(file, read_only=True)) as views:
                views.standings()
        except sqlite3.DatabaseError as error:
            return unreadable(file, error)
        except Busy as busy:
            return unreadable(file, busy.__cause__) if isinstance(busy.__cause__, sqlite3.DatabaseError) else None
        except ViewsUnreadable as fault:
            return fault
        return None

    def connections(self) -> None:
        """See ``Store.connections``."""

    def open_counts(self) -> AbstractContextManager[None]:
        """See ``Store.open_counts``: one process serves."""
        return nullcontext()

    def open_leases(self) -> AbstractContextManager[SqliteLeases]:
        """See ``Store.open_leases``: one process serves."""
        return closing(SqliteLeases())

    def open_sign_in(self, keys: Path, now: Clock) -> AbstractContextManager[SqliteSignIn]:
        """See ``Store.open_sign_in``: a file of its own beside the keys."""
        return closing(SqliteSignIn(keys, now))

    def open_outbox(self) -> AbstractContextManager[SqliteOutbox]:
        """See ``Store.open_outbox``: a file of its own in the folder."""
        return closing(SqliteOutbox(self.folder))

    def note_machine(
        self,
        known_as: UUID,  # noqa: ARG002 - there are no others
        name: str,  # noqa: ARG002
        goes_by: Mapping[str, str],  # noqa: ARG002
    ) -> Mapping[str, Mapping[str, str]]:
        """See ``Store.note_machine``: one process serves."""
        return {}

    def machines(self) -> Mapping[str, Mapping[str, str]]:
        """See ``Store.machines``."""
        return {}

    def projecting(self, projector: Projector, views: Sequence[View]) -> Work:  # noqa: ARG002 - nobody else folds here
        """See ``Store.projecting``."""
        return projector.run

    def reacting(self, reactor: Reactor) -> Work:
        """See ``Store.reacting``."""
        return reactor.run

    def chaining(self, chain: Chain) -> Work:
        """See ``Store.chaining``."""
        return chain.run

    def sending(self, work: Work) -> Work:
        """See ``Store.sending``."""
        return work

    def writing(self) -> AbstractContextManager[None]:
        """See ``Store.writing``: the folder's lock."""
        return folder_lock(self.folder)

    def migrate(self, role: str | None) -> bool:  # noqa: ARG002 - a file has no roles
        """Refuse: files are made when they are opened."""
        raise NothingToMigrate

    def log_bytes(self) -> Mapping[str, int]:
        """See ``Store.log_bytes``."""
        return {name: log_size(self.folder / name) for name in (FACTS_FILE, VIEWS_FILE)}

    def lacks_views(self) -> bool:
        """See ``Store.lacks_views``: an empty file is none yet."""
        file = self.folder / VIEWS_FILE
        return not file.exists() or (file.is_file() and not file.stat().st_size)

    def renew_views(self, fill: Callable[[ViewsDatabase], None]) -> None:
        """See ``Store.renew_views``."""
        mending.renew_views(self.folder / VIEWS_FILE, fill)

    def mend_index(self, head: int, groups: Sequence[IndexGroup]) -> bool:
        """See ``Store.mend_index``."""
        return mending.mend_index(self.folder / FACTS_FILE, head, groups)

    def copy_facts(self, to: Path) -> Contents:
        """See ``Store.copy_facts``."""
        return copies.copy(self.folder / FACTS_FILE, to)

    def contents_of_copy(self, file: Path) -> Contents:
        """See ``Store.contents_of_copy``."""
        return copies.contents(file)

    def holds_nothing(self) -> bool:
        """See ``Store.holds_nothing``: whose the folder is, whoever restores looks for itself."""
        return not self.may_exist()

    def put_back(self, file: Path) -> None:
        """See ``Store.put_back``."""
        copies.put_back(file, self.folder / FACTS_FILE)
