"""What a browser keeps for us and can neither read nor make: signed and encrypted under a key of the deployment."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec
from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from portfolio.application.ports import Clock

HEADER = {"alg": "dir", "enc": "A256GCM"}


class Kept(msgspec.Struct, frozen=True):
    """What was sealed, for what, and until when, in seconds since 1970."""

    purpose: str
    until: float
    values: dict[str, str]


class Seal:
    """Seals texts for a time. ``secret`` has 32 bytes; every machine of the deployment has the same."""

    def __init__(self, secret: bytes, now: Clock) -> None:
        self._key = OctKey.import_key(secret)
        self._now = now

    def close(self, purpose: str, lifetime: timedelta, values: Mapping[str, str]) -> str:
        """Return these texts sealed, for this purpose and no other."""
        until = (self._now() + lifetime).timestamp()
        content = msgspec.json.encode(Kept(purpose, until, dict(values)))
        return jwe.encrypt_compact(HEADER, content, self._key, algorithms=list(HEADER.values()))

    def open(self, purpose: str, sealed: str) -> dict[str, str] | None:
        """Return what was sealed for this purpose, None if it is not ours, was altered, or has run out."""
        try:
            opened = jwe.decrypt_compact(sealed, self._key, algorithms=list(HEADER.values()))
            kept = msgspec.json.decode(opened.plaintext or b"", type=Kept)
        except (JoseError, ValueError, msgspec.DecodeError):
            return None
        return kept.values if kept.purpose == purpose and now_before(self._now(), kept.until) else None


def now_before(now: datetime, until: float) -> bool:
    """Tell whether a time, in seconds since 1970, has not come yet."""
    return now.timestamp() < until
