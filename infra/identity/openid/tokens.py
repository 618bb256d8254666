"""What providers sign: the token that says who signed in, and the one that says whose sign-in has ended."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.registry import Header

from infra.identity.openid.discovered import PublicKey

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Those with a public key; ``none``, and those whose secret both sides have, are not among them."""

LEEWAY_SECONDS = 60
"""So far the provider's clock and ours may be apart."""

LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"

KeysNamed = Callable[[str | None], Sequence[PublicKey]]
"""Gives a provider's keys, by the name of the one that is looked for."""


class TokenFaulty(Exception):
    """A token is not to be trusted; the sentence says why, for an operator, and tells nothing of its content."""


def who_signed_in(
    token: str, keys: KeysNamed, now: datetime, *, issuer: str, client_id: str, nonce: str, access_token: str
) -> dict[str, Any]:
    """Return the claims of an ID token that answers our question, which bore this nonce; raise ``TokenFaulty``."""
    signed = decoded(token, keys)
    expected = {
        "iss": {"essential": True, "value": issuer},
        "aud": {"essential": True, "value": client_id},
        "sub": {"essential": True},
        "nonce": {"essential": True, "value": nonce},
    }
    params = {"nonce": nonce, "client_id": client_id, "access_token": access_token}
    claims = CodeIDToken(signed.claims, signed.header, expected, params)
    try:
        claims.validate(now=int(now.timestamp()), leeway=LEEWAY_SECONDS)
    except JoseError as error:
        raise TokenFaulty(f"The ID token is refused: {error.error} {error.description}") from error
    return dict(signed.claims)


def whose_sign_in_ended(
    token: str, keys: KeysNamed, now: datetime, *, issuer: str, client_id: str
) -> Mapping[str, Any]:
    """Return the claims of a logout token (OpenID Connect Back-Channel Logout 1.0); raise ``TokenFaulty``."""
    signed = decoded(token, keys)
    claims = signed.claims
    expected = jwt.JWTClaimsRegistry(
        now=int(now.timestamp()),
        leeway=LEEWAY_SECONDS,
        iss={"essential": True, "value": issuer},
        aud={"essential": True, "value": client_id},
        iat={"essential": True},
        exp={"essential": True},
        jti={"essential": True},
    )
    try:
        expected.validate(claims)
    except JoseError as error:
        raise TokenFaulty(f"The logout token is refused: {error.error} {error.description}") from error
    events = claims.get("events")
    if not isinstance(events, dict) or not isinstance(events.get(LOGOUT_EVENT), dict):
        raise TokenFaulty("The logout token says nothing of a logout.")
    if "nonce" in claims:
        raise TokenFaulty("The logout token has a nonce, so it was made for something else.")
    if not any(isinstance(claims.get(name), str) and claims[name] for name in ("sub", "sid")):
        raise TokenFaulty("The logout token names neither an account nor a session.")
    return claims


def decoded(token: str, keys: KeysNamed) -> jwt.Token:
    """Return a token that one of these keys has signed; raise ``TokenFaulty``."""
    try:
        return jwt.decode(token, lambda signed: key_of(signed.headers(), keys), algorithms=ALGORITHMS)
    except (JoseError, ValueError) as error:
        raise TokenFaulty(
            f"The token cannot be read or was signed by somebody else ({type(error).__name__})."
        ) from error


def key_of(header: Header, keys: KeysNamed) -> PublicKey:
    """Return the key that this header names, or the only one there is where it names none; raise ``TokenFaulty``.

    What else a header says of keys (jku, jwk, x5u) is not looked at.
    """
    name = header.get("kid")
    there = keys(name if isinstance(name, str) else None)
    fitting = [key for key in there if name is None or key.kid == name]
    if len(fitting) != 1 or header.get("alg") not in (fitting[0].alg or header.get("alg"),):
        raise TokenFaulty("The token is of a key that the provider does not show.")
    return fitting[0]
