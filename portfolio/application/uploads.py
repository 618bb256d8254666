"""Uploads: an offer is decided, then the vault makes a place for its bytes; of a draft the fact goes first."""

from dataclasses import dataclass
from typing import cast
from uuid import UUID

import msgspec

from portfolio.application.handler import CommandHandler
from portfolio.application.ports import Busy, Idempotency, Receipt, UploadPart, Vault
from portfolio.application.previews import Previews
from portfolio.application.read_session import ReadSession
from portfolio.domain.enrolment.facts import PaperAnnounced
from portfolio.domain.enrolment.papers import AnnouncePaper
from portfolio.domain.evidence.aggregate import EVIDENCE
from portfolio.domain.evidence.commands import DiscardDraft, OfferEvidence, OfferVersion
from portfolio.domain.evidence.facts import UploadOffered
from portfolio.domain.kernel import Fact, Rejected, Value, changed


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
