"""The chain over all facts: by a keyed hash for each position it is known whether the log is still what was recorded.

The value at a position is a hash under a key of its own over the value before it, the fact's place (position, stream,
version and tag), the SHA-256 of its stored bytes, and the receipt of the idempotency rows that answer with it. Who has
only the database does not hold the key. It is made behind the appends, within about a second, and where it ends is kept
outside the store, so that the newest facts cannot be taken away unnoticed either.
"""

import hmac
import logging
import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from itertools import groupby
from pathlib import Path
from struct import Struct
from threading import Event

from infra.store.codec import Row
from infra.store.journal import EventJournal
from infra.store.recorder import START, Head, Link, ReceiptRow
from infra.store.refusals import CannotOpen
from infra.synced import sync, sync_open
from portfolio.domain.kernel import Rejected

LOG = logging.getLogger("portfolio.chain")

PLACE = Struct(">q16sqH")
SIZES = Struct(">q16sIII16sq")
BATCH_SIZE = 2_000
"""Facts whose values are written in one transaction."""
INTERVAL = 1.0
"""Seconds between two looks at the log."""
FAILURES = 5
"""Looks that fail in a row before this is said to be a fault."""
FILE = "chain-head"
"""Where the chain's end is kept, in the folder of the keys."""


class HeadUnreadable(CannotOpen):
    """The file that says where the chain ends was damaged."""

    def __init__(self, path: Path, why: str = "") -> None:
        super().__init__(
            f"{path} cannot be read ({why}): let this user read it, or move away what is no file."
            if why
            else f"{path} is damaged: it does not say where the chain of facts ends. Run `portfolio fsck`, which "
            "compares all else; if nothing else is wrong, take the file away and start the service: it writes it again."
        )


class Outside:
    """Where the chain is known to end, kept in a file of the folder of the keys: outside the store."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE

    def read(self) -> Head | None:
        """Return the position and its value, None if nothing was kept yet; raise ``HeadUnreadable``."""
        try:
            position, value = self.path.read_text("ascii").split()
            head = Head(int(position), bytes.fromhex(value))
        except FileNotFoundError:
            return None
        except ValueError as error:
            raise HeadUnreadable(self.path) from error
        except OSError as error:
            raise HeadUnreadable(self.path, error.strerror or "") from error
        if head.position < 1 or len(head.value) != len(START):
            raise HeadUnreadable(self.path)
        return head

    def write(self, head: Head) -> None:
        """Keep another one in its place, on the disk when this returns, whole or not at all."""
        handle, part = tempfile.mkstemp(dir=self.path.parent, prefix=f"{FILE}.", suffix=".part")
        try:
            with os.fdopen(handle, "w") as opened:
                opened.write(f"{head.position} {head.value.hex()}\n")
                opened.flush()
                sync_open(handle, self.path)
            Path(part).replace(self.path)
        except BaseException:
            Path(part).unlink(missing_ok=True)
            raise
        sync(self.path.parent)


def key_of(journal: EventJournal) -> bytes:
    """Return the key of the chain, which follows from the journal's secret."""
    return bytes.fromhex(journal.keyed("chain over all facts", b""))


def value_of(key: bytes, before: bytes, row: Row, receipt: bytes) -> bytes:
    """Return the value at a fact's position; ``receipt`` is empty where no idempotency row answers with it."""
    position, stream, version, tag, state = row
    name = tag.encode()
    place = PLACE.pack(position, stream, version, len(name))
    return hmac.digest(key, b"".join((before, place, name, sha256(state).digest(), receipt)), "sha256")


def receipts_of(key: bytes, rows: Iterable[ReceiptRow]) -> dict[int, bytes]:
    """Return, by position, what stands for the idempotency rows that answer with it; rows come in order of position."""
    return {position: receipt_of(key, of_one) for position, of_one in groupby(rows, key=lambda row: row[0])}


def receipt_of(key: bytes, rows: Iterable[ReceiptRow]) -> bytes:
    """Return what stands for idempotency rows, of which each is told whole."""
    parts = [b"receipt"]
    for position, person, name, fingerprint, stream, version, extra in rows:
        text = name.encode()
        parts.append(SIZES.pack(position, person, len(text), len(fingerprint), len(extra), stream, version))
        parts += (text, fingerprint, extra)
    return hmac.digest(key, b"".join(parts), "sha256")


def links_of(key: bytes, before: bytes, rows: Sequence[Row], receipts: Iterable[ReceiptRow]) -> Iterator[Link]:
    """Yield value and receipt for each of these facts, which follow the position with the value ``before``."""
    answered = receipts_of(key, receipts)
    for row in rows:
        receipt = answered.get(row[0], b"")
        before = value_of(key, before, row, receipt)
        yield before, receipt


