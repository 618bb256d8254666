"""One provider: the address it is asked at, and its answer checked (OpenID Connect Core 1.0, code flow with PKCE)."""

import hmac
import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote_plus, urlencode

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from requests.auth import HTTPBasicAuth

from infra.identity.openid.configured import Configured
from infra.identity.openid.discovered import TIMEOUT_SECONDS, Discovered, ProviderFaulty, authorities, fetch
from infra.identity.openid.followed import Followed
from infra.identity.openid.tokens import TokenFaulty, who_signed_in, whose_sign_in_ended
from portfolio.application.ports import Clock
from portfolio.application.providers import NothingSaid
from portfolio.domain.vocabulary import Role

LOG = logging.getLogger("portfolio.sign-in")

SCOPES = "openid email"
RANDOM_BYTES = 32
UNKNOWN_CLIENT = "invalid_client"
"""What a provider answers to a name or secret that it does not know (RFC 6749)."""


class AnswerRefused(Exception):
    """An answer is not one to our question; the sentence says why, for an operator."""


class NotAllowedThere(Exception):
    """The provider itself has let nobody in."""


@dataclass(frozen=True)
class Question:
    """What the answer to one question must match: random texts that nobody else knows."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def new(cls) -> "Question":
        """Return a new one."""
        return cls(*(secrets.token_urlsafe(RANDOM_BYTES) for _ in range(3)))


@dataclass(frozen=True)
class Answer:
    """Who signed in, as the provider has signed it; ``token`` is that itself."""

    claims: Mapping[str, Any]
    token: str
    access_token: str

    @property
    def subject(self) -> str:
        """Return the provider's name for the account."""
        return str(self.claims["sub"])

    @property
    def said_at(self) -> datetime:
        """Return when the provider said so, by its own clock."""
        return datetime.fromtimestamp(self.claims["iat"], UTC)

    @property
    def session(self) -> str:
        """Return the provider's name for its own session, empty if it gives none."""
        return str(self.claims.get("sid") or "")


