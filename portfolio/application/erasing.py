"""Erasing: bytes and previews of files go whose erasure two people approved, and then the record says that they did.

It may break off anywhere and be done again, by several at once: nothing is recorded as erased that may still be there.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from portfolio.application.indexes import ATTEMPTS_OF_ENROLMENT, ERASURE_OF_FILE, ERASURES, OF_EVIDENCE, OF_PAPERS
from portfolio.application.loaders.appeal import cases_of
from portfolio.application.ports import FactUnreadable, Journal, Vault
from portfolio.application.read_session import ReadSession
from portfolio.domain.appeal.hold import RecordOnHold, check_bytes_not_held
from portfolio.domain.assessment.aggregate import ASSESSMENT
from portfolio.domain.enrolment.aggregate import ENROLMENT
from portfolio.domain.enrolment.erasing import NotePaperErased, check_paper_not_held
from portfolio.domain.enrolment.papers import known_paper
from portfolio.domain.erasure import Erasure
from portfolio.domain.evidence.aggregate import EVIDENCE
from portfolio.domain.evidence.erasing import NoteErased
from portfolio.domain.kernel import Command, Value

LOCKED = "It is under a lock that this role may not pass: the erasure role runs `portfolio vault erase`."

log = logging.getLogger("portfolio.erasing")


class ToErase(Value):
    """A file whose erasure was confirmed and is not recorded as done: of a version of an item, its ``stream``.

    Or the scan of a signed paper, whose number is 0, and whose stream is the enrolment.
    """

    object_id: UUID
    stream: UUID
    number: int

    def noting(self) -> Command:
        """Return the command that keeps that it is done."""
        if not self.number:
            return NotePaperErased(enrolment_id=self.stream, paper_id=self.object_id)
        return NoteErased(evidence_id=self.stream, version=self.number)


@dataclass(frozen=True)
class Erasing:
    """Takes away what is to be erased, by ``take``, which answers as ``Vault.erase`` does."""

    journal: Journal
    take: Callable[[UUID], bool]

    def waiting(self) -> Iterator[ToErase]:
        """Yield what is to be erased; a record that cannot be read waits until it can."""
        session = ReadSession(self.journal)
        for stream in session.links(ERASURES, OF_EVIDENCE):
            with suppress(FactUnreadable):
                for version in session.state(EVIDENCE, stream).versions:
                    if is_confirmed(version.erasure) and version.object_id:
                        yield ToErase(object_id=version.object_id, stream=stream, number=version.number)
        for stream in session.links(ERASURES, OF_PAPERS):
            with suppress(FactUnreadable):
                for paper in session.state(ENROLMENT, stream).papers:
                    if is_confirmed(paper.erasure):
                        yield ToErase(object_id=paper.paper_id, stream=stream, number=0)

    def erase(self, file: ToErase) -> str:
        """Take a file away and return in a sentence what keeps anything of it, empty if nothing does."""
        try:
            self.check_not_held(file)
            gone = self.take(file.object_id)
        except RecordOnHold as hold:
            return str(hold)
        except Exception as error:  # noqa: BLE001 - whatever it is, the others are erased, and this one another time
            return f"The storage failed: {str(error) or type(error).__name__}"
        return "" if gone else LOCKED

    def check_not_held(self, file: ToErase) -> None:
        """Refuse while an appeal is open that the file is held for: somebody may have lodged that since."""
        session = ReadSession(self.journal)
        if not file.number:
            enrolment = session.state(ENROLMENT, file.stream)
            check_paper_not_held(enrolment, known_paper(enrolment, file.object_id), cases_of(session, file.stream))
            return
        enrolment_id = session.state(EVIDENCE, file.stream).enrolment_id
        attempts = session.links(ATTEMPTS_OF_ENROLMENT, enrolment_id)
        states = {attempt: session.state(ASSESSMENT, attempt) for attempt in attempts}
        check_bytes_not_held(file.stream, file.number, cases_of(session, enrolment_id), states)


def is_confirmed(erasure: Erasure | None) -> bool:
    """Tell whether a file is to be erased and is not yet."""
    return erasure is not None and erasure.stage == "confirmed"


def standing(journal: Journal) -> str | None:
    """Return in a sentence how many files are to be erased and are not yet, None if none is."""
    number = len(list(Erasing(journal, lambda _: False).waiting()))
    if not number:
        return None
    return f"Files that are to be erased and are not yet: {number}. Run `portfolio vault erase`, which says why."


def is_erased(journal: Journal, object_id: UUID) -> bool:
    """Tell whether it was confirmed that a file is erased: if it is not there, it is not missing."""
    return bool(journal.links(ERASURE_OF_FILE, str(object_id)))


def is_there(vault: Vault, object_id: UUID) -> bool:
    """Tell whether a file lies in the vault."""
    try:
        b"".join(vault.read(object_id, 0, 1))
    except FileNotFoundError:
        return False
    return True
