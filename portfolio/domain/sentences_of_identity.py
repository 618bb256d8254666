"""What facts of accounts at providers say to a lay reader: rows of the tables in ``sentences.py``."""

from collections.abc import Callable
from typing import Any

from portfolio.domain import identity
from portfolio.domain.kernel import Fact
from portfolio.domain.sentences_of_deployment import because

REFUSED_BECAUSE: dict[identity.Hindrance, str] = {
    "another account": "they sign in with another account there",
    "taken away": "it was taken from them before",
}
"""Why an account was refused, as the end of a sentence."""

OF_IDENTITY: dict[type[Fact], Callable[[Any, str], str]] = {
    identity.IdentityLinked: lambda fact, name: (
        f"linked an account at {fact.issuer} to {name}, by an address of theirs that was verified there"
    ),
    identity.IdentityRefused: lambda fact, name: (
        f"did not let an account at {fact.issuer} sign {name} in, although it has an address of theirs: "
        f"{REFUSED_BECAUSE[fact.why]}"
    ),
    identity.IdentityUnlinked: lambda fact, name: f"took an account at {fact.issuer} from {name}{because(fact.reason)}",
    identity.IdentityAccepted: lambda fact, name: (
        f"let an account at {fact.issuer} sign {name} in after all{because(fact.reason)}"
    ),
}
"""What facts say of the person whom an account signs in, or would."""