class Provider:
    """A provider as it is configured and as it describes itself. ``base_url`` is where people reach us."""

    def __init__(self, configured: Configured, base_url: str, now: Clock) -> None:
        self.configured = configured
        self.discovered = Discovered(configured, now)
        self._base_url = base_url
        self._now = now

    @property
    def returns_to(self) -> str:
        """Return our address for its answers, which is no other provider's: one that mixes them up is found out."""
        return f"{self._base_url}/sign-in/with/{self.configured.key}/return"

    @property
    def scopes(self) -> str:
        """Return what a provider is asked for."""
        followed = self.configured.roles
        return " ".join([SCOPES, *([followed.scope] if followed and followed.scope else [])])

    def address(self, question: Question) -> str:
        """Return where a browser is sent to sign in; raise ``ProviderFaulty``."""
        with self._client() as client:
            address, _ = client.create_authorization_url(
                self.discovered.metadata().authorization,
                state=question.state,
                nonce=question.nonce,
                code_verifier=question.verifier,
            )
        return str(address)

    def answer(self, question: Question, given: Mapping[str, str]) -> Answer:
        """Return who signed in; raise ``AnswerRefused``, ``TokenFaulty``, ``NotAllowedThere`` or ``ProviderFaulty``."""
        metadata = self.discovered.metadata()
        if not hmac.compare_digest(given.get("state", "").encode(), question.state.encode()):
            raise AnswerRefused("The answer is to another question: its state is not ours.")
        names = given.get("iss")
        if names != self.configured.issuer and (names is not None or metadata.says_who_answers):
            raise AnswerRefused("The answer does not say that it is of this provider.")
        if "error" in given:
            raise NotAllowedThere(given["error"])
        if not given.get("code"):
            raise AnswerRefused("The answer has no code.")
        granted = self._exchange(given["code"], question)
        token, access_token = granted.get("id_token"), granted.get("access_token")
        if not isinstance(token, str) or not isinstance(access_token, str):
            raise TokenFaulty("There is no ID token in exchange for the code.")
        claims = who_signed_in(
            token,
            self.discovered.keys,
            self._now(),
            issuer=self.configured.issuer,
            client_id=self.configured.client_id,
            nonce=question.nonce,
            access_token=access_token,
        )
        return Answer(claims, token, access_token)

    def verified_address(self, answer: Answer) -> str:
        """Return the e-mail address that the provider says it has verified, empty if none; raise ``ProviderFaulty``.

        What the ID token does not hold is asked for; only what is said of the same account counts.
        """
        claims = answer.claims if answer.claims.get("email") else self._beside(answer)
        address, verified = claims.get("email"), claims.get(self.configured.verified_by)
        return address if isinstance(address, str) and verified in (True, "true", "1") else ""

    def roles(self, followed: Followed, answer: Answer) -> frozenset[Role]:
        """Return the roles that follow from what the provider says of the account; raise ``NothingSaid``.

        What the ID token does not hold is asked for, as an address is; who cannot be asked has said nothing.
        """
        if followed.claim in answer.claims:
            return followed.roles(answer.claims)
        try:
            beside = self._beside(answer)
        except ProviderFaulty as fault:
            LOG.warning("%s is not asked for roles: %s", self.configured.key, fault)
            raise NothingSaid("provider-unavailable") from fault
        return followed.roles({**answer.claims, **beside})

    def ended(self, token: str) -> Mapping[str, Any]:
        """Return the claims of a logout token; raise ``TokenFaulty`` or ``ProviderFaulty``."""
        return whose_sign_in_ended(
            token,
            self.discovered.keys,
            self._now(),
            issuer=self.configured.issuer,
            client_id=self.configured.client_id,
        )

    def sign_out_address(self, token: str) -> str:
        """Return where a browser signs out there (OpenID Connect RP-Initiated Logout 1.0), empty if nowhere."""
        place = self.discovered.metadata().end_session
        if not place:
            return ""
        asked = {"client_id": self.configured.client_id, "post_logout_redirect_uri": f"{self._base_url}/sign-in"}
        return f"{place}{'&' if '?' in place else '?'}{urlencode(asked | ({'id_token_hint': token} if token else {}))}"

    def knows_us(self) -> bool:
        """Tell whether the provider takes our name and secret, by a code it never gave; raise ``ProviderFaulty``."""
        try:
            self._exchange("made up by portfolio doctor", Question.new())
        except AnswerRefused as refusal:
            return UNKNOWN_CLIENT not in str(refusal)
        return True

    def _beside(self, answer: Answer) -> Mapping[str, Any]:
        """Return what the provider says of an account beside the ID token, or in it where it has no place for that."""
        place = self.discovered.metadata().userinfo
        if not place:
            return answer.claims
        claims = fetch(place, answer.access_token)
        if claims.get("sub") != answer.subject:
            raise ProviderFaulty(f"{place} answers of another account.")
        return claims

    def _exchange(self, code: str, question: Question) -> Mapping[str, Any]:
        try:
            with self._client() as client:
                granted: Mapping[str, Any] = client.fetch_token(
                    self.discovered.metadata().token,
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=question.verifier,
                    allow_redirects=False,
                    auth=self._proof(),
                    verify=authorities(),
                )
        except OAuthError as error:
            raise AnswerRefused(f"The provider does not take the code: {error.error}.") from error
        except (requests.RequestException, ValueError) as error:
            raise ProviderFaulty(f"The code cannot be exchanged ({type(error).__name__}).") from error
        return granted

    def _proof(self) -> HTTPBasicAuth | None:
        """Return how a request shows who we are, None where it says so in its body.

        Name and secret are encoded as RFC 6749 (section 2.3.1) has it, which Authlib leaves out.
        """
        if self.discovered.metadata().proves != "client_secret_basic":
            return None
        known = self.configured
        return HTTPBasicAuth(quote_plus(known.client_id), quote_plus(known.client_secret))

    def _client(self) -> OAuth2Session:
        return OAuth2Session(
            client_id=self.configured.client_id,
            client_secret=self.configured.client_secret,
            token_endpoint_auth_method=self.discovered.metadata().proves,
            scope=self.scopes,
            redirect_uri=self.returns_to,
            code_challenge_method="S256",
            default_timeout=TIMEOUT_SECONDS,
        )
