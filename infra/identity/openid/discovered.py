"""What a provider says of itself: its addresses (OpenID Connect Discovery) and the keys that it signs with."""

import json
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import requests
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey, import_key
from urllib3.exceptions import HTTPError

from infra.identity.openid.configured import Configured, is_loopback
from portfolio.application.ports import Clock

PublicKey = RSAKey | ECKey | OKPKey

TIMEOUT_SECONDS = 10
LONGEST_ANSWER = 1_000_000
"""Bytes of what is taken from a provider."""

METADATA_HOLDS = timedelta(hours=1)
KEYS_HOLD = timedelta(minutes=5)
"""So long is a key accepted after the provider has taken it away."""
KEYS_REST = timedelta(seconds=5)
"""So often at most are keys fetched again for a token of an unknown one, which anybody may make up."""

NEEDED_ADDRESSES = ("authorization_endpoint", "token_endpoint", "jwks_uri")
OTHER_ADDRESSES = ("userinfo_endpoint", "end_session_endpoint")
"""What else a provider says of itself is its own affair: large ones leave out what the standard asks for."""

WAYS_TO_PROVE = ("client_secret_basic", "client_secret_post")
"""How we prove to a provider who we are, the better one first."""


class ProviderFaulty(Exception):
    """The provider does not answer, or not as it must; the sentence says how, for an operator."""


@dataclass(frozen=True)
class Metadata:
    """Where a provider is asked for what, and how; an address is empty where it has none.

    ``says_who_answers``: its answers name it, so that an answer of another one is known (RFC 9207). ``scopes`` and
    ``claims``: those that it lists, none where it lists none.
    """

    authorization: str
    token: str
    keys: str
    userinfo: str
    end_session: str
    proves: str
    says_who_answers: bool
    pkce: bool
    ends_sessions: bool
    scopes: frozenset[str]
    claims: frozenset[str]


class Discovered:
    """What one provider says of itself, asked again now and then."""

    def __init__(self, provider: Configured, now: Clock) -> None:
        self._provider = provider
        self._now = now
        self._metadata: tuple[datetime, Metadata] | None = None
        self._keys: tuple[datetime, Sequence[PublicKey]] | None = None

    def metadata(self) -> Metadata:
        """Return where it is asked for what; raise ``ProviderFaulty``."""
        now, known = self._now(), self._metadata
        if known is None or not timedelta(0) <= now - known[0] < METADATA_HOLDS:
            known = self._metadata = (now, self._discover())
        return known[1]

    def keys(self, wanted: str | None) -> Sequence[PublicKey]:
        """Return the keys it signs with, fetched again for one (``wanted`` by its name) that is not among them."""
        now, known = self._now(), self._keys
        age = now - known[0] if known else None
        lacking = known is not None and wanted is not None and all(key.kid != wanted for key in known[1])
        holds = KEYS_REST if lacking else KEYS_HOLD
        if known is None or age is None or not timedelta(0) <= age < holds:
            known = self._keys = (now, self._fetch_keys())
        return known[1]

    def _discover(self) -> Metadata:
        issuer = self._provider.issuer
        found = fetch(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        if found.get("issuer") != issuer:
            raise ProviderFaulty(f"What lies at {issuer} calls itself {str(found.get('issuer'))[:200]!a}, not that.")
        addresses = {name: str(found.get(name) or "") for name in (*NEEDED_ADDRESSES, *OTHER_ADDRESSES)}
        for name, address in addresses.items():
            if address and not is_safe(address):
                raise ProviderFaulty(f"The {name} of {issuer} is no https address.")
        if missing := [name for name in NEEDED_ADDRESSES if not addresses[name]]:
            raise ProviderFaulty(f"{issuer} has no {missing[0]}.")
        proves = found.get("token_endpoint_auth_methods_supported") or [WAYS_TO_PROVE[0]]
        way = next((way for way in WAYS_TO_PROVE if way in proves), None)
        if way is None:
            raise ProviderFaulty(f"{issuer} takes no client secret.")
        return Metadata(
            authorization=addresses["authorization_endpoint"],
            token=addresses["token_endpoint"],
            keys=addresses["jwks_uri"],
            userinfo=addresses["userinfo_endpoint"],
            end_session=addresses["end_session_endpoint"],
            proves=way,
            says_who_answers=found.get("authorization_response_iss_parameter_supported") is True,
            pkce="S256" in (found.get("code_challenge_methods_supported") or ()),
            ends_sessions=found.get("backchannel_logout_supported") is True,
            scopes=frozenset(map(str, found.get("scopes_supported") or ())),
            claims=frozenset(map(str, found.get("claims_supported") or ())),
        )

    def _fetch_keys(self) -> Sequence[PublicKey]:
        listed = fetch(self.metadata().keys).get("keys")
        keys = [key for each in (listed if isinstance(listed, list) else []) if (key := public_key(each))]
        if not keys:
            raise ProviderFaulty(f"{self._provider.issuer} shows no key that it could sign with.")
        return keys


def public_key(shown: Any) -> PublicKey | None:
    """Return a key that somebody can have signed with, None for any other and for what cannot be read."""
    if not isinstance(shown, dict) or shown.get("use", "sig") != "sig" or shown.get("kty") not in ("RSA", "EC", "OKP"):
        return None
    try:
        key = import_key(shown)
    except (JoseError, ValueError, TypeError):
        return None
    return key if isinstance(key, RSAKey | ECKey | OKPKey) else None


def authorities() -> str | bool:
    """Return where those stand whose certificates this machine trusts, as mails and webhooks go by them.

    Without this word a list that a library brings along counts, which knows nothing of an organisation's own authority.
    """
    paths = ssl.get_default_verify_paths()
    return paths.cafile or paths.capath or True


def fetch(address: str, token: str = "") -> dict[str, Any]:
    """Return the JSON object at an address of a provider; raise ``ProviderFaulty``. No redirect is followed."""
    headers = {"Accept": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    try:
        with requests.get(
            address,
            headers=headers,
            timeout=TIMEOUT_SECONDS,
            allow_redirects=False,
            stream=True,
            verify=authorities(),
        ) as answer:
            if answer.status_code != 200:
                raise ProviderFaulty(f"{address} answers {answer.status_code}.")
            content = answer.raw.read(LONGEST_ANSWER + 1, decode_content=True)
    except requests.exceptions.SSLError as error:
        raise ProviderFaulty(
            f"{address} has no certificate that is trusted here for its name: have it mended, or name the file of its "
            "authority in SSL_CERT_FILE."
        ) from error
    except (requests.RequestException, HTTPError) as error:
        raise ProviderFaulty(f"{address} cannot be reached ({type(error).__name__}).") from error
    try:
        found = json.loads(content) if len(content) <= LONGEST_ANSWER else None
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise ProviderFaulty(f"{address} answers no JSON object of a sensible length.")
    return found


def is_safe(address: str) -> bool:
    """Tell whether what is sent to this address is encrypted, or stays on this machine."""
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))
