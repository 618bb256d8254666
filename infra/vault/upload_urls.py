"""Signed upload URLs: who holds one may put the bytes of one part, until it expires."""

import hashlib
import hmac
from dataclasses import dataclass, field
from uuid import UUID

from portfolio.application.ports import Clock, UploadPart, UploadUrlExpired, UploadUrlInvalid

MASKED_DIGITS = 32


@dataclass(frozen=True)
class UploadUrls:
    """Issues and checks upload URLs below ``base_url``; an empty one gives addresses relative to the service.

    Size and SHA-256 of the file stand in the vault, not in the URL: a plaintext digest in an access log is personal
    data.
    """

    secret: bytes = field(repr=False)
    base_url: str
    clock: Clock
    lifetime_seconds: int

    def issue(self, object_id: UUID, number: int, sender: UUID) -> UploadPart:
        """Return where part ``number`` of the object is to be put; who sends it can be told from that by us alone."""
        expires = str(int(self.clock().timestamp()) + self.lifetime_seconds)
        signature = self._signature(object_id, number, expires, self._masked(sender, object_id, expires))
        return UploadPart(
            number=number,
            url=f"{self.base_url}/uploads/{object_id}/{number}?expires={expires}&signature={signature}",
        )

    def check(self, object_id: UUID, number: int, expires: str, signature: str) -> UUID:
        """Return who sends.

        Raises ``UploadUrlInvalid`` unless we signed exactly this, ``UploadUrlExpired`` if its time is over.
        """
        masked = signature[:MASKED_DIGITS]
        if not hmac.compare_digest(self._signature(object_id, number, expires, masked).encode(), signature.encode()):
            raise UploadUrlInvalid
        if self.clock().timestamp() >= int(expires):
            raise UploadUrlExpired
        return UUID(self._masked(UUID(masked), object_id, expires))

    def _signature(self, object_id: UUID, number: int, expires: str, masked: str) -> str:
        return masked + self._digest(f"portfolio upload 2\n{object_id}\n{number}\n{expires}\n{masked}")

    def _masked(self, person: UUID, object_id: UUID, expires: str) -> str:
        """Return a person's id as digits that tell nobody else whose it is, nor which two are one person's; or back."""
        mask = int(self._digest(f"portfolio sender 1\n{object_id}\n{expires}")[:MASKED_DIGITS], 16)
        return f"{person.int ^ mask:0{MASKED_DIGITS}x}"

    def _digest(self, signed: str) -> str:
        return hmac.new(self.secret, signed.encode(), hashlib.sha256).hexdigest()
