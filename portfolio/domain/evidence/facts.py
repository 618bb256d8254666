"""What can happen to an evidence item, and the state those facts add up to."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from portfolio.domain.evidence.declaration import AuthenticityDeclaration
from portfolio.domain.evidence.erasure import ErasureFact
from portfolio.domain.evidence.record import Record
from portfolio.domain.evidence.selector import Bounds, Hideable, Selector
from portfolio.domain.kernel import Fact

AnnotationKind = Literal["formative", "pointer", "basis of finding"]
Audience = Literal["apprentice and assessors", "assessors"]
Reader = Literal["assessors", "coach", "employer", "panel", "quality assurers"]
"""Those whom a redaction may be for: what they are to the record, in the words of whoever asks for it."""


class UploadOffered(Fact, tag="evidence.upload-offered", omit_defaults=True):
    """Somebody announced a file as a version of the item; its bytes will lie under ``object_id``.

    ``sha256`` is empty if they did not say it, ``produced_on`` None if they say the day later. ``last_modified`` is
    when the file was last changed by the clock of the device that it came from, as that says; None if nobody said.
    """

    enrolment_id: UUID
    apprentice: UUID
    version: int
    title: str
    filename: str
    media_type: str
    size: int
    sha256: str
    object_id: UUID
    produced_on: date | None
    last_modified: datetime | None = None


class DraftDescribed(Fact, tag="evidence.draft-described"):
    """The apprentice said what the draft is called and on which day the work was produced: None if they do so later."""

    version: int
    title: str
    produced_on: date | None


class FileReceived(Fact, tag="evidence.file-received"):
    """The apprentice said that the bytes are all there, and they are: they wait to be checked."""

    version: int
    object_id: UUID


class FileSealed(Fact, tag="evidence.file-sealed", omit_defaults=True):
    """The bytes were checked and are fixed: ``sha256`` is over what is stored. ``screening``: what looked for malware.

    ``storage_version`` is the storage's own name for exactly these bytes, empty where it has none. ``blocks`` is the
    SHA-256 of the digests of its blocks, which lie beside the file, empty where none do.
    """

    version: int
    object_id: UUID
    sha256: str
    size: int
    bounds: Bounds
    screening: str
    storage_version: str = ""
    blocks: str = ""


class FileRefused(Fact, tag="evidence.file-refused"):
    """The bytes were checked and are not taken: by which refusal, and the sentence that says why. They are removed."""

    version: int
    object_id: UUID
    refusal: str
    why: str


class EvidenceRecorded(Fact, tag="evidence.recorded", omit_defaults=True):
    """Somebody wrote a record, or wrote theirs anew with a ``reason``; ``sha256`` is over its text.

    ``observer`` is the name of who observed, by which they were on record then. ``corrects`` is the version that the
    author puts right although a decision cites the record, None where none did.
    """

    enrolment_id: UUID
    apprentice: UUID
    version: int
    title: str
    record: Record
    sha256: str
    size: int
    observer: str = ""
    corrects: int | None = None
    reason: str = ""


class EvidenceSubmitted(Fact, tag="evidence.submitted"):
    """The apprentice handed the version in, declared as their own."""

    version: int
    declaration: AuthenticityDeclaration


class EvidenceReturned(Fact, tag="evidence.returned"):
    """The version was given back with a reason; a new version can follow."""

    version: int
    reason: str


class EvidenceAccepted(Fact, tag="evidence.accepted"):
    """The version is taken into assessment."""

    version: int


class EvidenceReplaced(Fact, tag="evidence.replaced"):
    """A newer version stands in its place; the old one stays readable."""

    version: int
    replaced_by: int


class StatementClaimed(Fact, tag="evidence.statement-claimed"):
    """The apprentice says the version shows this code, perhaps at a place in it."""

    version: int
    code: str
    place: Selector | None


class ClaimDropped(Fact, tag="evidence.claim-dropped"):
    """The apprentice no longer says so."""

    version: int
    code: str


class EvidenceAnnotated(Fact, tag="evidence.annotated", omit_defaults=True):
    """A remark is pinned to a place in the bytes with this hash; a revision names the remark it revises.

    ``redaction`` is the number of the redacted copy that its author was shown of those bytes, 0 for the original.
    """

    annotation_id: UUID
    version: int
    sha256: str
    selector: Selector
    kind: AnnotationKind
    audience: Audience
    text: str
    revises: UUID | None
    redaction: int = 0


class EvidenceServed(Fact, tag="evidence.served", omit_defaults=True):
    """The actor was shown the version for the first time: a redacted copy of this number, or the original (0)."""

    version: int
    redaction: int = 0


class EvidenceRedacted(Fact, tag="evidence.redacted"):
    """From now on the version is shown without these places to these readers, who get no way to its original.

    ``redaction`` counts the redactions of a version from 1, and the newest counts: one without places hides nothing
    any more. ``sha256`` is the original's. A copy is made of both whenever somebody looks.
    """

    version: int
    redaction: int
    sha256: str
    places: tuple[Hideable, ...]
    hidden_from: frozenset[Reader]
    reason: str


class OriginalOpened(Fact, tag="evidence.original-opened"):
    """The panel of a case may look at the original of a redacted version, as long as the case is open."""

    version: int
    sha256: str
    appeal_id: UUID
    reason: str


class EvidenceWithdrawn(Fact, tag="evidence.withdrawn"):
    """The apprentice took the version back before any decision cited it."""

    version: int
    reason: str


class DraftDiscarded(Fact, tag="evidence.draft-discarded"):
    """A version that was never submitted is gone, bytes and all."""

    version: int
    object_id: UUID


EvidenceFact = (
    UploadOffered
    | DraftDescribed
    | FileReceived
    | FileSealed
    | FileRefused
    | EvidenceRecorded
    | EvidenceSubmitted
    | EvidenceReturned
    | EvidenceAccepted
    | EvidenceReplaced
    | StatementClaimed
    | ClaimDropped
    | EvidenceAnnotated
    | EvidenceServed
    | EvidenceRedacted
    | OriginalOpened
    | EvidenceWithdrawn
    | DraftDiscarded
    | ErasureFact
)
