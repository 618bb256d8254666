"""Signed upload URLs: who holds one may put the bytes of one part, until it expires."""

import hashlib
import hmac
from dataclasses import dataclass, field
from uuid import UUID

from portfolio.application.ports import Clock, UploadPart, UploadUrlExpired, UploadUrlInvalid


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

    def issue(self, object_id: UUID, number: int) -> UploadPart:
        """Return where part ``number`` of the object is to be put."""
        expires = str(int(self.clock().timestamp()) + self.lifetime_seconds)
        signature = self._signature(object_id, number, expires)
        return UploadPart(
            number=number,
            url=f"{self.base_url}/uploads/{object_id}/{number}?expires={expires}&signature={signature}",
        )

    def check(self, object_id: UUID, number: int, expires: str, signature: str) -> None:
        """Raise ``UploadUrlInvalid`` unless we signed exactly this, ``UploadUrlExpired`` if its time is over."""
        if not hmac.compare_digest(self._signature(object_id, number, expires).encode(), signature.encode()):
            raise UploadUrlInvalid
        if self.clock().timestamp() >= int(expires):
            raise UploadUrlExpired

    def _signature(self, object_id: UUID, number: int, expires: str) -> str:
        signed = f"portfolio upload 1\n{object_id}\n{number}\n{expires}"
        return hmac.new(self.secret, signed.encode(), hashlib.sha256).hexdigest()
