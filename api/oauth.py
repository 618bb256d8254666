"""Where programs sign in: OAuth 2 client credentials (RFC 6749), and what a client finds out about it (RFC 8414, 7517).

It answers as those standards ask, which is why it is no resource of the API; the document of that names it.
"""

import base64
import binascii
from contextlib import suppress
from typing import Any
from urllib.parse import unquote_plus
from uuid import UUID

import msgspec
from flask import Blueprint, Response, g, request, url_for

from api.errors import status_of, told, when_again
from api.rates import count
from api.security import note
from api.services import services
from portfolio.application.ports import Unauthenticated
from portfolio.application.program_sign_in import (
    ASSERTION_ALGORITHMS,
    Asked,
    GrantNotTaken,
    NoPlaceForFiles,
    ProgramHasNoToken,
    ProgramNotRecognised,
    ScopeTooWide,
    TokenRequestFaulty,
)
from portfolio.domain.kernel import NOBODY, Rejected
from portfolio.domain.program.rows import GIVEN_TO_PROGRAMS

blueprint = Blueprint("oauth", __name__)

TOKEN_PATH = "/oauth/token"  # noqa: S105 - an address
KEYS_PATH = "/.well-known/jwks.json"
GRANT = "client_credentials"
BY_KEY = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LONGEST_FORM = 10_000
"""Bytes of a request for a token: anybody may send one, and a long form takes long to read."""

ERRORS: dict[type[Rejected], str] = {
    ProgramNotRecognised: "invalid_client",
    ProgramHasNoToken: "unauthorized_client",
    ScopeTooWide: "invalid_scope",
    NoPlaceForFiles: "invalid_scope",
    GrantNotTaken: "unsupported_grant_type",
    TokenRequestFaulty: "invalid_request",
}
"""What RFC 6749 calls each refusal."""


@blueprint.post(TOKEN_PATH)
def issue_token() -> dict[str, Any]:
    """Give a program a token: by a key (``private_key_jwt``), or by a secret in the form or as user and password."""
    request.max_content_length = LONGEST_FORM
    asked = Asked()
    try:
        asked = asked_for()
        given = services().programs.token(asked)
    except Rejected as refusal:
        note("sign-in-failed", how="program", why=refusal.code, **named(services().programs.claimed_by(asked)))
        if isinstance(refusal, Unauthenticated):
            count("sign-in")  # only here: no program that is known waits for what others try from its address
        raise
    program = services().programs.claimed_by(asked)
    note("sign-in", given.owner, how="program", key=given.credential, **named(program))
    return {
        "access_token": given.token,
        "token_type": "Bearer",
        "expires_in": int(given.lifetime.total_seconds()),
        "scope": " ".join(sorted(given.rows)),
    }


@blueprint.get(KEYS_PATH)
def public_keys() -> dict[str, Any]:
    """Answer the public halves of the keys with which tokens are signed (RFC 7517)."""
    return {"keys": services().programs.public_keys()}


@blueprint.get("/.well-known/oauth-authorization-server")
def metadata() -> dict[str, Any]:
    """Answer where and how programs sign in (RFC 8414)."""
    base = services().base_url
    return {
        "issuer": base,
        "token_endpoint": base + TOKEN_PATH,
        "jwks_uri": base + KEYS_PATH,
        "grant_types_supported": [GRANT],
        "response_types_supported": [],
        "scopes_supported": sorted(GIVEN_TO_PROGRAMS),
        "token_endpoint_auth_methods_supported": ["private_key_jwt", "client_secret_basic", "client_secret_post"],
        "token_endpoint_auth_signing_alg_values_supported": list(ASSERTION_ALGORITHMS.values()),
        "service_documentation": url_for("docs.reference", _external=True),
    }


def named(program: UUID) -> dict[str, UUID]:
    """Return how the security log names a program, nothing for none."""
    return {} if program == NOBODY else {"program": program}


def asked_for() -> Asked:
    """Return what this request shows and asks for; raise ``GrantNotTaken`` or ``TokenRequestFaulty``."""
    form = {name: value for name, value in request.form.items() if value}
    if any(len(values) > 1 for _, values in request.form.lists()):
        raise TokenRequestFaulty("Give each parameter once.")
    if form.get("grant_type") != GRANT:
        raise GrantNotTaken
    user, password = of_header()
    assertion, secret = form.get("client_assertion", ""), form.get("client_secret", "")
    if [bool(assertion), bool(secret), bool(password)].count(True) != 1:
        raise TokenRequestFaulty
    if assertion and form.get("client_assertion_type") != BY_KEY:
        raise TokenRequestFaulty(f"client_assertion_type: send {BY_KEY}.")
    client = form.get("client_id", user)
    if user not in ("", client):
        raise TokenRequestFaulty("client_id: it is not the one of Authorization.")
    return Asked(
        program_id=program_named(client, left_out=bool(assertion)),
        secret=password or secret,
        assertion=assertion,
        rows=frozenset(form["scope"].split()) if "scope" in form else None,
        enrolment_id=enrolment_named(form.get("enrolment", "")),
    )


def of_header() -> tuple[str, str]:
    """Return user and password of this request, empty if it has no such header (RFC 6749 §2.3.1)."""
    if "Authorization" not in request.headers:
        return "", ""
    scheme, _, encoded = request.headers["Authorization"].partition(" ")
    with suppress(binascii.Error, ValueError):
        user, _, password = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
        if scheme.lower() == "basic" and user and password:
            return unquote_plus(user), unquote_plus(password)
    raise ProgramNotRecognised


def program_named(text: str, *, left_out: bool) -> UUID:
    """Return the id in a text, which may be left out where an assertion says it; raise ``ProgramNotRecognised``."""
    if not text and left_out:
        return NOBODY
    try:
        return UUID(text)
    except ValueError as error:
        raise ProgramNotRecognised from error


def enrolment_named(text: str) -> UUID:
    """Return the enrolment in a text, ``NOBODY`` if it is left out; raise ``TokenRequestFaulty``."""
    try:
        return UUID(text) if text else NOBODY
    except ValueError as error:
        raise TokenRequestFaulty("enrolment: give its id.") from error


@blueprint.errorhandler(Rejected)
def refused(refusal: Rejected) -> Response:
    """Answer a refusal as RFC 6749 asks, with its ``error``, beside what every refusal of ours says."""
    status = status_of(type(refusal))
    error = ERRORS.get(type(refusal))
    g.refused = refusal.code  # for the security log
    body = told(refusal, request.script_root)
    answer = Response(
        msgspec.json.encode(body | ({"error": error, "error_description": str(refusal)} if error else {})),
        status,
        content_type="application/json",
        headers=when_again(refusal),
    )
    if status == 401:
        answer.headers["WWW-Authenticate"] = 'Basic realm="portfolio"'
    return answer
