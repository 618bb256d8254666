"""Uploads: a file is offered, its bytes arrive and are sealed, and a draft may be discarded (EVIDENCE-1 to -4, -6)."""

from uuid import UUID

from portfolio.domain.appeal.hold import Cases, check_bytes_not_held
from portfolio.domain.assessment.attempt import Assessment
from portfolio.domain.enrolment.ending import check_takes_work
from portfolio.domain.enrolment.state import Enrolment
from portfolio.domain.evidence.commands import (
    CompleteUpload,
    DiscardDraft,
    OfferEvidence,
    OfferVersion,
    RefuseFile,
    SealFile,
)
from portfolio.domain.evidence.describing import check_day
from portfolio.domain.evidence.facts import DraftDiscarded, FileReceived, FileRefused, FileSealed, UploadOffered
from portfolio.domain.evidence.item import DRAFTS, Evidence
from portfolio.domain.evidence.media import LARGEST_FILE, announced_type, check_type
from portfolio.domain.evidence.quota import Quota, check_room
from portfolio.domain.evidence.refusals import (
    STANDS,
    EvidenceAlreadySubmitted,
    EvidenceExists,
    EvidenceUnknown,
    EvidenceVersionFixed,
    known_version,
)
from portfolio.domain.kernel import Known, RuleBroken


class ForOffer(Known):
    """The enrolment that the item belongs to, with its attempts and items, and all items of its apprentice."""

    enrolment: Enrolment
    attempts: tuple[Assessment, ...]
    here: tuple[Evidence, ...]
    everywhere: tuple[Evidence, ...]
    quota: Quota


class ForDiscard(Known):
    """The appeals and the attempts of the item's enrolment, by id."""

    cases: Cases
    attempts: dict[UUID, Assessment]


class EvidenceLimitReached(RuleBroken, rule="EVIDENCE-4"):
    """The file is empty or larger than the 2 GB that are taken."""


def offer_evidence(item: Evidence, command: OfferEvidence, known: ForOffer) -> list[UploadOffered]:
    """Announce a file that is taken, and that there is room for, as a new item of the apprentice (EVIDENCE-12)."""
    if item.versions:
        raise EvidenceExists
    check_takes_work(known.enrolment, known.attempts)
    check_file(command, known)
    check_room(command.size, known.here, known.everywhere, known.quota)
    return [
        UploadOffered(
            enrolment_id=command.enrolment_id,
            apprentice=known.enrolment.apprentice,
            version=1,
            title=command.title,
            filename=command.filename,
            media_type=announced_type(command.media_type, command.filename),
            size=command.size,
            sha256=command.sha256,
            object_id=command.object_id,
            produced_on=command.produced_on,
            last_modified=command.last_modified,
        )
    ]


def offer_version(item: Evidence, command: OfferVersion, known: ForOffer) -> list[UploadOffered]:
    """Announce a file that there is room for as the next version, once no draft waits (EVIDENCE-2, EVIDENCE-12)."""
    if not item.versions:
        raise EvidenceUnknown
    last = item.versions[-1]
    if last.stage in DRAFTS or last.kind != "work product":
        raise EvidenceVersionFixed("Finish or discard the draft first; a written record is put right by its author.")
    check_takes_work(known.enrolment, known.attempts)
    check_file(command, known)
    check_room(command.size, known.here, known.everywhere, known.quota)
    return [
        UploadOffered(
            enrolment_id=item.enrolment_id,
            apprentice=item.apprentice,
            version=last.number + 1,
            title=command.title,
            filename=command.filename,
            media_type=announced_type(command.media_type, command.filename),
            size=command.size,
            sha256=command.sha256,
            object_id=command.object_id,
            produced_on=command.produced_on,
            last_modified=command.last_modified,
        )
    ]


def check_file(command: OfferEvidence | OfferVersion, known: Known) -> None:
    """Refuse an announced file of a size, a type or a day that is not taken (EVIDENCE-1, -3, -4)."""
    check_size(command.size)
    check_type(command.media_type, command.filename)
    if command.produced_on is not None:
        check_day(command.produced_on, known.today)


def check_size(size: int) -> None:
    """Refuse a file of nothing, and one that is too large."""
    if not 0 < size <= LARGEST_FILE:
        raise EvidenceLimitReached


def complete_upload(item: Evidence, command: CompleteUpload, known: Known) -> list[FileReceived]:
    """Take it that the bytes of an announced file are all there, once: from here on they are checked (EVIDENCE-1)."""
    version = known_version(item, command.version)
    if version.object_id is None or version.stage not in (*DRAFTS, "refused"):
        raise EvidenceVersionFixed
    return [FileReceived(version=version.number, object_id=version.object_id)] if version.stage == "offered" else []


def seal_file(item: Evidence, command: SealFile, known: Known) -> list[FileSealed]:
    """Fix the bytes that were checked, once; what was discarded or refused meanwhile stays so (EVIDENCE-1, -2)."""
    version = known_version(item, command.version)
    if version.object_id is None or version.stage in ("offered", "refused", "withdrawn", "discarded"):
        raise EvidenceVersionFixed
    if version.stage != "received":
        return []
    sealed = command.sealed
    return [
        FileSealed(
            version=version.number,
            object_id=version.object_id,
            sha256=sealed.sha256,
            size=sealed.size,
            bounds=sealed.bounds,
            screening=command.screening,
            storage_version=sealed.storage_version,
            blocks=sealed.blocks,
        )
    ]


def refuse_file(item: Evidence, command: RefuseFile, known: Known) -> list[FileRefused]:
    """Record why the bytes that were checked are not taken, once (EVIDENCE-1)."""
    version = known_version(item, command.version)
    if version.stage != "received" or version.object_id is None:
        return []
    return [FileRefused(version=version.number, object_id=version.object_id, refusal=command.refusal, why=command.why)]


def discard_draft(item: Evidence, command: DiscardDraft, known: ForDiscard) -> list[DraftDiscarded]:
    """Throw away what was never submitted (EVIDENCE-6, RETENTION-2)."""
    version = known_version(item, command.version)
    check_bytes_not_held(command.evidence_id, command.version, known.cases, known.attempts)
    if version.stage not in (*DRAFTS, "refused") or version.object_id is None:
        raise EvidenceAlreadySubmitted(STANDS[version.stage])
    return [DraftDiscarded(version=version.number, object_id=version.object_id)]
