"""What a deployment asks of the place where its facts and views lie: ``sqlite`` and ``postgres`` each answer it."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, ClassVar, Protocol
from uuid import UUID

from infra.store.chain import Chain
from infra.store.contents import Contents
from infra.store.journal import EventJournal
from infra.store.leases import Leases
from infra.store.outbox import Outbox
from infra.store.recorder import IndexGroup
from infra.store.refusals import CannotOpen
from portfolio.application.ports import Clock
from portfolio.application.sign_in import SignInStore
from projections.machinery.database import Standing, View, ViewsDatabase
from projections.machinery.runner import Projector, Reactor

if TYPE_CHECKING:  # it takes its time, and only who serves counts
    from limits.storage import Storage

Work = Callable[[Event], None]
"""Does its work until the event is set."""


class Store(Protocol):
    """A place for facts and views. Nothing is opened until it is asked for."""

    kind: ClassVar[str]
    """What such a place is called in the manifest of a backup."""
    format: ClassVar[int]
    """The number of the form in which facts are kept there."""
    copy_name: ClassVar[str]
    """What a copy of the facts is called there."""
    shared: ClassVar[bool]
    """Whether several machines may use it at once."""
    read_errors: ClassVar[tuple[type[Exception], ...]]
    """What reading the journal raises while the place cannot be read."""
    view_errors: ClassVar[tuple[type[Exception], ...]]
    """What asking where followers stand raises then."""

    def variables(self) -> Mapping[str, str]:
        """Return the settings that name this place."""

    def may_exist(self) -> bool:
        """Tell whether there may be a deployment here; opening the journal tells for certain."""

    def open_journal(self, secret: bytes, *, read_only: bool = False) -> EventJournal:
        """Return the journal; raise ``CannotOpen``. ``read_only`` runs beside whoever writes."""

    def open_views(self) -> AbstractContextManager[ViewsDatabase]:
        """Give the views; raise ``CannotOpen``."""

    def views_snapshot(self) -> AbstractContextManager[ViewsDatabase | None]:
        """Give the views as they are at one moment, to be read only, None if there are none.

        Raises ``ViewsUnreadable`` if they are damaged, ``CannotOpen`` if they cannot be looked at now.
        """

    def views_fault(self) -> CannotOpen | None:
        """Return why the views there cannot be used, None if they can, or there are none."""

    def standings(self) -> Mapping[str, Standing]:
        """Return where every follower of the log stands, none where there are no views or they cannot be used."""

    def connections(self) -> int | None:
        """Return how many connections the place takes at once, None where nobody counts them; raise ``CannotOpen``."""

    def open_counts(self) -> AbstractContextManager["Storage | None"]:
        """Give where all processes of the deployment count requests together, None where there is only one process."""

    def open_leases(self) -> AbstractContextManager[Leases]:
        """Give the leases on files that wait to be checked."""

    def open_sign_in(self, keys: Path, now: Clock) -> AbstractContextManager[SignInStore]:
        """Give what is kept of signing in, for every machine that shares the store; ``keys`` is the folder of the keys.

        Raises ``CannotOpen``.
        """

    def open_outbox(self) -> AbstractContextManager[Outbox]:
        """Give the notices on their way to people's mail; raise ``CannotOpen``."""

    def note_machine(self, known_as: UUID, name: str, goes_by: Mapping[str, str]) -> Mapping[str, Mapping[str, str]]:
        """Note that a process of a machine serves, and by what it goes; return by what others go, by machine.

        Raises ``CannotOpen``.
        """

    def machines(self) -> Mapping[str, Mapping[str, str]]:
        """Return by what the machines go that serve now, by name, none where one serves; raise ``CannotOpen``."""

    def projecting(self, projector: Projector, views: Sequence[View]) -> Work:
        """Return the work that keeps the views up to the log, whatever other processes do."""

    def reacting(self, reactor: Reactor) -> Work:
        """Return the work that gives facts to reactions, whatever other processes do."""

    def chaining(self, chain: Chain) -> Work:
        """Return the work that keeps the chain up to the log, whatever other processes do."""

    def sending(self, work: Work) -> Work:
        """Return the work that empties the outbox, whatever other processes do."""

    def writing(self) -> AbstractContextManager[None]:
        """Hold the right to write while a command writes facts or views; raise ``FolderInUse``."""

    def migrate(self, role: str | None) -> bool:
        """Prepare the place for this release, let ``role`` run the service, and tell whether tables were made.

        Raises ``CannotOpen``; then nothing was changed.
        """

    def log_bytes(self) -> Mapping[str, int]:
        """Return how large the log of writes is beside each file that has one, by the file's name."""

    def lacks_views(self) -> bool:
        """Tell whether there is no place for views yet; opening them makes one."""

    def renew_views(self, fill: Callable[[ViewsDatabase], None]) -> None:
        """Let ``fill`` make all views anew, beside those that are there, and put them in their place."""

    def mend_index(self, head: int, groups: Sequence[IndexGroup]) -> bool:
        """Write these groups of index rows again unless the log has moved past ``head``; tell whether it was done.

        Raises ``CannotOpen`` where that may not be done.
        """

    def copy_facts(self, to: Path) -> Contents:
        """Write facts and index rows as they are at one moment to a new file, and return what they were.

        It runs beside whoever writes. Raises ``CannotOpen``.
        """

    def contents_of_copy(self, file: Path) -> Contents:
        """Return what such a file holds, read from end to end; raise ``CannotOpen``, such as ``CopyDamaged``."""

    def holds_nothing(self) -> bool:
        """Tell whether facts can be put here without anything being in their place; raise ``CannotOpen``."""

    def put_back(self, file: Path) -> None:
        """Make the facts of such a file those of this place, which holds none, all of them or none."""