class Chain:
    """Brings the chain of one journal up to its log, and keeps where it ends outside the store."""

    def __init__(self, journal: EventJournal, outside: Outside) -> None:
        self.outside = outside
        self._store = journal.store
        self._key = key_of(journal)
        self._kept: Head | None = None  # what this process has kept outside
        self._compared = False
        self._contradiction: str | None = None
        self._failures = 0
        self._why = ""

    def end(self) -> Head:
        """Return the last position that has a value, and the value; 0 for an empty chain."""
        return self._store.chain.end()

    def value_at(self, position: int) -> bytes | None:
        """Return the value that the store has for a position, made from the facts where none is stored.

        None: the log does not go that far.
        """
        if position > self._store.head():
            return None
        if (stored := self._store.chain.at(position)) is not None or not position:
            return stored or START
        end = self.end()
        if end.position > position:  # the row was taken away
            end = Head(0, START)
        while end.position < position:
            *_, (end, _) = self._next(end, min(BATCH_SIZE, position - end.position))
        return end.value

    def was_changed(self, position: int) -> bool:
        """Tell whether the fact at a position is surely another than the one for which its value was stored."""
        value, before = self._store.chain.at(position), self._store.chain.at(position - 1) if position > 1 else START
        if value is None or before is None:
            return False
        return all(made.value != value for made, _ in self._next(Head(position - 1, before), 1))

    def contradiction(self) -> str | None:
        """Return what the end that is kept outside says against the store, None if nothing."""
        outside = self.outside.read()
        if outside is None or (value := self.value_at(outside.position)) == outside.value:
            return None
        if value is None:
            return (
                f"the record ends at fact {self._store.head()}, but facts up to {outside.position} were there: "
                f"{self.outside.path} says so"
            )
        return f"fact {outside.position} or one before it is not what was recorded: {self.outside.path} says so"

    def begin(self) -> None:
        """Say so if the record is older than the chain: it gets it now, which is no contradiction."""
        if not self.end().position and self.outside.read() is None and (head := self._store.head()):
            LOG.warning("The record is from before this release: a chain over its %d facts is made now.", head)

    def catch_up(self, stop: Event | None = None) -> None:
        """Bring the chain up to the log and keep its end outside; do neither against what is kept there already."""
        if not self._compared:
            self._contradiction = self.contradiction()
            self._compared = True
            if self._contradiction:
                LOG.error("The chain of facts is not continued: %s", self._contradiction)
        if self._contradiction:
            return
        end = self.end()
        while (stop is None or not stop.is_set()) and (new := list(self._next(end, BATCH_SIZE))):
            self._store.chain.extend(end.position, [link for _, link in new])
            end = self.end()
        self._keep(end)

    def run(self, stop: Event) -> None:
        """Follow the log until ``stop`` is set; what fails is logged and tried again."""
        self._compared = False  # another process may have gone on meanwhile
        while not stop.wait(INTERVAL):
            self.try_to_catch_up(stop)

    def try_to_catch_up(self, stop: Event | None = None) -> None:
        """Do as ``catch_up``; whatever fails is logged, and is a fault when it goes on."""
        try:
            self.catch_up(stop)
            self._failures = 0
        except Exception as error:  # noqa: BLE001 - whatever it is, the record goes on
            self._failures += 1
            self._why = self._reason(error)
            if self._failures == 1:
                LOG.error("The chain of facts cannot be continued: %s", self._why)  # noqa: TRY400 - types, no texts

    def _reason(self, error: Exception) -> str:
        """Return what failed in words that hold nothing of a record: a refusal by its code, see docs/problems.md."""
        if isinstance(error, OSError):
            return f"{self.outside.path.parent}: {error.strerror}"
        return error.code if isinstance(error, Rejected) else type(error).__name__

    def contradicted(self) -> str | None:
        """Return what was found against the facts when the chain was to be continued, None if nothing."""
        return f"The facts are not what was recorded: {self._contradiction}." if self._contradiction else None

    def standing(self) -> str | None:
        """Return why newer facts are not covered by the chain, None if they are, or will be in a moment."""
        if self._failures < FAILURES:
            return None
        return f"facts after {self.end().position} are not covered by the chain: it cannot be continued ({self._why})"

    def _next(self, end: Head, limit: int) -> Iterator[tuple[Head, Link]]:
        """Yield what follows an end, up to so many facts."""
        rows = self._store.rows_since(end.position, limit)
        if rows:
            receipts = self._store.chain.receipts(end.position, rows[-1][0])
            for row, link in zip(rows, links_of(self._key, end.value, rows, receipts), strict=True):
                yield Head(row[0], link[0]), link

    def _keep(self, end: Head) -> None:
        if end.position and end != self._kept:
            self.outside.write(end)
            self._kept = end
