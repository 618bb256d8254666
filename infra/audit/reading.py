"""An audit: every stored file is read again and compared with its fact, in as much time as it may take."""

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from functools import partial
from uuid import UUID

from infra.audit.kept import keep, kept
from infra.fsck.files import Progress, Stored, fault_of, sealed_since, strays
from infra.lock import folder_lock
from infra.main import Record, now
from infra.repair.strays import put_aside
from infra.vault.sweeping import ABANDONED_SECONDS
from portfolio.application.audits import Audit, Audits, FaultyFile
from portfolio.application.ports import Vault
from portfolio.domain.kernel import changed

LOCK = "audit.lock"

SAVE_SECONDS = 5.0
"""How often it is kept how far an audit is."""

MOST_NAMED = 1000
"""So many faulty files are kept by name; all are counted."""


class Pace:
    """Lets so many bytes a second pass, or as many as come."""

    def __init__(
        self,
        rate: float | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._rate = rate
        self._clock = clock
        self._sleep = sleep
        self._begun = clock()
        self.bytes = 0

    def passed(self, size: int) -> None:
        """Count bytes that have passed, and wait until the next ones may."""
        self.bytes += size
        if self._rate and (ahead := self.bytes / self._rate - (self._clock() - self._begun)) > 0:
            self._sleep(ahead)


def audit(record: Record, progress: Progress, pace: Pace) -> Audit:
    """Read every file that an unfinished audit has left, all of them if there is none, and return what was found.

    Files that no fact names are put aside as ``repair`` does. It may run beside a server. Raises ``FolderInUse`` where
    another audit runs; what breaks it off leaves it to be gone on with.
    """
    folder = record.settings.folder
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with folder_lock(folder, LOCK):
        before = kept(folder)
        under_way = before.under_way
        if under_way is None or under_way.position > record.journal.head():  # of facts that are lost
            under_way = Audit(begun_at=now())
        saved = time.monotonic()
        try:
            for each in steps(record, under_way, progress, pace):
                under_way = each
                if time.monotonic() - saved > SAVE_SECONDS:
                    keep(folder, Audits(last=before.last, under_way=under_way))
                    saved = time.monotonic()
        except BaseException:
            keep(folder, Audits(last=before.last, under_way=under_way))
            raise
        keep(folder, Audits(last=under_way))
    return under_way


def steps(record: Record, under_way: Audit, progress: Progress, pace: Pace) -> Iterator[Audit]:
    """Yield how far the audit is after each file that was left, and at its end."""
    vault, journal = record.vault, record.journal
    objects = list(vault.objects())  # before the facts: a file comes before its fact
    known: dict[UUID, Stored] = {}
    position = sealed_since(journal, 0, known)
    for number, (object_id, stored) in enumerate(list(known.items()), start=1):
        if stored.position > under_way.position:
            begun = pace.bytes
            fault = fault_of(vault, object_id, stored, partial(digest, vault, pace))
            if fault is not None:
                under_way = noted(under_way, FaultyFile(kind=fault.kind, object_id=object_id, sentence=fault.sentence))
            under_way = changed(
                under_way,
                position=stored.position,
                files=under_way.files + 1,
                bytes=under_way.bytes + pace.bytes - begun,
            )
            yield under_way
        progress(number, len(known))
    position = sealed_since(journal, position, known)
    for object_id, sentence in orphans(record, list(strays(journal, vault, objects, known)), position):
        under_way = noted(under_way, FaultyFile(kind="orphaned", object_id=object_id, sentence=sentence))
    yield changed(under_way, ended_at=now())


def noted(under_way: Audit, faulty: FaultyFile) -> Audit:
    """Return an audit with one more faulty file."""
    counts = {**under_way.counts, faulty.kind: under_way.counts.get(faulty.kind, 0) + 1}
    named = (*under_way.faulty, faulty) if len(under_way.faulty) < MOST_NAMED else under_way.faulty
    return changed(under_way, counts=counts, faulty=named)


def orphans(record: Record, lost: Sequence[UUID], position: int) -> Iterator[tuple[UUID, str]]:
    """Put aside those of these files that are old enough, and yield what became of each.

    No fact up to ``position`` names one. A server beside us may record one that does: its file is put back.
    """
    vault = record.vault
    if lost and (contradiction := record.chain.contradiction()):
        stays = "belongs to no evidence and stays where it is, because facts may be lost"
        yield from ((object_id, f"{vault.place(object_id)} {stays}: {contradiction}.") for object_id in lost)
        return
    before = now() - timedelta(seconds=ABANDONED_SECONDS)
    aside = [stray for stray in put_aside(record, lost, before) if stray.aside]
    named: dict[UUID, Stored] = {}
    sealed_since(record.journal, position, named)
    for stray in aside:
        if stray.object_id in named:
            vault.take_back(stray.object_id)
        else:
            yield stray.object_id, stray.sentence


def digest(vault: Vault, pace: Pace, object_id: UUID, *, storage_version: str = "") -> str | None:
    """Return the SHA-256 (hex) of a file as ``Vault.digest`` does, read no faster than the pace."""
    whole = hashlib.sha256()
    try:
        for chunk in vault.read(object_id, storage_version=storage_version):
            whole.update(chunk)
            pace.passed(len(chunk))
    except FileNotFoundError:
        return None
    return whole.hexdigest()
