"""What the application needs from the outside: a journal of facts, a vault of bytes, a scanner of what goes there."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import IO, Protocol
from uuid import UUID

from portfolio.application.moves import Moves
from portfolio.domain.evidence.media import Sealed
from portfolio.domain.kernel import Entry, NotPermitted, Recorded, Rejected, RuleBroken, Value


class IndexRow(Value):
    """A row that the append transaction writes beside the facts, derived from them alone (``indexes.index_rows``).

    A *link* (``unique`` False) lists ``stream`` under ``parent``. A *unique key* (``unique`` True) lets one stream at
    a time hold the text ``key`` under ``name``; the journal stores only its keyed hash. ``release`` takes it away.
    """

    name: str
    key: str
    unique: bool = False
    release: bool = False


class ReadSet(Value):
    """What a command has read of other streams: the append is refused if any of it has moved.

    ``streams``: version by stream. ``links``: number of streams listed, by (name, key) of a link.
    """

    streams: dict[UUID, int] = {}
    links: dict[tuple[str, str], int] = {}


class Idempotency(Value):
    """The key a client gave its request, the fingerprint of the request, and what to answer beside the receipt."""

    key: str
    fingerprint: bytes
    extra: bytes = b""


class Receipt(Value):
    """What a write answers: the record, its version (the ETag) and the position from which reads see the effect."""

    stream: UUID
    version: int
    position: int
    extra: bytes = b""


class AppendConditions(Value):
    """What must hold for an append beside the version of its own stream, and what is written with its facts."""

    read_set: ReadSet = ReadSet()
    index: tuple[IndexRow, ...] = ()
    idempotency: Idempotency | None = None


class KeyTaken(Rejected):
    """Another record already holds this key; the handler turns it into the refusal of the rule."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name


class IdempotencyKeyReused(Rejected):
    """This Idempotency-Key was used for another request: use a new key for a new request."""


class Busy(Rejected):
    """The record is busy: try again in a moment."""


class UploadUnderWay(Busy):
    """This part is being received already: let that end, or try again in a little over a minute if it broke off."""


class NewerRelease(Busy, rule="RECORD-4"):
    """A newer release has written to this record: this one neither reads nor writes it; start the newer one."""


class TokenKeyNotHere(Busy, rule="RECORD-5"):
    """This server has not got the key of your token yet: send the same to another one, or again later."""


class NotScanned(Busy):
    """The file cannot be checked for malware at the moment: it waits, and nothing of it is lost."""


class ScanTimedOut(NotScanned):
    """The malware scanner did not get to the end of this file in its time: it is tried again, three times in all."""


class OutcomeUnknown(Busy):
    """Nobody knows whether this was recorded: send the same request again with the same key; it is done only once."""


class StorageBroken(Busy):
    """The disk failed: nothing is recorded now. Tell the operator."""


class Unread(Value):
    """A fact that cannot be read: its place in the log and in its record."""

    position: int
    stream: UUID
    version: int

    def in_words(self) -> str:
        """Return which fact it is."""
        return f"fact {self.position} (number {self.version} of the record {self.stream})"


class FactUnreadable(Rejected):
    """A fact of a record cannot be read, so nothing is decided on that record: an operator has to restore it."""

    def __init__(self, unread: Sequence[Unread], readable: Sequence[Recorded] = ()) -> None:
        super().__init__(
            f"What stands in {', '.join(each.in_words() for each in unread)} cannot be read. Tell the operator: "
            "`portfolio fsck` says what is wrong with it, and it has to come back from a backup."
        )
        self.unread = unread
        self.readable = readable


class StorageMisconfigured(Busy):
    """The file storage does not work as it is set up: nothing of it can be kept or read now. Tell the operator."""


class StorageFull(Rejected):
    """There is no room left to record this; nothing was stored. Tell the operator."""


class Unauthenticated(Rejected, rule="RFC 6750"):
    """Say who you are: send a bearer token, or sign in with your link."""


