"""What may be asked of an evidence item."""

from datetime import datetime
from uuid import UUID

from portfolio.domain.calendar import Day
from portfolio.domain.evidence.declaration import AuthenticityDeclaration
from portfolio.domain.evidence.facts import AnnotationKind, Audience, Reader
from portfolio.domain.evidence.media import Sealed
from portfolio.domain.evidence.record import Record, attempt_of
from portfolio.domain.evidence.selector import Hideable, Selector
from portfolio.domain.kernel import Command
from portfolio.domain.words import FileName, Name, Reason, Remark, Statement


class OfferEvidence(Command):
    """Announce a file as a new item; ``sha256`` is empty if the sender does not say it.

    ``produced_on`` is None where its apprentice says the day later, in ``DescribeDraft``.
    """

    evidence_id: UUID
    enrolment_id: UUID
    object_id: UUID
    title: Name
    filename: FileName
    media_type: str
    size: int
    sha256: str
    produced_on: Day | None
    last_modified: datetime | None = None


class OfferVersion(Command):
    """Announce a file as the next version of an item, as ``OfferEvidence`` does; the old version stays."""

    evidence_id: UUID
    object_id: UUID
    title: Name
    filename: FileName
    media_type: str
    size: int
    sha256: str
    produced_on: Day | None
    last_modified: datetime | None = None


class DescribeDraft(Command):
    """Say what a draft is called and on which day the work was produced, in the place of what was said before.

    ``produced_on`` is None where the day is said later.
    """

    evidence_id: UUID
    version: int
    title: Name
    produced_on: Day | None


class CompleteUpload(Command):
    """Say that the bytes are all there; ``digests`` are the SHA-256 of all parts of the file, or none of them."""

    evidence_id: UUID
    version: int
    digests: tuple[str, ...] = ()


class SealFile(Command):
    """Keep what a check of the bytes found, which the vault now holds for ever, and what looked for malware."""

    evidence_id: UUID
    version: int
    sealed: Sealed
    screening: str


class RefuseFile(Command):
    """Keep that a check of the bytes did not take them: by which refusal, and why."""

    evidence_id: UUID
    version: int
    refusal: str
    why: Statement


class WriteRecord(Command):
    """Write an observation, a testimony or a discussion as evidence of an apprentice."""

    evidence_id: UUID
    enrolment_id: UUID
    title: Name
    record: Record

    @property
    def attempt_id(self) -> UUID:
        """Return the attempt that the record is of, ``NOBODY`` for a testimony."""
        return attempt_of(self.record)


class CorrectRecord(Command):
    """Put a record of one's own right by a new version, whole; the old one stays."""

    evidence_id: UUID
    title: Name
    record: Record
    reason: Reason


class SubmitEvidence(Command):
    """Hand a version in with the authenticity declaration."""

    evidence_id: UUID
    version: int
    declaration: AuthenticityDeclaration


class ReturnEvidence(Command):
    """Give a version back to the apprentice, also one that was accepted."""

    evidence_id: UUID
    version: int
    reason: Reason


class AcceptEvidence(Command):
    """Take a version into assessment."""

    evidence_id: UUID
    version: int


class ClaimStatements(Command):
    """Say that a version shows these codes, perhaps at one place in it."""

    evidence_id: UUID
    version: int
    codes: frozenset[str]
    place: Selector | None = None


class DropClaim(Command):
    """Take a claim back."""

    evidence_id: UUID
    version: int
    code: str


class AnnotateEvidence(Command):
    """Pin a remark to a place in a version; name the hash of the bytes shown, and the remark it revises.

    ``redaction`` is the number of the redacted copy that was shown of them, 0 for the original.
    """

    evidence_id: UUID
    annotation_id: UUID
    version: int
    sha256: str
    selector: Selector
    kind: AnnotationKind
    audience: Audience
    text: Remark
    revises: UUID | None = None
    redaction: int = 0

    @property
    def looked_up(self) -> tuple[UUID, ...]:
        """Return the streams whose history tells who made the remark that this one revises: none, or the item's."""
        return () if self.revises is None else (self.evidence_id,)


class ServeEvidence(Command):
    """Show a version to somebody; the first time is recorded, unless it is the apprentice's own.

    ``redaction`` is the number of the redacted copy that is to be shown, 0 for the original.
    """

    evidence_id: UUID
    version: int
    redaction: int = 0


class RedactEvidence(Command):
    """Hide these places of a version from these readers, in the place of what was hidden before; none hides nothing.

    ``follows`` is the number of the redaction that was the newest when they were chosen, 0 if there was none.
    """

    evidence_id: UUID
    version: int
    follows: int
    places: tuple[Hideable, ...]
    hidden_from: frozenset[Reader]
    reason: Reason


class OpenOriginal(Command):
    """Let the panel of a case look at the original of a redacted version."""

    evidence_id: UUID
    version: int
    appeal_id: UUID
    reason: Reason


class WithdrawEvidence(Command):
    """Take a version back that no decision cites."""

    evidence_id: UUID
    version: int
    reason: Reason


class DiscardDraft(Command):
    """Throw away a version that was never submitted, bytes and all."""

    evidence_id: UUID
    version: int
