"""The state of an evidence item: its versions with their claims and remarks, and how each fact changes them."""

from datetime import date, datetime
from typing import Literal, assert_never
from uuid import UUID

from portfolio.domain.erasure import Erasure, confirmed, done
from portfolio.domain.evidence.declaration import AuthenticityDeclaration
from portfolio.domain.evidence.erasure import ErasureApproved, ErasureConfirmed, ErasureDropped, ErasureFact, FileErased
from portfolio.domain.evidence.facts import (
    ClaimDropped,
    DraftDescribed,
    DraftDiscarded,
    EvidenceAccepted,
    EvidenceAnnotated,
    EvidenceFact,
    EvidenceRecorded,
    EvidenceRedacted,
    EvidenceReplaced,
    EvidenceReturned,
    EvidenceServed,
    EvidenceSubmitted,
    EvidenceWithdrawn,
    FileReceived,
    FileRefused,
    FileSealed,
    OriginalOpened,
    StatementClaimed,
    UploadOffered,
)
from portfolio.domain.evidence.record import Discussion, Observation, Record, Testimony, codes_of, record_text
from portfolio.domain.evidence.selector import Bounds, Encoding, Selector, TextQuote
from portfolio.domain.kernel import NOBODY, Fact, State, Value, changed
from portfolio.domain.vocabulary import EvidenceKind

Stage = Literal[
    "offered",
    "received",
    "refused",
    "sealed",
    "submitted",
    "returned",
    "accepted",
    "replaced",
    "withdrawn",
    "discarded",
]

DRAFTS: tuple[Stage, ...] = ("offered", "received", "sealed")
"""Where a version stands that its apprentice still works at: it is not handed in, and its bytes are taken so far."""


class Version(Value):
    """One version of an item. ``object_id`` is None for a record, whose text is in ``bounds``.

    ``written_of`` are the codes that a record speaks of; nobody claims them. ``attempt_id`` is the attempt that a
    record is of, None where it is of none. One that its author wrote anew has a ``reason``, and ``corrects`` is the
    version that it puts right where a decision cited the record. A file that was ``refused`` has the ``refusal`` and
    the sentence that says ``why``.

    ``produced_on`` is None as long as the apprentice has not said of a draft on which day the work was produced.

    ``screening`` says what looked for malware in a sealed file.

    ``storage_version`` and ``blocks`` go with ``object_id`` to whoever reads the bytes. ``erasure``: that they are to
    go for good, or went.

    ``dropped`` are the codes whose claims were ever taken back.

    Of its ``redactions`` the newest counts; ``opened_for`` are the cases whose panels may look at the original.
    """

    number: int
    kind: EvidenceKind
    title: str
    filename: str
    media_type: str
    sha256: str
    size: int
    produced_on: date | None
    stage: Stage
    last_modified: datetime | None = None
    object_id: UUID | None = None
    storage_version: str = ""
    blocks: str = ""
    screening: str = ""
    bounds: Bounds | None = None
    declaration: AuthenticityDeclaration | None = None
    claims: frozenset[str] = frozenset()
    dropped: frozenset[str] = frozenset()
    written_of: frozenset[str] = frozenset()
    attempt_id: UUID | None = None
    corrects: int | None = None
    reason: str = ""
    refusal: str = ""
    why: str = ""
    annotations: tuple[EvidenceAnnotated, ...] = ()
    erasure: Erasure | None = None
    redactions: tuple[EvidenceRedacted, ...] = ()
    opened_for: frozenset[UUID] = frozenset()

    def redaction(self) -> EvidenceRedacted | None:
        """Return the redaction that counts, None if nothing is hidden from anybody."""
        newest = next(reversed(self.redactions), None)
        return newest if newest and newest.places else None

    def handed_in(self) -> bool:
        """Return whether others than the apprentice may see it."""
        return self.stage in ("submitted", "returned", "accepted", "replaced")

    def is_draft(self) -> bool:
        """Return whether it was never handed in: nobody but the apprentice knows what is in it."""
        return self.stage in (*DRAFTS, "refused", "discarded") or (
            self.stage == "withdrawn" and self.kind == "work product" and self.declaration is None
        )

    def has_text_file(self) -> bool:
        """Return whether it is a text file that was checked and is there, whose text is not in ``bounds``."""
        checked = self.stage == "sealed" or self.handed_in()
        return checked and self.media_type.startswith("text/") and self.kind == "work product" and not self.erased()

    def encoding(self) -> Encoding:
        """Return how its text is written."""
        return (self.bounds and self.bounds.encoding) or "utf-8"

    def citable(self) -> bool:
        """Return whether a finding may rest on it."""
        return self.stage in ("submitted", "accepted", "replaced") and not self.erased()

    def erased(self) -> bool:
        """Return whether its file is gone for good."""
        return self.erasure is not None and self.erasure.stage == "erased"


class Evidence(State):
    """An item with all its versions."""

    enrolment_id: UUID = NOBODY
    apprentice: UUID = NOBODY
    versions: tuple[Version, ...] = ()

    def subject(self) -> UUID | None:
        """Return the apprentice."""
        return self.apprentice

    def version(self, number: int) -> Version | None:
        """Return the version of this number."""
        return self.versions[number - 1] if 1 <= number <= len(self.versions) else None

    def attempt_id(self) -> UUID:
        """Return the attempt that the item is a record of, ``NOBODY`` for none: it is the same in all versions."""
        return next((version.attempt_id for version in self.versions if version.attempt_id), NOBODY)

    def awaiting_bytes(self, number: int) -> tuple[Version, ...]:
        """Return the version of this number if its bytes have not been sealed yet; else none."""
        return tuple(version for version in self.versions if version.number == number and version.stage == "offered")

    def quoted_file(self, number: int, place: Selector | None, by: UUID) -> tuple[Version, ...]:
        """Return the version of this number if a place in it can be judged only by reading its text file; else none.

        A draft is read for its apprentice alone.
        """
        return tuple(
            version
            for version in self.versions
            if isinstance(place, TextQuote) and version.number == number and version.has_text_file()
            if by == self.apprentice or not version.is_draft()
        )


