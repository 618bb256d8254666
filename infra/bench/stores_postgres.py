"""A scratch store on PostgreSQL: a database of its own on the server that is named, dropped at the end."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import uuid4

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.sql import SQL, Identifier

from infra.bench.peers.postgres import PostgresPeers
from infra.store.journal import EventJournal
from infra.store.postgres.migrate import NotAllowed, migrate
from infra.store.postgres.server import reach, shown
from infra.store.postgres.views import PostgresViews


@contextmanager
def scratch_database(server: str) -> Iterator["PostgresStore"]:
    """Give an empty store in a database that is dropped, whatever happens; raise ``CannotOpen`` if none can be made."""
    name = Identifier(f"portfolio_bench_{uuid4().hex}")
    try:
        with reach(server) as connection:
            try:
                connection.execute(SQL("CREATE DATABASE {} TEMPLATE template0").format(name))
            except psycopg.Error as error:
                raise NotAllowed(shown(server), str(error).splitlines()[0]) from error
        store = PostgresStore(make_conninfo(server, dbname=name.as_string().strip('"')))
        migrate(store.url)
        store.peers.prepare()
        yield store
    finally:
        with reach(server) as connection:
            connection.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))


@dataclass(frozen=True)
class PostgresStore:
    """What lies in the database (``infra.bench.stores.Store``)."""

    url: str

    def journal(self) -> EventJournal:
        """Open our journal."""
        return EventJournal.in_database(self.url, secret=b"bench")

    def settings(self) -> dict[str, str]:
        """Return those of a deployment of one machine with its record in this database."""
        return {"PORTFOLIO_DATABASE_URL": self.url, "PORTFOLIO_SHARED_VAULT": "yes"}

    def views(self) -> PostgresViews:
        """Open our views."""
        return PostgresViews(self.url)

    @property
    def peers(self) -> PostgresPeers:
        """Return the peers in the same database."""
        return PostgresPeers(self.url)
