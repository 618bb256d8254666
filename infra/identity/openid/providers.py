"""The providers of one deployment: sign-ins begun, finished and ended at them."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

from infra.identity.openid.configured import Configured
from infra.identity.openid.discovered import ProviderFaulty
from infra.identity.openid.provider import Answer, AnswerRefused, NotAllowedThere, Provider, Question
from infra.identity.openid.sealed import Seal
from infra.identity.openid.tokens import TokenFaulty
from portfolio.application.ports import Clock, Unauthenticated
from portfolio.application.providers import (
    Account,
    Accounts,
    Begun,
    ProviderUnavailable,
    SignedIn,
    word_of,
)
from portfolio.domain.kernel import NotVisible

LOG = logging.getLogger("portfolio.sign-in")

TO_SIGN_IN = timedelta(minutes=10)
"""So long may somebody take at the provider."""
A_SESSION = timedelta(hours=12)
LONGEST_COOKIE = 3_500
"""Bytes of what a browser keeps for a sign-out: more than about 4,000 it does not keep at all."""

Once = Callable[[str, str, datetime], bool]
"""Tells whether something of a kind is new, until then: what comes twice was overheard."""

NOT_OURS = "This sign-in was not begun in this browser, or more than ten minutes ago, or ended already: begin it again."


class OpenIdProviders:
    """Signs people in at providers. ``seal`` closes what browsers keep; what comes back counts ``once``."""

    def __init__(
        self,
        configured: Sequence[Configured],
        accounts: Accounts,
        seal: Seal,
        once: Once,
        base_url: str,
        now: Clock,
    ) -> None:
        self._providers = {each.key: Provider(each, base_url, now) for each in configured}
        self._accounts = accounts
        self._seal = seal
        self._once = once
        self._now = now

    @property
    def offered(self) -> Sequence[tuple[str, str]]:
        """Return each provider: what stands in its addresses, and what people call it."""
        return [(key, each.configured.name) for key, each in self._providers.items()]

    def name_of(self, issuer: str) -> str:
        """Return what people call the provider of this issuer, the issuer itself where it is configured no more."""
        named = (each.configured.name for each in self._providers.values() if each.configured.issuer == issuer)
        return next(named, issuer)

    def begin(self, provider: str) -> Begun:
        """Begin to sign in at a provider; raise ``NotVisible`` if there is none, ``ProviderUnavailable``."""
        at, question = self._provider(provider), Question.new()
        try:
            address = at.address(question)
        except ProviderFaulty as fault:
            raise self._unavailable(at, fault) from fault
        return Begun(address, self._seal.close(f"sign-in at {provider}", TO_SIGN_IN, asdict(question)))

    def finish(self, provider: str, kept: str, answer: Mapping[str, str]) -> SignedIn:
        """Return who came back from a provider; raise ``Unauthenticated`` or ``ProviderUnavailable``."""
        at = self._provider(provider)
        name = at.configured.name
        asked = self._seal.open(f"sign-in at {provider}", kept)
        if asked is None or not self._once("sign-in", asked["state"], self._now() + TO_SIGN_IN):
            raise Unauthenticated(NOT_OURS)
        try:
            given = at.answer(Question(**asked), answer)
            account = account_of(at, given)
            person = self._accounts.person_of(account)
        except NotAllowedThere as refusal:
            raise Unauthenticated(
                f"{name} has not signed you in: try again, or ask whoever looks after it."
            ) from refusal
        except (AnswerRefused, TokenFaulty) as fault:
            LOG.warning("An answer of %s is refused: %s", provider, fault)
            raise Unauthenticated(f"What came back from {name} cannot be trusted: sign in again.") from fault
        except ProviderFaulty as fault:
            raise self._unavailable(at, fault) from fault
        unfollowed = self._accounts.follow(account, person)
        words = [word_of(self._accounts.id_of(at.configured.issuer, given.subject))]
        if given.session:
            words.append(self._accounts.session_of(at.configured.issuer, given.session))
        return SignedIn(person, " ".join(words), self._for_sign_out(provider, given.token), unfollowed)

    def leave(self, kept: str) -> str:
        """Return where a browser signs out at its provider, empty if it came from none or that has no such place."""
        known = self._seal.open("sign-out", kept)
        if known is None or (at := self._providers.get(known["provider"])) is None:
            return ""
        try:
            return at.sign_out_address(known["token"])
        except ProviderFaulty as fault:
            LOG.warning("Nobody signs out at %s: %s", known["provider"], fault)
            return ""

    def ended(self, provider: str, token: str) -> str:
        """Return the word in the origins of the sessions that a provider says have ended.

        Raises ``Unauthenticated`` if that is not to be trusted, ``NotVisible`` and ``ProviderUnavailable``.
        """
        at = self._provider(provider)
        try:
            claims = at.ended(token)
        except TokenFaulty as fault:
            LOG.warning("A logout token of %s is refused: %s", provider, fault)
            raise Unauthenticated("This logout token is not to be trusted.") from fault
        except ProviderFaulty as fault:
            raise self._unavailable(at, fault) from fault
        if not self._once(
            "logout", f"{at.configured.issuer}\0{claims['jti']}", datetime.fromtimestamp(claims["exp"], UTC)
        ):
            raise Unauthenticated("This logout token was used before.")
        issuer = at.configured.issuer
        if session := claims.get("sid"):
            return self._accounts.session_of(issuer, str(session))
        return word_of(self._accounts.id_of(issuer, str(claims["sub"])))

    def _provider(self, key: str) -> Provider:
        if key not in self._providers:
            raise NotVisible
        return self._providers[key]

    def _for_sign_out(self, provider: str, token: str) -> str:
        kept = self._seal.close("sign-out", A_SESSION, {"provider": provider, "token": token})
        if len(kept) <= LONGEST_COOKIE:
            return kept
        return self._seal.close("sign-out", A_SESSION, {"provider": provider, "token": ""})

    def _unavailable(self, at: Provider, fault: ProviderFaulty) -> ProviderUnavailable:
        LOG.warning("%s cannot be used: %s", at.configured.key, fault)
        return ProviderUnavailable(
            f"{at.configured.name} does not answer as it should at the moment: try again in a little while, or sign in "
            "another way."
        )


def account_of(at: Provider, given: Answer) -> Account:
    """Return an account as a provider's answer has it."""
    followed = at.configured.roles
    return Account(
        provider=at.configured.name,
        issuer=at.configured.issuer,
        subject=given.subject,
        address=lambda: at.verified_address(given),
        said_at=given.said_at,
        roles=None if followed is None else lambda: at.roles(followed, given),
    )
