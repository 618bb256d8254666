"""Bearer tokens of programs: JWTs (RFC 9068) signed and checked with the deployment's own Ed25519 key."""

import secrets
from datetime import timedelta
from typing import Final
from uuid import UUID

from joserfc import jwt
from joserfc.errors import ExpiredTokenError, JoseError
from joserfc.jwk import OKPKey

from infra.identity.ended import LastSignOut, microseconds, never
from infra.identity.keys import BACKUP, TOKEN_KEY, KeyFault, KeyFolder
from portfolio.application.ports import Clock, Unauthenticated

ALGORITHM: Final = "Ed25519"  # the name of RFC 9864; "EdDSA" is deprecated because it does not say which curve
TYPE = "at+jwt"
ISSUER = "portfolio"
AUDIENCE = "portfolio-api"
LEEWAY_SECONDS = 30
AFTER = "after"
"""The claim that says after which sign-out a token was given; those of earlier releases have none."""
UNTIMELY = "iat"
"""Not checked: our own key has signed it, and a server's clock that went back must not shut everybody out."""


def create_token_key(keys: KeyFolder) -> None:
    """Make the key with which this deployment signs its tokens; raise ``KeyFault`` if it has one."""
    keys.create(TOKEN_KEY, OKPKey.generate_key(ALGORITHM, private=True).as_pem(private=True))


class LocalTokens:
    """Gives and checks the tokens of this deployment. Raises ``KeyFault`` if its key cannot be used."""

    def __init__(self, keys: KeyFolder, now: Clock, last_sign_out: LastSignOut = never) -> None:
        try:
            self._key = OKPKey.import_key(keys.read(TOKEN_KEY))
        except (JoseError, ValueError) as error:
            raise KeyFault(f"The secret {keys.path / TOKEN_KEY} is no key of tokens: {BACKUP}.") from error
        self._now = now
        self._last_sign_out = last_sign_out

    def issue(self, person: UUID, lifetime: timedelta) -> str:
        """Return a token that names this person until ``lifetime`` has passed."""
        now = self._now()
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": str(person),
            "iat": int(now.timestamp()),
            "exp": int((now + lifetime).timestamp()),
            "jti": secrets.token_hex(16),
            AFTER: microseconds(self._last_sign_out(person)),
        }
        return jwt.encode({"alg": ALGORITHM, "typ": TYPE}, claims, self._key, algorithms=[ALGORITHM])

    def person_of(self, token: str) -> UUID:
        """Return the person a token names; raise ``Unauthenticated`` if it is not ours, has run out or was ended."""
        claims = jwt.JWTClaimsRegistry(
            now=int(self._now().timestamp()),
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": ISSUER},
            aud={"essential": True, "value": AUDIENCE},
            sub={"essential": True},
            exp={"essential": True},
        )
        try:
            decoded = jwt.decode(token, self._key, algorithms=[ALGORITHM])
            claims.validate({name: value for name, value in decoded.claims.items() if name != UNTIMELY})
            if decoded.header != {"alg": ALGORITHM, "typ": TYPE}:  # no key of the token's own choice (jku, jwk, x5u)
                raise Unauthenticated("The token is of another type than we give.")
            person, after = UUID(decoded.claims["sub"]), decoded.claims.get(AFTER, 0)
        except ExpiredTokenError as error:
            raise Unauthenticated("The token has run out: ask for a new one.") from error
        except (JoseError, ValueError) as error:
            raise Unauthenticated("The token is not one of this service.") from error
        if after != microseconds(self._last_sign_out(person)):
            raise Unauthenticated("The token was ended when you were signed out everywhere: ask for a new one.")
        return person
