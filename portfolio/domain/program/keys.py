"""The public half of a key with which a program signs."""

import base64
import binascii
import hashlib
import json
from typing import Annotated, Literal

import msgspec

from portfolio.domain.kernel import Value

COORDINATE_BYTES = 32

Curve = Literal["Ed25519", "P-256"]
"""The curves of the keys with which a program signs: each is for one algorithm."""


class PublicKey(Value):
    """The public half of a key (RFC 7517): its curve and coordinates, base64url; ``y`` is empty on Ed25519."""

    crv: Curve
    x: Annotated[str, msgspec.Meta(max_length=64)]
    y: Annotated[str, msgspec.Meta(max_length=64)] = ""

    def jwk(self) -> dict[str, str]:
        """Return it as a JSON Web Key, its members in the order of their names."""
        if self.crv == "Ed25519":
            return {"crv": self.crv, "kty": "OKP", "x": self.x}
        return {"crv": self.crv, "kty": "EC", "x": self.x, "y": self.y}

    def thumbprint(self) -> str:
        """Return by what the key is named (RFC 7638)."""
        digest = hashlib.sha256(json.dumps(self.jwk(), separators=(",", ":")).encode()).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

    def well_formed(self) -> bool:
        """Return whether its coordinates are of the length that its curve has."""
        given = (self.x, self.y) if self.crv == "P-256" else (self.x,)
        return bool(self.y) is (self.crv == "P-256") and all(map(_is_coordinate, given))


def _is_coordinate(text: str) -> bool:
    try:
        content = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return False
    return len(content) == COORDINATE_BYTES and base64.urlsafe_b64encode(content).rstrip(b"=").decode() == text
