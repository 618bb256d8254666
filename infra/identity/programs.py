"""How a program signs in: OAuth 2 client credentials (RFC 6749), by a key (RFC 7523) or by a secret, for a short token.

A key counts for one algorithm, that of its curve, and an assertion once (RFC 8725). Of a secret, which is random, the
record has a keyed hash.
"""

import hmac
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey
from joserfc.jws import extract_compact

from infra.identity.tokens import LEEWAY_SECONDS, LocalTokens
from portfolio.application.ports import Clock, Journal
from portfolio.application.program_sign_in import (
    ASSERTION_ALGORITHMS,
    Asked,
    Given,
    NoPlaceForFiles,
    ProgramHasNoToken,
    ProgramNotRecognised,
    ScopeTooWide,
)
from portfolio.application.programs import SignedIn, acting_by
from portfolio.application.read_session import ReadSession
from portfolio.domain import permissions
from portfolio.domain.calendar import london_day
from portfolio.domain.enrolment.aggregate import ENROLMENT
from portfolio.domain.kernel import NOBODY, NotPermitted
from portfolio.domain.program.aggregate import PROGRAM, Program
from portfolio.domain.program.keys import PublicKey
from portfolio.domain.program.refusals import ProgramStopped

LIFETIME: Final = timedelta(minutes=10)
LONGEST_ASSERTION: Final = timedelta(minutes=5)
HEADERS: Final = frozenset({"alg", "typ", "kid"})
"""What the header of an assertion may say: none chooses a key, or asks for what we do not do (``crit``)."""
TYPES: Final = frozenset({None, "JWT", "client-authentication+jwt"})
KEPT_AS: Final = "secret of a program"
ASSERTION: Final = "assertion of a program"

Once = Callable[[str, str, datetime], bool]
"""Tells whether a value of a kind is met for the first time; it is kept until it runs out."""


class Claims(msgspec.Struct):
    """What an assertion must say; whatever else it says changes nothing."""

    iss: UUID
    sub: UUID
    aud: str | list[str]
    exp: int | float
    jti: str
    nbf: int | float | None = None
    iat: int | float | None = None


