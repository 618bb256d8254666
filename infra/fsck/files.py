"""Files: each one that is missing, altered, or there although no fact says so, is one sentence."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID

from infra.store.codec import Tampered
from infra.store.journal import EventJournal
from portfolio.application.ports import Vault
from portfolio.domain.enrolment.facts import PaperSealed
from portfolio.domain.evidence.facts import DraftDiscarded, FileSealed
from portfolio.domain.kernel import tag_of

BATCH_SIZE = 1000
"""Facts read in one go."""

Progress = Callable[[int, int], None]
"""Is told how many files of how many have been read."""


@dataclass
class Stored:
    """What the facts say of one file."""

    where: str
    sha256: str
    storage_version: str
    blocks: str
    discarded: bool = False


def differences(journal: EventJournal, vault: Vault, progress: Progress) -> Iterator[str]:
    """Yield files that are missing, altered, or there although no fact says so."""
    objects = list(vault.objects())  # before the facts: a file comes before its fact
    known: dict[UUID, Stored] = {}
    position = sealed_since(journal, 0, known)
    for number, (object_id, stored) in enumerate(list(known.items()), start=1):
        digest = vault.digest(object_id, storage_version=stored.storage_version)
        if stored.discarded:
            if digest is not None:
                yield f"the file {object_id} of {stored.where} is still there, although the draft was discarded"
        elif digest is None:
            yield f"the file {object_id} of {stored.where} is missing"
        elif digest != stored.sha256:
            yield f"the file {object_id} of {stored.where} has other bytes than were sealed"
        elif stored.blocks and hashlib.sha256(vault.blocks(object_id)).hexdigest() != stored.blocks:
            yield f"the digests of the blocks of the file {object_id} of {stored.where} are missing or altered"
        progress(number, len(known))
    sealed_since(journal, position, known)
    for object_id in objects:
        if object_id not in known and vault.digest(object_id) is not None:
            yield f"the file {object_id} belongs to no evidence"


def sealed_since(journal: EventJournal, position: int, known: dict[UUID, Stored], until: int | None = None) -> int:
    """Add what the facts after a position (up to ``until``) say of files, and return the last of these positions."""
    topics = (tag_of(FileSealed), tag_of(PaperSealed), tag_of(DraftDiscarded))
    while notes := journal.recorder.select_notifications(position + 1, BATCH_SIZE, until, topics):
        for note in notes:
            position = note.id
            try:
                entry = journal.mapper.to_domain_event(note)
            except Tampered:
                continue  # the check of the facts names it
            match entry.fact:
                case FileSealed(object_id=object_id) as sealed:
                    where = f"evidence {entry.originator_id}, version {sealed.version}"
                    known[object_id] = Stored(where, sealed.sha256, sealed.storage_version, sealed.blocks)
                case PaperSealed(paper_id=paper_id) as kept:
                    where = f"a signed paper, enrolment {entry.originator_id}"
                    known[paper_id] = Stored(where, kept.sha256, kept.storage_version, kept.blocks)
                case DraftDiscarded(object_id=object_id) if object_id in known:
                    known[object_id].discarded = True
    return position
