"""Uploads: seal the bytes of an offered file, object first and fact second; discard a draft, fact first."""

from dataclasses import dataclass
from uuid import UUID

from portfolio.application.handler import CommandHandler, authorise
from portfolio.application.ports import Idempotency, Receipt, Vault
from portfolio.application.read_session import ReadSession
from portfolio.domain.calendar import london_day
from portfolio.domain.evidence.aggregate import EvidenceUnknown, EvidenceVersionFixed
from portfolio.domain.evidence.commands import DiscardDraft, SealFile
from portfolio.domain.evidence.item import Evidence
from portfolio.domain.evidence.selector import Bounds
from portfolio.domain.kernel import changed


@dataclass(frozen=True)
class Uploads:
    """Brings bytes and facts together."""

    handler: CommandHandler
    vault: Vault

    def seal(
        self, command: SealFile, by: UUID, *, idempotency: Idempotency | None = None, if_match: int | None = None
    ) -> Receipt:
        """Check and keep the bytes of a version, then record that they are there."""
        journal = self.handler.journal
        if idempotency and (answered := journal.answered(by, idempotency.key, idempotency.fingerprint)):
            return answered
        session = ReadSession(journal)
        item = authorise(session, command, by, london_day(self.handler.now()))
        version = item.version(command.version) if isinstance(item, Evidence) else None
        if version is None:
            raise EvidenceUnknown
        if version.object_id is None or version.stage not in ("offered", "sealed"):
            raise EvidenceVersionFixed
        sealed = self.vault.seal(
            version.object_id, size=version.size, sha256=version.sha256, media_type=version.media_type
        )
        media = sealed.media
        bounds = Bounds(
            media_type=media.media_type,
            pages=media.pages,
            width=media.width,
            height=media.height,
            seconds=media.seconds,
        )
        found = changed(command, bounds=bounds, storage_version=sealed.storage_version)
        return self.handler.execute(found, by, idempotency=idempotency, if_match=if_match)

    def discard(
        self, command: DiscardDraft, by: UUID, *, idempotency: Idempotency | None = None, if_match: int | None = None
    ) -> Receipt:
        """Record that a draft is gone, then remove its bytes; ``fsck`` finds them if a crash comes between."""
        receipt = self.handler.execute(command, by, idempotency=idempotency, if_match=if_match)
        session = ReadSession(self.handler.journal)
        item = authorise(session, command, by, london_day(self.handler.now()))
        version = item.version(command.version) if isinstance(item, Evidence) else None
        if version is not None and version.stage == "discarded" and version.object_id is not None:
            self.vault.discard(version.object_id)
        return receipt