class ProgramsSignIn:
    """Gives programs their tokens. ``base_url`` is where people and programs reach this deployment."""

    def __init__(self, journal: Journal, tokens: LocalTokens, base_url: str, now: Clock, once: Once) -> None:
        self._journal = journal
        self._tokens = tokens
        self._issuer = base_url
        self._now = now
        self._once = once

    @property
    def audiences(self) -> frozenset[str]:
        """Return what an assertion for us is for: the service, or its token endpoint."""
        return frozenset({self._issuer, f"{self._issuer}/oauth/token"})

    def new_secret(self) -> tuple[str, str]:
        """Return a new secret, and what the record keeps of it."""
        secret = secrets.token_urlsafe(32)
        return secret, self._check(secret)

    def is_usable(self, key: PublicKey) -> bool:
        """Tell whether a key that is well-formed lies on its curve."""
        try:
            _ = _imported(key).public_key
        except (JoseError, ValueError):
            return False
        return True

    def members_of_pem(self, text: str) -> dict[str, str]:
        """Return the members that a key written as PEM has as JWK, none if it is no such key."""
        for kind in (OKPKey, ECKey):
            with suppress(JoseError, ValueError, TypeError):
                key = kind.import_key(text)
                return {
                    name: value for name, value in key.as_dict(private=key.is_private).items() if isinstance(value, str)
                }
        return {}

    def public_keys(self) -> list[dict[str, Any]]:
        """Return the public halves of the keys whose tokens are accepted here."""
        return self._tokens.public_keys()

    def token(self, asked: Asked) -> Given:
        """Return a token for a program that has shown who it is.

        Raises ``ProgramNotRecognised``, ``ProgramHasNoToken``, ``ScopeTooWide`` or ``NoPlaceForFiles``.
        """
        session = ReadSession(self._journal, catches_up=True)
        if asked.assertion:
            program_id, credential = self._by_key(session, asked)
        else:
            program_id, credential = self._by_secret(session, asked)
        program = session.state(PROGRAM, program_id)
        signed_in = SignedIn(
            program_id=program_id, credential=credential, rows=asked.rows, enrolment_id=asked.enrolment_id
        )
        try:
            acting_by(session, signed_in)
        except ProgramStopped as stopped:
            raise ProgramHasNoToken from stopped
        if asked.rows is not None and (others := sorted(asked.rows - program.rows)):
            raise ScopeTooWide(rows=others)
        self._check_place(session, program, asked.enrolment_id)
        rows = program.rows if asked.rows is None else asked.rows
        given = self._tokens.issue_to_program(signed_in, LIFETIME)
        return Given(token=given, owner=program.owner, credential=credential, lifetime=LIFETIME, rows=rows)

    def claimed_by(self, asked: Asked) -> UUID:
        """Return the program that somebody says they are, whether they are it or not; ``NOBODY`` if they name none."""
        with suppress(JoseError, ValueError):
            if asked.assertion:
                return msgspec.json.decode(extract_compact(asked.assertion.encode()).payload, type=Claims).sub
        return asked.program_id

    def _check_place(self, session: ReadSession, program: Program, enrolment_id: UUID) -> None:
        """Refuse a place for files where the program's owner may not have any brought over (PROGRAM-5)."""
        if enrolment_id == NOBODY:
            return
        state = session.state(ENROLMENT, enrolment_id)
        held = session.held(program.owner, enrolment_id, state, enrolment_id, london_day(self._now()))
        try:
            permissions.check_read("files brought over", held)
        except NotPermitted as refusal:
            raise NoPlaceForFiles from refusal
        if state.apprentice == NOBODY:
            raise NoPlaceForFiles

    def _check(self, secret: str) -> str:
        return self._journal.keyed(KEPT_AS, secret.encode())

    def _by_secret(self, session: ReadSession, asked: Asked) -> tuple[UUID, str]:
        """Return which program has this secret, and what the secret is called; raise ``ProgramNotRecognised``."""
        check = self._check(asked.secret)
        for credential, known in session.state(PROGRAM, asked.program_id).secrets.items():
            if hmac.compare_digest(check, known):
                return asked.program_id, credential
        raise ProgramNotRecognised

    def _by_key(self, session: ReadSession, asked: Asked) -> tuple[UUID, str]:
        """Return which program has signed this assertion, and with which key; raise ``ProgramNotRecognised``."""
        try:
            signed = extract_compact(asked.assertion.encode())
            said = msgspec.json.decode(signed.payload, type=Claims)
            program = session.state(PROGRAM, said.sub)
            credential, key = _named(program, signed.headers())
            jwt.decode(asked.assertion, _imported(key), algorithms=[ASSERTION_ALGORITHMS[key.crv]])
        except (JoseError, ValueError) as error:
            raise ProgramNotRecognised from error
        self._check_claims(said, asked)
        return said.sub, credential

    def _check_claims(self, said: Claims, asked: Asked) -> None:
        """Refuse an assertion of somebody else, for somebody else, of another time, or that was used before."""
        now, leeway = self._now().timestamp(), LEEWAY_SECONDS
        for_whom = said.aud if isinstance(said.aud, list) else [said.aud]
        if not (
            said.iss == said.sub
            and asked.program_id in (NOBODY, said.sub)
            and len(for_whom) == 1
            and for_whom[0] in self.audiences
            and now - leeway < said.exp <= now + LONGEST_ASSERTION.total_seconds() + leeway
            and (said.nbf is None or said.nbf <= now + leeway)
            and (said.iat is None or said.iat <= now + leeway)
            and 0 < len(said.jti) <= 255
        ):
            raise ProgramNotRecognised
        expires = datetime.fromtimestamp(said.exp + leeway, UTC)
        if not self._once(ASSERTION, f"{said.sub} {said.jti}", expires):
            raise ProgramNotRecognised


def _named(program: Program, header: Mapping[str, Any]) -> tuple[str, PublicKey]:
    """Return the one key of a program that a header is of, by its name or its algorithm; raise ``ValueError``."""
    if not (header.keys() <= HEADERS and header.get("typ") in TYPES):
        raise ValueError("an assertion says what it may not")
    found = [
        (credential, key)
        for credential, key in program.keys.items()
        if header.get("kid") in (None, credential) and header.get("alg") == ASSERTION_ALGORITHMS[key.crv]
    ]
    if len(found) != 1:
        raise ValueError("an assertion names no key, or several")
    return found[0]


def _imported(key: PublicKey) -> OKPKey | ECKey:
    kind = OKPKey if key.crv == "Ed25519" else ECKey
    return kind.import_key({**key.jwk()})
