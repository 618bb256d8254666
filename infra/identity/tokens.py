"""Bearer tokens, of people and of programs: JWTs (RFC 9068), signed and checked with the deployment's own key.

A program's token names the program, and by which key or secret it was asked for; for whom it acts, the record says.
"""

import secrets
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from threading import Lock
from typing import Any, Final, NamedTuple
from uuid import UUID

from joserfc import jwt
from joserfc.errors import ExpiredTokenError, JoseError
from joserfc.jwk import OKPKey
from joserfc.registry import Header

from infra.identity.ended import LastSignOut, microseconds, never
from infra.identity.keys import TOKEN_KEY, KeyFault, KeyFolder, way_back
from portfolio.application.ports import Clock, TokenKeyNotHere, Unauthenticated
from portfolio.application.programs import SignedIn
from portfolio.application.security_log import NoSecurityLog, SecurityLog
from portfolio.domain.deployment import Deployment, accepted_token_keys, token_key_name
from portfolio.domain.kernel import NOBODY

ALGORITHM: Final = "Ed25519"  # the name of RFC 9864; "EdDSA" is deprecated because it does not say which curve
TYPE = "at+jwt"
ISSUER = "portfolio"
AUDIENCE = "portfolio-api"
LEEWAY_SECONDS = 30
MOST_KNOWN = 1000
"""Tokens of which a process remembers that their signature is right, and that it has noted their use."""
NOTHING = NoSecurityLog()
AFTER = "after"
"""The claim that says after which sign-out a token was given; those of earlier releases have none."""
PROGRAM, CREDENTIAL, ROWS, ENROLMENT = "client_id", "credential", "scope", "enrolment"
"""The claims of a program's token: its id, by which key or secret it was asked for, and what bounds it further."""
UNTIMELY = "iat"
"""Not checked: our own key has signed it, and a server's clock that went back must not shut everybody out."""


FIRST = "1"
"""What the published set calls the first key, whose tokens name none."""


def create_token_key(keys: KeyFolder, name: str = TOKEN_KEY) -> None:
    """Make a key with which this deployment signs its tokens; raise ``KeyFault`` if there is one of this name."""
    keys.create(name, OKPKey.generate_key(ALGORITHM, private=True).as_pem(private=True))


def read_token_key(keys: KeyFolder, name: str) -> OKPKey:
    """Return a key of tokens; raise ``KeyFault`` if it cannot be used."""
    try:
        key = OKPKey.import_key(keys.read(name))
    except (JoseError, ValueError) as error:
        raise KeyFault(f"The secret {keys.path / name} is no key of tokens: {way_back(name)}.") from error
    if key.curve_name != ALGORITHM or not key.is_private:
        raise KeyFault(f"The secret {keys.path / name} is no key of tokens: {way_back(name)}.")
    return key


def key_id(deployment: Deployment, number: int) -> str | None:
    """Return what tokens call their key; the first has no name, and its tokens are those of earlier releases, too."""
    return None if number == 1 else deployment.checks[token_key_name(number)][:16]


def header_of(deployment: Deployment, number: int) -> Header:
    """Return the one header that tokens of this key have."""
    name = key_id(deployment, number)
    return {"alg": ALGORITHM, "typ": TYPE} | ({} if name is None else {"kid": name})


class Known(NamedTuple):
    """A token whose signature and claims were found right, but for the time.

    ``bearer`` is the person or program that it names, ``after`` the claim ``AFTER``, ``number`` its own.
    """

    key: OKPKey
    header: Header
    expires: float
    bearer: UUID | SignedIn
    after: int
    number: str