class Journal(Protocol):
    """The log of facts: positions 1, 2, 3 … without a gap, in commit order."""

    @property
    def moves(self) -> Moves:
        """Return of which streams its last facts are."""

    def read(self, stream: UUID, until: int | None = None, after: int = 0) -> Sequence[Recorded]:
        """Return a stream's facts after a version, up to a position; raise ``FactUnreadable``, with those of use."""

    def read_each(self, after: Mapping[UUID, int]) -> Mapping[UUID, Sequence[Recorded]]:
        """Return each of these streams' facts after a version of it; nothing of one that cannot be read whole."""

    def since(self, position: int, limit: int = 1000) -> Sequence[Entry]:
        """Return up to ``limit`` facts after ``position``, in order."""

    def at_positions(self, positions: Sequence[int]) -> Sequence[Recorded]:
        """Return the facts at these positions, in the order of the log; raise ``FactUnreadable`` as ``read`` does."""

    def head(self) -> int:
        """Return the last position, 0 for an empty log."""

    def marks(self, positions: Sequence[int]) -> frozenset[str]:
        """Return by what the facts at these positions are known again, of those that there are."""

    def position_at(self, moment: datetime) -> int:
        """Return the position of the last fact recorded at or before ``moment``, 0 if none."""

    def links(self, name: str, key: str) -> Sequence[UUID]:
        """Return the streams listed under a link, in the order of their listing."""

    def links_of_each(self, names: Sequence[str], keys: Sequence[str]) -> Mapping[tuple[str, str], Sequence[UUID]]:
        """Return the streams listed under each of these links of each of these keys, as ``links`` does of one."""

    def holder(self, row: IndexRow) -> UUID | None:
        """Return the stream that holds a unique key, None if none does."""

    def keyed(self, name: str, content: bytes) -> str:
        """Return a keyed hash of what must be known again: who has the record without its keys confirms no guess."""

    def answered(self, by: UUID, key: str, fingerprint: bytes) -> Receipt | None:
        """Return the receipt already given for this key; raise ``IdempotencyKeyReused`` if it was another request."""

    def append(self, entries: Sequence[Recorded], conditions: AppendConditions) -> Receipt:
        """Record the next facts of one stream, index rows and the idempotency row in one transaction.

        Raises ``StaleVersion`` if the stream or anything in the read set has moved, ``KeyTaken`` if another stream
        holds a unique key, ``IdempotencyKeyReused``, ``StorageFull`` or ``Busy``; then nothing was written. A repeated
        request with the same idempotency key is ``AlreadyAnswered``, and writes nothing. ``OutcomeUnknown``: the
        connection to a database broke on the way, or the disk did not confirm; only a repeat with the same key finds
        out.
        """


class UploadPart(Value):
    """Where one part of a file is to be PUT, with which headers, until the URL expires."""

    number: int
    url: str
    headers: dict[str, str] = {}


class HeldPart(Value):
    """A part of a file that has arrived; ``sha256`` (hex) is empty where the storage does not tell it."""

    number: int
    size: int
    sha256: str = ""


Screen = Callable[[IO[bytes]], object]
"""Reads a file that is not evidence yet, and raises what it is refused for."""


def unscreened(_: IO[bytes]) -> None:
    """Look at nothing."""


class Vault(Protocol):
    """Bytes under random ids, create-only. Object first, fact second: a fact never points at a missing object."""

    @property
    def origin(self) -> str:
        """Return to which origin browsers put parts, empty if it is the service's own."""

    def offer(self, object_id: UUID, size: int, sha256: str, sender: UUID) -> Sequence[UploadPart]:
        """Return where to put the next parts (``parts.AT_ONCE``) of a file of this size (bytes): signed, expiring URLs.

        ``sha256`` (hex) is empty if the client did not say it. ``sender`` is the person they are given to. Offering the
        same file under the same id again answers fresh URLs, of the parts that are not held yet. Raises
        ``UploadTooLarge`` or ``StorageFull``.
        """

    def held(self, object_id: UUID) -> Sequence[HeldPart]:
        """Return the parts of an offered file that have arrived, in order, so that its sender can go on."""

    def complete(self, object_id: UUID, digests: Sequence[str] = ()) -> None:
        """Take an offered file for arrived, so that no part of it can be put any more; again is welcome.

        ``digests`` are the SHA-256 (hex) of all its parts as the client has them: compared now, or at the sealing where
        the storage does not tell its own. Raises ``UploadMissing`` with the ``parts`` that have not arrived, and
        ``ContentHashMismatch`` with those that have other digests, which can then be put again.
        """

    def take(self, object_id: UUID, stream: IO[bytes], size: int) -> None:
        """Keep the ``size`` bytes of an offered file that came through one of our own pages, as if put to its URLs.

        ``stream`` can be rewound. Raises ``ContentHashMismatch``, or leaves it to the sealing, and ``StorageFull``.
        """

    def seal(self, object_id: UUID, *, size: int, sha256: str, media_type: str, screen: Screen = unscreened) -> Sealed:
        """Check a completed upload against what was declared and keep it for ever; an empty ``sha256`` says nothing.

        ``screen`` is given the very bytes that are kept, before anybody opens them; what it raises is passed on.
        Raises ``UploadMissing``, ``ContentSizeMismatch``, ``ContentHashMismatch``, ``ContentTypeMismatch``,
        ``ContentTypeNotAllowed``, ``ContentUnreadable``, ``StorageFull`` or ``Busy``; then nothing is kept, and the
        upload stays until it is discarded. Sealing the same upload again answers the same.
        """

    def read(
        self, object_id: UUID, start: int = 0, end: int | None = None, *, storage_version: str = ""
    ) -> Iterator[bytes]:
        """Yield the bytes from ``start`` up to but without ``end``, in chunks; without a version, of the first."""

    def blocks(self, object_id: UUID) -> bytes:
        """Return the digests of a sealed file's blocks that lie beside it, empty if there are none."""

    def discard(self, object_id: UUID) -> bool:
        """Remove an object that is no evidence, or none any more, and its upload; answer as ``erase`` does."""

    def erase(self, object_id: UUID) -> bool:
        """Remove every version of a sealed object, where we may from under its lock; tell whether none is left.

        Nothing happens if there is none.
        """

    def objects(self) -> Iterator[UUID]:
        """Yield the ids of all sealed objects."""

    def strange(self) -> Iterator[str]:
        """Yield a sentence for whatever lies among the sealed objects and is none, or cannot be looked at."""

    def place(self, object_id: UUID) -> str:
        """Return where an object lies, or would, for an operator."""

    def set_aside(self, object_id: UUID, before: datetime) -> str:
        """Put an object that no fact names where it is out of the way, never deleted, and list it; return where.

        One that was stored after ``before`` stays as it is, and nothing is returned: its fact may still come.
        """

    def take_back(self, object_id: UUID) -> None:
        """Put an object back among the others that was set aside, since a fact names it after all."""

    def is_set_aside(self, object_id: UUID) -> bool:
        """Tell whether that was done with an object that still lies among the others."""

    def check(self) -> str | None:
        """Return what keeps the vault from working, in a sentence, None if nothing does."""

    def digest(self, object_id: UUID, *, storage_version: str = "") -> str | None:
        """Return the SHA-256 (hex) of the stored bytes as they are now, None if there is no such object."""


