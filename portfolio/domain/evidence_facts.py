"""What can happen to an evidence item, and the state those facts add up to."""

from datetime import date
from typing import Literal, assert_never
from uuid import UUID

from portfolio.domain.declaration import AuthenticityDeclaration
from portfolio.domain.kernel import NOBODY, Fact, State, Value, changed
from portfolio.domain.record import Discussion, Observation, Record, Testimony, record_text
from portfolio.domain.selector import Bounds, Selector
from portfolio.domain.vocabulary import EvidenceKind

Stage = Literal["offered", "sealed", "submitted", "returned", "accepted", "replaced", "withdrawn", "discarded"]
AnnotationKind = Literal["formative", "pointer", "basis of finding"]
Audience = Literal["apprentice and assessors", "assessors"]


class UploadOffered(Fact, tag="evidence.upload-offered"):
    """Somebody announced a file as a version of the item; its bytes will lie under ``object_id``."""

    enrolment_id: UUID
    apprentice: UUID
    version: int
    title: str
    filename: str
    media_type: str
    size: int
    sha256: str
    object_id: UUID
    produced_on: date


class FileSealed(Fact, tag="evidence.file-sealed"):
    """The bytes arrived as announced and are fixed. ``screening`` says what looked for malware.

    ``storage_version`` is the storage's own name for exactly these bytes, empty where it has none.
    """

    version: int
    object_id: UUID
    sha256: str
    size: int
    bounds: Bounds
    screening: str
    storage_version: str = ""


class EvidenceRecorded(Fact, tag="evidence.recorded"):
    """Somebody wrote a record; ``sha256`` is over its text."""

    enrolment_id: UUID
    apprentice: UUID
    version: int
    title: str
    record: Record
    sha256: str
    size: int


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


class EvidenceAnnotated(Fact, tag="evidence.annotated"):
    """A remark is pinned to a place in the bytes with this hash; a revision names the remark it revises."""

    annotation_id: UUID
    version: int
    sha256: str
    selector: Selector
    kind: AnnotationKind
    audience: Audience
    text: str
    revises: UUID | None


class EvidenceServed(Fact, tag="evidence.served"):
    """The actor was shown the version for the first time."""

    version: int


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
    | FileSealed
    | EvidenceRecorded
    | EvidenceSubmitted
    | EvidenceReturned
    | EvidenceAccepted
    | EvidenceReplaced
    | StatementClaimed
    | ClaimDropped
    | EvidenceAnnotated
    | EvidenceServed
    | EvidenceWithdrawn
    | DraftDiscarded
)


class Version(Value):
    """One version of an item. ``object_id`` is None for a record, whose text is in ``bounds``.

    ``storage_version`` goes with ``object_id`` to whoever reads the bytes.
    """

    number: int
    kind: EvidenceKind
    title: str
    filename: str
    media_type: str
    sha256: str
    size: int
    produced_on: date
    stage: Stage
    object_id: UUID | None = None
    storage_version: str = ""
    bounds: Bounds | None = None
    declaration: AuthenticityDeclaration | None = None
    claims: frozenset[str] = frozenset()
    annotations: tuple[EvidenceAnnotated, ...] = ()

    def handed_in(self) -> bool:
        """Return whether others than the apprentice may see it."""
        return self.stage in ("submitted", "returned", "accepted", "replaced")

    def citable(self) -> bool:
        """Return whether a finding may rest on it."""
        return self.stage in ("submitted", "accepted", "replaced")


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

    def annotation(self, annotation_id: UUID) -> EvidenceAnnotated | None:
        """Return the annotation of this id, on whatever version."""
        everything = (remark for version in self.versions for remark in version.annotations)
        return next((remark for remark in everything if remark.annotation_id == annotation_id), None)


KIND_OF: dict[type[Record], EvidenceKind] = {
    Observation: "observation record",
    Testimony: "witness testimony",
    Discussion: "professional discussion record",
}


def evolve(item: Evidence, fact: EvidenceFact) -> Evidence:
    """Apply a fact."""
    match fact:  # what happens most often stands first: each case costs a look
        case StatementClaimed(version=number, code=code):
            return _with(item, number, claims=item.versions[number - 1].claims | {code})
        case ClaimDropped(version=number, code=code):
            return _with(item, number, claims=item.versions[number - 1].claims - {code})
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
            return Evidence(enrolment_id=fact.enrolment_id, apprentice=fact.apprentice, versions=(_recorded(fact),))
        case FileSealed(version=number, bounds=bounds, storage_version=stored):
            return _with(
                item, number, stage="sealed", bounds=bounds, media_type=bounds.media_type, storage_version=stored
            )
        case EvidenceSubmitted(version=number, declaration=declaration):
            return _with(item, number, stage="submitted", declaration=declaration)
        case EvidenceReturned(version=number):
            return _with(item, number, stage="returned")
        case EvidenceAccepted(version=number):
            return _with(item, number, stage="accepted")
        case EvidenceReplaced(version=number):
            return _with(item, number, stage="replaced")
        case EvidenceWithdrawn(version=number):
            return _with(item, number, stage="withdrawn", claims=frozenset())
        case DraftDiscarded(version=number):
            return _with(item, number, stage="discarded", claims=frozenset())
        case EvidenceServed():
            return item
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
        bounds=Bounds(media_type="text/plain", text=record_text(fact.record)),
    )


def _with(item: Evidence, number: int, **fields: object) -> Evidence:
    before = item.versions
    version = changed(before[number - 1], **fields)
    return changed(item, versions=(*before[: number - 1], version, *before[number:]))