KIND_OF: dict[type[Record], EvidenceKind] = {
    Observation: "observation record",
    Testimony: "witness testimony",
    Discussion: "professional discussion record",
}


STAGE_AFTER: dict[type[Fact], Stage] = {
    FileReceived: "received",
    EvidenceReturned: "returned",
    EvidenceAccepted: "accepted",
    EvidenceReplaced: "replaced",
}
"""Where a version stands after facts that change nothing else."""


def evolve(item: Evidence, fact: EvidenceFact) -> Evidence:
    """Apply a fact."""
    match fact:  # what happens most often stands first: each case costs a look
        case StatementClaimed(version=number, code=code):
            return _with(item, number, claims=item.versions[number - 1].claims | {code})
        case ClaimDropped(version=number, code=code):
            version = item.versions[number - 1]
            return _with(item, number, claims=version.claims - {code}, dropped=version.dropped | {code})
        case EvidenceAnnotated(version=number):
            return _with(item, number, annotations=(*item.versions[number - 1].annotations, fact))
        case UploadOffered():
            return changed(
                item,
                enrolment_id=fact.enrolment_id,
                apprentice=fact.apprentice,
                versions=(*item.versions, _offered(fact)),
            )
        case EvidenceRecorded():
            return changed(
                item,
                enrolment_id=fact.enrolment_id,
                apprentice=fact.apprentice,
                versions=(*item.versions, _recorded(fact)),
            )
        case DraftDescribed(version=number, title=title, produced_on=day):
            return _with(item, number, title=title, produced_on=day)
        case FileRefused(version=number, refusal=refusal, why=why):
            return _with(item, number, stage="refused", refusal=refusal, why=why, claims=frozenset())
        case FileSealed(version=number, bounds=bounds):
            return _with(
                item,
                number,
                stage="sealed",
                bounds=bounds,
                media_type=bounds.media_type,
                sha256=fact.sha256,
                storage_version=fact.storage_version,
                blocks=fact.blocks,
                screening=fact.screening,
            )
        case EvidenceSubmitted(version=number, declaration=declaration):
            return _with(item, number, stage="submitted", declaration=declaration)
        case FileReceived() | EvidenceReturned() | EvidenceAccepted() | EvidenceReplaced():
            return _with(item, fact.version, stage=STAGE_AFTER[type(fact)])
        case EvidenceWithdrawn(version=number):
            return _with(item, number, stage="withdrawn", claims=frozenset())
        case DraftDiscarded(version=number):
            return _with(item, number, stage="discarded", claims=frozenset())
        case EvidenceRedacted(version=number):
            return _with(item, number, redactions=(*item.versions[number - 1].redactions, fact))
        case OriginalOpened(version=number, appeal_id=appeal_id):
            return _with(item, number, opened_for=item.versions[number - 1].opened_for | {appeal_id})
        case EvidenceServed():
            return item
        case ErasureApproved() | ErasureConfirmed() | ErasureDropped() | FileErased():
            return _on_the_way_to_erasure(item, fact)
    assert_never(fact)


def _offered(fact: UploadOffered) -> Version:
    return Version(
        number=fact.version,
        kind="work product",
        title=fact.title,
        filename=fact.filename,
        media_type=fact.media_type,
        sha256=fact.sha256,
        size=fact.size,
        produced_on=fact.produced_on,
        stage="offered",
        last_modified=fact.last_modified,
        object_id=fact.object_id,
    )


def _recorded(fact: EvidenceRecorded) -> Version:
    return Version(
        number=fact.version,
        kind=KIND_OF[type(fact.record)],
        title=fact.title,
        filename=f"{KIND_OF[type(fact.record)].replace(' ', '-')}.txt",
        media_type="text/plain",
        sha256=fact.sha256,
        size=fact.size,
        produced_on=fact.record.occurred_on,
        stage="accepted",
        bounds=Bounds(media_type="text/plain", text=record_text(fact.record, fact.observer)),
        written_of=codes_of(fact.record),
        attempt_id=None if isinstance(fact.record, Testimony) else fact.record.assessment_id,
        corrects=fact.corrects,
        reason=fact.reason,
    )


def _on_the_way_to_erasure(item: Evidence, fact: ErasureFact) -> Evidence:
    before = item.versions[fact.version - 1].erasure
    match fact:
        case ErasureApproved(version=number, reason=reason):
            return _with(item, number, erasure=Erasure(reason=reason))
        case ErasureConfirmed(version=number):
            return _with(item, number, erasure=confirmed(before))
        case ErasureDropped(version=number):
            return _with(item, number, erasure=None)
        case FileErased(version=number, erased_on=day):
            return _with(item, number, erasure=done(before, day), claims=frozenset())
    assert_never(fact)


def _with(item: Evidence, number: int, **fields: object) -> Evidence:
    before = item.versions
    version = changed(before[number - 1], **fields)
    return changed(item, versions=(*before[: number - 1], version, *before[number:]))
