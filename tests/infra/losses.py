"""Facts that are lost or altered, and what is done about it."""

from collections.abc import Callable, Sequence

import psycopg

from infra.cli import cli
from infra.cli.running import run
from infra.main import build, new_id, open_record
from infra.settings import Settings
from portfolio.domain.person import RegisterPerson
from portfolio.domain.vocabulary import SYSTEM
from projections.machinery.listing import CARD
from projections.people import PEOPLE
from tests.insider import in_database, in_file
from tests.patience import PATIENCE

WHY = "The disk is gone, and the newest copy is from Monday"

CARDS = f"SELECT item FROM {PEOPLE.view.table} WHERE filed = '{CARD}'"  # noqa: S608 - our own table


def register(settings: Settings, *names: str) -> int:
    with open_record(settings) as record:
        return [
            record.handler.execute(RegisterPerson(person_id=new_id(), name=name, works_for="centre"), SYSTEM).position
            for name in names
        ][-1]


def show(settings: Settings) -> None:
    """Serve the deployment until everybody has seen its last fact."""
    running = build(settings)
    try:
        head = running.record.journal.head()
        assert running.projector.wait_for(head, PATIENCE)
        with running.record.settings.store.open_views() as views:
            while views.position("reactions") < head:
                pass
    finally:
        running.close()


def accept() -> int:
    return run(cli, ["accept-loss", "--reason", WHY])


def older_copy(settings: Settings) -> Callable[[], None]:
    """Copy the record as it is, and return what puts it back under everything that is newer."""
    with open_record(settings, read_only=True) as record:
        head = record.journal.head()
    if address := address_of(settings):
        return lambda: take_away(address, head, ("facts", "links", "idempotency", "chain"))
    file = settings.folder / "facts.db"
    copy = file.read_bytes()

    def put_back() -> None:
        for name in ("facts.db-wal", "facts.db-shm"):
            (settings.folder / name).unlink(missing_ok=True)
        file.write_bytes(copy)

    return put_back


def address_of(settings: Settings) -> str | None:
    return settings.store.variables().get("PORTFOLIO_DATABASE_URL")


def take_away(address: str, head: int, tables: Sequence[str]) -> None:
    """Leave of these tables what a dump from before these facts holds."""
    with psycopg.connect(address) as connection, in_database(connection):
        for table in tables:
            connection.execute(f"DELETE FROM record.{table} WHERE position > %s", (head,))  # noqa: S608 - our own tables


def take_away_from(
    settings: Settings, head: int, tables: Sequence[str] = ("facts", "links", "idempotency", "chain")
) -> None:
    """Delete what came after this fact, as somebody with the database at hand could."""
    if address := address_of(settings):
        take_away(address, head, tables)
        return
    with in_file(settings.folder / "facts.db") as hand:
        for table in tables:
            hand.execute(f"DELETE FROM {table} WHERE position > ?", (head,))  # noqa: S608 - our own tables
