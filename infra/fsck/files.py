"""Files: each one that is missing, altered, or there although no fact says so, is one sentence."""

import hashlib
from collections.abc import Callable, Container, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import NamedTuple, Protocol
from uuid import UUID

from infra.store.codec import Tampered
from infra.store.journal import EventJournal
from portfolio.application.audits import FaultKind
from portfolio.application.checking import outcome_of
from portfolio.application.ports import Vault
from portfolio.application.uploads import announced
from portfolio.domain.enrolment.erasure import PaperErased, PaperErasureConfirmed
from portfolio.domain.enrolment.facts import PaperAnnounced, PaperRefused, PaperSealed
from portfolio.domain.evidence.erasure import ErasureConfirmed, FileErased
from portfolio.domain.evidence.facts import DraftDiscarded, FileRefused, FileSealed, UploadOffered
from portfolio.domain.kernel import Fact, Recorded, tag_of

BATCH_SIZE = 1000
"""Facts read in one go."""

ANNOUNCED = (UploadOffered, PaperAnnounced)
CONFIRMED, ERASED = (ErasureConfirmed, PaperErasureConfirmed), (FileErased, PaperErased)
OUTCOMES = (FileSealed, PaperSealed, FileRefused, PaperRefused, DraftDiscarded, *CONFIRMED, *ERASED)
"""What the record says last of a file."""

Progress = Callable[[int, int], None]
"""Is told how many files of how many have been read."""


class Digest(Protocol):
    """Reads a stored file to its end: ``Vault.digest``, or the like of it."""

    def __call__(self, object_id: UUID, *, storage_version: str = "") -> str | None:
        """Return the SHA-256 (hex), None if there is no such file."""


@dataclass
class Stored:
    """What the facts say of one file; ``position`` is that of the fact by which it was sealed.

    One whose erasure was confirmed is ``going``: it may be there or not; once that is done, it is discarded.
    """

    where: str
    sha256: str
    storage_version: str
    blocks: str
    discarded: bool = False
    going: bool = False
    position: int = 0

    @property
    def kept(self) -> bool:
        """Return whether it must be there."""
        return not (self.discarded or self.going)


class Fault(NamedTuple):
    """What is wrong with a file, and what to do about it."""

    kind: FaultKind
    sentence: str


def differences(journal: EventJournal, vault: Vault, progress: Progress) -> Iterator[str]:
    """Yield files that are missing, altered, cannot be looked at, or are there although no fact says so."""
    yield from vault.strange()
    objects = list(vault.objects())  # before the facts: a file comes before its fact
    known: dict[UUID, Stored] = {}
    position = sealed_since(journal, 0, known)
    for number, (object_id, stored) in enumerate(list(known.items()), start=1):
        if fault := fault_of(vault, object_id, stored, vault.digest):
            yield fault.sentence
        progress(number, len(known))
    sealed_since(journal, position, known)
    for object_id in strays(journal, vault, objects, known):
        yield f"the file {object_id} belongs to no evidence: `portfolio repair` moves it to lost-and-found"


def fault_of(vault: Vault, object_id: UUID, stored: Stored, digest_of: Digest) -> Fault | None:
    """Return what is wrong with a file, by its digest as it is now, None if nothing is."""

    def fault(kind: FaultKind, what: str) -> Fault:
        return Fault(kind, f"the file {object_id} of {stored.where} {what}")

    place = vault.place(object_id)
    try:
        digest = digest_of(object_id, storage_version=stored.storage_version)
        if stored.discarded:
            still = "is still there, although it was discarded, refused or erased: `portfolio repair` removes it"
            return fault("left over", still) if digest is not None else None
        if stored.going:
            waits = "is to be erased and is still there: `portfolio vault erase` erases it, or says what it waits for"
            return fault("left over", waits) if digest is not None else None
        if digest is None:
            return fault("missing", f"is missing: put {place} back from a backup")
        if digest != stored.sha256:
            return fault("changed", f"has other bytes than were sealed: put {place} back from a backup")
        if stored.blocks and hashlib.sha256(vault.blocks(object_id)).hexdigest() != stored.blocks:
            return fault("changed", f"lacks the digests of its blocks, or has others: put {place}.blocks back")
    except OSError as error:
        return fault("unreadable", f"cannot be read ({error.strerror}): let this user read {place}, and run this again")
    return None


def strays(journal: EventJournal, vault: Vault, objects: Iterable[UUID], known: Container[UUID]) -> Iterator[UUID]:
    """Yield the objects that no fact names, that nobody waits for and that nobody has set aside."""
    lost = [
        object_id
        for object_id in objects
        if object_id not in known and vault.digest(object_id) is not None and not vault.is_set_aside(object_id)
    ]
    expected = still_expected(journal) if lost else set()
    yield from (object_id for object_id in lost if object_id not in expected)


def still_expected(journal: EventJournal) -> set[UUID]:
    """Return the files that were announced and of which nothing has come yet: one may lie there before its fact does.

    Nobody can say for how long, where the store took no facts.
    """
    expected: set[UUID] = set()
    for entry in entries(journal, 0, (*ANNOUNCED, *OUTCOMES)):
        if isinstance(entry.fact, ANNOUNCED):
            expected.add(announced(entry.fact)[1])
        elif object_id := outcome_of(entry.fact):
            expected.discard(object_id)
    return expected


def entries(
    journal: EventJournal, position: int, kinds: Iterable[type[Fact]], until: int | None = None
) -> Iterator[Recorded]:
    """Yield the facts of some kinds after a position, but those that cannot be read, which the check of facts names."""
    topics = [tag_of(kind) for kind in kinds]
    while notes := journal.recorder.select_notifications(position + 1, BATCH_SIZE, until, topics):
        for note in notes:
            position = note.id
            with suppress(Tampered):
                yield journal.mapper.to_domain_event(note)


def sealed_since(journal: EventJournal, position: int, known: dict[UUID, Stored], until: int | None = None) -> int:
    """Add what the facts after a position (up to ``until``) say of files, and return the last of these positions."""
    for entry in entries(journal, position, OUTCOMES, until):
        position = entry.position
        match entry.fact:
            case FileSealed(object_id=object_id) as sealed:
                where = f"evidence {entry.originator_id}, version {sealed.version}"
                known[object_id] = Stored(
                    where, sealed.sha256, sealed.storage_version, sealed.blocks, position=position
                )
            case PaperSealed(paper_id=paper_id) as kept:
                where = f"a signed paper, enrolment {entry.originator_id}"
                known[paper_id] = Stored(where, kept.sha256, kept.storage_version, kept.blocks, position=position)
            case FileRefused(object_id=object_id) as refused:
                where = f"evidence {entry.originator_id}, version {refused.version}"
                known[object_id] = Stored(where, "", "", "", discarded=True, position=position)
            case PaperRefused(paper_id=paper_id):
                where = f"a signed paper, enrolment {entry.originator_id}"
                known[paper_id] = Stored(where, "", "", "", discarded=True, position=position)
            case (
                DraftDiscarded(object_id=object_id) | FileErased(object_id=object_id) | PaperErased(paper_id=object_id)
            ) if object_id in known:
                known[object_id].discarded = True
            case ErasureConfirmed(object_id=object_id) | PaperErasureConfirmed(paper_id=object_id) if (
                object_id in known
            ):
                known[object_id].going = True
    return position
