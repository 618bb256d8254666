"""What facts of somebody's roles say to a lay reader: rows of the tables in ``sentences.py``."""

from collections.abc import Callable
from typing import Any

from portfolio.domain import person, providers
from portfolio.domain.kernel import Fact
from portfolio.domain.sentences_of_deployment import because


def granted(fact: person.RoleGranted, name: str) -> str:
    """Say that somebody was given a role, and by whose word."""
    where = " on the server" if fact.on_server else ""
    followed = f", as {fact.provider} said as they signed in" if fact.provider else ""
    return f"granted {name} the role {fact.role}{where}{followed}{because(fact.reason)}"


def ended(fact: person.RoleEnded, name: str) -> str:
    """Say that a role of somebody was ended, and by whose word."""
    followed = f", which {fact.provider} did not say any more as they signed in" if fact.provider else ""
    return f"ended the role {fact.role} of {name}{followed}{because(fact.reason)}"


def said(fact: providers.ProviderSaid, name: str) -> str:
    """Say which roles follow from what a provider says of somebody."""
    roles = ", ".join(sorted(fact.roles))
    told = f"gives {name} the role{'s' * (len(fact.roles) > 1)} {roles}" if roles else f"gives {name} no role any more"
    return f"noted that what {fact.issuer} says {told}, where the rules allow it"


OF_ROLES: dict[type[Fact], Callable[[Any, str], str]] = {
    person.RoleGranted: granted,
    person.RoleEnded: ended,
    providers.ProviderSaid: said,
}
"""What facts say of the person whose roles they are about."""
