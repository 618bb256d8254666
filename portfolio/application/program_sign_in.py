"""What a program asks for when it signs in, what it is given, and what it is refused with (PROGRAM-6)."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final, Protocol
from uuid import UUID

from portfolio.application.ports import Unauthenticated
from portfolio.domain.kernel import NOBODY, Rejected, Value
from portfolio.domain.program.keys import Curve, PublicKey

ASSERTION_ALGORITHMS: Final[Mapping[Curve, str]] = {"Ed25519": "Ed25519", "P-256": "ES256"}
"""The one algorithm that a key counts for, by its curve (RFC 8725 §3.1)."""


class ProgramNotRecognised(Unauthenticated, rule="PROGRAM-6"):
    """No program here is known by this key or secret: see that it counts still, and that an assertion is new."""


class ScopeTooWide(Rejected, rule="PROGRAM-1"):
    """This program was not given all these rows: ask for fewer, or name none to have all that it has."""


class ProgramHasNoToken(Rejected, rule="PROGRAM-4"):
    """This program is stopped: whoever owns it or an administrator can say why."""


class NoPlaceForFiles(Rejected, rule="PROGRAM-5"):
    """This program brings no files to that enrolment: its owner is neither an administrator nor the coach there."""


class TokenRequestFaulty(Rejected, rule="RFC 6749"):
    """The request for a token is not one: send one grant, and one way to show which program asks."""


class GrantNotTaken(Rejected, rule="RFC 6749"):
    """Only programs ask here: send grant_type=client_credentials."""


class Asked(Value):
    """What a program shows and asks for: an ``assertion``, or its id and ``secret``; rows, where it brings files."""

    program_id: UUID = NOBODY
    secret: str = ""
    assertion: str = ""
    rows: frozenset[str] | None = None
    enrolment_id: UUID = NOBODY


class Given(Value):
    """A token, for how long it is good, and for which rows; for whom the program acts, and with what it signed in."""

    token: str
    owner: UUID
    credential: str
    lifetime: timedelta
    rows: frozenset[str]


class ProgramsDoor(Protocol):
    """Where programs sign in."""

    def token(self, asked: Asked) -> Given:
        """Return a token for a program that has shown who it is.

        Raises ``ProgramNotRecognised``, ``ProgramHasNoToken``, ``ScopeTooWide`` or ``NoPlaceForFiles``.
        """

    def claimed_by(self, asked: Asked) -> UUID:
        """Return the program that somebody says they are, whether they are it or not; ``NOBODY`` if they name none."""

    def new_secret(self) -> tuple[str, str]:
        """Return a new secret, and what the record keeps of it."""

    def is_usable(self, key: PublicKey) -> bool:
        """Tell whether a key that is well-formed lies on its curve."""

    def members_of_pem(self, text: str) -> dict[str, str]:
        """Return the members that a key written as PEM has as JWK, none if it is no such key."""

    def public_keys(self) -> list[dict[str, Any]]:
        """Return the public halves of the keys whose tokens are accepted here."""
