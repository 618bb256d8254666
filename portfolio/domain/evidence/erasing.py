"""Erasing: the file of a version goes for good, which two free people approve and no case holds up (ERASURE-3).

The fact with its hash and bounds stays, and so does the context of every decision that names it.
"""

from uuid import UUID

from portfolio.domain.appeal.hold import check_bytes_not_held
from portfolio.domain.erasing import ForErasure, check_free, check_second
from portfolio.domain.erasure import NothingToErase, check_to_answer, check_to_approve
from portfolio.domain.evidence.erasure import ErasureApproved, ErasureConfirmed, ErasureDropped, FileErased
from portfolio.domain.evidence.item import Evidence, Version
from portfolio.domain.evidence.refusals import known_version, shown_version
from portfolio.domain.kernel import Command, Known
from portfolio.domain.words import Reason


class ApproveErasure(Command):
    """Approve that the file of a version is erased for good; whoever sees the version reads the reason."""

    evidence_id: UUID
    version: int
    reason: Reason


class ConfirmErasure(Command):
    """Confirm, as a second person, what somebody approved: the file is erased then, and nothing brings it back."""

    evidence_id: UUID
    version: int
    reason: Reason


class DropErasure(Command):
    """Drop what somebody approved and nobody confirmed: the file stays."""

    evidence_id: UUID
    version: int
    reason: Reason


class NoteErased(Command):
    """Keep that nothing of the file is left."""

    evidence_id: UUID
    version: int


OF_A_VERSION_OUT_OF_SIGHT = (ApproveErasure, ConfirmErasure, DropErasure)
"""Commands for which a version that was handed in is there, whatever became of it since: its bytes are kept."""


def approve_erasure(item: Evidence, command: ApproveErasure, known: ForErasure) -> list[ErasureApproved]:
    """Approve that a file which was handed in is erased, as a free officer, while no appeal needs it (RETENTION-2)."""
    version, object_id = file_of(item, command, known)
    check_to_approve(version.erasure)
    return [ErasureApproved(version=version.number, object_id=object_id, sha256=version.sha256, reason=command.reason)]


def confirm_erasure(item: Evidence, command: ConfirmErasure, known: ForErasure) -> list[ErasureConfirmed]:
    """Confirm what another person approved, under the same conditions."""
    version, object_id = file_of(item, command, known)
    check_to_answer(version.erasure)
    check_second(object_id, known)
    return [ErasureConfirmed(version=version.number, object_id=object_id, reason=command.reason)]


def drop_erasure(item: Evidence, command: DropErasure, known: Known) -> list[ErasureDropped]:
    """Drop what was approved and not confirmed; nobody has to be free to let a file stay."""
    version = shown_version(item, command.version, known.by)
    check_to_answer(version.erasure)
    return [
        ErasureDropped(version=version.number, object_id=object_id, reason=command.reason)
        for object_id in object_of(version)
    ]


def note_erased(item: Evidence, command: NoteErased, known: Known) -> list[FileErased]:
    """Record, once, that nothing is left of a file whose erasure was confirmed."""
    version = known_version(item, command.version)
    if version.erasure is None or version.erasure.stage != "confirmed":
        return []
    return [
        FileErased(version=version.number, object_id=object_id, erased_on=known.today)
        for object_id in object_of(version)
    ]


def file_of(item: Evidence, command: ApproveErasure | ConfirmErasure, known: ForErasure) -> tuple[Version, UUID]:
    """Return the version and its file, or refuse who is not free, and a file that is none or is held."""
    version = shown_version(item, command.version, known.by)
    check_free(known)
    if version.object_id is None:
        raise NothingToErase
    check_bytes_not_held(command.evidence_id, version.number, known.cases, known.attempts)
    return version, version.object_id


def object_of(version: Version) -> tuple[UUID, ...]:
    """Return under which id the file of a version lies, none if it has none."""
    return () if version.object_id is None else (version.object_id,)
