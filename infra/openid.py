"""Puts the providers of the operator's file over the record and what is kept of signing in."""

import hmac
from collections.abc import Iterator
from typing import TYPE_CHECKING

from infra.identity.keys import INDEX_KEY, KeyFolder
from infra.identity.openid.configured import Configured, configured
from infra.settings import Settings
from portfolio.application.addresses import AddressBook
from portfolio.application.handler import CommandHandler
from portfolio.application.ports import Clock
from portfolio.application.providers import Accounts, NoProviders, Providers
from portfolio.application.sign_in import SignInStore
from portfolio.domain.vocabulary import ADMINISTRATOR

if TYPE_CHECKING:  # its libraries take long to load
    from infra.identity.openid.discovered import Metadata

SEAL = b"what browsers keep of a sign-in"
"""Makes of the key that all machines have the one that seals what a browser keeps between two requests."""


def open_providers(settings: Settings, handler: CommandHandler, sign_in: SignInStore, now: Clock) -> Providers:
    """Return the providers at which people sign in; raise ``ProvidersFaulty`` or ``KeyFault``."""
    keys = KeyFolder(settings.keys)
    named = configured(keys)
    if not named:
        return NoProviders()
    from infra.identity.openid.providers import OpenIdProviders  # here: who has none does not wait for its libraries
    from infra.identity.openid.sealed import Seal

    seal = Seal(hmac.digest(keys.read(INDEX_KEY), SEAL, "sha256"), now)
    accounts = Accounts(handler, AddressBook(handler.journal, sign_in).person_of)
    return OpenIdProviders(named, accounts, seal, sign_in.once, settings.base_url, now)


def looked_at(settings: Settings, now: Clock) -> Iterator[tuple[str, bool]]:
    """Yield what an operator should know of each provider, and whether it is wrong; each is asked.

    Raises ``ProvidersFaulty`` or ``KeyFault``.
    """
    named = configured(KeyFolder(settings.keys))
    if not named:
        return
    from infra.identity.openid.discovered import ProviderFaulty
    from infra.identity.openid.provider import Provider

    for each in named:
        at = Provider(each, settings.base_url, now)
        try:
            metadata = at.discovered.metadata()
            at.discovered.keys(None)
            known = at.knows_us()
        except ProviderFaulty as fault:
            yield f"Nobody can sign in with {each.name} ([{each.key}]): {fault}", True
            continue
        if not known:
            yield (
                f"{each.name} does not know us by the client_id and client_secret of [{each.key}]: look "
                f"there, and register {at.returns_to} as the address to return to.",
                True,
            )
        yield from ((told, False) for told in said_of_roles(each, metadata))
        if not metadata.pkce:
            yield (
                f"{each.name} does not say that it checks PKCE: what tells its answers to us from others' is then the "
                "nonce in its token.",
                False,
            )
        if not metadata.end_session:
            yield f"Who signs out here stays signed in with {each.name}, which has no address for that.", False
        if not metadata.ends_sessions:
            yield f"Who signs out with {each.name} may stay signed in here: it does not say that it tells us.", False


def said_of_roles(provider: Configured, metadata: "Metadata") -> Iterator[str]:
    """Yield what an operator should know of roles that follow from a provider's word."""
    followed = provider.roles
    if followed is None:
        return
    if metadata.claims and followed.claim not in metadata.claims:
        yield (
            f"{provider.name} does not list {followed.claim}, the claim of [{provider.key}.roles], among what it says "
            "of people: look there whether it does. Where it says nothing, roles stay as they are."
        )
    if followed.scope and metadata.scopes and followed.scope not in metadata.scopes:
        yield f"{provider.name} does not list the scope {followed.scope} of [{provider.key}.roles]: look there."
    if ADMINISTRATOR in followed.given:
        yield f"Whoever looks after {provider.name} makes administrators here, as [{provider.key}.roles] has it."
