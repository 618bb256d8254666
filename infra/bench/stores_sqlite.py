"""A scratch store on SQLite: files in a temporary folder."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from infra.bench.peers.sqlite import SqlitePeers
from infra.store.journal import EventJournal
from infra.store.sqlite.views import SqliteViews


@contextmanager
def scratch_folder() -> Iterator["SqliteStore"]:
    """Give an empty store in a folder that is taken away."""
    with TemporaryDirectory(prefix="portfolio-bench-") as name:
        store = SqliteStore(Path(name))
        store.peers.prepare()
        yield store


@dataclass(frozen=True)
class SqliteStore:
    """What lies in the folder (``infra.bench.stores.Store``)."""

    folder: Path

    def journal(self) -> EventJournal:
        """Open our journal."""
        return EventJournal.in_file(self.folder / "facts.db", secret=b"bench")

    def settings(self) -> dict[str, str]:
        """Return none: a deployment on SQLite has its record in its folder."""
        return {}

    def views(self) -> SqliteViews:
        """Open our views."""
        return SqliteViews(self.folder / "views.db")

    @property
    def peers(self) -> SqlitePeers:
        """Return the peers in the same folder."""
        return SqlitePeers(self.folder)