class LocalTokens:
    """Gives and checks the tokens of this deployment. Raises ``KeyFault`` if the key that signs cannot be used.

    ``deployment`` says what the record does of its keys at the moment, so that a rotation needs no restart (RECORD-5).
    """

    def __init__(
        self,
        keys: KeyFolder,
        now: Clock,
        last_sign_out: LastSignOut = never,
        deployment: Callable[[], Deployment] = Deployment,
        security: SecurityLog = NOTHING,
    ) -> None:
        self._keys = keys
        self._read: dict[str, OKPKey] = {}
        self._now = now
        self._last_sign_out = last_sign_out
        self._deployment = deployment
        self._security = security
        self._noted: dict[tuple[str, str | None], None] = {}
        self._verified: dict[bytes, Known] = {}
        self._knowing = Lock()
        known = deployment()
        self._key(known, known.token_key)

    def issue(self, person: UUID, lifetime: timedelta) -> str:
        """Return a token that names this person until ``lifetime`` has passed; raise ``KeyFault``."""
        return self._signed(person, lifetime, {AFTER: microseconds(self._last_sign_out(person))})

    def issue_to_program(self, program: SignedIn, lifetime: timedelta) -> str:
        """Return a token that names this program until ``lifetime`` has passed; raise ``KeyFault``."""
        claims = {PROGRAM: str(program.program_id), CREDENTIAL: program.credential}
        if program.rows is not None:
            claims[ROWS] = " ".join(sorted(program.rows))
        if program.enrolment_id != NOBODY:
            claims[ENROLMENT] = str(program.enrolment_id)
        return self._signed(program.program_id, lifetime, claims)

    def _signed(self, subject: UUID, lifetime: timedelta, more: dict[str, Any]) -> str:
        now, deployment = self._now(), self._deployment()
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": str(subject),
            "iat": int(now.timestamp()),
            "exp": int((now + lifetime).timestamp()),
            "jti": secrets.token_hex(16),
            **more,
        }
        header, key = header_of(deployment, deployment.token_key), self._key(deployment, deployment.token_key)
        return jwt.encode(header, claims, key, algorithms=[ALGORITHM])

    def bearer_of(self, token: str, source: str | None = None) -> UUID | SignedIn:
        """Return the person or program a token names; raise ``Unauthenticated`` if it is not ours, or is over.

        Raises ``TokenKeyNotHere`` for one whose key is in the record and not in our folder. ``source`` is the address
        from which it was sent.
        """
        try:
            known = self._known(token)
        except ExpiredTokenError as error:
            raise Unauthenticated("The token has run out: ask for a new one.") from error
        except (JoseError, ValueError) as error:
            raise Unauthenticated("The token is not one of this service.") from error
        bearer, use = known.bearer, (known.number, str(known.header.get("kid", TOKEN_KEY)), source)
        if isinstance(bearer, SignedIn):
            self._note_use(None, *use, program=bearer.program_id, credential=bearer.credential)
            return bearer
        if known.after != microseconds(self._last_sign_out(bearer)):
            raise Unauthenticated("The token was ended when you were signed out everywhere: ask for a new one.")
        self._note_use(bearer, *use)
        return bearer

    def _known(self, token: str) -> Known:
        """Return what a token says: its signature and its claims are checked once as long as its key is accepted here.

        Raises as ``_key_for``, ``ExpiredTokenError``, and ``JoseError`` or ``ValueError`` for what is no token of ours.
        """
        now = int(self._now().timestamp())
        digest = sha256(token.encode("utf-8", "surrogatepass")).digest()
        known = self._verified.get(digest)
        if known is None or self._key_for(known.header) is not known.key:
            known = self._checked(token, now)
            with self._knowing:
                self._verified[digest] = known
                if len(self._verified) > MOST_KNOWN:
                    self._verified.pop(next(iter(self._verified)))
        elif known.expires <= now - LEEWAY_SECONDS:
            raise ExpiredTokenError("exp")
        return known

    def _checked(self, token: str, now: int) -> Known:
        decoded = jwt.decode(token, lambda signed: self._key_for(signed.headers()), algorithms=[ALGORITHM])
        claims = {name: value for name, value in decoded.claims.items() if name != UNTIMELY}
        registry = jwt.JWTClaimsRegistry(
            now=now,
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": ISSUER},
            aud={"essential": True, "value": AUDIENCE},
            sub={"essential": True},
            exp={"essential": True},
        )
        registry.validate(claims)
        bearer = program_in(claims) if PROGRAM in claims else UUID(claims["sub"])
        key, number = self._key_for(decoded.header), str(claims.get("jti"))
        return Known(key, decoded.header, claims["exp"], bearer, claims.get(AFTER, 0), number)

    def _note_use(self, person: UUID | None, number: str, key: str, source: str | None, **words: str | UUID) -> None:
        """Note that a token is used, once in each process from each address."""
        with self._knowing:
            if (number, source) in self._noted:
                return
            self._noted[number, source] = None
            if len(self._noted) > MOST_KNOWN:
                self._noted.pop(next(iter(self._noted)))
        self._security.write("key-used", person, source=source, key=key, **words)

    def public_keys(self) -> list[dict[str, Any]]:
        """Return the public halves of the keys whose tokens are accepted (RFC 7517); raise ``KeyFault``."""
        deployment = self._deployment()
        return [
            {
                **self._key(deployment, number).as_dict(private=False),
                "alg": ALGORITHM,
                "use": "sig",
                "kid": key_id(deployment, number) or FIRST,
            }
            for number in accepted_token_keys(deployment, self._now())
        ]

    def _key_for(self, header: Header) -> OKPKey:
        """Return the accepted key that this header is of, whole: no token chooses a key (jku, jwk, x5u) or another way.

        Raises ``Unauthenticated`` if there is none, ``TokenKeyNotHere`` if its file cannot be used.
        """
        deployment = self._deployment()
        for number in accepted_token_keys(deployment, self._now()):
            if header == header_of(deployment, number):
                try:
                    return self._key(deployment, number)
                except KeyFault as fault:  # `/readyz` says which
                    raise TokenKeyNotHere from fault
        raise Unauthenticated("The token is not of a key that is accepted here: ask for a new one.")

    def _key(self, deployment: Deployment, number: int) -> OKPKey:
        name = token_key_name(number)
        check = deployment.checks.get(name, "")
        if (key := self._read.get(name + check)) is None:
            self._keys.require({name: check})
            key = self._read[name + check] = read_token_key(self._keys, name)
        return key


def program_in(claims: dict[str, Any]) -> SignedIn:
    """Return the program that the claims of a token of ours name."""
    rows = claims.get(ROWS)
    return SignedIn(
        program_id=UUID(claims[PROGRAM]),
        credential=claims[CREDENTIAL],
        rows=None if rows is None else frozenset(rows.split()),
        enrolment_id=UUID(claims.get(ENROLMENT, str(NOBODY))),
    )
