"""Uploads: an offer is decided, then the vault makes a place for its bytes; what is all there is checked.

Of a draft that is discarded the fact goes first.
"""

from dataclasses import dataclass
from typing import cast
from uuid import UUID

import msgspec

from portfolio.application.checking import Checking, Completed, outcome, received_file, recorded_refusal
from portfolio.application.handler import CommandHandler
from portfolio.application.ports import Busy, Idempotency, Receipt, UploadPart, Vault
from portfolio.application.previews import Previews
from portfolio.application.read_session import ReadSession
from portfolio.domain.enrolment.facts import PaperAnnounced, PaperRefused
from portfolio.domain.enrolment.papers import AnnouncePaper, CompletePaper
from portfolio.domain.evidence.aggregate import EVIDENCE
from portfolio.domain.evidence.commands import CompleteUpload, DiscardDraft, OfferEvidence, OfferVersion
from portfolio.domain.evidence.facts import DraftDiscarded, FileRefused, UploadOffered
from portfolio.domain.evidence.refusals import STANDS, EvidenceVersionFixed
from portfolio.domain.kernel import NOBODY, Fact, Rejected, Value, changed


class Offered(Value):
    """What an offer answers beside its receipt: the number of the version, and under which id and URLs its bytes go.

    A signed paper has one version.
    """

    version_number: int
    object_id: UUID
    parts: tuple[UploadPart, ...]


def announced(fact: Fact) -> tuple[int, UUID]:
    """Return the number of the version that a fact announces, and under which id its bytes go."""
    if isinstance(fact, PaperAnnounced):
        return 1, fact.paper_id
    offered = cast(UploadOffered, fact)
    return offered.version, offered.object_id


@dataclass(frozen=True)
class Uploads:
    """Brings bytes and facts together."""

    handler: CommandHandler
    vault: Vault
    previews: Previews
    checking: Checking

    def offer(
        self,
        command: OfferEvidence | OfferVersion | AnnouncePaper,
        by: UUID,
        *,
        idempotency: Idempotency | None = None,
        if_match: frozenset[int] | None = None,
    ) -> Receipt:
        """Record an offer that the rules allow and the vault has a place for; the receipt's extra is ``Offered``.

        A repeated request gets the places of the first, as ``Offered`` too if an earlier release kept less of them.
        A refused offer leaves nothing in the vault.
        """
        prepared: list[bytes] = []

        def prepare(facts: tuple[Fact, ...]) -> bytes:
            number, _ = announced(facts[0])
            parts = tuple(self.vault.offer(command.object_id, command.size, command.sha256, by))
            answer = Offered(version_number=number, object_id=command.object_id, parts=parts)
            prepared.append(msgspec.json.encode(answer))
            return prepared[-1]

        try:
            with self.handler.turns.of(by):  # each offer rests on all the others
                receipt = self.handler.execute(command, by, idempotency=idempotency, if_match=if_match, prepare=prepare)
        except Rejected as refusal:
            if prepared and not isinstance(refusal, Busy):  # of a busy record nobody knows whether it took the offer
                self.vault.discard(command.object_id)
            raise
        if receipt.extra in prepared[-1:]:
            return receipt
        if prepared:  # the same request came twice at once, and the other was first
            self.vault.discard(command.object_id)
        return self._answered_before(receipt)

    def _answered_before(self, receipt: Receipt) -> Receipt:
        """Return the receipt of an offer made before, with what the record says of it and the places kept with it."""
        number, object_id = announced(self.handler.journal.read(receipt.stream)[receipt.version - 1].fact)
        kept = {"parts": ()} | msgspec.json.decode(receipt.extra or b"{}")
        answer = kept | {"version_number": number, "object_id": object_id}
        return changed(receipt, extra=msgspec.json.encode(answer))

    def complete(
        self,
        command: CompleteUpload | CompletePaper,
        by: UUID,
        *,
        idempotency: Idempotency | None = None,
        if_match: frozenset[int] | None = None,
    ) -> Receipt:
        """Record that a file is all there, if the vault says so, and wait a few seconds for it to be checked.

        The receipt is of the outcome where there is one, its extra ``Completed``. Raises what a file is refused for, in
        time or before. A repeated request waits once more, and is answered what has come of it.
        """

        def prepare(_: tuple[Fact, ...]) -> bytes:
            self.vault.complete(object_id, command.digests if isinstance(command, CompleteUpload) else ())
            return b""

        object_id = self._announced(command)
        receipt = self.handler.execute(command, by, idempotency=idempotency, if_match=if_match, prepare=prepare)
        received = (received_file(entry) for entry in self.handler.journal.read(receipt.stream))
        file = next((each for each in received if each is not None and each.object_id == object_id), None)
        facts = outcome(self.handler.journal, receipt.stream, object_id)
        if not facts and file is not None:
            self.checking.wait(file)
            facts = outcome(self.handler.journal, receipt.stream, object_id)
        if not facts:
            waits = Completed(stage="received", why=self.checking.trouble(object_id))
            return changed(receipt, extra=msgspec.json.encode(waits))
        match facts[0].fact:
            case FileRefused() | PaperRefused() as refused:
                raise recorded_refusal(refused.refusal, refused.why)
            case DraftDiscarded():
                raise EvidenceVersionFixed(STANDS["discarded"])
        return Receipt(
            stream=receipt.stream,
            version=max(receipt.version, facts[-1].originator_version),
            position=max(receipt.position, facts[-1].position),
            extra=msgspec.json.encode(Completed(stage="sealed")),
        )

    def _announced(self, command: CompleteUpload | CompletePaper) -> UUID:
        """Return under which id a file lies, ``NOBODY`` where the command is refused."""
        if isinstance(command, CompletePaper):
            return command.paper_id
        version = ReadSession(self.handler.journal).state(EVIDENCE, command.evidence_id).version(command.version)
        return version.object_id if version and version.object_id else NOBODY

    def discard(
        self,
        command: DiscardDraft,
        by: UUID,
        *,
        idempotency: Idempotency | None = None,
        if_match: frozenset[int] | None = None,
    ) -> Receipt:
        """Record that a draft is gone, then remove its previews and its bytes; ``fsck`` finds what a crash leaves."""
        receipt = self.handler.execute(command, by, idempotency=idempotency, if_match=if_match)
        version = ReadSession(self.handler.journal).state(EVIDENCE, command.evidence_id).version(command.version)
        if version is not None and version.stage == "discarded" and version.object_id is not None:
            self.previews.forget(version.object_id)
            self.vault.discard(version.object_id)
        return receipt