class ReceivesUploads(Protocol):
    """The vault's side of a signed upload URL, where bytes come through the application and not straight to storage."""

    def check_address(self, object_id: UUID, number: int, *, expires: str, signature: str) -> UUID:
        """Return to whom the URL was given, before anything is read.

        Raises ``UploadUrlInvalid`` or ``UploadUrlExpired`` as ``receive`` does.
        """

    def receive(
        self,
        object_id: UUID,
        number: int,
        *,
        expires: str,
        signature: str,
        stream: IO[bytes],
        content_length: int | None,
        digest: str = "",
    ) -> None:
        """Keep the bytes of one part until they are sealed; the same bytes again are welcome and change nothing.

        ``expires`` and ``signature`` are as they stand in the URL; ``content_length`` is None if nobody said. So is an
        empty ``digest``, the SHA-256 (hex) of the part.
        Raises ``UploadUrlInvalid``, ``UploadUrlExpired``, ``UploadUnderWay``, ``UploadTooLarge``,
        ``ContentSizeMismatch``, ``ContentHashMismatch`` or ``StorageFull``; then nothing of it is kept.
        """


NO_SCANNER = "none configured"
"""By which signatures a file was looked at where nothing looks."""


class Scan(Value):
    """That nothing was found in a file: by which ``signatures``, as the scanner names them, or ``NO_SCANNER``."""

    signatures: str


class Scanner(Protocol):
    """Looks for malware in bytes that are not evidence yet. What it has not looked at whole is never clean."""

    def scan(self, stream: IO[bytes]) -> Scan:
        """Read a file to its end and say by which signatures nothing was found in it.

        Raises ``MalwareFound`` or ``MalwareNotRuledOut``, and ``NotScanned`` where the scanner is down, breaks off or
        answers what cannot be understood, ``ScanTimedOut`` where it gave up. What reading the stream raises is passed
        on.
        """

    def check(self) -> str | None:
        """Return what an operator has to mend, in a sentence, None if nothing."""


class UploadUrlInvalid(NotPermitted, rule="EVIDENCE-1"):
    """This upload address is not one that we gave out: ask for a new one."""


class UploadUrlExpired(NotPermitted, rule="EVIDENCE-1"):
    """This upload address has run out: ask for a new one."""


class UploadTooLarge(RuleBroken, rule="EVIDENCE-1"):
    """The file is larger than was announced, or than we take."""


class ContentHashMismatch(RuleBroken, rule="EVIDENCE-1"):
    """The bytes received are not the file that was declared: their SHA-256 differs."""


class ContentSizeMismatch(RuleBroken, rule="EVIDENCE-1"):
    """The bytes received are not the file that was declared: their number differs."""


class ContentTypeMismatch(RuleBroken, rule="EVIDENCE-1"):
    """The file is of another type than declared."""


class ContentUnreadable(RuleBroken, rule="EVIDENCE-1"):
    """The file cannot be opened as what it says it is: save it again and upload the new one."""


class MalwareFound(RuleBroken, rule="EVIDENCE-1"):
    """Malware was found in this file: have the device that it comes from checked, and upload a clean copy."""


class MalwareNotRuledOut(RuleBroken, rule="EVIDENCE-1"):
    """This file holds more inside than can be looked through for malware: save the parts as files of their own."""


class UploadMissing(RuleBroken, rule="EVIDENCE-1"):
    """The file has not been received yet: put its bytes to the upload URL first."""


Clock = Callable[[], datetime]
"""Tells the time, in UTC."""
