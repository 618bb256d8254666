"""The outbox: notices on their way to people's mail, in tables of either store: the statements are the same.

No part of the record and no view: a view that is made again changes nothing here. What was taken out of the view once
is known here, by the person and the position of the log, until long after it was sent; so it is sent once more only
where nobody knows whether it was, with the id that it had.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from infra.store.sign_in import id_of, moment, seconds
from portfolio.application.notices import MailStanding, MailState, Notice

KEPT = timedelta(days=90)
"""How long it is known that something was sent."""
FIRST_REST, LONGEST_REST = timedelta(seconds=5), timedelta(minutes=10)
"""How long what could not be sent rests after the first failure, and at most: each one in a row doubles it."""

SENT, REFUSED, NEEDLESS = "sent", "refused", "needless"
"""How what was taken out ends: handed over, taken on by no mail server for that address, or not to be told any more."""

HOW: dict[str, MailState] = {SENT: "sent", REFUSED: "refused", NEEDLESS: "needless"}

NOTICE = "position, kind, why, enrolment_id, record, happened"

BEGIN = "INSERT INTO follower (one, position) VALUES (1, :position) ON CONFLICT (one) DO NOTHING RETURNING 1"
POSITION = "SELECT position FROM follower"
MOVE = "UPDATE follower SET position = :to WHERE position < :to RETURNING 1"
TAKE = f"""
INSERT INTO notice (person, {NOTICE}, due)
VALUES (:person, :position, :kind, :why, :enrolment_id, :record, :happened, :due)
ON CONFLICT (person, position) DO NOTHING RETURNING 1
"""  # noqa: S608 - names of columns
DUE = """
SELECT person FROM notice WHERE ended IS NULL AND due <= :now GROUP BY person ORDER BY min(due), person LIMIT :limit
"""
BUNDLED = f"""
SELECT {NOTICE}, bundle, failures FROM notice
WHERE person = :person AND ended IS NULL AND bundle <> '' AND due <= :now
AND bundle = (
    SELECT min(bundle) FROM notice WHERE person = :person AND ended IS NULL AND bundle <> '' AND due <= :now
) ORDER BY position
"""  # noqa: S608 - names of columns
BUNDLE = """
UPDATE notice SET bundle = :bundle WHERE person = :person AND ended IS NULL AND bundle = '' AND due <= :now
AND kind {of} 'invited' RETURNING 1
"""
BUNDLES = (BUNDLE.format(of="="), BUNDLE.format(of="<>"))
"""An invitation goes in a mail of its own."""
END = """
UPDATE notice SET ended = :now, how = :how
WHERE person = :person AND bundle = :bundle AND ended IS NULL RETURNING 1
"""
REST = """
UPDATE notice SET failures = failures + 1, due = :due
WHERE person = :person AND bundle = :bundle AND ended IS NULL RETURNING 1
"""
STANDS = "SELECT how, ended, failures FROM notice WHERE person = :person AND position = :position"
FORGET = "DELETE FROM notice WHERE ended <= :before RETURNING 1"
STANDING = """
SELECT failing_since, why, (SELECT count(*) FROM notice WHERE ended IS NULL AND due <= :now),
    (SELECT count(*) FROM notice WHERE ended IS NULL),
    (SELECT count(*) FROM notice WHERE how = 'refused' AND ended > :month),
    (SELECT max(ended) FROM notice WHERE how = 'sent')
