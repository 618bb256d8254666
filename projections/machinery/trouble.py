"""Trouble: who cannot go on along the log, where and why, and which facts are passed over; kept beside the views.

Any process may ask, and so does ``portfolio fsck``. Nothing of it says what stands in a fact.
"""

import time
import traceback
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from portfolio.application.ports import Busy
from portfolio.domain.kernel import NOBODY, Entry
from projections.machinery.database import FAILURES, SET_ASIDE, Batch, ViewsDatabase

VIEWS_NAME = "views"
"""Under which name a fact is set aside for all views."""
LOOK_AGAIN_SECONDS = 5.0
"""How often facts that were set aside, and who cannot go on, are looked at again."""
OF_A_VIEW = "the view "
"""How the name of a follower begins that is one view."""

FAILED = f"SELECT follower, position, why FROM {FAILURES.table} ORDER BY follower"  # noqa: S608 - the name of a view
PASSED_OVER = f"SELECT * FROM {SET_ASIDE.table} ORDER BY position, follower"  # noqa: S608 - the name of a view


class Failure(NamedTuple):
    """Who cannot go on, how far they have come, and what happened there."""

    follower: str
    position: int
    why: str

    def in_words(self) -> str:
        """Return what an operator reads."""
        return f"{self.follower} cannot go on after fact {self.position} ({self.why}) and is tried again and again"


class SetAside(NamedTuple):
    """A fact that a follower passes over: its place, its record, its stored name and the enrolment it belongs to.

    For the views it is one that cannot be read; for the reactions one on which nothing follows as long as another
    cannot be read.
    """

    follower: str
    position: int
    stream: UUID
    version: int
    tag: str
    enrolment_id: UUID

    @classmethod
    def of(cls, follower: str, entry: Entry, enrolment_id: UUID | None = None) -> "SetAside":
        """Return what is kept of a fact."""
        where = (entry.position, entry.originator_id, entry.originator_version)
        return cls(follower, *where, entry.tag, enrolment_id or NOBODY)

    def in_words(self) -> str:
        """Return which fact it is."""
        return f"fact {self.position} (number {self.version} of the record {self.stream})"


class Trouble:
    """What keeps the followers of one database of views from going on, whichever process they run in.

    By its ``clock`` of seconds it looks now and then at what others noted: a process whose place another has taken may
    note something late.
    """

    def __init__(self, database: ViewsDatabase, clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._clock = clock
        self._look_at = clock()
        self._noted: set[str] = set()
        self._unwritten: dict[str, Failure] = {}

    def look(self) -> None:
        """Take over what other processes have noted."""
        self._noted |= {failure.follower for failure in self._stored()}

    def failed(self, follower: str, position: int, why: str) -> None:
        """Note that a follower cannot go on."""
        self._noted.add(follower)
        failure = self._unwritten[follower] = Failure(follower, position, why)
        self._database.write([Batch(FAILURES, [failure], [])], {})
        del self._unwritten[follower]

    def went_on(self, follower: str) -> None:
        """Note that a follower goes on, if it was known not to."""
        if self._clock() >= self._look_at:
            self.look()
            self._look_at = self._clock() + LOOK_AGAIN_SECONDS
        if follower in self._noted:
            self._database.write([Batch(FAILURES, [], [(follower,)])], {})
            self._noted.discard(follower)
            self._unwritten.pop(follower, None)

    def left(self, followers: Iterable[str]) -> None:
        """Keep in mind no longer why these could not go on here: whoever follows now notes it anew."""
        for follower in followers:
            self._unwritten.pop(follower, None)

    def failures(self) -> list[Failure]:
        """Return who cannot go on, by name; what cannot be written to the database, or read from it, is known here."""
        try:
            stored = self._stored()
        except Exception:  # noqa: BLE001 - somebody's failure says so by then
            stored = []
        return sorted({failure.follower: failure for failure in (*stored, *self._unwritten.values())}.values())

    def set_aside(self, facts: Sequence[SetAside]) -> None:
        """Note that these facts are passed over."""
        self._database.write([Batch(SET_ASIDE, facts, [])], {})

    def taken_back(self, facts: Iterable[SetAside]) -> None:
        """Note that these facts are passed over no longer."""
        self._database.write([Batch(SET_ASIDE, [], [fact[:2] for fact in facts])], {})

    def aside(self, follower: str) -> list[SetAside]:
        """Return the facts that a follower passes over, in the order of the log."""
        return [fact for row in self._database.query(PASSED_OVER) if (fact := SetAside(*row)).follower == follower]

    def _stored(self) -> list[Failure]:
        return [Failure(*row) for row in self._database.query(FAILED)]


def where(error: BaseException) -> str:
    """Return where something failed: an exception's message may hold personal data, and a path tells of the machine."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} at {'/'.join(Path(last.filename).parts[-2:])}:{last.lineno}"


def can_be_read(entry: Entry) -> bool:
    """Tell whether a fact can be read; raise ``Busy`` if only another release can."""
    try:
        entry.fact, entry.by, entry.at  # noqa: B018 - each is decoded when it is asked for
    except Busy:
        raise
    except Exception:  # noqa: BLE001 - whatever it is, ``portfolio fsck`` names it
        return False
    return True
