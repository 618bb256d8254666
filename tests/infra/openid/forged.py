"""A provider of our own on loopback that says and signs whatever a test wants of it, as no real one would."""

import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ssl import SSLContext
from threading import Thread
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey
from joserfc.jws import JWSRegistry
from joserfc.registry import Header, HeaderParameter

from infra.identity.openid.providers import OpenIdProviders
from portfolio.application.providers import SignedIn
from tests.infra.openid.given import now
from tests.infra.openid.real import query_of

KEY, NEXT_KEY, SOMEBODYS = (ECKey.generate_key("P-256", {"kid": kid}) for kid in ("one", "two", "one"))


@dataclass
class Forger:
    """What it says of itself, the keys it shows, and the token it gives for a code.

    ``asked`` are its addresses in the order in which they were asked, ``sent`` the credentials and the body of each
    form that was sent. ``elsewhere`` leads from a path to another place.
    """

    issuer: str = ""
    metadata: dict[str, Any] = field(default_factory=dict)
    keys: list[dict[str, Any]] = field(default_factory=lambda: [KEY.as_dict(private=False)])
    granted: dict[str, Any] = field(default_factory=dict)
    userinfo: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    sent: list[tuple[str, str]] = field(default_factory=list)
    elsewhere: dict[str, str] = field(default_factory=dict)

    def answers(self, path: str) -> Any:
        """Return what lies at a path, None if nothing."""
        self.asked.append(path)
        return {
            "/.well-known/openid-configuration": {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/auth",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
                "userinfo_endpoint": f"{self.issuer}/me",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256", "ES256"],
                "code_challenge_methods_supported": ["S256"],
                **self.metadata,
            },
            "/keys": {"keys": self.keys},
            "/token": self.granted,
            "/me": self.userinfo,
        }.get(path)

    def claims(self, **other: Any) -> dict[str, Any]:
        """Return the claims of a good ID token, or others; those that are None are left out."""
        seconds = int(now().timestamp())
        good = {
            "iss": self.issuer,
            "sub": "mia",
            "aud": "portfolio-college",
            "iat": seconds,
            "exp": seconds + 300,
            "email": "mia@college.example",
            "email_verified": True,
        }
        return {name: value for name, value in {**good, **other}.items() if value is not None}

    def signs_in(
        self,
        providers: OpenIdProviders,
        key: ECKey | bytes = KEY,
        header: Header | None = None,
        provider: str = "college",
        **claims: Any,
    ) -> SignedIn:
        """Let somebody come back with a code for which this token is given."""
        begun = providers.begin(provider)
        asked = query_of(begun.address)
        token = signed(self.claims(**{"nonce": asked["nonce"], **claims}), key, header)
        self.granted = {"id_token": token, "access_token": "any", "token_type": "Bearer"}
        return providers.finish(provider, begun.kept, {"state": asked["state"], "code": "any"})


def signed(claims: dict[str, Any], key: ECKey | bytes = KEY, header: Header | None = None) -> str:
    """Return a token with these claims, made as its header says; with bytes for a key, as a secret of both sides."""
    kid = "one" if isinstance(key, bytes) else key.kid
    protected: Header = {"alg": "ES256", "kid": kid, **(header or {})}
    protected = {name: value for name, value in protected.items() if value != ""}
    if not isinstance(key, bytes) and protected["alg"] == "ES256":
        lax = JWSRegistry(header_registry={"exp": HeaderParameter("any", "int")}, strict_check_header=False)
        return jwt.encode(protected, claims, key, registry=lax)
    parts = [urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in (protected, claims)]
    mac = hmac.digest(key, b".".join(parts), "sha256") if isinstance(key, bytes) else b""
    return b".".join([*parts, urlsafe_b64encode(mac).rstrip(b"=")]).decode()


@contextmanager
def forger(shown: SSLContext | None = None) -> Iterator[Forger]:
    """Give a provider that listens, with a certificate for ``localhost`` if it has one to show."""
    forger = Forger()

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = forger.answers(self.path)
            moved = forger.elsewhere.get(self.path)
            content = b"" if moved else json.dumps(found).encode()
            self.send_response(307 if moved else 200 if found is not None else 404)
            if moved:
                self.send_header("Location", moved)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            forger.sent.append((self.headers.get("Authorization", ""), body))
            self.do_GET()

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        forger.issuer = f"http://127.0.0.1:{server.server_port}"
        if shown:
            server.socket = shown.wrap_socket(server.socket, server_side=True)
            forger.issuer = f"https://localhost:{server.server_port}"
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield forger
        finally:
            server.shutdown()
            thread.join()
