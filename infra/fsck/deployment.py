"""Whether everything in the folder agrees: facts, index rows, views and files. It only reads, beside a server too."""

import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from infra.main import Record
from infra.store.codec import Tampered
from infra.store.journal import EventJournal
from infra.store.refusals import CannotOpen
from infra.store.sqlite.views import LiteViews
from infra.stores import VIEWS_FILE, open_views
from portfolio.application.indexes import index_rows
from portfolio.application.ports import Vault
from portfolio.domain.evidence.facts import DraftDiscarded, FileSealed
from portfolio.domain.kernel import tag_of
from projections import runner
from projections.database import ViewsDatabase
from projections.owner import OWNER
from projections.views import VIEWS

AT_ONCE = 1000
"""Facts read in one go."""

Progress = Callable[[int, int], None]
"""Is told how many files of how many have been read."""


def differences(record: Record, progress: Progress = lambda _done, _of: None) -> Iterator[str]:
    """Yield one sentence for each thing that is not as the facts have it."""
    yield from record.journal.check(index_rows)
    yield from view_differences(record)
    yield from file_differences(record.journal, record.vault, progress)


def view_differences(record: Record) -> Iterator[str]:
    """Yield the rows of views that are not what the facts make them, and views that cannot be compared.

    A view that is behind the log is right as far as it has come; one that is not there is made by the next server.
    """
    file = record.settings.folder / VIEWS_FILE
    if record.settings.database_url is not None:
        with tempfile.TemporaryDirectory() as folder, open_views(record.settings, still=True) as still:
            fresh = LiteViews(Path(folder) / "fresh.db")
            try:
                yield from compared(record.journal, still, fresh)
            finally:
                fresh.close()
        return
    if not file.exists():
        return
    with tempfile.TemporaryDirectory() as folder:
        try:
            original = LiteViews(file, read_only=True)
            try:
                original.copy(Path(folder) / "kept.db")  # one moment of it, whatever is written meanwhile
            finally:
                original.close()
            kept, fresh = LiteViews(Path(folder) / "kept.db"), LiteViews(Path(folder) / "fresh.db")
        except CannotOpen as error:
            yield str(error)
            return
        except sqlite3.DatabaseError as error:
            yield f"{file} cannot be read ({error}): delete it; it is made again from the facts."
            return
        try:
            yield from compared(record.journal, kept, fresh)
        finally:
            kept.close()
            fresh.close()


def compared(journal: EventJournal, kept: ViewsDatabase, fresh: ViewsDatabase) -> Iterator[str]:
    """Yield the differences between kept views and the same views made freshly from the facts."""
    head = journal.head()
    views = (OWNER, *VIEWS)
    kept.prepare(views)
    if ahead := [view.name for view in views if kept.position(view.table) > head]:
        yield f"the views {', '.join(ahead)} show more than the {head} facts there are"
        return
    try:
        yield from runner.differences(journal, kept, fresh, VIEWS)
    except Tampered:
        yield "the views are not compared, because a fact that makes them cannot be read"
    except sqlite3.DatabaseError as error:
        yield f"the views cannot be read ({error}): run `portfolio rebuild`"


@dataclass
class Stored:
    """What the facts say of one file."""

    where: str
    sha256: str
    storage_version: str
    discarded: bool = False


def file_differences(journal: EventJournal, vault: Vault, progress: Progress) -> Iterator[str]:
    """Yield files that are missing, altered, or there although no fact says so."""
    there = list(vault.objects())  # before the facts: a file comes before its fact
    known: dict[UUID, Stored] = {}
    position = sealed_since(journal, 0, known)
    for number, (object_id, stored) in enumerate(list(known.items()), start=1):
        found = vault.digest(object_id, storage_version=stored.storage_version)
        if stored.discarded:
            if found is not None:
                yield f"the file {object_id} of {stored.where} is still there, although the draft was discarded"
        elif found is None:
            yield f"the file {object_id} of {stored.where} is missing"
        elif found != stored.sha256:
            yield f"the file {object_id} of {stored.where} has other bytes than were sealed"
        progress(number, len(known))
    sealed_since(journal, position, known)
    for object_id in there:
        if object_id not in known and vault.digest(object_id) is not None:
            yield f"the file {object_id} belongs to no evidence"


def sealed_since(journal: EventJournal, position: int, known: dict[UUID, Stored]) -> int:
    """Add what the facts behind a position say of files, and return the last of these positions."""
    topics = (tag_of(FileSealed), tag_of(DraftDiscarded))
    while notes := journal.recorder.select_notifications(position + 1, AT_ONCE, topics=topics):
        for note in notes:
            position = note.id
            try:
                entry = journal.mapper.to_domain_event(note)
            except Tampered:
                continue  # the check of the facts names it
            match entry.fact:
                case FileSealed(object_id=object_id) as sealed:
                    where = f"evidence {entry.originator_id}, version {sealed.version}"
                    known[object_id] = Stored(where, sealed.sha256, sealed.storage_version)
                case DraftDiscarded(object_id=object_id) if object_id in known:
                    known[object_id].discarded = True
    return position
