"""What the page for operators says beside what ``/readyz`` asks: followers, versions, room, copies, and the doctor."""

import platform
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from importlib.metadata import version
from threading import Lock, Thread
from typing import TYPE_CHECKING

import msgspec

from infra.audit.kept import in_words, kept
from infra.backup.noted import noted
from infra.heads import REACTIONS
from infra.health import MAX_LAG
from infra.settings import Settings
from infra.vault.sweeping import SWEEP_SECONDS, Sweeper
from portfolio.application.operations import Line, Operations, Part
from portfolio.application.ports import Clock, StorageBroken
from portfolio.domain.catalogue import NUMBER
from portfolio.domain.deployment import moment_in_words
from projections.machinery.database import ViewsDatabase
from projections.machinery.runner import Projector

if TYPE_CHECKING:
    from infra.main import Record

BACKUP_AGE = timedelta(days=2)
AUDIT_AGE = timedelta(days=100)
"""How old the last backup and the last audit may be before somebody should look."""

DOCTOR_AGE = timedelta(minutes=15)
"""How old what the doctor said may be: asked later, it looks again, and nobody waits for it."""

NOT_YET = Line(what="Set-up", says="It is being looked at: open this page again in a moment.", standing="look")

Finds = Callable[[Settings], Iterator[tuple[str, bool]]]
"""Yields what is found of a set-up: a sentence, and whether it is wrong."""


class Doctor:
    """Keeps what `portfolio doctor` last said of this machine, and lets it look again in a thread of its own."""

    def __init__(self, settings: Settings, now: Clock, finds: Finds | None = None) -> None:
        self._settings = settings
        self._now = now
        self._finds = finds or findings
        self._lock = Lock()
        self._said: tuple[Line, ...] = ()
        self._at: datetime | None = None
        self._looks: Thread | None = None

    def ask(self) -> tuple[Line, ...]:
        """Return what it said last, and let it look again if that is old."""
        with self._lock:
            old = self._at is None or self._now() - self._at > DOCTOR_AGE
            if old and (self._looks is None or not self._looks.is_alive()):
                self._looks = Thread(target=self.look, name="doctor", daemon=True)
                self._looks.start()
            return self._said or (NOT_YET,)

    def look(self) -> None:
        """Look at the set-up, which may take a while."""
        try:
            found = [*self._finds(self._settings)]
        except Exception as error:  # noqa: BLE001 - whatever it is, the page goes on saying the rest
            found = [(f"The doctor could not look ({type(error).__name__}): run `portfolio doctor`.", True)]
        at = self._now()
        lines = [Line(what="Set-up", says=says, standing="do" if wrong else "look", at=at) for says, wrong in found]
        with self._lock:
            self._said = tuple(lines) or (Line(what="Set-up", says="Nothing is wrong.", at=at),)
            self._at = at


def findings(settings: Settings) -> Iterator[tuple[str, bool]]:
    """Yield what `portfolio doctor` finds."""
    from infra import doctor  # it knows of the composition root, which knows of this

    yield from doctor.findings(settings)