FROM follower
"""
TRY_AT = "SELECT try_at FROM follower"
DOWN = """
UPDATE follower SET failing_since = coalesce(failing_since, :now), why = :why, failures = failures + 1, try_at = :until
RETURNING 1
"""
UP = "UPDATE follower SET failing_since = NULL, why = '', failures = 0, try_at = 0 WHERE failures > 0 RETURNING 1"


class Bundle(NamedTuple):
    """Notices that go to a person in one mail, whose id they have; ``failures``: how often it could not be sent."""

    id: str
    notices: tuple[Notice, ...]
    failures: int


class Standing(NamedTuple):
    """How the outbox stands: since when nothing can be sent and why, if so, and when a mail was handed over last.

    So many notices are ``due``, are ``waiting`` in all, or were ``refused`` for their address within a month.
    """

    failing_since: datetime | None
    why: str
    due: int
    waiting: int
    refused: int
    last_sent: datetime | None


class Outbox(ABC):
    """What both stores do alike; every call is a transaction of its own, or several that may be told apart."""

    @abstractmethod
    def _do(self, statement: str, values: dict[str, Any]) -> Sequence[Sequence[Any]]:
        """Carry a statement out in a transaction of its own, and return the rows of its answer; raise ``Busy``."""

    def begin(self, position: int) -> int:
        """Return up to where notices were taken out, which is this position where none ever were."""
        self._do(BEGIN, {"position": position})
        return int(self._do(POSITION, {})[0][0])

    def take(self, person: UUID, notice: Notice, due: datetime) -> None:
        """Take a notice out for a person, to be sent from a moment on; nothing happens if it was taken out before."""
        values = {
            "person": person,
            "position": notice.position,
            "kind": notice.kind,
            "why": notice.why,
            "enrolment_id": notice.enrolment_id,
            "record": notice.record,
            "happened": seconds(notice.at),
            "due": seconds(due),
        }
        self._do(TAKE, values)

    def taken(self, position: int) -> None:
        """Note that everything up to a position was taken out."""
        self._do(MOVE, {"to": position})

    def due(self, now: datetime, limit: int) -> list[UUID]:
        """Return up to ``limit`` people to whom something is to be sent now, who have waited longest first."""
        return [id_of(person) for (person,) in self._do(DUE, {"now": seconds(now), "limit": limit})]

    def bundle(self, person: UUID, now: datetime, fresh: str) -> Bundle | None:
        """Return what is to be sent to a person in one mail: what was bundled before as it was, else all that is due.

        ``fresh`` is the id of a new bundle.
        """
        values = {"person": person, "now": seconds(now)}
        rows = self._do(BUNDLED, values)
        for bundle in BUNDLES:
            if not rows:
                self._do(bundle, {**values, "bundle": fresh})
                rows = self._do(BUNDLED, values)
        if not rows:
            return None
        return Bundle(str(rows[0][-2]), tuple(map(notice_of, rows)), max(int(row[-1]) for row in rows))

    def end(self, person: UUID, bundle: str, how: str, now: datetime) -> None:
        """Note how a bundle ended."""
        self._do(END, {"person": person, "bundle": bundle, "how": how, "now": seconds(now)})

    def stands(self, person: UUID, position: int) -> MailStanding | None:
        """Return what became of the mail that tells a person of the fact here, None if it is not known (any more)."""
        for how, ended, failures in self._do(STANDS, {"person": person, "position": position}):
            return MailStanding(HOW.get(str(how), "tried" if failures else "waits"), moment(ended) if ended else None)
        return None

    def rest(self, person: UUID, bundle: Bundle, now: datetime) -> None:
        """Let a bundle that could not be sent rest, longer each time."""
        until = now + min(FIRST_REST * 2 ** min(bundle.failures, 10), LONGEST_REST)
        self._do(REST, {"person": person, "bundle": bundle.id, "due": seconds(until)})

    def forget(self, now: datetime) -> None:
        """Forget what ended long ago."""
        self._do(FORGET, {"before": seconds(now - KEPT)})

    def rests_until(self) -> datetime | None:
        """Return when sending is tried again because nothing could be sent last, None if that is not so."""
        return next((moment(at) for (at,) in self._do(TRY_AT, {}) if at), None)

    def down(self, why: str, now: datetime) -> None:
        """Note that nothing can be sent, and why: it is tried again later, each time after a longer while."""
        failures = self._failures()
        rest = min(FIRST_REST * 2 ** min(failures, 10), LONGEST_REST)
        self._do(DOWN, {"why": why, "now": seconds(now), "until": seconds(now + rest)})

    def up(self) -> None:
        """Note that mails can be sent, if it was known that they could not."""
        self._do(UP, {})

    def standing(self, now: datetime) -> Standing:
        """Return how it stands."""
        rows = self._do(STANDING, {"now": seconds(now), "month": seconds(now - timedelta(days=30))})
        since, why, due, waiting, refused, last = rows[0] if rows else (None, "", 0, 0, 0, None)
        return Standing(since and moment(since), str(why), int(due), int(waiting), int(refused), last and moment(last))

    def _failures(self) -> int:
        return sum(int(failures) for (failures,) in self._do("SELECT failures FROM follower", {}))


def notice_of(row: Sequence[Any]) -> Notice:
    """Return a notice as it is kept."""
    position, kind, why, enrolment_id, record, happened = row[:6]
    return Notice(
        position=int(position),
        kind=kind,
        why=why,
        enrolment_id=id_of(enrolment_id),
        record=id_of(record),
        at=moment(happened),
    )
