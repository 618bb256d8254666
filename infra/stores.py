"""Where facts and views lie: in files of the folder, or in the PostgreSQL database that the settings name."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial
from importlib.util import find_spec
from threading import Event, Thread

from infra.settings import Settings, SettingsFaulty
from infra.store.journal import EventJournal
from infra.store.sqlite.views import LiteViews
from projections.database import View, ViewsDatabase
from projections.runner import Projector, Reactor

FACTS = "facts.db"
VIEWS_FILE = "views.db"


def open_journal(settings: Settings, secret: bytes, *, read_only: bool = False) -> EventJournal:
    """Return the journal; raise ``CannotOpen``. ``read_only`` reads a file beside its owner."""
    if settings.database_url is None:
        return EventJournal.in_file(settings.folder / FACTS, secret=secret, read_only=read_only)
    need_driver()
    return EventJournal.in_database(settings.database_url, secret=secret)


@contextmanager
def open_views(settings: Settings, *, still: bool = False) -> Iterator[ViewsDatabase]:
    """Give the views; raise ``CannotOpen``. ``still`` gives those of a database as they are now, to be read only."""
    if settings.database_url is None:
        with closing(LiteViews(settings.folder / VIEWS_FILE)) as in_file:
            yield in_file
        return
    need_driver()
    from infra.store.postgres.views import PostgresViews

    with closing(PostgresViews(settings.database_url, still=still)) as in_database:
        yield in_database


def following(
    settings: Settings, views: Sequence[View], projector: Projector, reactor: Reactor, stop: Event
) -> list[Thread]:
    """Return the threads that keep views and reactions up to the log until ``stop`` is set.

    Any number of processes may have them on one database: one works, and when it ends another takes over.
    """
    project, react = partial(projector.run, stop), partial(reactor.run, stop)
    if settings.database_url is not None:
        from infra.store.postgres import standby

        url, tables = settings.database_url, [view.table for view in views]
        project = partial(standby.project, url, tables, projector.run, projector.show, stop)
        react = partial(standby.one_at_a_time, url, standby.REACTOR, reactor.run, stop)
    return [
        Thread(target=project, name="projector", daemon=True),
        Thread(target=react, name="reactor", daemon=True),
    ]


def migrate(settings: Settings, role: str | None) -> bool:
    """Prepare the database for this release and tell whether tables were made; raise ``CannotOpen``."""
    if settings.database_url is None:
        raise SettingsFaulty(["PORTFOLIO_DATABASE_URL is not set: facts lie in the folder, and nothing is prepared."])
    need_driver()
    from infra.store.postgres import migrate

    return migrate.migrate(settings.database_url, role)


def need_driver() -> None:
    """Raise ``SettingsFaulty`` if the PostgreSQL driver is not installed."""
    if find_spec("psycopg") is None:
        raise SettingsFaulty(
            [
                "PORTFOLIO_DATABASE_URL needs the extra postgres: run pip install 'portfolio[postgres]', "
                "or leave it out to keep facts in the folder."
            ]
        )