class OfDeployment:
    """Tells of a deployment at work."""

    def __init__(
        self,
        record: "Record",
        projector: Projector,
        views: ViewsDatabase,
        sweeper: Sweeper | None,
        notices: Callable[[], tuple[Line, ...]],
    ) -> None:
        self._record = record
        self._settings = record.settings
        self._projector = projector
        self._views = views
        self._sweeper = sweeper
        self._notices = notices
        self._now = record.handler.now
        self._doctor = Doctor(record.settings, self._now)

    def parts(self) -> Operations:
        """Return everything, asked for now but for what the doctor says."""
        return (
            Part(heading="Followers of the record", lines=tuple(self.followers())),
            Part(heading="Room", lines=tuple(self.room())),
            Part(heading="Copies and audits", lines=(self.backup(), self.audit(), self.sweep())),
            Part(heading="Mail", lines=self._notices()),
            Part(heading="What portfolio doctor says", lines=self._doctor.ask()),
            Part(heading="Versions", lines=tuple(self.versions())),
        )

    def followers(self) -> Iterator[Line]:
        """Yield how far those are who follow the record; ``/readyz`` names who cannot go on."""
        store = self._settings.store
        try:
            head = self._record.journal.head()
            positions = {"Views": self._projector.shown, "Consequences": self._views.position(REACTIONS)}
        except (*store.read_errors, *store.view_errors) as error:
            yield Line(what="Followers", says=f"They cannot be asked: {str(error).rstrip('.')}.", standing="do")
            return
        for name, position in positions.items():
            lag = max(0, head - position)
            says = f"At fact {position:,} of {head:,}, " + (f"{lag:,} behind." if lag else "with the record.")
            yield Line(what=name, says=says, standing="look" if lag > MAX_LAG else "good")

    def room(self) -> Iterator[Line]:
        """Yield how much room there is, and what the record takes of it."""
        folder, reserve = self._settings.folder, self._settings.reserve_mb * 1_000_000
        free = shutil.disk_usage(folder).free
        says = f"{size(free)} on the disk of the folder, of which uploads leave {size(reserve)}."
        if free < reserve:
            yield Line(what="Room left", says=f"{says} Make room: uploads are refused.", standing="do")
        elif free < 2 * reserve:
            yield Line(what="Room left", says=f"{says} Make room: uploads are refused soon.", standing="look")
        else:
            yield Line(what="Room left", says=says)
        for what, name in {"Facts": "facts.db", "Views": "views.db"}.items():
            if (file := folder / name).is_file():
                beside = self._settings.store.log_bytes().get(name, 0)
                yield Line(what=what, says=f"{size(file.stat().st_size)}, and {size(beside)} that wait beside it.")
        if self._settings.store.variables():
            yield Line(what="Facts and views", says="They lie in a database server, which says how large they are.")
        if self._settings.vault:
            yield Line(what="Files", says=f"They lie in the bucket {self._settings.vault.name}.")

    def backup(self) -> Line:
        """Return when `portfolio backup` last ended."""
        try:
            last = noted(self._settings.folder)
        except (OSError, msgspec.DecodeError):
            says = "What is kept of the last backup cannot be read: let the service's user read backup.json."
            return Line(what="Backup", says=says, standing="look")
        if last is None:
            says = "None by `portfolio backup` is known here. If you copy the deployment in another way, look there."
            return Line(what="Backup", says=says, standing="look")
        said = f"{last.facts:,} facts and {last.files:,} files"
        if last.missing:
            says = f"{said}; {last.missing:,} files could not be copied. Run `portfolio fsck`, which names them."
            return Line(what="Backup", says=says, standing="do", at=last.taken_at)
        old = self._now() - last.taken_at > BACKUP_AGE
        says = f"{said}." + " That is more than two days ago: see whether backups still run." * old
        return Line(what="Backup", says=says, standing="look" if old else "good", at=last.taken_at)

    def audit(self) -> Line:
        """Return what the last audit of the stored files has found."""
        try:
            found = kept(self._settings.folder)
        except StorageBroken as fault:
            return Line(what="Audit of files", says=str(fault), standing="do")
        if (last := found.last) is None:
            says = "Stored files were never all read again: run `portfolio vault audit` now and then."
            begun = f" One began on {moment_in_words(found.under_way.begun_at)}." if found.under_way else ""
            return Line(what="Audit of files", says=says + begun, standing="look")
        if last.counts:
            says = f"{in_words(last)} See which in the list of audits (GET /v1/audits), and do what stands there."
            return Line(what="Audit of files", says=says, standing="do", at=last.ended_at)
        old = last.ended_at is not None and self._now() - last.ended_at > AUDIT_AGE
        says = in_words(last) + " That is more than three months ago: run `portfolio vault audit`." * old
        return Line(what="Audit of files", says=says, standing="look" if old else "good", at=last.ended_at)

    def sweep(self) -> Line:
        """Return when uploads that nobody finished were last taken away."""
        what = "Sweep of uploads"
        if self._sweeper is None:
            return Line(what=what, says="The bucket's own rules take away uploads that nobody finished.")
        last = self._sweeper.last_at
        if last is None:
            says = "None has come to its end in this process since it began: the log says why, if that was an hour ago."
            return Line(what=what, says=says, standing="look")
        old = self._now() - last > 3 * timedelta(seconds=SWEEP_SECONDS)
        if old:
            return Line(what=what, says="None since: the log of the service says why.", standing="do", at=last)
        return Line(what=what, says="Uploads that nobody finished were taken away.", at=last)

    def versions(self) -> Iterator[Line]:
        """Yield what runs here."""
        yield Line(what="Portfolio", says=version("portfolio"))
        yield Line(what="Python", says=platform.python_version())
        kind = {"sqlite": "SQLite", "postgres": "PostgreSQL"}[self._settings.store.kind]
        yield Line(what="Store", says=f"{kind}, format {self._settings.store.format}")
        yield Line(what="Catalogue of facts", says=f"number {NUMBER}")


def size(count: int) -> str:
    """Return a number of bytes as people say it."""
    for unit, bytes_of in (("GB", 1_000_000_000), ("MB", 1_000_000)):
        if count >= bytes_of:
            return f"{count / bytes_of:,.1f} {unit}"
    return f"{count // 1000:,} kB"
