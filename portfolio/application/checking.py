"""Checking: a file that was received is sealed or refused by the system, beside the requests that sent it.

Whatever breaks in between, the file is checked again: the vault answers the same, and the record takes one outcome.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, Protocol
from uuid import UUID

from portfolio.application.handler import CommandHandler
from portfolio.application.ports import Journal, MalwareNotRuledOut, Scan, Scanner, ScanTimedOut, Vault
from portfolio.application.read_session import ReadSession
from portfolio.domain.enrolment.aggregate import ENROLMENT
from portfolio.domain.enrolment.facts import PaperReceived, PaperRefused, PaperSealed
from portfolio.domain.enrolment.paper import Paper
from portfolio.domain.enrolment.papers import RefusePaper, SealPaper
from portfolio.domain.evidence.aggregate import EVIDENCE
from portfolio.domain.evidence.commands import RefuseFile, SealFile
from portfolio.domain.evidence.facts import DraftDiscarded, FileReceived, FileRefused, FileSealed
from portfolio.domain.evidence.item import Version
from portfolio.domain.evidence.media import Sealed
from portfolio.domain.kernel import Command, Entry, Fact, Recorded, Rejected, RuleBroken, Value
from portfolio.domain.vocabulary import SYSTEM
from portfolio.domain.words import quoted


class Waiting(Value):
    """A file that was received: a version of an evidence item, or a signed paper, whose number is 0.

    ``stream`` is its record, ``sender`` who said that it is all there.
    """

    object_id: UUID
    stream: UUID
    number: int
    sender: UUID


class Completed(Value):
    """What is answered beside a receipt to who said that a file is all there, and what keeps it waiting if known."""

    stage: Literal["received", "sealed"]
    why: str = ""


class Checking(Protocol):
    """Has received files checked."""

    def wait(self, file: Waiting) -> None:
        """Wait until the file is checked, a few seconds at most."""

    def trouble(self, object_id: UUID) -> str:
        """Return in a sentence what keeps a file from being checked, empty if nothing is known to."""


class FileRefusedBefore(RuleBroken, rule="EVIDENCE-1"):
    """The file was checked and is not taken: upload another one as a new version."""


SCANS = 3
"""How often a file is scanned that takes the scanner longer than its time, which a busy machine may be to blame for."""
TOO_LONG = (
    "The malware scanner did not get to the end of this file, in three tries: save it in a simpler form, or its parts "
    "as files of their own."
)


@dataclass(frozen=True)
class Checker:
    """Checks one file and records what came of it; counts in ``timed_out``, by file, how often a scan took too long."""

    handler: CommandHandler
    vault: Vault
    scanner: Scanner
    timed_out: Counter[UUID] = field(default_factory=Counter)

    def check(self, file: Waiting) -> None:
        """Seal a file that waits, or refuse it and remove its bytes; nothing happens to one that waits no longer.

        Raises whatever keeps it from being checked: that is the machine's fault, and the file goes on waiting. A scan
        that takes too long may be the file's, so the third one refuses it.
        """
        if (expected := self._subject(file)) is None or expected.stage != "received":
            return
        scans: list[Scan] = []
        try:
            sealed = self.vault.seal(
                file.object_id,
                size=expected.size,
                sha256=expected.sha256,
                media_type=expected.media_type,
                screen=lambda stream: scans.append(self.scanner.scan(stream)),
            )
            self.handler.execute(sealing(file, sealed, scans[-1].signatures), SYSTEM)
        except ScanTimedOut:
            self.timed_out[file.object_id] += 1
            if self.timed_out[file.object_id] < SCANS:
                raise
            self._refuse(file, MalwareNotRuledOut(TOO_LONG))
        except RuleBroken as refusal:
            self._refuse(file, refusal)
        self.timed_out.pop(file.object_id, None)

    def _refuse(self, file: Waiting, refusal: RuleBroken) -> None:
        self.handler.execute(refusing(file, refusal), SYSTEM)
        after = self._subject(file)
        if after is not None and after.stage in ("refused", "discarded"):
            self.vault.discard(file.object_id)

    def _subject(self, file: Waiting) -> Version | Paper | None:
        session = ReadSession(self.handler.journal)
        if file.number:
            return session.state(EVIDENCE, file.stream).version(file.number)
        return session.state(ENROLMENT, file.stream).paper(file.object_id)


def sealing(file: Waiting, sealed: Sealed, screening: str) -> Command:
    """Return the command that keeps what was found of a file, and what looked for malware in it."""
    if file.number:
        return SealFile(evidence_id=file.stream, version=file.number, sealed=sealed, screening=screening)
    return SealPaper(enrolment_id=file.stream, paper_id=file.object_id, sealed=sealed, screening=screening)


def refusing(file: Waiting, refusal: Rejected) -> Command:
    """Return the command that keeps why a file is not taken."""
    why = quoted(str(refusal), 2_000)
    if file.number:
        return RefuseFile(evidence_id=file.stream, version=file.number, refusal=refusal.code, why=why)
    return RefusePaper(enrolment_id=file.stream, paper_id=file.object_id, refusal=refusal.code, why=why)


def received_file(entry: Entry) -> Waiting | None:
    """Return the file that a fact says was received, None if it says so of none."""
    match entry.fact:
        case FileReceived(version=version, object_id=object_id):
            return Waiting(object_id=object_id, stream=entry.originator_id, number=version, sender=entry.by)
        case PaperReceived(paper_id=paper_id):
            return Waiting(object_id=paper_id, stream=entry.originator_id, number=0, sender=entry.by)
        case _:
            return None


def outcome_of(fact: Fact) -> UUID | None:
    """Return which file waits no longer to be checked since this fact, None if it says so of none."""
    match fact:
        case FileSealed(object_id=object_id) | FileRefused(object_id=object_id) | DraftDiscarded(object_id=object_id):
            return object_id
        case PaperSealed(paper_id=paper_id) | PaperRefused(paper_id=paper_id):
            return paper_id
        case _:
            return None


def outcome(journal: Journal, stream: UUID, object_id: UUID) -> list[Recorded]:
    """Return the facts that came of a file's check, none while it waits."""
    history = journal.read(stream)
    first = next((entry for entry in history if outcome_of(entry.fact) == object_id), None)
    return [entry for entry in history if first and entry.causation == first.causation]


def recorded_refusal(code: str, why: str) -> Rejected:
    """Return a refusal that stands in a fact, by its public code."""
    kinds = {kind.code: kind for kind in _below(RuleBroken)}
    return kinds.get(code, FileRefusedBefore)(why)


def _below(kind: type[Rejected]) -> Iterator[type[Rejected]]:
    for each in kind.__subclasses__():
        yield each
        yield from _below(each)
